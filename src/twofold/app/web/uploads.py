"""Files that a page is sent: in memory only, their names made harmless."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartParser

from twofold.app.web.forms import readable
from twofold.app.web.guard import LONGEST_UPLOAD
from twofold.errors import TwofoldError

MOST_FILES = 20
LONGEST_NAME = 200


@dataclass(frozen=True)
class Sent:
    """One file: the field of the form, a name that any disk can take, and what is in it."""

    field: str
    name: str
    content: bytes


class _InMemory(MultiPartParser):
    """Keeps sent files in memory: the system's folder for such things is not encrypted.

    How much may be sent was limited before, by the guard.
    """

    spool_max_size = LONGEST_UPLOAD + 1


async def sent_files(request: Request) -> list[Sent]:
    """Take the files of the form; their names are only names."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return []
    with readable():
        parser = _InMemory(
            request.headers, request.stream(), max_files=MOST_FILES + 1, max_fields=10
        )
        sent = await parser.parse()
    items = [
        (field, one)
        for field, one in sent.multi_items()
        if isinstance(one, UploadFile) and one.filename
    ]
    if len(items) > MOST_FILES:
        raise TwofoldError("These are too many files at once.", remedy="Choose at most 20 of them.")
    files = [Sent(field, plain_name(str(one.filename)), await one.read()) for field, one in items]
    await sent.close()
    return files


def plain_name(sent: str) -> str:
    """Return the name of a file as any disk can take it; its ending stays.

    >>> plain_name("../../a" + chr(0) + ".json"), plain_name("..")
    ('a.json', 'file')
    """
    last = sent.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", "")
    short = last.encode("utf-8", "replace")[-LONGEST_NAME:].decode("utf-8", "ignore")
    return short.lstrip(".") or "file"
