"""Before a server listens, its database is asked: there, new enough, and fit for a diary?"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from store.entries import PASSPHRASE, QUICK

from twofold.app.cli.main import main
from twofold.app.cli.saying import checkout, missing_app
from twofold.errors import NewerStore, StoreError
from twofold.store import reaching
from twofold.store.opening import create
from twofold.store.reaching import Server

Address = Callable[[], str]
FIT = Server("PostgreSQL 15.6", 150_006, "UTF8", is_read_only=False, may_make_tables=True)


def told_by(address: str, *statements: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for one in statements:
            connection.execute(one)


def refused(address: str) -> StoreError:
    with pytest.raises(StoreError) as found:
        reaching.check(address)
    assert found.value.remedy and "hidden" not in found.value.sentence()
    return found.value


def test_an_empty_database_and_one_with_a_diary_are_fit(
    fresh_database: Address, folder: Path
) -> None:
    address = fresh_database()
    reaching.check(address)
    create(folder, PASSPHRASE, database=address, cost=QUICK)[0].close()
    reaching.check(address)


@pytest.mark.parametrize(
    ("address", "says", "try_"),
    [
        ("postgresql://u:hidden@127.0.0.1:1/x", "does not answer", "running"),
        ("mysql://u:hidden@h/x", "not an address of a PostgreSQL", "postgresql://"),
    ],
    ids=["nobody listens", "another kind"],
)
def test_a_database_that_cannot_be_reached_is_a_sentence(
    address: str, says: str, try_: str
) -> None:
    error = refused(address)
    assert says in error.what and try_ in error.remedy


def test_a_name_that_the_server_does_not_know_is_told(fresh_database: Address) -> None:
    address = fresh_database()
    name = address.split("@/")[1].split("?")[0]
    assert "no such database" in refused(address.replace(name, "absent")).what
    assert "createdb" in refused(address.replace(name, "absent")).remedy
    assert "user" in refused(address.replace("twofold@", "stranger@")).what


def test_a_database_in_other_letters_is_told(fresh_database: Address) -> None:
    address = fresh_database()
    name = address.split("@/")[1].split("?")[0]
    make = f"CREATE DATABASE {name}_l ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'"
    told_by(address, make)
    error = refused(address.replace(f"/{name}?", f"/{name}_l?"))
    assert "LATIN1" in error.what and "UTF8" in error.remedy


def test_a_database_that_takes_nothing_is_told(fresh_database: Address) -> None:
    address = fresh_database()
    name = address.split("@/")[1].split("?")[0]
    told_by(address, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "only be read" in refused(address).what


def test_a_user_that_may_make_no_tables_is_told_until_the_tables_are_there(
    fresh_database: Address, folder: Path
) -> None:
    address = fresh_database()
    guest = f"guest_{address.split('@/')[1].split('?')[0]}"
    told_by(address, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", f"CREATE ROLE {guest} LOGIN")
    as_guest = address.replace("twofold@", f"{guest}@")
    error = refused(as_guest)
    assert "may not make tables" in error.what and "GRANT" in error.remedy
    create(folder, PASSPHRASE, database=address, cost=QUICK)[0].close()
    told_by(address, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {guest}")
    reaching.check(as_guest)


def test_a_database_of_a_newer_program_is_told(fresh_database: Address, folder: Path) -> None:
    address = fresh_database()
    create(folder, PASSPHRASE, database=address, cost=QUICK)[0].close()
    told_by(address, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerStore, match="newer Twofold"):
        reaching.check(address)


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (Server("PostgreSQL 10.23", 100_023, "UTF8", False, True), "PostgreSQL 10.23"),
        (Server("CockroachDB CCL v23.1", 130_000, "UTF8", False, True), "CockroachDB"),
        (Server("EnterpriseDB 15.1", 150_001, "UTF8", False, True), "EnterpriseDB"),
    ],
    ids=["too old", "another kind", "yet another"],
)
def test_a_server_that_is_too_old_or_of_another_kind_is_told(server: Server, says: str) -> None:
    error = reaching.wrong_with(server, "where")
    assert error is not None and says in error.what and "11" in error.remedy
    assert reaching.wrong_with(FIT, "where") is None


def test_serve_tells_it_before_it_listens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWOFOLD_DATABASE", "postgresql://u:hidden@127.0.0.1:1/x")
    assert main(["serve", "--folder", str(tmp_path / "diary"), "--port", "0"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "does not answer" in said.err and "hidden" not in said.err
    assert "TWOFOLD_DATABASE" in said.err and not (tmp_path / "diary").exists()


# A core kind of install has no pages yet.


def test_a_checkout_names_make_serve_and_an_installed_package_does_not(
    root: Path, tmp_path: Path
) -> None:
    assert checkout(root / "src/twofold/app/cli/saying.py") == root
    assert checkout(tmp_path / "lib/site-packages/twofold/app/cli/saying.py") is None
    remedy = missing_app("the pages").remedy
    assert 'pip install "twofold[app]"' in remedy and f"`make serve` in {root}" in remedy


@pytest.mark.parametrize("verb", ["serve", "check"])
def test_without_the_pages_the_verbs_say_both_ways_to_get_them(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("fastapi", "sqlcipher3"):
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]
    assert main([verb]) == 2
    said = capsys.readouterr().err
    assert "make serve" in said and "pip install" in said
    assert importlib.util.find_spec("sqlcipher3") is None
