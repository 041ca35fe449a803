"""What would the whole be if the suspicious numbers were left out, or meant something else?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twofold.lab.meta.effects import Effects, effects
from twofold.lab.meta.table import KINDS, Trials
from twofold.lab.meta.units import SE_AS_SD, VARIANCE_AS_SE, Flag, flagged_rows, small_spreads

LEFT_OUT = "without the flagged rows"
AS_SE = "flagged spreads read as standard errors"
AS_VARIANCE = "standard errors read as variances"


def other_readings(found: Effects, flags: tuple[Flag, ...], zeros: str) -> dict[str, Effects]:
    """Return the effects under each other reading that the flags suggest, by its name."""
    trials, made = found.trials, {}
    flagged = flagged_rows(trials, flags)
    if flagged.any() and not flagged.all():
        made[LEFT_OUT] = effects(trials.take(~flagged), found.measure, zeros=zeros)
    kinds = {one.kind for one in flags}
    if SE_AS_SD in kinds:
        made[AS_SE] = effects(spreads_from_errors(trials), found.measure, zeros=zeros)
    if VARIANCE_AS_SE in kinds:
        made[AS_VARIANCE] = effects(errors_from_variances(trials), found.measure, zeros=zeros)
    return made


def spreads_from_errors(trials: Trials) -> Trials:
    """Return the table with every implausibly small spread multiplied by √n."""
    numbers = dict(trials.numbers)
    for name, (small, _) in small_spreads(trials).items():
        grown = numbers[name] * np.sqrt(numbers[name.replace("sd", "total")])
        numbers[name] = np.where(small, grown, numbers[name])
    return replace(trials, numbers=numbers)


def errors_from_variances(trials: Trials) -> Trials:
    """Return the table with the root of every standard error."""
    assert "se" in KINDS[trials.kind]
    return replace(trials, numbers={**trials.numbers, "se": np.sqrt(trials.numbers["se"])})
