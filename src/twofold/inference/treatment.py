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

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.courses import (
    RAMP_DAYS,
    Steps,
    changes_of,
    courses,
    not_separable,
    reach,
)
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

DRAWS = 4000
DAYS = 28


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


def estimate(headache: Array, levels: Array) -> tuple[StateRows, Posterior]:
    """Fit the state equation with its courses.

    Parameters
    ----------
    headache : ndarray, shape (people, days)
        1, 0 or nan.
    levels : ndarray, shape (people, days, courses)
        From ``courses.reach``.
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


def _begin(table: DayTable, name: str, own: Steps) -> Finding:
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


def _pair(table: DayTable, own: Steps) -> Pair:
    headache = table["headache"]
    after, earlier = headache[own.days[-1] :], headache[: own.days[0]]
    return Pair(
        int(np.nansum(after)), int(np.isfinite(after).sum()),
        int(np.nansum(earlier)), int(np.isfinite(earlier).sum()),
    )  # fmt: skip
