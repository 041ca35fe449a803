"""What every answer carries, and which requests are refused before any page sees them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from web_visit import HERE, TestClient

from twofold.app.web import guard
from twofold.app.web.app import create_app
from twofold.app.web.house import House
from twofold.app.web.limits import FREE, LONGEST, network_of, wait
from twofold.app.web.passphrase import LEAST, weakness

OWN = {"origin": HERE, "sec-fetch-site": "same-origin"}
ELSEWHERE = "https://other.example"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "diary", database="")


@pytest.fixture
def stranger(house: House) -> Iterator[Any]:
    """A browser that nobody has signed in."""
    with TestClient(create_app(house), base_url=HERE, follow_redirects=False) as browser:
        yield browser


@pytest.mark.parametrize(
    ("origin", "site", "is_ours"),
    [
        (HERE, "same-origin", True),
        (HERE, None, True),
        (None, "same-origin", True),
        (None, "none", True),  # typed into the address bar
        (None, None, False),  # says nothing of where it comes from
        (ELSEWHERE, "cross-site", False),
        (ELSEWHERE, None, False),
        (HERE, "cross-site", False),
        (HERE, "same-site", False),  # another port or a sister domain
        (ELSEWHERE, "same-origin", False),
        ("null", "same-origin", False),  # a sandboxed frame
        ("http://127.0.0.1:9999", None, False),
        ("http://127.0.0.1:8265.other.example", None, False),
    ],
)
def test_a_form_is_taken_only_from_a_page_of_this_server(
    origin: str | None, site: str | None, is_ours: bool
) -> None:
    told = {"host": "127.0.0.1:8265", "origin": origin, "sec-fetch-site": site}
    headers = Headers({name: value for name, value in told.items() if value is not None})
    assert guard.is_from_here(headers) is is_ours


def test_what_another_site_sends_is_refused_with_a_page_that_says_so(stranger: Any) -> None:
    answer = stranger.post(
        "/open",
        data={"passphrase": "violet ladder ostrich cement"},
        headers={"origin": ELSEWHERE, "sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "This came from another site, so nothing was changed." in answer.text
    assert not stranger.app.state.house.folder.exists()


@pytest.mark.parametrize(
    ("host", "names", "is_served"),
    [
        ("localhost:8265", (), True),
        ("127.0.0.1:8265", (), True),
        ("[::1]:8265", (), True),
        ("LOCALHOST", (), True),
        ("other.example", (), False),  # its name leads here: DNS rebinding
        ("localhost.other.example", (), False),
        ("127.0.0.1.other.example:8265", (), False),
        ("", (), False),
        ("[::1", (), False),
        ("diary.example", ("diary.example",), True),
        ("Diary.Example.", ("diary.example",), True),
        ("evil-diary.example", ("diary.example",), False),
        ("192.168.0.7:8265", (), True),  # the very address that was called
        ("192.168.0.8:8265", (), False),
    ],
)
def test_the_pages_answer_only_to_the_names_they_are_served_under(
    host: str, names: tuple[str, ...], is_served: bool
) -> None:
    scope = {"server": ("192.168.0.7", 8265)}
    assert guard.is_served(host, scope, names) is is_served


def test_a_name_that_is_not_served_gets_a_page_without_anything_of_the_diary(stranger: Any) -> None:
    answer = stranger.get("/open", headers={"host": "other.example"})
    assert answer.status_code == 421
    assert "Twofold is not served under this name." in answer.text


def test_every_answer_carries_the_policy_and_is_kept_nowhere(stranger: Any) -> None:
    for path in ("/", "/open", "/help", "/nowhere", "/static/nowhere.js", "/account"):
        carried = stranger.get(path).headers
        assert {name: carried[name] for name in guard.STANDING} | {
            "cache-control": carried["cache-control"]
        } == guard.STANDING | {"cache-control": carried["cache-control"]}
        assert carried["cache-control"] == ("no-cache" if "static" in path else "no-store")
        assert "strict-transport-security" not in carried
        assert "server" not in carried and "access-control-allow-origin" not in carried


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    for word in ("unsafe", "http:", "https:", "*", "report"):
        assert word not in guard.POLICY
    assert "require-trusted-types-for 'script'" in guard.POLICY


def test_over_https_a_browser_is_told_to_insist_on_it(tmp_path: Path) -> None:
    house = House(tmp_path, database="", is_encrypted=True)
    with TestClient(create_app(house), base_url="https://localhost") as browser:
        assert browser.get("/help").headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "length", ["2000001", "99999999999999999999999", "-1", "1e3", "٣", "0x10", "1, 1"]
)
def test_a_body_that_is_announced_too_long_or_not_as_a_number_is_refused(
    stranger: Any, length: str
) -> None:
    headers = OWN | {"content-length": length, "content-type": "application/x-www-form-urlencoded"}
    answer = stranger.post(
        "/open", content=b"", headers={k: v.encode() for k, v in headers.items()}
    )
    assert answer.status_code == 413
    assert "This is too long to take." in answer.text and "Nothing was saved." in answer.text


def test_a_note_of_ten_megabytes_sent_in_pieces_ends_as_a_clear_page(stranger: Any) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"passphrase="
        for _ in range(160):
            yield b"x" * 65_536

    headers = OWN | {"content-type": "application/x-www-form-urlencoded"}
    answer = stranger.post("/open", content=pieces(), headers=headers)
    assert answer.status_code == 413
    assert "Nothing was saved." in answer.text


def test_an_address_without_end_is_refused(stranger: Any) -> None:
    assert stranger.get("/help?" + "x" * 5_000).status_code == 414


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2f%2e%2e%2fapp.py",
        "/static/....//app.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/..\\app.py",
        "/static/",
    ],
)
def test_nothing_outside_the_folder_of_scripts_is_served(stranger: Any, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code in (303, 404)
    assert "import" not in answer.text and "root:" not in answer.text


def test_no_page_leads_to_an_address_that_came_from_outside(root: Path) -> None:
    """Every redirect is a path written in the program: none is put together from a request."""
    for path in sorted((root / "src/twofold/app/web").glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            if named and call.func.id in ("to", "RedirectResponse") and call.args:
                assert begins_with_a_slash(call.args[0]), (path.name, ast.unparse(call))


def begins_with_a_slash(node: ast.expr) -> bool:
    """Say whether a value is a text of the program that begins with one slash, or a name of one."""
    if isinstance(node, ast.IfExp):
        return begins_with_a_slash(node.body) and begins_with_a_slash(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return begins_with_a_slash(node.values[0])
    if isinstance(node, ast.Constant):
        return str(node.value).startswith("/") and not str(node.value).startswith("//")
    return "request" not in ast.unparse(node) and "form" not in ast.unparse(node)


# How long someone waits who failed.


def test_the_wait_grows_and_ends() -> None:
    waits = [wait(failures).total_seconds() for failures in range(FREE + 12)]
    assert waits[: FREE + 1] == [0.0] * (FREE + 1)
    assert waits[FREE + 1 : FREE + 5] == [2.0, 4.0, 8.0, 16.0]
    assert waits == sorted(waits) and waits[-1] == LONGEST.total_seconds() == 900.0


@given(st.integers(0, 10**9))
def test_no_number_of_failures_locks_anyone_out_for_more_than_a_quarter_of_an_hour(n: int) -> None:
    assert wait(n) <= LONGEST


def test_a_household_counts_as_one_address() -> None:
    assert network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::2")
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("testclient") == "testclient"


# What makes a passphrase easy to guess.


@pytest.mark.parametrize(
    "passphrase",
    [
        "passwordpassword", "PasswordPassword1!", "P@ssw0rdP@ssw0rd", "password12345678",
        "123456789012345", "qwertyuiopasdfg", "1qaz2wsx3edc4rfv", "zxcvbnmasdfghjkl",
        "abcdefghijklmnop", "aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "111111111111111111",
        "iloveyouforever", "ILoveYouForever!!", "iloveyouiloveyou", "welcome123456789",
        "footballfootball1", "dragon dragon dragon", "letmeinletmein123", "princess12345678",
        "correct horse battery staple", "CorrectHorseBatteryStaple", "to be or not to be",
        "maytheforcebewithyou", "thequickbrownfox", "twofold twofold 1", "migraine diary 2026",
        "liverpool 20192020", "michaeljordan2345", "                    ", "................",
        "qwertzuiopasdfghjkl", "superman superman", "sunshine-sunshine", "0987654321098765",
        "anna-maria-1984-1984", "adminadminadmin1", "hallo hallo hallo", "geheim geheim 123",
    ],
)  # fmt: skip
def test_a_passphrase_that_others_try_first_is_refused(passphrase: str) -> None:
    assert weakness(passphrase)


@pytest.mark.parametrize(
    "passphrase",
    [
        "violet ladder ostrich cement", "four grey herons by a lake", "quiet river lantern moss",
        "kein Bus fährt nach Norderney", "x7#Kq9!mVz2$Lp4w", "雨の日は静かに本を読んで過ごすのが好きです",
        "mother drives turnips sideways", "  blanks count, too  ", "ЖёлтаяЛодкаПлывётНочью",
        "🦔🦉🐌🦜🐢🦎🐿🦔🐌🦉🐢🦜🦎🦥🐿🦫",
    ],
)  # fmt: skip
def test_any_letters_will_do_when_they_are_not_what_others_try(passphrase: str) -> None:
    assert weakness(passphrase) == ""


def test_the_persons_own_name_counts_as_a_word_that_others_try() -> None:
    assert weakness("Ottilie Ottilie 77", names=["Ottilie"])
    assert weakness("ottilie-1987-1987", names=["Ottilie"])


def test_a_passphrase_needs_fifteen_characters_and_may_have_a_thousand() -> None:
    long = "".join(chr(0x4E00 + i) for i in range(1_000))
    assert weakness(long[: LEAST - 1]) and not weakness(long[:LEAST])
    assert not weakness(long) and weakness(long + "x")


@given(st.text(max_size=1_200))
def test_any_text_is_judged_without_an_error(passphrase: str) -> None:
    assert isinstance(weakness(passphrase), str)
