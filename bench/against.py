"""Twofold and what people use today, on the same simulated people, in one run.

The second half of ``make bench``; the table goes to ``docs/against.md``.
``--small`` asks 20 people each and only prints. Every answer is kept in
``.cache/bench``, under a digest of the code it depends on, so that a run that
was broken off goes on, and a second one asks only what changed.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy: two methods run side by side

import argparse
import hashlib
import json
import multiprocessing
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "src"), str(ROOT / "tests")]

from peers import page, panel, referee_cell  # noqa: E402

PAGE = ROOT / "docs" / "against.md"
KEPT = ROOT / ".cache" / "bench" / "against.jsonl"
ALWAYS = ("worlds", "peers/scoring.py", "peers/written.py", "peers/panel.py")
SMALL = 20
REFEREE = "referee"
REFEREE_FILES = ("peers/referees.py", "peers/referee_cell.py", "../src/twofold/inference")


def main(*, small: bool) -> None:
    tasks = list(all_tasks(small))
    kept = read_kept()
    missing = [task for task in tasks if task["key"] not in kept]
    # Peers two at a time, one core each; then Twofold, which may use both cores.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        asked = {workers.submit(done, task): task for task in missing if not task["is_ours"]}
        for answer in as_completed(asked):
            keep(asked[answer], answer.result(), kept)
    for task in missing:
        if task["is_ours"]:
            keep(task, done(task), kept)
    words = page.whole({task["name"]: kept[task["key"]] for task in tasks}, small=small)
    print(words)
    if not small:
        PAGE.write_text(words, encoding="utf-8")


def all_tasks(small: bool) -> Iterator[dict]:
    """Give every cell of the tables, the slow ones first."""
    yield from sorted(cells(small), key=lambda task: (task["people"], -task["days"]))


def cells(small: bool) -> Iterator[dict]:
    for question, methods in panel.METHODS.items():
        for world, days in panel.WORLDS_ASKED[question]:
            for method in methods:
                people = min(SMALL, method.people) if small else method.people
                files = (*ALWAYS, *method.files)
                yield task(question, world, days, method.label, people, files, method.is_ours)
    people = 2 if small else referee_cell.PEOPLE
    yield task(REFEREE, "base", 90, REFEREE, people, (*ALWAYS, *REFEREE_FILES), False)


def task(question, world, days, label, people, files, is_ours) -> dict:  # type: ignore[no-untyped-def]
    name = f"{question} | {world} | {days} | {label}"
    key = f"{name} | {people} people | {panel.SEED} | {digest(files)}"
    return {
        "name": name,
        "key": key,
        "question": question,
        "world": world,
        "days": days,
        "label": label,
        "people": people,
        "is_ours": is_ours,
    }


def done(task: dict) -> dict:
    """Answer one cell; runs in a process of its own."""
    warnings.filterwarnings("ignore")  # the peers' own, about separation and convergence
    if task["question"] == REFEREE:
        return referee_cell.cell(task["world"], task["days"], task["people"])
    methods = panel.METHODS[task["question"]]
    method = next(one for one in methods if one.label == task["label"])
    return panel.cell(task["question"], task["world"], task["days"], method, task["people"])


def digest(files: tuple[str, ...]) -> str:
    paths = [path for name in files for path in sorted(sources(HERE / name))]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def sources(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return [path for path in place.rglob("*") if path.suffix in (".py", ".toml")]


def read_kept() -> dict[str, dict]:
    if not KEPT.exists():
        return {}
    lines = (json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines())
    return {line["key"]: line["figures"] for line in lines}


def keep(task: dict, figures: dict, kept: dict[str, dict]) -> None:
    kept[task["key"]] = figures
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"key": task["key"], "figures": figures}) + "\n")
    print(f"{task['name']}: {figures['seconds']:.4f} s a person", flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--small", action="store_true", help="20 people each; prints only")
    main(small=asked.parse_args().small)
