"""What the store keeps of the doors, in a file and in PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from twofold.errors import RecordError
from twofold.store import accounts as accounts_module
from twofold.store.accounts import Accounts, fits
from twofold.store.accounts_schema import OF_A_PERSON
from twofold.store.door_log import FORGOTTEN, Decision, DoorLog
from twofold.store.second_factors import CODES, SecondFactors
from twofold.store.sign_ins import Lasting, SignIns
from twofold.store.store import Store

from .entries import NOW

OWN = "violet ladder ostrich cement"
LASTING = Lasting(dt.timedelta(days=30), dt.timedelta(days=180))
LATER = NOW + dt.timedelta(seconds=60)


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Let argon2id take a millisecond."""
    before, accounts_module._HASHER = accounts_module._HASHER, PasswordHasher(1, 64, 1)
    yield
    accounts_module._HASHER = before


@pytest.fixture
def person(any_store: Store) -> str:
    """Somebody new with an account."""
    name = any_store.add_person("somebody").id
    Accounts(any_store).make(name, f"Name {name}", OWN, now=NOW)
    return name


def test_a_name_is_found_in_any_capitals_and_kept_as_a_hash(any_store: Store, person: str) -> None:
    accounts = Accounts(any_store)
    found = accounts.named(f"  nAME {person.upper()} ")
    assert found is not None and found.person == person
    assert fits(found, OWN) and not fits(found, OWN.upper()) and not fits(None, OWN)
    kept = all_rows(any_store, "account")
    assert "Name" not in kept and OWN not in kept


def test_two_accounts_cannot_have_one_name(any_store: Store, person: str) -> None:
    other = any_store.add_person("another").id
    with pytest.raises(RecordError, match="this name is taken"):
        Accounts(any_store).make(other, f"NAME {person}", OWN, now=NOW)


def test_a_code_of_an_app_counts_once_and_neither_earlier_nor_much_later(
    any_store: Store, person: str
) -> None:
    factors, secret = SecondFactors(any_store), pyotp.random_base32()
    assert not factors.try_app(person, secret, "000000", now=NOW) or not factors.has_app("nobody")
    assert factors.try_app(person, secret, pyotp.TOTP(secret).at(NOW), now=NOW)
    assert not factors.take_app_code(person, pyotp.TOTP(secret).at(NOW), now=NOW)
    code = pyotp.TOTP(secret).at(LATER)
    assert not factors.take_app_code(person, code, now=LATER - dt.timedelta(minutes=5))
    assert factors.take_app_code(person, code, now=LATER)
    assert not factors.take_app_code(person, code, now=LATER)
    assert secret not in all_rows(any_store, "account")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "0" * 40, "\ud800"])
def test_what_is_no_code_is_refused(any_store: Store, person: str, code: str) -> None:
    factors, secret = SecondFactors(any_store), pyotp.random_base32()
    factors.try_app(person, secret, pyotp.TOTP(secret).at(NOW), now=NOW)
    assert not factors.take_app_code(person, code, now=LATER)
    assert not factors.take_code(person, code, now=LATER)


def test_recovery_codes_count_once_each_and_new_ones_end_the_old(
    any_store: Store, person: str
) -> None:
    factors = SecondFactors(any_store)
    codes = factors.fresh_codes(person)
    assert len(set(codes)) == CODES == factors.codes_left(person)
    assert factors.take_code(person, codes[3].lower(), now=NOW)
    assert not factors.take_code(person, codes[3], now=NOW)
    assert factors.codes_left(person) == CODES - 1
    factors.fresh_codes(person)
    assert not factors.take_code(person, codes[4], now=NOW)
    assert codes[4] not in all_rows(any_store, "recovery_code")


def test_a_passkey_whose_counter_goes_back_was_copied_and_is_refused(
    any_store: Store, person: str
) -> None:
    factors = SecondFactors(any_store)
    about: dict[str, Any] = {"site": "diary.example", "label": "phone", "now": NOW}
    factors.add_passkey(person, b"credential" + person.encode(), b"key", count=5, **about)
    name = factors.passkeys(person)[0].id
    assert factors.use_passkey(person, name, 6, now=NOW)
    assert not factors.use_passkey(person, name, 6, now=NOW)
    assert not factors.use_passkey(person, name, 0, now=NOW)
    with pytest.raises(RecordError, match="set up already"):
        factors.add_passkey(person, b"credential" + person.encode(), b"key", count=0, **about)
    factors.drop_passkey("somebody else", name)
    assert factors.has_any(person)
    factors.drop_passkey(person, name)
    assert not factors.has_any(person)


def test_what_a_session_is_asked_is_sealed_and_belongs_to_it(any_store: Store, person: str) -> None:
    sign_ins = SignIns(any_store)
    begun = [sign_ins.begin(person, stage="full", way="w", device="d", now=NOW) for _ in "ab"]
    sign_ins.ask(begun[0][0], b"a new secret")
    assert sign_ins.asked(begun[0][0]) == b"a new secret" and sign_ins.asked(begun[1][0]) is None
    assert "a new secret" not in all_rows(any_store, "session")
    with any_store.engine.begin() as connection:  # moved to another session it does not open
        moved = (
            f"UPDATE session SET pending = (SELECT pending FROM session WHERE id = '{begun[0][0]}')"
        )
        connection.exec_driver_sql(f"{moved} WHERE id = '{begun[1][0]}'")
    assert sign_ins.asked(begun[1][0]) is None


def test_two_servers_on_one_database_know_the_same_sessions(any_store: Store, person: str) -> None:
    one, other = SignIns(any_store), SignIns(any_store)
    name, token = one.begin(person, stage="full", way="w", device="d", now=NOW)
    assert other.of(token, LASTING, now=NOW) is not None
    assert other.end(name, person=person)
    assert one.of(token, LASTING, now=NOW) is None


def test_failures_are_counted_in_a_row_and_forgotten_after_a_day(any_store: Store) -> None:
    log = DoorLog(any_store)
    for _ in range(3):
        log.fail("somebody at 192.0.2.1", now=NOW)
    assert log.attempts("somebody at 192.0.2.1", now=NOW).failures == 3
    tomorrow = NOW + FORGOTTEN + dt.timedelta(seconds=1)
    assert log.attempts("somebody at 192.0.2.1", now=tomorrow).failures == 0
    log.fail("somebody at 192.0.2.1", now=tomorrow)
    assert log.attempts("somebody at 192.0.2.1", now=tomorrow).failures == 1
    log.clear("somebody at 192.0.2.1")
    assert log.attempts("somebody at 192.0.2.1", now=tomorrow).failures == 0
    assert "192.0.2.1" not in all_rows(any_store, "attempt")


@pytest.mark.parametrize("sentence", ["UPDATE door SET why = ''", "DELETE FROM door"])
def test_a_line_of_the_log_is_never_altered_or_deleted(
    any_store: Store, person: str, sentence: str
) -> None:
    DoorLog(any_store).write(Decision(NOW, "sign-in", True, person))
    with (
        pytest.raises(sa.exc.DBAPIError, match=r"never (altered|deleted)"),
        any_store.engine.begin() as one,
    ):
        one.exec_driver_sql(sentence)


def test_a_line_of_the_log_stays_one_line_whatever_a_browser_calls_itself(
    any_store: Store, person: str
) -> None:
    log = DoorLog(any_store)
    log.write(Decision(NOW, "sign-in", False, person, "a\r\nforged line\x1b[2J", device="x" * 500))
    told = log.of(person)[0]
    assert told.why.isprintable() and "\n" not in told.why and len(told.device) == 80


def test_erasing_a_person_leaves_nothing_of_them_at_the_doors(any_store: Store) -> None:
    person = any_store.add_person("to be erased").id
    Accounts(any_store).make(person, person, OWN, now=NOW)
    Accounts(any_store).invite(person, "renew", now=NOW)
    SecondFactors(any_store).fresh_codes(person)
    SignIns(any_store).begin(person, stage="full", way="w", device="d", now=NOW)
    DoorLog(any_store).write(Decision(NOW, "sign-in", True, person))
    any_store.erase(person)
    for table in OF_A_PERSON:
        with any_store.engine.begin() as connection:
            assert connection.execute(sa.select(table).where(table.c.person == person)).all() == []


def all_rows(store: Store, table: str) -> str:
    with store.engine.begin() as connection:
        return repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
