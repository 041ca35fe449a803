"""Keeping several entries of a day at once: one id for each, so that nothing doubles.

The id of an entry follows from the person, the day and what it is, and the id of
a change from the entry and what it becomes. A form that is sent twice, or from a
second device, therefore writes the same thing once.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twofold.app.web.forms import Form, FormError, known_id
from twofold.app.web.gate import Visit
from twofold.store.entry import Body, Change, Entry

NONE_SEEN = str(uuid.UUID(int=0))
"""The base of a change whose writer saw no such entry: if there is one by now, both are kept."""

MOST_SEEN = 100


@dataclass(frozen=True)
class Draft:
    """An entry as it is to be from now on; a ``body`` of ``None`` takes it out."""

    kind: str
    entry: str
    body: Body | None


def entry_of(visit: Visit, day: dt.date, *names: str) -> str:
    """Return the id of what a person says once a day."""
    words = "/".join((visit.person.id, day.isoformat(), *names))
    return str(uuid.uuid5(uuid.NAMESPACE_URL, words))


def seen_in(form: Form) -> dict[str, str]:
    """Return which version of each entry the writer had seen, as the form's hidden fields say.

    Raises
    ------
    FormError
        When they are not what the page had put there.
    """
    pairs = [one.partition("/")[::2] for one in form.given.get("seen", ())[:MOST_SEEN]]
    if not all(known_id(entry) and known_id(head) for entry, head in pairs):
        raise FormError("seen", "This page is not as it was sent. Please open it again.")
    return dict(pairs)


def keep(visit: Visit, drafts: Iterable[Draft], seen: Mapping[str, str]) -> bool:
    """Write what differs from what is kept, all of it or nothing, durable on return.

    Parameters
    ----------
    seen : mapping of str to str
        By entry, the change that the writer had seen (``seen_in``).

    Returns
    -------
    bool
        Whether all of it stands. ``False``: another device had written in the
        meantime; both versions are kept, and the person decides.
    """
    changes = [
        _change(visit, one, seen.get(one.entry, NONE_SEEN))
        for one in drafts
        if _differs(one, visit.store.entry(visit.person.id, one.entry))
    ]
    written = visit.store.write(visit.person.id, changes, received=visit.now)
    return all(one.outcome != "conflict" for one in written)


def _differs(draft: Draft, there: Entry | None) -> bool:
    return draft.body != (there.body if there is not None else None)


def _change(visit: Visit, draft: Draft, base: str) -> Change:
    content = json.dumps(draft.body, sort_keys=True, ensure_ascii=False)
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{draft.entry}/{base}/{content}"))
    return visit.change(draft.kind, draft.body, entry=draft.entry, base=base, name=name)


def when_now(visit: Visit, day: dt.date) -> dict[str, Any]:
    """Return the moment of an answer: to the minute today, else only the day."""
    if day != visit.today:
        return {"day": day.isoformat()}
    offset = visit.now.utcoffset()
    assert offset is not None
    return {
        "day": day.isoformat(),
        "time": visit.now.time().replace(second=0, microsecond=0).isoformat(),
        "offset_minutes": int(offset.total_seconds() // 60),
    }
