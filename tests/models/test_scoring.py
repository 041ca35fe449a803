"""One step of learning from a cohort: studies hold, people pull, and studies are wrong together."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.inference.cohort_state import CohortState
from twofold.inference.engine import Array
from twofold.inference.priors import MOOD_TO_HEADACHE, EffectPrior
from twofold.inference.scoring import Answers, Studies, uphill
from twofold.knowledge.claim import Claim
from twofold.knowledge.load import claims

SHARE, MIDDLE, SPREAD = 0.2, 0.4, 0.3
PEOPLE, DOUBT = 500, 0.2  # each diary knows an effect to within this SD
SURPRISE = 0.05


def study(name: str, *, m: float = MIDDLE, claim_class: str = "behaviour") -> Claim:
    return replace(claims()["stress_high"], id=name, pi=SHARE, m=m, claim_class=claim_class)


STUDIES = {f"claim {i}": study(f"claim {i}") for i in range(20)}
FIRST = CohortState(0, 0, {name: (SHARE, one.m, SPREAD) for name, one in STUDIES.items()})


def people_who(*, share: float, middle: float, spread: float, seed: int = 1) -> dict[str, Array]:
    """Return what each diary alone would say of each effect: the truth, with its doubt."""
    rng = np.random.default_rng(seed)
    size = (len(STUDIES), PEOPLE)
    real = (rng.random(size) < share) * rng.normal(middle, spread, size)
    return dict(zip(STUDIES, real + rng.normal(0, DOUBT, size), strict=True))


def answers(seen: dict[str, Array], state: CohortState) -> dict[str, Answers]:
    """Weigh what diaries say by the present hyper-parameters, exactly."""
    return {name: _weighed(one, state, name) for name, one in seen.items()}


def _weighed(seen: Array, state: CohortState, name: str) -> Answers:
    prior = EffectPrior(*state.effects[name], surprise=state.surprise)
    means, sds = np.array(prior.means), np.array(prior.sds)
    width = sds**2 + DOUBT**2
    logs = np.log(prior.weights) - 0.5 * np.log(width)
    logs = logs - 0.5 * (seen[:, None] - means) ** 2 / width
    weights = np.exp(logs - logs.max(1, keepdims=True))
    middle = (seen[:, None] * sds**2 + means * DOUBT**2) / width
    variances = np.broadcast_to(sds**2 * DOUBT**2 / width, middle.shape)
    return Answers(weights / weights.sum(1, keepdims=True), middle, variances)


def learnt(seen: dict[str, Array], told: dict[str, Claim], rounds: int = 40):  # type: ignore[no-untyped-def]
    state, studies = replace(FIRST, surprise=SURPRISE), Studies(FIRST)
    for turn in range(rounds):
        part = 1.0 if turn < 3 else 0.5
        state, studies = uphill(state, answers(seen, state), studies, told, part=part)
    return state, studies


def middles(state: CohortState) -> Array:
    return np.array([row[1] for row in state.effects.values()])


@pytest.mark.parametrize("size", [0.5, 1.0, 1.5])
def test_where_all_effects_are_larger_or_smaller_than_studies_say_the_kinds_learn_it_together(
    size: float,
) -> None:
    seen = people_who(share=SHARE, middle=size * MIDDLE, spread=size * SPREAD)
    state, studies = learnt(seen, STUDIES)
    shared, alone = middles(state), middles(learnt(seen, {})[0])
    print(f"× {size}: lean {math.exp(studies.lean[1]):.2f}, middles {shared.mean():.2f}")
    assert math.exp(studies.lean[1]) == pytest.approx(size, rel=0.35)
    errors = [float(np.abs(one - size * MIDDLE).mean()) for one in (shared, alone)]
    assert errors[0] < 0.12 and errors[0] <= errors[1] + 0.01


def test_learnt_together_small_effects_are_neither_taken_for_none_nor_for_larger_ones() -> None:
    """Alone, each claim is held to the size in its studies, and so its share falls too low."""
    seen = people_who(share=SHARE, middle=0.2, spread=0.1)
    together, alone = learnt(seen, STUDIES)[0], learnt(seen, {})[0]
    shares = [np.mean([row[0] for row in one.effects.values()]) for one in (together, alone)]
    sizes = [middles(one).mean() for one in (together, alone)]
    print(f"together {shares[0]:.2f} of {sizes[0]:.2f}, alone {shares[1]:.2f} of {sizes[1]:.2f}")
    assert abs(shares[0] - SHARE) < abs(shares[1] - SHARE)
    assert abs(sizes[0] - 0.2) < abs(sizes[1] - 0.2)


def test_one_claim_that_is_wrong_hardly_moves_the_others() -> None:
    seen = people_who(share=SHARE, middle=MIDDLE, spread=SPREAD)
    right, lean = learnt(seen, STUDIES)
    turned = {**seen, "claim 0": -seen["claim 0"]}
    wrong, other = learnt(turned, STUDIES)
    assert np.abs(middles(wrong)[1:] - middles(right)[1:]).max() < 0.03
    assert np.abs(other.lean - lean.lean).max() < 0.15
    assert wrong.effects["claim 0"][1] < right.effects["claim 0"][1] - 0.1


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("an early sign", study("claim 0", claim_class="sign")),
        ("a claim without a direction", study("claim 0", m=0.0)),
    ],
)
def test_what_has_no_size_to_share_does_not_lean(what: str, told: Claim) -> None:
    """All else at the studies, one kind is in everyone, and huge: nothing else may move by it."""
    seen = people_who(share=SHARE, middle=MIDDLE, spread=SPREAD)
    state = replace(FIRST, surprise=SURPRISE)
    alone = {name: one for name, one in seen.items() if name != "claim 0"}
    huge = {**alone, "claim 0": np.full(PEOPLE, 1.5)}
    named = {**STUDIES, "claim 0": told}
    with_it, studies = uphill(state, answers(huge, state), Studies(FIRST), named)
    without, other = uphill(state, answers(alone, state), Studies(FIRST), named)
    assert studies.lean == pytest.approx(other.lean), what
    assert with_it.effects["claim 1"] == pytest.approx(without.effects["claim 1"])
    assert with_it.effects["claim 0"][0] > without.effects["claim 0"][0]


def test_mood_is_another_question_and_does_not_lean() -> None:
    row = claims()[MOOD_TO_HEADACHE]
    state = CohortState(0, 0, {MOOD_TO_HEADACHE: (row.pi, row.m, SPREAD)}, surprise=SURPRISE)
    seen = {MOOD_TO_HEADACHE: np.random.default_rng(0).normal(0.6, 0.2, PEOPLE)}
    moved, studies = uphill(state, answers(seen, state), Studies(state), claims())
    assert studies.lean.tolist() == [0, 0]
    assert moved.effects[MOOD_TO_HEADACHE][1] > row.m


@given(st.floats(0.02, 0.6), st.floats(0.1, 0.8), st.floats(0.05, 0.6), st.integers(0, 4))
def test_whatever_few_people_say_every_number_stays_in_its_range_and_finite(
    share: float, middle: float, spread: float, count: int
) -> None:
    state = CohortState(0, 0, {"claim 0": (share, middle, spread)}, surprise=SURPRISE)
    seen = {"claim 0": np.linspace(-3, 3, count)}
    moved, studies = uphill(state, answers(seen, state), Studies(state), STUDIES)
    new = moved.effects["claim 0"]
    assert 1e-3 <= new[0] <= 0.95 and new[2] >= 0.05
    assert np.isfinite([*new, *studies.lean]).all()
    if count == 0:
        assert new == pytest.approx((share, middle, spread)) and studies.lean.tolist() == [0, 0]
