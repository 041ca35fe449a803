"""A shelf: the medicines that one person wrote down, each name led to what it stands for.

"sertraline 50", "sumatriptan 50 prn", "DHE Monday 10:00", "fluoxetine stopped 20 d
ago" become takings. A name that the tables do not hold is an error with the
nearest known names, never a silent guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

from twofold.errors import RecordError
from twofold.facts.answers import Answers
from twofold.knowledge.load import wording
from twofold.knowledge.medicine import Named, combined, daily_products, medicines, named, names

Role = Literal["regular", "as_needed", "stopped", "taken"]

WEEK_H = 7 * 24
NEAREST = 3
LIKENESS = 0.75
"""From which likeness of spelling (0 to 1) a name is offered as a suggestion."""

LONGEST = 200
"""Of how many letters a medicine with amount, role and time may be written."""

MOST_ON_A_SHELF = 100
"""More entries in one list are a slip; every pair of them would be compared."""

MOST_NAMED, MOST_LETTERS = 10, 60
"""How many unknown names an error quotes, and how much of each."""

_ROLES: dict[Role, str] = {
    "as_needed": r"prn|as needed|when needed|if needed|as required|for attacks",
    "taken": r"taken|took|today|just now",
    "stopped": r"stopped|ended",
    "regular": r"daily|every day|a day|per day|once a day|nightly|every night|at night"
    r"|in the morning|monthly|every month|weekly|twice a day|twice daily|bd",
}
_AGO = re.compile(r"\b(?:(stopped|ended) )?(\d{1,5}) ?(h|hours?|d|days?|w|weeks?|months?) ago\b")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 28 * 24}
"""A month is the shortest, so that a wash-out is never called over too early."""
_TWICE = re.compile(r"\b(?:twice a day|twice daily|bd)\b")
_AMOUNT = re.compile(
    r"(?<![\w.])(\d{1,7}(?:[.,]\d{1,7})?) ?(mg|milligrams?|g|grams?|mcg|ug)?(?![\w.])"
)
_LAST_AMOUNT = re.compile(rf"{_AMOUNT.pattern}$")
_IN_MG = {"g": 1000.0, "gram": 1000.0, "grams": 1000.0, "mcg": 0.001, "ug": 0.001}
_OTHER_UNIT = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)? ?(?:(?:ml|iu|units?|drops?|sprays?)(?!\w)|%|/\d+(?: ?mg)?)"
)
_NONE = ("none", "nothing", "no", "no medicines", "-")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(rf"\b({'|'.join(_DAYS)})\b")
_DATE = re.compile(r"\b(\d{4}-\d\d-\d\d)\b")
_CLOCK = re.compile(r"\b(?:at )?([01]?\d|2[0-3]):([0-5]\d)\b")
_FORM = re.compile(
    r"\b(?:tablets?|capsules?|pills?|spray|nasal|nasally|injection|injections|subcutaneous|sc|oral"
    r"|orally|by mouth|x|xr|xl|er|sr|cr|la|mr|wafer|melt|suppository|dose|each|of|same day)\b"
)
_BY = re.compile(r"\(([^()]*)\)")
_STROKE = re.compile(r"[/+&]| with | and ")


@dataclass(frozen=True)
class Taking:
    """One medicine as the person wrote it, and what it stands for.

    Parameters
    ----------
    written : str
        The person's own words.
    id, label : str
        Of the medicine, the product, or the word for a kind of medicine.
    ingredients, classes, families : tuple of str
        What rules match; the families are those of acute medicine (ICHD-3 8.2).
    dose_mg : float or None
        One amount as written; ``None`` when none was written.
    role : str or None
        ``"regular"``, ``"as_needed"``, ``"stopped"``, ``"taken"``; ``None`` when
        nothing was said.
    stopped_days_ago : int or None
        ``None`` also when it was stopped and nobody said when.
    hour : float or None
        Hours from a zero that all takings with the same ``clock`` share.
    clock : str
        ``"day"`` (a time only), ``"week"`` (with a weekday), ``"date"``, ``"ago"``
        (hours back from now), or ``""``.
    times_a_day : int
    prescriber : str
        Who prescribes it, in the person's word; ``""`` when not said.
    needs_name : bool
        Whether the word leaves open which medicine it is.
    """

    written: str
    id: str
    label: str
    ingredients: tuple[str, ...]
    classes: tuple[str, ...]
    families: tuple[str, ...]
    dose_mg: float | None = None
    role: Role | None = None
    stopped_days_ago: int | None = None
    hour: float | None = None
    clock: str = ""
    times_a_day: int = 1
    prescriber: str = ""
    needs_name: bool = False

    @property
    def is_active(self) -> bool:
        """Whether it counts as taken now; one that was stopped does not."""
        return self.role != "stopped"

    @property
    def daily_mg(self) -> float | None:
        """The written amount times how often a day; ``None`` without an amount."""
        return None if self.dose_mg is None else self.dose_mg * self.times_a_day

    @property
    def is_antidepressant(self) -> bool:
        """Whether it is known to be an antidepressant."""
        return "antidepressant" in self.classes

    def is_a(self, tag: str) -> bool:
        """Whether a class tag or the id of an ingredient fits."""
        return tag in self.classes or tag in self.ingredients


@dataclass(frozen=True)
class Shelf:
    """The medicines of one person, in an order that does not depend on how they were written.

    Parameters
    ----------
    takings : tuple of Taking
        What is taken, and what was stopped a while ago.
    did_not_help : tuple of Taking
        What was tried before and did not help, or was not tolerated.
    """

    takings: tuple[Taking, ...] = ()
    did_not_help: tuple[Taking, ...] = ()

    @property
    def active(self) -> tuple[Taking, ...]:
        """What counts as taken now."""
        return tuple(one for one in self.takings if one.is_active)

    @classmethod
    def of_answers(cls, answers: Answers) -> Shelf:
        """Return the shelf of a case: current, as needed, stopped, and what did not help.

        Raises
        ------
        RecordError
            With every name that the tables do not hold.
        """
        found: list[Taking] = []
        for field, role, prescriber in _FIELDS:
            words = _listed(answers, field)
            words = tuple(map(_as_stopped, words)) if role == "stopped" else words
            found += _takings(words, where=field, role=role, prescriber=prescriber)
        tried = _takings(_listed(answers, "failed"), where="failed", role="stopped")
        return cls(_ordered(found), _ordered(tried))


_FIELDS: tuple[tuple[str, Role | None, str], ...] = (
    ("current", None, ""),
    ("current_from_neurologist", None, "neurologist"),
    ("current_from_psychiatrist", None, "psychiatrist"),
    ("as_needed", "as_needed", ""),
    ("stopped", "stopped", ""),
)


def shelf(written: Iterable[str], *, prescriber: str = "", where: str = "medicines") -> Shelf:
    """Return the shelf of medicines that a person wrote down.

    Parameters
    ----------
    written : iterable of str
        One medicine each, with or without amount, role and time.
    prescriber : str
        Who prescribes all of them, where that is known.
    where : str
        What an error calls the place.

    Returns
    -------
    Shelf
        The same whatever the order of the words.

    Raises
    ------
    RecordError
        With every name that the tables do not hold, and the nearest they do.
    """
    return Shelf(_ordered(_takings(written, where=where, prescriber=prescriber)))


def together(*shelves: Shelf) -> Shelf:
    """Return one shelf of several, such as those of two clinicians."""
    return Shelf(
        _ordered(one for part in shelves for one in part.takings),
        _ordered(one for part in shelves for one in part.did_not_help),
    )


@lru_cache(maxsize=4096)
def taking(written: str) -> Taking | None:
    """Return what was written as a taking, or ``None`` when the name is not known.

    >>> taking("Sumatriptan 50 mg prn").role
    'as_needed'
    """
    if len(written) > LONGEST:
        return None
    text, prescriber = _without_prescriber(_spelled(written))
    role, stopped = _role(text)
    hour, clock = _hour(text)
    found = _named(text)
    if found is None:
        return None
    amount, is_twice = _dose_mg(_name_words(text)), bool(_TWICE.search(text))
    made = Taking(
        written=written.strip(),
        id=found.id,
        label=found.label,
        ingredients=found.ingredients,
        classes=found.classes,
        families=found.families,
        dose_mg=amount,
        role=role,
        stopped_days_ago=stopped,
        hour=hour,
        clock=clock,
        times_a_day=2 if is_twice else 1,
        prescriber=prescriber,
        needs_name=found.needs_name,
    )
    return _as_daily_product(made)


def takings_in(written: str) -> tuple[tuple[Taking, ...], tuple[str, ...]]:
    """Return what one line names, and the words in it that stand for nothing we know.

    A line that is known as a whole is one medicine; else each of its parts is read by
    itself, so that "sumatriptan, my own drops" loses neither.

    >>> takings_in("sumatriptan, my own drops")[1]
    ('my own drops',)
    """
    whole = taking(written)
    if whole is not None:
        return (whole,), ()
    parts = [part.strip() for line in _split(written) for part in _STROKE.split(line)]
    read = [(part, taking(part)) for part in parts if part]
    known = tuple(dict.fromkeys(one for _, one in read if one is not None))
    unknown = tuple(dict.fromkeys(part for part, one in read if one is None))
    return (known, unknown) if known else ((), (written.strip(),))


def suggestions(written: str) -> tuple[str, ...]:
    """Return the known names that are spelled most like a written one, nearest first.

    Each can be written in its place; of several names of one medicine the nearest stands.
    """
    word = " ".join(_bare(_without_prescriber(_spelled(written[:LONGEST]))[0]).split())
    close = get_close_matches(word, list(names()), n=4 * NEAREST, cutoff=LIKENESS)
    by_medicine: dict[str, str] = {}
    for name in close:
        by_medicine.setdefault(names()[name].id, name)
    return tuple(by_medicine.values())[:NEAREST]


def hours_between(one: Taking, other: Taking) -> float | None:
    """Return the hours between two recorded takings; ``None`` when they cannot be compared.

    Two weekdays are taken as near as they can be: Sunday evening and Monday
    morning are one night apart.
    """
    if one.hour is None or other.hour is None or one.clock != other.clock:
        return None
    gap = abs(one.hour - other.hour)
    return min(gap, WEEK_H - gap) if one.clock == "week" else gap


def has_doubtful_amount(one: Taking) -> bool:
    """Whether the written amount is above everything that ranges and labels name.

    Only to ask "is this what you meant?"; the person is never told an amount.
    """
    most = [medicines()[name].most_mg for name in one.ingredients]
    known = [amount for amount in most if amount is not None]
    is_clear = len(most) == len(known) == 1
    return is_clear and one.daily_mg is not None and one.daily_mg > known[0]


def questions(of: Shelf) -> tuple[str, ...]:
    """Return what to ask about a shelf: amounts that may be slips, words that name no medicine."""
    words = wording("medicines")["shelf"]
    doubts = [one for one in of.takings if has_doubtful_amount(one)]
    vague = [one for one in of.takings if one.needs_name]
    return (
        *(str(words["amount"]).format(written=one.written) for one in doubts),
        *(str(words["which"]).format(written=one.written) for one in vague),
    )


def _takings(
    written: Iterable[str], *, where: str, role: Role | None = None, prescriber: str = ""
) -> list[Taking]:
    words = [word for line in written for word in _split(line)]
    if len(words) > MOST_ON_A_SHELF:
        raise RecordError(
            f"{len(words)} medicines are more than one list can hold ({MOST_ON_A_SHELF}).",
            where=where,
            remedy="Name each medicine once; days and doses belong into a diary.",
        )
    read = [(word, taking(word)) for word in words]
    unknown = [word for word, found in read if found is None]
    if unknown:
        raise _not_known(unknown, where)
    found = [one for _, one in read if one is not None]
    return [
        replace(one, role=one.role or role, prescriber=one.prescriber or prescriber)
        for one in found
    ]


def _split(line: str) -> list[str]:
    """Return the medicines of one line: "sertraline 50, none" is one; 2,5 is a number."""
    parts = (part.strip() for part in re.split(r"[;\n]|,(?!\d)", line))
    return [part for part in parts if part and part.casefold() not in _NONE]


def _not_known(unknown: list[str], where: str) -> RecordError:
    told = sorted({word.strip() for word in unknown})
    more = len(told) - MOST_NAMED
    listed = ", ".join(map(_quoted, told[:MOST_NAMED])) + (f" and {more} more" if more > 0 else "")
    asked = [
        f"Instead of {_quoted(word)}, did you mean {_or(near)}?"
        for word in told[:MOST_NAMED]
        if (near := suggestions(word))
    ]
    general = "Write the name of the active ingredient as it stands on the packet."
    return RecordError(
        f"our tables hold no medicine called {listed}.",
        where=where,
        remedy=" ".join(asked) or general,
    )


def _quoted(word: str) -> str:
    return f"'{word}'" if len(word) <= MOST_LETTERS else f"'{word[:MOST_LETTERS]}…'"


def _as_stopped(word: str) -> str:
    """Return a line of the list of stopped medicines, where "20 days ago" is when it stopped."""
    ago = _AGO.search(word.casefold())
    if ago is None or ago[1]:
        return word
    return f"{word[: ago.start()]}stopped {word[ago.start() :]}"


def _or(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _ordered(found: Iterable[Taking]) -> tuple[Taking, ...]:
    return tuple(sorted(found, key=lambda one: (one.id, one.written, one.prescriber)))


def _listed(answers: Answers, field: str) -> tuple[str, ...]:
    words = answers[field]
    return words if isinstance(words, tuple) else ()


def _spelled(written: str) -> str:
    return " ".join(written.casefold().replace("μ", "u").split())


def _without_prescriber(text: str) -> tuple[str, str]:
    """Return the text without what stands in brackets, and the prescriber named there."""
    inside = _BY.search(text)
    if inside is None:
        return text, ""
    rest = " ".join(_BY.sub(" ", text).split())
    word = re.sub(r"^(?:from|by)? ?(?:the|my)? ?", "", inside[1].strip())
    return rest, "" if named(word) else word


def _role(text: str) -> tuple[Role | None, int | None]:
    ago = _AGO.search(text)
    if ago is not None and ago[1]:
        return "stopped", int(ago[2]) * _HOURS[ago[3][0]] // 24
    if ago is not None:
        return "taken", None
    for role in ("stopped", "as_needed", "taken", "regular"):
        if re.search(rf"\b(?:{_ROLES[role]})\b", text):
            return role, None
    return ("taken", None) if _CLOCK.search(text) else (None, None)


def _hour(text: str) -> tuple[float | None, str]:
    clock, ago = _CLOCK.search(text), _AGO.search(text)
    if ago is not None and not ago[1]:
        return -float(ago[2]) * _HOURS[ago[3][0]], "ago"
    if clock is None:
        return None, ""
    time = int(clock[1]) + int(clock[2]) / 60
    weekday, date = _WEEKDAY.search(text), _DATE.search(text)
    if date is not None:
        day = _day(date[1])
        return (None, "") if day is None else (24.0 * day.toordinal() + time, "date")
    if weekday is not None:
        return 24.0 * _DAYS.index(weekday[1]) + time, "week"
    return time, "day"


def _day(word: str) -> dt.date | None:
    """Return a day, or ``None`` when the calendar has no such day: then its time says nothing."""
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        return None


def _name_words(text: str) -> str:
    """Return the text without role and time: the name, and perhaps an amount."""
    for pattern in (_AGO, _DATE, _CLOCK, _WEEKDAY):
        text = pattern.sub(" ", text)
    for words in _ROLES.values():
        text = re.sub(rf"\b(?:{words})\b", " ", text)
    return " ".join(text.split())


def _bare(text: str) -> str:
    """Return the name alone, without its amount."""
    return _AMOUNT.sub(" ", _OTHER_UNIT.sub(" ", _name_words(text))).strip(" ,;:")


def _dose_mg(words: str) -> float | None:
    amounts = list(_AMOUNT.finditer(_OTHER_UNIT.sub(" ", words)))
    if len(amounts) != 1:
        return None
    number, unit = float(amounts[0][1].replace(",", ".")), amounts[0][2]
    return number * _IN_MG.get(unit or "mg", 1.0)


def _named(text: str) -> Named | None:
    """Return what the name stands for: as written, without its amount, or by its parts."""
    for form in _forms(text):
        found = named(form) or _combination(form)
        if found is not None:
            return found
    return None


def _forms(text: str) -> Iterator[str]:
    """Give the name in ever barer forms: a name may hold a number, or the word "pill"."""
    yield text
    yield _name_words(text)
    yield _LAST_AMOUNT.sub("", _name_words(text))
    yield _bare(text)
    yield _FORM.sub(" ", _bare(text))


def _combination(form: str) -> Named | None:
    parts = [named(part) for part in _STROKE.split(form)]
    known = [one for one in parts if one is not None and one.ingredients]
    if len(parts) < 2 or len(known) < len(parts):
        return None
    return _same(combined(name for one in known for name in one.ingredients))


def _same(made: Named) -> Named:
    """Return the product of the tables that has just these ingredients, if there is one."""
    known = (one for one in names().values() if one.kind == "product")
    return next(
        (
            one
            for one in known
            if one.ingredients == made.ingredients and one.classes == made.classes
        ),
        made,
    )


def _as_daily_product(made: Taking) -> Taking:
    """Return a low daily amount as the product it makes (aspirin to thin the blood)."""
    for ingredient, low, high, product in daily_products():
        is_daily = made.role in (None, "regular") and made.daily_mg is not None
        if made.id == ingredient and is_daily and low <= (made.daily_mg or 0) <= high:
            return replace(
                made,
                id=product.id,
                label=product.label,
                classes=product.classes,
                families=product.families,
            )
    return made
