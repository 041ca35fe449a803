"""The tables of ``docs/against.md``, from the kept figures."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from peers import panel
from peers.scoring import Figures, wilson

ROOT = Path(__file__).resolve().parent.parent.parent
REFEREE = "referee | base | 90 | referee"


def whole(figures: dict[str, Figures], *, small: bool) -> str:
    """Return the page; ``figures`` by "question | world | days | method"."""
    lines = [*head(small)]
    for title, words, question, columns, row in SECTIONS:
        lines += ["", f"## {title}", "", *words, ""]
        lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        lines += ["| " + " | ".join(cells) + " |" for cells in rows(question, row, figures)]
    lines += ["", "## Referees", "", *referees(figures[REFEREE]), ""]
    return "\n".join(lines)


def head(small: bool) -> Iterator[str]:
    """Say when, where and how the page was made, and how to make it again."""
    yield "# Against what people use today"
    yield ""
    yield f"Made by `make bench` on {dt.date.today()}, at commit {commit()}, on"
    yield f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}. Again:"
    yield "`make bench`, or `python bench/against.py` in its environment (`--small` for a first look)."
    yield "Answers are kept in `.cache/bench` until code that they rest on changes."
    yield ""
    people = "20" if small else str(panel.PEOPLE)
    yield f"{people} simulated people a world, seed {panel.SEED}, the same for every method; slow methods are"
    yield "asked about the first of them (column *people*). The worlds are in `bench/worlds`, the methods and"
    yield "their sources in `bench/peers`. Ranges are 95 % Wilson intervals. Time is"
    yield "processor seconds a person, so that a busy machine slows nobody; what uses two cores counts both."
    yield "Simulated people are kinder than real ones to every method that is here."


def rows(question: str, row: Callable, figures: dict[str, Figures]) -> Iterator[list[str]]:
    """Give the cells of each line of one question's table."""
    for world, days in panel.WORLDS_ASKED[question]:
        named = {
            one.label: figures[f"{question} | {world} | {days} | {one.label}"]
            for one in panel.METHODS[question]
        }
        ours = next(f for label, f in named.items() if label.startswith("Twofold"))
        for label, one in named.items():
            yield [f"{world}, {days} d", label, *row(one, ours, named)]


def factor_row(one: Figures, ours: Figures, _: dict) -> list[str]:
    false_apart, claims_apart = (one[name] - one["false_signs"] for name in ("false", "claims"))
    return [
        f"{one['people']:.0f}",
        f"{one['claims'] / one['people']:.2f}",
        share(one["false"], one["claims"]),
        share(false_apart, claims_apart, plain=True),
        f"{one['found'] / one['real']:.3f}" if one["real"] else "–",
        share(one["people_with_false"], one["people"]),
        time_and_ratio(one, ours),
    ]


def arrow_row(one: Figures, ours: Figures, _: dict) -> list[str]:
    names = (
        "to_headache_false",
        "to_headache_found",
        "to_headache_dip",
        "to_mood_false",
        "to_mood_found",
    )
    shares = [share(one[name], one[f"{name}_of"], plain="found" in name) for name in names]
    return [f"{one['people']:.0f}", *shares, time_and_ratio(one, ours)]


def treatment_row(one: Figures, ours: Figures, _: dict) -> list[str]:
    return [
        f"{one['useless']:.0f}",
        share(one["false"], one["useless"]),
        f"{one['found'] / one['useful']:.2f}",
        time_and_ratio(one, ours),
    ]


def forecast_row(one: Figures, ours: Figures, named: dict) -> list[str]:
    reachable = one["brier_usual"] - one["brier_oracle"]
    gained = one["brier_usual"] - one["brier_own"]
    return [
        f"{one['auc_own']:.3f}",
        f"{(one['auc_own'] - 0.5) / (one['auc_oracle'] - 0.5):.2f}",
        f"{one['brier_own']:.4f}",
        f"{100 * gained / one['brier_usual']:.1f} %",
        f"{100 * gained / reachable:.0f} %",
        time_and_ratio(one, ours),
    ]


def ahead_row(one: Figures, ours: Figures, _: dict) -> list[str]:
    return [
        f"{one['people']:.0f}",
        f"{one['refused']:.0f}",
        share(one["inside"], one["people"]),
        f"{one['width']:.1f}",
        time_and_ratio(one, ours),
    ]


def referees(one: Figures) -> list[str]:
    """Return the comparison with exact sampling, in words and one small table."""
    return [
        f"P(real) of {one['factors']:.0f} factors of {one['people']:.0f} people (base, 90 days), same rows and same",
        "prior. NUTS with one chain of 500 + 1,000 steps, time with its compilation, which every person",
        "with another number of days needs anew.",
        "",
        "| | from exact Gibbs (RMSE) | from NUTS (RMSE) | seconds a person | times Twofold's |",
        "|---|---|---|---|---|",
        f"| Twofold | {one['engine_from_gibbs']:.4f} | {one['engine_from_nuts']:.4f} | {one['seconds_engine']:.4f} | 1 |",
        f"| Gibbs | 0 | {one['nuts_from_gibbs']:.4f} | {one['seconds_gibbs']:.2f} | {one['seconds_gibbs'] / one['seconds_engine']:.0f} |",
        f"| NUTS | {one['nuts_from_gibbs']:.4f} | 0 | {one['seconds_nuts']:.1f} | {one['seconds_nuts'] / one['seconds_engine']:.0f} |",
    ]


def share(hits: float, of: float, *, plain: bool = False) -> str:
    """Return a share with its Wilson interval and its counts; plain: the share alone."""
    if not of:
        return "–"
    if plain:
        return f"{hits / of:.2f}"
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} ({low:.3f}–{high:.3f}; {hits:.0f}/{of:.0f})"


def time_and_ratio(one: Figures, ours: Figures) -> str:
    """Return seconds a person, and how many times Twofold's that is."""
    return f"{one['seconds']:.4f} (×{one['seconds'] / ours['seconds']:.2g})"


def commit() -> str:
    asked = ("git", "describe", "--always", "--dirty", "--exclude=*")
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


SECTIONS = (
    (
        "What comes before headaches",
        (
            "*False*: share of all accusations for which there is no effect; beside it the same without early",
            "signs (neck pain, yawning, cravings), which come before a headache and do not cause it. *Found*:",
            "share of real effects. Twofold's second row ranks everybody's factors by P(real) and keeps the",
            "largest set of which 10 % may be false, before its minimum-data rules; its time is for all people",
            "at once, and in the third row holds the learning from others. Ratios of time are to *clear*.",
        ),
        "factors",
        (
            *(
                "world",
                "method",
                "people",
                "accused a person",
                "false",
                "false, signs apart",
                "found",
            ),
            *("people with a false one", "seconds (times Twofold's)"),
        ),
        factor_row,
    ),
    (
        "Mood and headache: which comes first",
        (
            "*False*: arrow drawn where there is none. *Only a dip*: low mood is the headache's first sign, and",
            "no cause; no diary can tell the two apart for sure. *Found*: arrow drawn where there is one.",
        ),
        "arrows",
        (
            *("world", "method", "people", "mood→headache: false", "found", "only a dip"),
            *("headache→mood: false", "found", "seconds (times Twofold's)"),
        ),
        arrow_row,
    ),
    (
        "Did the treatment work",
        (
            "*False*: told that it worked, on a treatment that does nothing. In `treatment_worst` it began when",
            "headaches were at their worst, as treatments do.",
        ),
        "treatment",
        ("world", "method", "on a useless one", "false", "found", "seconds (times Twofold's)"),
        treatment_row,
    ),
    (
        "Tomorrow",
        (
            "One day ahead, for the 28 days after the first 30, 90 or 365, on days on which today and tomorrow",
            "were written down. Everybody learns from the first days only, and then takes each day as it comes;",
            "the mixed model, boosting and the second row of Twofold learn from 300 people. *AUC* is within",
            "person: a person's own days with and without headache, put in order. Skill is against the person's",
            "own rate of the first days. The last row knows every cause and sign until the evening before.",
        ),
        "tomorrow",
        (
            *(
                "world",
                "method",
                "AUC within person",
                "share of what can be known",
                "Brier",
                "skill",
            ),
            *("share of the skill that can be had", "seconds (times Twofold's)"),
        ),
        forecast_row,
    ),
    (
        "The next 28 days",
        (
            "95 % intervals of the number of headache days: how many held what came, and how wide they are.",
        ),
        "ahead",
        (
            "world",
            "method",
            "people",
            "refused",
            "held",
            "width, days",
            "seconds (times Twofold's)",
        ),
        ahead_row,
    ),
)
