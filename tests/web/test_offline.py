"""Without a connection: a real browser, a real server, and nothing readable in between."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import OFFLINE, Server, unlock

QUEUE = """async () => {
  const open = await new Promise((ok) => { const q = indexedDB.open('twofold'); q.onsuccess = () => ok(q.result); });
  const all = await new Promise((ok) => {
    const q = open.transaction('queue').objectStore('queue').getAll(); q.onsuccess = () => ok(q.result); });
  open.close();
  return all;
}"""


@pytest.fixture(scope="module")
def one_phone(browser: Any, server: Server) -> Iterator[Any]:
    """A phone that has opened the diary once."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server.url)
    page = context.new_page()
    unlock(page, server)
    ready(page)
    yield page
    context.close()


@pytest.fixture
def phone(one_phone: Any) -> Iterator[Any]:
    """The phone with a connection, nothing waiting, and no attack running."""
    tidy(one_phone)
    ready(one_phone)
    yield one_phone
    one_phone.context.set_offline(False)


def ready(page: Any) -> None:
    """Wait until the browser could do without the server."""
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    page.reload()
    page.evaluate(
        """() => new Promise((ok) => {
          navigator.serviceWorker.addEventListener('message', () => ok(), { once: true });
          navigator.serviceWorker.controller.postMessage({ ask: 'hello' });
        })"""
    )


def queue(page: Any) -> list[dict[str, Any]]:
    """What lies in the outbox, as the browser itself can read it."""
    found: list[dict[str, Any]] = page.evaluate(QUEUE)
    return found


def wait_until(page: Any, many: int) -> None:
    """Wait until so many entries lie in the outbox."""
    for _ in range(200):
        if len(queue(page)) == many:
            return
        page.wait_for_timeout(50)
    assert len(queue(page)) == many


def come_back(page: Any) -> None:
    """Find the connection again, and let what waits go over."""
    page.context.set_offline(False)
    page.goto("/")
    wait_until(page, 0)
    page.goto("/")


def tidy(page: Any) -> None:
    """End every attack that an earlier test left running."""
    page.goto("/")
    while page.get_by_role("button", name="It is over").count():
        page.get_by_role("button", name="It is over").click()
        page.get_by_text("Over since").wait_for()
        page.goto("/")


def test_two_entries_written_offline_go_over_and_were_never_readable(
    phone: Any, server: Server
) -> None:
    phone.context.set_offline(True)
    phone.goto("/")
    assert phone.locator("h1").inner_text() == "No connection"
    phone.get_by_role("button", name="Headache now").click()
    phone.get_by_text("Your entry is safe on this phone").wait_for()
    phone.reload()
    phone.get_by_role("button", name="Strong").click()
    phone.get_by_text("2 entries wait on this phone").wait_for()
    phone.get_by_text("I took a medicine").click()
    phone.get_by_label("Its name, as on the packet").fill("Xylopharmol")
    phone.get_by_role("button", name="Record it").click()
    phone.get_by_text("3 entries wait on this phone").wait_for()
    sealed = queue(phone)
    assert {*sealed[0]} == {"n", "id", "key", "epk", "iv", "ct"}
    assert not any(word in json.dumps(sealed) for word in ("Xylopharmol", "onset", "pain", "8" * 9))
    assert len({len(one["ct"]) for one in sealed}) == 1
    come_back(phone)
    assert "Attack since" in phone.locator("h1").inner_text()
    assert phone.locator("[aria-pressed=true]").all_inner_texts() == ["Strong"]
    phone.get_by_text("Xylopharmol").first.wait_for()


TAP = """async ([path, told]) => {
  await fetch(path, { method: 'POST', body: new URLSearchParams(told), headers: { 'x-twofold': 'tap' } });
}"""


def test_a_form_sent_again_with_other_answers_waits_and_is_asked_about(
    phone: Any, server: Server
) -> None:
    phone.context.set_offline(True)
    once = str(uuid.uuid4())
    for name in ("Ibuprofen", "Ibuprofen", "Naproxen"):
        phone.evaluate(TAP, ["/offline/dose", {"once": once, "other": name}])
    assert [one["id"] for one in queue(phone)] == [once, once], "the same twice waits once"
    come_back(phone)
    phone.goto("/conflicts")
    told = phone.locator("main").inner_text()
    assert "Ibuprofen" in told and "Naproxen" in told
    phone.get_by_role("button", name="Keep both").click()


def test_nothing_written_offline_lies_readable_on_the_disk(
    browser: Any, server: Server, tmp_path: Path
) -> None:
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=shutil.which("chromium"), args=OFFLINE, base_url=server.url
    )
    page = context.pages[0]
    unlock(page, server)
    ready(page)
    context.set_offline(True)
    page.goto("/")
    page.get_by_text("I took a medicine").click()
    page.get_by_label("Its name, as on the packet").fill("Zyxwvutamol")
    page.get_by_role("button", name="Record it").click()
    page.get_by_text("1 entry waits on this phone").wait_for()
    (sealed,) = queue(page)
    context.close()
    every = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(sealed["id"].encode() in content for content in every)
    assert not any(word in content for word in READABLE for content in every)


READABLE = tuple("Zyxwvutamol".encode(code) for code in ("utf-8", "utf-16-le"))


def test_what_is_taken_back_offline_is_taken_back_in_the_diary(phone: Any, server: Server) -> None:
    phone.context.set_offline(True)
    phone.goto("/")
    phone.get_by_role("button", name="Headache now").click()
    phone.get_by_role("button", name="Undo the last step").click()
    phone.get_by_text("2 entries wait on this phone").wait_for()
    come_back(phone)
    assert phone.get_by_role("button", name="Headache now").count() == 1
    phone.goto("/attack/undo")
    phone.get_by_role("button", name="Put it back").first.wait_for()


def test_a_tap_whose_connection_breaks_is_kept_with_the_same_id(phone: Any, server: Server) -> None:
    phone.get_by_role("button", name="Headache now").click()
    phone.get_by_text("Saved. You can close your eyes.").wait_for()
    once = phone.locator("form[action$=strength] input[name=once]").first.get_attribute("value")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Mild", exact=True).click()
    phone.get_by_text("Your entry is safe on this phone").wait_for()
    assert [one["id"] for one in queue(phone)] == [once]
    come_back(phone)
    assert phone.locator("[aria-pressed=true]").all_inner_texts() == ["Mild"]


def test_the_numbers_for_help_stand_without_a_connection(phone: Any, server: Server) -> None:
    phone.context.set_offline(True)
    phone.goto("/help")
    assert phone.locator("h1").inner_text() == "Help now"
    assert phone.locator("a[href^='tel:']").count() > 0


def test_no_page_of_the_diary_is_kept_in_the_browser(phone: Any, server: Server) -> None:
    for path in ("/", "/days", "/medicines", "/settings"):
        phone.goto(path)
    kept = phone.evaluate(
        """async () => { const all = [];
          for (const name of await caches.keys())
            for (const one of await (await caches.open(name)).keys()) all.push(new URL(one.url).pathname);
          return all; }"""
    )
    assert sorted(path for path in kept if not path.startswith("/static/")) == [
        "/help/offline", "/manifest.webmanifest", "/offline", "/offline/words",
    ]  # fmt: skip


def test_while_signed_out_entries_wait_and_the_page_says_how_many(
    phone: Any, server: Server
) -> None:
    phone.context.clear_cookies()
    phone.get_by_role("button", name="Headache now").click()
    phone.wait_for_url("**/open")
    phone.get_by_text("1 entry waits on this phone").wait_for()
    unlock(phone, server)
    wait_until(phone, 0)
    phone.goto("/")
    assert "Attack since" in phone.locator("h1").inner_text()


def test_what_cannot_be_kept_is_shown_to_be_written_down(phone: Any, server: Server) -> None:
    phone.context.set_offline(True)
    phone.goto("/")
    forget(phone)
    phone.get_by_text("I took a medicine").click()
    phone.get_by_label("Its name, as on the packet").fill("Ibuprofen")
    phone.get_by_role("button", name="Record it").click()
    lost = phone.get_by_text(re.compile("could not be kept here.*Ibuprofen"))
    lost.wait_for()
    assert queue(phone) == []
    phone.goto("/")
    lost.wait_for()
    phone.get_by_role("button", name="I have written it down").click()
    lost.wait_for(state="detached")
    phone.goto("/")
    phone.wait_for_timeout(300)
    assert lost.count() == 0


def test_what_could_not_be_kept_is_shown_on_every_page_until_it_is_written_down(
    phone: Any,
) -> None:
    phone.context.set_offline(True)
    phone.goto("/")
    forget(phone)
    phone.get_by_role("button", name="Headache now").click()
    lost = phone.get_by_text(re.compile("could not be kept here.*Headache began"))
    lost.wait_for()
    phone.context.set_offline(False)
    phone.goto("/settings")
    lost.wait_for()
    phone.get_by_role("button", name="I have written it down").click()
    lost.wait_for(state="detached")


def forget(page: Any) -> None:
    """Take the key away, as if this browser had never opened the diary."""
    page.evaluate(FORGET)
    page.reload()
    page.evaluate(FORGET)  # also what was still on its way


FORGET = """() => new Promise((ok) => {
  const asked = indexedDB.open('twofold');
  asked.onsuccess = () => {
    const turn = asked.result.transaction('state', 'readwrite');
    turn.objectStore('state').clear();
    turn.oncomplete = () => { asked.result.close(); ok(); };
  };
})"""
