"""Setting up an account at the terminal: for a machine without a screen, or when all is lost.

Whoever can run this and knows the diary's passphrase or recovery key may give a person a new
passphrase and a new authenticator app. Over the network nobody can.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from twofold.app.web.house import House
from twofold.app.web.passphrase import weakness
from twofold.app.web.serving import alone
from twofold.errors import TwofoldError
from twofold.store.door_log import Decision
from twofold.store.opening import is_there

if TYPE_CHECKING:
    from twofold.people.person import Person


def set_up(folder: Path, *, database: str | None = None) -> None:
    """Ask at the terminal for all that an account needs, and say what to keep.

    Raises
    ------
    TwofoldError
        When an answer does not fit; what was set up before is kept.
    """
    with alone(folder):
        house = House(folder, database=database)
        try:
            passphrase = _opened(house)
            person = _person(house)
            _account(house, person, passphrase)
            _app(house, person)
            _codes(house, person)
        finally:
            house.close()


def _opened(house: House) -> str:
    """Open the diary, or begin one; return its passphrase."""
    if is_there(house.folder):
        secret = _ask_hidden("The diary's passphrase, or its recovery key: ")
        house.open(secret)
        return secret
    print("There is no diary here yet. This begins one.")
    passphrase = _new_passphrase("A passphrase for the diary (15 characters or more): ")
    recovery = house.begin(passphrase)
    print(f"\nThe recovery key, shown once. Write it down and keep it apart:\n\n  {recovery}\n")
    return passphrase


def _person(house: House) -> Person:
    assert house.store is not None
    people = house.store.people() or (house.store.add_person("you"),)
    if len(people) == 1:
        return people[0]
    for number, one in enumerate(people, 1):
        print(f"  {number}  {one.label}")
    chosen = _ask("Whose account (number)? ")
    if not chosen.isascii() or not chosen.isdigit() or not 1 <= int(chosen[:3]) <= len(people):
        raise TwofoldError("this is none of the numbers.", remedy="Nothing was changed.")
    return people[int(chosen) - 1]


def _account(house: House, person: Person, diary: str) -> None:
    name = _ask("A name to sign in with: ")
    print("A passphrase to sign in with; an empty line takes the diary's own.")
    passphrase = _new_passphrase("Passphrase: ", default=diary, names=(name,))
    house.doors.accounts.make(person.id, name, passphrase, now=house.clock())
    house.doors.sign_ins.end_all(person.id)
    _write_down(house, person, "account made at the terminal")


def _app(house: House, person: Person) -> None:
    import pyotp
    import segno

    secret = pyotp.random_base32(32)
    address = pyotp.TOTP(secret).provisioning_uri(name=person.label, issuer_name="Twofold")
    print("\nScan this with an authenticator app, or type the secret:\n")
    segno.make(address, error="l").terminal(out=sys.stdout, compact=True)
    print(f"\n  {secret}\n")
    code = _ask("The six digits that the app shows now: ")
    if not house.doors.factors.try_app(person.id, secret, code, now=house.clock()):
        raise TwofoldError(
            "this code does not fit, so no app is set up.",
            remedy="Check the clocks of both machines, then run this again.",
        )
    house.note_ready()
    _write_down(house, person, "app set up at the terminal")


def _codes(house: House, person: Person) -> None:
    print("\nTen recovery codes, shown once. Each works once in place of the app:\n")
    for code in house.doors.factors.fresh_codes(person.id):
        print(f"  {code}")
    print("\nDone. Start the server now: twofold serve --tls CERT KEY --host ADDRESS")


def _new_passphrase(question: str, *, default: str = "", names: tuple[str, ...] = ()) -> str:
    first = _ask_hidden(question)
    if not first and default:
        first = default
    elif first != _ask_hidden("The same once more: "):
        raise TwofoldError("the two differ.", remedy="Run this again; what was set up is kept.")
    weak = weakness(first, names=names)
    if weak:
        raise TwofoldError(weak, remedy="Run this again; what was set up is kept.")
    return first


def _ask(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise TwofoldError("this needs answers at the terminal.") from None


def _ask_hidden(question: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(question)
    try:
        return input(question)
    except EOFError:
        raise TwofoldError("this needs answers at the terminal.") from None


def _write_down(house: House, person: Person, why: str) -> None:
    house.doors.log.write(Decision(house.clock(), "factor", True, person.id, why))
