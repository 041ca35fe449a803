"""Twofold's own answers on the same people, through its public functions.

One person at a time, as a review does it; ``tomorrow`` and ``ranked`` take all
at once. What Twofold refuses to say counts as not said.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from peers.written import Array
from twofold.daytable import DayTables
from twofold.inference import burden as burden_question
from twofold.inference import coupling, trust
from twofold.inference import factors as factor_question
from twofold.inference import treatment as treatment_question
from twofold.inference.answer import fit_onset
from twofold.inference.learning import learn
from twofold.inference.many import fit_many
from twofold.knowledge.load import claims as claims_tables

Yes = NDArray[np.bool_]
ARROW_FROM = trust.COUPLING_FROM


@cache
def told():  # type: ignore[no-untyped-def]
    """Return the claims tables as they are shipped."""
    return claims_tables()


def clear(lives) -> Yes:  # type: ignore[no-untyped-def]
    """Return which factors each person is told are clear; shape (people, q)."""
    claims = lives.claims(told())
    return np.array([_clear_of(table, claims) for table in _tables(lives)])


def _clear_of(table, claims) -> list[bool]:  # type: ignore[no-untyped-def]
    answers = factor_question.factors(table, claims, onset=fit_onset(table, claims))
    return [one.verdict == "established" for one in answers]


def ranked(lives, others=None) -> Yes:  # type: ignore[no-untyped-def]
    """Return which factors stand in the largest set of all people's with at most 10 % false.

    By P(real) alone, before the minimum-data rules; only of the classes that
    may be clear. With ``others``, the hyper-parameters are learned from them.
    """
    claims = lives.claims(told())
    fits = fit_many(_many(lives), claims, state=_taught_by(others))
    names = [fits.names[at] for at in fits.candidates]
    at = [names.index(one.column) for one in lives.factors]
    can = [one.claim_class in trust.CLASSES_THAT_CAN_BE_CLEAR for one in lives.factors]
    chance = np.where(fits.silent()[:, at] | ~np.array(can), 0.0, fits.p_real[:, at])
    kept = np.zeros(chance.size, dtype=bool)
    kept[list(trust.established(chance.ravel().tolist()))] = True
    return kept.reshape(chance.shape)


def arrows(lives) -> tuple[Yes, Yes]:  # type: ignore[no-untyped-def]
    """Return who is told of mood→headache and of headache→mood: P above .8."""
    claims = lives.claims(told())
    drawn = []
    for table in _tables(lives):
        onset = fit_onset(table, claims)
        answers = (
            coupling.mood_to_headache(table, claims, onset=onset),
            coupling.headache_to_mood(table, claims),
        )
        drawn.append([(one.p_real or 0.0) > ARROW_FROM for one in answers])
    both = np.array(drawn, dtype=bool)
    return both[:, 0], both[:, 1]


def worked(lives) -> Yes:  # type: ignore[no-untyped-def]
    """Return who is told that fewer headaches because of the course are clear; shape (people,)."""
    answers = [treatment_question.treatment(table)[0] for table in _tables(lives)]
    return np.array([one.verdict == "established" for one in answers])


def likely_worked(lives) -> Yes:  # type: ignore[no-untyped-def]
    """Return who has P(fewer because of the course) above .8, clear or not."""
    answers = [treatment_question.treatment(table)[0] for table in _tables(lives)]
    return np.array([one.refusal is None and (one.p_real or 0) > 0.8 for one in answers])


def ahead(lives) -> tuple[Array, Array]:  # type: ignore[no-untyped-def]
    """Return the 95 % interval of each person's next 28 days; ``nan`` where it is refused."""
    ends = np.full((2, len(lives.truth.headache)), np.nan)
    for person, table in enumerate(_tables(lives)):
        found = burden_question.burden(table)
        if found.refusal is None and found.effect is not None:
            ends[:, person] = found.effect.low, found.effect.high
    return ends[0], ends[1]


def tomorrow(lives, first: int, others=None) -> Array:  # type: ignore[no-untyped-def]
    """Return, at each day from ``first`` - 1 on, tomorrow's chance; shape (people, days).

    Learned from the first days only, like all that it is compared with; a
    review would fit anew. With ``others``, hyper-parameters are learned from them.
    """
    claims, tables, state = lives.claims(told()), _many(lives), _taught_by(others)
    chance = np.full(tables.shape, np.nan)
    for question, today in (("onset", 0), ("persistence", 1)):
        fits = fit_many(tables, claims, question=question, state=state, until=first, ahead=True)
        linear = fits.log_odds / np.sqrt(1 + np.pi * fits.log_odds_variance / 8)
        chance = np.where(tables["headache"] == today, expit(linear), chance)
    return chance


def warm_up(lives) -> None:  # type: ignore[no-untyped-def]
    """Ask about a few people, so that compiling is done before time is taken."""
    fit_many(_many(lives), told())
    fit_many(_many(lives), told(), ahead=True)


def _taught_by(others):  # type: ignore[no-untyped-def]
    return None if others is None else learn(_many(others), others.claims(told()))


def _tables(lives):  # type: ignore[no-untyped-def]
    return (lives.table(person) for person in range(len(lives.columns["headache"])))


def _many(lives) -> DayTables:  # type: ignore[no-untyped-def]
    one = lives.table(0)
    columns = {name: np.asarray(values, float) for name, values in lives.columns.items()}
    return DayTables(columns, one.is_dated, one.factors)
