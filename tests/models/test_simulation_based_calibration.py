"""Asked about truths drawn from its own prior, the engine says what is so, as often as it says.

The full figures are in docs/sbc.md; here are few enough draws to be run every time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sbc
from sbc import Design, Ranks

UNLIKELY = 1e-3


@pytest.fixture(scope="module")
def asked() -> dict[str, tuple[Design, Ranks]]:
    designs = {"onset": sbc.onset_design(300, 90, 41), "mood": sbc.mood_design(900, 90, 42)}
    return {name: (design, sbc.rank(design, 43)) for name, design in designs.items()}


@pytest.mark.parametrize("name", ["onset", "mood"])
def test_the_truth_stands_anywhere_in_its_posterior_with_equal_chance(
    name: str, asked: dict[str, tuple[Design, Ranks]]
) -> None:
    _, ranks = asked[name]
    assert ranks.settled.all()
    for places in (ranks.nuisances, ranks.candidates):
        assert sbc.chance_if_uniform(places) > UNLIKELY, sbc.histogram(places)
        each = [sbc.chance_if_uniform(column) for column in places.T]
        assert min(each) > UNLIKELY / len(each)


@pytest.mark.parametrize("name", ["onset", "mood"])
def test_the_central_95_of_each_posterior_hold_95_of_the_truths(
    name: str, asked: dict[str, tuple[Design, Ranks]]
) -> None:
    _, ranks = asked[name]
    for places in (ranks.nuisances, ranks.candidates):
        noise = np.sqrt(0.95 * 0.05 / places.size)
        assert sbc.covered(places) == pytest.approx(0.95, abs=0.005 + 3 * noise)


@pytest.mark.parametrize("name", ["onset", "mood"])
def test_of_effects_said_to_be_real_with_a_chance_that_share_is_real(
    name: str, asked: dict[str, tuple[Design, Ranks]]
) -> None:
    _, ranks = asked[name]
    for count, said, true in sbc.said_and_true(ranks):
        noise = np.sqrt(said * (1 - said) / count)
        assert abs(said - true) < 0.01 + 3 * noise, (count, said, true)


def test_an_engine_that_believes_too_narrowly_is_found_out() -> None:
    """The check itself: the same engine, told that nuisances vary half as much as they do."""
    design = sbc.onset_design(150, 90, 44)
    narrow = replace(design.prior, precision=design.prior.precision * 4)
    assert sbc.chance_if_uniform(sbc.rank(design, 45, told=narrow).nuisances) < UNLIKELY
    assert sbc.chance_if_uniform(sbc.rank(design, 45).nuisances) > UNLIKELY


def test_an_engine_that_expects_too_many_effects_is_found_out() -> None:
    design = sbc.onset_design(150, 90, 46)
    real = np.minimum(3 * (1 - design.prior.weights[:, :1]), 0.9)
    shares = np.array([0.75, 0.25])
    told = replace(design.prior, weights=np.hstack([1 - real, real * shares]))
    ranks = sbc.rank(design, 47, told=told)
    assert ranks.said.mean() > 1.5 * ranks.real.mean()
    assert sbc.rank(design, 47).said.mean() == pytest.approx(ranks.real.mean(), rel=0.15)
