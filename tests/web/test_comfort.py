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

from twofold.app.web.sessions import COOKIE

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
            faults[name] += opened(page, place.url + path)
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
            faults[name] += opened(page, place.url + path)
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


def opened(page: Any, url: str) -> list[str]:
    """Open a page; return what hinders it."""
    answer = page.goto(url)
    return [] if answer.status == 200 and page.url == url else [f"{answer.status} {page.url}"]


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


# What would cover a page that is read at 400 %, wherever it stood.
COVERS = r"position:\s*(fixed|sticky)"


def test_nothing_covers_a_page_that_is_read_at_four_times_its_size(root: Path) -> None:
    styles = (root / "src/twofold/app/web/static").glob("*.css")
    assert {str(one): found for one in styles if (found := re.findall(COVERS, bare(one)))} == {}


@pytest.fixture
def open_page(place: Place, browser: Any) -> Iterator[Any]:
    """Give a way to open one page of the place, with what the reader's device wants."""
    contexts = []

    def opened(who: str, path: str, **settings: Any) -> Any:
        context = browser.new_context(viewport={"width": 390, "height": 844}, **settings)
        contexts.append(context)
        context.add_cookies([{"name": COOKIE, "value": place.tokens[who], "url": place.url}])
        page = context.new_page()
        page.goto(place.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()


GROUND = "() => getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize(
    ("device", "chosen", "ground"),
    [
        ("light", "", "rgb(243, 239, 230)"),
        ("dark", "", "rgb(26, 29, 27)"),
        ("light", "dark", "rgb(26, 29, 27)"),
        ("dark", "warm", "rgb(243, 239, 230)"),
        ("light", "attack", "rgb(11, 15, 12)"),
        ("dark", "contrast", "rgb(255, 255, 255)"),
    ],
)
def test_the_light_is_what_the_person_chose_else_what_the_device_says(
    place: Place, open_page: Any, device: str, chosen: str, ground: str
) -> None:
    page = open_page("empty", "/settings", color_scheme=device)
    if chosen:
        page.context.add_cookies([{"name": "theme", "value": chosen, "url": place.url}])
        page.reload()
    assert page.evaluate(GROUND) == ground


def test_a_chosen_answer_shows_by_its_border_where_the_system_chooses_the_colours(
    open_page: Any,
) -> None:
    page = open_page("empty", "/evening/all", forced_colors="active")
    choice = page.locator("#mood .choice")
    choice.nth(4).locator("input").check()
    widths = [
        page.evaluate("(one) => parseFloat(getComputedStyle(one).borderTopWidth)", one)
        for one in choice.locator("span").element_handles()[:11]
    ]
    assert [width >= 2 for width in widths] == [n == 4 for n in range(11)]


def test_an_attack_is_logged_with_the_keyboard_alone(place: Place, open_page: Any) -> None:
    page = open_page("typing", "/")
    press(page, "Headache now")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Attack since")
    press(page, "Strong")
    assert page.get_by_role("button", name="Strong").get_attribute("aria-pressed") == "true"
    press(page, "It is over")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Over since")


def press(page: Any, name: str) -> None:
    """Go to a button with the Tab key, press it with Enter, and wait for what it opens."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} was not reached")
