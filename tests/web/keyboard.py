"""A page walked through with the Tab key alone."""

from __future__ import annotations

from typing import Any

_LISTEN = """() => {
  window.walked = [];
  document.addEventListener('focusin', ({target}) => {
    const shown = target.matches('.choice input') ? target.nextElementSibling : target;
    const style = getComputedStyle(shown), place = shown.getBoundingClientRect();
    walked.push({
      key: target.walk || '', what: target.outerHTML.slice(0, 120),
      ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
      seen: place.bottom > 0 && place.top < innerHeight,
    });
  });
  const all = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter((one) => !one.disabled && one.checkVisibility({visibilityProperty: true}));
  const groups = new Set(), stops = [];
  for (const one of all) {
    const group = one.type === 'radio' ? one.name : '';
    if (group && groups.has(group)) continue;
    if (group) groups.add(group);
    one.walk = group ? 'group ' + group : 'stop ' + stops.length;
    if (group) for (const other of all) if (other.name === group) other.walk = one.walk;
    stops.push({key: one.walk, inside: /date|time|month/.test(one.type) ? 5 : 1, what: one.outerHTML.slice(0, 120)});
  }
  document.activeElement.blur();
  return stops;
}"""


def walk(page: Any) -> list[str]:
    """Press Tab through a page; return what is never reached, or reached without a visible ring."""
    stops = page.evaluate(_LISTEN)
    for _ in range(sum(stop["inside"] for stop in stops) + 4):  # a date has stops inside
        page.keyboard.press("Tab")
    walked = page.evaluate("walked")
    reached = {one["key"] for one in walked}
    faults = [f"never reached: {stop['what']}" for stop in stops if stop["key"] not in reached]
    faults += [f"no ring: {one['what']}" for one in walked if not one["ring"]]
    return faults + [f"out of sight: {one['what']}" for one in walked if not one["seen"]]
