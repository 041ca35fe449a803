"""A forecast of an early day must not change when later days are added to the diary."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from real import kossakowski, oura, weather
from worlds import WORLDS, simulate

from twofold.inference.forecast import forward_chained
from twofold.knowledge.load import claims


@pytest.mark.parametrize("module", [kossakowski, oura, weather])
def test_a_real_forecast_does_not_change_when_later_days_are_added(
    module: ModuleType, shared_data: Path
) -> None:
    table = module.read(shared_data).people[0].table
    table = table.rows(0, min(len(table), 394))  # as long as fits come weekly
    whole = forward_chained(table, claims())
    assert whole is not None
    for stop in range(45, len(table), 37):
        early = forward_chained(table.rows(0, stop), claims())
        assert early is not None
        gap = np.abs(early.chance - whole.chance[: len(early.chance)])
        assert gap.max() < 0.02, stop


def test_a_forecast_does_not_change_when_later_days_bring_enough_written_moods() -> None:
    lived = simulate(WORLDS["base"], people=4, days=100, seed=8090)
    for person in range(4):
        table = lived.table(person)
        whole, early = (forward_chained(one, claims()) for one in (table, table.rows(0, 55)))
        assert whole is not None and early is not None
        assert np.abs(early.chance - whole.chance[: len(early.chance)]).max() < 0.02
