"""A real encrypted diary, and a real PostgreSQL, for every test of the store."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import not_run
from store.entries import PASSPHRASE, QUICK

from twofold.store.opening import create
from twofold.store.store import Store

KINDS = ["an encrypted file", "PostgreSQL"]
_NUMBER = itertools.count()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the diary of this test lies."""
    return tmp_path / "diary"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    """A new diary in an encrypted file."""
    made, _ = create(folder, PASSPHRASE, database="", cost=QUICK)
    with made:
        yield made


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL that runs for these tests alone, on a socket."""
    programs = _programs()
    if programs is None:
        not_run("needs PostgreSQL (the package postgresql)")
    place = Path(tempfile.mkdtemp(prefix="twofold-postgresql-"))
    who = _somebody_else(place)
    data = place / "data"
    _run([f"{programs}/initdb", "-D", data, "-U", "twofold", "-A", "trust", "-E", "UTF8"], who)
    served = f"-c listen_addresses= -c unix_socket_directories={place} -c fsync=off"
    log = place / "log"
    _run([f"{programs}/pg_ctl", "-D", data, "-w", "-l", log, "-o", served, "start"], who)
    yield f"postgresql://twofold@/postgres?host={place}"
    _run([f"{programs}/pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], who)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def fresh_database(postgresql: str) -> Callable[[], str]:
    """Make an empty database and give its address."""

    def make() -> str:
        name = f"diary_{os.getpid()}_{next(_NUMBER)}"
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgresql.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(params=KINDS)
def fresh_store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """A new diary, once in each kind of database."""
    with _made(request, folder) as made:
        yield made


@pytest.fixture(scope="module", params=KINDS)
def any_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """One diary for the whole file, once in each kind of database; a test brings its own person."""
    with _made(request, tmp_path_factory.mktemp("any") / "diary") as made:
        yield made


def _made(request: pytest.FixtureRequest, folder: Path) -> Store:
    address = ""
    if request.param == "PostgreSQL":
        address = request.getfixturevalue("fresh_database")()
    return create(folder, PASSPHRASE, database=address, cost=QUICK)[0]


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found:
        return found[-1]
    named = shutil.which("initdb")
    return Path(named).parent if named else None


def _somebody_else(place: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(place, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(command: list[Any], who: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd="/", check=False, **who
    )
    assert done.returncode == 0, done.stdout + done.stderr
