"""What the methods of this folder tell alike: intervals, units, one table, no strange option."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from twofold.errors import LabError
from twofold.lab.mr.table import Instruments
from twofold.lab.mr.tails import t_quantile, two_sided
from twofold.lab.result import Estimate

NORMAL_95 = 1.959963984540054
LEAST_DRAWS, MOST_DRAWS = 100, 1_000_000


def normal(name: str, b: float, se: float, snps: int, scale: str, note: str = "") -> Estimate:
    """Return an estimate with a normal 95 % interval and p-value."""
    reach, p = NORMAL_95 * se, float(two_sided(b / se))
    return Estimate(name, b, se, b - reach, b + reach, p, snps, scale, note)


def student(name: str, b: float, se: float, df: int, p: float, snps: int, scale: str) -> Estimate:
    """Return an estimate with the 95 % interval of Student's t."""
    reach = t_quantile(df) * se
    note = f"t with {df} degrees of freedom"
    return Estimate(name, b, se, b - reach, b + reach, p, snps, scale, note)


def scale_of(table: Instruments) -> str:
    """Return the unit of an effect of the exposure on the outcome."""
    outcome = table.outcome_unit or f"unit of {table.outcome}"
    return f"{outcome} per {table.exposure_unit or f'unit of {table.exposure}'}"


def instruments(tables: Mapping[str, Any], name: str, method: str, least: int) -> Instruments:
    """Return a table by its name.

    Raises
    ------
    LabError
        When it is not there, is another kind of table, or has too few SNPs.
    """
    table = tables.get(name)
    if not isinstance(table, Instruments):
        raise LabError(f"the method {method} needs a table of instruments, called {name}.")
    if len(table) < least:
        what = f"{method} needs {least} SNPs or more; there are {len(table)}."
        raise LabError(what, where=table.where, remedy="Find more instruments, or use plain mr.")
    return table


def known_options(options: Mapping[str, Any] | None, known: Collection[str]) -> dict[str, Any]:
    """Return the options.

    Raises
    ------
    LabError
        When one is not known.
    """
    given = dict(options or {})
    strange = sorted(set(given) - set(known))
    if strange:
        names = ", ".join(sorted(known))
        raise LabError(f"there is no option {strange[0]!r}.", remedy=f"There are: {names}.")
    return given


def draws_of(options: Mapping[str, Any], usual: int) -> tuple[int, int]:
    """Return how many draws, and the seed.

    Raises
    ------
    LabError
        When there are too few or too many, or the seed is below 0.
    """
    draws, seed = options.get("draws", usual), options.get("seed", 1)
    if not isinstance(draws, int) or not LEAST_DRAWS <= draws <= MOST_DRAWS:
        raise LabError(f"{draws} draws: choose {LEAST_DRAWS} to {MOST_DRAWS:,}.")
    if not isinstance(seed, int) or seed < 0:
        raise LabError(f"the seed is {seed!r}: choose a whole number from 0 on.")
    return draws, seed


def p_words(value: float) -> str:
    """Return a p-value for a sentence."""
    return f"{value:.2g}" if value >= 0.001 else f"{value:.1e}"
