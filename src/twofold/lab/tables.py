"""What every table of the lab shares: it is checked at birth, row by row, and says the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError

Column = NDArray[np.float64]
MOST_TOLD = 5


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row, and what to try.

    Parameters
    ----------
    row : int or None
        Counted from 1 without the header; ``None`` for the table as a whole.
    what, remedy : str
    """

    row: int | None
    what: str
    remedy: str

    def sentence(self) -> str:
        """Return it as one line."""
        place = "" if self.row is None else f"row {self.row}: "
        return f"{place}{self.what} {self.remedy}".strip()


def refuse(problems: Iterable[Problem], *, where: str = "") -> None:
    """Refuse a table that has problems, naming the first few rows and how many more there are.

    Raises
    ------
    LabError
        When there is at least one problem.
    """
    found = list(problems)
    if not found:
        return
    told = " ".join(one.sentence() for one in found[:MOST_TOLD])
    more = f" And {len(found) - MOST_TOLD} more." if len(found) > MOST_TOLD else ""
    raise LabError(told + more, where=where)


def column(values: Any, *, name: str, rows: int | None = None) -> Column:
    """Return a one-dimensional column of float64, read-only; missing is ``nan``.

    Raises
    ------
    LabError
        When it is no column of numbers, or has another length than the table.
    """
    try:
        made = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise LabError(f"{name} holds something that is no number.") from None
    if made.ndim != 1 or (rows is not None and len(made) != rows):
        raise LabError(f"{name} has {made.shape} values where {rows} are wanted.")
    made.flags.writeable = False
    return made


def rows_where(mask: NDArray[np.bool_], what: str, remedy: str) -> list[Problem]:
    """Return one problem for every row that the mask marks."""
    return [Problem(int(row) + 1, what, remedy) for row in np.flatnonzero(mask)]


def twice(names: Sequence[str]) -> list[int]:
    """Return the rows (from 0) whose name stood before."""
    seen: set[str] = set()
    again = []
    for row, name in enumerate(names):
        if name in seen:
            again.append(row)
        seen.add(name)
    return again
