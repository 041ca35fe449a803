"""Serving the pages: one server for one folder, on this machine unless told otherwise."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from twofold.errors import TwofoldError

LOCAL = ("127.0.0.1", "localhost", "::1")


class Occupied(TwofoldError):
    """Another server already has this diary open."""


@dataclass(frozen=True)
class Address:
    """Where the server listens, and with which certificate."""

    host: str = "127.0.0.1"
    port: int = 8265
    certificate: str | None = None
    key: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOCAL

    @property
    def url(self) -> str:
        """Return the address to type into a browser."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.host}:{self.port}/"


def serve(folder: Path, address: Address, *, database: str | None = None) -> None:
    """Serve the pages until stopped.

    Raises
    ------
    Occupied
        When another server has this folder.
    """
    import uvicorn

    from twofold.app.web.app import create_app
    from twofold.app.web.house import House
    from twofold.app.web.sessions import Sessions

    with alone(folder):
        house = House(
            folder,
            Sessions(),
            database=database,
            is_local=address.is_local,
            is_encrypted=bool(address.certificate),
        )
        print(f"Twofold is open at {address.url} (Ctrl+C ends it).", flush=True)
        uvicorn.run(
            create_app(house),
            host=address.host,
            port=address.port,
            ssl_certfile=address.certificate,
            ssl_keyfile=address.key,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        if house.store is not None:
            house.store.close()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second server out of the folder for as long as this one runs.

    Raises
    ------
    Occupied
        When there is one.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / "server.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Occupied(
                "another Twofold server has this diary open.",
                where=str(folder),
                remedy="Use that one, or stop it first.",
            ) from None
        file.write(str(os.getpid()))
        file.flush()
        yield
