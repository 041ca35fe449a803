"""The map in a real browser: no label lies on another, paper holds it, and it needs no network."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from twofold.knowledge.mechanism import edges, strengths
from twofold.report import biology

OFFLINE = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-default-apps", "--no-first-run",
]  # fmt: skip

PAPER = {"width": 718, "height": 1054}
"""What A4 leaves between the page's own margins, in CSS px: 190 by 279 mm."""

SMALLEST = 8 * 96 / 72
"""8 pt in CSS px."""

LABELS = """() => {
  const rect = (one) => { const r = one.getBoundingClientRect();
    return [r.left, r.top, r.right, r.bottom]; };
  const map = document.querySelector('svg.map'), scale = map.getBoundingClientRect().width
    / map.viewBox.baseVal.width;
  return {
    texts: [...map.querySelectorAll('text')].map((one) => [one.textContent, rect(one),
      parseFloat(getComputedStyle(one).fontSize) * scale, one.parentNode.dataset.node || '']),
    boxes: [...map.querySelectorAll('rect')].map((one) => [one.parentNode.dataset.node, rect(one)]),
    map: rect(map),
  };
}"""

VIEWS = ("person", "clinician")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A Chromium without a network of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=OFFLINE)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page in both views, as files."""
    folder = tmp_path_factory.mktemp("biology")
    for view in VIEWS:
        biology.write_page(folder / f"{view}.html", view=view)
    return {view: folder / f"{view}.html" for view in VIEWS}


def opened(browser: Any, path: Path, **settings: Any) -> tuple[Any, list[str]]:
    """Open a page; the list gathers what it asks for and what it complains about."""
    page = browser.new_page(**settings)
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.goto(path.as_uri())
    page.evaluate("document.fonts.ready")
    return page, [word for word in heard if word != path.as_uri()]


def share_room(one: list[float], other: list[float], slack: float = 0.25) -> bool:
    """Whether two rectangles lie on each other by more than a hair."""
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def collisions(seen: dict[str, Any]) -> list[tuple[str, str]]:
    texts = [(a[0], b[0]) for a, b in combinations(seen["texts"], 2) if share_room(a[1], b[1])]
    boxes = [
        (words, node)
        for words, place, _, owner in seen["texts"]
        for node, box in seen["boxes"]
        if node != owner and share_room(place, box)
    ]
    return texts + boxes


def spills(seen: dict[str, Any]) -> list[str]:
    """Name every label that is wider than its own box."""
    boxes = dict(seen["boxes"])
    return [
        words
        for words, place, _, owner in seen["texts"]
        if owner and not (boxes[owner][0] <= place[0] and place[2] <= boxes[owner][2])
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_on_the_screen_no_label_lies_on_another_or_on_a_place(
    browser: Any, pages: dict[str, Path], view: str
) -> None:
    page, _ = opened(browser, pages[view], viewport={"width": 1040, "height": 900})
    seen = page.evaluate(LABELS)
    assert len(seen["texts"]) > 140 and len(seen["boxes"]) > 70
    assert collisions(seen) == [] and spills(seen) == []
    page.close()


@pytest.mark.parametrize("view", VIEWS)
def test_on_paper_the_map_fits_one_side_in_at_least_8_point(
    browser: Any, pages: dict[str, Path], view: str
) -> None:
    page, _ = opened(browser, pages[view], viewport=PAPER)
    page.emulate_media(media="print")
    seen = page.evaluate(LABELS)
    assert min(size for _, _, size, _ in seen["texts"]) >= SMALLEST
    assert collisions(seen) == [] and spills(seen) == []
    assert seen["map"][0] >= 0 and seen["map"][2] <= PAPER["width"]
    key = page.locator("#map .key").bounding_box()
    assert key["y"] >= seen["map"][3] - 0.5 and key["y"] + key["height"] <= PAPER["height"]
    page.close()


def test_it_prints_and_the_picture_is_on_the_first_side(
    browser: Any, pages: dict[str, Path], tmp_path: Path
) -> None:
    page, _ = opened(browser, pages["clinician"])
    page.pdf(path=str(tmp_path / "map.pdf"), prefer_css_page_size=True)
    whole = (tmp_path / "map.pdf").read_bytes()
    assert whole.startswith(b"%PDF") and 5 <= whole.count(b"/Type /Page\n") <= 10
    page.pdf(path=str(tmp_path / "first.pdf"), prefer_css_page_size=True, page_ranges="1")
    page.close()


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_asks_for_nothing_but_itself(
    browser: Any, pages: dict[str, Path], view: str
) -> None:
    page, heard = opened(browser, pages[view])
    assert [word for word in heard if not word.startswith("data:font/woff2")] == []
    assert page.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")
    assert page.evaluate("document.scripts.length") == 1
    page.close()


@pytest.mark.parametrize("width", [320, 1040])
def test_the_page_never_scrolls_sideways(browser: Any, pages: dict[str, Path], width: int) -> None:
    page, _ = opened(browser, pages["clinician"], viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_words_in_the_picture_keep_their_size_on_a_phone(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["person"], viewport={"width": 320, "height": 800})
    assert min(size for _, _, size, _ in page.evaluate(LABELS)["texts"]) >= 14
    page.close()


def shown(page: Any) -> set[str]:
    """Read which links the list shows."""
    return set(
        page.evaluate(
            "[...document.querySelectorAll('details[data-edge]')]"
            ".filter(one => one.offsetParent).map(one => one.dataset.edge)"
        )
    )


def test_links_can_be_chosen_by_condition_evidence_and_strength(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["clinician"])
    all_links = edges().values()
    assert shown(page) == set(edges())
    page.select_option("[name=strength]", "X")
    assert shown(page) == {"E20", "E69", "E78"}
    assert page.inner_text("#count") == "3 of 101 links shown."
    page.select_option("[name=condition]", "D")
    assert shown(page) == {"E20"}
    page.click("button[type=reset]")
    page.wait_for_function("document.querySelectorAll('.off').length === 0")
    page.select_option("[name=study]", "trial")
    assert shown(page) == {edge.id for edge in all_links if edge.study == "trial"}
    page.select_option("[name=strength]", "S")
    strong = {edge.id for edge in all_links if edge.study == "trial" and edge.strength == "S"}
    assert shown(page) == strong
    drawn = page.evaluate(
        "[...document.querySelectorAll('svg.map [data-edge]')].filter(one => "
        "getComputedStyle(one).display !== 'none').map(one => one.dataset.edge)"
    )
    assert set(drawn) == strong
    page.close()


def test_links_can_be_chosen_by_a_place(browser: Any, pages: dict[str, Path]) -> None:
    page, _ = opened(browser, pages["clinician"])
    page.select_option("[name=near]", "serotonin")
    assert shown(page) == {edge.id for edge in edges().values() if edge.touches("serotonin")}
    page.close()


def test_with_the_keyboard_alone_a_number_opens_its_link(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["person"])
    link = page.locator("details#E34")
    assert link.get_attribute("open") is None
    page.locator("svg.map .no[data-edge=E34] a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('E34').open")
    said = link.inner_text()
    assert "Blocking CGRP prevents migraine." in said and "Lampl 2023" in said
    assert edges()["E34"].what_would_change_our_mind in said
    assert page.evaluate("document.activeElement.parentNode.id") == "E34"
    page.close()


def test_without_a_script_everything_is_there(browser: Any, pages: dict[str, Path]) -> None:
    page, _ = opened(browser, pages["clinician"], java_script_enabled=False)
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("#choose").is_hidden() and page.locator("#light").is_hidden()
    assert page.locator("svg.map [data-edge]").count() > 200
    page.close()


def test_the_table_tells_each_link_to_a_screen_reader(browser: Any, pages: dict[str, Path]) -> None:
    page, _ = opened(browser, pages["clinician"])
    page.locator("details.twin summary").click()
    rows = page.locator("#table tbody tr")
    assert rows.count() == len(edges())
    assert page.get_by_role("row", name="E20").first.inner_text().count("refuted") >= 1
    assert page.get_by_role("group", name="The shared biology of migraine").count() == 1
    page.close()


@pytest.mark.parametrize(
    ("theme", "ground"),
    [
        ("warm", "rgb(243, 239, 230)"),
        ("dark", "rgb(26, 29, 27)"),
        ("attack", "rgb(11, 15, 12)"),
        ("contrast", "rgb(255, 255, 255)"),
    ],
)
def test_the_light_is_the_readers_choice_of_four(
    browser: Any, pages: dict[str, Path], theme: str, ground: str
) -> None:
    page, _ = opened(browser, pages["person"])
    page.locator(f"#light .theme:has([value={theme}])").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    page.close()


@pytest.mark.parametrize("light", ["light", "dark"])
def test_unless_one_is_chosen_the_page_follows_the_readers_light(
    browser: Any, pages: dict[str, Path], light: str
) -> None:
    page, _ = opened(browser, pages["person"], color_scheme=light)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(243, 239, 230)", "dark": "rgb(26, 29, 27)"}[light]
    page.close()


def test_forced_colours_keep_lines_and_words_apart_from_the_ground(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["person"], forced_colors="active")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    line = page.evaluate("getComputedStyle(document.querySelector('svg.map .line')).stroke")
    words = page.evaluate("getComputedStyle(document.querySelector('svg.map text')).fill")
    assert ground not in (line, words)
    page.close()


def test_in_grey_print_lines_of_different_strength_still_differ(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["clinician"], viewport=PAPER)
    page.emulate_media(media="print")
    looks = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('g[data-edge]:has(.line)')].map(one =>"
        "[one.dataset.edge, [one.querySelector('.line').getAttribute('stroke-width'),"
        " one.querySelector('.line').getAttribute('stroke-dasharray'),"
        " !!one.querySelector('.strike')].join(' ')]))"
    )
    by_strength = {
        strength: {looks[edge.id] for edge in edges().values() if edge.strength == strength}
        for strength in strengths()
    }
    assert all(len(found) == 1 for found in by_strength.values())
    simple = [by_strength[one] for one in ("S", "M", "W", "H", "X")]
    assert len(set.union(*simple)) == 5
    page.close()
