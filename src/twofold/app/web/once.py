"""One tap, one change: forms carry the id of the change that they will make.

The server puts a fresh id into each form (``{{ once() }}`` in a template); a form
that is sent twice, by a double tap or because the answer was lost, is the same
change and is kept once. A phone without a network uses the same id later.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from twofold.app.web.forms import Form, FormError
from twofold.app.web.gate import Visit
from twofold.store.entry import Body, Change, Entry, Outcome

FIELD = "once"
_TURN = threading.RLock()


def fresh() -> str:
    """Return an id for a form."""
    return str(uuid.uuid4())


def in_form(form: Form) -> str:
    """Return the id that the form carries, or a fresh one where it has none.

    Raises
    ------
    FormError
        When it is no id.
    """
    return form.id(FIELD) or fresh()


@contextmanager
def turn() -> Iterator[None]:
    """Read and write an entry without another request of this server in between."""
    with _TURN:
        yield


def write(visit: Visit, *changes: Change) -> tuple[Outcome, ...]:
    """Keep changes together: all of them are on the disk when this returns, or none."""
    written = visit.store.write(visit.person.id, list(changes), received=visit.now)
    return tuple(one.outcome for one in written)


def write_as_said(visit: Visit, made: Change, *, but: Collection[str] = ()) -> tuple[Outcome, str]:
    """Keep what a form says; sent again with other answers, that is kept, too.

    Whoever goes back in the browser and answers otherwise sends the same id again: of a
    new entry another one is made, and of one that was there another version.

    Parameters
    ----------
    but : collection of str
        What may differ between two sendings of the same answers: the moment.

    Returns
    -------
    tuple
        What became of it, and the id of the entry that holds it.
    """
    (outcome,) = write(visit, made)
    if outcome != "known" or _was_said(visit, made, but):
        return outcome, made.entry
    content = json.dumps(_but(made.body, but), sort_keys=True, ensure_ascii=False)
    name, is_new = str(uuid.uuid5(uuid.UUID(made.id), content)), made.entry == made.id
    entry, base = (name, None) if is_new else (made.entry, made.id)
    (outcome,) = write(visit, replace(made, id=name, entry=entry, base=base))
    return outcome, entry


def _was_said(visit: Visit, made: Change, but: Collection[str]) -> bool:
    history = visit.store.history(visit.person.id, made.entry)
    before = next(one.body for one in history if one.id == made.id)
    return _but(before, but) == _but(made.body, but)


def _but(body: Body | None, names: Collection[str]) -> Mapping[str, Any]:
    return {name: value for name, value in (body or {}).items() if name not in names}


def change(
    visit: Visit,
    name: str,
    kind: str,
    body: Body | None,
    *,
    entry: str = "",
    base: str | None = None,
) -> Change:
    """Return a change that is made now; a new entry has the id of its first change."""
    return visit.change(kind, body, entry=entry or name, base=base, name=name)


def step(
    visit: Visit,
    name: str,
    entry: str,
    *,
    kind: str,
    to: Callable[[Mapping[str, Any]], Body | None],
) -> bool:
    """Change an entry from how it stands now, once.

    Returns
    -------
    bool
        Whether there was such an entry.
    """
    with turn():
        found = visit.entry(entry, kind=kind)
        if found is None or found.body is None:
            return False
        if not is_known(visit, found, name):
            body = to(found.body)
            write(visit, change(visit, name, kind, body, entry=entry))
    return True


def is_known(visit: Visit, entry: Entry, name: str) -> bool:
    """Return whether a change of this entry was made before."""
    return any(one.id == name for one in visit.store.history(visit.person.id, entry.id))


def undo(visit: Visit, entry: str, head: str) -> bool:
    """Take the last step back: the entry is as it was before, or out where it was new.

    Parameters
    ----------
    head : str
        The step to take back; where another came after it, nothing is changed.

    Returns
    -------
    bool
        Whether it was that step's turn.
    """
    with turn():
        there = visit.store.entry(visit.person.id, entry)
        if there is None or there.head != head:
            return False
        before = body_before(visit, there)
        name = str(uuid.uuid5(uuid.UUID(head), "undo"))
        write(visit, change(visit, name, there.kind, before, entry=entry, base=head))
    return True


def body_before(visit: Visit, entry: Entry) -> Body | None:
    """Return what an entry was before its last change; ``None``: it was not there."""
    history = visit.store.history(visit.person.id, entry.id)
    at = next((n for n, one in enumerate(history) if one.id == entry.head), 0)
    return history[at - 1].body if at else None


def refuse_other_kind(visit: Visit, entry: str, kind: str, field: str = FIELD) -> None:
    """Refuse an id that another kind of entry has.

    Raises
    ------
    FormError
        When it has.
    """
    there = visit.store.entry(visit.person.id, entry)
    if there is not None and there.kind != kind:
        raise FormError(field, "This page is too old. Please open it again. Nothing was saved.")
