"""What a person sees of the options: questions to bring, who to ask, and something to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twofold.guidance.derived import Question
from twofold.knowledge.education import Passage, passages
from twofold.knowledge.load import wording


@dataclass(frozen=True)
class ForPerson:
    """The person's page: no medicine is named on it, and nothing is advised.

    Parameters
    ----------
    ids : tuple of str
        Gates, options without medicines, and care-team suggestions that stand.
    first : tuple of str
        What comes first, such as the safety page.
    questions_to_bring : tuple of str
        For the next visit, each once.
    care_team : tuple of str
        Questions about who could help.
    helps_to_know : tuple of str
        What the doctor would ask before any medicine.
    education : tuple of Passage
        Each sentence with its source.
    """

    ids: tuple[str, ...]
    first: tuple[str, ...]
    questions_to_bring: tuple[str, ...]
    care_team: tuple[str, ...]
    helps_to_know: tuple[str, ...]
    education: tuple[Passage, ...]

    def lines(self) -> tuple[str, ...]:
        """Return the page as plain sentences."""
        words = wording("options")["person"]
        told = (
            *self.first,
            *_block(words["opens"], self.questions_to_bring),
            *_block(words["care"], self.care_team),
            *_block(words["asks"], self.helps_to_know),
            *(line for one in self.education for line in _passage(one)),
            "",
            words["closes"],
        )
        return told[1:] if not told[0] else told


def page_of(
    *,
    ids: tuple[str, ...],
    first: Iterable[str],
    bring: Iterable[str],
    care: Iterable[str],
    asks: tuple[Question, ...],
    has_education: bool,
) -> ForPerson:
    """Return the person's page from what a discussion found.

    Parameters
    ----------
    ids : tuple of str
    first : iterable of str
        Words of open gates.
    bring, care : iterable of str
        Questions; one that stands twice is told once.
    asks : tuple of Question
        What is not known and would be asked first.
    has_education : bool
        False while something urgent comes first.
    """
    return ForPerson(
        ids=tuple(dict.fromkeys(ids)),
        first=tuple(dict.fromkeys(first)),
        questions_to_bring=tuple(dict.fromkeys(bring)),
        care_team=tuple(dict.fromkeys(care)),
        helps_to_know=tuple(one.label for one in asks),
        education=passages() if has_education else (),
    )


def _block(title: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    return ("", title, *(f"- {line}" for line in lines)) if lines else ()


def _passage(one: Passage) -> tuple[str, ...]:
    """Return a passage with the sources of its sentences, each once."""
    sources = dict.fromkeys(source.title for part in one.sentences for source in part.sources)
    from_where = wording("options")["card"]["sources"].format(sources="; ".join(sources))
    here = wording("options")["card"]["here"]
    return (
        "",
        f"{one.title}.",
        one.text(),
        *(f"{here} {told}" for told in one.worked_out),
        from_where,
    )
