"""Serving the pages: one server for one folder, on this machine unless told otherwise."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from twofold.app.web.house import READING, READY, House
from twofold.errors import TwofoldError
from twofold.store import durable
from twofold.store.copies import HANDING_OVER
from twofold.store.opening import is_there

LOCAL = ("127.0.0.1", "localhost", "::1")
ANY = ("0.0.0.0", "::", "")
PATIENCE = 10
"""Seconds that requests under way are given when the server is told to end."""


class Occupied(TwofoldError):
    """Another server already has this diary open, or another program this port."""


class NotReady(TwofoldError):
    """Others could reach this server, and a passphrase alone would keep them out."""


@dataclass(frozen=True)
class Address:
    """Where the server listens, with which certificate, and how people reach it.

    Parameters
    ----------
    public : str, optional
        The address in people's browsers where a proxy stands in between
        (``"https://diary.example"``).
    proxy : str
        From which addresses the proxy's word about its visitors is believed.
    names : tuple of str
        Further host names under which the pages are reached.
    """

    host: str = "127.0.0.1"
    port: int = 8265
    certificate: str | None = None
    key: str | None = None
    public: str | None = None
    proxy: str = ""
    names: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOCAL and not self.public and not self.names

    @property
    def is_encrypted(self) -> bool:
        """Whether browsers reach it by https."""
        return bool(self.certificate) or bool(self.public and self.public.startswith("https:"))

    @property
    def url(self) -> str:
        """Return the address to type into a browser."""
        scheme = "https" if self.certificate else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public or f"{scheme}://{host}:{self.port}/"

    @property
    def served(self) -> frozenset[str]:
        """Return the host names under which the pages answer."""
        public = urlsplit(self.public or "").hostname or ""
        own = () if self.host in ANY else (self.host,)
        return frozenset(one.lower() for one in (public, *own, *self.names) if one)


def serve(folder: Path, address: Address, *, database: str | None = None) -> None:
    """Serve the pages until stopped.

    Raises
    ------
    Occupied
        When another server has this folder, or another program the port.
    NotReady
        When others could reach it and nobody has set up a second factor yet.
    """
    check(address)
    with alone(folder), listening(address) as door:
        clear_away(folder)
        if not address.is_local:
            check_ready(folder, address)
        house = house_of(folder, address, database)
        _open_by_itself(house)
        _run(house, address, door)


def clear_away(folder: Path) -> None:
    """Take away what a crash left in between: a file that was being read is not encrypted."""
    for begun in (READING, HANDING_OVER):
        for left in folder.glob(f"{begun}*"):
            shutil.rmtree(left, ignore_errors=True)


def serve_sample(address: Address) -> None:
    """Serve an invented diary in a folder of its own, which goes at the end.

    Raises
    ------
    TwofoldError
        When others could reach it: it asks nobody for a passphrase.
    """
    from twofold.app.web.sample import fill

    if not address.is_local:
        raise TwofoldError(
            "the sample asks for no passphrase, so only this machine may reach it.",
            remedy="Leave --host, --name and --public out.",
        )
    folder = Path(tempfile.mkdtemp(prefix="twofold-sample-"))
    try:
        with alone(folder), listening(address) as door:
            house = house_of(folder, address, "")
            house.is_sample = True
            fill(house)
            _run(house, address, door)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def house_of(folder: Path, address: Address, database: str | None) -> House:
    """Return the house that stands at an address."""
    return House(
        folder,
        database=database,
        is_local=address.is_local,
        is_encrypted=address.is_encrypted,
        names=address.served,
    )


def check(address: Address) -> None:
    """Refuse an address that cannot be served.

    Raises
    ------
    TwofoldError
        With what to try.
    """
    if not 0 <= address.port <= 65535:
        raise TwofoldError(
            f"{address.port} is not a port.", remedy="Choose one from 1024 to 65535."
        )
    if address.public is not None:
        _check_public(address.public)
    if address.certificate:
        _check_certificate(address)


def check_ready(folder: Path, address: Address) -> None:
    """Refuse to serve others before someone has an account with a second factor.

    Raises
    ------
    NotReady
        With the steps.
    """
    if is_there(folder) and (folder / READY).exists():
        return
    raise NotReady(
        f"others could reach this diary at {address.url}, and it has no account with a second "
        "factor yet.",
        where=str(folder),
        remedy=(
            "1. Run `twofold serve --account` here, at the terminal: it asks for a name and a "
            "passphrase, and sets up an authenticator app. (Or run `twofold serve`, open the page "
            "on this machine, and go to Settings, Who can open this diary, Second factor.) "
            "2. Start the server again as now."
        ),
    )


@contextmanager
def listening(address: Address) -> Iterator[socket.socket]:
    """Take the port before anything else is done.

    Raises
    ------
    Occupied
        When another program has it.
    """
    try:
        kind, _, _, _, where = socket.getaddrinfo(
            address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(kind, socket.SOCK_STREAM)
    except OSError as error:
        raise _no_address(address, error) from None
    with door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(where)
        except OSError as error:
            raise _no_address(address, error) from None
        yield door


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second server out of the folder for as long as this one runs.

    Raises
    ------
    Occupied
        When there is one.
    StoreError
        When nothing can be written there.
    """
    import fcntl

    durable.make_folder(folder)
    with durable.told(folder / "server.lock"):
        handle = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Occupied(
                "another Twofold server has this diary open.",
                where=str(folder),
                remedy="Use that one, or stop it first.",
            ) from None
        yield
    finally:
        os.close(handle)  # lets go of it, too


def _run(house: House, address: Address, door: socket.socket) -> None:
    import uvicorn

    from twofold.app.web.app import create_app

    settings = uvicorn.Config(
        create_app(house),
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(address.proxy),
        forwarded_allow_ips=address.proxy or None,
        timeout_graceful_shutdown=PATIENCE,
    )
    print(_greeting(house, address, door), flush=True)
    signal.signal(signal.SIGTERM, _end)
    try:
        uvicorn.Server(settings).run(sockets=[door])
    except KeyboardInterrupt:
        print("Twofold is closed.", flush=True)
    finally:
        house.close()


def _end(number: int, frame: object) -> NoReturn:
    raise SystemExit(0)


def _greeting(house: House, address: Address, door: socket.socket) -> str:
    port = door.getsockname()[1]
    url = address.url if address.port else address.url.replace(":0/", f":{port}/")
    lines = [f"Twofold is open at {url} (Ctrl+C ends it)."]
    if address.public:
        lines.append(f"It listens on {address.host}, port {port}, for the proxy.")
    if house.is_sample:
        lines.append("This is an invented sample diary; it is gone when the server ends.")
    if not address.is_local and not address.is_encrypted:
        lines.append(
            "This address is not encrypted: others in the network could read along, and a phone "
            "cannot write offline or use passkeys. `--tls CERT KEY` mends both."
        )
    return "\n".join(lines)


def _open_by_itself(house: House) -> None:
    """Open the diary with the passphrase in a file, where its owner wants that.

    Raises
    ------
    TwofoldError
        When the file cannot be read or the passphrase does not fit.
    """
    named = os.environ.get("TWOFOLD_PASSPHRASE_FILE")
    if not named or not is_there(house.folder):
        return
    try:
        secret = Path(named).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise TwofoldError(
            "the file named by TWOFOLD_PASSPHRASE_FILE cannot be read.",
            where=named,
            remedy="Check that it is there and readable, or leave the variable out.",
        ) from None
    house.open(secret)


def _check_public(public: str) -> None:
    parts = urlsplit(public)
    try:
        is_plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain or parts.path not in ("", "/") or parts.query or parts.username:
        raise TwofoldError(
            f"{public[:80]!r} is not an address of a site.",
            remedy="Write it as https://diary.example or https://diary.example:8443.",
        )


def _check_certificate(address: Address) -> None:
    try:
        assert address.certificate is not None
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            address.certificate, address.key, password=lambda: ""
        )
    except OSError as error:  # an ssl.SSLError is one, too
        why = getattr(error, "reason", None) or error.strerror or "not readable"
        raise TwofoldError(
            f"this certificate and key cannot be used ({why}).",
            where=f"{address.certificate}, {address.key}",
            remedy=(
                "Give the certificate (with its chain) and its private key, both as PEM files "
                "without a password."
            ),
        ) from None


def _no_address(address: Address, error: OSError) -> TwofoldError:
    where = f"{address.host}:{address.port}"
    if error.errno == errno.EADDRINUSE:
        return Occupied(
            f"another program already listens on port {address.port}.",
            where=where,
            remedy="Is Twofold running already? Else choose another port: --port 8266.",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return TwofoldError(
            f"this system does not let you listen on port {address.port}.",
            where=where,
            remedy="Choose a port from 1024 on: --port 8265.",
        )
    return TwofoldError(
        "this machine has no such address.",
        where=where,
        remedy="Use 127.0.0.1 for this machine alone, or 0.0.0.0 for every network it is in.",
    )
