"""In a real browser: what may become part of a page, and a passkey from start to sign-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from web.conftest import PASSPHRASE, Server

OWN = "violet ladder ostrich cement"


@pytest.fixture
def desk(browser: Any, server: Server) -> Iterator[Any]:
    """A page at http://localhost (passkeys need a name) whose diary is open."""
    url = server.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(viewport={"width": 900, "height": 900}, base_url=url)
    page = context.new_page()
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.goto("/open")
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(f"{url}/")
    page.goto("/account")
    yield page
    context.close()


FORBIDDEN = {
    "text put into the page": "document.body.innerHTML = '<b>from elsewhere</b>'",
    "text put beside a part": "document.body.insertAdjacentHTML('beforeend', '<i>x</i>')",
    "text read as a page": "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    "text for a template": "document.createElement('template').innerHTML = '<b>x</b>'",
    "a frame of text": "document.createElement('iframe').srcdoc = '<b>x</b>'",
    "text as a script": "document.createElement('script').text = '1'",
    "a script of ours": "document.createElement('script').src = '/static/app.js'",
    "a script from elsewhere": "document.createElement('script').src = 'https://other.example/x.js'",
    "another worker": "new Worker('/static/app.js')",
    "a worker under another name": "navigator.serviceWorker.register('/static/../sw.js?x')",
    "text as a timer": "setTimeout('1', 0)",
    "another policy called default": "trustedTypes.createPolicy('default', { createHTML: (t) => t })",
}


def test_no_text_becomes_part_of_a_page_and_no_text_becomes_a_script(desk: Any) -> None:
    tried = """async () => { try { await (CODE) } catch (error) { return error.constructor.name; }
        return 'done'; }"""
    outcome = {name: desk.evaluate(tried.replace("CODE", code)) for name, code in FORBIDDEN.items()}
    assert "done" not in outcome.values(), outcome
    assert desk.get_by_text("from elsewhere").count() == 0


SWAP = """async (path) => {
    await htmx.ajax('GET', path, { target: '#main', swap: 'innerHTML' });
    return document.querySelector('#main').textContent;
}"""


def test_an_answer_of_our_own_routes_is_swapped_in_without_a_complaint(desk: Any) -> None:
    desk.heard.clear()
    assert "Browsers that are signed in" in desk.evaluate(SWAP, "/account/devices")
    assert "Who came to the door" in desk.evaluate(SWAP, "/account/log")
    assert desk.heard == []


def test_only_the_very_letters_of_such_an_answer_pass(desk: Any) -> None:
    given = """async (change) => {
        const answer = await (await fetch('/account/devices')).text();
        await htmx.ajax('GET', '/account/devices', { target: '#main', swap: 'none' });
        try { new DOMParser().parseFromString(answer + change, 'text/html'); } catch { return 'refused'; }
        return 'passed';
    }"""
    assert desk.evaluate(given, "") == "passed"
    assert desk.evaluate(given, "<img src=x>") == "refused"


def test_an_answer_that_is_no_page_is_not_remembered(desk: Any) -> None:
    given = """async () => {
        const answered = new Promise((ok) => document.addEventListener('htmx:beforeOnLoad', ok));
        htmx.ajax('GET', '/static/app.css', { target: '#main', swap: 'none' });
        await answered;
        const text = await (await fetch('/static/app.css')).text();
        try { new DOMParser().parseFromString(text, 'text/html'); } catch { return 'refused'; }
        return 'passed';
    }"""
    assert desk.evaluate(given) == "refused"


def test_every_page_at_the_door_loads_without_a_violation(desk: Any) -> None:
    desk.heard.clear()
    for path in ("", "/passphrase", "/devices", "/second", "/people", "/log"):
        desk.goto(f"/account{path}")
        assert desk.locator("h1").count() == 1
    assert desk.heard == []


def test_a_passkey_is_set_up_and_signs_in(desk: Any, server: Server) -> None:
    """The last of this file: from here on the diary's own passphrase no longer signs in."""
    with_authenticator(desk)
    desk.goto("/account/second")
    desk.get_by_label("Your name here").fill("Ada")
    desk.get_by_label("The diary's passphrase of now").fill(PASSPHRASE)
    desk.get_by_label("New passphrase").fill(OWN)
    desk.get_by_label("The same once more").fill(OWN)
    desk.get_by_role("button", name="Go on").click()
    section = desk.get_by_role("region", name="Passkeys")
    section.get_by_label("Your passphrase").fill(OWN)
    section.get_by_role("button", name="Set up a passkey for this address").click()
    desk.get_by_label("What do you call this device?").fill("My laptop")
    desk.get_by_role("button", name="Set up a passkey").click()
    desk.get_by_role("heading", name="Your recovery codes").wait_for()
    assert len(re.findall("<li><code>", desk.content())) == 10
    desk.get_by_role("button", name="I have kept them").click()
    desk.get_by_text("My laptop").first.wait_for()
    add_somebody(desk)
    desk.goto("/account")
    desk.get_by_role("button", name="Sign out of this browser").click()
    desk.get_by_label("Your name here").fill("ada")
    desk.get_by_label("Passphrase", exact=True).fill(OWN)
    desk.get_by_role("button", name="Open").click()
    desk.get_by_role("button", name="Use my passkey").click()
    desk.wait_for_url(re.compile(r"localhost:\d+/$"))
    assert desk.goto("/account").status == 200
    assert desk.heard == []


def add_somebody(page: Any) -> None:
    page.goto("/account/people")
    page.get_by_label("What are they called?").fill("Ben")
    page.get_by_label("Your passphrase").last.fill(OWN)
    page.get_by_role("button", name="Add them").click()
    page.get_by_text("Give this code to Ben").wait_for()


def with_authenticator(page: Any) -> None:
    """Give the browser a device that holds passkeys, as phones and laptops have one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    told = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": told})
