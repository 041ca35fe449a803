"""Is this preventive, antidepressant or programme helping me?

So far only whether the diary *could* tell: one change, standing alone, with
enough days on both sides. Where it could, the answer is "not built", never a
before-and-after guess: three people in ten on a useless treatment have 30 %
fewer headache days (statistics sheet C5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twofold.daytable import DayTable
from twofold.inference import trust
from twofold.inference.engine import Array
from twofold.inference.finding import Finding, Pair, Refusal


def treatment(table: DayTable) -> tuple[Finding, ...]:
    """Answer for every course of treatment, in the table's order.

    ``pair`` counts headache days after the course's last change (with), and
    before its first (without).
    """
    changes = {name: changes_of(table, name) for name in courses(table)}
    return tuple(_answer(table, name, changes) for name in changes)


def courses(table: DayTable) -> list[str]:
    """Return the names of all courses, whether a dose is recorded or not."""
    names = [name for family in ("course", "dose") for name, _ in table.family(family)]
    return list(dict.fromkeys(names))


def changes_of(table: DayTable, name: str) -> NDArray[np.intp]:
    """Return the days on which a course started, stopped or changed its dose.

    A gap in the record is no change; a level that differs after it is.
    """
    return np.unique(np.concatenate([_steps(one) for one in _columns(table, name)]))


def _columns(table: DayTable, name: str) -> Iterator[Array]:
    for family in ("course", "dose"):
        column = table[f"{family}.{name}"]
        yield column


def _steps(column: Array) -> NDArray[np.intp]:
    known = np.flatnonzero(np.isfinite(column))
    moved = np.diff(column[known]) != 0
    return np.asarray(known[1:][moved], dtype=np.intp)


def _answer(table: DayTable, name: str, changes: dict[str, NDArray[np.intp]]) -> Finding:
    own = changes[name]
    finding = _begin(table, name, own)
    refusal = trust.no_contrast(table) or _not_separable(table, name, changes)
    return replace(finding, refusal=refusal or Refusal("not_built"))


def _begin(table: DayTable, name: str, own: NDArray[np.intp]) -> Finding:
    known = int(np.isfinite(table["headache"]).sum())
    return Finding(
        question="treatment",
        key=f"course.{name}",
        verdict="not_yet",
        subject=name,
        pair=_pair(table, own) if len(own) else None,
        days_used=known,
        days_missing=len(table) - known,
    )


def _pair(table: DayTable, own: NDArray[np.intp]) -> Pair:
    headache = table["headache"]
    after, earlier = headache[own[-1] :], headache[: own[0]]
    return Pair(
        int(np.nansum(after)), int(np.isfinite(after).sum()),
        int(np.nansum(earlier)), int(np.isfinite(earlier).sum()),
    )  # fmt: skip


def _not_separable(
    table: DayTable, name: str, changes: dict[str, NDArray[np.intp]]
) -> Refusal | None:
    own = changes[name]
    if not len(own):
        return Refusal("no_variation", 0, 1, "changes")
    own_close = int((np.diff(own) <= trust.TREATMENT_CHANGES_APART).sum())
    others = [days for other, days in changes.items() if other != name]
    others_close = sum(_close(own, days) for days in others)
    if own_close or others_close:
        return Refusal("too_many_changes", len(own) + others_close, 1, "changes")
    return _too_soon(table, own)


def _close(own: NDArray[np.intp], others: NDArray[np.intp]) -> int:
    """Count another course's changes that lie within 14 days of one of this course."""
    gaps = np.abs(others[:, None] - own[None, :])
    return int((gaps <= trust.TREATMENT_CHANGES_APART).any(1).sum())


def _too_soon(table: DayTable, own: NDArray[np.intp]) -> Refusal | None:
    known = np.isfinite(table["headache"])
    need = trust.TREATMENT_DAYS_EACH_SIDE
    for days, unit in ((known[own[-1] :], "days after"), (known[: own[0]], "days before")):
        have = int(days.sum())
        if have < need:
            weeks = -(-(need - have) // 7) if unit == "days after" else None
            return Refusal("too_soon", have, need, unit, weeks)
    return None
