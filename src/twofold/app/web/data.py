"""What is kept, as a whole: everything out, a file in, a backup, and gone for good."""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from twofold.app import heard
from twofold.app.everything import parts, zipped
from twofold.app.heard import ToTell
from twofold.app.web.day_reading import begins
from twofold.app.web.dose_notices import tell_import
from twofold.app.web.forms import Filled, FormError
from twofold.app.web.gate import Door, Visit, proves
from twofold.app.web.house import READING
from twofold.app.web.jobs import jobs_of
from twofold.app.web.lab import forget as forget_study
from twofold.app.web.opening import secret
from twofold.app.web.pages import page, to
from twofold.app.web.review import current, facts_of
from twofold.app.web.safety import numbers_of, offer_again, offer_now
from twofold.app.web.sessions import COOKIE, SECURE_COOKIE
from twofold.app.web.uploads import Sent, sent_files
from twofold.diary.reading import Reading
from twofold.errors import ReadError, StoreError, TwofoldError
from twofold.report import html
from twofold.safety.flag import BANNER
from twofold.safety.kept import imported
from twofold.store import durable
from twofold.store.adding import Adding, add, plan, up_to
from twofold.store.all_changes import all_changes
from twofold.store.copies import HANDING_OVER
from twofold.store.store import Store

if TYPE_CHECKING:
    from twofold.app.web.house import House

router = APIRouter()
TYPED = "erase"
"""What has to be typed before everything is erased."""

MOST_PEOPLE = 12
MOST_UNREAD = 30


@dataclass(frozen=True)
class Waiting:
    """A file that was read and waits for a yes; in memory only."""

    token: str
    source: str
    reading: Reading
    later: int


_WAITING: WeakKeyDictionary[Store, dict[str, Waiting]] = WeakKeyDictionary()


@router.get("/data")
def data(request: Request, visit: Door) -> Response:
    """Show what can be done with all that is kept."""
    return _data(request, visit)


# --- out


@router.get("/data/out.zip")
def out(request: Request, visit: Door) -> Response:
    """Hand everything over as one zip, made while it goes out."""
    job = current(request, visit)
    has_findings = job is not None and job.report is not None
    return StreamingResponse(
        _everything(request, visit, has_findings=has_findings),
        media_type="application/zip",
        headers=_as_file(f"twofold-{visit.today}.zip"),
    )


@router.get("/data/backup")
def backup(request: Request, visit: Door) -> Response:
    """Hand over an encrypted backup of the whole store: for whoever keeps it alone."""
    house: House = request.app.state.house
    if len(visit.store.people()) > 1 or house.needs_accounts:
        raise HTTPException(404)
    folder = tempfile.TemporaryDirectory(prefix=HANDING_OVER, dir=house.folder)
    path = Path(folder.name) / "backup"
    try:
        visit.store.backup(path)
    except TwofoldError:
        folder.cleanup()
        raise
    return FileResponse(
        path,
        media_type="application/octet-stream",
        headers=_as_file(f"twofold-{visit.today}.backup"),
        background=BackgroundTask(folder.cleanup),
    )


def _everything(request: Request, visit: Visit, *, has_findings: bool) -> Iterator[bytes]:
    job = current(request, visit)
    report = job.report if job is not None and has_findings else None
    store, person = visit.store, visit.person.id
    files = parts(
        store.diary(person, today=visit.today),
        store.entries(person),
        all_changes(store, person),
        html.render(report or facts_of(request, visit)),
        now=visit.now,
        has_findings=report is not None,
    )
    return zipped(files, now=visit.now)


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


# --- in


@router.post("/data/add")
def read(
    request: Request, visit: Door, files: Annotated[list[Sent], Depends(sent_files)]
) -> Response:
    """Read what was chosen, and say what it would add; nothing is written yet."""
    try:
        reading, source = _read(request, files)
        waiting = _shortened(reading, source, visit.today)
        plans = _plans(visit, waiting)
    except StoreError:
        raise  # it is not the file that is wrong
    except TwofoldError as error:
        return _data(request, visit, errors=[FormError("files", error.sentence())])
    told = [one for one in plans.values() if _to_tell(visit, one) is not None]
    _WAITING.setdefault(visit.store, {})[visit.person.id] = waiting
    return page(
        request,
        "data_add.html.jinja",
        visit,
        waiting=waiting,
        plans=plans,
        unread=waiting.reading.unread[:MOST_UNREAD],
        banner=numbers_of(request, visit) if told else None,
    )


@router.post("/data/add/yes")
def add_(request: Request, visit: Door, form: Filled) -> Response:
    """Put what was read into the diary, as one import that can be taken out again."""
    waiting = _WAITING.get(visit.store, {}).get(visit.person.id)
    if waiting is None or waiting.token != form.raw("token"):
        says = "This file is not kept any more. Please choose it again. Nothing was added."
        return _data(request, visit, errors=[FormError("files", says)])
    people = waiting.reading.people
    chosen = form.raw("who") or (people[0] if len(people) == 1 else "")
    if chosen not in people:
        says = "Whose days shall be added? Please choose the file again. Nothing was added."
        return _data(request, visit, errors=[FormError("files", says)])
    diary = waiting.reading.person(chosen)
    added = add(
        visit.store,
        visit.person.id,
        diary,
        source=waiting.source,
        now=visit.now,
        notices=heard.listener(),
    )
    tell_import(visit, added.batch)
    _WAITING[visit.store].pop(visit.person.id, None)
    told = _to_tell(visit, added)
    if told is not None and told.is_open:
        offer_now(visit)
        return to("/help")
    return to("/help" if offer_again(visit) else "/data#imports")


@router.post("/data/undo")
def undo(visit: Door, form: Filled) -> Response:
    """Take an import out again; what was changed since stays."""
    batch = form.raw("batch")
    if batch in {one.id for one in visit.store.batches(visit.person.id)}:
        zone = visit.now.tzinfo or dt.UTC
        heard.take_out(visit.store, visit.person.id, str(batch), zone=zone, now=visit.now)
    return to("/data#imports")


def _read(request: Request, files: list[Sent]) -> tuple[Reading, str]:
    """Read files as the command line does: they lie on the disk only while they are read."""
    from twofold.intake.read import read as read_files

    if not files:
        raise ReadError("no file was chosen.", remedy="Choose a diary, or a table and its mapping.")
    house: House = request.app.state.house
    with tempfile.TemporaryDirectory(prefix=READING, dir=house.folder) as name:
        folder = Path(name)
        with durable.told(house.folder):
            for file in files:
                (folder / file.name).write_bytes(file.content)
        mappings = [one.name for one in files if one.name.lower().endswith(".toml")]
        if len(files) == 1:
            reading = read_files(folder / files[0].name)
        elif len(mappings) == 1:
            reading = read_files(folder, folder / mappings[0])
        else:
            raise ReadError(
                "several files need one mapping (.toml) beside them.",
                remedy="Choose the tables and their mapping together.",
            )
    return reading, ", ".join(one.name for one in files if one.name not in mappings)[:200]


def _shortened(reading: Reading, source: str, today: dt.date) -> Waiting:
    """Leave out what lies after today: a diary of days to come would be unknown days only."""
    diaries, later = [], 0
    for diary in reading.diaries:
        kept, left = up_to(diary, today) if diary.is_dated else (diary, 0)
        diaries.append(kept)
        later += left
    return Waiting(str(uuid.uuid4()), source, replace(reading, diaries=tuple(diaries)), later)


def _to_tell(visit: Visit, adding: Adding) -> ToTell | None:
    zone = visit.now.tzinfo or dt.UTC
    return heard.to_tell(visit.store, visit.person.id, adding, zone=zone, now=visit.now)


def _noticed_lately(visit: Visit) -> tuple[dt.date, ...]:
    """Return the days on which words were noticed in the imports of the last seven days."""
    imports = visit.store.entries(visit.person.id, kinds=("import",))
    zone = visit.now.tzinfo or dt.UTC
    days = {
        event.at.astimezone(zone).date()
        for one in imports
        if visit.now - one.at < BANNER
        for event in imported(one.body or {}, zone, written=one.at)
    }
    return tuple(sorted(days, reverse=True))


def _plans(visit: Visit, waiting: Waiting) -> dict[str, Adding]:
    """Return what each person's part of a file would add."""
    people = waiting.reading.people
    if len(people) > MOST_PEOPLE:
        raise ReadError(
            f"this file holds the diaries of {len(people)} people.",
            remedy=f"Choose one with at most {MOST_PEOPLE}.",
        )
    return {
        who: plan(
            visit.store,
            visit.person.id,
            waiting.reading.person(who),
            source=waiting.source,
            now=visit.now,
            notices=heard.listener(),
        )
        for who in people
    }


# --- gone for good


@router.get("/data/erase")
def erasing(request: Request, visit: Door) -> Response:
    """Say what erasing means, and ask twice."""
    return page(request, "data_erase.html.jinja", visit, errors=[], typed=TYPED)


@router.post("/data/erase")
def erase(request: Request, visit: Door, form: Filled) -> Response:
    """Erase the person for good: first the key, then the rows, then this browser's memory."""
    errors = []
    if (form.raw("typed") or "").casefold() != TYPED:
        errors.append(
            FormError("typed", "Please type the word “%(word)s”. Nothing was erased.", word=TYPED)
        )
    elif not proves(request, visit.person.id, secret(form, "passphrase")):
        errors.append(FormError("passphrase", "This is not the passphrase. Nothing was erased."))
    if errors:
        return page(request, "data_erase.html.jinja", visit, status=422, errors=errors, typed=TYPED)
    _WAITING.pop(visit.store, None)
    jobs_of(visit.store).forget(visit.person.id)
    forget_study(visit)
    left = visit.store.erase(visit.person.id)
    answer = to("/open/erased?left=1" if left else "/open/erased")
    answer.headers["clear-site-data"] = '"cache", "storage"'
    for name in (COOKIE, SECURE_COOKIE):
        answer.delete_cookie(name, secure=name == SECURE_COOKIE)
    return answer


@router.get("/open/erased")
def erased(request: Request, left: str = "") -> Response:
    """Show the last page; it needs no sign-in and knows nobody."""
    return page(request, "data_erased.html.jinja", has_left=bool(left))


def _data(request: Request, visit: Visit, errors: list[FormError] | None = None) -> Response:
    house: House = request.app.state.house
    return page(
        request,
        "data.html.jinja",
        visit,
        status=422 if errors else 200,
        noticed=(noticed := _noticed_lately(visit)),
        banner=numbers_of(request, visit) if noticed else None,
        errors=errors or [],
        batches=visit.store.batches(visit.person.id)[::-1],
        begun=begins(visit),
        has_backup=len(visit.store.people()) == 1 and not house.needs_accounts,
    )
