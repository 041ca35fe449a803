"""The engine against exact Pólya–Gamma sampling of the same model, on fixed simulated people."""

from __future__ import annotations

import numpy as np
import pytest
from models.gibbs import p_real_and_mean
from scipy.special import expit

from twofold.inference.engine import Array, Prior, fit, intervals
from twofold.inference.priors import EffectPrior, mixture

# Rows at risk in diaries of about 90, 180 and 365 days.
ROWS = (60, 120, 240)
CANDIDATES = (12, 16, 20, 24)
NUISANCES = 5


def simulated_person(seed: int) -> tuple[Array, Array, Prior]:
    """Return rows, onsets and prior: correlated and rare candidates, three of them real."""
    rng = np.random.default_rng(seed)
    n, q = ROWS[seed % 3], CANDIDATES[seed % 4]
    factors = rng.standard_normal((n, q))
    for j in range(1, q, 3):
        factors[:, j] = 0.6 * factors[:, j - 1] + 0.8 * factors[:, j]
    for j in range(0, q, 4):
        factors[:, j] = factors[:, j] > 0.8
    factors = (factors - factors.mean(0)) / factors.std(0)
    after = rng.random((n, 2)) < 0.2
    trend, share = np.linspace(-1.7, 1.7, n), rng.standard_normal(n)
    x = np.column_stack([np.ones(n), after, trend, share, factors])
    effects = rng.normal(0.5, 0.2, 3)
    real = rng.choice(q, 3, replace=False) + NUISANCES
    eta = -1.7 - 0.4 * x[:, 1] + 0.3 * x[:, 4] + x[:, real] @ effects
    return x, (rng.random(n) < expit(eta)).astype(float), _prior(rng, q)


def _prior(rng: np.random.Generator, q: int) -> Prior:
    k = NUISANCES + q
    pi, m = rng.choice([0.07, 0.12, 0.17, 0.2], q), rng.choice([0, 0.2, 0.3, 0.4], q)
    precision = np.zeros((k, k))
    precision[range(NUISANCES), range(NUISANCES)] = [1 / 2.25, 4, 4, 11, 11]
    mean = np.zeros(k)
    mean[0] = -1.5
    told = [EffectPrior(float(a), float(b), 0.3) for a, b in zip(pi, m, strict=True)]
    return Prior(mean, precision, np.arange(NUISANCES, k), *mixture(told))


@pytest.fixture(scope="module")
def differences() -> dict[str, Array]:
    chance, mean = [], []
    for seed in range(12):
        x, y, prior = simulated_person(seed)
        quick = fit(x[None], y[None], prior=prior, likelihood="logistic")
        assert quick.converged.all()
        exact, middle, spread = p_real_and_mean(x, y, prior, seed=seed, chains=48, keep=110)
        chance.append(quick.p_real[0] - exact)
        mean.append((quick.mean[0] - middle) / spread)
    return {"chance": np.concatenate(chance), "mean": np.concatenate(mean)}


def test_the_chance_that_an_effect_is_real_agrees_with_exact_sampling_within_two_points(
    differences: dict[str, Array],
) -> None:
    rmse = float(np.sqrt((differences["chance"] ** 2).mean()))
    worst = float(np.abs(differences["chance"]).max())
    print(f"P(real): RMSE {rmse:.4f}, largest difference {worst:.3f}")
    assert rmse <= 0.01  # the issue asks for 0.02, the statistics sheet's goal is 0.01
    assert worst <= 0.05


def test_the_estimated_effects_agree_with_exact_sampling_within_a_quarter_of_their_spread(
    differences: dict[str, Array],
) -> None:
    assert float(np.sqrt((differences["mean"] ** 2).mean())) <= 0.05
    assert float(np.abs(differences["mean"]).max()) <= 0.25


def test_the_interval_of_a_candidate_holds_ninety_five_percent_of_its_mixture() -> None:
    from scipy.special import ndtr

    x, y, prior = simulated_person(5)
    posterior = fit(x[None], y[None], prior=prior, likelihood="logistic")
    ends = intervals(posterior)[0]
    spread = np.sqrt(posterior.variances[0])[:, None]
    below = ndtr((ends[..., None] - posterior.means[0][:, None]) / spread)
    share = (posterior.weights[0][:, None] * below).sum(-1)
    assert np.allclose(share, [0.025, 0.975], atol=1e-6)
