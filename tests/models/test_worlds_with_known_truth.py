"""In simulated worlds, what is called clear is true, and what is said to be unsure is unsure."""

from __future__ import annotations

import pytest
from models.tally import Tally, tally, wilson
from models.worlds import people

from twofold.knowledge.load import claims

BASE_180, BASE_365, NULL_365 = "base, 180 days", "base, 365 days", "null, 365 days"


@pytest.fixture(scope="module")
def worlds() -> dict[str, Tally]:
    told = claims()
    made = {
        BASE_180: people(told, count=160, days=180, seed=180),
        BASE_365: people(told, count=200, days=365, seed=365),
        NULL_365: people(told, count=120, days=365, seed=999, is_null=True),
    }
    counted = {name: tally(world, told) for name, world in made.items()}
    for name, one in counted.items():
        print(one.line(name))
    return counted


def test_every_person_of_every_world_gets_a_settled_answer(worlds: dict[str, Tally]) -> None:
    assert [one.unsettled for one in worlds.values()] == [0, 0, 0]


def test_at_most_one_in_ten_of_the_clear_factors_is_false(worlds: dict[str, Tally]) -> None:
    assert worlds[BASE_365].claims >= 30
    assert worlds[BASE_365].fdr <= 0.10
    half_a_year = worlds[BASE_180]  # too few are clear for the share itself to say much
    assert wilson(half_a_year.false_claims, half_a_year.claims)[0] <= 0.10


def test_a_year_finds_some_of_what_is_there(worlds: dict[str, Tally]) -> None:
    assert worlds[BASE_365].power >= 0.05


def test_where_nothing_comes_before_headaches_nearly_nobody_is_told_otherwise(
    worlds: dict[str, Tally],
) -> None:
    null = worlds[NULL_365]
    assert null.people_with_false_claim <= 0.02 * null.people


def test_signs_and_ambiguous_factors_are_never_clear(worlds: dict[str, Tally]) -> None:
    for one in worlds.values():
        assert ("sign", "established") not in one.words
        assert ("ambiguous", "established") not in one.words


def test_intervals_hold_the_truth_as_often_as_they_say(worlds: dict[str, Tally]) -> None:
    for name in (BASE_180, BASE_365):
        one = worlds[name]
        assert one.inside / one.intervals >= 0.94
        assert one.inside_likely / one.intervals_likely >= 0.90


def test_a_chance_that_is_said_is_not_more_than_the_share_that_is_true(
    worlds: dict[str, Tally],
) -> None:
    for name in (BASE_180, BASE_365):
        for count, said, true in worlds[name].bins((0.0, 0.1, 0.2, 0.5, 0.8, 1.01)):
            noise = 2 * (said * (1 - said) / count) ** 0.5
            assert said <= true + 0.05 + noise, (name, count, said, true)


def test_false_arrows_between_mood_and_headache_are_rare(worlds: dict[str, Tally]) -> None:
    """People whose mood dips as a first sign are counted apart: no diary can tell them."""
    harm = [p for one in worlds.values() for p in one.harm_when_not]
    carry = [p for one in worlds.values() for p in one.carry_when_not]
    assert sum(p > 0.8 for p in harm) <= 0.03 * len(harm)
    assert sum(p > 0.8 for p in carry) <= 0.03 * len(carry)


def test_a_year_shows_the_carry_over_of_headaches_to_mood_in_many_who_have_it(
    worlds: dict[str, Tally],
) -> None:
    found = worlds[BASE_365].carry_when_so
    assert sum(p > 0.8 for p in found) >= 0.35 * len(found)
