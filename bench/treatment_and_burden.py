"""Is a useless treatment called helpful? Do the next 28 days fall where they were said to?

``python bench/treatment_and_burden.py`` keeps ``docs/treatment_and_burden.md``;
with other people or seeds it only prints. A few minutes. The worlds know
nothing of the engine; a seed gives the same people each time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from worlds import WORLDS, Lives, simulate

from twofold.inference import trust
from twofold.inference.burden import outlook
from twofold.inference.courses import RAMP_DAYS, ramped
from twofold.inference.treatment import Effects, effects, estimate

Array = NDArray[np.float64]
Marks = NDArray[np.bool_]

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "treatment_and_burden.md"
PEOPLE, SEEDS = 1000, [301]
AT_ONCE = 50
TREATMENT_DAYS = (120, 240, 365)
AHEAD_ASKED = {
    "base": (30, 90, 180, 365), "chronic": (90,), "mnar_none": (90,), "mnar_strong": (90,),
    "treatment": (120, 240, 365), "treatment_worst": (120, 240, 365),
}  # fmt: skip
BINS = (0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.01)


@dataclass(frozen=True)
class Tried:
    """People of one treatment world, what was said of them, and what is true."""

    world: str
    days: int
    found: Effects
    effect: Array
    change: Array
    can_tell: Marks
    a_third_fewer: Marks

    @property
    def helps(self) -> Marks:
        return np.asarray(self.effect < 0)

    @property
    def is_clear(self) -> Marks:
        sure = self.found.p_fewer >= trust.TREATMENT_ESTABLISHED_FROM
        return np.asarray(sure & (self.found.days[:, 2] < 0))


def try_treatment(world: str, *, days: int, people: int, seeds: list[int]) -> Tried:
    """Answer for everyone, whether or not their diary would be long enough to be told."""
    parts = [_tried(world, days, people, seed) for seed in seeds]
    found = Effects(
        **{
            one.name: np.concatenate([getattr(part.found, one.name) for part in parts])
            for one in fields(Effects)
        }
    )
    held = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("effect", "change", "can_tell", "a_third_fewer")
    }
    return Tried(world, days, found, **held)


def _tried(world: str, days: int, people: int, seed: int) -> Tried:
    lives = simulate(WORLDS[world], people=people, days=days, seed=seed)
    headache = np.asarray(lives.columns["headache"], dtype=np.float64)
    levels = ramped(np.asarray(lives.columns["course.preventive"], dtype=np.float64))[..., None]
    found = []
    for at in range(0, people, AT_ONCE):
        rows, posterior = estimate(headache[at : at + AT_ONCE], levels[at : at + AT_ONCE])
        found.append(effects(rows, posterior, asked=0, seed=seed + at, draws=1000))
    joined = Effects(
        **{
            one.name: np.concatenate([getattr(part, one.name) for part in found])
            for one in fields(Effects)
        }
    )
    truth, start = lives.truth, lives.truth.treatment_start
    return Tried(
        world,
        days,
        joined,
        np.asarray(truth.treatment_effect, dtype=np.float64),
        np.asarray(truth.treatment_change, dtype=np.float64),
        _can_tell(headache, start),
        _a_third_fewer(headache, start),
    )


def _can_tell(headache: Array, start: NDArray[np.int64]) -> Marks:
    """28 known days before, and 28 at full effect."""
    known, day = np.isfinite(headache), np.arange(headache.shape[1])
    before = (known & (day < start[:, None])).sum(1)
    after = (known & (day >= start[:, None] + RAMP_DAYS)).sum(1)
    return np.asarray(np.minimum(before, after) >= trust.TREATMENT_DAYS_EACH_SIDE)


def _a_third_fewer(headache: Array, start: NDArray[np.int64]) -> Marks:
    """The usual rule: the last 28 days have 30 % fewer headache days than the 28 before."""
    before = np.stack([row[at - 28 : at] for row, at in zip(headache, start, strict=True)])
    earlier, lately = np.nanmean(before, axis=1), np.nanmean(headache[:, -28:], axis=1)
    return np.asarray((lately <= 0.7 * earlier) & (earlier > 0))


@dataclass(frozen=True)
class Ahead:
    """People of one world, the 28 days that were said to come, and those that came."""

    world: str
    days: int
    ends: Array
    mean: Array
    at_least_8: Array
    came: NDArray[np.intp]
    seconds: float
    last_28: Array


def look_ahead(world: str, *, days: int, people: int, seeds: list[int]) -> Ahead:
    """Say how many headache days come, to everyone with 28 known days."""
    parts: list[tuple[Array, ...]] = []
    seconds = 0.0
    for seed in seeds:
        lives = simulate(WORLDS[world], people=people, days=days, seed=seed)
        for headache, levels, came in _shown(lives, days):
            began = time.perf_counter()
            found = outlook(headache, levels=levels, seed=seed)
            seconds += time.perf_counter() - began
            last = 28 * np.nanmean(headache[:, -28:], axis=1)
            often = (found.counts >= 8).mean(1)
            parts.append((found.ends, found.counts.mean(1), often, came, last))
    ends, mean, often, came, last = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Ahead(world, days, ends, mean, often, came.astype(int), seconds, last)


def _shown(lives: Lives, days: int) -> Iterator[tuple[Array, Array | None, Array]]:
    levels = lives.columns.get("course.preventive")
    headache = np.asarray(lives.columns["headache"], dtype=np.float64)
    came = lives.truth.headache[:, days:].sum(1)
    known = np.isfinite(headache)
    enough = known.sum(1) >= min(trust.BURDEN.recorded_days, 0.6 * days)
    shown = np.flatnonzero(enough & (known[:, -28:].mean(1) >= 1 - trust.BURDEN.missing_share))
    for at in range(0, len(shown), AT_ONCE):
        held = shown[at : at + AT_ONCE]
        told = None if levels is None else np.asarray(levels[held], dtype=np.float64)[..., None]
        yield headache[held], told, came[held]


def share(hits: Marks) -> str:
    """A share with its Wilson interval."""
    count, z = len(hits), norm.ppf(0.975)
    if not count:
        return "–"
    p = float(np.mean(hits))
    middle = (p + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(p * (1 - p) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return f"{p:.3f} ({max(middle - half, 0):.3f}–{middle + half:.3f})"


def inside(truth: Array, ends: Array) -> str:
    """How often the interval (mean, low, high) held the truth."""
    return share((ends[:, 1] <= truth) & (truth <= ends[:, 2]))


def treatment_row(one: Tried) -> str:
    told, helps = one.can_tell & one.found.converged, one.helps
    sure = one.found.p_fewer >= trust.TREATMENT_ESTABLISHED_FROM
    days = one.found.days
    cells = (
        one.world, one.days, f"{told.mean():.2f}",
        share(one.is_clear[~helps]), share(one.is_clear[~helps & told]), share(sure[~helps & told]),
        share(one.a_third_fewer[~helps]),
        share(one.is_clear[helps & told]), share(sure[helps & told]),
        inside(one.effect, one.found.log_odds), inside(one.change, days),
        f"{(days[:, 2] - days[:, 1]).mean():.1f}",
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def calibration_row(one: Tried) -> str:
    said, cells = one.found.p_fewer, [one.world, str(one.days)]
    for low, high in zip(BINS[:-1], BINS[1:], strict=True):
        held = (said >= low) & (said < high)
        if held.any():
            true = one.helps[held].mean()
            cells.append(f"{said[held].mean():.2f} / {true:.2f} ({held.sum()})")
        else:
            cells.append("–")
    return "| " + " | ".join(cells) + " |"


def burden_row(one: Ahead) -> str:
    held = (one.ends[:, 0] <= one.came) & (one.came <= one.ends[:, 1])
    often = one.came >= 8
    skill = 1 - np.mean((one.at_least_8 - often) ** 2) / (often.mean() * (1 - often.mean()))
    cells = (
        one.world, one.days, len(one.came), share(held),
        f"{np.mean(one.ends[:, 1] - one.ends[:, 0]):.1f}",
        f"{np.mean(one.mean - one.came):+.2f}",
        f"{np.abs(one.mean - one.came).mean():.2f} / {np.abs(one.last_28 - one.came).mean():.2f}",
        f"{one.at_least_8.mean():.3f} / {often.mean():.3f}",
        f"{skill:.2f}",
        f"{1000 * one.seconds / len(one.came):.1f}",
    )  # fmt: skip
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


TREATMENT_WORDS = """
Half of the people answer to the course. In `treatment_worst` it starts in a bad stretch, so that
headaches grow fewer by themselves. *False*: of those whom it does nothing for. *≥ 30 % fewer* is
the usual rule: the last 28 days against the 28 before the start.
""".strip()
TREATMENT_HEAD = """
| world | days | may be told | false "clear", all | false "clear", told | false P ≥ .9, told | false by ≥ 30 % fewer | found "clear" | found P ≥ .9 | log-odds inside | days per 28 inside | width, days |
|---|---|---|---|---|---|---|---|---|---|---|---|
""".strip()
BURDEN_HEAD = """
| world | days | people | inside | width, days | said − came | mean error / last 28 days carried | P(≥ 8) said / came | its Brier skill | ms a person |
|---|---|---|---|---|---|---|---|---|---|
""".strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    asked = parser.parse_args()
    lines = []
    for line in page(asked.people, asked.seeds):
        print(line, flush=True)
        lines.append(line)
    if (asked.people, asked.seeds) == (PEOPLE, SEEDS):
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def page(people: int, seeds: list[int]) -> Iterator[str]:
    """Give the page line by line, each as soon as it is known."""
    yield from head(people, seeds)
    tried = []
    yield f"\n## What a treatment did\n\n{TREATMENT_WORDS}\n\n{TREATMENT_HEAD}"
    for world in ("treatment", "treatment_worst"):
        for days in TREATMENT_DAYS:
            tried.append(try_treatment(world, days=days, people=people, seeds=seeds))
            yield treatment_row(tried[-1])
    bins = [f"{low:.2f}–{min(high, 1):.2f}" for low, high in zip(BINS[:-1], BINS[1:], strict=True)]
    yield "\nChance of fewer headaches because of it: said / true (people)\n"
    yield "| world | days | " + " | ".join(bins) + " |"
    yield "|" + "---|" * (len(bins) + 2)
    yield from map(calibration_row, tried)
    yield f"\n## The next 28 days\n\n{BURDEN_HEAD}"
    for world, lengths in AHEAD_ASKED.items():
        for days in lengths:
            yield burden_row(look_ahead(world, days=days, people=people, seeds=seeds))


def head(people: int, seeds: list[int]) -> Iterator[str]:
    """Give what stands above the tables."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    yield "# Treatments, and the next 28 days\n"
    yield (
        f"Made by `python bench/treatment_and_burden.py` on {dt.date.today().isoformat()}, at commit "
        f"{commit or 'unknown'}, on"
    )
    yield (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"{platform.system()}. {people} people a seed and world, seeds {', '.join(map(str, seeds))};"
    )
    yield "shares stand with their 95 % Wilson interval."


if __name__ == "__main__":
    main()
