"""Ask axe about every page in every theme, width and language: what the tests do by turns.

``python bench/comfort.py`` prints one line a page that is not clean, and the counts.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from playwright.sync_api import sync_playwright
from web.axe import violations
from web.conftest import OFFLINE
from web.every_page import served
from web.glare import CALMEST, DARKEST, light_of, worst_patch
from web.looking import THEMES, WIDTHS, in_lights, light, visitors

LOCALES = ("en-GB", "de-DE")


def main() -> int:
    begun, looks, faults, worst = time.monotonic(), 0, 0, (0.0, 0.0)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=chromium, args=OFFLINE)
        with served(Path(folder) / "diary") as place:
            for locale in LOCALES:
                with visitors(browser, place, locale=locale) as pages:
                    for who, path in place.addresses:
                        page = pages[who]
                        page.goto(place.url + path)
                        for width in WIDTHS:
                            page.set_viewport_size({"width": width, "height": 844})
                            for theme in THEMES:
                                light(page, theme)
                                found = [*violations(page), *in_lights(page, [theme])]
                                looks, faults = looks + 1, faults + len(found)
                                for one in found:
                                    print(f"{who}:{path} {locale} {width} {theme}: {one}")
                            light(page, "attack")
                            seen = light_of(page.screenshot(full_page=True))
                            at = (float(seen.mean()), worst_patch(seen))
                            worst = (max(worst[0], at[0]), max(worst[1], at[1]))
                            if at[0] > DARKEST or at[1] > CALMEST:
                                faults += 1
                                print(f"{who}:{path} {locale} {width}: glares, {at}")
            pages_seen = len(place.addresses)
        browser.close()
    print(
        f"{pages_seen} pages, {len(THEMES)} themes, {len(WIDTHS)} widths, {len(LOCALES)} languages: "
        f"{looks} looks, {faults} faults, {time.monotonic() - begun:.0f} s. "
        f"Low-light theme at worst: {worst[0]:.3f} bright, {worst[1]:.3f} striped."
    )
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
