"""The engine against textbook answers, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from twofold.inference.engine import Array, Prior, draw, fit, intervals, joint_weights
from twofold.inference.priors import EffectPrior, mixture

NONE = np.zeros((0, 3))


def gaussian_prior(k: int, sd: float = 0.7) -> Prior:
    precision = np.eye(k) / sd**2
    return Prior(np.zeros(k), precision, np.zeros(0, dtype=np.intp), NONE, NONE, NONE)


def candidate_prior(q: int, pi: float = 0.15, m: float = 0.3) -> Prior:
    """One constant and ``q`` candidates."""
    precision = np.zeros((q + 1, q + 1))
    precision[0, 0] = 0.4
    told = [EffectPrior(pi, m, 0.3)] * q
    return Prior(np.zeros(q + 1), precision, np.arange(1, q + 1), *mixture(told))


def rows(n: int, k: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.standard_normal((n, k - 1))])
    return x, rng.random(n)


def test_without_candidates_the_gaussian_answer_is_ridge_regression() -> None:
    x, _ = rows(80, 5, 1)
    y = x @ np.array([0.2, 1.0, 0.0, -0.5, 0.1]) + np.random.default_rng(2).standard_normal(80)
    found = fit(x[None], y[None], prior=gaussian_prior(5), likelihood="gaussian")
    inside = x.T @ x / found.noise[0] + np.eye(5) / 0.49
    assert np.allclose(found.mean[0], np.linalg.solve(inside, x.T @ y / found.noise[0]), atol=1e-3)
    assert np.allclose(found.covariance[0], np.linalg.inv(inside), atol=1e-3)
    assert 0.7 < found.noise[0] < 1.4


def test_with_many_rows_the_logistic_answer_is_penalised_maximum_likelihood() -> None:
    x, u = rows(4000, 4, 3)
    y = (u < 1 / (1 + np.exp(-x @ np.array([-1.0, 0.5, -0.3, 0.0])))).astype(float)

    def loss(beta: Array) -> float:
        eta = x @ beta
        return float(np.logaddexp(0, eta).sum() - y @ eta + (beta**2).sum() / (2 * 0.49))

    best = minimize(loss, np.zeros(4), method="BFGS")
    found = fit(x[None], y[None], prior=gaussian_prior(4), likelihood="logistic")
    assert np.allclose(found.mean[0], best.x, atol=0.005)
    chance = 1 / (1 + np.exp(-x @ best.x))
    inside = (x.T * (chance * (1 - chance))) @ x + np.eye(4) / 0.49
    assert np.allclose(found.covariance[0], np.linalg.inv(inside), rtol=0.02, atol=1e-5)


def test_without_rows_the_answer_is_the_prior() -> None:
    prior = candidate_prior(3)
    found = fit(np.zeros((1, 0, 4)), np.zeros((1, 0)), prior=prior, likelihood="logistic")
    assert found.converged.all()
    assert np.allclose(found.p_real, 0.15, atol=1e-6)


def test_a_row_of_weight_zero_is_a_row_that_is_not_there() -> None:
    x, u = rows(60, 4, 4)
    y = (u < 0.3).astype(float)
    weight = (np.arange(60) < 40).astype(float)[None]
    prior = candidate_prior(3)
    some = fit(x[None], y[None], prior=prior, likelihood="logistic", weight=weight)
    few = fit(x[None, :40], y[None, :40], prior=prior, likelihood="logistic")
    assert np.allclose(some.p_real, few.p_real, atol=1e-6)


def test_many_people_at_once_get_the_answers_they_get_alone() -> None:
    pairs = [rows(70, 4, seed) for seed in range(5)]
    x = np.stack([one for one, _ in pairs])
    y = np.stack([(u < 0.3).astype(float) for _, u in pairs])
    together = fit(x, y, prior=candidate_prior(3), likelihood="logistic", settled=1e-7)
    for i in range(5):
        alone = fit(x[[i]], y[[i]], prior=candidate_prior(3), likelihood="logistic", settled=1e-7)
        assert np.allclose(together.p_real[i], alone.p_real[0], atol=1e-5)


def test_headaches_that_one_factor_tells_perfectly_still_give_finite_numbers() -> None:
    rng = np.random.default_rng(5)
    factor = (rng.random(100) < 0.3).astype(float)
    x = np.column_stack([np.ones(100), (factor - 0.3) / 0.46])
    found = fit(x[None], factor[None], prior=candidate_prior(1), likelihood="logistic")
    assert found.converged.all()
    assert np.isfinite(intervals(found)).all()
    assert found.p_real[0, 0] > 0.99


def test_two_copies_of_one_factor_share_the_doubt_and_together_are_sure() -> None:
    rng = np.random.default_rng(6)
    factor = rng.standard_normal(150)
    y = (rng.random(150) < 1 / (1 + np.exp(1.5 - 0.8 * factor))).astype(float)
    x = np.column_stack([np.ones(150), factor, factor])
    prior = candidate_prior(2)
    found = fit(x[None], y[None], prior=prior, likelihood="logistic")
    weights, _, _ = joint_weights(found, prior, (0, 1))
    assert np.allclose(found.p_real[0, 0], found.p_real[0, 1], atol=1e-6)
    assert 1 - weights[0, 0] > 0.95
    assert found.p_real[0, 0] < 1 - weights[0, 0]


def test_draws_have_the_mean_and_spread_of_the_answer() -> None:
    x, u = rows(90, 4, 7)
    found = fit(
        x[None], (u < 0.3)[None].astype(float), prior=gaussian_prior(4), likelihood="logistic"
    )
    drawn = draw(found, 0, count=40000, rng=np.random.default_rng(0))
    assert np.allclose(drawn.mean(0), found.mean[0], atol=0.02)
    assert np.allclose(np.cov(drawn.T), found.covariance[0], atol=0.01)


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_row_with_an_unknown_number_is_a_bug_and_not_an_answer(broken: float) -> None:
    x = np.ones((1, 5, 2))
    x[0, 2, 1] = broken
    with pytest.raises(ValueError, match="unknown day has no row"):
        fit(x, np.zeros((1, 5)), prior=gaussian_prior(2), likelihood="logistic")


def test_rows_that_do_not_fit_the_prior_are_a_bug() -> None:
    with pytest.raises(ValueError, match="prior is for 3 columns"):
        fit(np.ones((1, 5, 2)), np.zeros((1, 5)), prior=gaussian_prior(3), likelihood="logistic")
