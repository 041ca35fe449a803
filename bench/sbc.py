"""Simulation-based calibration of the engine: does it say what its own prior implies?

Parameters are drawn from the engine's prior, outcomes from its model, on
realistic columns; then the engine is asked. Were it exact, the truth's place in
each posterior (its probability integral transform) would be uniform, and of all
effects said to be real with chance p a share p would be real.

``python bench/sbc.py`` keeps the figures in ``docs/sbc.md``; a few minutes.
Source: Talts et al. 2018, arXiv:1804.06788; Modrák et al. 2023 for the bands.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "sbc.md"
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]

from scipy.special import chdtrc, expit, ndtr  # noqa: E402
from worlds import WORLDS, Lives, simulate  # noqa: E402

from twofold.inference.engine import (  # noqa: E402
    NOISE_DAYS,
    NOISE_VARIANCE,
    Likelihood,
    Posterior,
    Prior,
    fit,
)
from twofold.inference.priors import (  # noqa: E402
    HEADACHE_TO_MOOD,
    MOOD_TO_HEADACHE,
    EffectPrior,
    mixture,
    of_claim,
    over_lags,
)
from twofold.knowledge.load import claims  # noqa: E402

Array = NDArray[np.float64]
SEED = 1806
BINS = 20
CHUNK = 100
EDGES = (0.0, 0.05, 0.1, 0.2, 0.5, 0.8, 1.01)
# Mean and SD of the nuisances, as the onset and the mood equation state them.
ONSET_NUISANCES = {
    "intercept": (-1.4, 1.5),
    "day after a headache": (-0.3, 0.6),
    "second day after": (-0.1, 0.4),
    "trend": (0.0, 0.3),
    "recent share": (0.1, 0.3),
}
MOOD_NUISANCES = {
    "intercept": (0.0, 1.0),
    "trend": (0.0, 0.3),
    "mood today": (0.3, 0.3),
    "mood yesterday": (0.1, 0.25),
    "mood, week before": (0.2, 0.3),
}
NOISE_RANGE = (0.1, 2.0)


@dataclass(frozen=True)
class Design:
    """Columns of many people, with what is believed of each; x has shape (b, n, k)."""

    name: str
    likelihood: Likelihood
    x: Array
    prior: Prior
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Ranks:
    """Where the truth lies in each posterior.

    Parameters
    ----------
    nuisances, candidates : ndarray, shapes (b, k - q) and (b, q)
        Place of the truth in its posterior, 0 to 1.
    said, real : ndarray, shape (b, q)
        P(real), and whether the effect was drawn from a component other than "none".
    settled : ndarray, shape (b,)
    """

    nuisances: Array
    candidates: Array
    said: Array
    real: NDArray[np.bool_]
    settled: NDArray[np.bool_]


def onset_design(people: int, days: int, seed: int) -> Design:
    """Return the onset equation's columns: nuisances, low mood at two lags, all factors."""
    lives, told = simulate(WORLDS["base"], people=people, days=days, seed=seed), claims()
    effects = [over_lags(told[MOOD_TO_HEADACHE], lags=2, sign=1)] * 2
    effects += [of_claim(told.get(one.claim or "")) for one in lives.factors]
    low = -lives.columns["mood"].astype(float)
    asked = [low, _earlier(low, 1), *(lives.columns[one.column] for one in lives.factors)]
    names = ("low mood, lag 1", "low mood, lag 2", *(one.column for one in lives.factors))
    x = np.stack([*_onset_nuisances(lives, days), *map(_standard, asked)], axis=-1)
    prior = _prior(ONSET_NUISANCES, effects)
    return Design(f"onset, {days} days", "logistic", x, prior, (*ONSET_NUISANCES, *names))


def mood_design(people: int, days: int, seed: int) -> Design:
    """Return the mood equation's columns: nuisances and the headache of the day before."""
    lives, told = simulate(WORLDS["base"], people=people, days=days, seed=seed), claims()
    mood = lives.columns["mood"].astype(float)
    week = np.nanmean([np.nan_to_num(_earlier(mood, lag), nan=6.0) for lag in range(1, 8)], axis=0)
    past = [_line(people, days), mood, _earlier(mood, 1), week, lives.columns["headache"]]
    x = np.stack([np.ones_like(mood), *map(_standard, past)], axis=-1)
    prior = _prior(MOOD_NUISANCES, [over_lags(told[HEADACHE_TO_MOOD], lags=1, sign=-1)])
    return Design(f"mood, {days} days", "gaussian", x, prior, (*MOOD_NUISANCES, "headache"))


def _onset_nuisances(lives: Lives, days: int) -> Iterator[Array]:
    ached = np.nan_to_num(lives.columns["headache"].astype(float))
    yesterday, before = _earlier(ached, 1, 0.0), _earlier(ached, 2, 0.0)
    yield np.ones_like(ached)
    yield yesterday - yesterday.mean(1, keepdims=True)
    second = (1 - yesterday) * before
    yield second - second.mean(1, keepdims=True)
    yield _standard(_line(*ached.shape))
    yield _standard(np.mean([_earlier(ached, lag, 0.0) for lag in range(1, 29)], axis=0))


def _line(people: int, days: int) -> Array:
    return np.tile(np.arange(days, dtype=float), (people, 1))


def _earlier(column: Array, days: int, fill: float = np.nan) -> Array:
    out = np.full(column.shape, fill)
    out[:, days:] = column[:, :-days]
    return out


def _standard(column: NDArray[np.floating]) -> Array:
    """Return per-person SDs from the mean; what was not recorded stands at the mean."""
    known = np.isfinite(column)
    count = np.maximum(known.sum(1, keepdims=True), 1)
    centred = np.where(known, column, 0.0)
    centred = np.where(known, centred - centred.sum(1, keepdims=True) / count, 0.0)
    spread = np.sqrt((centred**2).sum(1, keepdims=True) / count)
    return np.asarray(centred / np.where(spread > 1e-9, spread, np.inf), dtype=np.float64)


def _prior(nuisances: dict[str, tuple[float, float]], effects: list[EffectPrior]) -> Prior:
    held, asked = len(nuisances), len(effects)
    mean = np.array([*(middle for middle, _ in nuisances.values()), *[0.0] * asked])
    precision = np.diag([*(sd**-2 for _, sd in nuisances.values()), *[0.0] * asked])
    return Prior(mean, precision, np.arange(held, held + asked), *mixture(effects))


def rank(design: Design, seed: int, *, told: Prior | None = None) -> Ranks:
    """Draw truth and outcomes for everyone, ask the engine, and find the truth's place.

    ``told`` is what the engine believes, where that is not what the truth is drawn from.
    """
    rng = np.random.default_rng(seed)
    parts = [
        _rank(design, design.x[at : at + CHUNK], told or design.prior, rng)
        for at in range(0, len(design.x), CHUNK)
    ]
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in FIELDS]
    return Ranks(*joined)


FIELDS = ("nuisances", "candidates", "said", "real", "settled")


def _rank(design: Design, x: Array, told: Prior, rng: np.random.Generator) -> Ranks:
    truth, real = draw_truth(design.prior, len(x), rng)
    y = draw_outcome(x, truth, design.likelihood, rng)
    found = fit(x, y, prior=told, likelihood=design.likelihood)
    at = design.prior.candidates
    held = np.setdiff1d(np.arange(x.shape[2]), at)
    spread = np.sqrt(np.diagonal(found.covariance, axis1=1, axis2=2))
    nuisances = ndtr((truth - found.mean) / spread)[:, held]
    return Ranks(nuisances, _places(found, truth[:, at]), found.p_real, real, found.converged)


def draw_truth(
    prior: Prior, people: int, rng: np.random.Generator
) -> tuple[Array, NDArray[np.bool_]]:
    """Draw coefficients (people, k) and which candidates are real (people, q)."""
    held = np.diag(prior.precision) > 0
    sd = np.where(held, np.where(held, np.diag(prior.precision), 1.0) ** -0.5, 0.0)
    truth = prior.mean + sd * rng.standard_normal((people, len(sd)))
    bounds = np.cumsum(prior.weights, axis=1)
    luck = rng.random((people, len(bounds), 1))
    part = np.minimum((luck > bounds).sum(-1), bounds.shape[1] - 1)
    each = np.arange(len(bounds))
    noise = rng.standard_normal(part.shape)
    truth[:, prior.candidates] = prior.means[each, part] + prior.sds[each, part] * noise
    return truth, part > 0


def draw_outcome(x: Array, truth: Array, likelihood: Likelihood, rng: np.random.Generator) -> Array:
    """Draw what the days show; shape (b, n)."""
    middle = np.einsum("bnk,bk->bn", x, truth)
    if likelihood == "logistic":
        return np.asarray(rng.random(middle.shape) < expit(middle), dtype=np.float64)
    sd = np.sqrt(_draw_noise(len(x), rng))[:, None]
    return np.asarray(middle + sd * rng.standard_normal(middle.shape))


def _draw_noise(people: int, rng: np.random.Generator) -> Array:
    """Draw residual variances from the engine's weak belief, held within a sensible range."""
    drawn = NOISE_DAYS * NOISE_VARIANCE / rng.chisquare(NOISE_DAYS, (people, 200))
    fits = (drawn > NOISE_RANGE[0]) & (drawn < NOISE_RANGE[1])
    return np.asarray(drawn[np.arange(people), fits.argmax(1)])


def _places(found: Posterior, truth: Array) -> Array:
    inside = ndtr((truth[..., None] - found.means) / np.sqrt(found.variances))
    return np.asarray((found.weights * inside).sum(-1))


def histogram(places: Array) -> NDArray[np.intp]:
    """Count places in 20 bins of equal width."""
    return np.histogram(places, bins=BINS, range=(0.0, 1.0))[0]


def chance_if_uniform(places: Array) -> float:
    """Return the chi-square test's p for uniform places (20 bins)."""
    counts = histogram(places)
    expected = counts.sum() / BINS
    return float(chdtrc(BINS - 1, ((counts - expected) ** 2 / expected).sum()))


def most_off(places: Array) -> float:
    """Return the largest gap between the places' distribution and the uniform one."""
    ordered = np.sort(places.ravel())
    return float(np.abs(ordered - (np.arange(len(ordered)) + 0.5) / len(ordered)).max())


def said_and_true(ranks: Ranks) -> list[tuple[int, float, float]]:
    """Return, for each bin of P(real): how many, said on average, share that was real."""
    out = []
    for low, high in zip(EDGES, EDGES[1:], strict=False):
        here = (ranks.said >= low) & (ranks.said < high)
        if here.any():
            out.append(
                (int(here.sum()), float(ranks.said[here].mean()), float(ranks.real[here].mean()))
            )
    return out


def covered(places: Array) -> float:
    """Return the share of truths inside the central 95 %."""
    return float(((places > 0.025) & (places < 0.975)).mean())


def main(people: int) -> None:
    """Run every design, print its tables, and keep them in ``docs/sbc.md``."""
    designs = (
        onset_design(people, 90, SEED),
        onset_design(people, 365, SEED + 1),
        mood_design(people, 90, SEED + 2),
        mood_design(people, 365, SEED + 3),
    )
    lines = head(people)
    for at, design in enumerate(designs):
        part = section(design, rank(design, SEED + 10 + at))
        print("\n".join(part), flush=True)
        lines += part
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def head(people: int) -> list[str]:
    """Return what stands above the tables."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    return [
        "# Simulation-based calibration",
        "",
        f"Made by `python bench/sbc.py` on {dt.date.today().isoformat()}, at commit "
        f"{commit or 'unknown'}, on {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()}.",
        "",
        f"{people} draws for each table, from the engine's own prior; columns from the base world.",
        "Were the engine exact, the place of the truth in its posterior would be uniform. *Test*: the",
        f"chi-square test's p in {BINS} bins. *Most off*: the largest gap between the two",
        "distributions. *Inside*: share of truths within the central 95 %. The bars show the places of",
        "all columns together; a bar of 20 signs is what a uniform place gives.",
        "",
        "The engine is an approximation, so with enough draws a test must fail; what counts is how far",
        "it is off. The residual variance of mood is drawn from the engine's weak belief, cut to",
        f"{NOISE_RANGE[0]} to {NOISE_RANGE[1]}: its upper tail is no standardised outcome.",
        "",
    ]


def section(design: Design, ranks: Ranks) -> list[str]:
    """Return one design's tables."""
    held = design.x.shape[2] - len(design.prior.candidates)
    groups = {"nuisances": ranks.nuisances, "candidates": ranks.candidates}
    lines = [f"## {design.name.capitalize()}", ""]
    settled = f"Settled: {int(ranks.settled.sum())} of {len(ranks.settled)}"
    lines += [f"{settled}; those that did not are counted here all the same.", ""]
    lines += ["| column | test | most off | inside |", "|---|---|---|---|"]
    lines += [_row(f"all {name}", places) for name, places in groups.items()]
    lines += [_row(design.columns[i], ranks.nuisances[:, i]) for i in range(held)]
    lines += [_row(name, ranks.candidates[:, i]) for i, name in enumerate(design.columns[held:])]
    lines += ["", "| P(real) said | truly real | how many |", "|---|---|---|"]
    lines += [
        f"| {said:.3f} | {true:.3f} | {count} |" for count, said, true in said_and_true(ranks)
    ]
    for name, places in groups.items():
        lines += ["", f"Places of all {name}:", "", "```text", *_bars(places), "```"]
    return [*lines, ""]


def _row(name: str, places: Array) -> str:
    return (
        f"| {name} | {chance_if_uniform(places):.3f} | {most_off(places):.3f} | "
        f"{covered(places):.3f} |"
    )


def _bars(places: Array) -> Iterator[str]:
    counts = histogram(places)
    for at, count in enumerate(counts):
        share = count * BINS / counts.sum()
        yield f"{at / BINS:.2f}  {count:6d}  {'#' * round(20 * share)}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
