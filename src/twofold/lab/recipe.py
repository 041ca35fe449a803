"""A recipe: which data, which method, which claims, as one TOML file that is read strictly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from twofold.errors import LabError
from twofold.knowledge.mechanism import edges
from twofold.knowledge.recomputed import STANDS
from twofold.lab.sources import Source

OF_RECIPE = {"id", "question", "method", "tables", "options", "claim"}
OF_TABLE = {"reader", "file", "licence", "citation", "link", "columns", "options"}
OF_CLAIM = {"id", "estimate", "says", "stands", "popular", "edges", "confidence", "would_change"}
MAY_LACK = {"options", "columns", "popular", "edges"}


@dataclass(frozen=True)
class ClaimPlan:
    """What a recipe wants to say once the number is there.

    Parameters
    ----------
    id : str
    estimate : str
        The name of one of the result's estimates.
    says : str
        The sentence, with ``{value}``, ``{low}``, ``{high}``, ``{p}``, ``{of}``.
    stands, popular, confidence, would_change : str
    edges : tuple of str
        Links of the shared-biology map.
    """

    id: str
    estimate: str
    says: str
    stands: str
    popular: str
    edges: tuple[str, ...]
    confidence: str
    would_change: str


@dataclass(frozen=True)
class Recipe:
    """One way from data to claims.

    Parameters
    ----------
    id, question, method : str
    tables : mapping of str to Source
        By the names that the method wants.
    options : mapping of str to object
    claims : tuple of ClaimPlan
    """

    id: str
    question: str
    method: str
    tables: Mapping[str, Source]
    options: Mapping[str, Any]
    claims: tuple[ClaimPlan, ...]


def shipped() -> dict[str, Recipe]:
    """Return every recipe that comes with Twofold, by id."""
    folder = resources.files("twofold.lab") / "recipes"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=str)
    made = [recipe_of(one.read_text(encoding="utf-8"), one.name) for one in files]
    return {one.id: one for one in made}


def found(name: str) -> Recipe:
    """Return a recipe by its id, or from a file.

    Parameters
    ----------
    name : str
        An id of ``shipped()``, or the path of a TOML file.

    Raises
    ------
    LabError
        When it is neither, or the file breaks the rules of a recipe.
    """
    known = shipped()
    if name in known:
        return known[name]
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        raise LabError(f"there is no recipe {name!r}.", remedy=f"There are: {', '.join(known)}.")
    try:
        return recipe_of(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError:
        raise LabError("it is no text in UTF-8.", where=path.name) from None


def claim_of(name: str) -> tuple[Recipe, ClaimPlan]:
    """Return a shipped claim by its id, with its recipe.

    Raises
    ------
    LabError
        When no recipe makes it.
    """
    plans = {plan.id: (recipe, plan) for recipe in shipped().values() for plan in recipe.claims}
    if name not in plans:
        known = ", ".join(plans)
        raise LabError(f"no recipe makes the claim {name!r}.", remedy=f"There are: {known}.")
    return plans[name]


def recipe_of(text: str, where: str) -> Recipe:
    """Return a recipe from its TOML.

    Parameters
    ----------
    text : str
    where : str
        The file's name, for errors; its stem is the recipe's id.

    Raises
    ------
    LabError
        When it is no TOML, lacks a key or has one that nobody asked for.
    """
    try:
        row = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LabError(f"it is no TOML: {error}.", where=where) from None
    _keys(row, OF_RECIPE, where)
    if f"{row['id']}.toml" != where:
        raise LabError(f"its id is {row['id']!r}.", where=where, remedy="Name both alike.")
    tables = {name: _source(one, f"{where}, table {name}") for name, one in row["tables"].items()}
    claims = tuple(_plan(one, where) for one in row["claim"])
    return Recipe(row["id"], row["question"], row["method"], tables, row.get("options", {}), claims)


def _keys(row: Mapping[str, Any], wanted: set[str], where: str) -> None:
    for key in sorted(set(row) - wanted):
        raise LabError(f"it has the unknown key {key!r}.", where=where)
    for key in sorted(wanted - MAY_LACK - set(row)):
        raise LabError(f"it lacks {key!r}.", where=where)


def _source(row: Mapping[str, Any], where: str) -> Source:
    _keys(row, OF_TABLE, where)
    if Path(row["file"]).is_absolute() or ".." in Path(row["file"]).parts:
        raise LabError("its file leaves the data folder.", where=where)
    return Source(**row)


def _plan(row: Mapping[str, Any], where: str) -> ClaimPlan:
    _keys(row, OF_CLAIM, where)
    if row["stands"] not in STANDS:
        raise LabError(f"it stands {row['stands']!r}; it can be: {', '.join(STANDS)}.", where=where)
    unknown = sorted(set(row.get("edges", ())) - set(edges()))
    if unknown:
        raise LabError(f"the map has no link {unknown[0]}.", where=where)
    return ClaimPlan(
        id=row["id"],
        estimate=row["estimate"],
        says=row["says"],
        stands=row["stands"],
        popular=row.get("popular", ""),
        edges=tuple(row.get("edges", ())),
        confidence=row["confidence"],
        would_change=row["would_change"],
    )
