"""axe-core in a page, put there past the page's own policy as a browser's inspector would."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
LIGHT = ["color-contrast", "link-in-text-block"]
"""The rules whose answer depends on the theme."""

_RUN = """(rules) => axe.run(document, {
  runOnly: rules.length ? {type: 'rule', values: rules} : {type: 'tag', values: %s},
  resultTypes: ['violations'],
}).then((all) => all.violations.map((one) =>
  one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' '
    + node.html.slice(0, 160) + ' ' + (node.any[0] ? node.any[0].message : '')).join(' | ')))"""


@cache
def source() -> str:
    """Return the script of axe-core."""
    found: str = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    return found


def violations(page: Any, *, only_light: bool = False) -> list[str]:
    """Return what axe finds wrong, one line for each rule; empty: nothing."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(source() + ";0")
    found: list[str] = page.evaluate(_RUN % ALL, LIGHT if only_light else [])
    return found
