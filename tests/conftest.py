"""What every test may ask for: the real diaries beside the repository, and a browser.

A check that cannot run for want of either is listed at the end of the run.
Where ``CI=true`` is set it fails instead.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A slow machine is no defect of the code: speed is measured in bench/, never by a test's deadline.
settings.register_profile("twofold", deadline=None)
settings.register_profile("few", deadline=None, max_examples=20)
settings.register_profile("many", deadline=None, max_examples=300)
settings.load_profile("twofold")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
ABSENT = "did not run: "


@pytest.fixture(scope="session", autouse=True)
def fresh_tables() -> None:
    """Forget every table that was read before this run, so that a changed rule is read again."""
    for name, module in list(sys.modules.items()):
        if name.startswith("twofold"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def no_connection_outside() -> Iterator[None]:
    """Refuse every connection of this process that leaves the machine, and fail the run for it."""
    asked: list[str] = []
    kept = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(call: Callable[..., Any]) -> Callable[..., Any]:
        def connect(own: socket.socket, address: Any) -> Any:
            refuse_beyond(address[0] if own.family != socket.AF_UNIX else "localhost", asked)
            return call(own, address)

        return connect

    def look_up(host: Any, *rest: Any, **named: Any) -> Any:
        if not is_number(host):  # a number is not looked up anywhere
            refuse_beyond(host, asked)
        return kept[2](host, *rest, **named)

    socket.socket.connect, socket.socket.connect_ex = guarded(kept[0]), guarded(kept[1])  # type: ignore[method-assign]
    socket.getaddrinfo = look_up
    yield
    socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = kept  # type: ignore[method-assign]
    assert asked == [], "something in this run tried to reach another machine"


def refuse_beyond(host: Any, asked: list[str]) -> None:
    """Refuse a host that is not this machine, and note it down."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name != "localhost" and not is_this_machine(name):
        asked.append(name)
        raise ConnectionRefusedError(f"a test may not reach {name}")


def is_this_machine(name: str) -> bool:
    number = ipaddress.ip_address(name) if is_number(name) else None
    return number is not None and (number.is_loopback or number.is_unspecified)


def is_number(name: Any) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real diaries that are not shipped: ``../shared/data``."""
    if not SHARED.is_dir():
        not_run("needs the real diaries in ../shared/data")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that can open a page."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        not_run("needs the package chromium")
    return str(found)


def not_run(why: str) -> None:
    """Leave a test out and say so; fail it where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(ABSENT + why, pytrace=False)
    pytest.skip(ABSENT + why)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the real diaries or the browser; refuse a name that changes by the run."""
    unsteady = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if unsteady:
        raise pytest.UsageError(f"give these cases names with ids=…: {unsteady}")
    for item in items:
        wants = getattr(item, "fixturenames", ())
        if "shared_data" in wants:
            item.add_marker(pytest.mark.real_data)
        if "chromium" in wants:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = [
        (report.nodeid, str(report.longrepr[2]).partition(ABSENT)[2])
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and ABSENT in str(report.longrepr[2])
    ]
    if left_out:
        terminalreporter.section(f"checks that did not run: {len(left_out)}")
        for nodeid, why in sorted(left_out):
            terminalreporter.line(f"{nodeid}: {why}")
