"""What the container files promise. They are read here; nobody has run them yet, and they say so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture
def compose(root: Path) -> Any:
    return yaml.safe_load((root / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def steps(root: Path) -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, in order."""
    text = (root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_diary_runs_as_a_user_without_rights(steps: list[tuple[str, str]]) -> None:
    users = [what for word, what in steps if word == "USER"]
    assert users == ["10001:10001"]
    after = [word for word, _ in steps[steps.index(("USER", "10001:10001")) :]]
    assert "RUN" not in after and "COPY" not in after


def test_only_wheels_with_known_hashes_are_installed(steps: list[tuple[str, str]]) -> None:
    installs = [what for word, what in steps if word == "RUN" and "pip install" in what]
    assert len(installs) == 1
    for option in ("--require-hashes", "--only-binary :all:", "-r requirements-app.lock"):
        assert option in installs[0]


def test_the_health_check_asks_the_page_that_needs_no_sign_in(steps: list[tuple[str, str]]) -> None:
    assert any(word == "HEALTHCHECK" and "/help" in what for word, what in steps)


def test_every_file_that_is_copied_is_there_and_not_ignored(
    root: Path, steps: list[tuple[str, str]]
) -> None:
    kept = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for word, what in steps:
        if word == "COPY" and not what.startswith("--from"):
            for name in what.split()[:-1]:
                assert (root / name).exists() and f"!{name}" in kept


def test_only_the_proxy_is_reachable_and_the_rest_has_no_way_out(compose: Any) -> None:
    services = compose["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert compose["networks"]["inner"]["internal"] is True
    assert services["diary"]["networks"] == services["database"]["networks"] == ["inner"]


def test_the_diary_believes_the_proxy_alone_and_answers_to_one_name(compose: Any) -> None:
    command = compose["services"]["diary"]["command"]
    told = dict(zip(command[1::2], command[2::2], strict=True))
    proxy = compose["services"]["proxy"]["networks"]["inner"]["ipv4_address"]
    assert told["--proxy"] == proxy
    assert told["--public"].startswith("https://${TWOFOLD_NAME:?")


def test_no_secret_has_a_default_and_none_stands_in_the_files(root: Path, compose: Any) -> None:
    environment = str([one.get("environment") for one in compose["services"].values()])
    assert "DATABASE_PASSWORD:?" in environment and "DATABASE_PASSWORD:-" not in environment
    assert not re.search(r"PASSWORD=\S", (root / "Dockerfile").read_text(encoding="utf-8"))


def test_the_disk_is_read_only_and_no_rights_are_left(compose: Any) -> None:
    diary = compose["services"]["diary"]
    assert diary["read_only"] is True and diary["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in diary["security_opt"]


def test_both_files_say_that_nobody_has_run_them_yet(root: Path) -> None:
    for name in ("Dockerfile", "compose.yaml"):
        assert "run by its makers yet" in (root / name).read_text(encoding="utf-8")
    assert "have not been built or run" in (root / "docs/how-to/self-host.md").read_text(
        encoding="utf-8"
    )
