"""The network against two slower ways: generalised least squares, and one arm a row in R."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twofold.lab.meta.network import Network, Wires, analyse
from twofold.lab.meta.reading import read_trials
from twofold.lab.meta.table import Trials
from twofold.lab.meta.wiring import wires


def numbered(name: str, theirs: str, arms: int) -> dict[str, str]:
    return {f"{name}{arm}": f"{theirs}{arm}" for arm in range(1, arms + 1)}


@pytest.fixture(scope="module")
def linde2015(shared_data: Path) -> Wires:
    columns = {"label": "id", **numbered("treatment", "treatment", 3), **numbered("events", "resp", 3),
               **numbered("total", "n", 3)}  # fmt: skip
    path = shared_data / "meta/metadat-depression/metadat_dat.linde2015.csv"
    return wires(read_trials(path, columns, {"shape": "wide"}), "OR")[0]


@pytest.fixture(scope="module")
def linde2016(shared_data: Path) -> Wires:
    columns = {
        "label": "id",
        "estimate": "lnOR",
        "se": "selnOR",
        "treatment1": "treat1",
        "treatment2": "treat2",
    }
    return wires(
        read_trials(shared_data / "meta/metadat-depression/metadat_dat.linde2016.csv", columns)
    )[0]


@pytest.fixture(scope="module")
def eletriptan(shared_data: Path) -> Wires:
    columns = {"label": "ID", **numbered("treatment", "d", 4), **numbered("events", "r", 4),
               **numbered("total", "n", 4)}  # fmt: skip
    path = shared_data / "meta/metastan-eletriptan/dat.Eletriptan.RData"
    return wires(read_trials(path, columns, {"shape": "wide"}), "OR")[0]


def by_least_squares(made: Wires, tau2: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Return effects against the first treatment, their covariance and Q, trial by trial.

    Of each trial only the contrasts with its first arm are taken; their covariance is worked
    out from the variances of all its pairs: cov(a-b, a-c) = (V_ab + V_ac - V_bc) / 2.
    """
    t = len(made.treatments)
    gram, right, total = np.zeros((t - 1, t - 1)), np.zeros(t - 1), 0.0
    parts = []
    for study in range(len(made.studies)):
        rows = np.flatnonzero(made.study == study)
        effect, variance = {}, {}
        for row in rows:
            a, b = made.first[row], made.second[row]
            effect[a, b], effect[b, a] = made.y[row], -made.y[row]
            variance[a, b] = variance[b, a] = made.v[row] + tau2
        nodes = sorted({node for pair in effect for node in pair})
        base, rest = nodes[0], nodes[1:]
        y = np.array([effect[one, base] for one in rest])
        V = np.array([[(variance[a, base] + variance[b, base] - (variance[a, b] if a != b else 0)) / 2
                       for b in rest] for a in rest])  # fmt: skip
        X = np.zeros((len(rest), t))
        X[np.arange(len(rest)), rest] = 1
        X[:, base] -= 1
        parts.append((X[:, 1:], y, np.linalg.inv(V)))
    for X, y, W in parts:
        gram += X.T @ W @ X
        right += X.T @ W @ y
    effects = np.linalg.solve(gram, right)
    for X, y, W in parts:
        total += float((y - X @ effects) @ W @ (y - X @ effects))
    return effects, np.linalg.inv(gram), total


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["linde2015", "linde2016", "eletriptan"])
def test_the_network_is_generalised_least_squares(
    name: str, request: pytest.FixtureRequest
) -> None:
    made: Wires = request.getfixturevalue(name)
    for t2 in (0.0, 0.07):
        found = analyse(made, tau2=t2)
        effects, covariance, q = by_least_squares(made, t2)
        within = (
            1e-5 if name == "linde2016" else 1e-9
        )  # its log odds ratios are printed to 6 digits
        np.testing.assert_allclose(found.effects[1:, 0], effects, rtol=within, atol=within)
        np.testing.assert_allclose(found.se[1:, 0], np.sqrt(np.diag(covariance)), rtol=within)
        if not t2:
            assert found.q == pytest.approx(q, rel=within)


# metafor 3.8-1 (R 4.2.2), rma(yi, vi, mods = ~ factor(id) + treatment - 1) on one arm a row (log
# odds; half a person added to every arm of a trial with an empty cell): effects against placebo;
# fixed, and random by DL, where each arm's variance is half of tau² between contrasts.
FIXED = {
    "Hypericum": (0.6756994972, 0.0992475118), "Low-dose SARI": (0.5528465066, 0.1799764999),
    "NaSSa": (0.1481046708, 0.1451303802), "NRI": (0.3458077140, 0.1844660033),
    "rMAO-A": (0.0295274797, 0.1817732217), "SNRI": (0.5343569529, 0.1378858946),
    "SSRI": (0.5147704423, 0.0742159063), "TCA": (0.5191255385, 0.0812433525),
}  # fmt: skip
RANDOM = {
    "Hypericum": (0.6866469409, 0.1156382380), "Low-dose SARI": (0.5784974460, 0.2120741298),
    "NaSSa": (0.1319682512, 0.1708779663), "NRI": (0.3486176028, 0.2683170126),
    "rMAO-A": (0.0521749202, 0.2184849919), "SNRI": (0.5531849058, 0.1692561567),
    "SSRI": (0.5175803311, 0.0911665671), "TCA": (0.5450582333, 0.0981129692),
}  # fmt: skip


@pytest.mark.real_data
def test_the_network_of_antidepressants_is_what_r_finds_arm_by_arm(linde2015: Wires) -> None:
    for is_random, expected in ((False, FIXED), (True, RANDOM)):
        found = analyse(linde2015, is_random=is_random)
        placebo = found.treatments.index("Placebo")
        for name, (effect, se) in expected.items():
            row = found.treatments.index(name)
            assert found.effects[row, placebo] == pytest.approx(effect, abs=1e-10)
            assert found.se[row, placebo] == pytest.approx(se, abs=1e-10)
    assert found.tau2 == pytest.approx(0.0351629706816, abs=1e-12)
    assert (found.q, found.q_df) == (pytest.approx(79.36508399, abs=1e-8), 58)


@pytest.mark.real_data
def test_the_odds_ratios_are_near_those_that_were_published(linde2015: Wires) -> None:
    """Linde et al. (2015), abstract: classes better than placebo had odds ratios of 1.69 to 2.03."""
    found = analyse(linde2015)
    placebo = found.treatments.index("Placebo")
    better = [np.exp(found.effects[found.treatments.index(name), placebo])
              for name in ("TCA", "SSRI", "SNRI", "Low-dose SARI", "Hypericum")]  # fmt: skip
    assert min(better) == pytest.approx(1.69, abs=0.03)
    assert max(better) == pytest.approx(2.03, abs=0.05)


def simulated(seed: int, tau2: float) -> tuple[Trials, np.ndarray]:
    """Return arms of 60 trials of two to four of five treatments, and the true effects."""
    rng = np.random.default_rng(seed)
    truth = np.array([0.0, 0.3, 0.5, -0.2, 0.8])
    rows: list[tuple[str, str, float, float]] = []
    for trial in range(60):
        for arm in rng.choice(5, rng.integers(2, 5), replace=False):
            se = rng.uniform(0.1, 0.3)
            value = trial / 30 + truth[arm] + rng.normal(0, np.sqrt(tau2 / 2 + se**2))
            rows.append((f"t{trial}", "ABCDE"[arm], value, se))
    label, treatment, estimate, se = zip(*rows, strict=True)
    numbers = {"estimate": np.array(estimate), "se": np.array(se)}
    return Trials(label, "arm estimates", numbers, {"treatment": treatment}), truth


def test_the_network_recovers_effects_and_spread_that_were_simulated() -> None:
    spreads, covered = [], []
    for seed in range(25):
        trials, truth = simulated(seed, 0.08)
        found: Network = analyse(wires(trials)[0])
        spreads.append(found.tau2)
        away = found.effects - (truth[:, None] - truth[None, :])
        covered.append(np.abs(away[1:, 0]) <= 1.96 * found.se[1:, 0])
    assert np.mean(spreads) == pytest.approx(0.08, abs=0.015)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.05)


def test_three_trials_of_two_arms_are_worked_out_by_hand() -> None:
    """A triangle of equal wires: the direct path counts double the way round."""
    made = Wires(np.arange(3), np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([1.0, 1.0, 2.6]),
                 np.ones(3), ("a", "b", "c"), ("1", "2", "3"))  # fmt: skip
    found = analyse(made, is_random=False)
    assert found.effects[0, 2] == pytest.approx((2 * 2.6 + 2.0) / 3)
    assert found.se[0, 2] ** 2 == pytest.approx(2 / 3)
    assert found.q == pytest.approx(0.6**2 / 3)
    assert (found.within_df, found.between_df) == (0, 1)
    assert np.isnan(found.within_p)
