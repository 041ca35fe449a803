"""Which genes are linked to a condition, a pathway or a compound, and which there are at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twofold.errors import LabError
from twofold.lab.columns import named, text_columns
from twofold.lab.tables import Problem, refuse

NOT_FREE = "NC"


@dataclass(frozen=True)
class GeneLinks:
    """Links between a condition and a gene, one row each.

    Parameters
    ----------
    conditions : tuple of str
        The id of the condition.
    names : tuple of str
        Its name.
    genes : tuple of str
        The gene's Entrez id.
    symbols : tuple of str
        The gene's symbol.
    sources : tuple of frozenset of str
        Who says so.
    licences : tuple of str
        Whose row it is; empty where several apply.

    Raises
    ------
    LabError
        When columns differ in length, an id is empty, or a link stands twice.
    """

    conditions: tuple[str, ...]
    names: tuple[str, ...]
    genes: tuple[str, ...]
    symbols: tuple[str, ...]
    sources: tuple[frozenset[str], ...]
    licences: tuple[str, ...]

    def __post_init__(self) -> None:
        columns = (self.names, self.genes, self.symbols, self.sources, self.licences)
        if any(len(one) != len(self.conditions) for one in columns):
            raise LabError("the columns of the gene links differ in length.")
        refuse(_id_problems(self.conditions, self.genes), where="gene links")

    def genes_of(self, condition: str, *, source: str | None = None) -> frozenset[str]:
        """Return the genes of a condition, from one source or from all.

        Raises
        ------
        LabError
            When the table holds no such condition.
        """
        rows = [row for row, one in enumerate(self.conditions) if one == condition]
        if not rows:
            raise LabError(
                f"there are no genes of {condition!r}.",
                remedy=f"The first conditions are: {', '.join(sorted(set(self.conditions))[:10])}.",
            )
        return frozenset(
            self.genes[row] for row in rows if source is None or source in self.sources[row]
        )

    def name_of(self, condition: str) -> str:
        """Return the condition's name."""
        return self.names[self.conditions.index(condition)]

    @property
    def symbol_of(self) -> dict[str, str]:
        """Each gene's symbol."""
        return dict(zip(self.genes, self.symbols, strict=True))

    def links(self) -> dict[str, int]:
        """Return how many conditions each gene is linked to: how much it was looked at."""
        found: dict[str, int] = {}
        for gene in self.genes:
            found[gene] = found.get(gene, 0) + 1
        return found


@dataclass(frozen=True)
class GeneSets:
    """Named sets of genes (pathways).

    Parameters
    ----------
    ids, names, sources : tuple of str
    genes : tuple of frozenset of str
        Entrez ids.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    sources: tuple[str, ...]
    genes: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Nodes:
    """Everything that has a name: genes, compounds, diseases.

    Parameters
    ----------
    names : mapping of str to mapping of str to str
        Kind, then id, then name.
    """

    names: Mapping[str, Mapping[str, str]]

    def ids(self, kind: str) -> frozenset[str]:
        """Return the ids of one kind.

        Raises
        ------
        LabError
            When there is nothing of that kind.
        """
        if kind not in self.names:
            raise LabError(f"nothing is a {kind}.", remedy=f"There are: {', '.join(self.names)}.")
        return frozenset(self.names[kind])


@dataclass(frozen=True)
class Bindings:
    """Which compound binds which gene's product, one row each.

    Parameters
    ----------
    compounds, genes : tuple of str
        DrugBank and Entrez ids.
    sources, actions : tuple of frozenset of str
    licences : tuple of str
    """

    compounds: tuple[str, ...]
    genes: tuple[str, ...]
    sources: tuple[frozenset[str], ...]
    actions: tuple[frozenset[str], ...]
    licences: tuple[str, ...]


def read_links(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> GeneLinks:
    """Return links between conditions and genes.

    Parameters
    ----------
    path : Path
    columns : mapping
        ``condition``, ``name``, ``gene``, ``symbol``, ``sources``, ``licence``.
    options : mapping
        Not used.

    Raises
    ------
    LabError
    """
    texts = named(text_columns(path, "\t"), columns, where=path.name)
    return GeneLinks(
        tuple(texts["condition"]),
        tuple(texts["name"]),
        tuple(texts["gene"]),
        tuple(texts["symbol"]),
        tuple(map(_parts, texts["sources"])),
        tuple(texts["licence"]),
    )


def read_gene_sets(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> GeneSets:
    """Return pathways.

    Parameters
    ----------
    path : Path
    columns : mapping
        ``id``, ``name``, ``source``, ``genes`` (Entrez ids between bars).
    options : mapping
        Not used.

    Raises
    ------
    LabError
    """
    texts = named(text_columns(path, "\t"), columns, where=path.name)
    return GeneSets(
        tuple(texts["id"]),
        tuple(texts["name"]),
        tuple(texts["source"]),
        tuple(map(_parts, texts["genes"])),
    )


def read_nodes(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Nodes:
    """Return every named thing, by kind; ``Kind::id`` becomes ``id``.

    Parameters
    ----------
    path : Path
    columns : mapping
        ``id``, ``name``, ``kind``.
    options : mapping
        Not used.

    Raises
    ------
    LabError
    """
    texts = named(text_columns(path, "\t"), columns, where=path.name)
    found: dict[str, dict[str, str]] = {}
    for one, name, kind in zip(texts["id"], texts["name"], texts["kind"], strict=True):
        found.setdefault(kind, {})[one.partition("::")[2] or one] = name
    return Nodes(found)


def read_bindings(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Bindings:
    """Return which compound binds what.

    Parameters
    ----------
    path : Path
    columns : mapping
        ``compound``, ``gene``, ``sources``, ``actions``, ``licence``.
    options : mapping
        ``free_only``: leave out rows whose licence forbids some uses (NC).

    Raises
    ------
    LabError
    """
    texts = named(text_columns(path, "\t"), columns, where=path.name)
    free = bool(options.get("free_only"))
    rows = [row for row, one in enumerate(texts["licence"]) if not (free and NOT_FREE in one)]
    return Bindings(
        tuple(texts["compound"][row] for row in rows),
        tuple(texts["gene"][row] for row in rows),
        tuple(_parts(texts["sources"][row]) for row in rows),
        tuple(_parts(texts["actions"][row]) for row in rows),
        tuple(texts["licence"][row] for row in rows),
    )


def _parts(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split("|") if part.strip())


def _id_problems(conditions: tuple[str, ...], genes: tuple[str, ...]) -> list[Problem]:
    problems, seen = [], set()
    for row, link in enumerate(zip(conditions, genes, strict=True), 1):
        if not all(link):
            problems.append(Problem(row, "an id is empty.", "Every link needs both ids."))
        elif link in seen:
            problems.append(Problem(row, f"{link[0]} and gene {link[1]} stand twice.", "Keep one."))
        seen.add(link)
    return problems
