"""What the methods share: their options, and the one table that they want."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twofold.errors import LabError
from twofold.lab.meta.table import Trials


def asked_for(options: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option, those not given as they are without.

    Raises
    ------
    LabError
        When there is no such option.
    """
    for name in options:
        if name not in known:
            raise LabError(
                f"there is no option {name!r}.", remedy=f"There are: {', '.join(known)}."
            )
    return {**known, **options}


def one_table(tables: Mapping[str, Any]) -> Trials:
    """Return the one table of trials.

    Raises
    ------
    LabError
        When there is another number of tables, or another kind.
    """
    found = list(tables.values())
    if len(found) != 1 or not isinstance(found[0], Trials):
        raise LabError("a meta-analysis wants one trial table.", remedy="Read it with trial-table.")
    return found[0]
