"""Held against the truth: counts that can be added up, and nothing of anybody's words."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from peers.written import Array

Yes = NDArray[np.bool_]
Figures = dict[str, float]


def factors(accused: Yes, effect: Array, is_sign: Yes) -> Figures:
    """Count what was accused, and falsely so; all arrays (people, q) but ``is_sign`` (q,).

    Early signs have no effect, so accusing one is false; they are counted
    apart as well, because a method may mean no more than "comes before".
    """
    is_real = effect != 0
    false = accused & ~is_real
    return {
        "people": len(accused),
        "claims": int(accused.sum()),
        "false": int(false.sum()),
        "false_signs": int(false[:, is_sign].sum()),
        "real": int(is_real.sum()),
        "found": int((accused & is_real).sum()),
        "people_with_false": int(false.any(1).sum()),
    }


def arrows(to_headache: Yes, to_mood: Yes, truth) -> Figures:  # type: ignore[no-untyped-def]
    """Count arrows drawn, by whether there is one; who only has a premonitory dip stands apart."""
    people = len(to_headache)
    harms, carries = truth.mood_to_headache[:people] != 0, truth.headache_to_mood[:people] != 0
    dips = truth.mood_dips_first[:people] & ~harms
    out: Figures = {"people": people}
    for name, called, among in (
        ("to_headache_false", to_headache, ~harms & ~dips),
        ("to_headache_dip", to_headache, dips),
        ("to_headache_found", to_headache, harms),
        ("to_mood_false", to_mood, ~carries),
        ("to_mood_found", to_mood, carries),
    ):
        out[name], out[f"{name}_of"] = int(called[among].sum()), int(among.sum())
    return out


def treatments(worked: Yes, effect: Array) -> Figures:
    """Count "it worked" among people on whom the treatment does nothing, and among the others."""
    useless = effect == 0
    return {
        "people": len(worked),
        "false": int(worked[useless].sum()),
        "useless": int(useless.sum()),
        "found": int(worked[~useless].sum()),
        "useful": int((~useless).sum()),
    }


def forecasts(chance: Array, usual: Array, oracle: Array, outcome: Array, scored: Yes) -> Figures:
    """Add up squared errors and ordered pairs within each person; all arrays (people, days)."""
    missing = scored & ~np.isfinite(chance)
    if missing.any():
        raise ValueError(f"{int(missing.sum())} scored days have no forecast")
    out: Figures = {"people": len(chance), "days": int(scored.sum())}
    for name, one in (("own", chance), ("usual", usual), ("oracle", oracle)):
        out[f"brier_{name}"] = float(((one - outcome)[scored] ** 2).mean())
    for name, one in (("own", chance), ("oracle", oracle)):
        in_order, pairs = _ordered_pairs(one, outcome, scored)
        out[f"auc_{name}"] = in_order / pairs
    return out


def _ordered_pairs(chance: Array, outcome: Array, scored: Yes) -> tuple[float, int]:
    """Count pairs of one person's days, one with headache and one without, in the right order."""
    in_order, pairs = 0.0, 0
    for mine, came, days in zip(chance, outcome, scored, strict=True):
        ill, free = mine[days & (came == 1)], mine[days & (came == 0)]
        gap = ill[:, None] - free[None, :]
        in_order += float((gap > 0).sum() + 0.5 * (gap == 0).sum())
        pairs += gap.size
    return in_order, pairs


def counts_ahead(low: Array, high: Array, count: Array) -> Figures:
    """Count intervals of the next 28 days that hold what came; people without one stand apart."""
    told = np.isfinite(low) & np.isfinite(high)
    return {
        "people": int(told.sum()),
        "refused": int((~told).sum()),
        "inside": int(((low <= count) & (count <= high))[told].sum()),
        "width": float((high - low)[told].mean()) if told.any() else math.nan,
    }


def wilson(hits: float, of: float) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
