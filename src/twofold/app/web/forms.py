"""Strict readers of what a form sent: absent is ``None``, and nothing is guessed."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

EARLIEST = dt.date(1900, 1, 1)
LONGEST_TEXT = 10_000
MOST_FIELDS = 400


_WHOLE = re.compile(r"-?[0-9]{1,8}")


class FormError(Exception):
    """An answer that cannot be taken as it is.

    Parameters
    ----------
    field : str
        Its name in the form.
    sentence : str
        What is wrong and what to try, for the person: a key of the languages' files.
    values
        What fills its ``%(name)s``.
    """

    def __init__(self, field: str, sentence: str, **values: Any) -> None:
        self.field, self.sentence, self.values = field, sentence, values
        super().__init__(self.says)

    @property
    def says(self) -> str:
        """The sentence in English, filled in."""
        return self.sentence % self.values if self.values else self.sentence


class Form:
    """The answers of one form.

    Parameters
    ----------
    given : mapping of str to list of str
        Every value of every name, as it was sent.
    """

    def __init__(self, given: Mapping[str, list[str]]) -> None:
        self.given = given

    def raw(self, name: str) -> str | None:
        """Return the last value of a name without blanks around it; ``None`` when empty."""
        values = self.given.get(name) or [""]
        return values[-1].strip() or None

    def text(self, name: str, *, most: int = LONGEST_TEXT) -> str | None:
        """Return a free text.

        Raises
        ------
        FormError
            When it is longer than ``most`` characters.
        """
        written = self.raw(name)
        if written is not None and len(written) > most:
            raise FormError(
                name,
                "This is %(length)s characters long; %(most)s fit. Nothing was saved.",
                length=f"{len(written):,}",
                most=f"{most:,}",
            )
        return written.replace("\x00", "") if written is not None else None

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number between two ends, both included.

        Raises
        ------
        FormError
            When it is no such number.
        """
        written = self.raw(name)
        if written is None:
            return None
        if not _WHOLE.fullmatch(written):
            raise FormError(
                name,
                "“%(written)s” is not a whole number from %(low)s to %(high)s.",
                written=written[:20],
                low=low,
                high=high,
            )
        if not low <= int(written) <= high:
            raise _outside(name, written, low, high)
        return int(written)

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return a number between two ends; a comma is read as a point.

        Raises
        ------
        FormError
            When it is no such number.
        """
        written = self.raw(name)
        if written is None:
            return None
        try:
            value = float(written[:30].replace(",", "."))
        except ValueError:
            raise FormError(name, "“%(written)s” is not a number.", written=written[:20]) from None
        if not low <= value <= high:
            raise _outside(name, written[:20], low, high)
        return value

    def one_of(self, name: str, choices: Collection[str]) -> str | None:
        """Return a chosen word.

        Raises
        ------
        FormError
            When it is none of ``choices``.
        """
        chosen = self.raw(name)
        if chosen is not None and chosen not in choices:
            raise FormError(name, "Please choose one of the answers that are shown.")
        return chosen

    def several(self, name: str, choices: Collection[str]) -> tuple[str, ...]:
        """Return all chosen words, in the order of ``choices``.

        Raises
        ------
        FormError
            When one is none of ``choices``.
        """
        chosen = {value.strip() for value in self.given.get(name, ()) if value.strip()}
        if not chosen <= set(choices):
            raise FormError(name, "Please choose among the answers that are shown.")
        return tuple(choice for choice in choices if choice in chosen)

    def yes_no(self, name: str) -> bool | None:
        """Return yes or no; ``None`` when skipped or unsure.

        Raises
        ------
        FormError
            When it is neither.
        """
        return {"yes": True, "no": False}.get(self.one_of(name, ("yes", "no", "unsure")) or "")

    def day(self, name: str, today: dt.date) -> dt.date | None:
        """Return a date up to today.

        Raises
        ------
        FormError
            When it is no date, lies before 1900 or after today.
        """
        written = self.raw(name)
        if written is None:
            return None
        try:
            day = dt.date.fromisoformat(written)
        except ValueError:
            raise FormError(
                name,
                "“%(written)s” is not a date. Write it as %(today)s.",
                written=written[:20],
                today=today,
            ) from None
        if not EARLIEST <= day <= today:
            raise FormError(
                name,
                "%(day)s is not a day between %(earliest)s and today.",
                day=day,
                earliest=EARLIEST,
            )
        return day

    def time(self, name: str) -> dt.time | None:
        """Return a time of day.

        Raises
        ------
        FormError
            When it is none.
        """
        written = self.raw(name)
        if written is None:
            return None
        try:
            time = dt.time.fromisoformat(written)
        except ValueError:
            raise FormError(
                name, "“%(written)s” is not a time. Write it as 07:30.", written=written[:20]
            ) from None
        return time.replace(tzinfo=None, microsecond=0)

    def id(self, name: str) -> str | None:
        """Return a UUID, or ``None`` when there is none.

        Raises
        ------
        FormError
            When it is something else.
        """
        written = self.raw(name)
        try:
            return str(uuid.UUID(written)) if written else None
        except ValueError:
            raise FormError(name, "This entry is not known. Please open the page again.") from None


def _outside(name: str, written: str, low: float, high: float) -> FormError:
    return FormError(
        name,
        "%(written)s does not lie between %(low)s and %(high)s.",
        written=written,
        low=low,
        high=high,
    )


async def read_form(request: Request) -> Form:
    """Read a form's fields; files are not taken here."""
    given: dict[str, list[str]] = {}
    with readable():
        async with request.form(max_fields=MOST_FIELDS, max_files=0) as sent:
            for name, value in sent.multi_items():
                given.setdefault(name, []).append(whole_letters(str(value)))
    return Form(given)


@contextmanager
def readable() -> Iterator[None]:
    """Refuse a form that cannot be read: broken, or in letters that no browser uses."""
    try:
        yield
    except (ValueError, MultiPartException):  # a UnicodeError is a ValueError, too
        raise HTTPException(400) from None


def whole_letters(words: str) -> str:
    """Return words without halves of letters, which could not be kept as UTF-8.

    >>> whole_letters("Kopf" + chr(0xD83D))
    'Kopf?'
    """
    return words.encode("utf-8", "replace").decode()


def heard(request: Request, form: Annotated[Form, Depends(read_form)]) -> Form:
    """Look a form through for words of self-harm before anything is made of it."""
    request.app.state.listen(request, form)
    return form


Filled = Annotated[Form, Depends(heard)]


def known_id(written: str) -> str | None:
    """Return the id in an address, or ``None`` when it cannot be one."""
    try:
        return str(uuid.UUID(written))
    except ValueError:
        return None
