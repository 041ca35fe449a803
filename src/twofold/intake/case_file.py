"""A case file: one JSON object of answers, checked against the vocabulary field by field."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from twofold.diary.case import Case, Value
from twofold.diary.item9 import item9_of
from twofold.errors import SchemaError
from twofold.intake.opening import text_of
from twofold.knowledge.field import Field, by_name, fields

ITEM_9 = "item9"
NEAR = 0.84
"""Two names as alike as this are taken for a slip of the pen, and asked about."""

LARGEST_BYTES = 1_000_000
MOST_KEYS = 2_000
LONGEST_NAME = 60
"""A longer key is no slip of the pen for any field."""

LARGEST_NUMBER = 1e15
"""Nothing that is counted or measured about a person comes near it."""

_SPOKEN_YES = {"yes": True, "true": True, "no": False, "false": False}
_NOT_KNOWN = {"unknown", "not known", "not asked", ""}


def read_case(path: str | Path) -> Case:
    """Read a case from its JSON file.

    Parameters
    ----------
    path : str or Path
        A file with one JSON object: field ids or their aliases, and answers.
        ``null`` and an absent key both mean that it is not known.

    Raises
    ------
    ReadError
        When the file cannot be opened or is not text.
    SchemaError
        When it is not one JSON object, or an answer does not fit its field.
    """
    where = Path(path).name
    told = _json(text_of(Path(path), largest=LARGEST_BYTES), where)
    if not isinstance(told, dict):
        raise SchemaError(
            "a case is one JSON object.", where=where, remedy='Begin it with "{" and a field.'
        )
    return case_of(told, where=where)


def case_of(told: Mapping[str, Any], *, where: str = "case") -> Case:
    """Return a case from plain answers, each checked against its field.

    Raises
    ------
    SchemaError
        When an answer does not fit its field, two keys give one field two
        answers, or a key is nearly, but not quite, one that is known.
    """
    if len(told) > MOST_KEYS:
        raise SchemaError(
            f"{len(told)} answers are more than a case can hold ({MOST_KEYS}).",
            where=where,
            remedy="Write the days of a diary as a diary: `twofold schema diary`.",
        )
    answers: dict[str, Value | None] = {}
    not_read: list[str] = []
    for key, answer in told.items():
        field = _field_of(key, where)
        if field is None:
            not_read.append(key)
            continue
        value = _value(field, answer, f"{where}, {key}")
        if field.id in answers and answers[field.id] != value:
            raise SchemaError(
                f"{field.label} is answered twice, and differently.",
                where=f"{where}, {key}",
                remedy="Leave one of the answers out.",
            )
        answers[field.id] = value
    item9 = answers.pop(ITEM_9, None)
    _refuse_contradictions(answers, item9, where)
    return Case(answers, item9_of(None if item9 is None else int(str(item9))), tuple(not_read))


def _json(text: str, where: str) -> Any:
    """Return what a text holds as JSON, or refuse it with the place."""
    try:
        told = json.loads(text, object_pairs_hook=_once(where))
        json.dumps(told, ensure_ascii=False).encode()  # half a letter cannot be written again
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}"
    except RecursionError:
        place = "its nesting"
    except UnicodeEncodeError:
        place = "half a letter, such as \\ud800"
    except ValueError:
        place = "a number with too many digits"
    else:
        return told
    raise SchemaError(f"the file is not JSON ({place}).", where=where, remedy="Mend that place.")


def _once(where: str) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        told = dict(found)
        if len(told) < len(found):
            times = Counter(key for key, _ in found)
            raise SchemaError(
                f"the key {_short(times.most_common(1)[0][0])} stands there twice.",
                where=where,
                remedy="Leave one of them out.",
            )
        return told

    return pairs


def _short(key: str) -> str:
    """Return a key in quotation marks, as much of it as a sentence can hold."""
    return repr(key if len(key) <= LONGEST_NAME else f"{key[:LONGEST_NAME]}…")


@cache
def _spelled() -> dict[str, str]:
    """Return the field id of every name, as people may spell it."""
    return {name.casefold(): field_id for name, field_id in by_name().items()}


def _field_of(key: str, where: str) -> Field | None:
    plain = key.strip().replace("-", "_").replace(" ", "_").casefold()
    named = _spelled()
    if plain in named:
        return fields()[named[plain]]
    if len(plain) > LONGEST_NAME:
        return None
    near = difflib.get_close_matches(plain, named, n=1, cutoff=NEAR)
    if near:
        raise SchemaError(
            f"no question is called {_short(key)}.",
            where=where,
            remedy=f"Did you mean {near[0]!r}? Leave the key out if not.",
        )
    return None


def _value(field: Field, answer: Any, where: str) -> Value | None:
    if answer is None:
        return None
    if _says_not_known(field, answer):
        return None
    read = {
        "yes_no": _yes_no,
        "number": _number,
        "choice": _choice,
        "list": _list,
        "text": _text,
    }[field.kind]
    return read(field, answer, where)


def _says_not_known(field: Field, answer: Any) -> bool:
    """Whether an answer is one of the words for "not known", and no choice of its own."""
    if not isinstance(answer, str) or field.kind == "text" or _is_choice(field, answer):
        return False
    return answer.strip().casefold() in _NOT_KNOWN


def _wrong(field: Field, answer: Any, where: str, remedy: str) -> SchemaError:
    shown = json.dumps(answer, ensure_ascii=False)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return SchemaError(f"{field.label} cannot be {shown}.", where=where, remedy=remedy)


def _yes_no(field: Field, answer: Any, where: str) -> bool:
    if isinstance(answer, bool):
        return answer
    if isinstance(answer, str) and answer.strip().casefold() in _SPOKEN_YES:
        return _SPOKEN_YES[answer.strip().casefold()]
    raise _wrong(field, answer, where, "Answer true, false, or null for not known.")


def _number(field: Field, answer: Any, where: str) -> int | float:
    low = "" if field.low is None else f" from {field.low:g}"
    high = "" if field.high is None else f" up to {field.high:g}"
    unit = f" ({field.unit})" if field.unit else ""
    remedy = f"Give a {'whole ' if field.is_whole else ''}number{low}{high}{unit}, or null."
    if not _is_number(answer):
        raise _wrong(field, answer, where, remedy)
    outside = (field.low is not None and answer < field.low) or (
        field.high is not None and answer > field.high
    )
    if outside or (field.is_whole and answer != int(answer)):
        raise _wrong(field, answer, where, remedy)
    return int(answer) if field.is_whole else answer


def _is_number(answer: Any) -> bool:
    """Whether it can be counted or measured: a number, not NaN, and not beyond all sense."""
    is_written = isinstance(answer, (int, float)) and not isinstance(answer, bool)
    return is_written and abs(answer) <= LARGEST_NUMBER


def _is_choice(field: Field, answer: str) -> bool:
    return answer in field.choices or answer in dict(field.words)


def _word(field: Field, answer: Any) -> str | None:
    """Return the choice that a word stands for, or ``None`` when it is none of them."""
    if isinstance(answer, bool) and ("yes" in field.choices or "no" in field.choices):
        answer = "yes" if answer else "no"
    if not isinstance(answer, str):
        return None
    plain = answer.strip().casefold()
    spelled = plain.replace(" ", "_").replace("-", "_")
    other = dict(field.words)
    for word in (answer, plain, spelled):
        if word in field.choices:
            return word
        if word in other:
            return other[word]
    return None


def _choice(field: Field, answer: Any, where: str) -> str:
    word = _word(field, answer)
    if word is None:
        raise _wrong(field, answer, where, f"Choose one of: {', '.join(field.choices)}, or null.")
    return word


def _list(field: Field, answer: Any, where: str) -> tuple[str, ...]:
    told = _lines(answer)
    if told is None:
        raise _wrong(field, answer, where, "Give a list of words, or null.")
    if len(told) > MOST_KEYS:
        raise SchemaError(
            f"{len(told)} lines are more than a list can hold ({MOST_KEYS}).",
            where=where,
            remedy="Leave out what is there twice.",
        )
    if not field.choices:
        return tuple(one.strip() for one in told if one.strip())
    words = [(one, _word(field, one)) for one in told]
    for written, word in words:
        if word is None:
            raise _wrong(field, written, where, f"Choose from: {', '.join(field.choices)}.")
    return tuple(word for _, word in words if word is not None)


def _lines(answer: Any) -> list[str] | None:
    """Return a list as lines of words; an object says what its lines say.

    ``{"triptan": 4}`` is the line "triptan 4"; ``{"day": 3, "medicines": ["a", "b"]}``
    in a list is the line "3: a, b".
    """
    if isinstance(answer, str):
        return [answer]
    if isinstance(answer, dict):
        found = [_line_of(name, value) for name, value in answer.items()]
    elif isinstance(answer, list):
        found = [_entry(one) for one in answer]
    else:
        return None
    return None if None in found else [one for one in found if one is not None]


def _entry(one: Any) -> str | None:
    if isinstance(one, str):
        return one
    return str(one) if _is_number(one) else _record(one)


def _line_of(name: str, value: Any) -> str | None:
    if isinstance(value, list):
        return f"{name}: {', '.join(value)}" if all(isinstance(v, str) for v in value) else None
    if isinstance(value, str):
        return f"{name} {value}"
    return f"{name} {value}" if _is_number(value) else None


def _record(one: Any) -> str | None:
    """Return one day or month that is an object as its line."""
    if not isinstance(one, dict):
        return None
    rest = [(name, value) for name, value in one.items() if name != "day"]
    if "day" in one and len(rest) == 1:
        return _line_of(str(one["day"]), rest[0][1])
    parts = [_line_of(name, value) for name, value in rest]
    return None if None in parts or "day" in one else ", ".join(str(part) for part in parts)


def _text(field: Field, answer: Any, where: str) -> str:
    if not isinstance(answer, str):
        raise _wrong(field, answer, where, "Give words in quotation marks, or null.")
    return answer


def _refuse_contradictions(answers: Mapping[str, Any], item9: Any, where: str) -> None:
    """Refuse pairs of answers that cannot both be true, in the table's words."""
    from twofold.knowledge.contradiction import contradictions

    for one in contradictions():
        told = _Loose({**answers, ITEM_9: item9})
        if one.when.holds(told):
            raise SchemaError(one.says, where=where, remedy=one.remedy)


class _Loose(dict[str, Any]):
    """Answers in which a field that is absent is not known."""

    def __missing__(self, name: str) -> None:
        return None
