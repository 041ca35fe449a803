"""A PostgreSQL of our own in an empty folder, on a socket, with every sync that it likes to do."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg


def programs() -> Path | None:
    """Return where PostgreSQL's programs are, ``None`` when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found:
        return found[-1]
    named = shutil.which("initdb")
    return Path(named).parent if named else None


class Cluster:
    """One server; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        there = programs()
        assert there is not None, "PostgreSQL is not installed"
        self.programs, self.place, self.data = there, folder / "pg", folder / "pg" / "data"
        self.place.mkdir()
        self.who = self._somebody_else()
        self._run("initdb", "-D", self.data, "-U", "twofold", "-A", "trust", "-E", "UTF8")
        self.start()

    def _somebody_else(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root: then it runs as its own user."""
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam("postgres")
        os.chown(self.place, user.pw_uid, user.pw_gid)
        for folder in self.place.parents:
            if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _run(self, program: str, *args: object) -> bool:
        command = [str(self.programs / program), *map(str, args)]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, **self.who)
        if done.returncode != 0 and program != "pg_ctl":
            raise AssertionError(done.stdout + done.stderr)
        return done.returncode == 0

    def start(self) -> None:
        """Start it; after a kill its old processes may need a moment to notice."""
        served = f"-c listen_addresses= -c unix_socket_directories={self.place}"
        for _ in range(40):
            if self._run(
                "pg_ctl", "-D", self.data, "-w", "-l", self.place / "log", "-o", served, "start"
            ):
                return
            time.sleep(0.25)
        raise AssertionError((self.place / "log").read_text(encoding="utf-8")[-2000:])

    def kill(self) -> None:
        """``kill -9`` the server itself."""
        pid = int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        with suppress(FileNotFoundError):
            self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def fresh(self, name: str) -> str:
        """Make an empty database and return its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql://twofold@/{name}?host={self.place}"
