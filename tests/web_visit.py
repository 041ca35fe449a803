"""A person's visit inside this process: the real app, a real encrypted diary, and a clock to set."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twofold.app.web.app import create_app
from twofold.app.web.house import House
from twofold.app.web.sessions import COOKIE
from twofold.store.entry import Entry
from twofold.store.store import Store

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PASSPHRASE = "quiet river lantern moss"
HERE = "http://127.0.0.1:8265"
NOON = dt.datetime(2026, 11, 22, 12, 30, tzinfo=dt.UTC)


class Home:
    """The app of one house with its store, made once; everyone in it has a diary of their own."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.house = House(folder, clock=lambda: self.now)
        self.app = create_app(self.house)
        answer = self.browser().post("/open", data={"passphrase": PASSPHRASE})
        assert answer.status_code in (200, 303), answer.text

    def browser(self) -> Any:
        """Return a browser of somebody who is not signed in."""
        return TestClient(
            self.app,
            base_url=HERE,
            headers={"origin": HERE, "sec-fetch-site": "same-origin"},
            follow_redirects=False,
        )

    def someone(self) -> Visitor:
        """Return a person who begins a diary at noon."""
        self.now = NOON
        assert self.house.store is not None
        return Visitor(self, self.house.store, self.house.store.add_person("you").id)


class Visitor:
    """A signed-in person; ``now`` is what the clock says."""

    def __init__(self, home: Home, store: Store, person: str) -> None:
        self.home, self.store, self.person = home, store, person
        self.client = home.browser()
        self.sign_in()

    def sign_in(self) -> None:
        """Bring a session, as signing in with an account gives one."""
        _, token = self.home.house.doors.sign_ins.begin(
            self.person, stage="full", way="account", device="", now=self.home.now
        )
        self.client.cookies.set(COOKIE, token)

    @property
    def now(self) -> dt.datetime:
        """What the clock says."""
        return self.home.now

    @now.setter
    def now(self, moment: dt.datetime) -> None:
        self.home.now = moment

    def stranger(self) -> Any:
        """Return a browser of somebody who is not signed in."""
        return self.home.browser()

    def get(self, path: str, status: int = 200) -> str:
        """Return a page as its text of HTML."""
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, readable(answer.text))
        return str(answer.text)

    def post(self, path: str, **answers: Any) -> str:
        """Send a form, and return where it leads."""
        answer = self.client.post(path, data=answers)
        assert answer.status_code == 303, (answer.status_code, readable(answer.text))
        return str(answer.headers["location"])

    def refused(self, path: str, **answers: Any) -> str:
        """Send a form that cannot be taken, and return the page that says so."""
        answer = self.client.post(path, data=answers)
        assert answer.status_code == 422, (answer.status_code, answer.headers.get("location"))
        return readable(answer.text)

    def sheet(self, path: str) -> dict[str, Any]:
        """Return the hidden fields of a page's form, as a browser would send them back."""
        hidden: dict[str, list[str]] = {}
        for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.get(path)):
            name, value = (re.search(rf'{at}="([^"]*)"', tag) for at in ("name", "value"))
            assert name is not None and value is not None
            hidden.setdefault(name[1], []).append(value[1])
        return dict(hidden)

    def fill(self, path: str, to: str, **answers: Any) -> str:
        """Open a page, fill its form in, send it, and return where it leads."""
        return self.post(to, **{**self.sheet(path), **answers})

    def entries(self, *kinds: str) -> tuple[Entry, ...]:
        """Return what is kept."""
        return self.store.entries(self.person, kinds=kinds)

    def bodies(self, *kinds: str) -> list[Mapping[str, Any]]:
        """Return what is kept as plain values."""
        return [one.body for one in self.entries(*kinds) if one.body is not None]

    def later(self, **passed: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**passed)


def readable(html: str) -> str:
    """Return a page as the words that a person reads."""
    import html as letters

    text = re.sub(r"<(script|style|head).*?</\1>", " ", html, flags=re.S)
    return " ".join(letters.unescape(re.sub(r"<[^>]+>", " ", text)).split())
