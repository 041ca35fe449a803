"""The vocabulary of answers: what may be asked about a person, and what an answer looks like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Source
from twofold.knowledge.load import Row, rows

Kind = Literal["yes_no", "number", "choice", "list", "text"]


@dataclass(frozen=True)
class Field:
    """One thing that may be known about a person.

    Parameters
    ----------
    id : str
        The name that rules use.
    label : str
        The thing as words inside a sentence (``"nausea"``).
    question : str
        The same as a plain question.
    kind : {"yes_no", "number", "choice", "list", "text"}
    choices : tuple of str
        The words one may choose from; for a list, the words it may hold
        (empty: any).
    low, high : float or None
        The range of a number, both ends included.
    unit : str
        What the number counts (``"hours"``).
    is_whole : bool
        Whether a number is a count.
    aliases : tuple of str
        Other names under which a case may give it.
    words : mapping of str to str
        Other words for its choices (``"one-sided"`` for ``"unilateral"``).
    subject : str
        The table it stands in (``"headache"``).
    topic : str
        A topic that is not shared unless the person agrees (``"self_harm"``).
    """

    id: str
    label: str
    question: str
    kind: Kind
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    unit: str
    is_whole: bool
    aliases: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    subject: str
    topic: str
    sources: tuple[Source, ...]


@cache
def fields() -> dict[str, Field]:
    """Return every field by its id, in the order of the tables.

    Raises
    ------
    KnowledgeError
        When two fields share a name, or one has no kind that is known.
    """
    found = {row["id"]: _field(row) for row in rows("case", "field")}
    by_name()  # refuses a name that two fields share
    return found


@cache
def by_name() -> dict[str, str]:
    """Return the field id of every name and alias."""
    named: dict[str, str] = {}
    for row in rows("case", "field"):
        for name in (row["id"], *row.get("aliases", [])):
            if named.setdefault(name, row["id"]) != row["id"]:
                raise KnowledgeError(f"the fields {named[name]} and {row['id']} share {name!r}.")
    return named


def _field(row: Row) -> Field:
    if row["kind"] not in get_args(Kind):
        raise KnowledgeError(f"the field {row['id']} has the unknown kind {row['kind']!r}.")
    if row["kind"] == "choice" and not row.get("choices"):
        raise KnowledgeError(f"the field {row['id']} has no choices.")
    return Field(
        id=row["id"],
        label=row["label"],
        question=row["question"],
        kind=row["kind"],
        choices=tuple(row.get("choices", ())),
        low=row.get("low"),
        high=row.get("high"),
        unit=row.get("unit", ""),
        is_whole=row.get("is_whole", False),
        aliases=tuple(row.get("aliases", ())),
        words=tuple(sorted(row.get("words", {}).items())),
        subject=row["table"].removeprefix("case/").removesuffix(".toml"),
        topic=row.get("topic", ""),
        sources=row["sources"],
    )
