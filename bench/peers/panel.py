"""Who is asked what: each question with its methods, and how many people each can be asked about.

A method takes simulated lives and answers for all of them; ``cell`` holds the
answer against the truth. What is slow is asked about the first of the same
people only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from worlds import WORLDS, Lives, simulate
from worlds.kinds import KINDS

from peers import (
    boosting,
    carry_forward,
    cox,
    granger,
    houle,
    lasso,
    ours,
    pcmci,
    responder,
    same_day,
    scoring,
    usual,
)
from peers.scoring import Figures
from peers.written import Written, benjamini_hochberg, of_person
from twofold.daytable import DayTable

PEOPLE, SEED = 300, 20261122  # set before any method was run on them
SCORED_DAYS = 28
ORACLE = "what the evening before could know"
LEAST_CHANGE = {"at least 30 % fewer": -0.3, "at least 50 % fewer": -0.5}


@dataclass(frozen=True)
class Method:
    """One method for one question.

    Parameters
    ----------
    answer : callable
        From lives to what the question's score wants.
    people : int
        How many of the 300 it can be asked about in reasonable time.
    files : tuple of str
        What its figures depend on, beside the worlds and the scores.
    """

    label: str
    answer: Callable
    files: tuple[str, ...]
    people: int = PEOPLE

    @property
    def is_ours(self) -> bool:
        """Whether it is Twofold's own answer."""
        return self.files == TWOFOLD


TWOFOLD = ("peers/ours.py", "../src/twofold/inference", "../src/twofold/knowledge")


def _p_below(module, name: str = "accuse") -> Callable:  # type: ignore[no-untyped-def]
    return lambda lives: _stack(lives, lambda one: getattr(module, name)(one)[1] < 0.05)


def _kept(module) -> Callable:  # type: ignore[no-untyped-def]
    return lambda lives: _stack(lives, lambda one: benjamini_hochberg(module.accuse(one)[1]))


def _shown(lives: Lives) -> np.ndarray:
    """Return every factor for which a same-day difference is shown at all."""
    return _stack(lives, lambda one: np.nan_to_num(same_day.accuse(one)[0]) != 0)


def _chosen(lives: Lives) -> np.ndarray:
    return _stack(lives, lambda one: np.nan_to_num(lasso.accuse(one)) != 0)


def _stack(lives: Lives, rule: Callable[[Written], np.ndarray]) -> np.ndarray:
    return np.array([rule(one) for one in written(lives)])


def _arrows(module) -> Callable:  # type: ignore[no-untyped-def]
    def answer(lives: Lives) -> tuple[np.ndarray, np.ndarray]:
        p = np.array([module.arrows(one) for one in written(lives)])
        return p[:, 0] < 0.05, p[:, 1] < 0.05

    return answer


def _fewer(least: float) -> Callable:
    return lambda lives: _of_courses(lives, responder.change) <= least


def _of_courses(lives: Lives, rule: Callable) -> np.ndarray:
    starts = lives.truth.treatment_start
    days = zip(written(lives), starts, strict=True)
    return np.array([rule(one.headache, int(start)) for one, start in days])


def _intervals(rule: Callable) -> Callable:
    def answer(lives: Lives) -> tuple[np.ndarray, np.ndarray]:
        ends = np.array([rule(one.headache) for one in written(lives)])
        return ends[:, 0], ends[:, 1]

    return answer


def _each(rule: Callable) -> Callable:
    return lambda lives, first: np.array([rule(one.headache, first) for one in written(lives)])


def _houle(lives: Lives, first: int) -> np.ndarray:
    """Fit the mixed model to other people with diaries of the same length."""
    model = houle.fit(written(others(lives, first)))
    return np.array([houle.forecast(model, one, first) for one in written(lives)])


def _boosting(lives: Lives, first: int) -> np.ndarray:
    """Train on everyone's days before the first forecast."""
    trees = boosting.fit([one.until(first) for one in written(lives)])
    return np.array([boosting.forecast(trees, one) for one in written(lives)])


def _oracle(lives: Lives, first: int) -> np.ndarray:
    return lives.truth.chance_with_signs[:, 1 : lives.columns["headache"].shape[1] + 1].astype(
        float
    )


METHODS: dict[str, tuple[Method, ...]] = {
    "factors": (
        Method("same-day difference, as shown", _shown, ("peers/same_day.py",)),
        Method("same-day correlation, p < .05", _p_below(same_day), ("peers/same_day.py",)),
        Method("same-day correlation, BH 10 %", _kept(same_day), ("peers/same_day.py",)),
        Method("one Cox regression a factor, p < .05", _p_below(cox), ("peers/cox.py",)),
        Method("one Cox regression a factor, BH 10 %", _kept(cox), ("peers/cox.py",)),
        Method("lasso, cross-validated", _chosen, ("peers/lasso.py",), people=60),
        Method("Twofold: clear", ours.clear, TWOFOLD),
        Method("Twofold: P(real), ranked over all people", ours.ranked, TWOFOLD),
        Method(
            "Twofold: the same, with a cohort of 300 others",
            lambda lives: ours.ranked(lives, others(lives, lives.columns["headache"].shape[1])),
            TWOFOLD,
        ),
    ),
    "arrows": (
        Method("vector autoregression, Granger p < .05", _arrows(granger), ("peers/granger.py",)),
        Method("PCMCI, p < .05", _arrows(pcmci), ("peers/pcmci.py",), people=40),
        Method("Twofold: P > .8", ours.arrows, TWOFOLD),
    ),
    "treatment": (
        *(
            Method(f"{label}, 28 days v 28", _fewer(least), ("peers/responder.py",))
            for label, least in LEAST_CHANGE.items()
        ),
        Method(
            "28 days v 28, p < .05",
            lambda lives: _of_courses(lives, responder.p_fewer) < 0.05,
            ("peers/responder.py",),
        ),
        Method("Twofold: P > .8", ours.likely_worked, TWOFOLD),
        Method("Twofold: clear", ours.worked, TWOFOLD),
    ),
    "tomorrow": (
        Method("own base rate", _each(usual.base_rate), ("peers/usual.py",)),
        Method("does yesterday's stay (Markov)", _each(usual.markov), ("peers/usual.py",)),
        Method("mixed model: headache, stress", _houle, ("peers/houle.py",)),
        Method("gradient boosting, all people", _boosting, ("peers/boosting.py", "peers/usual.py")),
        Method("Twofold, one person alone", ours.tomorrow, TWOFOLD),
        Method(
            "Twofold, with a cohort of 300 others",
            lambda lives, first: ours.tomorrow(lives, first, others(lives, first)),
            TWOFOLD,
        ),
        Method(ORACLE, _oracle, ()),
    ),
    "ahead": (
        Method(
            "last 28 days again, binomial",
            _intervals(carry_forward.binomial),
            ("peers/carry_forward.py",),
        ),
        Method(
            "last 28 days again, beta-binomial",
            _intervals(lambda headache: carry_forward.beta_binomial(headache, window=28)),
            ("peers/carry_forward.py",),
        ),
        Method(
            "all days, beta-binomial",
            _intervals(carry_forward.beta_binomial),
            ("peers/carry_forward.py",),
        ),
        Method("Markov chain, plug-in", _intervals(usual.markov_ahead), ("peers/usual.py",)),
        Method("Twofold", ours.ahead, TWOFOLD),
    ),
}
WORLDS_ASKED: dict[str, tuple[tuple[str, int], ...]] = {
    "factors": (("base", 90), ("base", 180), ("base", 365), ("null", 90)),
    "arrows": (("base", 90), ("base", 365)),
    "treatment": (
        ("treatment", 120),
        ("treatment", 240),
        ("treatment_worst", 120),
        ("treatment_worst", 240),
    ),
    "tomorrow": (("base", 30), ("base", 90), ("base", 365)),
    "ahead": (("base", 60), ("base", 90), ("base", 180)),
}


def cell(question: str, world: str, days: int, method: Method, people: int) -> Figures:
    """Ask one method about one world, and hold its answers against the truth."""
    more = SCORED_DAYS if question == "tomorrow" else 0
    lives = _first(_lives(world, days + more, PEOPLE), people)
    how = (days,) if question == "tomorrow" else ()
    if method.is_ours:
        ours.warm_up(_first(lives, 2))  # what is compiled on first use is compiled now
    begun = time.process_time()
    answer = method.answer(lives, *how)
    seconds = time.process_time() - begun
    return {**_scored(question, answer, lives, days), "seconds": seconds / people}


def _scored(question: str, answer, lives: Lives, days: int) -> Figures:  # type: ignore[no-untyped-def]
    truth = lives.truth
    if question == "factors":
        is_sign = np.array([kind.told_share == 0 for kind in KINDS])
        return scoring.factors(answer, truth.effect, is_sign)
    if question == "arrows":
        return scoring.arrows(*answer, truth)
    if question == "treatment":
        return scoring.treatments(answer, truth.treatment_effect)
    if question == "ahead":
        return scoring.counts_ahead(*answer, truth.headache[:, days:].sum(1))
    return _forecast_scores(answer, lives, days)


def _forecast_scores(chance: np.ndarray, lives: Lives, first: int) -> Figures:
    """Score tomorrow on the days on which today and tomorrow were written down."""
    known = np.isfinite(lives.columns["headache"])
    scored = np.zeros(known.shape, dtype=bool)
    scored[:, first - 1 : -1] = (known[:, :-1] & known[:, 1:])[:, first - 1 :]
    own_rate = np.array([usual.base_rate(one.headache, first) for one in written(lives)])
    outcome = lives.truth.headache[:, 1 : known.shape[1] + 1]
    return scoring.forecasts(chance, own_rate, _oracle(lives, first), outcome, scored)


def tables(world: str, days: int) -> Iterator[DayTable]:
    """Give the day tables of one world's people."""
    lives = _lives(world, days, PEOPLE)
    return (lives.table(person) for person in range(PEOPLE))


def others(lives: Lives, days: int) -> Lives:
    """Simulate 300 other people of the same world, to learn from."""
    return simulate(lives.world, people=PEOPLE, days=days, seed=SEED, part=1)


def written(lives: Lives) -> list[Written]:
    """Return what each person wrote."""
    people = range(len(lives.columns["headache"]))
    return [of_person(lives.columns, lives.factors, person) for person in people]


@lru_cache(maxsize=2)
def _lives(world: str, days: int, people: int) -> Lives:
    return simulate(WORLDS[world], people=people, days=days, seed=SEED)


def _first(lives: Lives, people: int) -> Lives:
    """Keep the first people of the same lives."""
    columns = {name: values[:people] for name, values in lives.columns.items()}
    truth = {
        name: values[:people]
        for name, values in vars(lives.truth).items()
        if isinstance(values, np.ndarray) and len(values) == len(lives.truth.headache)
    }
    return replace(lives, columns=columns, truth=replace(lives.truth, **truth))
