"""A meta-analysis against truth that was simulated, and against slower ways to the same number.

The long runs, with coverage in many settings, are in ``bench/lab_meta.py``; these are small.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import ndtr

from twofold.lab.meta.bias import egger, kendall, trim_and_fill
from twofold.lab.meta.heterogeneity import METHODS, cochran_q, q_profile, tau2
from twofold.lab.meta.pooled import coefficients, pool
from twofold.lab.meta.weighting import fit, forms, traces

RANDOM = [name for name in METHODS if name not in ("FE", "EE", "CE")]


def worlds(count: int, k: int, truth: float, t2: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Simulate meta-analyses: (count, k) effects and variances of trials of 20 to 300 people."""
    rng = np.random.default_rng(seed)
    v = 4 / rng.integers(20, 300, (count, k))
    return rng.normal(truth, np.sqrt(v + t2)), v


def restricted_likelihood(y: np.ndarray, v: np.ndarray, t2: np.ndarray) -> np.ndarray:
    """Return the restricted log-likelihood at each tau², written out with dense matrices."""
    found = []
    for one in t2:
        w = np.diag(1 / (v + one))
        x = np.ones((len(y), 1))
        gram = x.T @ w @ x
        left = y - (x @ np.linalg.solve(gram, x.T @ w @ y))
        found.append(np.log(np.diag(w)).sum() - np.log(np.linalg.det(gram)) - left @ w @ left)
    return 0.5 * np.array(found)


def test_reml_and_ml_find_the_top_of_their_likelihoods() -> None:
    y, v = worlds(30, 8, 0.3, 0.05, seed=1)
    found = tau2(y, v, "REML")
    for row in range(8):
        grid = np.concatenate([[0.0], np.geomspace(1e-4, 3, 200), [found[row]]])
        values = restricted_likelihood(y[row], v[row], grid)
        assert values[-1] >= values.max() - 1e-10
    most = tau2(y, v, "ML")
    for row in range(len(y)):
        grid = np.concatenate([[0.0], np.geomspace(1e-6, 3, 3000), [most[row]]])
        w = 1 / (v[row] + grid[:, None])
        mean = (w * y[row]).sum(1) / w.sum(1)
        values = 0.5 * (np.log(w).sum(1) - (w * (y[row] - mean[:, None]) ** 2).sum(1))
        assert values[-1] >= values.max() - 1e-10


@pytest.mark.parametrize("method", RANDOM)
def test_many_at_once_are_what_each_is_alone(method: str) -> None:
    y, v = worlds(40, 7, 0.1, 0.1, seed=2)
    alone = [float(tau2(y[row], v[row], method)) for row in range(len(y))]
    np.testing.assert_allclose(tau2(y, v, method), alone, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("method", RANDOM)
def test_each_estimator_recovers_the_spread_that_was_simulated(method: str) -> None:
    y, v = worlds(1500, 40, 0.3, 0.1, seed=3)
    assert np.median(tau2(y, v, method)) == pytest.approx(0.1, abs=0.015)


def test_a_design_of_ones_is_the_plain_mean() -> None:
    y, v = worlds(5, 9, 0.2, 0.05, seed=4)
    X = np.ones((9, 1))
    for method in RANDOM:
        np.testing.assert_allclose(tau2(y, v, method, X), tau2(y, v, method), rtol=1e-9)
    np.testing.assert_allclose(traces(1 / v, X, v), traces(1 / v, None, v), rtol=1e-12)


def test_the_sums_are_those_of_the_dense_matrix() -> None:
    rng = np.random.default_rng(5)
    y, w, d = rng.normal(size=7), rng.uniform(0.5, 3, 7), rng.uniform(0.5, 3, 7)
    X = np.column_stack([np.ones(7), rng.normal(size=(7, 2))])
    W = np.diag(w)
    P = W - W @ X @ np.linalg.solve(X.T @ W @ X, X.T @ W)
    dense = (y @ P @ y, y @ P @ P @ y, y @ P @ P @ P @ y)
    np.testing.assert_allclose(forms(y, w, X), dense)
    D = np.diag(d)
    np.testing.assert_allclose(traces(w, X, d), (np.trace(P @ D), np.trace(P @ D @ P @ D)))


def test_the_q_profile_ends_where_q_meets_its_quantiles() -> None:
    from scipy.special import chdtri

    y, v = worlds(20, 12, 0.3, 0.2, seed=6)
    low, high = q_profile(y, v)
    upper = forms(y, 1 / (v + high[:, None]))[0]
    np.testing.assert_allclose(upper, chdtri(11, 0.975), rtol=1e-9)
    lower, inside = forms(y, 1 / (v + low[:, None]))[0], low > 0
    np.testing.assert_allclose(lower[inside], chdtri(11, 0.025), rtol=1e-9)
    assert np.all(cochran_q(y, v)[~inside] <= chdtri(11, 0.025) + 1e-9)


@pytest.mark.parametrize(
    ("k", "t2"), [(5, 0.05), (10, 0.2), (20, 0.0)], ids=["few", "spread", "one truth"]
)
def test_hartung_and_knapps_interval_holds_the_truth_19_times_of_20(k: int, t2: float) -> None:
    y, v = worlds(4000, k, 0.3, t2, seed=7)
    found = coefficients(y, v, "REML", test="HK")
    covered = np.mean((found.low[:, 0] <= 0.3) & (found.high[:, 0] >= 0.3))
    assert covered == pytest.approx(0.95, abs=0.015)


def test_the_normal_interval_is_too_narrow_with_five_trials() -> None:
    y, v = worlds(4000, 5, 0.3, 0.2, seed=8)
    found = coefficients(y, v, "DL", test="z")
    assert np.mean((found.low[:, 0] <= 0.3) & (found.high[:, 0] >= 0.3)) < 0.92


def test_eggers_test_errs_one_time_of_20_where_nothing_is_missing() -> None:
    y, v = worlds(600, 15, 0.3, 0.02, seed=9)
    small = [egger(y[row], v[row], model="weighted").p < 0.05 for row in range(len(y))]
    assert np.mean(small) == pytest.approx(0.05, abs=0.03)


def test_trim_and_fill_finds_some_of_those_that_were_taken_away() -> None:
    """Duval and Tweedie's own world: of 40 trials around 0 the 8 that lie furthest left are gone."""
    rng = np.random.default_rng(10)
    missing, filled, plain = [], [], []
    for _ in range(60):
        v = 4 / rng.integers(20, 400, 40)
        y = rng.normal(0.0, np.sqrt(v))
        seen = np.argsort(y)[8:]
        found = trim_and_fill(y[seen], v[seen], "FE", side="left")
        missing.append(found.missing)
        filled.append(found.pooled.estimate)
        plain.append(pool(y[seen], v[seen], "FE", test="z").estimate)
    assert 1 <= np.mean(missing) <= 8  # it is known to find too few
    assert 0 < np.mean(filled) < np.mean(plain)


def test_kendalls_p_is_the_share_of_all_orders_that_are_as_far_from_chance() -> None:
    rng = np.random.default_rng(11)
    i, j = np.triu_indices(6, 1)
    for round_to in (None, 0):
        x, y = rng.normal(size=6), rng.normal(size=6)
        if round_to is not None:
            x, y = np.round(x), np.round(y * 2)
        every = np.array([x[list(order)] for order in permutations(range(6))])
        scores = (np.sign(every[:, i] - every[:, j]) * np.sign(y[i] - y[j])).sum(1)
        score = float((np.sign(x[i] - x[j]) * np.sign(y[i] - y[j])).sum())
        if round_to is None:
            expected = min(1.0, float(np.mean(np.abs(scores) >= abs(score))))
        else:  # the normal one: with the exact variance of the score, ties and all
            expected = float(2 * ndtr(-abs(score) / scores.std()))
        assert kendall(x, y)[1] == pytest.approx(expected, rel=1e-9)


EFFECTS = arrays(float, 6, elements=st.floats(-3, 3))
VARIANCES = arrays(float, 6, elements=st.floats(0.01, 4))


@settings(max_examples=40)
@given(EFFECTS, VARIANCES, st.sampled_from(RANDOM), st.floats(-5, 5))
def test_a_shift_of_all_effects_shifts_the_whole_and_nothing_else(
    y: np.ndarray, v: np.ndarray, method: str, by: float
) -> None:
    here, there = (pool(one, v, method, test="HK with floor") for one in (y, y + by))
    assert there.estimate == pytest.approx(here.estimate + by, abs=1e-6)
    assert there.tau2 == pytest.approx(here.tau2, abs=1e-6)
    assert there.se == pytest.approx(here.se, abs=1e-6)


@settings(max_examples=40)
@given(EFFECTS, VARIANCES, st.sampled_from(RANDOM))
def test_the_spread_is_never_negative_and_the_whole_lies_among_the_trials(
    y: np.ndarray, v: np.ndarray, method: str
) -> None:
    found = pool(y, v, method, test="HK")
    assert found.tau2 >= 0
    assert y.min() - 1e-9 <= found.estimate <= y.max() + 1e-9
    assert fit(y, 1 / v).residuals.shape == (6,)
