"""Ask axe about every page in every theme, width and language: what the tests do by turns.

``python bench/comfort.py`` prints one line for each fault, and the counts.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from playwright.sync_api import sync_playwright
from web.axe import violations
from web.conftest import OFFLINE
from web.every_page import Place, served
from web.glare import CALMEST, DARKEST, light_of, worst_patch
from web.looking import THEMES, WIDTHS, in_lights, light, visitors

LOCALES = ("en-GB", "de-DE")


def main() -> int:
    begun, faults = time.monotonic(), 0
    brightest, worst = 0.0, 0.0
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=chromium, args=OFFLINE)
        with served(Path(folder) / "diary") as place:
            for name, page in looks(browser, place):
                found, bright, striped = at(page)
                faults += len(found)
                brightest, worst = max(brightest, bright), max(worst, striped)
                print("".join(f"{name}: {one}\n" for one in found), end="", flush=True)
            pages = len(place.addresses)
        browser.close()
    print(
        f"{pages} pages, {len(THEMES)} themes, {len(WIDTHS)} widths, {len(LOCALES)} languages: "
        f"{faults} faults, {time.monotonic() - begun:.0f} s. "
        f"In low light at worst {brightest:.3f} bright and {worst:.3f} striped."
    )
    return bool(faults)


def looks(browser: Any, place: Place) -> Iterator[tuple[str, Any]]:
    """Yield each page in each language and width."""
    for locale in LOCALES:
        with visitors(browser, place, locale=locale) as pages:
            for who, path in place.addresses:
                pages[who].goto(place.url + path)
                for width in WIDTHS:
                    pages[who].set_viewport_size({"width": width, "height": 844})
                    yield f"{who}:{path} {locale} {width}", pages[who]


def at(page: Any) -> tuple[list[str], float, float]:
    """Return what is wrong with a page in all themes, and how it glares in low light."""
    found = []
    for theme in THEMES:
        light(page, theme)
        found += [f"{theme}: {one}" for one in violations(page)]
    found += in_lights(page, THEMES)
    light(page, "attack")
    seen = light_of(page.screenshot(full_page=True))
    bright, striped = float(seen.mean()), worst_patch(seen)
    if bright > DARKEST or striped > CALMEST:
        found.append(f"glares: {bright:.3f} bright, {striped:.3f} striped")
    return found, bright, striped


if __name__ == "__main__":
    sys.exit(main())
