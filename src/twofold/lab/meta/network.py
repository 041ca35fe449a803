"""Which of many treatments does more? Network meta-analysis by the theory of electrical networks.

Rücker (2012, Res Synth Methods 3:312): trials are wires between treatments,
their weights conductances; the pooled effects are potentials. A trial with
several arms becomes a set of wires that carries exactly its information
(Rücker & Schwarzer 2014, Stat Med 33:4353). P-scores after Rücker &
Schwarzer (2015, BMC Med Res Methodol 15:58). Random effects with one tau² for
all comparisons, by moments (Jackson, White & Riley 2013 for one outcome).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twofold.errors import LabError
from twofold.lab.meta.weighting import Array

P_SCORE_WARNING = (
    "A P-score ranks by how surely a treatment is better than the others, not by how much; "
    "near ranks are no difference."
)


@dataclass(frozen=True)
class Wires:
    """Contrasts between treatments, every pair of every trial.

    Parameters
    ----------
    study : array (m,) of int
        Which trial.
    first, second : array (m,) of int
        Treatments; the effect is first minus second.
    y, v : array (m,)
        Effect and its variance.
    treatments : tuple of str
    studies : tuple of str
    """

    study: np.ndarray
    first: np.ndarray
    second: np.ndarray
    y: Array
    v: Array
    treatments: tuple[str, ...]
    studies: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """What a network says.

    Parameters
    ----------
    treatments : tuple of str
    effects, se : array (t, t)
        Row minus column, and its standard error.
    tau2 : float
    q, q_df, q_p : float
        Heterogeneity and inconsistency together, from the fixed effects.
    within, within_df, within_p : float
        Heterogeneity between trials of the same design.
    between, between_df, between_p : float
        Inconsistency between designs.
    i2 : float
        In percent.
    direct : array (t, t)
        How many trials compared the two.
    p_scores : array (t,)
        That a larger effect is better; ``1 - p`` where a smaller one is.
    """

    treatments: tuple[str, ...]
    effects: Array
    se: Array
    tau2: float
    q: float
    q_df: int
    q_p: float
    within: float
    within_df: int
    within_p: float
    between: float
    between_df: int
    between_p: float
    i2: float
    direct: np.ndarray
    p_scores: Array


def analyse(wires: Wires, *, is_random: bool = True, tau2: float | None = None) -> Network:
    """Return the network meta-analysis.

    Parameters
    ----------
    wires : Wires
    is_random : bool
        With tau² between trials (by moments) or with a fixed effect.
    tau2 : float, optional
        tau², where it is already known.

    Raises
    ------
    LabError
        When fewer than three treatments connect, the network falls apart, or a
        trial's contrasts do not fit together.
    """
    _check(wires)
    weights = _weights(wires, 0.0)
    fixed = _fit(wires, weights)
    q = _q(wires, weights, fixed)
    arms = _arms(wires)
    df = int((arms - 1).sum()) - (len(wires.treatments) - 1)
    t2 = 0.0
    if tau2 is not None:
        t2 = tau2
    elif is_random and df > 0:
        t2 = max(0.0, (q - df) / _expected_by_tau2(wires, weights, fixed))
    effects, se = _league(*(_fit(wires, _weights(wires, t2)) if t2 else fixed))
    within, within_df = _within_designs(wires, arms)
    return Network(
        wires.treatments, effects, se, t2, q, df, _tail(q, df), within, within_df,
        _tail(within, within_df), max(0.0, q - within), df - within_df,
        _tail(max(0.0, q - within), df - within_df), max(0.0, 100 * (q - df) / q) if q else 0.0,
        _direct(wires), p_scores(effects, se),
    )  # fmt: skip


def p_scores(effects: Array, se: Array) -> Array:
    """Return the mean certainty, over the others, that each treatment's effect is larger."""
    from scipy.special import ndtr

    t = len(effects)
    apart = np.where(np.eye(t, dtype=bool), 1.0, se)
    sure = ndtr(effects / apart)
    return np.asarray((sure.sum(1) - 0.5) / (t - 1))


def pieces(wires: Wires) -> list[list[str]]:
    """Return the parts of the network that hang together, each as names of treatments."""
    part = np.arange(len(wires.treatments))
    for a, b in zip(wires.first, wires.second, strict=True):
        part[part == part[a]] = part[b]
    return [
        [name for name, one in zip(wires.treatments, part, strict=True) if one == which]
        for which in np.unique(part)
    ]


def _check(wires: Wires) -> None:
    if len(wires.treatments) < 3:
        raise LabError(
            "a network needs at least three treatments.", remedy="Use the method 'meta' for two."
        )
    parts = pieces(wires)
    if len(parts) > 1:
        told = "; ".join(", ".join(part) for part in parts)
        raise LabError(
            f"the network falls into {len(parts)} parts that nothing connects: {told}.",
            remedy="Analyse each part on its own.",
        )
    pairs = np.bincount(wires.study)
    arms = _arms(wires)
    for i in np.flatnonzero(pairs != arms * (arms - 1) // 2):
        raise LabError(
            f"the trial {wires.studies[i]} has {arms[i]} treatments and {pairs[i]} contrasts.",
            remedy="Give each of its pairs once, or one arm a row.",
        )


def _arms(wires: Wires) -> np.ndarray:
    return np.array([len(_nodes(wires, i)) for i in range(len(wires.studies))])


def _nodes(wires: Wires, study: int) -> np.ndarray:
    mine = wires.study == study
    return np.unique(np.concatenate([wires.first[mine], wires.second[mine]]))


def _weights(wires: Wires, tau2: float) -> Array:
    """Return the conductance of each wire: 1/v, less in trials with several arms."""
    variances = wires.v + tau2
    weights = 1 / variances
    pairs = np.bincount(wires.study)
    order = np.argsort(wires.study, kind="stable")
    start = np.concatenate([[0], np.cumsum(pairs)[:-1]])
    for count in np.unique(pairs[pairs > 1]):
        rows = order[start[pairs == count][:, None] + np.arange(count)]  # (trials, pairs)
        weights[rows] = _conductances(wires, rows, variances[rows])
    return np.asarray(weights)


def _conductances(wires: Wires, rows: np.ndarray, variances: Array) -> Array:
    """Return the conductances whose effective resistances are the given variances.

    All trials with the same number of arms at once, (trials, pairs).
    """
    first, second = wires.first[rows], wires.second[rows]
    both = np.concatenate([first, second], axis=1)
    nodes = np.array([np.unique(one) for one in both])  # (trials, arms)
    a = (nodes[:, None, :] < first[..., None]).sum(-1)
    b = (nodes[:, None, :] < second[..., None]).sum(-1)
    n, trial = nodes.shape[1], np.arange(len(rows))[:, None]
    resistance = np.zeros((len(rows), n, n))
    resistance[trial, a, b] = resistance[trial, b, a] = variances
    centre = np.eye(n) - 1 / n
    laplace = np.linalg.pinv(-0.5 * centre @ resistance @ centre, hermitian=True)
    found = -laplace[trial, a, b]
    own = np.diagonal(laplace, axis1=1, axis2=2)
    wrong = np.any(own <= 0, 1) | np.any(found < -1e-10 * np.abs(found).max(1)[:, None], 1)
    for i in np.flatnonzero(wrong):
        raise LabError(
            f"the variances of the trial {wires.studies[wires.study[rows[i, 0]]]} cannot belong "
            "to its arms.",
            remedy="Give one arm a row, or look up its standard errors.",
        )
    return np.asarray(np.maximum(found, 0.0))


def _edges(wires: Wires) -> Array:
    """Return the incidence matrix, (m, t): +1 at the first treatment, -1 at the second."""
    edges = np.zeros((len(wires.y), len(wires.treatments)))
    rows = np.arange(len(wires.y))
    edges[rows, wires.first], edges[rows, wires.second] = 1.0, -1.0
    return edges


def _fit(wires: Wires, weights: Array) -> tuple[Array, Array]:
    """Return the potentials and the pseudo-inverse of the Laplacian."""
    edges = _edges(wires)
    laplace = edges.T @ (weights[:, None] * edges)
    inverse = np.asarray(np.linalg.pinv(laplace, hermitian=True), dtype=np.float64)
    return inverse @ (edges.T @ (weights * wires.y)), inverse


def _league(potential: Array, inverse: Array) -> tuple[Array, Array]:
    diagonal = np.diag(inverse)
    variance = diagonal[:, None] + diagonal[None, :] - 2 * inverse
    return potential[:, None] - potential[None, :], np.sqrt(np.maximum(variance, 0.0))


def _q(wires: Wires, weights: Array, found: tuple[Array, Array]) -> float:
    left = wires.y - (found[0][wires.first] - found[0][wires.second])
    return float((weights * left**2).sum())


def _expected_by_tau2(wires: Wires, weights: Array, found: tuple[Array, Array]) -> float:
    """Return by how much Q is expected to grow for each unit of tau².

    Every arm of every trial varies by tau²/2 of its own, so that each contrast
    varies by tau²: ``tr(W(I - H) S S') / 2``, S from a trial's arms to its wires.
    """
    edges = _edges(wires)
    gram = edges @ edges.T / 2 * (wires.study[:, None] == wires.study[None, :])
    pulled = weights[:, None] * edges
    return float(weights.sum() - ((pulled.T @ gram @ pulled) * found[1]).sum())


def _within_designs(wires: Wires, arms: np.ndarray) -> tuple[float, int]:
    """Return Q among trials that compare the same treatments, and its degrees of freedom."""
    designs: dict[tuple[int, ...], list[int]] = {}
    for i in range(len(wires.studies)):
        designs.setdefault(tuple(_nodes(wires, i)), []).append(i)
    total, df = 0.0, 0
    for nodes, studies in designs.items():
        if len(studies) < 2:
            continue
        part = _part(wires, studies, nodes)
        weights = _weights(part, 0.0)
        total += _q(part, weights, _fit(part, weights))
        df += int((arms[studies] - 1).sum()) - (len(nodes) - 1)
    return total, df


def _part(wires: Wires, studies: Sequence[int], nodes: Sequence[int]) -> Wires:
    keep = np.isin(wires.study, studies)
    return Wires(
        np.searchsorted(studies, wires.study[keep]),
        np.searchsorted(nodes, wires.first[keep]),
        np.searchsorted(nodes, wires.second[keep]),
        wires.y[keep], wires.v[keep],
        tuple(wires.treatments[i] for i in nodes),
        tuple(wires.studies[i] for i in studies),
    )  # fmt: skip


def _direct(wires: Wires) -> np.ndarray:
    t = len(wires.treatments)
    count = np.zeros((t, t), dtype=int)
    np.add.at(count, (wires.first, wires.second), 1)
    return count + count.T


def _tail(q: float, df: int) -> float:
    from scipy.special import gammaincc

    return float(gammaincc(df / 2, q / 2)) if df > 0 else float("nan")
