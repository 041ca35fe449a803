"""How long the pages take for a diary of ten years, beside a page that says nothing.

``python bench/pages.py`` starts the server on an encrypted diary of 3,650 invented days, asks
for each page in turns with a bare page of the same server, and keeps ``docs/pages.md``.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src")]

from twofold.diary.factors import FactorEntry  # noqa: E402
from twofold.diary.headache import Attack, FreeDay, PainRating  # noqa: E402
from twofold.diary.medication import Course, Dose, DoseChange  # noqa: E402
from twofold.diary.mood import MoodNote  # noqa: E402
from twofold.diary.plain import to_plain  # noqa: E402
from twofold.diary.rhythm import DayRating, Sleep  # noqa: E402
from twofold.units import Hours, Pain, Quantity, Span, When  # noqa: E402

PAGE = ROOT / "docs" / "pages.md"
DAYS = 3650
ROUNDS = 15
FRESH = 5
TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 20, 0, tzinfo=dt.UTC)
PASSPHRASE = "four grey herons by a lake"
TEN, NIGHTS = Span(0, 10), Span(0, 2)
PAGES = {
    "/": "home",
    "/days": "days (a month, and half a year as a picture)",
    "/days/2026-11-20": "one day",
    "/timeline": "52 weeks as a picture",
    "/evening": "evening check-in",
    "/data": "everything in and out",
    "/review": "review (facts and safety), again",
}
Kinds = Iterator[tuple[str, dict[str, Any]]]


def main() -> None:
    """Fill a diary, serve it, measure, print and keep."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "diary"
        count, seconds = fill(folder)
        lines = [*_head(count, seconds), *_measured(folder)]
    print("\n".join(lines))
    PAGE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def fill(folder: Path) -> tuple[int, float]:
    """Keep ten invented years; return how many entries they are, and how long writing took."""
    from twofold.store.entry import Change
    from twofold.store.opening import create

    begun = time.perf_counter()
    store, _ = create(folder, PASSPHRASE)
    with store:
        person = store.add_person("you", zone="Europe/Berlin")
        changes = [
            Change(str(uuid.uuid4()), str(uuid.uuid4()), kind, body, NOW)
            for kind, body in invented()
        ]
        for first in range(0, len(changes), 5000):
            store.write(person.id, changes[first : first + 5000], received=NOW)
    return len(changes), time.perf_counter() - begun


def invented(seed: int = 7) -> Kinds:
    """Invent ten years: an evening entry on nine days of ten, attacks, doses, a preventive."""
    chance = random.Random(seed)
    for number in range(DAYS):
        day = TODAY - dt.timedelta(DAYS - 1 - number)
        if chance.random() < 0.9:
            yield from _one_day(day, chance)
    start = TODAY - dt.timedelta(400)
    course = Course("propranolol", start, changes=(DoseChange(start, Quantity(80, "mg")),))
    yield "course", to_plain(course)


def _one_day(day: dt.date, chance: random.Random) -> Kinds:
    when = When(day, dt.time(20, 30), 60)
    asked = ["headache", "mood", "sleep", "medicine", "factors", "energy", "stress"]
    yield "check_in", {"day": str(day), "asked": asked, "how": "full", "near": None}
    yield "mood_note", to_plain(MoodNote(when, "mood", chance.randint(1, 9), TEN, "high"))
    yield "sleep", to_plain(Sleep(day, Hours(chance.randint(10, 18) / 2), 1, NIGHTS))
    yield "energy", to_plain(DayRating(day, chance.randint(0, 10), TEN))
    yield "stress", to_plain(DayRating(day, chance.randint(0, 10), TEN))
    for name in ("alcohol", "skipped meal", "bright light"):
        yield "factor", to_plain(FactorEntry(When(day), name, float(chance.random() < 0.25)))
    if chance.random() < 0.25:
        begun, over = When(day, dt.time(7, 30), 60), When(day, dt.time(18), 60)
        pain = (PainRating(begun, Pain(3)), PainRating(When(day, dt.time(10), 60), Pain(7)))
        yield "attack", to_plain(Attack(begun, over, False, pain=pain, disability=1))
        yield "dose", to_plain(Dose(When(day, dt.time(9), 60), "sumatriptan", "acute", count=1.0))
    else:
        yield "free_day", to_plain(FreeDay(day))


def serve(folder: Path, port: int) -> None:
    """Serve the diary with one page more, which says nothing and asks nobody."""
    import uvicorn
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    from twofold.app.web.app import create_app
    from twofold.app.web.house import House

    app = create_app(House(folder, clock=lambda: NOW))
    bare = HTMLResponse("<!doctype html><title>bare</title><p>bare")

    async def nothing(request: object) -> HTMLResponse:
        return bare

    app.router.routes.insert(0, Route("/bare", nothing))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _measured(folder: Path) -> list[str]:
    import httpx

    port = _free_port()
    command = [sys.executable, str(Path(__file__).resolve()), "--serve", str(folder), str(port)]
    server = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}"
    headers = {"origin": url, "sec-fetch-site": "same-origin"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=300) as client:
            _wait(client)
            empty = _memory(server.pid)
            answer = client.post("/open", data={"passphrase": PASSPHRASE})
            assert answer.status_code == 303, answer.status_code
            return [*_table(client), *_memory_lines(server.pid, empty)]
    finally:
        server.terminate()
        server.wait(timeout=30)


def _table(client: Any) -> list[str]:
    first = {path: _seconds(client, path) for path in PAGES}
    _until_done(client)
    seconds: dict[str, list[float]] = {path: [] for path in ("/bare", *PAGES)}
    for _ in range(ROUNDS):
        for path, times in seconds.items():
            times.append(_seconds(client, path))
    fresh = [_after_an_entry(client, n) for n in range(FRESH)]
    bare = statistics.median(seconds["/bare"])
    rows = [("a bare page", bare, bare)] + [
        (PAGES[path], statistics.median(seconds[path]), first[path]) for path in PAGES
    ]
    rows.append(("review, first after an entry was written", statistics.median(fresh), max(fresh)))
    return [
        "| page | median, ms | × a bare page | the first time, ms |",
        "|---|---|---|---|",
        *(f"| {name} | {1e3 * a:.1f} | {a / bare:.1f} | {1e3 * b:.0f} |" for name, a, b in rows),
        "",
    ]


def _after_an_entry(client: Any, n: int) -> float:
    client.post("/review/stop")
    answer = client.post(f"/days/2026-11-1{n}/add/note", data={"text": f"note {n}"})
    assert answer.status_code == 303, answer.text
    seconds = _seconds(client, "/review")
    _until_done(client)
    return seconds


def _until_done(client: Any) -> None:
    """Wait for the review at work: it would slow everything else."""
    for _ in range(600):
        if "hx-trigger" not in client.get("/review/progress").text:
            return
        time.sleep(0.5)


def _seconds(client: Any, path: str) -> float:
    begun = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return time.perf_counter() - begun


def _memory(process: int) -> dict[str, int]:
    """Return resident memory now and at most, in MiB."""
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    found = dict(line.split(":", 1) for line in told if ":" in line)
    return {name: int(found[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")}


def _memory_lines(process: int, empty: dict[str, int]) -> list[str]:
    now = _memory(process)
    return [
        f"Memory of the server: {empty['VmRSS']} MiB while the diary was locked, "
        f"{now['VmRSS']} MiB after all of this, {now['VmHWM']} MiB at most. The process that works "
        "a review out is another one; its memory goes when it is done.",
    ]


def _wait(client: Any) -> None:
    import httpx

    for _ in range(600):
        try:
            client.get("/bare")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not answer")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def _head(count: int, seconds: float) -> list[str]:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    busy = os.getloadavg()[0]
    return [
        "# How long the pages take",
        "",
        f"`bench/pages.py`, {dt.date.today()}, commit {commit}, "
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; other work on the machine: load {busy:.1f}.",
        "",
        f"An encrypted diary of {DAYS:,} invented days, {count:,} entries (written in {seconds:.0f} s). "
        f"Each page was asked for {ROUNDS} times, in turns with a bare page of the same server: a "
        "route that returns a constant. The ratio compares what was measured in the same run; the "
        "first time is the one after the server began, and reads the tables of knowledge, too.",
        "",
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
