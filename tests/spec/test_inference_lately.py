"""Is it still so? What is told from all days is asked again of the last 90 days alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from spec.inference_tables import NAN, table_of

from twofold.daytable import DayTable, FactorInfo
from twofold.inference.answer import fit_onset
from twofold.inference.coupling import headache_to_mood, mood_to_headache
from twofold.inference.factors import factors
from twofold.inference.finding import Estimate, Finding
from twofold.knowledge.load import claims

DAYS = 400


def lived(seed: int, *, early: float, late: float, turns_at: int = DAYS - 90) -> DayTable:
    """Return a diary in which a rating raises the log-odds of a start, by other amounts later."""
    rng = np.random.default_rng(seed)
    rating, mood = rng.standard_normal(DAYS), np.clip(rng.normal(6, 1.5, DAYS).round(), 0, 10)
    headache = np.zeros(DAYS)
    for t in range(DAYS - 1):
        effect = early if t < turns_at else late
        eta = -0.6 if headache[t] else -1.3 + effect * rating[t]
        headache[t + 1] = rng.random() < 1 / (1 + np.exp(-eta))
    table = table_of(headache, mood=mood, factors={"rating": rating})
    infos = (FactorInfo("factor.rating", "rating", "stress_high"),)
    return DayTable(table.columns, table.labels, False, infos)


def asked(table: DayTable) -> Finding:
    (found,) = factors(table, claims(), onset=fit_onset(table, claims()))
    return found


def test_an_effect_that_is_told_is_asked_again_of_the_last_ninety_days() -> None:
    found = asked(lived(1, early=1.2, late=1.2))
    assert found.verdict in ("established", "suspect")
    assert found.lately is not None and found.lately.unit == "odds ratio"
    assert found.lately.low < found.lately.value < found.lately.high
    assert found.effect is not None
    assert found.lately.high / found.lately.low > found.effect.high / found.effect.low


def test_an_effect_that_stays_the_same_is_rarely_said_to_have_changed() -> None:
    told = [asked(lived(seed, early=1.0, late=1.0)) for seed in range(60)]
    told = [one for one in told if one.lately is not None]
    assert len(told) >= 40
    assert np.mean([one.has_changed_lately for one in told]) <= 0.10


def test_an_effect_that_turned_round_in_the_last_ninety_days_is_mostly_noticed() -> None:
    told = [asked(lived(seed, early=1.4, late=-1.4)) for seed in range(30)]
    told = [one for one in told if one.lately is not None]
    assert len(told) >= 15
    assert np.mean([one.has_changed_lately for one in told]) >= 0.7
    values = [one.lately.value for one in told if one.lately is not None]
    assert np.median(values) < 1


@pytest.mark.parametrize("days", [120, 179])
def test_a_diary_of_less_than_half_a_year_is_not_asked_again(days: int) -> None:
    table = lived(1, early=2.5, late=2.5)
    short = table.rows(DAYS - days, DAYS)
    assert asked(short).lately is None


def test_last_days_without_the_factor_are_not_asked_again() -> None:
    table = lived(1, early=1.2, late=1.2)
    rating = table.columns["factor.rating"].copy()
    rating[-85:] = NAN
    gone = DayTable({**table.columns, "factor.rating": rating}, table.labels, False, table.factors)
    assert asked(table).lately is not None
    assert asked(gone).lately is None


def test_what_is_not_told_is_not_asked_again() -> None:
    found = asked(lived(3, early=0.0, late=0.0))
    assert found.verdict in ("undecided", "unlikely") and found.lately is None


@pytest.mark.parametrize(
    ("value", "low", "high", "changed"),
    [(1.8, 0.5, 1.2, True), (1.8, 1.2, 3.0, False), (1.8, 2.0, 6.0, True), (1.8, 1.8, 6.0, False)],
)
def test_an_answer_has_changed_where_it_lies_outside_the_last_days_interval(
    value: float, low: float, high: float, changed: bool
) -> None:
    found = Finding(
        question="factor",
        key="one",
        verdict="suspect",
        effect=Estimate(value, value / 2, 2 * value, "odds ratio"),
        lately=Estimate((low * high) ** 0.5, low, high, "odds ratio"),
    )
    assert found.has_changed_lately is changed
    assert not replace(found, lately=None).has_changed_lately


def coupled(seed: int, *, dent: float, low: float) -> DayTable:
    """Return a diary whose mood is lower after headaches, and headaches likelier after low mood."""
    rng = np.random.default_rng(seed)
    mood, headache = np.full(DAYS, 6.0), np.zeros(DAYS)
    for t in range(DAYS - 1):
        eta = -0.6 if headache[t] else -1.3 - low * (mood[t] - 6) / 1.5
        headache[t + 1] = rng.random() < 1 / (1 + np.exp(-eta))
        mood[t + 1] = np.clip(round(6 + rng.normal(0, 1.5) - dent * headache[t]), 0, 10)
    return table_of(headache, mood=mood)


def test_both_directions_between_mood_and_headache_are_asked_again_where_told() -> None:
    table = coupled(5, dent=2.0, low=0.0)
    after = headache_to_mood(table, claims())
    assert after.verdict in ("established", "suspect")
    assert after.lately is not None and after.lately.unit == "mood points"
    assert after.lately.value < 0 and not after.has_changed_lately
    table = coupled(6, dent=0.0, low=1.1)
    before = mood_to_headache(table, claims(), onset=fit_onset(table, claims()))
    assert before.verdict == "suspect"
    assert before.lately is not None and before.lately.unit == "odds ratio"
    assert before.lately.value > 1 and not before.has_changed_lately


def test_mood_that_recovered_from_headaches_lately_is_noticed() -> None:
    noticed = []
    for seed in range(12):
        early, late = coupled(seed, dent=2.5, low=0.0), coupled(seed + 50, dent=-1.5, low=0.0)
        columns = {
            name: np.concatenate([early.columns[name][:300], late.columns[name][:100]])
            for name in early.columns
        }
        found = headache_to_mood(DayTable(columns, early.labels, False), claims())
        if found.lately is not None:
            noticed.append(found.has_changed_lately)
    assert len(noticed) >= 6
    assert np.mean(noticed) >= 0.7
