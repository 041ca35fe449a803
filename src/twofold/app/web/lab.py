"""What is known about groups: claims worked out here, the map, and a study of one's own files."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from twofold.app.web.forms import FormError
from twofold.app.web.gate import Door, Visit
from twofold.app.web.house import READING
from twofold.app.web.jobs import Work, after_the_pages, start
from twofold.app.web.pages import page, theme_of, to
from twofold.app.web.pictures import bare
from twofold.app.web.review import policy_of
from twofold.app.web.uploads import Sent, sent_files
from twofold.errors import TwofoldError
from twofold.knowledge.recomputed import recomputed
from twofold.lab.result import Result
from twofold.report import biology
from twofold.store.store import Store

if TYPE_CHECKING:
    from twofold.app.web.house import House

router = APIRouter()
WANTED = {"mr": ("exposure", "outcome"), "meta": ("trials",)}
STEPS = ("reading", "working")


@dataclass(frozen=True)
class Study:
    """What a study is asked: its kind, its files, and where they may lie while they are read."""

    kind: str
    files: tuple[Sent, ...]
    folder: Path


_STUDIES: WeakKeyDictionary[Store, dict[str, Work[Result]]] = WeakKeyDictionary()


@router.get("/lab")
def lab(request: Request, visit: Door) -> Response:
    """Show what the lab worked out, and take files of one's own."""
    return _lab(request, visit)


def _lab(request: Request, visit: Visit, errors: tuple[FormError, ...] = ()) -> Response:
    return page(
        request,
        "lab.html.jinja",
        visit,
        status=422 if errors else 200,
        claims=tuple(recomputed().values()),
        errors=list(errors),
        has_study=_of(visit) is not None,
    )


@router.get("/lab/map")
def shared_biology(request: Request, visit: Door) -> Response:
    """Show the shared-biology map as the page that it is, in the chosen light."""
    text = biology.page().replace("<html ", f'<html data-theme="{theme_of(request, visit)}" ', 1)
    (script,) = re.findall(r"script-src ('sha256-[^']+')", text)
    policy = f"{policy_of(text)}; script-src {script}; require-trusted-types-for 'script'"
    return HTMLResponse(text, headers={"content-security-policy": policy})


@router.post("/lab/study/{kind}")
def study(
    request: Request, visit: Door, kind: str, files: Annotated[list[Sent], Depends(sent_files)]
) -> Response:
    """Begin a study of the files that were chosen; they are on no disk once it has read them."""
    wanted = WANTED.get(kind)
    if wanted is None:
        return to("/lab")
    sent = {one.field: one for one in files if one.field in wanted}
    missing = [name for name in wanted if name not in sent]
    if missing:
        return _lab(request, visit, (FormError(missing[0], "Please choose this file, too."),))
    house: House = request.app.state.house
    _end(visit)
    work = _STUDIES.setdefault(visit.store, {})[visit.person.id] = Work[Result]((kind,))
    start(work, _work, Study(kind, tuple(sent[name] for name in wanted), house.folder))
    return to("/lab/study")


@router.get("/lab/study")
def shown(request: Request, visit: Door) -> Response:
    """Show how far the study is, and what it found."""
    return _shown(request, visit, "lab_study.html.jinja")


@router.get("/lab/study/progress")
def progress(request: Request, visit: Door) -> Response:
    """Return how far the study is, for the page that waits."""
    return _shown(request, visit, "lab_progress.html.jinja")


def _shown(request: Request, visit: Visit, template: str) -> Response:
    work = _of(visit)
    if work is None:
        return to("/lab")
    state = work.state  # first: it may be done a moment later
    found = work.found if state == "done" else None
    pictures = {name: bare(svg) for name, svg in found.pictures.items()} if found else {}
    return page(
        request,
        template,
        visit,
        work=work,
        state=state,
        found=found,
        pictures=pictures,
        steps=STEPS,
    )


@router.post("/lab/study/now/stop")
def stop(visit: Door) -> Response:
    """Stop the study; nothing of it stays."""
    _end(visit)
    return to("/lab/study")


@router.get("/lab/study/result.json")
def result(visit: Door) -> Response:
    """Hand the numbers over as a file."""
    work = _of(visit)
    if work is None or work.found is None:
        return to("/lab")
    text = json.dumps(work.found.to_plain(), ensure_ascii=False, indent=2)
    return _file(text, "application/json", "twofold-study.json")


@router.get("/lab/study/{name}.svg")
def picture(visit: Door, name: str) -> Response:
    """Hand one picture over as a file."""
    work = _of(visit)
    if work is None or work.found is None or name not in work.found.pictures:
        return to("/lab")
    return _file(work.found.pictures[name], "image/svg+xml", f"twofold-{name}.svg")


def forget(visit: Visit) -> None:
    """Stop a person's study, and keep nothing of it."""
    _end(visit)
    _STUDIES.get(visit.store, {}).pop(visit.person.id, None)


def _file(text: str, kind: str, name: str) -> Response:
    return Response(
        text,
        media_type=f"{kind}; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _of(visit: Visit) -> Work[Result] | None:
    return _STUDIES.get(visit.store, {}).get(visit.person.id)


def _end(visit: Visit) -> None:
    work = _of(visit)
    if work is not None:
        work.end()


def _work(tells: Connection, study: Study) -> None:
    """Read and work out: this runs in the process of its own."""
    after_the_pages()
    tells.send(("step", "reading"))
    try:
        with tempfile.TemporaryDirectory(prefix=READING, dir=study.folder) as name:
            paths = [_laid(Path(name) / str(i), one) for i, one in enumerate(study.files)]
            tells.send(("step", "working"))
            tells.send(("done", _result(study.kind, paths)))
    except TwofoldError as error:
        tells.send(("failed", error.sentence()))


def _laid(folder: Path, sent: Sent) -> Path:
    folder.mkdir()
    (folder / sent.name).write_bytes(sent.content)
    return folder / sent.name


def _result(kind: str, paths: list[Path]) -> Result:
    if kind == "mr":
        from twofold.lab.mr.study import from_files

        return from_files(*paths)
    from twofold.lab.meta.study import from_file

    return from_file(*paths)
