"""The words of the pages in the person's language: sentences, plurals, days, times, numbers.

A sentence is written in English where it is used, and is its own key. A language is one file in
``words/``, read at its first use. Texts whose wording was validated in English (items of
questionnaires, crisis and clinical texts) are not translated; their place says so.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "words"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What is spoken, each under the name that its speakers give it."""

_DAY = {"en": "d MMMM", "de": "d. MMMM"}
_DAY_AND_YEAR = {"en": "d MMMM y", "de": "d. MMMM y"}
_WEEKDAY = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM"}
_FROM_RIGHT = frozenset({"ar", "fa", "he", "ur", "yi"})
_LONGEST_WISH = 300


class Words:
    """Speaks one language: call it with a sentence.

    Parameters
    ----------
    language : str
        Its code: ``"de"``.
    spoken : NullTranslations
        Its sentences; one that it lacks is said in English.
    """

    def __init__(self, language: str, spoken: NullTranslations | None = None) -> None:
        self.language = language
        self._spoken = spoken or NullTranslations()

    @property
    def direction(self) -> str:
        """Return where lines begin: ``ltr`` or ``rtl``."""
        return "rtl" if self.language.partition("-")[0] in _FROM_RIGHT else "ltr"

    def __call__(self, sentence: str, **values: Any) -> str:
        """Return a sentence in this language, its ``%(name)s`` filled in."""
        said = self._spoken.gettext(sentence) if sentence else ""
        return said % values if values else said

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """Return the form of a sentence that fits the number ``n``."""
        return self._spoken.ngettext(one, many, n) % {"n": n, **values}

    def day(self, day: dt.date, *, today: dt.date | None = None) -> str:
        """Return a day as it is spoken; see ``spoken_day``."""
        return spoken_day(day, self.language, today=today)

    def time(self, time: dt.time | dt.datetime) -> str:
        """Return a time of day as it is spoken."""
        return spoken_time(time, self.language)


def words_of(language: str) -> Words:
    """Return the words of a language, or English where it is not spoken."""
    return spoken().get(language) or spoken()["en"]


def wished(header: str) -> str:
    """Return the first spoken language among those that a browser asks for, else English.

    Parameters
    ----------
    header : str
        ``Accept-Language``: ``"fr-CH, de;q=0.8, en;q=0.7"``.
    """
    wishes = sorted(_wishes(header[:_LONGEST_WISH]), key=lambda wish: -wish[1])
    return next((code for code, weight in wishes if weight > 0 and code in LANGUAGES), "en")


@cache
def spoken() -> dict[str, Words]:
    """Return the words of every language."""
    return {code: Words(code, _read(HERE / f"{code}.po")) for code in LANGUAGES}


def spoken_day(day: dt.date, language: str, *, today: dt.date | None = None) -> str:
    """Return a day as it is spoken, never as 08/10.

    Parameters
    ----------
    today : date, optional
        When given, a day within half a year of it is said without its year.

    Examples
    --------
    >>> spoken_day(dt.date(2026, 10, 8), "en"), spoken_day(dt.date(2026, 10, 8), "de")
    ('8 October 2026', '8. Oktober 2026')
    >>> spoken_day(dt.date(2026, 10, 8), "en", today=dt.date(2026, 11, 22))
    '8 October'
    """
    is_near = today is not None and abs((day - today).days) < 183
    return _form(day, _DAY if is_near else _DAY_AND_YEAR, language)


def spoken_weekday(day: dt.date, language: str) -> str:
    """Return a day with its name: ``Thursday 8 October``.

    >>> spoken_weekday(dt.date(2026, 10, 8), "de")
    'Donnerstag, 8. Oktober'
    """
    return _form(day, _WEEKDAY, language)


def spoken_time(time: dt.time | dt.datetime, language: str) -> str:
    """Return a time of day in 24 hours, as diaries of headaches are kept.

    >>> spoken_time(dt.time(21, 5), "en")
    '21:05'
    """
    from babel.dates import format_time

    return format_time(time, "HH:mm", locale=language)


def spoken_number(number: float, language: str) -> str:
    """Return a number with the language's own decimal mark.

    >>> spoken_number(7.5, "de")
    '7,5'
    """
    from babel.numbers import format_decimal

    return format_decimal(number, locale=language)


def _form(day: dt.date, forms: dict[str, str], language: str) -> str:
    from babel.dates import format_date

    return format_date(day, forms.get(language, forms["en"]), locale=language)


def _wishes(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        code, _, weight = part.partition(";q=")
        try:
            yield code.strip()[:2].lower(), float(weight or 1)
        except ValueError:
            continue


def _read(path: Path) -> NullTranslations:
    """Read one language; English needs no file, as each sentence is its own key."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
