"""What a reader gives back: the diaries, and everything it could not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twofold.diary.diary import Diary
from twofold.errors import ReadError


@dataclass(frozen=True)
class Unread:
    """One thing that was in the file and is not in the diary.

    Parameters
    ----------
    place : str
        Where it stands: ``"tags.csv line 88, column date"`` or ``"$.attacks[3].end"``.
    reason : str
        Why it was not read, as one plain sentence.
    """

    place: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """The diaries of one source, and what of it was not read.

    Parameters
    ----------
    diaries : tuple of Diary
        One for each person in the source, in the order of their first line.
    unread : tuple of Unread
        Every line, cell or record that could not be read, with its reason.
    source : str
        Name of the file or folder.
    rows_seen : int
        How many data rows (or JSON records) the source holds.
    stated : tuple of str
        What the mapping assumes, as sentences; to be printed with the numbers.
    """

    diaries: tuple[Diary, ...]
    unread: tuple[Unread, ...] = ()
    source: str = ""
    rows_seen: int = 0
    stated: tuple[str, ...] = ()

    @property
    def diary(self) -> Diary:
        """The only diary of this source.

        Raises
        ------
        ReadError
            When the source holds several people.
        """
        if len(self.diaries) != 1:
            raise ReadError(
                f"this source holds the diaries of {len(self.diaries)} people.",
                where=self.source,
                remedy=f"Name one with --person: {', '.join(self.people)}.",
            )
        return self.diaries[0]

    @property
    def people(self) -> tuple[str, ...]:
        """The labels of the people in this source."""
        return tuple(diary.person for diary in self.diaries)

    def person(self, label: str) -> Diary:
        """Return the diary of the person called ``label``.

        Raises
        ------
        ReadError
            When nobody in this source has that label.
        """
        for diary in self.diaries:
            if diary.person == label:
                return diary
        raise ReadError(
            f"nobody here is called {label!r}.",
            where=self.source,
            remedy=f"Name one of: {', '.join(self.people)}.",
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many of each thing were read, over all people; only what is there."""
        counted = {"people": len(self.diaries), "days": sum(d.days for d in self.diaries)}
        for diary in self.diaries:
            for word, number in _lengths(diary):
                counted[word] = counted.get(word, 0) + number
        return {word: number for word, number in counted.items() if number}


def _lengths(diary: Diary) -> Iterator[tuple[str, int]]:
    yield "days with an entry", len(diary.attested_days)
    yield "attacks", len(diary.attacks)
    yield "headache ratings", len(diary.headache_ratings)
    yield "headache-free days said", len(diary.free_days)
    yield "mood notes", len(diary.mood_notes)
    yield "questionnaires", len(diary.scale_answers)
    yield "nights", len(diary.sleep)
    yield "energy ratings", len(diary.energy)
    yield "stress ratings", len(diary.stress)
    yield "cycle days", len(diary.cycle)
    yield "doses", len(diary.doses)
    yield "courses", len(diary.courses)
    yield "factor entries", len(diary.factors)
    yield "notes", len(diary.notes)
