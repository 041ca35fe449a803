"""Who comes in, and who does not: the person, somebody else on the server, and the stranger."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from store.entries import QUICK
from web_visit import NOON, TestClient, readable

from twofold.app.web import gate, sessions
from twofold.app.web.app import create_app
from twofold.app.web.house import House
from twofold.store import accounts
from twofold.store.entry import Change
from twofold.store.opening import create
from twofold.store.sign_ins import Session

DIARY = "four grey herons by a lake"
OWN = "violet ladder ostrich cement"
OTHER = "seven copper kettles asleep"
HERE, AWAY = "http://127.0.0.1:8265", "https://diary.example"
MARK = "a line that only its writer may read"
SOME = "00000000-0000-4000-8000-000000000000"


class Server:
    """One server with its clock; ``recovery`` is the printed key."""

    def __init__(self, folder: Path, *, is_local: bool = True) -> None:
        self.now, self.folder, self.is_local = NOON, folder, is_local
        self.running = ExitStack()
        store, self.recovery = create(folder, DIARY, database="", cost=QUICK)
        self.person = store.add_person("you").id
        store.close()
        self.start()

    def start(self) -> None:
        """Start it again: what was in memory is gone, and the diary is locked."""
        self.house = House(
            self.folder,
            database="",
            is_local=self.is_local,
            is_encrypted=not self.is_local,
            names=frozenset() if self.is_local else frozenset({"diary.example"}),
            clock=lambda: self.now,
        )
        self.app = create_app(self.house)

    def browser(self, address: str = "192.0.2.7") -> Any:
        """Return a browser that nobody has signed in."""
        base = HERE if self.is_local else AWAY
        made = TestClient(
            self.app,
            base_url=base,
            headers={"origin": base, "sec-fetch-site": "same-origin"},
            follow_redirects=False,
            client=(address, 50_000),
        )
        return self.running.enter_context(made)

    def end(self) -> None:
        """Close every browser, and the diary."""
        self.running.close()
        self.house.close()

    def opened(self) -> Any:
        """Return a browser that has opened the diary with its passphrase."""
        browser = self.browser()
        assert browser.post("/open", data={"passphrase": DIARY}).status_code == 303
        return browser

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**span)


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Let argon2id take a millisecond; only tests/store asks for its real costs."""
    before, accounts._HASHER = accounts._HASHER, PasswordHasher(1, 64, 1)
    yield
    accounts._HASHER = before


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for one person on this machine."""
    made = Server(tmp_path / "diary")
    yield made
    made.end()


def is_in(browser: Any) -> bool:
    """Say whether a browser sees pages of a diary."""
    return bool(browser.get("/account").status_code == 200)


def token_of(browser: Any) -> str:
    return str(browser.cookies.get("twofold") or browser.cookies.get("__Host-twofold") or "")


# Sessions.


def test_a_browser_stays_signed_in_over_a_restart_once_the_diary_is_open_again(
    server: Server,
) -> None:
    browser = server.opened()
    token = token_of(browser)
    server.house.close()
    server.start()
    again = server.browser()
    again.cookies.set("twofold", token)
    assert again.get("/account").headers["location"] == "/open"  # locked: nobody is let in
    server.opened()
    assert is_in(again)


def test_the_store_keeps_only_the_hash_of_what_the_browser_holds(server: Server) -> None:
    token = token_of(server.opened())
    assert len(token) == 43  # 256 bits
    with server.house.store.engine.begin() as connection:  # type: ignore[union-attr]
        rows = connection.exec_driver_sql("SELECT * FROM session").all()
    assert rows and token not in repr(rows)


@pytest.mark.parametrize(
    ("unseen", "is_still_in"),
    [(dt.timedelta(days=30, minutes=-1), True), (dt.timedelta(days=30, minutes=1), False)],
    ids=["a minute before", "a minute after"],
)
def test_on_this_machine_a_browser_is_signed_out_thirty_days_after_it_was_seen(
    server: Server, unseen: dt.timedelta, is_still_in: bool
) -> None:
    browser = server.opened()
    server.now += unseen
    assert is_in(browser) is is_still_in


def test_unseen_for_thirty_days_a_browser_is_out_and_its_session_is_gone(server: Server) -> None:
    browser = server.opened()
    server.later(days=29)
    assert is_in(browser)
    server.later(days=29)
    assert is_in(browser)  # seen in between
    server.later(days=31)
    assert not is_in(browser)
    server.now = NOON
    assert not is_in(browser)  # setting the clock back does not bring it back


def test_after_half_a_year_everyone_signs_in_again_however_often_they_came(server: Server) -> None:
    browser = server.opened()
    days = 0
    while is_in(browser):
        server.later(days=20)
        days += 20
        assert days < 400
    assert days == 200  # the first visit after day 180


def test_signing_in_gives_a_fresh_token_and_ends_the_one_that_was_brought(server: Server) -> None:
    browser = server.opened()
    before = token_of(browser)
    browser.post("/open", data={"passphrase": DIARY})
    assert token_of(browser) != before
    thief = server.browser()
    thief.cookies.set("twofold", before)
    assert not is_in(thief)


def test_a_token_that_somebody_else_chose_never_becomes_a_session(server: Server) -> None:
    planted = {"cookie": f"twofold={'A' * 43}"}
    answer = server.browser().post("/open", data={"passphrase": DIARY}, headers=planted)
    assert answer.status_code == 303 and "A" * 43 not in answer.headers["set-cookie"]
    assert server.browser().get("/account", headers=planted).headers["location"] == "/open"


@pytest.mark.parametrize("token", ["", "x", "'" * 43, "\x00", "é", "A" * 5_000, "twofold"])
def test_whatever_a_cookie_holds_a_stranger_is_led_to_the_door(server: Server, token: str) -> None:
    server.opened()
    stranger = server.browser()
    answer = stranger.get("/account", headers={"cookie": f"twofold={token}".encode()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/open")


def test_a_person_sees_their_browsers_and_signs_another_one_out(server: Server) -> None:
    phone, desk = server.opened(), server.opened()
    phone.headers["user-agent"] = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Firefox/140.0"
    phone.post("/open", data={"passphrase": DIARY})
    shown = desk.get("/account/devices").text
    assert "Firefox – Android" in shown and "this one" in readable(shown)
    names = re.findall(r'name="session" value="([^"]+)"', shown)
    assert len(names) == 2
    others = [name for name in names if name != own_session(server, desk)]
    desk.post("/account/devices/end", data={"session": others[0]})
    assert not is_in(phone) and is_in(desk)


def own_session(server: Server, browser: Any) -> str:
    found = server.house.doors.sign_ins.of(token_of(browser), sessions.HERE, now=server.now)
    assert found is not None
    return found.id


def test_signing_out_everywhere_ends_every_session_and_empties_the_browsers_cache(
    server: Server,
) -> None:
    phone, desk = server.opened(), server.opened()
    answer = desk.post("/account/devices/all")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert not is_in(phone) and not is_in(desk) and token_of(desk) == ""


def test_signing_out_ends_the_session_also_for_who_copied_the_cookie(server: Server) -> None:
    browser = server.opened()
    copy = server.browser()
    copy.cookies.set("twofold", token_of(browser))
    assert is_in(copy)
    assert "clear-site-data" in browser.post("/close").headers
    assert not is_in(copy)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(server: Server) -> None:
    answer = server.browser().post("/open", data={"passphrase": DIARY})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
    assert "domain" not in cookie and "secure" not in cookie  # plain http, this machine alone


def test_at_most_fifty_browsers_are_signed_in_and_the_longest_unseen_one_goes(
    server: Server,
) -> None:
    first = server.opened()
    for _ in range(50):
        server.later(seconds=1)
        server.house.doors.sign_ins.begin(
            server.person, stage="full", way="database", device="", now=server.now
        )
    assert not is_in(first)
    assert len(server.house.doors.sign_ins.all_of(server.person)) == 50


# One gate.

OPEN_TO_A_STRANGER = {"/help", "/light", "/open", "/close", "/static", "/sw.js"} | {
    "/manifest.webmanifest",
    "/offline",
}


def pages_of(app: Any) -> list[tuple[str, str]]:
    """Return every method and path that the app answers, with ids in place of parameters."""
    found = []
    for route in every_route(app.routes):
        path = re.sub(r"{[^}]*}", SOME, route.path)
        found += [(method, path) for method in sorted(route.methods or {"GET"})]
    return found


def behind_the_door(app: Any) -> list[tuple[str, str]]:
    """Return those of them that are not listed as open to anyone."""
    return [one for one in pages_of(app) if not gate.is_under(one[1], tuple(OPEN_TO_A_STRANGER))]


def every_route(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from every_route(inner.routes)
        elif hasattr(route, "methods"):
            yield route


def test_the_walk_finds_the_pages(server: Server) -> None:
    found = pages_of(server.app)
    assert ("GET", "/") in found and ("POST", "/open") in found and ("GET", "/account") in found
    assert len(found) > 40


def test_a_stranger_is_led_to_the_door_from_every_page_but_a_listed_handful(server: Server) -> None:
    server.opened()
    assert answering(server.browser(), behind_the_door(server.app)) == set()
    assert set(gate.OPEN) == OPEN_TO_A_STRANGER


def test_while_the_diary_is_locked_nobody_is_let_in_not_even_who_was_signed_in(
    server: Server,
) -> None:
    browser = server.opened()
    server.house.close()
    assert answering(browser, behind_the_door(server.app)) == set()


def test_no_form_is_taken_from_another_site_on_any_page(server: Server) -> None:
    browser = server.opened()
    browser.headers.update({"origin": "https://other.example", "sec-fetch-site": "cross-site"})
    writing = [one for one in pages_of(server.app) if one[0] not in ("GET", "HEAD")]
    assert {browser.request(*one).status_code for one in writing} == {403}
    assert len(writing) > 15


@pytest.mark.parametrize("stage", ["first", "renew"])
def test_who_is_only_half_signed_in_sees_no_page_of_a_diary(server: Server, stage: Any) -> None:
    server.opened()
    assert answering(half_in(server, stage), behind_the_door(server.app)) == set()


def test_who_still_needs_a_second_factor_sees_only_the_page_where_it_is_set_up(
    server: Server,
) -> None:
    server.opened()
    answered = answering(half_in(server, "enrol"), behind_the_door(server.app))
    assert "/account/second" in answered
    assert {path for path in answered if not path.startswith("/account/second")} == set()


def half_in(server: Server, stage: Any) -> Any:
    _, token = server.house.doors.sign_ins.begin(
        server.person, stage=stage, way="passphrase", device="", now=server.now
    )
    browser = server.browser()
    browser.cookies.set("twofold", token)
    return browser


def answering(browser: Any, pages: list[tuple[str, str]]) -> set[str]:
    """Return which pages answered, instead of leading to a door."""
    return {path for method, path in pages if not is_led(browser.request(method, path))}


def is_led(answer: Any) -> bool:
    doors = ("/open", "/open/second", "/open/new", "/account/second")
    return answer.status_code == 303 and answer.headers["location"] in doors


@pytest.mark.parametrize(
    ("stage", "way", "needs_accounts", "path", "goes_to"),
    [
        ("full", "database", False, "/", ""),
        ("full", "database", True, "/", "/open"),
        ("full", "passphrase+app", True, "/", ""),
        ("full", "passphrase+app", False, "/", ""),
        ("first", "passphrase", True, "/", "/open/second"),
        ("first", "passphrase", True, "/account/second", "/open/second"),
        ("enrol", "passphrase", True, "/", "/account/second"),
        ("enrol", "passphrase", True, "/account/second/app", ""),
        ("enrol", "passphrase", True, "/account/second-hand", "/account/second"),
        ("renew", "recovery key", False, "/", "/open/new"),
    ],
)
def test_where_each_kind_of_session_may_go(
    stage: Any, way: str, needs_accounts: bool, path: str, goes_to: str
) -> None:
    session = Session("id", "person", stage, way, "", NOON, NOON)
    assert gate.leads_to(path, session, needs_accounts=needs_accounts) == goes_to
    assert gate.leads_to(path, None, needs_accounts=needs_accounts) == "/open"


def test_a_script_is_told_that_it_is_signed_out_and_no_door_lands_inside_a_page(
    server: Server,
) -> None:
    answer = server.browser().get("/account", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/open")
    answer = server.browser().post("/account/people", json={})
    assert answer.status_code == 401 and answer.json() == {"says": "Please sign in again."}


# The passphrase, forgotten and changed.


def test_the_recovery_key_opens_the_diary_and_asks_for_a_new_passphrase(server: Server) -> None:
    phone = server.opened()
    browser = server.browser()
    answer = browser.post("/open", data={"passphrase": server.recovery.lower()})
    assert answer.headers["location"] == "/open/new"
    assert not is_in(browser)
    differ = browser.post("/open/new", data={"passphrase": OWN, "again": OTHER})
    assert differ.status_code == 422 and "differ" in differ.text
    assert browser.post("/open/new", data={"passphrase": OWN, "again": OWN}).status_code == 303
    assert is_in(browser) and not is_in(phone)
    server.house.close()
    refused = server.browser().post("/open", data={"passphrase": DIARY})
    assert refused.status_code == 403 and "does not open the diary" in refused.text
    assert server.browser().post("/open", data={"passphrase": OWN}).status_code == 303


def test_changing_the_passphrase_asks_for_the_old_one_and_signs_the_others_out(
    server: Server,
) -> None:
    phone, desk = server.opened(), server.opened()
    new = {"which": "database", "passphrase": OWN, "again": OWN}
    wrong = desk.post("/account/passphrase", data={"old": OTHER, **new})
    assert wrong.status_code == 403 and "Nothing was changed." in wrong.text
    assert desk.post("/account/passphrase", data={"old": DIARY, **new}).status_code == 303
    assert is_in(desk) and not is_in(phone)
    server.house.close()
    assert server.browser().post("/open", data={"passphrase": OWN}).status_code == 303


def test_a_new_recovery_key_ends_the_old_one_and_asks_for_the_passphrase(server: Server) -> None:
    desk = server.opened()
    assert desk.post("/account/recovery", data={"old": OTHER}).status_code == 403
    shown = desk.post("/account/recovery", data={"old": DIARY}).text
    fresh = re.search(r"<code>(.*?)</code>", shown)
    assert fresh is not None and fresh[1] != server.recovery
    server.house.close()
    assert server.browser().post("/open", data={"passphrase": server.recovery}).status_code == 403
    answer = server.browser().post("/open", data={"passphrase": fresh[1]})
    assert answer.headers["location"] == "/open/new"


@pytest.mark.parametrize("weak", ["short", "passwordpassword", ""])
def test_a_weak_new_passphrase_is_refused_with_what_to_do(server: Server, weak: str) -> None:
    desk = server.opened()
    new = {"which": "database", "old": DIARY, "passphrase": weak, "again": weak}
    answer = desk.post("/account/passphrase", data=new)
    assert answer.status_code == 422
    assert re.search("use at least 15|words that everyone tries|repeats itself", answer.text)


def test_blanks_around_a_passphrase_belong_to_it(tmp_path: Path) -> None:
    house = House(tmp_path / "diary", database="")
    app = create_app(house)
    browser = TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)
    assert browser.post("/open", data={"passphrase": f" {OWN} "}).status_code == 200
    house.close()
    assert browser.post("/open", data={"passphrase": OWN}).status_code == 403
    assert browser.post("/open", data={"passphrase": f" {OWN} "}).status_code == 303


# Waiting.


def test_who_fails_again_and_again_waits_longer_each_time_and_a_restart_does_not_help(
    server: Server,
) -> None:
    browser = server.browser()
    said = [browser.post("/open", data={"passphrase": "wrong"}).status_code for _ in range(6)]
    assert said == [403] * 5 + [429]
    server.start()
    answer = server.browser().post("/open", data={"passphrase": DIARY})
    assert answer.status_code == 429 and answer.headers["retry-after"] == "2"
    assert "Please try again at 12:30:02 (UTC)." in readable(answer.text)
    assert server.browser().get("/help").status_code == 200
    server.later(seconds=3)
    assert server.browser().post("/open", data={"passphrase": DIARY}).status_code == 303


def test_a_stranger_who_fails_does_not_keep_the_owner_out(server: Server) -> None:
    stranger, owner = server.browser("198.51.100.9"), server.browser("192.0.2.7")
    for _ in range(30):
        stranger.post("/open", data={"passphrase": "wrong"})
    assert owner.post("/open", data={"passphrase": DIARY}).status_code == 303


def test_an_attempts_file_that_is_damaged_counts_as_none(server: Server) -> None:
    (server.folder / "attempts.json").write_text('{"x": [1, "never"]')
    assert server.browser().post("/open", data={"passphrase": DIARY}).status_code == 303


# Accounts: several people, or another address.


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that others can reach, with the account of the person who began it."""
    made = Server(tmp_path_factory.mktemp("away") / "diary")
    desk = made.opened()
    made.secret = enrolled(desk, made)  # type: ignore[attr-defined]
    made.codes = kept_codes(desk)  # type: ignore[attr-defined]
    made.house.close()
    made.is_local = False
    made.start()
    made.opened_by_key = made.browser()  # type: ignore[attr-defined]
    made.house.open(DIARY)
    yield made
    made.end()


def enrolled(browser: Any, server: Server, name: str = "Ada", *, old: str = DIARY) -> str:
    """Set an account and an authenticator app up, as the pages ask; return the app's secret."""
    told = {"name": name, "old": old, "passphrase": OWN, "again": OWN}
    assert browser.post("/account/second/account", data=told).status_code == 303
    browser.post("/account/second/app/begin", data={"old": OWN})
    return with_app(browser, server)


def with_app(browser: Any, server: Server) -> str:
    shown = browser.get("/account/second/app").text
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", shown)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert browser.get("/account/second/app/qr.svg").headers["content-type"] == "image/svg+xml"
    code = pyotp.TOTP(secret).at(server.now)
    answer = browser.post("/account/second/app", data={"code": f"{code[:3]} {code[3:]}"})
    assert answer.headers["location"] == "/account/second/codes"
    return secret


def kept_codes(browser: Any) -> list[str]:
    codes = re.findall(r"<li><code>(.*?)</code>", browser.get("/account/second/codes").text)
    browser.post("/account/second/codes/kept")
    assert browser.get("/account/second/codes").headers["location"] == "/account/second"
    return codes


def signed_in(server: Any, *, code: str = "", address: str = "192.0.2.7") -> Any:
    """Sign in as everyone does who is not at the machine."""
    browser = server.browser(address)
    first = browser.post("/open", data={"name": "ada", "passphrase": OWN})
    assert first.headers["location"] == "/open/second"
    server.later(seconds=31)
    code = code or pyotp.TOTP(server.secret).at(server.now)
    assert browser.post("/open/second", data={"code": code}).headers["location"] == "/"
    return browser


def test_from_elsewhere_a_name_a_passphrase_and_a_code_are_needed(away: Any) -> None:
    browser = away.browser()
    for given in ({"passphrase": DIARY}, {"name": "ada", "passphrase": DIARY}):
        assert browser.post("/open", data=given).status_code == 403
    assert browser.post("/open", data={"name": "nobody", "passphrase": OWN}).status_code == 403
    browser.post("/open", data={"name": "ADA", "passphrase": OWN})
    assert browser.get("/").headers["location"] == "/open/second"
    assert browser.post("/open/second", data={"code": "000000"}).status_code == 403
    assert is_in(signed_in(away))


def test_over_https_the_cookie_belongs_to_this_host_alone(away: Any) -> None:
    browser = away.browser()
    answer = browser.post("/open", data={"name": "ada", "passphrase": OWN})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-twofold=") and "Secure" in cookie and "HttpOnly" in cookie
    other = away.browser()
    token = token_of(signed_in(away))
    other.cookies.set("twofold", token)  # the plain name can be planted by a sister site
    assert not is_in(other)


def test_a_code_of_the_app_signs_in_once(away: Any) -> None:
    signed_in(away)
    used = pyotp.TOTP(away.secret).at(away.now)
    browser = away.browser()
    browser.post("/open", data={"name": "ada", "passphrase": OWN})
    assert browser.post("/open/second", data={"code": used}).status_code == 403
    assert not is_in(browser)


def test_a_recovery_code_signs_in_once_however_it_is_typed(away: Any) -> None:
    code = away.codes[0].lower().replace("-", " ").replace("0", "o")
    assert is_in(signed_in(away, code=code))
    browser = away.browser()
    browser.post("/open", data={"name": "ada", "passphrase": OWN})
    assert browser.post("/open/second", data={"code": away.codes[0]}).status_code == 403
    shown = signed_in(away).get("/account/second").text
    assert "9 codes are left" in shown


def test_half_a_sign_in_is_forgotten_after_a_quarter_of_an_hour(away: Any) -> None:
    browser = away.browser()
    browser.post("/open", data={"name": "ada", "passphrase": OWN})
    away.later(minutes=16)
    code = pyotp.TOTP(away.secret).at(away.now)
    assert browser.post("/open/second", data={"code": code}).headers["location"] == "/open"


@pytest.mark.parametrize(
    ("unseen", "is_still_in"),
    [(dt.timedelta(hours=12, minutes=-1), True), (dt.timedelta(hours=12, minutes=1), False)],
    ids=["a minute before", "a minute after"],
)
def test_a_browser_elsewhere_is_signed_out_twelve_hours_after_it_was_seen(
    away: Any, unseen: dt.timedelta, is_still_in: bool
) -> None:
    browser = signed_in(away)
    away.later(hours=11)
    assert is_in(browser)  # seen in between
    away.now += unseen
    assert is_in(browser) is is_still_in


def test_after_seven_days_everyone_elsewhere_signs_in_again_however_often_they_came(
    away: Any,
) -> None:
    browser = signed_in(away)
    begun = away.now
    while is_in(browser):
        away.later(hours=6)
        assert away.now - begun < dt.timedelta(days=30)
    assert away.now - begun == dt.timedelta(days=7, hours=6)  # the first visit after day 7
    away.now = begun
    assert not is_in(browser)  # setting the clock back does not bring it back
    away.later(days=8)
    assert is_in(signed_in(away))


def test_the_browser_itself_is_told_to_forget_after_the_same_time(
    server: Server, away: Any
) -> None:
    here = server.browser().post("/open", data={"passphrase": DIARY}).headers["set-cookie"]
    there = away.browser().post("/open", data={"name": "ada", "passphrase": OWN})
    assert "Max-Age=15552000;" in here  # 180 days
    assert "Max-Age=604800;" in there.headers["set-cookie"]  # 7 days


def test_a_wrong_name_and_a_wrong_passphrase_are_told_in_the_same_words(away: Any) -> None:
    wrong = [{"name": "ada", "passphrase": OTHER}, {"name": "nobody", "passphrase": OTHER}]
    said = [away.browser(f"203.0.113.{i}").post("/open", data=one) for i, one in enumerate(wrong)]
    assert readable(said[0].text) == readable(said[1].text)
    assert said[0].status_code == said[1].status_code == 403


def test_many_strangers_slow_an_account_down_but_not_for_who_has_come_from_there_before(
    away: Any,
) -> None:
    signed_in(away)
    away.later(hours=25)
    signed_in(away)
    for i in range(40):
        away.browser(f"203.0.113.{i}").post("/open", data={"name": "ada", "passphrase": "wrong"})
    stranger = away.browser("203.0.113.99").post("/open", data={"name": "ada", "passphrase": OWN})
    assert stranger.status_code == 429
    assert is_in(signed_in(away))
    away.later(hours=25)


def test_the_last_second_factor_cannot_be_taken_out_and_changes_ask_for_the_passphrase(
    away: Any,
) -> None:
    browser = signed_in(away)
    asked = browser.post("/account/second/drop", data={"which": "app", "old": "wrong"})
    assert asked.status_code == 403
    last = browser.post("/account/second/drop", data={"which": "app", "old": OWN})
    assert last.status_code == 422 and "This is the last one." in last.text
    assert browser.post("/account/second/codes", data={"old": "wrong"}).status_code == 403
    assert browser.post("/account/second/app/begin", data={"old": "wrong"}).status_code == 403


def test_the_log_says_who_what_when_and_whether_it_was_allowed_and_no_secret(away: Any) -> None:
    stranger = away.browser("203.0.113.200")
    stranger.get("/account")
    stranger.post("/open", data={"name": "ada", "passphrase": "a wrong one, <b>bold</b>"})
    browser = signed_in(away)
    page = browser.get("/account/log").text
    shown = readable(page)
    assert "203.0.113.200" in shown and "not signed in" in shown and "wrong passphrase" in shown
    assert f"{away.now:%Y-%m-%d %H:%M}" in shown
    for secret in ("a wrong one", OWN, DIARY, away.secret, away.codes[1], token_of(browser)):
        assert secret not in page


def test_the_log_cannot_be_altered_or_shortened(away: Any) -> None:
    for sentence in ("UPDATE door SET why = ''", "DELETE FROM door"):
        with (
            pytest.raises(Exception, match=r"never (altered|deleted)"),
            away.house.store.engine.begin() as connection,
        ):
            connection.exec_driver_sql(sentence)


def test_a_person_turning_pages_all_evening_stands_in_the_log_once_an_hour(away: Any) -> None:
    browser = signed_in(away)
    before = len(away.house.doors.log.of(away.person, most=10_000))
    for _ in range(20):
        browser.get("/account")
    assert len(away.house.doors.log.of(away.person, most=10_000)) - before <= 1


# Two people.


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two people on one machine: who began it, and who was invited."""
    made: Any = Server(tmp_path_factory.mktemp("shared") / "diary")
    desk, made.earlier = made.opened(), made.opened()
    made.secret = enrolled(desk, made)
    answer = desk.post("/account/people", data={"label": "Ben", "old": OWN})
    made.code = re.search(r"<code>(.*?)</code>", answer.text)[1]  # type: ignore[index]
    made.other, made.other_secret = joined(made)
    made.first = signed_in(made)
    yield made
    made.end()


def joined(server: Any) -> tuple[Any, str]:
    """Join with the code: an account, then a second factor, then the diary."""
    browser = server.browser("192.0.2.99")
    told = {"code": server.code.lower(), "name": "Ben", "passphrase": OTHER, "again": OTHER}
    assert browser.post("/open/join", data=told).headers["location"] == "/open"
    answer = browser.post("/open", data={"name": "Ben", "passphrase": OTHER})
    assert answer.headers["location"] == "/account/second"
    browser.post("/account/second/app/begin")
    return browser, with_app(browser, server)


def test_with_a_second_person_the_diarys_own_passphrase_no_longer_signs_in(shared: Any) -> None:
    assert not is_in(shared.earlier)  # it had signed in with that passphrase before
    answer = shared.browser().post("/open", data={"name": "", "passphrase": DIARY})
    assert answer.status_code == 403
    assert is_in(shared.first) and is_in(shared.other)


def test_an_invitation_works_once_and_for_a_week(shared: Any) -> None:
    told = {"code": shared.code, "name": "Eve", "passphrase": OTHER, "again": OTHER}
    assert shared.browser("192.0.2.50").post("/open/join", data=told).status_code == 422
    person = shared.house.store.people()[1].id
    code = shared.house.doors.accounts.invite(person, "renew", now=shared.now)
    late = shared.now + dt.timedelta(days=8)
    assert shared.house.doors.accounts.invited(code, now=late) is None
    assert shared.house.doors.accounts.invited(code, now=shared.now) is not None


def test_each_has_a_diary_of_their_own_and_no_page_shows_the_others(shared: Any) -> None:
    names = written(shared, shared.person)
    kept = shared.house.store.entries(shared.person)
    with_a_name = [one for one in pages_of(shared.app) if SOME in one[1]]
    for method, path in behind_the_door(shared.app):
        if method == "GET":
            assert MARK not in shared.other.get(path).text, path
    for method, path in with_a_name:
        for name in names:
            answer = shared.other.request(method, path.replace(SOME, name))
            assert MARK not in answer.text, path
    assert shared.house.store.entries(shared.person) == kept
    assert with_a_name


def written(server: Any, person: str) -> list[str]:
    """Write one entry of several kinds for a person, each with a line that marks it."""
    day = server.now.date().isoformat()
    bodies: dict[str, dict[str, Any]] = {
        "note": {"day": day, "text": MARK},
        "attack": {"onset": {"day": day, "time": "08:00:00"}, "note": MARK},
        "medicine": {"name": MARK, "purpose": "acute", "amount": None, "count": None, "is_active": True},
        "side_effect": {"day": day, "medicine": MARK, "words": MARK, "until": None},
    }  # fmt: skip
    made = []
    for kind, body in bodies.items():
        name = str(uuid.uuid4())
        change = Change(str(uuid.uuid4()), name, kind, body, server.now, "UTC")
        server.house.store.write(person, [change], received=server.now)
        made.append(name)
    return made


def test_nobody_ends_another_persons_session(shared: Any) -> None:
    theirs = own_session(shared, shared.first)
    shared.other.post("/account/devices/end", data={"session": theirs})
    assert is_in(shared.first)


def test_only_who_began_the_server_lets_others_in(shared: Any) -> None:
    for path, told in (
        ("/account/people", {"label": "Eve", "old": OTHER}),
        ("/account/people/invite", {"person": shared.person, "old": OTHER}),
    ):
        assert shared.other.post(path, data=told).status_code == 403
    assert len(shared.house.store.people()) == 2


def test_the_log_of_one_person_says_nothing_of_the_other(shared: Any) -> None:
    shown = readable(shared.other.get("/account/log").text)
    assert "192.0.2.99" in shown and "192.0.2.7" not in shown


def test_who_forgot_their_passphrase_gets_a_code_for_a_new_one_and_still_needs_the_app(
    shared: Any,
) -> None:
    person = shared.house.store.people()[1].id
    answer = shared.first.post("/account/people/invite", data={"person": person, "old": OWN})
    code = re.search(r"<code>(.*?)</code>", answer.text)[1]  # type: ignore[index]
    new = "eleven brass doors hum quietly"
    browser = shared.browser("192.0.2.99")
    told = {"code": code, "name": "ignored", "passphrase": new, "again": new}
    assert browser.post("/open/join", data=told).status_code == 303
    assert not is_in(shared.other)
    assert browser.post("/open", data={"name": "ben", "passphrase": new}).headers["location"] == (
        "/open/second"
    )


def test_an_erased_person_cannot_come_back_in(tmp_path: Path) -> None:
    server: Any = Server(tmp_path / "diary")
    browser = server.opened()
    server.house.store.erase(server.person)
    assert not is_in(browser)
    with server.house.store.engine.begin() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM session").scalar()
    assert left == 0
    server.end()
