"""What a person may read: passages whose every sentence has its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.load import Row, rows
from twofold.knowledge.recomputed import Recomputed, recomputed

EVIDENCE = ("strong", "some", "weak", "unknown")


@dataclass(frozen=True)
class Sentence:
    """One sentence, and what stands behind it.

    Parameters
    ----------
    edges : tuple of str
        Links of the shared-biology map.
    evidence : {"strong", "some", "weak", "unknown"}
        Never more than the strongest of its links.
    worked_out : tuple of Recomputed
        What the lab found of it from open data.
    """

    id: str
    text: str
    edges: tuple[str, ...]
    evidence: str
    sources: tuple[Source, ...]
    confidence: Confidence
    worked_out: tuple[Recomputed, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A few sentences under one title."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]

    def text(self) -> str:
        """Return the sentences as one paragraph."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def worked_out(self) -> tuple[str, ...]:
        """What the lab found of it from open data, in sentences, each once."""
        found = (one.says for sentence in self.sentences for one in sentence.worked_out)
        return tuple(dict.fromkeys(found))


@cache
def passages() -> tuple[Passage, ...]:
    """Return the passages in the order in which they are read; only sentences with a source.

    Raises
    ------
    KnowledgeError
        When a sentence stands in no passage, or its evidence is not a known word.
    """
    told = [(row["passage"], _sentence(row)) for row in rows("education", "sentence")]
    titles = {row["id"]: row["title"] for row in rows("education", "passage")}
    stray = [one.id for passage, one in told if passage not in titles]
    if stray:
        raise KnowledgeError(f"the sentence {stray[0]} stands in no passage.")
    return tuple(
        Passage(name, title, tuple(one for passage, one in told if passage == name and one.sources))
        for name, title in titles.items()
    )


def _sentence(row: Row) -> Sentence:
    if row["evidence"] not in EVIDENCE:
        raise KnowledgeError(f"the sentence {row['id']} has the evidence {row['evidence']!r}.")
    named = tuple(row.get("worked_out", ()))
    absent = [name for name in named if name not in recomputed()]
    if absent:
        raise KnowledgeError(
            f"the sentence {row['id']} names the claim {absent[0]}: there is none."
        )
    return Sentence(
        id=row["id"],
        text=row["text"],
        edges=tuple(row["edges"]),
        evidence=row["evidence"],
        sources=row["sources"],
        confidence=row["confidence"],
        worked_out=tuple(recomputed()[name] for name in named),
    )
