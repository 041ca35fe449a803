"""``twofold serve``: the diary in a browser."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from twofold.app.cli.saying import missing_app
from twofold.errors import TwofoldError

if TYPE_CHECKING:
    from twofold.app.web.serving import Address


def serve_verb(chosen: argparse.Namespace) -> int:
    """Serve the pages until stopped, or set up an account at the terminal."""
    if find_spec("fastapi") is None or find_spec("sqlcipher3") is None:
        raise missing_app("the store and the pages")
    if chosen.sample and chosen.folder:
        raise TwofoldError("--sample makes a folder of its own.", remedy="Leave --folder out.")
    from twofold.app.web.serving import serve, serve_sample
    from twofold.store import reaching
    from twofold.store.opening import data_folder

    if chosen.sample:
        serve_sample(_address(chosen))
        return 0
    folder = Path(chosen.folder) if chosen.folder else data_folder()
    database = os.environ.get("TWOFOLD_DATABASE")
    if database:
        reaching.check(database)
    if chosen.account:
        from twofold.app.web.terminal import set_up

        set_up(folder, database=database)
        return 0
    serve(folder, _address(chosen), database=database)
    return 0


def add_serve(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    serve = verbs.add_parser(
        "serve",
        help="open the diary in a browser, on this machine",
        description=(
            "Opens the diary at http://127.0.0.1:8265/ for this machine alone. For a phone or "
            "for other people it needs --tls (or a proxy with https) and an account with a "
            "second factor: --account sets one up."
        ),
    )
    serve.add_argument("--folder", metavar="PATH", help="where the diary lies")
    serve.add_argument("--host", default="127.0.0.1", help="which address to listen on")
    serve.add_argument("--port", type=int, default=8265, help="which port")
    serve.add_argument(
        "--tls", nargs=2, metavar=("CERT", "KEY"), help="serve https; a phone needs it"
    )
    serve.add_argument(
        "--name", action="append", default=[], help="a host name it is reached by (repeatable)"
    )
    serve.add_argument("--public", metavar="URL", help="its address behind a proxy")
    serve.add_argument(
        "--proxy", metavar="ADDRESS", default="", help="the proxy's own address or network"
    )
    serve.add_argument(
        "--account", action="store_true", help="set up an account at this terminal, and end"
    )
    serve.add_argument(
        "--sample", action="store_true", help="show an invented diary, gone at the end"
    )


def _address(chosen: argparse.Namespace) -> Address:
    from twofold.app.web.serving import Address

    certificate, key = chosen.tls or (None, None)
    names = tuple(chosen.name)
    return Address(chosen.host, chosen.port, certificate, key, chosen.public, chosen.proxy, names)
