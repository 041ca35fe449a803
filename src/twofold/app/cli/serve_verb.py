"""``twofold serve``: the diary in a browser."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path

from twofold.errors import NeedsExtra


def serve_verb(chosen: argparse.Namespace) -> int:
    """Serve the pages until stopped."""
    if find_spec("fastapi") is None or find_spec("sqlcipher3") is None:
        raise NeedsExtra("the store and the pages", extra="app")
    from twofold.app.web.serving import Address, serve
    from twofold.store.opening import data_folder

    folder = Path(chosen.folder) if chosen.folder else data_folder()
    certificate, key = chosen.tls or (None, None)
    address = Address(chosen.host, chosen.port, certificate, key)
    serve(folder, address, database=os.environ.get("TWOFOLD_DATABASE"))
    return 0
