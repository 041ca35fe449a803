"""Is this preventive, antidepressant or programme helping me?

Never by before and after: three people in ten on a useless treatment have 30 %
fewer headache days, and more of them when they began at their worst
(statistics sheet C5). The state equation holds the weekly drift, which is what
returns to the middle by itself, and each course as a slow ramp beside it; the
answer is the difference that the course makes within one and the same draw. The
four weeks before the first change, when things were bad, have a step of their own.

The day table does not say what a course is, so all are treated alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.days_ahead import (
    Drawn,
    StateRows,
    draw_rows,
    drift_lately,
    fit_rows,
    state_rows,
    usual_share,
)
from twofold.inference.engine import Array, Posterior, intervals
from twofold.inference.finding import Estimate, Finding, Pair, Refusal
from twofold.inference.priors import of_treatment

RAMP_DAYS = 28
"""How long a course takes to its full effect, and as long to lose it."""
DRAWS = 4000
DAYS = 28
Changes = Mapping[str, NDArray[np.intp]]


@dataclass(frozen=True)
class Effects:
    """What one course does, for each of many people.

    Parameters
    ----------
    p_fewer, p_more : ndarray, shape (people,)
        Chance of a real effect towards fewer headaches, and towards more.
    log_odds : ndarray, shape (people, 3)
        Mean and 95 % interval at full effect, on starts and stays alike.
    days : ndarray, shape (people, 3)
        The same for headache days per 28: at full effect less without.
    third, half : ndarray, shape (people,)
        Chance of at least 30 % and at least 50 % fewer headache days.
    converged : ndarray of bool, shape (people,)
    """

    p_fewer: Array
    p_more: Array
    log_odds: Array
    days: Array
    third: Array
    half: Array
    converged: NDArray[np.bool_]


def treatment(table: DayTable, *, seed: int = 0, ramp_days: int = RAMP_DAYS) -> tuple[Finding, ...]:
    """Answer for every course of treatment, in the table's order.

    Parameters
    ----------
    seed : int
        For the draws behind the intervals.
    ramp_days : int
        Days from a change to its full effect.

    Returns
    -------
    tuple of Finding
        ``p_real``: chance of fewer headaches because of the course. ``effect``:
        change in headache days per 28, at full effect against none, at the
        person's recent level. ``chances``: ``any_fewer``, ``third_fewer`` (30 %
        or more), ``half_fewer`` (50 % or more), ``any_more``. ``pair`` counts
        headache days after the course's last change (with), and before its
        first (without); it is not what the answer rests on.
    """
    changes = {name: changes_of(table, name) for name in courses(table)}
    answers = [
        replace(
            _begin(table, name, own),
            refusal=trust.no_contrast(table)
            or not_separable(table["headache"], name, changes, ramp_days=ramp_days)
            or trust.enough_for(trust.TREATMENT, table),
        )
        for name, own in changes.items()
    ]
    if all(one.refusal for one in answers):
        return tuple(answers)
    known = table.rows(0, int(np.flatnonzero(np.isfinite(table["headache"]))[-1]) + 1)
    moving = [name for name in changes if len(changes[name])]
    levels = np.stack([reach(known, name, ramp_days=ramp_days) for name in moving], axis=-1)
    rows, posterior = estimate(known["headache"][None], levels[None])
    return tuple(
        one
        if one.refusal
        else _answer(one, effects(rows, posterior, asked=moving.index(one.subject), seed=seed))
        for one in answers
    )


def courses(table: DayTable) -> list[str]:
    """Return the names of all courses, whether a dose is recorded or not."""
    names = [name for family in ("course", "dose") for name, _ in table.family(family)]
    return list(dict.fromkeys(names))


def changes_of(table: DayTable, name: str) -> NDArray[np.intp]:
    """Return the days on which a course started, stopped or changed its dose.

    A gap in the record is no change; a level that differs after it is.
    """
    return np.unique(np.concatenate([_steps(one) for one in _columns(table, name)]))


def reach(table: DayTable, name: str, *, ramp_days: int = RAMP_DAYS) -> Array:
    """Return how much of a course's full effect can be there on each day; shape (days,).

    The level is the dose where one is recorded, else running or not.
    """
    return ramped(_level(table, name), ramp_days=ramp_days)


def ramped(level: Array, *, ramp_days: int = RAMP_DAYS) -> Array:
    """Return a level over its highest as the mean of the last days, 0 to 1.

    So a start is a straight ramp up, and a stop a straight ramp down. What ran
    on the first day is taken to have run before it.

    Parameters
    ----------
    level : ndarray, shape (..., days)

    >>> ramped(np.array([0.0, 2.0, 2.0, 2.0]), ramp_days=2)
    array([0. , 0.5, 1. , 1. ])
    """
    earlier = np.repeat(level[..., :1], ramp_days, axis=-1)
    total = np.cumsum(np.concatenate([earlier, level], axis=-1), axis=-1)
    mean = (total[..., ramp_days:] - total[..., :-ramp_days]) / ramp_days
    highest = level.max(axis=-1, keepdims=True)
    return np.asarray(mean / np.where(highest > 0, highest, 1.0))


def not_separable(
    outcome: Array, name: str, changes: Changes, *, ramp_days: int = RAMP_DAYS
) -> Refusal | None:
    """Return why a course cannot be told from other changes, or not yet; ``None`` when it can.

    Parameters
    ----------
    outcome : ndarray, shape (days,)
        What it may change; nan where unknown.
    changes : mapping of str to ndarray of int
        Every course's changes.
    """
    own = changes[name]
    if not len(own):
        return Refusal("no_variation", 0, 1, "changes")
    own_close = int((np.diff(own) <= trust.TREATMENT_CHANGES_APART).sum())
    others = [days for other, days in changes.items() if other != name]
    others_close = sum(_close(own, days) for days in others)
    if own_close or others_close:
        return Refusal("too_many_changes", len(own) + others_close, 1, "changes")
    return _too_soon(np.isfinite(outcome), own, ramp_days)


def estimate(headache: Array, levels: Array) -> tuple[StateRows, Posterior]:
    """Fit the state equation with its courses.

    Parameters
    ----------
    headache : ndarray, shape (people, days)
        1, 0 or nan.
    levels : ndarray, shape (people, days, courses)
        From ``reach``.
    """
    rows = state_rows(headache, levels, effect=of_treatment())
    return rows, fit_rows(rows)


def effects(
    rows: StateRows, posterior: Posterior, *, asked: int, seed: int = 0, draws: int = DRAWS
) -> Effects:
    """Return what one course does, with the same draws for with and without it."""
    rng = np.random.default_rng(seed)
    drawn = draw_rows(posterior, rows, count=draws, rng=rng, asked=asked)
    without, full = _shares(rows, drawn, asked)
    change, p_more = DAYS * (full - without), posterior.p_positive[:, asked]
    return Effects(
        p_fewer=posterior.p_real[:, asked] - p_more,
        p_more=p_more,
        log_odds=_log_odds(rows, posterior, asked),
        days=np.stack([change.mean(1), *np.quantile(change, [0.025, 0.975], axis=1)], axis=1),
        third=(full <= 0.7 * without).mean(1),
        half=(full <= 0.5 * without).mean(1),
        converged=posterior.converged,
    )


def _shares(rows: StateRows, drawn: Drawn, asked: int) -> tuple[Array, Array]:
    """Return the long-run share of headache days without the course, and at its full effect.

    Both at the mean drift of the last four weeks, and with the other courses as they are now.
    """
    now = rows.x[:, -1, rows.x.shape[2] - rows.courses :].copy()
    now[:, asked] = 0
    level = drift_lately(drawn, rows, days=DAYS)
    starting = level + (drawn.course * now[:, None]).sum(-1)
    staying = starting + (drawn.on_staying * now[:, None]).sum(-1)
    effect, extra = drawn.course[..., asked], drawn.on_staying[..., asked]
    return (
        usual_share(drawn.states, starting=starting, staying=staying),
        usual_share(drawn.states, starting=starting + effect, staying=staying + effect + extra),
    )


def _log_odds(rows: StateRows, posterior: Posterior, asked: int) -> Array:
    middle = posterior.mean[:, rows.prior.candidates[asked], None]
    return np.concatenate([middle, intervals(posterior)[:, asked]], axis=1)


def _answer(finding: Finding, found: Effects) -> Finding:
    if not found.converged[0]:
        return replace(finding, refusal=Refusal("not_converged"))
    value, low, high = (float(one) for one in found.days[0])
    p_fewer, prior = float(found.p_fewer[0]), of_treatment()
    before = prior.pi * (1 - prior.share_above_zero())
    return replace(
        finding,
        verdict=trust.treatment_verdict(p_fewer, before, is_beyond_zero=high < 0),
        p_real=p_fewer,
        prior=before,
        effect=Estimate(value, low, high, f"days per {DAYS}"),
        chances={
            "any_fewer": p_fewer,
            "third_fewer": float(found.third[0]),
            "half_fewer": float(found.half[0]),
            "any_more": float(found.p_more[0]),
        },
    )


def _columns(table: DayTable, name: str) -> Iterator[Array]:
    for family in ("course", "dose"):
        column = table[f"{family}.{name}"]
        yield column


def _steps(column: Array) -> NDArray[np.intp]:
    known = np.flatnonzero(np.isfinite(column))
    moved = np.diff(column[known]) != 0
    return np.asarray(known[1:][moved], dtype=np.intp)


def _level(table: DayTable, name: str) -> Array:
    """Return the level on every day; through a gap, and before the record, it stays as it was.

    Where it ran on days whose dose nobody wrote down, its doses cannot be compared.
    """
    running, dose = _columns(table, name)
    is_untold = bool(((running == 1) & np.isnan(dose)).any())
    level = running if is_untold else dose
    known = np.flatnonzero(np.isfinite(level))
    latest = np.searchsorted(known, np.arange(len(level)), side="right") - 1
    return np.asarray(level[known[np.maximum(latest, 0)]])


def _begin(table: DayTable, name: str, own: NDArray[np.intp]) -> Finding:
    known = int(np.isfinite(table["headache"]).sum())
    return Finding(
        question="treatment",
        key=f"course.{name}",
        verdict="not_yet",
        subject=name,
        pair=_pair(table, own) if len(own) else None,
        days_used=known,
        days_missing=len(table) - known,
    )


def _pair(table: DayTable, own: NDArray[np.intp]) -> Pair:
    headache = table["headache"]
    after, earlier = headache[own[-1] :], headache[: own[0]]
    return Pair(
        int(np.nansum(after)), int(np.isfinite(after).sum()),
        int(np.nansum(earlier)), int(np.isfinite(earlier).sum()),
    )  # fmt: skip


def _close(own: NDArray[np.intp], others: NDArray[np.intp]) -> int:
    """Count another course's changes that lie within 14 days of one of this course."""
    gaps = np.abs(others[:, None] - own[None, :])
    return int((gaps <= trust.TREATMENT_CHANGES_APART).any(1).sum())


def _too_soon(known: NDArray[np.bool_], own: NDArray[np.intp], ramp_days: int) -> Refusal | None:
    """Refuse until 28 days are known at the course's full effect, and 28 before it began."""
    need, full = trust.TREATMENT_DAYS_EACH_SIDE, int(own[-1]) + ramp_days
    have = int(known[full:].sum())
    if have < need:
        wait = max(full - len(known), 0) + need - have
        unit = f"days from {ramp_days // 7} weeks after"
        return Refusal("too_soon", have, need, unit, -(-wait // 7))
    have = int(known[: own[0]].sum())
    return Refusal("too_soon", have, need, "days before") if have < need else None
