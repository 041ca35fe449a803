"""An attack as a form, all of it: what a form shows of one, and what a filled-in form makes of it.

What was not answered is ``None``, and stays so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args
from zoneinfo import ZoneInfo

from twofold.app.web.forms import Form, FormError
from twofold.app.web.gate import Visit
from twofold.diary.headache import Attack, Aura, Kind, PainRating, Quality, Side, Symptoms
from twofold.errors import RecordError
from twofold.units import Hours, Pain, When

SIDES: tuple[Side, ...] = get_args(Side)
QUALITIES: tuple[Quality, ...] = get_args(Quality)
KINDS: tuple[Kind, ...] = get_args(Kind)
STATES = ("over", "running", "open")
"""Over, still going on, or not known."""

SYMPTOMS = tuple(part.name for part in fields(Symptoms))
LENGTHS = ("duration", "headache_follows_within")
AURA = tuple(part.name for part in fields(Aura) if part.name not in LENGTHS)
MOST_PAIN = 40
SPARE = 2
LONGEST_SIGNS = 500
MOST_HOURS = 24 * 14


def filled(attack: Attack) -> Form:
    """Return an attack as its form shows it; what was not said is empty."""
    given = {
        **_when_given("onset", attack.onset),
        **_when_given("end", attack.end),
        "state": _state(attack),
        "kind": attack.kind or "",
        "side": attack.side or "",
        "quality": attack.quality or "",
        "disability": "" if attack.disability is None else str(attack.disability),
        "note": attack.note or "",
        **_pain_given(attack),
        **{f"symptom-{name}": _yes_no(getattr(attack.symptoms, name)) for name in SYMPTOMS},
        **_aura_given(attack.aura),
        **_signs_given("premonitory", attack.premonitory),
        **_signs_given("postdrome", attack.postdrome),
    }
    still = {"still": [still_name(one) for one in attack.still]} if attack.still else {}
    return Form({name: [value] for name, value in given.items()} | still)


def still_name(when: When) -> str:
    """Return a word that it was still there, as a form names it.

    >>> still_name(When(dt.date(2026, 11, 17), dt.time(9, 5), 60))
    '2026-11-17 09:05:00 60'
    """
    parts = (when.day, when.time, when.offset_minutes)
    return " ".join(str(part) for part in parts if part is not None)


def _state(attack: Attack) -> str:
    """Return what was said of its end: over also where nobody said when, open where nothing was."""
    if attack.is_running:
        return "running"
    return "over" if attack.end or attack.is_running is False else "open"


def own_words(body: Mapping[str, Any]) -> list[str]:
    """Return the sentences of an attack, as it is kept, that its person wrote freely."""
    signs = [*(body.get("premonitory") or ()), *(body.get("postdrome") or ())]
    return [str(one) for one in (body.get("note"), *signs) if one]


def empty(day: dt.date) -> Form:
    """Return the form of an attack that began on a day; nothing else is said yet."""
    return Form({"onset_day": [day.isoformat()]})


def attack_in(form: Form, visit: Visit, before: Attack | None = None) -> Attack:
    """Return an attack as a form tells it.

    Parameters
    ----------
    before : Attack, optional
        As it was: a moment that was not touched keeps its seconds and its offset.

    Raises
    ------
    FormError
        When an answer cannot be taken, or two contradict each other.
    """
    onset = when_in(form, visit, "onset", before.onset if before else None)
    if onset is None:
        raise FormError("onset_day", "On which day did it begin? The time may stay empty.")
    state = form.one_of("state", STATES)
    end = when_in(form, visit, "end", before.end if before else None)
    if end is not None and state == "running":
        raise FormError("end_day", "It cannot be both over and still going on. Which is it?")
    disability = form.whole("disability", 0, 3)
    try:
        return Attack(
            onset=onset,
            end=end,
            is_running=True if state == "running" else False if state == "over" else None,
            kind=_chosen(form, "kind", KINDS),
            pain=tuple(_pain_in(form, visit, before)),
            side=_chosen(form, "side", SIDES),
            quality=_chosen(form, "quality", QUALITIES),
            symptoms=Symptoms(**{name: form.yes_no(f"symptom-{name}") for name in SYMPTOMS}),
            aura=_aura_in(form),
            premonitory=_signs_in(form, "premonitory"),
            postdrome=_signs_in(form, "postdrome"),
            disability=disability,
            note=form.text("note"),
            still=_still_in(form, before),
        )
    except RecordError as error:
        said = error.sentence()
        raise FormError("end_day", said[:1].upper() + said[1:]) from None


def when_in(form: Form, visit: Visit, name: str, before: When | None) -> When | None:
    """Return the moment that two fields tell, ``None`` when the day is empty.

    Raises
    ------
    FormError
        When it is no moment, or has not come yet.
    """
    day, time = form.day(f"{name}_day", visit.today), form.time(f"{name}_time")
    if day is None:
        if time is not None:
            raise FormError(f"{name}_day", "A time needs its day.")
        return None
    if before is not None and before.day == day and _minute(before.time) == _minute(time):
        return before
    if time is None:
        return When(day)
    if day == visit.today and time > visit.now.time():
        raise FormError(f"{name}_time", "This moment has not come yet.")
    return When(day, time, offset_at(visit.zone, day, time))


def offset_at(zone: str, day: dt.date, time: dt.time) -> int:
    """Return how many minutes east of UTC a zone's clocks were at a moment.

    >>> offset_at("Europe/Berlin", dt.date(2026, 7, 1), dt.time(12))
    120
    """
    offset = dt.datetime.combine(day, time, ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() / 60)


def rows_of(form: Form) -> range:
    """Return the numbers of the rows for pain: those that are filled, and some spare ones."""
    used = [n for n in range(MOST_PAIN) if form.raw(f"pain-{n}-level")]
    return range(min(MOST_PAIN, (used[-1] + 1 if used else 0) + SPARE))


def _when_given(name: str, when: When | None) -> dict[str, str]:
    if when is None:
        return {}
    return {f"{name}_day": str(when.day), f"{name}_time": _minute(when.time)}


def _minute(time: dt.time | None) -> str:
    return "" if time is None else time.strftime("%H:%M")


def _pain_given(attack: Attack) -> dict[str, str]:
    given: dict[str, str] = {}
    for n, one in enumerate(attack.pain[:MOST_PAIN]):
        given |= _when_given(f"pain-{n}", one.when) | {f"pain-{n}-level": f"{one.pain:g}"}
    return given


def _pain_in(form: Form, visit: Visit, before: Attack | None) -> Iterator[PainRating]:
    kept = before.pain if before else ()
    for n in range(MOST_PAIN):
        level = form.number(f"pain-{n}-level", 0, 10)
        if level is None:
            continue
        when = when_in(form, visit, f"pain-{n}", kept[n].when if n < len(kept) else None)
        if when is None:
            raise FormError(f"pain-{n}_day", "On which day was the pain this strong?")
        yield PainRating(when, Pain(level))
    yield from kept[MOST_PAIN:]


def _still_in(form: Form, before: Attack | None) -> tuple[When, ...]:
    """Return the words that it was still there, but for those that the person took out."""
    kept = form.given.get("still", ())
    return tuple(one for one in (before.still if before else ()) if still_name(one) in kept)


def _aura_given(aura: Aura | None) -> dict[str, str]:
    if aura is None:
        return {}
    return {
        **{f"aura-{name}": _yes_no(getattr(aura, name)) for name in AURA},
        "aura-minutes": _minutes(aura.duration),
        "aura-until": _minutes(aura.headache_follows_within),
    }


def _aura_in(form: Form) -> Aura | None:
    told: dict[str, Any] = {name: form.yes_no(f"aura-{name}") for name in AURA}
    told |= {"duration": _hours(form, "aura-minutes")}
    told |= {"headache_follows_within": _hours(form, "aura-until")}
    return Aura(**told) if any(value is not None for value in told.values()) else None


def _minutes(hours: Hours | None) -> str:
    return "" if hours is None else f"{hours * 60:g}"


def _hours(form: Form, name: str) -> Hours | None:
    minutes = form.number(name, 0, MOST_HOURS * 60)
    return None if minutes is None else Hours(minutes / 60)


def _signs_given(name: str, signs: tuple[str, ...] | None) -> dict[str, str]:
    if signs is None:
        return {}
    return {name: "\n".join(signs), f"{name}-none": "" if signs else "none"}


def _signs_in(form: Form, name: str) -> tuple[str, ...] | None:
    written = form.text(name, most=LONGEST_SIGNS)
    has_none = form.one_of(f"{name}-none", ("none",)) is not None
    if written is None:
        return () if has_none else None
    if has_none:
        raise FormError(name, "“None noticed” is chosen, and signs are written. Which is it?")
    return tuple(line.strip() for line in written.splitlines() if line.strip())


def _yes_no(answer: bool | None) -> str:
    return "" if answer is None else "yes" if answer else "no"


def _chosen(form: Form, name: str, choices: tuple[Any, ...]) -> Any:
    return form.one_of(name, choices)
