"""Reads and checks the tables; the only file that opens them."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Claim, ClaimClass, Confidence, Source
from twofold.knowledge.figure import GroupFigure
from twofold.knowledge.notice import Notice

Row = dict[str, Any]


@cache
def claims() -> dict[str, Claim]:
    """Return every claim by its id, numbers converted to priors.

    Raises
    ------
    KnowledgeError
        When a row lacks a source, a check date, or a number it needs.
    """
    return {row["id"]: _claim(row) for row in _rows("claims", "claim")}


@cache
def notices() -> dict[str, Notice]:
    """Return the sentences that must be said today by id."""
    return {row["id"]: _notice(row) for row in _rows("wording", "notice")}


@cache
def figures() -> dict[str, GroupFigure]:
    """Return what studies found about groups of people, by id; never a prior."""
    return {row["id"]: _figure(row) for row in _rows("epidemiology", "figure")}


def conversion() -> Row:
    """Return the rule that turns a sheet's log-odds into a prior (``claims/conversion.toml``)."""
    return _tables("claims")["conversion.toml"]


def _claim(row: Row) -> Claim:
    pi, m = _pi_and_m(row)
    if row["class"] not in get_args(ClaimClass):
        raise KnowledgeError(f"claim {row['id']} has the unknown class {row['class']!r}.")
    return Claim(
        id=row["id"],
        label=row["label"],
        claim_class=row["class"],
        lag=row["lag"],
        pi=pi,
        m=m,
        tau=conversion()["tau"],
        n0=conversion()["n0"],
        log_odds=row.get("log_odds"),
        log_odds_sd=row.get("log_odds_sd"),
        **_standing(row),
    )


def _pi_and_m(row: Row) -> tuple[float, float]:
    if "pi" in row:
        return float(row["pi"]), float(row["m"])
    rule = conversion()
    pi = float(rule["pi_of_kind"][row["kind"]])
    limit = float(rule["m_limit"])
    m = row.get("log_odds", 0.0) * rule["exposure_sd"] / pi
    return pi, max(-limit, min(limit, m))


def _figure(row: Row) -> GroupFigure:
    first, last = row["usual"]
    return GroupFigure(
        id=row["id"],
        question=row["question"],
        usual=(int(first), int(last)),
        sentence=row["sentence"],
        **_standing(row),
    )


def _notice(row: Row) -> Notice:
    standing = _standing(row | {"sources": [{"title": row["source"], "link": "", "section": ""}]})
    return Notice(
        id=row["id"],
        text=row["text"],
        source=row["source"],
        confidence=standing["confidence"],
        checked=standing["checked"],
    )


def _standing(row: Row) -> Row:
    """Return what every row must carry: sources, confidence, and the date it was checked."""
    missing = [key for key in ("sources", "confidence", "checked") if not row.get(key)]
    if missing:
        raise KnowledgeError(f"row {row.get('id')} has no {missing[0]}.")
    if row["confidence"] not in get_args(Confidence) or not isinstance(row["checked"], dt.date):
        raise KnowledgeError(f"row {row['id']} has a confidence or date that cannot be read.")
    return {
        "sources": tuple(Source(**source) for source in row["sources"]),
        "confidence": row["confidence"],
        "checked": row["checked"].isoformat(),
    }


def _rows(room: str, kind: str) -> Iterator[Row]:
    seen: set[str] = set()
    for name, table in _tables(room).items():
        for row in table.get(kind, []):
            if row.get("id") in seen or not row.get("id"):
                raise KnowledgeError(f"{room}/{name} has a row without an id of its own.")
            seen.add(row["id"])
            yield row


@cache
def _tables(room: str) -> dict[str, Row]:
    folder = resources.files("twofold.knowledge") / room
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=str)
    return {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


@cache
def rows(room: str, kind: str) -> tuple[Row, ...]:
    """Return all rows of one kind in a room, in the order of their files, with their standing.

    Parameters
    ----------
    room : str
        A folder of ``knowledge/`` (``"criteria"``).
    kind : str
        The name of the row's table (``"pattern"`` for ``[[pattern]]``).

    Returns
    -------
    tuple of dict
        Each row's own keys, and ``sources`` (tuple of Source; empty for
        ``sources = "not found"``: such a row is never shown to a person),
        ``confidence``, ``checked`` (ISO date), ``reviewed`` (who, or that nobody has)
        and ``table`` (the file it stands in).

    Raises
    ------
    KnowledgeError
        When a row has no id of its own, no source, no confidence or no date.
    """
    found = []
    for name, table in _tables(room).items():
        for row in table.get(kind, []):
            found.append(_standing_row(row, table, f"{room}/{name}"))
    ids = [row["id"] for row in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise KnowledgeError(f"{room} has more than one {kind} with the id {twice[0]}.")
    return tuple(found)


def _standing_row(row: Row, table: Row, place: str) -> Row:
    if not row.get("id"):
        raise KnowledgeError(f"{place} has a row without an id of its own.")
    where = f"row {row['id']} of {place}"
    defaults = {"sources": table.get("sources_of_all")} | {
        key: table[key] for key in ("confidence", "checked") if key in table
    }
    whole = defaults | row
    for key in ("sources", "confidence", "checked"):
        if not whole.get(key):
            raise KnowledgeError(f"{where} has no {key}.")
    if whole["confidence"] not in get_args(Confidence) or not isinstance(whole["checked"], dt.date):
        raise KnowledgeError(f"{where} has a confidence or date that cannot be read.")
    if not table.get("reviewed"):
        raise KnowledgeError(f"{place} does not say whether a clinician has reviewed it.")
    return whole | {
        "sources": _cited(whole["sources"], table.get("sources", {}), where),
        "checked": whole["checked"].isoformat(),
        "reviewed": table["reviewed"],
        "table": place,
    }


def _cited(sources: Any, known: Row, where: str) -> tuple[Source, ...]:
    """Return the citations of a row, its short ids resolved in the file's own list."""
    if sources == "not found":
        return ()
    if isinstance(sources, str):
        raise KnowledgeError(f'{where}: sources is a list, or "not found".')
    return tuple(_citation(one, known, where) for one in sources)


def _citation(one: str | Row, known: Row, where: str) -> Source:
    ref, section = (one, "") if isinstance(one, str) else (one.get("ref"), one.get("section", ""))
    if ref is None and not isinstance(one, str):
        return Source(**one)
    if ref not in known:
        raise KnowledgeError(f"{where} cites {ref}, which its file does not list.")
    source = known[ref]
    return Source(source["title"], source["link"], section or source.get("section", ""))


def rooms() -> tuple[str, ...]:
    """Return the rooms that hold tables."""
    house = resources.files("twofold.knowledge")
    return tuple(
        sorted(
            room.name
            for room in house.iterdir()
            if room.is_dir() and any(file.name.endswith(".toml") for file in room.iterdir())
        )
    )


def tables(room: str) -> dict[str, Row]:
    """Return a room's files by name, each whole, for those who check them."""
    return _tables(room)


def wording(subject: str) -> Row:
    """Return one table of sentences from ``wording/`` (``"findings"``)."""
    return _tables("wording")[f"{subject}.toml"]
