"""From a recipe to its claims, in the order in which it happens."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from twofold.lab.claims import row_of
from twofold.lab.methods import apply
from twofold.lab.recipe import Recipe
from twofold.lab.result import Result
from twofold.lab.sources import Source

Row = dict[str, object]
SHA_LETTERS = 12


@dataclass(frozen=True)
class Run:
    """What came of one recipe.

    Parameters
    ----------
    recipe : Recipe
    data : tuple of str
        Each file with the first letters of its SHA-256.
    result : Result
    claims : tuple of dict
        The rows, as they stand in ``knowledge/claims``.
    """

    recipe: Recipe
    data: tuple[str, ...]
    result: Result
    claims: tuple[Row, ...]


def run(
    recipe: Recipe,
    folder: Path,
    *,
    made: tuple[str, dt.date],
    progress: Callable[[str], None] = lambda _: None,
) -> Run:
    """Read the recipe's data, apply its method, and fill in its claims.

    Parameters
    ----------
    recipe : Recipe
    folder : Path
        The folder of open data.
    made : tuple of str and date
        The version of Twofold and the day, which the claims will carry.
    progress : callable, optional
        Told each step in a few words before it begins.

    Returns
    -------
    Run

    Raises
    ------
    LabError
        When a file is missing, a table breaks its rules, or a claim asks for
        a number that the result does not hold.
    """
    progress("reading " + ", ".join(source.file for source in recipe.tables.values()))
    tables = read_together(
        {name: partial(source.read, folder) for name, source in recipe.tables.items()}
    )
    progress(f"working out {recipe.method}")
    result = apply(recipe.method, tables, recipe.options)
    data = tuple(fingerprint(source, folder) for source in recipe.tables.values())
    claims = tuple(row_of(recipe, plan, result, data=data, made=made) for plan in recipe.claims)
    return Run(recipe, data, result, claims)


def read_together(reads: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Read tables at the same time, and return them by name.

    Parameters
    ----------
    reads : mapping of str to callable
        Each reads one table; where several fail, the first one's error is raised.
    """
    if len(reads) == 1:
        return {name: read() for name, read in reads.items()}
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        begun = {name: pool.submit(read) for name, read in reads.items()}
        return {name: one.result() for name, one in begun.items()}


def fingerprint(source: Source, folder: Path) -> str:
    """Return a file's name with the first letters of its SHA-256; a folder's files in turn."""
    path = folder / source.file
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    return f"{source.file} sha256:{digest.hexdigest()[:SHA_LETTERS]}"
