"""Tomorrow's chance, for people and days that had not been seen."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit
from worlds.lives import Lives

from truth.cells import Cell
from truth.cohorts import learnt, parts, tables
from twofold.daytable import DayTables
from twofold.inference.cohort_state import CohortState
from twofold.inference.many import fit_many
from twofold.knowledge.load import claims

Array = np.ndarray
SCORED_DAYS = 28


def ahead(cell: Cell) -> Cell:
    """Learn from the first ``days`` days and forecast, evening by evening, the 28 after them."""
    world, days, seed = cell["world"], cell["days"], cell["seed"]
    taught = learnt(world, days=days, seed=seed)
    made: dict[str, list[tuple[Array, ...]]] = {}
    for lives in parts(world, people=cell["people"], days=days + SCORED_DAYS, seed=seed):
        for name, state in (("lone", None), ("cohort", taught)):
            made.setdefault(name, []).append(_forecasts(lives, days, state))
    return {name: _scores(*(np.concatenate(one) for one in zip(*several, strict=True)))
            for name, several in made.items()}  # fmt: skip


def _forecasts(lives: Lives, days: int, state: CohortState | None) -> tuple[Array, ...]:
    """Return chance, usual rate, both oracles, what was written and what was lived.

    Scored are evenings with an entry, before a day with one: all that a diary
    can check. The oracles know that, too.
    """
    asked = tables(lives)
    chance = forecast(asked, lives.claims(claims()), days, state)
    usual = _usual(asked["headache"][:, :days])
    here = slice(days - 1, days + SCORED_DAYS - 1)
    there = slice(days, days + SCORED_DAYS)
    chance = chance[:, here]
    came = asked["headache"][:, there]
    chance = np.where(np.isfinite(came), chance, np.nan)
    return (
        chance,
        np.broadcast_to(usual[:, None], chance.shape),
        _if_written(lives, lives.truth.chance[:, there]),
        _if_written(lives, lives.truth.chance_with_signs[:, there]),
        came,
        lives.truth.headache[:, there].astype(float),
    )


def _if_written(lives: Lives, chance: Array) -> Array:
    """Return the oracle's chance on a day that was written down: headache days are so less often."""
    yes = chance * (1 - lives.world.missing_headache)
    return yes / (yes + (1 - chance) * (1 - lives.world.missing_free))


def forecast(
    asked: DayTables, told: dict, days: int, state: CohortState | None
) -> Array:  # shape (people, days): the chance of a headache on the next day
    """Return each evening's chance from equations that saw only the first days."""
    chance = np.full(asked.shape, np.nan)
    for question in ("onset", "persistence"):
        fits = fit_many(asked, told, question=question, state=state, until=days, ahead=True)
        odds = fits.log_odds / np.sqrt(1 + np.pi * fits.log_odds_variance / 8)
        chance = np.where(np.isfinite(odds), expit(odds), chance)
    return chance


def _usual(headache: Array) -> Array:
    known = np.isfinite(headache)
    return (np.where(known, headache, 0).sum(1) + 0.5) / (known.sum(1) + 1)


def _scores(
    chance: Array, usual: Array, oracle: Array, seer: Array, came: Array, lived: Array
) -> Cell:
    known = np.isfinite(chance)
    p, base, y = chance[known], usual[known], came[known]
    slope, level = _calibration(p, y)
    return {
        "people": len(chance),
        "days": int(known.sum()),
        "rate": float(y.mean()),
        "auc": _within(chance, came),
        "auc_oracle": _within(np.where(known, oracle, np.nan), came),
        "auc_signs": _within(np.where(known, seer, np.nan), came),
        "brier": float(((p - y) ** 2).mean()),
        "brier_usual": float(((base - y) ** 2).mean()),
        "brier_oracle": float(((oracle[known] - y) ** 2).mean()),
        "brier_signs": float(((seer[known] - y) ** 2).mean()),
        "slope": slope,
        "level": level,
        "bias": float((p - y).mean()),
        "ece": _ece(p, y),
    }


def _within(chance: Array, came: Array) -> float:
    """Return the mean, over people with both kinds of days, of their own AUC."""
    own = []
    for p, y in zip(chance, came, strict=True):
        known = np.isfinite(p)
        yes, no = p[known & (y == 1)], p[known & (y == 0)]
        if len(yes) and len(no):
            higher = (yes[:, None] > no).mean() + 0.5 * (yes[:, None] == no).mean()
            own.append(higher)
    return float(np.mean(own))


def _calibration(p: Array, y: Array) -> tuple[float, float]:
    """Return slope and intercept of the outcome on the forecast's log-odds."""
    x = np.column_stack([logit(np.clip(p, 1e-4, 1 - 1e-4)), np.ones(len(p))])
    beta = np.array([1.0, 0.0])
    for _ in range(20):
        mu = expit(x @ beta)
        weight = mu * (1 - mu)
        beta = beta + np.linalg.solve((x * weight[:, None]).T @ x, x.T @ (y - mu))
    return float(beta[0]), float(beta[1])


def _ece(p: Array, y: Array) -> float:
    """Return the expected calibration error over ten equally full bins."""
    order = np.argsort(p)
    parts = np.array_split(order, 10)
    return float(sum(abs(p[one].mean() - y[one].mean()) * len(one) for one in parts) / len(p))
