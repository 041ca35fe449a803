"""Does my mood change with this treatment?

A preventive may lower mood, and an antidepressant is meant to raise it. Mood of
each day in terms of its weekly drift, the four weeks before the course, and the
course as a slow ramp. What the course changes by way of fewer headaches belongs
to its effect, so headaches are not held fixed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.courses import changes_of, courses, not_separable, reach
from twofold.inference.days_ahead import drift_columns, drift_spread, eve_columns
from twofold.inference.engine import Array, Posterior, Prior, fit, intervals
from twofold.inference.finding import Estimate, Finding, Refusal
from twofold.inference.priors import mixture, of_treatment_on_mood

# In SDs of the person's own daily mood. Slow tides carry about half of its variance.
MIDDLE_SD = 1.0
DRIFT_SD = 0.7
EVE_MIDDLE = -0.3  # people begin a course when things are bad
EVE_SD = 1.0


@dataclass(frozen=True)
class MoodEffects:
    """What each course does to mood, for many people.

    Parameters
    ----------
    p_better, p_worse : ndarray, shape (people, courses)
        Chance of a real effect towards better mood, and towards lower.
    points : ndarray, shape (people, courses, 3)
        Mean and 95 % interval at full effect, in points of 0–10.
    converged : ndarray of bool, shape (people,)
    """

    p_better: Array
    p_worse: Array
    points: Array
    converged: NDArray[np.bool_]


def treatment_mood(table: DayTable) -> tuple[Finding, ...]:
    """Answer for every course of treatment; empty where mood was never written.

    Returns
    -------
    tuple of Finding
        ``p_real``: chance that mood is better because of the course.
        ``effect``: change in mood points at full effect, higher is better.
        ``chances``: ``any_better``, and ``any_more`` low mood.
    """
    mood = trust.rated(table, "mood")
    if not np.isfinite(mood).any():
        return ()
    changes = {name: changes_of(table, name) for name in courses(table)}
    answers = [
        replace(_begin(table, name), refusal=_flat(mood) or not_separable(mood, name, changes))
        for name in changes
    ]
    if all(one.refusal for one in answers):
        return tuple(answers)
    stop = int(np.flatnonzero(np.isfinite(mood))[-1]) + 1
    moving = [name for name in changes if len(changes[name])]
    levels = np.stack([reach(table.rows(0, stop), name) for name in moving], axis=-1)
    found = effects_on_mood(mood[None, :stop], levels[None])
    return tuple(
        one if one.refusal else _answer(one, found, moving.index(one.subject)) for one in answers
    )


def effects_on_mood(mood: Array, levels: Array) -> MoodEffects:
    """Estimate what every course does to mood.

    Parameters
    ----------
    mood : ndarray, shape (people, days)
        0–10, nan where unknown; of each person at least two different ones.
    levels : ndarray, shape (people, days, courses)
        From ``courses.reach``.
    """
    people, days = mood.shape
    known = np.isfinite(mood)
    centre, scale = np.nanmean(mood, axis=1)[:, None], np.nanstd(mood, axis=1)[:, None]
    shared = np.column_stack([np.ones(days), drift_columns(days)])
    x = np.concatenate(
        [np.broadcast_to(shared, (people, *shared.shape)), eve_columns(levels), levels], axis=2
    )
    y = np.where(known, (np.nan_to_num(mood) - centre) / scale, 0.0)
    prior = _prior(days, levels.shape[2])
    posterior = fit(x, y, prior=prior, likelihood="gaussian", weight=known.astype(float))
    return MoodEffects(
        p_better=posterior.p_positive,
        p_worse=posterior.p_real - posterior.p_positive,
        points=_points(posterior, prior, scale),
        converged=posterior.converged,
    )


def _points(posterior: Posterior, prior: Prior, scale: Array) -> Array:
    middle = posterior.mean[:, prior.candidates, None]
    return np.asarray(scale[..., None] * np.concatenate([middle, intervals(posterior)], axis=2))


def _prior(days: int, count: int) -> Prior:
    block = drift_spread(days, sd=DRIFT_SD)
    eve = 1 + len(block) + np.arange(count)
    columns = 1 + len(block) + 2 * count
    mean, precision = np.zeros(columns), np.zeros((columns, columns))
    precision[0, 0] = MIDDLE_SD**-2
    precision[1 : 1 + len(block), 1 : 1 + len(block)] = np.linalg.inv(block)
    mean[eve], precision[eve, eve] = EVE_MIDDLE, EVE_SD**-2
    return Prior(mean, precision, eve + count, *mixture([of_treatment_on_mood()] * count))


def _flat(mood: Array) -> Refusal | None:
    if np.nanmin(mood) == np.nanmax(mood):
        return Refusal("no_variation", have=1, need=2, unit="different moods")
    return None


def _begin(table: DayTable, name: str) -> Finding:
    known = int(np.isfinite(trust.rated(table, "mood")).sum())
    return Finding(
        question="treatment_mood",
        key=f"mood.course.{name}",
        verdict="not_yet",
        subject=name,
        days_used=known,
        days_missing=len(table) - known,
    )


def _answer(finding: Finding, found: MoodEffects, asked: int) -> Finding:
    if not found.converged[0]:
        return replace(finding, refusal=Refusal("not_converged"))
    value, low, high = (float(one) for one in found.points[0, asked])
    p_better, believed = float(found.p_better[0, asked]), of_treatment_on_mood()
    before = believed.pi * believed.share_above_zero()
    return replace(
        finding,
        verdict=trust.treatment_verdict(p_better, before, is_beyond_zero=low > 0),
        p_real=p_better,
        prior=before,
        effect=Estimate(value, low, high, "mood points"),
        chances={"any_better": p_better, "any_more": float(found.p_worse[0, asked])},
    )
