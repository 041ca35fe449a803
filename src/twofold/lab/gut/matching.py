"""Which samples go in: known answers, one a person, with reads; all others are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twofold.errors import LabError
from twofold.lab.gut.linear import Matrix, columns_of
from twofold.lab.gut.samples import Samples
from twofold.lab.gut.table import Taxa
from twofold.lab.tables import Column

FEWEST = 10
"""Groups with fewer samples are not compared."""


@dataclass(frozen=True)
class Matched:
    """Samples that answer the question, in one order.

    Parameters
    ----------
    samples : Samples
    taxa : Taxa or None
        In the order of ``samples``.
    given : Samples or None
        Numbers that came with the samples, in the same order.
    groups : tuple of str, length n
    terms : mapping of str to array, shape (n, columns)
        The question's own terms: one column, or one for each group but the reference.
    covariates : mapping of str to array, shape (n, columns)
    left_out : tuple of str
        Why samples are not here, with how many.
    warnings : tuple of str
    """

    samples: Samples
    taxa: Taxa | None
    given: Samples | None
    groups: tuple[str, ...]
    terms: Mapping[str, Matrix]
    covariates: Mapping[str, Matrix]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """How many samples each group has."""
        return {one: self.groups.count(one) for one in sorted(set(self.groups))}

    @property
    def reference(self) -> str:
        """The group that the others are compared with."""
        return next(iter(reference for reference in ("neither", "no") if reference in self.groups))


def matched(tables: Mapping[str, Any], options: Mapping[str, Any]) -> Matched:
    """Return the samples that answer the question.

    Parameters
    ----------
    tables : mapping
        ``samples`` (Samples), and ``taxa`` (Taxa) or ``given`` (Samples).
    options : mapping
        ``group``: a yes-no column; ``second``: another one; ``covariates``;
        ``where``: column to the one group that is wanted; ``one_per``: the
        column that names the person; ``within``: a category that must be known.

    Raises
    ------
    LabError
        When no ids agree, a group is too small, or a column is not there.
    """
    samples: Samples = tables["samples"]
    taxa, given = tables.get("taxa"), tables.get("given")
    rows, left_out = np.arange(len(samples.ids)), []
    for keep, why in _rules(samples, taxa, given, options):
        dropped = int((~keep[rows]).sum())
        left_out += [f"{dropped} samples: {why}"] if dropped else []
        rows = rows[keep[rows]]
    rows, repeated = _one_each(samples, rows, options.get("one_per"))
    left_out += [f"{repeated} samples: of a person who has another one here"] if repeated else []
    kept = samples.pick(rows)
    groups, terms = _terms(kept, options)
    _refuse_small(groups)
    covariates = {name: columns_of(kept, name)[0] for name in options.get("covariates", ())}
    return Matched(
        kept,
        _in_order(taxa, kept) if taxa is not None else None,
        _given(given, kept) if given is not None else None,
        groups,
        terms,
        covariates,
        tuple(left_out),
        tuple(_odd(samples, given, options)),
    )


def _rules(
    samples: Samples, taxa: Taxa | None, given: Samples | None, options: Mapping[str, Any]
) -> list[tuple[Any, str]]:
    """Return each rule as a mask over all samples and why it leaves a sample out."""
    ids = np.array(samples.ids)
    asked = [options["group"], *([options["second"]] if "second" in options else [])]
    rules = [
        (np.array([one == wanted for one in category(samples, name)]), f"{name} is not {wanted}")
        for name, wanted in dict(options.get("where", {})).items()
    ]
    rules += [(samples.known(name), f"{name} is not answered") for name in asked]
    needed = [*options.get("covariates", ()), *([options["within"]] if "within" in options else [])]
    rules += [(samples.known(name), f"{name} is not known") for name in needed]
    for table, has in ((taxa, "no reads"), (given, "no measured value")):
        if table is not None:
            there = np.isin(ids, list(table.samples if isinstance(table, Taxa) else table.ids))
            if not there.any():
                _refuse_strangers(samples, table)
            rules.append((there, f"there are {has} for it"))
    return rules


def category(samples: Samples, name: str) -> tuple[str | None, ...]:
    """Return a column of words, one for each sample.

    Raises
    ------
    LabError
        When there is none of this name; the remedy lists those there are.
    """
    if name not in samples.categories:
        raise LabError(
            f"the samples have no category {name!r}.",
            remedy=f"They have: {', '.join(samples.categories)}.",
        )
    return samples.categories[name]


def _refuse_strangers(samples: Samples, table: Taxa | Samples) -> None:
    if isinstance(table, Taxa) and set(samples.ids) & set(table.names):
        raise LabError(
            "the table of taxa lies on its side: its taxa have the samples' ids.",
            remedy='Set rows = "samples" where rows = "taxa" was said, or the other way round.',
        )
    own = table.samples if isinstance(table, Taxa) else table.ids
    raise LabError(
        "no sample of one table is in the other.",
        remedy=f"One has ids such as {samples.ids[0]!r}, the other such as {own[0]!r}.",
    )


def _one_each(samples: Samples, rows: Any, person: str | None) -> tuple[Any, int]:
    """Return the first row of each person, and how many others were dropped."""
    if person is None:
        return rows, 0
    hosts = category(samples, person)
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(hosts[row] or f"unnamed {row}", int(row))
    return np.array(sorted(first.values()), dtype=np.int64), len(rows) - len(first)


def _terms(samples: Samples, options: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    first, second = options["group"], options.get("second")
    one = _yes_no(samples, first)
    if second is None:
        return tuple("yes" if value else "no" for value in one), {first: one[:, None]}
    two = _yes_no(samples, second)
    names = {(0, 0): "neither", (1, 0): f"{first} only", (0, 1): f"{second} only", (1, 1): "both"}
    groups = tuple(names[int(a), int(b)] for a, b in zip(one, two, strict=True))
    return groups, {
        f"{first} only": (one * (1 - two))[:, None],
        f"{second} only": (two * (1 - one))[:, None],
        "both": (one * two)[:, None],
    }


def _yes_no(samples: Samples, name: str) -> Column:
    if name not in samples.numbers or not np.isin(samples.numbers[name], (0, 1)).all():
        raise LabError(f"{name} is no yes-no column.", remedy=f'Set kinds.{name} = "yes-no".')
    return samples.numbers[name]


def _refuse_small(groups: tuple[str, ...]) -> None:
    sizes = {one: groups.count(one) for one in sorted(set(groups))}
    if len(sizes) < 2:
        only = f"all {len(groups)} samples are in one group" if groups else "no sample is left"
        raise LabError(f"{only}, so nothing can be compared.")
    for name, size in sizes.items():
        if size < FEWEST:
            raise LabError(
                f"the group {name!r} has {size} samples.",
                remedy=f"At least {FEWEST} are needed; leave out a covariate or a filter.",
            )


def _in_order(taxa: Taxa, samples: Samples) -> Taxa:
    place = {one: row for row, one in enumerate(taxa.samples)}
    return taxa.pick([place[one] for one in samples.ids])


def _given(given: Samples, samples: Samples) -> Samples:
    place = {one: row for row, one in enumerate(given.ids)}
    return given.pick([place[one] for one in samples.ids])


def _odd(samples: Samples, given: Samples | None, options: Mapping[str, Any]) -> list[str]:
    asked = [options["group"], options.get("second"), *options.get("covariates", ())]
    repeated = given.odd.get("sample", 0) if given is not None else 0
    twice = [f"{repeated} ids were measured more than once; the first of each counts."]
    return twice * bool(repeated) + [
        f"{samples.odd[name]} answers to {name} were no allowed ones; they count as missing."
        for name in asked
        if name is not None and samples.odd.get(name)
    ]
