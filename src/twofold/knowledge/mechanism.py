"""The shared-biology map: places, the links between them, and how sure each link is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.load import Row, rows

Step = tuple[str, ...]
Side = Literal["left", "middle", "right"]


@dataclass(frozen=True)
class NodeKind:
    """A pathway: places that belong together, and the side on which they are drawn."""

    id: str
    label: str
    side: Side


@dataclass(frozen=True)
class Node:
    """A place of the map.

    Parameters
    ----------
    id : str
        The map's own id.
    label : str
        A few plain words.
    kind : str
        The id of its pathway.
    means : str
        The same in full, or what it stands for; "" where the label says all.
    named_in : {"list", "links"}
        Whether the map's list of places has it, or only a link names it.
    """

    id: str
    label: str
    kind: str
    means: str
    named_in: str


@dataclass(frozen=True)
class Strength:
    """How strong a link is.

    Parameters
    ----------
    id : str
        The map's letters (``"S"``, ``"W/X"``).
    label, means, certainty : str
        One word, what it means, and the glossary's certainty word.
    weight : int
        1 (thinnest) to 4.
    is_dashed, is_struck : bool
        How its line looks beside its weight: struck means contradicted.
    letters : tuple of str
        The single letters that it is made of (``("W", "X")``).
    """

    id: str
    label: str
    means: str
    certainty: str
    weight: int
    is_dashed: bool
    is_struck: bool
    letters: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """A kind of evidence, and what would change our mind where it is strong, open or refuted."""

    id: str
    label: str
    strong: str
    open: str
    refuted: str


@dataclass(frozen=True)
class Edge:
    """One link of the map.

    Parameters
    ----------
    id : str
        ``"E01"`` to ``"E101"``.
    path : tuple of tuple of str
        From step to step; each step is one place or several at once.
    from_what, to_what : str
        What of the first or the last place is meant (``"a fall"``); "" for the whole.
    not_to : tuple of str
        Places to which the link was looked for and not found.
    claim, effect, always_say : str
        The claim in words, its numbers, and what has to be told beside it.
    condition : {"M", "D", "B"}
        Of which it is told: migraine, depression, both.
    evidence : str
        The kind of evidence in the map's own words.
    study : str
        The id of its ``Study``.
    strength : str
        The id of its ``Strength``.
    articles : tuple of str
        Popular articles that tell the same.
    confidence : {"high", "medium", "low"}
    confidence_is_for : str
        What alone the confidence is for (``"the number"``); "" for the whole row.
    what_would_change_our_mind : str
    sources : tuple of Source
        Empty when none was found: such a link is never shown to a person.
    checked, reviewed : str
    """

    id: str
    path: tuple[Step, ...]
    from_what: str
    to_what: str
    not_to: tuple[str, ...]
    claim: str
    effect: str
    always_say: str
    condition: str
    evidence: str
    study: str
    strength: str
    articles: tuple[str, ...]
    confidence: Confidence
    confidence_is_for: str
    what_would_change_our_mind: str
    sources: tuple[Source, ...]
    checked: str
    reviewed: str

    @property
    def has_source(self) -> bool:
        """Whether it names a source: only then may a person see it."""
        return bool(self.sources)

    def strands(self) -> Iterator[tuple[str, str]]:
        """Give every pair of places that it joins, from start to end."""
        for here, there in zip(self.path, self.path[1:], strict=False):
            yield from ((start, end) for start in here for end in there)

    def touches(self, node: str) -> bool:
        """Whether the place is anywhere on its path."""
        return any(node in step for step in self.path)


@dataclass(frozen=True)
class Correction:
    """What a popular article says, and what the map says instead; only the latter is ever told."""

    id: str
    read: str
    instead: str
    links: tuple[str, ...]
    articles: tuple[str, ...]
    is_about_references: bool
    sources: tuple[Source, ...]


@cache
def node_kinds() -> dict[str, NodeKind]:
    """Return the pathways by id, in the order in which they are drawn."""
    found = rows("mechanisms", "kind")
    return {row["id"]: NodeKind(row["id"], row["label"], row["side"]) for row in found}


@cache
def nodes() -> dict[str, Node]:
    """Return every place by id, pathway by pathway.

    Raises
    ------
    KnowledgeError
        When a place belongs to no pathway.
    """
    found = [_node(row) for row in rows("mechanisms", "node")]
    order = list(node_kinds())
    return {node.id: node for node in sorted(found, key=lambda node: order.index(node.kind))}


@cache
def edges() -> dict[str, Edge]:
    """Return every link by id, in the map's order.

    Raises
    ------
    KnowledgeError
        When a link names a place, a strength or a kind of study that no table holds.
    """
    return {row["id"]: _edge(row) for row in rows("mechanisms", "edge")}


@cache
def strengths() -> dict[str, Strength]:
    """Return what the letters of strength mean, the strongest first."""
    return {row["id"]: _strength(row) for row in rows("mechanisms", "strength")}


@cache
def studies() -> dict[str, Study]:
    """Return the kinds of evidence by id."""
    return {
        row["id"]: Study(row["id"], row["label"], row["strong"], row["open"], row["refuted"])
        for row in rows("mechanisms", "study")
    }


@cache
def conditions() -> dict[str, str]:
    """Return of what a link may be told: letter to word."""
    return {row["id"]: row["label"] for row in rows("mechanisms", "told_of")}


@cache
def corrections() -> tuple[Correction, ...]:
    """Return what popular articles say and the map does not."""
    return tuple(
        Correction(
            id=row["id"],
            read=row["read"],
            instead=row["instead"],
            links=tuple(row["links"]),
            articles=tuple(row["articles"]),
            is_about_references=row.get("is_about_references", False),
            sources=row["sources"],
        )
        for row in rows("mechanisms", "correction")
    )


def _node(row: Row) -> Node:
    if row["kind"] not in node_kinds():
        raise KnowledgeError(f"the place {row['id']} has the unknown kind {row['kind']!r}.")
    named_in = row.get("named_in", "list")
    return Node(row["id"], row["label"], row["kind"], row.get("means", ""), named_in)


def _strength(row: Row) -> Strength:
    return Strength(
        id=row["id"],
        label=row["label"],
        means=row["means"],
        certainty=row["certainty"],
        weight=row["weight"],
        is_dashed=row.get("is_dashed", False),
        is_struck=row.get("is_struck", False),
        letters=tuple(row.get("also", [row["id"]])),
    )


def _edge(row: Row) -> Edge:
    path = tuple(tuple(step) for step in row["path"])
    not_to = tuple(row.get("not_to", ()))
    _known(row, "place", {one for step in (*path, not_to) for one in step}, set(nodes()))
    _known(row, "strength", {row["strength"]}, set(strengths()))
    _known(row, "kind of study", {row["study"]}, set(studies()))
    _known(row, "condition", {row["condition"]}, set(conditions()))
    return Edge(
        id=row["id"],
        path=path,
        from_what=row.get("from_what", ""),
        to_what=row.get("to_what", ""),
        not_to=not_to,
        claim=row["claim"],
        effect=row.get("effect", ""),
        always_say=row.get("always_say", ""),
        condition=row["condition"],
        evidence=row["evidence"],
        study=row["study"],
        strength=row["strength"],
        articles=tuple(row["articles"]),
        confidence=row["confidence"],
        confidence_is_for=row.get("confidence_is_for", ""),
        what_would_change_our_mind=_mind(row),
        sources=row["sources"],
        checked=row["checked"],
        reviewed=row["reviewed"],
    )


def _known(row: Row, what: str, named: set[str], known: set[str]) -> None:
    if named - known:
        raise KnowledgeError(f"the link {row['id']} names no {what} of the map: {named - known}.")


def _mind(row: Row) -> str:
    """Return what would change our mind, by the kind of study and by how strong the link is."""
    (side,) = (
        one["mind"] for one in rows("mechanisms", "strength") if one["id"] == row["strength"]
    )
    return str(getattr(studies()[row["study"]], side))
