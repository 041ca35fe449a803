"""Every route with hostile answers: no server error, signed in and signed out.

The forms of every page are read as a browser reads them and written down as an OpenAPI
document, which exists for this test alone; schemathesis invents cases from it. What people
really send by accident or on purpose (emoji, right-to-left text, dates of 1890 and 2090,
numbers without end) stands among the values of every field. 2,000 cases are tried, and 6,000
with ``pytest --hypothesis-profile many``, as ``make slow`` does.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from store.entries import QUICK
from web_visit import HERE, NOON, TestClient

from twofold.app.web.app import create_app
from twofold.app.web.house import House
from twofold.store.opening import create

CASES = 20 * settings().max_examples
DIARY = "four grey herons by a lake"
OWN = {"origin": HERE, "sec-fetch-site": "same-origin"}
NEVER = ("/close", "/account/devices")
"""Sending these would sign the browser out; their own tests send them."""

HOSTILE = [
    "", " ", "0", "-1", "11", "1e309", "NaN", "Infinity", "9" * 400, "٣", "½", "0x10", "1,5",
    "1890-01-01", "2090-12-31", "0001-01-01", "9999-12-31", "2026-02-30", "2026-11-22T25:61",
    "24:00", "99:99", "-0:01", "yes", "no", "true", "null", "[]", "{}", '{"a": 1}',
    "😀" * 50, "\u202eright to left\u202c", "שלום", "مرحبا", "a\x00b", "a\r\nSet-Cookie: x=1",
    "<script>alert(1)</script>", "{{ 7 * 7 }}", "%s%n", "' OR 1=1 --", "../../etc/passwd",
    "x" * 20_000, "\ufffe", "\U000e0041", "00000000-0000-4000-8000-000000000000", "a" * 36,
]  # fmt: skip


class Forms(HTMLParser):
    """Reads the forms and the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.links: set[str] = set()
        self.open: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open = {"to": told.get("action", ""), "method": told.get("method", "get")}
            self.open["fields"] = {}
            self.forms.append(self.open)
        if tag == "a" and told.get("href", "").startswith("/"):
            self.links.add(told["href"].split("#")[0])
        if self.open is not None and told.get("name"):
            values = self.open["fields"].setdefault(told["name"], [])
            values += [told["value"]] if told.get("value") else []

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A diary with one person and a few days."""
    folder = tmp_path_factory.mktemp("fuzz") / "diary"
    store, _ = create(folder, DIARY, database="", cost=QUICK)
    store.add_person("you")
    store.close()
    made = House(folder, database="", clock=lambda: NOON)
    made.open(DIARY)
    yield made
    made.close()


@pytest.fixture(scope="module")
def person(house: House) -> Any:
    """A browser that is signed in, and has written an attack."""
    with browser_of(house) as browser:
        assert browser.post("/open", data={"passphrase": DIARY}).status_code == 303
        browser.post("/attack")
        yield browser


@pytest.fixture(scope="module")
def stranger(person: Any, house: House) -> Any:
    """A browser that nobody has signed in."""
    with browser_of(house) as browser:
        yield browser


def browser_of(house: House) -> Any:
    return TestClient(
        create_app(house),
        base_url=HERE,
        headers=OWN,
        follow_redirects=False,
        raise_server_exceptions=False,
    )


def pages_and_forms(browser: Any, routes: list[str]) -> tuple[set[str], list[dict[str, Any]]]:
    """Read every page that can be reached, and the forms on them."""
    waiting, seen, forms = ["/", *routes], set(), {}
    alike: Counter[str] = Counter()
    while waiting:
        path = waiting.pop()
        shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "0", path)
        if path in seen or alike[shape] > 1:  # two months of a calendar tell as much as a hundred
            continue
        alike[shape] += 1
        seen.add(path)
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if "text/html" in answer.headers.get("content-type", ""):
            read = Forms()
            read.feed(answer.text)
            waiting += sorted(read.links - seen)
            for form in read.forms:
                form["to"] = form["to"] or path
                forms[(form["to"], form["method"], *form["fields"])] = form
    return seen, list(forms.values())


def document(pages: set[str], forms: list[dict[str, Any]]) -> dict[str, Any]:
    """Write the pages and forms down as an OpenAPI document."""
    paths: dict[str, Any] = {}
    for page in sorted(pages):
        path, _, query = page.partition("?")
        names = re.findall(r"(?:^|&)([^=&]+)=", query)
        asked = [{"name": name, "in": "query", "schema": value_of([])} for name in names]
        if not asked:  # read already, and by `hostile_addresses` with what stands in its place
            continue
        paths.setdefault(path, {})["get"] = {"parameters": asked, "responses": {}}
    for form in forms:
        path = form["to"].split("?")[0]
        fields = {name: value_of(values) for name, values in form["fields"].items()}
        body = {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": fields}
            }
        }
        if form["method"].lower() == "post":
            paths.setdefault(path, {})["post"] = {"requestBody": {"content": body}, "responses": {}}
    return {"openapi": "3.0.2", "info": {"title": "forms", "version": "1"}, "paths": paths}


def value_of(values: list[str]) -> dict[str, Any]:
    """Say what a field may hold: what the page offers, what is hostile, and any text."""
    return {"anyOf": [{"enum": [*values, *HOSTILE]}, {"type": "string", "maxLength": 200}]}


def routes_of(app: Any, part: str = "x") -> list[str]:
    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        for one in inner.routes if inner is not None else [route]:
            if "GET" in (getattr(one, "methods", None) or ()):
                found.append(re.sub(r"{[^}]*}", part, one.path))
    return found


def test_no_answer_to_any_form_or_address_is_a_server_error(person: Any, stranger: Any) -> None:
    routes = routes_of(person.app)
    pages, forms = pages_and_forms(person, routes)
    schema = schemathesis.openapi.from_dict(document(pages, forms))
    operations = [one.ok() for one in schema.get_all_operations()]
    operations = [one for one in operations if not one.path.startswith(NEVER)]
    told: Counter[int] = Counter()
    hostile_addresses(person.app, [person, stranger], told)
    for turn in range(50):  # a page without fields has one case, so that forms come round again
        if sum(told.values()) >= CASES:
            break
        for operation in operations if turn == 0 else [one for one in operations if one.body]:
            many_times(operation, CASES // 80, [person, stranger], told, turn)
    assert sum(told.values()) >= CASES
    assert {status for status in told if status >= 500} == set(), told
    assert told[303] and told[404] and told[422], told
    assert person.get("/account").status_code == 200  # still signed in: pages were met, not doors
    for path in sorted(pages):
        assert person.get(path).status_code < 500, path


def hostile_addresses(app: Any, browsers: list[Any], told: Counter[int]) -> None:
    """Open every page that has a part of its address open, with hostile parts."""
    for path in routes_of(app, "\x00"):
        for value in HOSTILE[::3] if "\x00" in path else ():
            for browser in browsers:
                where = path.replace("\x00", quote(printable(value[:200]), safe=""))
                answer = browser.get(where)
                told[answer.status_code] += 1
                assert answer.status_code < 500, where


def many_times(
    operation: Any, count: int, browsers: list[Any], told: Counter[int], turn: int
) -> None:
    """Send invented cases of one route, each by every browser."""

    @seed(20261122 + turn)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        for browser in browsers:
            answer = browser.request(case.method, address(case), data=body(case))
            told[answer.status_code] += 1
            assert answer.status_code < 500, (case.method, address(case), body(case))
            assert "Traceback" not in answer.text

    send()


def address(case: Any) -> str:
    asked = urlencode({name: printable(value) for name, value in (case.query or {}).items()})
    path = quote(printable(case.formatted_path), safe="/%")
    return path + (f"?{asked}" if asked else "")


def body(case: Any) -> dict[str, Any] | None:
    given = case.body
    if not isinstance(given, dict):
        return None
    return {printable(name): printable(value) for name, value in given.items()}


def printable(value: Any) -> str:
    """Return a value as it can be sent at all: half a letter cannot."""
    return str(value).encode("utf-8", "replace").decode()


@settings(max_examples=max(CASES // 20, 50), database=None, deadline=None)
@seed(20261122)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.sampled_from(HOSTILE) | st.integers(),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
            max_leaves=12,
        ),
    )
)
def test_whatever_a_phone_sends_as_its_outbox_is_no_server_error(person: Any, content: Any) -> None:
    raw = isinstance(content, bytes)
    import json

    sent = content if raw else json.dumps(content).encode()
    answer = person.post("/sync", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code < 500, content
