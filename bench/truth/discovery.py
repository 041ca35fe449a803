"""What was called a factor, against what was one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from worlds.kinds import KINDS
from worlds.lives import Lives

from truth.cells import Cell
from truth.cohorts import SIGNS, learnt, parts, tables, true_state
from twofold.inference import trust
from twofold.inference.engine import intervals
from twofold.inference.many import Fits, fit_many
from twofold.inference.onset import at_risk
from twofold.inference.rows import before
from twofold.knowledge.load import claims

Array = np.ndarray
EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001)
BELIEFS = ("lone", "cohort", "true")
SHARES = {
    True: (trust.FALSE_SHARE_ALONE, trust.FALSE_SHARE_ALONE),
    False: (trust.FALSE_SHARE, trust.FALSE_SHARE_POOLED),
}


@dataclass
class Told:
    """Every candidate of every person: what was said, and what was so; shape (people, q)."""

    p_real: Array
    is_real: Array
    may_be_said: Array
    may_be_clear: Array
    low: Array
    high: Array
    middle: Array
    effect: Array
    unsettled: int


def discovery(cell: Cell) -> Cell:
    """Ask one world's people what comes before their headaches, with three beliefs beforehand."""
    world, days, seed = cell["world"], cell["days"], cell["seed"]
    taught = learnt(world, days=days, seed=seed)
    told: dict[str, list[Told]] = {one: [] for one in BELIEFS}
    for lives in parts(world, people=cell["people"], days=days, seed=seed):
        beliefs = {"lone": None, "cohort": taught, "true": true_state(lives, taught)}
        asked = tables(lives)
        for name, state in beliefs.items():
            fits = fit_many(asked, lives.claims(claims()), state=state)
            told[name].append(_told(lives, fits))
    return {
        name: _counts(_together(several), *SHARES[name == "lone"]) for name, several in told.items()
    }


def _told(lives: Lives, fits: Fits) -> Told:
    where = {fits.names[column]: i for i, column in enumerate(fits.candidates)}
    at = [where[one.column] for one in lives.factors]
    asked = tables(lives)
    risk = at_risk(asked)
    onsets = (risk & (before(asked["headache"], -1) == 1)).sum(1)
    enough = (risk.sum(1) >= trust.FACTOR.at_risk_days) & (onsets >= trust.FACTOR.onsets)
    enough &= fits.converged
    can = [one.claim_class in trust.CLASSES_THAT_CAN_BE_CLEAR for one in lives.factors]
    said = enough[:, None] & ~fits.silent()[:, at]
    scale = fits.scale[:, fits.candidates[at]]
    spread = np.array(
        [1.0 if one.rate is None else np.sqrt(one.rate * (1 - one.rate)) for one in KINDS]
    )
    ends = intervals(fits)[:, at]
    return Told(
        p_real=fits.p_real[:, at],
        is_real=lives.truth.effect != 0,
        may_be_said=said,
        may_be_clear=said & np.array(can) & (onsets >= trust.ESTABLISHED.onsets)[:, None],
        low=ends[..., 0],
        high=ends[..., 1],
        middle=fits.mean[:, fits.candidates[at]],
        effect=lives.truth.effect * np.where(np.isfinite(scale), scale, 0.0) / spread,
        unsettled=int((~fits.converged).sum()),
    )


def _together(several: list[Told]) -> Told:
    names = [name for name in Told.__dataclass_fields__ if name != "unsettled"]
    joined = {name: np.concatenate([getattr(one, name) for one in several]) for name in names}
    return Told(**joined, unsettled=sum(one.unsettled for one in several))


def _counts(told: Told, share: float, pooled_share: float) -> Cell:
    clear = established(told.p_real, told.may_be_clear, share)
    pooled = pooled_set(told.p_real, told.may_be_clear, pooled_share)
    false = clear & ~told.is_real
    causes = _not_signs(told.p_real.shape[1])
    likely = told.may_be_said[:, causes] & (told.p_real[:, causes] > 0.8)
    inside = (told.low <= told.effect) & (told.effect <= told.high)
    real = clear & told.is_real
    return {
        "people": len(told.p_real),
        "unsettled": told.unsettled,
        "real": int(told.is_real.sum()),
        "claims": int(clear.sum()),
        "false": int(false.sum()),
        "people_false": int(false.any(1).sum()),
        "pooled": int(pooled.sum()),
        "pooled_false": int((pooled & ~told.is_real).sum()),
        "ranked": ranked_power(told.p_real, told.is_real, _rankable(told, gate=False)),
        "ranked_gate": ranked_power(told.p_real, told.is_real, _rankable(told, gate=True)),
        "bins": _bins(told, causes),
        "inside": [
            int(inside[:, causes][told.may_be_said[:, causes]].sum()),
            int(told.may_be_said[:, causes].sum()),
        ],
        "inside_likely": [int(inside[:, causes][likely].sum()), int(likely.sum())],
        "inside_claimed": [int(inside[clear].sum()), int(clear.sum())],
        "size": [float(np.abs(told.middle[real]).sum()), float(np.abs(told.effect[real]).sum())],
    }


def _not_signs(count: int) -> list[int]:
    return [i for i in range(count) if KINDS[i].column not in SIGNS]


def _rankable(told: Told, *, gate: bool) -> Array:
    can = np.array([one.claim_class in trust.CLASSES_THAT_CAN_BE_CLEAR for one in KINDS])
    return told.may_be_clear if gate else np.broadcast_to(can, told.p_real.shape)


def established(p_real: Array, allowed: Array, share: float) -> Array:
    """Return each person's clear set, as ``trust.established`` chooses it, for all at once."""
    doubt = np.where(allowed, 1 - p_real, 2.0)
    order = np.argsort(doubt, axis=1)
    running = np.cumsum(np.take_along_axis(doubt, order, 1), 1) / np.arange(1, doubt.shape[1] + 1)
    last = (running <= share) * np.arange(1, doubt.shape[1] + 1)
    rank = np.argsort(order, axis=1)
    return rank < last.max(1, keepdims=True)


def pooled_set(p_real: Array, allowed: Array, share: float) -> Array:
    """Return the clinic's clear set: the largest, over all people, within the share of doubt."""
    doubt = np.sort(1 - p_real[allowed])
    means = np.cumsum(doubt) / np.arange(1, len(doubt) + 1)
    last = np.flatnonzero(means <= share)
    line = doubt[last[-1]] if len(last) else -1.0
    return allowed & (1 - p_real <= line)


def ranked_power(p_real: Array, is_real: Array, allowed: Array) -> float:
    """Return the share of real effects above the lowest line that keeps one in ten false."""
    p, real = p_real[allowed], is_real[allowed]
    order = np.argsort(-p)
    false = np.cumsum(~real[order]) / np.arange(1, len(order) + 1)
    last = np.flatnonzero(false <= 0.10)
    found = int(real[order][: last[-1] + 1].sum()) if len(last) else 0
    can = np.array([one.claim_class in trust.CLASSES_THAT_CAN_BE_CLEAR for one in KINDS])
    return found / max(int(is_real[:, can].sum()), 1)


def _bins(told: Told, causes: list[int]) -> list[list[float]]:
    p = told.p_real[:, causes][told.may_be_said[:, causes]]
    real = told.is_real[:, causes][told.may_be_said[:, causes]]
    out = []
    for low, high in zip(EDGES, EDGES[1:], strict=False):
        here = (p >= low) & (p < high)
        out.append([int(here.sum()), float(p[here].sum()), int(real[here].sum())])
    return out
