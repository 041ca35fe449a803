"""A real server with a real encrypted diary, and a real browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PASSPHRASE = "four grey herons by a lake"
OFFLINE = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-sync", "--disable-component-update", "--disable-default-apps", "--no-first-run",
]  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    folder: Path
    process: subprocess.Popen[str]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def start(folder: Path, *options: str) -> Server:
    """Start a server and wait until it answers."""
    port = free_port()
    command = [sys.executable, "-m", "twofold", "serve", "--folder", str(folder)]
    process = subprocess.Popen(
        [*command, "--port", str(port), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    server = Server(f"http://127.0.0.1:{port}", folder, process)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{server.url}/help", timeout=5).read()
            return server
        except OSError:
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            time.sleep(0.05)
    raise AssertionError("the server did not answer")


def stop(server: Server) -> None:
    server.process.terminate()
    server.process.wait(timeout=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose diary has been begun with the passphrase above."""
    running = start(tmp_path_factory.mktemp("diary") / "twofold")
    begin(running)
    yield running
    stop(running)


def begin(server: Server) -> str:
    """Begin the diary as a browser would, and return the recovery key that was shown."""
    import httpx

    answer = httpx.post(
        f"{server.url}/open",
        data={"passphrase": PASSPHRASE},
        headers={"origin": server.url, "sec-fetch-site": "same-origin"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    found = re.search(r"<code>(.*?)</code>", answer.text)
    assert found is not None
    return found[1]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A Chromium without a network of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=OFFLINE)
        yield opened
        opened.close()


@pytest.fixture
def visitor(browser: Any, server: Server) -> Iterator[Any]:
    """A phone-sized page that has opened the diary; what the browser complains about is a fault."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server.url)
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    unlock(page, server)
    yield page
    context.close()
    assert heard == []


def unlock(page: Any, server: Server) -> None:
    """Open the diary with its passphrase."""
    page.goto(f"{server.url}/open")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(re.compile(r"/(help.*)?$"))
    if not page.url.endswith("/"):  # a flag is open: the help page was offered first, once
        page.goto(f"{server.url}/")
