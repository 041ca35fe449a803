"""Two devices that come and go at random lose nothing, and nothing is there twice.

A thousand schedules run with ``make slow`` (``bench/schedules.py``); thirty run here,
and three more in a real browser.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from twofold.store.opening import open_store

from .conftest import PASSPHRASE, Server, begin, start, stop, unlock
from .schedules import Schedule, count, run
from .test_offline import queue, ready

THIRTY, THREE = 30, 3


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Server]:
    """A server with a diary that nothing is in yet."""
    server = start(tmp_path / "diary")
    begin(server)
    yield server
    stop(server)


def test_thirty_schedules_lose_nothing_and_double_nothing(fresh: Server) -> None:
    done, waiting = run(fresh.url, PASSPHRASE, 1, THIRTY)
    table = count(fresh.folder, PASSPHRASE, done, waiting)
    assert (table.lost, table.doubled, table.waiting) == (0, 0, 0), "\n".join(table.lines())
    assert table.entries == THIRTY * 24
    assert table.apart > 0


def test_the_count_sees_what_is_lost_and_what_is_doubled(fresh: Server) -> None:
    done, waiting = run(fresh.url, PASSPHRASE, 1, 2)
    one, other = done
    one.changes["00000000-0000-4000-8000-000000000000"] = ""
    calm = next(attack for attack in other.attacks if attack not in other.touched)
    other.pain[calm].append(7.7)
    assert count(fresh.folder, PASSPHRASE, done, waiting).lost == 2
    other.attacks.remove(calm)
    assert count(fresh.folder, PASSPHRASE, done, waiting).doubled >= 1


def test_a_schedule_is_the_same_for_the_same_seed() -> None:
    first, second = (Schedule([], 7).chance.random() for _ in range(2))
    assert first == second


def test_three_schedules_in_a_browser_lose_nothing(browser: Any, fresh: Server) -> None:
    contexts = [browser.new_context(base_url=fresh.url) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        unlock(page, fresh)
        ready(page)
    taps = sum((_one(pages, seed) for seed in range(THREE)), start=_Taps())
    for context in contexts:
        context.close()
    with open_store(fresh.folder, PASSPHRASE) as store:
        person = store.people()[0].id
        attacks = [one.body or {} for one in store.entries(person, kinds=("attack",))]
        assert store.conflicts(person) == ()
    assert len(attacks) == taps.begun
    assert sum(len(one.get("pain", ())) for one in attacks) == taps.rated


class _Taps:
    """How often each button was tapped."""

    def __init__(self, begun: int = 0, rated: int = 0) -> None:
        self.begun, self.rated = begun, rated

    def __add__(self, other: _Taps) -> _Taps:
        return _Taps(self.begun + other.begun, self.rated + other.rated)


def _one(pages: list[Any], seed: int) -> _Taps:
    """Tap on two phones at random while their connection comes and goes, then bring both back."""
    chance, taps = random.Random(seed), _Taps()
    for _ in range(8):
        at = chance.randrange(2)
        pages[at].context.set_offline(chance.random() < 0.6)
        if chance.random() < 0.2:  # the page is closed and opened again
            before, pages[at] = pages[at], pages[at].context.new_page()
            before.close()
        taps += _tap(pages[at], chance)
    for page in pages:
        page.context.set_offline(False)
        page.goto("/")
        for _ in range(200):
            if not queue(page):
                break
            page.wait_for_timeout(50)
        assert queue(page) == []
    return taps


def _tap(page: Any, chance: random.Random) -> _Taps:
    """Tap what the first page offers: an attack where none is known, else how strong it is."""
    page.goto("/")
    begins = page.get_by_role("button", name="Headache now")
    strong = page.get_by_role(
        "button", name=chance.choice(("Mild", "Medium", "Strong")), exact=True
    )
    begins.or_(strong).first.wait_for()
    page.wait_for_timeout(150)  # the page without a connection asks which attack goes on
    is_new = begins.is_visible()
    (begins if is_new else strong).click()
    page.wait_for_url(lambda url: "/attack/" in url or "/offline" in url)
    page.wait_for_load_state()
    return _Taps(1, 0) if is_new else _Taps(0, 1)
