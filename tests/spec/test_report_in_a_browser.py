"""The page in a real browser: it stays on its file, it fits, and it can be read in every light."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from models.sample_report import every_diary, hostile_report, sample_report

STRIPES = """async (picture) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const dots = pen.getImageData(0, 0, image.width, image.height).data;
  const across = new Float64Array(image.width), down = new Float64Array(image.height);
  const linear = (level) => Math.pow(level / 255, 2.2);
  for (let y = 0; y < image.height; y++) for (let x = 0; x < image.width; x++) {
    const at = 4 * (y * image.width + x);
    const light = .2126 * linear(dots[at]) + .7152 * linear(dots[at + 1])
      + .0722 * linear(dots[at + 2]);
    across[x] += light / image.height; down[y] += light / image.width;
  }
  const spread = (line) => {
    const mean = line.reduce((a, b) => a + b) / line.length;
    return Math.sqrt(line.reduce((a, b) => a + (b - mean) ** 2, 0) / line.length) / mean;
  };
  return Math.max(spread(across), spread(down));
}"""
"""How striped a picture is: the spread of its light along the stronger axis, over its mean."""

OUTSIDE = """(card) => {
  const frame = card.getBoundingClientRect();
  return [...card.querySelectorAll('svg *')].filter((part) => {
    const place = part.getBoundingClientRect();
    return place.width && (place.left < frame.left || place.right > frame.right
      || place.top < frame.top || place.bottom > frame.bottom);
  }).map((part) => part.outerHTML);
}"""
"""The parts of a picture that lie outside its card."""

OFFLINE = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-default-apps", "--no-first-run",
]  # fmt: skip


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
    """The pages of three reports, as files."""
    folder = tmp_path_factory.mktemp("pages")
    reports = {
        "five months": sample_report(),
        "seventeen months": every_diary()["seventeen months"],
        "hostile": hostile_report(),
    }
    for name, report in reports.items():
        report.to_html(str(folder / f"{name}.html"))
    return {name: folder / f"{name}.html" for name in reports}


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


@pytest.mark.parametrize("name", ["five months", "seventeen months", "hostile"])
def test_the_page_asks_for_nothing_but_itself(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    page, heard = opened(browser, pages[name])
    assert [word for word in heard if not word.startswith("data:font/woff2")] == []
    assert page.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")
    page.close()


@pytest.mark.parametrize("width", [320, 880])
@pytest.mark.parametrize("name", ["five months", "seventeen months", "hostile"])
def test_the_page_never_scrolls_sideways(
    browser: Any, pages: dict[str, Path], name: str, width: int
) -> None:
    page, _ = opened(browser, pages[name], viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_words_in_pictures_keep_their_size_on_a_phone(browser: Any, pages: dict[str, Path]) -> None:
    page, _ = opened(browser, pages["five months"], viewport={"width": 320, "height": 800})
    heights = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 14
    page.close()


@pytest.mark.parametrize("width", [320, 880])
@pytest.mark.parametrize("name", ["five months", "hostile"])
def test_totals_over_time_stay_in_their_card_at_every_width(
    browser: Any, pages: dict[str, Path], name: str, width: int
) -> None:
    page, _ = opened(browser, pages[name], viewport={"width": width, "height": 800})
    card = page.locator("section[aria-labelledby=books-scales] article").first
    outside = card.evaluate(OUTSIDE)
    assert outside == []
    assert card.locator("svg circle").count() == 5
    page.close()


def test_totals_over_time_can_be_read_and_opened_with_a_keyboard(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["five months"])
    picture = page.get_by_role("img", name="PHQ-9 over time")
    said = page.evaluate("one => one.querySelector('desc').textContent", picture.element_handle())
    assert "about 13 (1 October 2012), not scored (20 November 2012)" in said
    twin = page.locator("section[aria-labelledby=books-scales] details").first
    twin.locator("summary").focus()
    page.keyboard.press("Enter")
    assert twin.locator("tbody tr").count() == 4 and twin.locator("td").first.is_visible()
    page.close()


@pytest.mark.parametrize("light", ["light", "dark"])
def test_the_page_follows_the_readers_light(
    browser: Any, pages: dict[str, Path], light: str
) -> None:
    page, _ = opened(browser, pages["five months"], color_scheme=light)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    mark = page.evaluate("getComputedStyle(document.querySelector('svg .f-headache')).fill")
    assert (ground, mark) == {
        "light": ("rgb(243, 239, 230)", "rgb(122, 70, 96)"),
        "dark": ("rgb(26, 29, 27)", "rgb(200, 147, 171)"),
    }[light]
    assert len(page.screenshot()) > 20_000
    page.close()


def test_paper_is_white_and_shows_every_table(browser: Any, pages: dict[str, Path]) -> None:
    page, _ = opened(browser, pages["five months"], color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert ink == "rgb(42, 45, 43)"
    assert (
        page.evaluate("document.querySelector('details table').getBoundingClientRect().height") > 0
    )
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()


def test_forced_colours_keep_marks_apart_from_the_ground(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["five months"], forced_colors="active")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    mark = page.evaluate("getComputedStyle(document.querySelector('svg .f-headache')).fill")
    assert ground != mark
    page.close()


def test_every_picture_has_a_name_that_a_screen_reader_says(
    browser: Any, pages: dict[str, Path]
) -> None:
    page, _ = opened(browser, pages["five months"])
    pictures = page.get_by_role("img")
    assert pictures.count() > 10
    assert page.get_by_role("img", name="The chance that this is real").count() >= 3
    page.close()


@pytest.mark.parametrize(
    ("name", "light"), [("five months", "light"), ("seventeen months", "dark")]
)
def test_no_picture_is_more_striped_than_the_heading_of_its_page(
    browser: Any, pages: dict[str, Path], name: str, light: str
) -> None:
    page, _ = opened(browser, pages[name], color_scheme=light)
    blank = browser.new_page()
    heading = striped(blank, page.locator("h1"))
    named = [page.get_by_role("img", name=words) for words in ("Next 28 days", "PHQ-9 over time")]
    pictures = [*page.locator("svg").all()[:3], *named]
    measured = [round(striped(blank, picture), 3) for picture in pictures]
    assert max(measured) <= heading, (measured, heading)
    page.close()
    blank.close()


def striped(blank: Any, place: Any) -> float:
    """Measure the stripes of one place of a page; ``blank`` is a page that may run scripts."""
    picture = b64encode(place.screenshot()).decode()
    return float(blank.evaluate(STRIPES, picture))
