"""The engine and its compiled form against exact Pólya–Gamma sampling, on fixed simulated people.

The thirty people with long chains are in docs/gibbs.md; here are few enough to be run every time.
"""

from __future__ import annotations

import against_gibbs
import numpy as np
import pytest
from against_gibbs import PAIRS, Asked, diary_person, pair, rmse, simulated_person
from scipy.special import ndtr

from twofold.inference.engine import Array, fit, intervals

KINDS = {"made-up rows": range(6), "diaries of the base world": range(3)}


@pytest.fixture(scope="module")
def people() -> list[Asked]:
    return [
        against_gibbs.ask(seed, kind=kind, keep=150 if seed % 3 else 100)
        for kind, seeds in KINDS.items()
        for seed in seeds
    ]


def of(people: list[Asked], name: str) -> Array:
    return np.concatenate([getattr(one, name) for one in people])


def test_the_referee_agrees_with_itself(people: list[Asked]) -> None:
    halves = rmse(*(np.concatenate([one.halves[i] for one in people]) for i in (0, 1)))
    print(f"the referee's halves: RMSE {halves:.4f}")
    assert halves <= 0.006


@pytest.mark.parametrize("form", ["engine", "kernel"])
def test_the_chance_that_an_effect_is_real_agrees_with_exact_sampling_within_two_points(
    people: list[Asked], form: str
) -> None:
    off = of(people, form) - of(people, "exact")
    print(f"P(real), {form}: RMSE {rmse(off, 0):.4f}, largest difference {np.abs(off).max():.3f}")
    assert rmse(off, 0) <= 0.01  # the issue asks for 0.012
    assert np.abs(off).max() <= 0.05


def test_the_estimated_effects_agree_with_exact_sampling_within_a_quarter_of_their_spread(
    people: list[Asked],
) -> None:
    off = of(people, "mean_off")
    assert rmse(off, 0) <= 0.06
    assert np.abs(off).max() <= 0.25


def test_the_referee_finds_an_engine_with_other_beliefs_out() -> None:
    x, y, prior = diary_person(2)
    told = against_gibbs.ask(2, kind="diaries of the base world", keep=60)
    sure = prior.weights.copy()
    sure[:, 0], sure[:, 1] = sure[:, 0] - 0.1, sure[:, 1] + 0.1
    other = type(prior)(**{**vars(prior), "weights": sure})
    quick = fit(x[None], y[None], prior=other, likelihood="logistic")
    assert rmse(quick.p_real[0], told.exact) > 0.03


def test_two_factors_with_the_same_days_are_weighed_together_as_quadrature_weighs_them() -> None:
    """Singly they are up to a quarter off (docs/gibbs.md): a known weakness of single sites."""
    for told in PAIRS.values():
        for seed in (2, 6):
            found = pair(seed, told)
            assert np.allclose(found.together, found.exact, atol=0.02), (seed, found)
            assert np.allclose(found.engine, found.exact[:2], atol=0.25), (seed, found)


def test_the_interval_of_a_candidate_holds_ninety_five_percent_of_its_mixture() -> None:
    x, y, prior = simulated_person(5)
    posterior = fit(x[None], y[None], prior=prior, likelihood="logistic")
    ends = intervals(posterior)[0]
    spread = np.sqrt(posterior.variances[0])[:, None]
    below = ndtr((ends[..., None] - posterior.means[0][:, None]) / spread)
    share = (posterior.weights[0][:, None] * below).sum(-1)
    assert np.allclose(share, [0.025, 0.975], atol=1e-6)
