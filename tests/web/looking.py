"""What is looked at on a page, beside axe: its size, its targets, its lights, its complaints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from web.every_page import Place

from twofold.app.web.sessions import COOKIE

THEMES = ("warm", "dark", "attack", "contrast")
WIDTHS = (320, 768, 1280)
TARGET = {"warm": 56, "dark": 56, "attack": 68, "contrast": 56}
"""The least size of what is pressed, in dots."""

_SMALL = """[...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((one) => {
  if (!one.checkVisibility({visibilityProperty: true}) || one.matches('.skip')) return false;
  const place = one.getBoundingClientRect();
  const inText = one.matches('a') && getComputedStyle(one).display === 'inline';
  return place.height < (inText ? 20 : least - .5) || (!inText && place.width < least - .5);
}).map((one) => {
  const place = one.getBoundingClientRect();
  return `${Math.round(place.width)} x ${Math.round(place.height)} ${one.outerHTML.slice(0, 120)}`;
})"""

_WIDE = """(() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll('body *')].filter((one) => {
    const place = one.getBoundingClientRect();
    return place.width && (place.right > innerWidth + 1 || place.left < -1)
      && !one.closest('.wide, .scroll, .skip');
  }).slice(0, 4).map((one) => one.outerHTML.slice(0, 120)).concat('too wide');
})()"""

_MOVING = "() => document.getAnimations().map((one) => String(one.effect.target.outerHTML))"


@contextmanager
def visitors(browser: Any, place: Place, **settings: Any) -> Iterator[dict[str, Any]]:
    """Open one page for each person of a place; what a browser complains about is in ``heard``."""
    pages, contexts = {}, []
    for who in {one for one, _ in place.addresses}:
        context = browser.new_context(viewport={"width": 320, "height": 844}, **settings)
        contexts.append(context)
        if who in place.tokens:
            context.add_cookies([{"name": COOKIE, "value": place.tokens[who], "url": place.url}])
        pages[who] = context.new_page()
        pages[who].heard = heard = []
        pages[who].on("console", lambda said, heard=heard: heard.append(said.text))
        pages[who].on("pageerror", lambda error, heard=heard: heard.append(str(error)))
    yield pages
    for context in contexts:
        context.close()


def light(page: Any, theme: str) -> None:
    """Show a page in a theme."""
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)


def moving(page: Any) -> list[str]:
    """Return what moves."""
    found: list[str] = page.evaluate(_MOVING)
    return found


_FAINT = """(() => {
  const read = (text) => {
    const part = text.match(/[\\d.]+/g).map(Number);
    return part.length > 3 ? part : [...part, 1];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const shine = (colour) => colour.slice(0, 3).map((level) => level / 255)
    .map((level) => level <= .04045 ? level / 12.92 : ((level + .055) / 1.055) ** 2.4)
    .reduce((sum, level, i) => sum + level * [.2126, .7152, .0722][i], 0);
  const ratio = (one, other) => {
    const [low, high] = [shine(one), shine(other)].sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  };
  const ground = (part) => {
    const layers = [];
    for (let one = part; one; one = one.parentElement) {
      layers.push(read(getComputedStyle(one).backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const found = [], words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const part = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !part.checkVisibility({visibilityProperty: true})) continue;
    if (part.closest('svg, script, noscript, datalist, .skip')) continue;
    const under = ground(part), style = getComputedStyle(part);
    const reached = ratio(over(read(style.color), under), under);
    if (reached < 4.5) found.push(`${reached.toFixed(2)}: ${part.outerHTML.slice(0, 120)}`);
  }
  return found;
})()"""


_LIGHTS = (
    """(themes) => Object.entries(themes).flatMap(([theme, least]) => {
  document.documentElement.dataset.theme = theme;
  const small = SMALL, wide = WIDE, faint = FAINT;
  return [...small.map((one) => `${theme}: too small: ${one}`),
    ...wide.map((one) => `${theme}: too wide: ${one}`),
    ...faint.map((one) => `${theme}: too faint: ${one}`)];
})""".replace("SMALL", _SMALL)
    .replace("WIDE", _WIDE)
    .replace("FAINT", _FAINT)
)

_STRETCHED = """(how) => {
  const root = document.documentElement;
  if (how === 'from the right') root.dir = 'rtl';
  if (how === 'largest text') root.dataset.size = 'largest';
  if (how === 'long words') {
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      const said = words.currentNode.data, part = words.currentNode.parentElement;
      if (!said.trim() || part.closest('script, svg, datalist, option')) continue;
      words.currentNode.data = said.replace(/\\p{L}{3,}/gu, (word) => word + word.slice(0, 2) + 'ung');
    }
  }
  const wide = WIDE;
  root.dir = 'ltr';
  delete root.dataset.size;
  return wide.map((one) => `${how}: ${one}`);
}""".replace("WIDE", _WIDE)

STRETCHES = ("from the right", "largest text", "long words")
"""Other ways to read a page: mirrored, at one and a half the size, in a language of long words."""


def in_lights(page: Any, themes: Iterable[str]) -> list[str]:
    """Return what is too small to press, too wide or too faint to read in some themes.

    Links in running text are excused from the size of a thumb; words need a contrast of 4.5.
    """
    found: list[str] = page.evaluate(_LIGHTS, {theme: TARGET[theme] for theme in themes})
    return found


def stretched(page: Any) -> list[str]:
    """Return what makes a page scroll sideways when it is read in another way."""
    return [one for how in STRETCHES for one in page.evaluate(_STRETCHED, how)]
