"""Tomorrow and the next 28 days: shown only where they have already worked, always with a band."""

from __future__ import annotations

import numpy as np
import pytest
from spec.inference_tables import NAN, strip, table_of, year
from worlds import WORLDS, simulate

from twofold.daytable import DayTable
from twofold.inference.burden import burden
from twofold.inference.forecast import forward_chained, running_rate, tomorrow
from twofold.knowledge.load import claims


def telling(seed: int = 11) -> DayTable:
    """Return a diary in which one rating tells much of the next day."""
    return year(seed, effect=2.0)


def test_tomorrow_is_shown_when_it_has_beaten_the_running_rate() -> None:
    found = tomorrow(telling(), claims())
    assert found.refusal is None and found.skill is not None and found.skill > 0.05
    assert found.effect is not None and found.usual is not None
    assert 0 <= found.effect.low < found.effect.value < found.effect.high <= 1


@pytest.mark.parametrize(("effect", "named"), [(1.4, ("rating",)), (-1.4, ())])
def test_only_what_is_there_today_is_named_behind_a_forecast(
    effect: float, named: tuple[str, ...]
) -> None:
    table = year(11, days=365, effect=effect)
    towards = np.where(table["headache"] == 0, np.sign(effect) * table["factor.rating"], -9)
    worst = 300 + int(np.argmax(towards[300:]))
    found = tomorrow(table.rows(0, worst + 1), claims())
    assert found.effect is not None and found.effect.value > 0.6
    assert found.drivers == named


def test_where_nothing_tells_tomorrow_only_the_usual_rate_is_given() -> None:
    rng = np.random.default_rng(0)
    table = table_of((rng.random(200) < 0.3).astype(float), factors={"noise": rng.random(200)})
    found = tomorrow(table, claims())
    assert found.refusal is not None and found.refusal.reason == "no_skill"
    assert found.effect is None and found.drivers == ()
    assert found.usual == pytest.approx(table["headache"].mean())


def test_a_forecast_never_sees_the_day_that_it_forecasts() -> None:
    table = telling()
    later = {name: column.copy() for name, column in table.columns.items()}
    for column in later.values():
        column[200:] = column[200:][::-1]
    one = forward_chained(table, claims())
    other = forward_chained(DayTable(later, table.labels, False, table.factors), claims())
    assert one is not None and other is not None
    assert np.allclose(one.chance[:165], other.chance[:165], atol=1e-3)


def test_weather_of_the_day_itself_does_not_help_to_forecast_it() -> None:
    table = telling()
    told = dict(claims())
    infos = tuple(
        type(one)(one.column, one.label, "weather_heat" if one.label == "rating" else None)
        for one in table.factors
    )
    shifted = np.append([NAN], table["factor.rating"][:-1])
    columns = {**table.columns, "factor.rating": shifted}
    scores = forward_chained(DayTable(columns, table.labels, False, infos), told)
    assert scores is not None and not scores.is_beyond_noise


def test_the_running_rate_counts_known_days_only() -> None:
    rate = running_rate(table_of(strip("#?.#")))
    assert rate == pytest.approx([0.75, 0.75, 0.5, 2.5 / 4])


@pytest.mark.parametrize(
    ("headache", "reason"),
    [
        ("..#" * 9, "too_few_days"),
        ("..#" * 12, "too_few_days"),
        ("..#" * 40 + "?", "recent_unknown"),
        ("..#" * 40 + "?" * 14, "too_many_missing"),
    ],
)
def test_tomorrow_is_refused_with_a_reason(headache: str, reason: str) -> None:
    refusal = tomorrow(table_of(strip(headache)), claims()).refusal
    assert refusal is not None and refusal.reason == reason


def test_the_next_twenty_eight_days_fall_inside_their_interval_as_often_as_it_says() -> None:
    inside, early = [], []
    for days in (90, 180):
        lives = simulate(WORLDS["base"], people=120, days=days, seed=days + 1)
        for person, lived in enumerate(lives.truth.headache):
            found = burden(lives.table(person))
            if found.effect is not None and found.refusal is None:
                came = lived[days:].sum()
                inside.append(found.effect.low <= came <= found.effect.high)
                early.append(found.effect.high - found.effect.low)
    print(f"28 days ahead: {np.mean(inside):.3f} inside, width {np.mean(early):.1f} days")
    assert len(inside) > 200
    assert np.mean(inside) >= 0.92
