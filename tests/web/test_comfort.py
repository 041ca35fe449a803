"""Every page, as someone meets it who is in pain, in the dark, with one thumb or without a mouse."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web.axe import violations
from web.every_page import FILES, PAGES, Place, routes, served
from web.glare import CALMEST, DARKEST, light_of, worst_patch
from web.keyboard import walk
from web.looking import THEMES, WIDTHS, in_lights, light, moving, stretched, visitors

Faults = dict[str, list[str]]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with served(tmp_path_factory.mktemp("everyone") / "diary") as one:
        yield one


def test_every_route_is_looked_at() -> None:
    assert routes() == PAGES.keys() | FILES


def test_axe_finds_nothing_on_any_page(place: Place, browser: Any) -> None:
    """In German, in one theme and width, by turns; ``bench/comfort.py`` asks for all of them."""
    faults: Faults = defaultdict(list)
    with visitors(browser, place, locale="de-DE") as pages:
        for n, (who, path) in enumerate(place.addresses):
            page, name = pages[who], f"{who}:{path}"
            page.set_viewport_size({"width": WIDTHS[n % 3], "height": 844})
            assert page.goto(place.url + path).status == 200, name
            light(page, THEMES[n % 4])
            faults[name] += violations(page)
        complaints = {who: page.heard for who, page in pages.items() if page.heard}
    assert told(faults) == {}
    assert complaints == {}


def test_every_page_fits_is_dim_and_can_be_reached_by_keys(place: Place, browser: Any) -> None:
    faults: Faults = defaultdict(list)
    with visitors(browser, place, reduced_motion="reduce") as pages:
        for who, path in place.addresses:
            page, name = pages[who], f"{who}:{path}"
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.goto(place.url + path).status == 200, name
            faults[f"{name}: moves"] += moving(page)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 640})
                faults[f"{name} {width}"] += in_lights(page, THEMES if width == 320 else ["attack"])
            page.set_viewport_size({"width": 390, "height": 844})
            light(page, "attack")
            faults[f"{name}: glares"] += glare(page.screenshot(full_page=True))
            faults[f"{name}: keys"] += walk(page)
            page.set_viewport_size({"width": 320, "height": 640})
            faults[f"{name}: stretched"] += stretched(page)
    assert told(faults) == {}


def glare(picture: bytes) -> list[str]:
    """Return what of the budget of light a picture exceeds."""
    seen = light_of(picture)
    bright, striped = float(seen.mean()), worst_patch(seen)
    return [f"{bright:.3f} bright, {striped:.3f} striped"] * (bright > DARKEST or striped > CALMEST)


def told(faults: Faults) -> Faults:
    """Return the faults that there are."""
    return {name: found for name, found in faults.items() if found}


# What would move, blink or draw stripes, wherever it stood.
NEVER = r"animation|transition|@keyframes|repeating-(linear|radial|conic)|blink|marquee|parallax"


def test_no_style_moves_blinks_or_draws_stripes(root: Path) -> None:
    styles = (root / "src/twofold/app/web/static").glob("*.css")
    assert {str(one): found for one in styles if (found := re.findall(NEVER, bare(one)))} == {}


def bare(style: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)
