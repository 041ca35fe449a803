"""What a person has beside a passphrase: an authenticator app, passkeys, recovery codes.

Each answer counts once: the step of a time-based code, the counter of a passkey and a
recovery code are marked as used in the same statement that checks them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyotp
import sqlalchemy as sa
from argon2.low_level import Type, hash_secret_raw

from twofold.errors import RecordError
from twofold.store import engine as engines
from twofold.store import locks
from twofold.store.accounts import fresh_code, key_of, plain_code, told
from twofold.store.accounts_schema import account, passkey, recovery_code

if TYPE_CHECKING:
    from twofold.store.store import Store

STEP = 30
CODES = 10
MOST_PASSKEYS = 20
LONGEST_CREDENTIAL = 1023


@dataclass(frozen=True)
class Passkey:
    """A key that stays in a person's device; only its public half is here."""

    id: str
    credential: bytes
    public_key: bytes
    count: int
    site: str
    label: str
    made: dt.datetime
    used: dt.datetime | None


class SecondFactors:
    """The second factors of everyone with an account."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._key = key_of(store)

    def has_any(self, person: str) -> bool:
        """Return whether a person has an authenticator app or a passkey."""
        return self.has_app(person) or bool(self.passkeys(person))

    # The authenticator app.

    def has_app(self, person: str) -> bool:
        """Return whether an authenticator app is set up."""
        return self._of(person, account.c.totp) is not None

    def try_app(self, person: str, secret: str, code: str, *, now: dt.datetime) -> bool:
        """Keep the secret of an authenticator app, sealed, if the app shows the right code.

        The code that set it up does not sign in a second time.
        """
        step = step_of(secret, code, now=now)
        if step is None:
            return False
        sealed = locks.wrap(self._key, secret.encode(), about=f"totp {person}")
        self._change(person, {"totp": sealed, "totp_step": step})
        return True

    def drop_app(self, person: str) -> None:
        """Forget the authenticator app."""
        self._change(person, {"totp": None})

    def take_app_code(self, person: str, code: str, *, now: dt.datetime) -> bool:
        """Return whether this is a code of now, or of one step beside it, not used before."""
        sealed = self._of(person, account.c.totp)
        secret = sealed and locks.unwrap(self._key, bytes(sealed), about=f"totp {person}")
        step = step_of(secret.decode(), code, now=now) if secret else None
        if step is None:
            return False
        mark = sa.update(account).where(account.c.person == person, account.c.totp_step < step)
        with self._engine.begin() as connection:
            return connection.execute(mark.values(totp_step=step)).rowcount == 1

    # Passkeys.

    def passkeys(self, person: str) -> tuple[Passkey, ...]:
        """Return a person's passkeys, oldest first."""
        asked = sa.select(passkey).where(passkey.c.person == person).order_by(passkey.c.made)
        with engines.reading(self._engine).begin() as connection:
            return tuple(_passkey(row) for row in connection.execute(asked))

    def add_passkey(
        self,
        person: str,
        credential: bytes,
        public_key: bytes,
        *,
        count: int,
        site: str,
        label: str,
        now: dt.datetime,
    ) -> None:
        """Keep the public half of a new passkey.

        Raises
        ------
        RecordError
            When there are too many, or it is there already.
        """
        if len(credential) > LONGEST_CREDENTIAL or len(self.passkeys(person)) >= MOST_PASSKEYS:
            raise RecordError("no more passkeys fit here.", remedy="Take one out first.")
        row = {"person": person, "credential": credential, "public_key": public_key}
        about = {"count": count, "site": site, "label": label[:80], "made": told(now)}
        with self._engine.begin() as connection:
            there = sa.select(passkey.c.id).where(passkey.c.id == name_of(credential))
            if connection.scalar(there) is not None:
                raise RecordError("this passkey is set up already.")
            connection.execute(sa.insert(passkey).values(id=name_of(credential), **row, **about))

    def drop_passkey(self, person: str, name: str) -> None:
        """Forget a passkey."""
        with self._engine.begin() as connection:
            which = (passkey.c.person == person, passkey.c.id == name)
            connection.execute(sa.delete(passkey).where(*which))

    def use_passkey(self, person: str, name: str, count: int, *, now: dt.datetime) -> bool:
        """Note that a passkey was used; ``False`` when its counter went back: it was copied."""
        grown = passkey.c.count < count if count else passkey.c.count == 0
        which = (passkey.c.person == person, passkey.c.id == name, grown)
        with self._engine.begin() as connection:
            mark = sa.update(passkey).where(*which).values(count=count, used=told(now))
            return connection.execute(mark).rowcount == 1

    # Recovery codes.

    def fresh_codes(self, person: str) -> tuple[str, ...]:
        """Return ten new codes, each good once; the old ones end."""
        codes, salt = tuple(fresh_code(2) for _ in range(CODES)), secrets.token_bytes(16)
        rows = [{"person": person, "digest": _slow_digest(code, salt)} for code in codes]
        with self._engine.begin() as connection:
            own = recovery_code.c.person == person
            connection.execute(sa.delete(recovery_code).where(own))
            connection.execute(sa.insert(recovery_code), rows)
            changed = sa.update(account).where(account.c.person == person)
            connection.execute(changed.values(codes_salt=salt))
        return codes

    def take_code(self, person: str, code: str, *, now: dt.datetime) -> bool:
        """Use a recovery code up; ``False`` when it is none, or was used before."""
        salt = self._of(person, account.c.codes_salt)
        if salt is None or len(plain_code(code)) != 10:
            return False
        digest = _slow_digest(code, bytes(salt))
        c = recovery_code.c
        which = (c.person == person, c.digest == digest, c.used.is_(None))
        with self._engine.begin() as connection:
            mark = sa.update(recovery_code).where(*which).values(used=told(now))
            return connection.execute(mark).rowcount == 1

    def codes_left(self, person: str) -> int:
        """Return how many recovery codes are still good."""
        c = recovery_code.c
        count = sa.select(sa.func.count()).where(c.person == person, c.used.is_(None))
        with engines.reading(self._engine).begin() as connection:
            return connection.scalar(count) or 0

    # Within.

    def _of(self, person: str, column: sa.Column[Any]) -> Any:
        with engines.reading(self._engine).begin() as connection:
            return connection.scalar(sa.select(column).where(account.c.person == person))

    def _change(self, person: str, row: dict[str, Any]) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.update(account).where(account.c.person == person).values(row))


def step_of(secret: str, code: str, *, now: dt.datetime) -> int | None:
    """Return the time step of a code: now, or one beside it (clocks differ); else ``None``.

    All three are compared, in constant time.
    """
    given = "".join(code.split())
    here = int(now.timestamp()) // STEP
    app = pyotp.TOTP(secret, interval=STEP)
    found = None
    for step in (here - 1, here, here + 1):
        if hmac.compare_digest(
            app.generate_otp(step).encode(), given.encode("utf-8", "surrogatepass")
        ):
            found = step
    return found


def name_of(credential: bytes) -> str:
    """Return the name under which a passkey is kept."""
    return hashlib.sha256(credential).hexdigest()


def _slow_digest(code: str, salt: bytes) -> str:
    """Return a code as argon2id keeps it: 50 random bits, one salt a set."""
    words = plain_code(code).encode("utf-8", "surrogatepass")
    return hash_secret_raw(words, salt, 2, 19_456, 1, 32, Type.ID).hex()


def _passkey(row: Any) -> Passkey:
    made = dt.datetime.fromisoformat(row.made)
    used = dt.datetime.fromisoformat(row.used) if row.used else None
    key = bytes(row.public_key)
    return Passkey(row.id, bytes(row.credential), key, row.count, row.site, row.label, made, used)
