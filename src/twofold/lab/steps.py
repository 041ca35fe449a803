"""From a recipe to its claims, in the order in which it happens."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
    tables = {}
    for name, source in recipe.tables.items():
        progress(f"reading {source.file}")
        tables[name] = source.read(folder)
    progress(f"working out {recipe.method}")
    result = apply(recipe.method, tables, recipe.options)
    data = tuple(fingerprint(source, folder) for source in recipe.tables.values())
    claims = tuple(row_of(recipe, plan, result, data=data, made=made) for plan in recipe.claims)
    return Run(recipe, data, result, claims)


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
