"""The verbs of the diary that is kept: add, export, backup, restore, check, erase.

The passphrase is asked for, or read from the file that ``TWOFOLD_PASSPHRASE_FILE``
names; it is never an argument, which other programs could read.
"""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twofold.app.cli.saying import missing_app, say, without_controls
from twofold.errors import TwofoldError

if TYPE_CHECKING:
    from twofold.diary.diary import Diary
    from twofold.people.person import Person
    from twofold.store.adding import Adding
    from twofold.store.store import Store

PASSPHRASE_FILE = "TWOFOLD_PASSPHRASE_FILE"
_LONGEST_SECRET = 4096
_MOST_DAYS = 5


def add_verb(chosen: argparse.Namespace) -> int:
    """Put a read file into the diary, or take an import out again."""
    if chosen.undo:
        return _undo(chosen)
    if not chosen.path:
        raise TwofoldError("what shall be added?", remedy="Name a file: `twofold add PATH`.")
    diary, source, unread = _read(chosen)
    with _store(chosen, begin=not chosen.dry_run) as store:
        person = _who(store, chosen.to)
        from twofold.app.heard import listener
        from twofold.app.met import met_lines
        from twofold.store.adding import add, plan, up_to

        tomorrow = dt.date.today() + dt.timedelta(1)
        diary, later = up_to(diary, tomorrow) if diary.is_dated else (diary, 0)
        do = plan if chosen.dry_run else add
        now = _now()
        done = do(store, person.id, diary, source=source, now=now, notices=listener())
        first = _said_first(store, person, done, now)
        met = () if chosen.dry_run else met_lines(store, person.id, done.batch, today=now.date())
    added = _added_json(done, person, source, unread, dry=chosen.dry_run)
    words = _added_words(done, person, unread, later, dry=chosen.dry_run)
    _told(
        chosen,
        {**added, "later": later, "safety_first": list(first), "medicines": list(met)},
        "\n".join([*first, *([""] if first else []), words, *_met_words(met)]),
    )
    return 0


def export_verb(chosen: argparse.Namespace) -> int:
    """Write the diary as one file in Twofold's own JSON."""
    from twofold.intake import native
    from twofold.report.writing import write_whole

    if Path(chosen.file).suffix.lower() != ".json":
        raise TwofoldError(
            "a diary is written as .json.", where=chosen.file, remedy="Choose such a name."
        )
    with _store(chosen) as store:
        person = _who(store, chosen.person)
        diary = store.diary(person.id, today=dt.date.today())
    write_whole(Path(chosen.file), native.dump(diary))
    _told(chosen, {"written": chosen.file}, f"Written: {chosen.file}. It is not encrypted.")
    return 0


def backup_verb(chosen: argparse.Namespace) -> int:
    """Write a backup."""
    keys = Path(chosen.keys) if chosen.keys else None
    with _store(chosen) as store:
        store.backup(Path(chosen.file), keys=keys)
    words = f"Backed up to {chosen.file}; the same passphrase and recovery key open it."
    if keys:
        words += f" Its keys are in {keys}: without them nobody can open it."
    _told(chosen, {"written": chosen.file, "keys": chosen.keys}, words)
    return 0


def restore_verb(chosen: argparse.Namespace) -> int:
    """Put a backup back; what is there is moved aside."""
    _needs_the_store()
    from twofold.store.restoring import restore

    keys = Path(chosen.keys) if chosen.keys else None
    aside = restore(Path(chosen.file), _folder(chosen), _secret(), keys=keys)
    words = "The backup was looked through and is back."
    if aside:
        words += f" What was there before is in {aside}."
    _told(chosen, {"restored": chosen.file, "aside": str(aside) if aside else None}, words)
    return 0


def check_verb(chosen: argparse.Namespace) -> int:
    """Look through the whole diary, and say what to do."""
    with _store(chosen) as store:
        mended = store.mend() if chosen.mend else 0
        health = store.check()
    lines = [f"Put right: {mended} entries."] if mended else []
    words = "\n".join([*lines, *health.says])
    told = {"is_well": health.is_well, "says": list(health.says), "mended": mended}
    _told(chosen, told, words)
    return 0 if health.is_well else 5


def erase_verb(chosen: argparse.Namespace) -> int:
    """Erase a person for good, after they typed their name."""
    with _store(chosen) as store:
        person = _who(store, chosen.person)
        _ask_to_type(person.label)
        left = [str(path) for path in store.erase(person.id)]
    lines = [
        f"{person.label} was erased: the key is gone, and nothing opens what was kept here. "
        "The copies that Twofold put aside in the folder were cleared, too.",
        *(f"Not cleared, because it cannot be opened; delete it by hand: {path}" for path in left),
        "What you saved yourself is still there. A backup that has its keys inside still opens: "
        "delete those backups, too, and exports, which are not encrypted.",
    ]
    _told(chosen, {"erased": person.id, "not_cleared": left}, "\n".join(lines))
    return 0


def _undo(chosen: argparse.Namespace) -> int:
    with _store(chosen) as store:
        person = _who(store, chosen.to)
        here = store.batches(person.id)
        if chosen.undo not in {one.id for one in here}:
            known = "; ".join(f"{one.id} ({one.source})" for one in here if not one.is_out)
            raise TwofoldError(
                f"no import has the id {chosen.undo[:60]!r}.",
                remedy=f"There are: {known}." if known else "Nothing was imported here.",
            )
        from twofold.app.heard import take_out

        count = take_out(store, person.id, chosen.undo, zone=_zone(person), now=_now())
    words = f"Taken out: {count} entries. What you changed since has stayed."
    _told(chosen, {"batch": chosen.undo, "taken_out": count}, words)
    return 0


def _said_first(store: Store, person: Person, done: Adding, now: dt.datetime) -> tuple[str, ...]:
    """Return the numbers, and on which days it stands, where a file speaks of self-harm."""
    from twofold.app.heard import page_lines, to_tell

    told = to_tell(store, person.id, done, zone=_zone(person), now=now)
    if told is None:
        return ()
    days = ", ".join(day.isoformat() for day in told.days[:_MOST_DAYS])
    more = len(told.days) - _MOST_DAYS
    more_words = f" and {more} more" if more > 0 else ""
    return (*page_lines(store, person.id, told), f"It stands in the file on: {days}{more_words}.")


def _zone(person: Person) -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(person.zone) if person.zone else dt.UTC


def _read(chosen: argparse.Namespace) -> tuple[Diary, str, int]:
    """Read one person's diary from a file."""
    import twofold

    reading = twofold.read(chosen.path, chosen.mapping)
    diary = reading.diary if chosen.person is None else reading.person(chosen.person)
    return diary, reading.source, len(reading.unread)


def _store(chosen: argparse.Namespace, *, begin: bool = False) -> Store:
    """Open the diary; where there is none yet and ``begin`` is true, begin one."""
    _needs_the_store()
    from twofold.store.opening import create, is_there, open_store

    folder = _folder(chosen)
    if is_there(folder):
        return open_store(folder, _secret())
    if not begin:
        raise TwofoldError(
            "there is no diary here yet.",
            where=str(folder),
            remedy="Begin one with `twofold serve` or `twofold add PATH`.",
        )
    store, recovery_key = create(folder, _secret(is_new=True))
    store.add_person("you")
    print(
        f"A new diary was begun in {folder}.\nRecovery key: {recovery_key}\n"
        "Write it down and keep it away from this machine. It is shown only now, and it "
        "opens the diary when the passphrase is forgotten.",
        file=sys.stderr,
    )
    return store


def _who(store: Store, label: str | None) -> Person:
    """Return the person who is meant; a diary of one needs no name."""
    people = store.people()
    found = [one for one in people if label in (None, one.label, one.id)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.label for one in people)
    raise TwofoldError(
        "nobody of this name is in the diary."
        if label
        else "this diary is kept by several people.",
        remedy=f"Name one of: {names}." if names else "Begin with `twofold serve`.",
    )


def _folder(chosen: argparse.Namespace) -> Path:
    from twofold.store.opening import data_folder

    return Path(chosen.folder).expanduser().absolute() if chosen.folder else data_folder()


def _secret(*, is_new: bool = False) -> str:
    """Return the passphrase: from the file that is named, or as it is typed."""
    named = os.environ.get(PASSPHRASE_FILE)
    if named:
        return _from_file(Path(named))
    if not sys.stdin.isatty():
        raise TwofoldError(
            "the passphrase cannot be asked for here.",
            remedy=f"Write it into a file of your own and name that file in {PASSPHRASE_FILE}.",
        )
    typed = getpass.getpass("New passphrase: " if is_new else "Passphrase or recovery key: ")
    if is_new and getpass.getpass("Once more: ") != typed:
        raise TwofoldError("the two are not the same.", remedy="Try again. Nothing was made.")
    return typed


def _from_file(path: Path) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(_LONGEST_SECRET).rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise TwofoldError(
            "the file with the passphrase cannot be read.",
            where=str(path),
            remedy=f"Check what {PASSPHRASE_FILE} names ({type(error).__name__}).",
        ) from None


def _ask_to_type(label: str) -> None:
    print(
        f"This erases everything that {without_controls(label)} ever kept here, for good.\n"
        f"Type {without_controls(label)} to do so: ",
        end="",
        file=sys.stderr,
        flush=True,
    )
    if sys.stdin.readline().rstrip("\r\n") != label:
        raise TwofoldError("that is another name. Nothing was erased.")


def _needs_the_store() -> None:
    if find_spec("sqlcipher3") is None or find_spec("sqlalchemy") is None:
        raise missing_app("the encrypted store")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _told(chosen: argparse.Namespace, plain: dict[str, Any], words: str) -> None:
    say(json.dumps(plain, indent=2, ensure_ascii=False) if chosen.json else words)


def _added_json(
    done: Adding, person: Person, source: str, unread: int, *, dry: bool
) -> dict[str, Any]:
    return {
        "source": source,
        "person": person.label,
        "added": {} if dry else done.counts,
        "would_add": done.counts if dry else {},
        "known": done.known,
        "left_out": done.left_out,
        "not_read": unread,
        "batch": "" if dry else done.batch,
    }


def _met_words(met: tuple[str, ...]) -> list[str]:
    """Return what the medicines of the file meet, under a heading."""
    return (
        ["", "Of the medicines that are taken now (not clinically reviewed yet):", *met]
        if met
        else []
    )


def _added_words(done: Adding, person: Person, unread: int, later: int, *, dry: bool) -> str:
    number = sum(done.counts.values())
    kinds = ", ".join(f"{count} {kind}" for kind, count in done.counts.items())
    verb = "Would be added to" if dry else "Added to"
    lines = [f"{verb} the diary of {person.label}: {number} entries{': ' * bool(kinds)}{kinds}."]
    lines += [f"Already there: {done.known}."] if done.known else []
    lines += [f"Left out, because you took them out: {done.left_out}."] if done.left_out else []
    lines += [f"Left out, because their days have not come yet: {later}."] if later else []
    lines += [f"Not read: {unread} (`twofold read` lists them)."] if unread else []
    lines += ["Nothing was written."] if dry else []
    if done.batch and not dry:
        lines.append(f"To take it out again: twofold add --undo {done.batch}")
    return "\n".join(lines)
