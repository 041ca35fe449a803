"""The real-data floor: every question asked of every real set, and the page ``docs/real.md``.

Run it from ``bench``: ``../.venv/bin/python -m real.floor``. The sets are
expected beside the project in ``shared/data``, or where the first argument says.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from real import (
    anchors,
    cpass,
    jang,
    kossakowski,
    kostecki,
    measures,
    n1cox,
    no_days,
    other_half,
    oura,
    weather,
)
from real.anchors import Anchor
from real.mood import MoodForecasts, mood_forecasts
from real.people import RealSet
from real.tomorrow import Forecasts, HalfTime, at_half_time, forecasts
from twofold.errors import NeedsExtra
from twofold.inference.answer import find
from twofold.inference.finding import Finding, Findings
from twofold.inference.onset import Claims
from twofold.knowledge.load import claims

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "real.md"
WITH_DAYS = (kossakowski, oura, weather, n1cox, kostecki, cpass, jang)
LEAST_SCORED = 30
QUESTIONS = (
    "mood_to_headache",
    "headache_to_mood",
    "same_day",
    "factor",
    "treatment",
    "tomorrow",
    "burden",
)


@dataclass(frozen=True)
class Asked:
    """One set with everything that was asked of it, in the order of its people."""

    real: RealSet
    findings: tuple[Findings, ...]
    forecasts: tuple[Forecasts | None, ...]
    moods: tuple[MoodForecasts | None, ...]

    @property
    def made(self) -> list[Forecasts]:
        """Return the forecasts of everyone for whom at least one day could be scored."""
        return [one for one in self.forecasts if one is not None and len(one.outcome)]


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    words = page(data)
    PAGE.write_text(words, encoding="utf-8")
    print(words)


def ask(real: RealSet, known: Claims) -> Asked:
    """Ask everything of every person of a set."""
    findings = tuple(find(one.table, known) for one in real.people)
    made = zip(real.people, findings, strict=True)
    return Asked(
        real,
        findings,
        tuple(forecasts(person, known, answer.tomorrow) for person, answer in made),
        tuple(mood_forecasts(one) for one in real.people),
    )


def page(data: Path) -> str:
    """Return the whole page; a warning of NumPy anywhere ends the run."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        known = claims()
        asked = [ask(module.read(data), known) for module in WITH_DAYS]
        found = known_before(data, asked, known)
        helped = with_others(asked, known)
        left_out = no_days.read(data)
    parts = (
        head(),
        tomorrows(asked),
        half_times(asked),
        helped,
        moods(asked),
        questions(asked),
        table_of_anchors(found),
        without_days(asked, left_out),
        LIMITS,
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def known_before(data: Path, asked: list[Asked], known: Claims) -> list[Anchor]:
    by_folder = {one.real.folder: one for one in asked}
    oura_asked = by_folder[oura.FOLDER]
    return [
        *anchors.of_kossakowski(by_folder[kossakowski.FOLDER].findings[0]),
        *anchors.of_oura(oura_asked.real.people[0].table, oura_asked.findings[0]),
        *anchors.of_n1cox(n1cox.cases(data), known),
        *anchors.of_kostecki(by_folder[kostecki.FOLDER].real),
    ]


def head() -> list[str]:
    return [
        "---",
        "orphan: true",
        "---",
        "",
        "# Real diaries",
        "",
        f"Measured on {dt.date.today()}, at commit {commit()}, on {os.cpu_count()} cores,",
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()}. To measure again:",
        "",
        "    cd bench && ../.venv/bin/python -m real.floor ../../shared/data",
        "",
        "Nothing was tuned on these sets. Every forecast was made by equations that had seen only the",
        "days before it. No number below is pooled over people in a way that lets the difference between",
        "people help: each is compared with that person's own running share of headache days.",
    ]


def tomorrows(asked: list[Asked]) -> list[str]:
    many = [one for one in asked if len(one.made) > 1]
    return [
        "## A headache tomorrow",
        "",
        f"Everyone with {LEAST_SCORED} or more days that could be scored. AUC: how often a day before a headache",
        "had been given more than another of the same person. Skill: less squared error than the person's",
        "running share (Brier skill), with a 95 % interval over weeks. Line: intercept and slope of what came",
        "on what was said (0 and 1 are perfect). Error: expected calibration error, and what luck alone would give.",
        "",
        "| set, person | scored days | headache | AUC: Twofold · running share · Markov chain | Brier: Twofold · running share · Markov chain "
        "| skill (95 %) | skill of the chain | line: intercept, slope (95 %) | error · by luck | Twofold's answer |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(row(one, each) for one in asked for each in one.made if _is_long(each)),
        "",
        "Whole sets of several people, everyone with a scored day. AUC: mean over people with five days of",
        "each kind. Skill: all squared errors of the set against those of each person's own running share; the",
        "interval draws people again. The line and the error are over all scored days of the set.",
        "",
        "| set | people scored · in AUC · shown | scored days | headache | mean AUC: Twofold · running share · Markov chain "
        "| Brier: Twofold · running share · Markov chain | skill (95 %) | skill of the chain "
        "| line: intercept, slope (95 %) | error · by luck |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(set_row(one) for one in many),
    ]


def _is_long(one: Forecasts) -> bool:
    return len(one.outcome) >= LEAST_SCORED


def row(one: Asked, each: Forecasts) -> str:
    auc = aucs([each])[0]
    cells = [
        f"{one.real.folder}, {each.person}",
        f"{len(each.outcome)}",
        f"{each.outcome.mean():.0%}",
        auc,
        *_quality(each, np.asarray(each.week, dtype=float)),
        each.answer,
    ]
    return cells_to_row(cells)


def set_row(one: Asked) -> str:
    made = one.made
    people = np.repeat(np.arange(len(made), dtype=float), [len(each.outcome) for each in made])
    whole = _together(made)
    auc, known = aucs(made)
    cells = [
        one.real.folder,
        f"{len(made)} · {known} · {sum(each.is_shown for each in made)}",
        f"{len(whole.outcome)}",
        f"{whole.outcome.mean():.0%}",
        auc,
        *_quality(whole, people),
    ]
    return cells_to_row(cells)


def aucs(made: list[Forecasts]) -> tuple[str, int]:
    """Return the mean AUC within persons of all three forecasts, and over how many people."""
    each = np.array([[measures.auc(said, one.outcome) for said in one.all_said] for one in made])
    known = each[np.isfinite(each).all(1)]
    told = " · ".join(f"{mean:.3f}" for mean in known.mean(0)) if len(known) else "–"
    return told, len(known)


def _together(made: list[Forecasts]) -> Forecasts:
    """Return all forecasts of a set in one row, for sums over days only."""
    chance, usual, chain, outcome, week = (
        np.concatenate([getattr(one, name) for one in made])
        for name in ("chance", "usual", "chain", "outcome", "week")
    )
    return Forecasts("all", chance, usual, chain, outcome, week, made[0].finding)


def _quality(each: Forecasts, block: measures.Array) -> list[str]:
    """Return the cells on Brier scores, skill and calibration."""
    loss, plain, chain = losses(each)
    low, high = measures.skill_span(loss, plain, block)
    return [
        f"{loss.mean():.3f} · {plain.mean():.3f} · {chain.mean():.3f}",
        f"{signed(measures.skill(loss, plain))} ({signed(low)} to {signed(high)})",
        signed(measures.skill(chain, plain)),
        told_line(measures.line(each.chance, each.outcome)),
        f"{measures.calibration_error(each.chance, each.outcome):.3f} · "
        f"{measures.calibration_error_by_luck(each.chance):.3f}",
    ]


def losses(each: Forecasts) -> tuple[measures.Array, measures.Array, measures.Array]:
    """Return the squared errors of Twofold, of the running share and of the Markov chain."""
    mine, plain, chain = ((one - each.outcome) ** 2 for one in each.all_said)
    return mine, plain, chain


def half_times(asked: list[Asked]) -> list[str]:
    rows = [
        (one, each, half)
        for one in asked
        for each in one.made
        if (half := at_half_time(each)) is not None
    ]
    return [
        "## Decided at half time",
        "",
        "Whether a chance is shown is decided on the same days on which its skill is counted, so the skill",
        "of those shown flatters. Here the first half of the forecasts decides, and the second half is scored",
        "(everyone with 30 scored days in the second half).",
        "",
        "| set, person | the first half would | days in the second half | skill there (95 %) |",
        "|---|---|---|---|",
        *(half_row(*each) for each in rows),
    ]


def half_row(one: Asked, each: Forecasts, half: HalfTime) -> str:
    low, high = measures.skill_span(half.loss, half.plain, np.asarray(half.week, dtype=float))
    return cells_to_row(
        [
            f"{one.real.folder}, {each.person}",
            "show" if half.is_trusted else "hide",
            f"{len(half.loss)}",
            f"{signed(measures.skill(half.loss, half.plain))} ({signed(low)} to {signed(high)})",
        ]
    )


def with_others(asked: list[Asked], known: Claims) -> list[str]:
    """Return the section on a cohort's state; it needs the extra ``fast``."""
    people = next(one.real.people for one in asked if one.real.folder == kostecki.FOLDER)
    try:
        made = other_half.rows(people, known)
    except NeedsExtra as missing:
        told = [f"Not measured: {missing}"]
    else:
        told = [
            "| forecast | people · in AUC | scored days | mean AUC | Brier: Twofold · running share | skill (95 %) |",
            "|---|---|---|---|---|---|",
            *(other_row(name, row) for name, row in made.items()),
        ]
    return [
        "## With what other people's diaries teach",
        "",
        f"{kostecki.FOLDER}: the people are split in two by their place in the file, a cohort state is learnt",
        "from each half, and the other half is forecast with it. The interval draws people again.",
        "",
        *told,
        "",
        "An earlier analysis of this set, with hyper-parameters from the other half and 1,935 forecasts, most of",
        "them before day 30, had AUC .576 and Brier .1722 against .1828. Those are other days than these.",
    ]


def other_row(name: str, row: other_half.Row) -> str:
    low, high = row.span
    return cells_to_row(
        [
            name,
            f"{row.people} · {row.people_in_auc}",
            f"{row.days}",
            f"{row.auc:.3f}",
            f"{row.brier:.3f} · {row.usual:.3f}",
            f"{signed(row.skill)} ({signed(low)} to {signed(high)})",
        ]
    )


def moods(asked: list[Asked]) -> list[str]:
    scored = [(one, each) for one in asked for each in one.moods if each is not None]
    moving = [(one, each) for one, each in scored if np.ptp(each.outcome) > 0]
    still = [each.person for _, each in scored if np.ptp(each.outcome) == 0]
    return [
        "## Mood tomorrow",
        "",
        "Twofold shows no forecast of mood. This is the engine's mood equation without its headache term, fitted",
        "anew every seven recorded days, for everyone with 60 days whose next day is recorded. Skill: less squared",
        "error than the person's own running mean; carried: the same for saying that tomorrow is as today.",
        "",
        "| set, person | scored days | SD of mood | skill (95 %) | skill of mood carried | inside the 95 % interval |",
        "|---|---|---|---|---|---|",
        *(mood_row(one, each) for one, each in moving),
        *jang_row([each for one, each in moving if one.real.folder == jang.FOLDER]),
        "",
        f"Left out, for mood never moved on the scored days: {', '.join(still) or 'nobody'}.",
    ]


def mood_row(one: Asked, each: MoodForecasts) -> str:
    loss, plain, carried = mood_losses(each)
    low, high = measures.skill_span(loss, plain, np.asarray(each.week, dtype=float))
    inside = ((each.outcome >= each.low) & (each.outcome <= each.high)).mean()
    return cells_to_row(
        [
            f"{one.real.folder}, {each.person}",
            f"{len(loss)}",
            f"{each.outcome.std():.2f}",
            f"{signed(measures.skill(loss, plain))} ({signed(low)} to {signed(high)})",
            signed(measures.skill(carried, plain)),
            f"{inside:.0%}",
        ]
    )


def jang_row(made: list[MoodForecasts]) -> list[str]:
    """Return the whole set's row: the mean of what each person has, and an interval over people."""
    each = [measures.skill(*mood_losses(one)[:2]) for one in made]
    carried = [measures.skill(*mood_losses(one)[2:0:-1]) for one in made]
    drawn = np.random.default_rng(measures.SEED).choice(each, (measures.DRAWS, len(each))).mean(1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    inside = [((one.outcome >= one.low) & (one.outcome <= one.high)).mean() for one in made]
    cells = [
        f"{jang.FOLDER}, mean of {len(made)} people",
        f"{sum(len(one.outcome) for one in made)}",
        f"{np.mean([one.outcome.std() for one in made]):.2f}",
        f"{signed(float(np.mean(each)))} ({signed(float(low))} to {signed(float(high))})",
        signed(float(np.mean(carried))),
        f"{np.mean(inside):.0%}",
    ]
    return [cells_to_row(cells)]


def mood_losses(each: MoodForecasts) -> tuple[measures.Array, measures.Array, measures.Array]:
    """Return the squared errors of the equation, of the running mean and of mood carried over."""
    said = (each.said, each.usual, each.today)
    mine, plain, carried = ((one - each.outcome) ** 2 for one in said)
    return mine, plain, carried


def questions(asked: list[Asked]) -> list[str]:
    return [
        "## What every question answers",
        "",
        "How many answers of each kind; for *not yet*, the reason. A factor is counted once for each person.",
        "",
        "| set | question | answers |",
        "|---|---|---|",
        *(
            cells_to_row([one.real.folder, question.replace("_", " "), counted(one, question)])
            for one in asked
            for question in QUESTIONS
            if counted(one, question)
        ),
    ]


def counted(one: Asked, question: str) -> str:
    every = [each for findings in one.findings for each in findings.all()]
    words = Counter(word(each) for each in every if each.question == question)
    return ", ".join(f"{count} {name}" for name, count in words.most_common())


def word(one: Finding) -> str:
    if one.refusal is None:
        return "shown" if one.question in ("tomorrow", "burden") else one.verdict
    return f"not yet: {one.refusal.reason.replace('_', ' ')}"


def table_of_anchors(found: list[Anchor]) -> list[str]:
    return [
        "## Numbers that were known before",
        "",
        "In the middle what an earlier analysis of the same set gave (for n1coxeval and candesartan: plain",
        "maximum likelihood and plain counts, made here). On the right Twofold today. The people of n1coxeval",
        "are read here as its authors did: each row of the file a day at risk, with yesterday's factors.",
        "",
        "| what | known | Twofold |",
        "|---|---|---|",
        *(cells_to_row([one.what, one.known, one.today]) for one in found),
    ]


def without_days(asked: list[Asked], left_out: tuple[RealSet, ...]) -> list[str]:
    none = [one.real for one in asked if one.real.no_days]
    return [
        "## Sets without a forecast of headache",
        "",
        *(f"- {one.folder} ({one.told}): {one.no_days}." for one in (*none, *left_out)),
    ]


LIMITS = [
    "## What this cannot show",
    "",
    "- These are few people. Most intervals hold both skill and none; a set of one person says nothing of others.",
    "- In oura_migraine_n1 a day without a tag is taken as free, which is an assumption.",
    "- In n1coxeval_migraine_cases the days between rows are taken as unknown; the file does not tell more.",
    "- Which columns an equation has (the season, from 300 days on) and where a rating is split in two are settled",
    "  on the whole diary. A chance for an early day can so differ by up to .11 from what would have been said then.",
    "- The share of surprises in the prior was settled after an earlier look at n1coxeval: it is no clean test of that.",
    "- Parts of some sets are kept back, and are not in these numbers.",
]


def told_line(line: measures.Line | None) -> str:
    if line is None:
        return "–"
    low, high = line.slope_span
    return f"{signed(line.intercept)}, {signed(line.slope)} ({signed(low)} to {signed(high)})"


def signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−").replace("−0.00", "0.00")


def cells_to_row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def commit() -> str:
    asked = ("git", "describe", "--always", "--dirty", "--exclude=*")
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
