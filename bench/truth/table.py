"""The page that ``make slow`` keeps: every world, asked and counted."""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Iterable

from truth.cells import ROOT, Cell

PAGE = ROOT / "docs" / "worlds.md"
ENOUGH_IN_BIN = 1000
BELIEFS = {"lone": "tables only", "cohort": "with a cohort", "true": "true hyper-parameters"}
Results = dict[str, list[Cell]]  # one result a seed


def wilson(hits: int, count: int) -> str:
    """Return a share with its 95 % Wilson interval."""
    if not count:
        return "–"
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count)
    half *= math.sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    return f"{share:.3f} ({max(0.0, middle - half):.3f}–{min(1.0, middle + half):.3f})"


def page(discovery: Results, ahead: Results, arrows: Results, seeds: tuple[int, ...]) -> str:
    """Return the whole page."""
    parts = [
        head("Simulated worlds", "make slow", seeds),
        discovered(discovery),
        _rows("## Mood and headache", ARROWS, ARROW_COLUMNS, arrows, BELIEFS),
        _rows(
            "## Tomorrow",
            TOMORROW,
            TOMORROW_COLUMNS,
            ahead,
            {k: BELIEFS[k] for k in ("lone", "cohort")},
        ),
    ]
    return "\n".join(parts)


def discovered(results: Results) -> str:
    """Return the three tables about what was called a factor."""
    return "\n".join([
        _rows("## What comes before a headache", FACTORS, DISCOVERY, results, BELIEFS),
        _rows("## Said and true", SAID, SAID_COLUMNS, results, BELIEFS),
        _rows("## Intervals and sizes", SIZES, SIZE_COLUMNS, results, BELIEFS),
    ])  # fmt: skip


Column = tuple[str, Callable[[list[Cell]], str]]


def _rows(
    title: str, words: str, columns: tuple[Column, ...], results: Results, beliefs: dict[str, str]
) -> str:
    lines = [
        title,
        "",
        words,
        "",
        "| world | beliefs | " + " | ".join(c[0] for c in columns) + " |",
    ]
    lines.append("|" + "---|" * (len(columns) + 2))
    for name, several in results.items():
        for belief, label in beliefs.items():
            of_seeds = [one[belief] for one in several]
            cells = " | ".join(tell(of_seeds) for _, tell in columns)
            lines.append(f"| {name} | {label} | {cells} |")
    return "\n".join([*lines, ""])


def _sum(key: str) -> Callable[[list[Cell]], str]:
    return lambda several: str(sum(one[key] for one in several))


def _share(hits: str, count: str) -> Callable[[list[Cell]], str]:
    return lambda several: wilson(sum(s[hits] for s in several), sum(s[count] for s in several))


def _pair(key: str) -> Callable[[list[Cell]], str]:
    return lambda several: wilson(sum(s[key][0] for s in several), sum(s[key][1] for s in several))


def _median(tell: Callable[[Cell], float], digits: int = 3) -> Callable[[list[Cell]], str]:
    return lambda several: f"{statistics.median(tell(one) for one in several):.{digits}f}"


def _power(one: Cell) -> float:
    return (one["claims"] - one["false"]) / max(one["real"], 1)


def _summed_bins(several: list[Cell]) -> Iterable[tuple[int, float, float]]:
    for rows in zip(*(one["bins"] for one in several), strict=True):
        count = sum(row[0] for row in rows)
        if count:
            yield count, sum(row[1] for row in rows) / count, sum(row[2] for row in rows) / count


def _worst_bin(several: list[Cell]) -> str:
    gaps = [(said - true, n) for n, said, true in _summed_bins(several) if n >= ENOUGH_IN_BIN]
    return f"{max(gaps, key=lambda one: abs(one[0]))[0]:+.3f}" if gaps else "–"


def _said(several: list[Cell]) -> str:
    return "; ".join(f"{said:.2f}→{true:.2f} ({n})" for n, said, true in _summed_bins(several))


def _size(several: list[Cell]) -> str:
    told, true = (sum(one["size"][i] for one in several) for i in (0, 1))
    return f"{told / true:.2f}" if true else "–"


def _of_oracle(oracle: str) -> Callable[[Cell], float]:
    return lambda one: (one["auc"] - 0.5) / (one[f"auc_{oracle}"] - 0.5)


def _skill_of(oracle: str) -> Callable[[Cell], float]:
    def skill(one: Cell) -> float:
        return (one["brier_usual"] - one["brier"]) / (one["brier_usual"] - one[f"brier_{oracle}"])

    return skill


DISCOVERY: tuple[Column, ...] = (
    ("people", _sum("people")),
    ("clear", _sum("claims")),
    ("false share of clear", _share("false", "claims")),
    ("people with a false one", _share("people_false", "people")),
    ("pooled: clear", _sum("pooled")),
    ("false share, pooled", _share("pooled_false", "pooled")),
    ("power, clear", _median(_power)),
    ("power, ranked", _median(lambda one: one["ranked"])),
    ("ranked, enough days", _median(lambda one: one["ranked_gate"])),
    ("not settled", _sum("unsettled")),
)
SAID_COLUMNS: tuple[Column, ...] = (("largest gap", _worst_bin), ("said → true (factors)", _said))
SIZE_COLUMNS: tuple[Column, ...] = (
    ("95 % intervals hold", _pair("inside")),
    ("of likely (P > .8)", _pair("inside_likely")),
    ("of clear", _pair("inside_claimed")),
    ("size told / true", _size),
)
ARROW_COLUMNS: tuple[Column, ...] = (
    ("mood → headache, false", lambda s: _answered(s, "mood_false")),
    ("found", lambda s: _answered(s, "mood_found")),
    ("only a first sign", lambda s: _answered(s, "mood_signs")),
    ("right lag", _pair("lag_right")),
    ("headache → mood, false", lambda s: _answered(s, "carry_false")),
    ("found ", lambda s: _answered(s, "carry_found")),
)
TOMORROW_COLUMNS: tuple[Column, ...] = (
    ("AUC within", _median(lambda one: one["auc"])),
    ("oracle", _median(lambda one: one["auc_oracle"])),
    ("oracle with signs", _median(lambda one: one["auc_signs"])),
    ("share of oracle", _median(_of_oracle("oracle"))),
    ("with signs", _median(_of_oracle("signs"))),
    ("Brier skill, share of oracle", _median(_skill_of("oracle"))),
    ("with signs ", _median(_skill_of("signs"))),
    ("slope", _median(lambda one: one["slope"])),
    ("ECE", _median(lambda one: one["ece"])),
    ("bias", _median(lambda one: one["bias"])),
)


def _answered(several: list[Cell], key: str) -> str:
    over, answered, people = (sum(one[key][i] for one in several) for i in range(3))
    return f"{wilson(over, answered)}; {people - answered} of {people} not yet"


FACTORS = (
    "*Clear*: called clear by the report's own rule, one person at a time (mean doubt at most .05 "
    "alone, .10 with a cohort; 15 onsets; no signs, no ambiguous factors). *Pooled*: one list over "
    "all people (.05 and .08). *Ranked*: share of real effects above the line that keeps one in ten "
    "false, over all candidates that may become clear, and over those with enough days. Shares "
    "stand with the 95 % Wilson interval over all seeds; medians are over the seeds."
)
SAID = (
    "P(real) on average → share that was real, over all factors but the three early signs, which "
    "come before headaches without causing them. *Largest gap*: over the bins with at least 1,000."
)
SIZES = "Of the effects, in log-odds; *size*: claimed effects that are real, told over true."
ARROWS = (
    "P > .8 among those without the effect (false) and with it (found), of those who got an answer; "
    "people whose mood only dips as a first sign stand apart: no diary can tell them."
)
TOMORROW = (
    "Learnt from the first days, forecast evening by evening for the 28 after them, without a new "
    "fit; scored on evenings and days with an entry. The oracle knows every parameter, the hidden "
    "drift and what was not written down; the second one also looks at the day's early signs."
)


def head(title: str, again: str, seeds: tuple[int, ...]) -> str:
    """Return what stands above the tables; ``again`` is how the page is made."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    return "\n".join([
        f"# {title}",
        "",
        f"Made by `{again}` on {dt.date.today().isoformat()}, at commit {commit or 'unknown'}, on",
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}; seeds "
        f"{', '.join(map(str, seeds))}. The worlds",
        "are in `bench/worlds`, frozen before the engine was tuned (decision 24). A cohort is 800",
        "other people of the same world (200 where the tables are wrong).",
        "",
    ])  # fmt: skip
