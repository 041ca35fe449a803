"""Logging an attack: two taps, kept once, recoverable for a day, and never refused."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from web_visit import NOON, Home, Visitor, readable

from .conftest import PASSPHRASE, Server

BERLIN = "Europe/Berlin"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("attack") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def visitor_(home: Home) -> Visitor:
    return home.someone()


def begin(visitor: Visitor) -> str:
    """Tap "Headache now" on the first page, and return the path of the attack."""
    page = visitor.get("/")
    once = re.search(r'action="/attack"><input type="hidden" name="once" value="(.*?)"', page)
    assert once is not None
    return visitor.post("/attack", once=once[1])


def attack(visitor: Visitor, path: str) -> dict[str, Any]:
    """What the diary holds of the attack behind a path."""
    entry = visitor.store.entry(visitor.person, path.rsplit("/", 1)[1])
    assert entry is not None
    return dict(entry.body or {})


def title(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found is not None
    return found[1]


def count(visitor: Visitor, *kinds: str) -> int:
    return len(visitor.store.entries(visitor.person, kinds=kinds))


# --- in a browser


def test_two_taps_lead_from_home_to_a_running_attack_with_its_strength(visitor: Any) -> None:
    taps = 0
    for name in ("Headache now", "Strong"):
        visitor.get_by_role("button", name=name, exact=True).click()
        taps += 1
        visitor.wait_for_url(re.compile(r"/attack/[0-9a-f-]+$"))
        visitor.get_by_text("Saved. You can close your eyes.").wait_for()
    visitor.locator("button[aria-pressed=true]", has_text="Strong").wait_for()
    assert taps == 2


def test_every_target_of_a_running_attack_can_be_hit_with_a_thumb(visitor: Any) -> None:
    visitor.goto("/")
    sizes = visitor.evaluate(
        """() => [...document.querySelectorAll('main button, main a.btn')]
          .filter((one) => one.offsetParent)
          .map((one) => [one.textContent.trim(), Math.round(one.getBoundingClientRect().height)])"""
    )
    assert sizes
    assert [one for one in sizes if one[1] < 56] == []


def test_an_attack_is_logged_and_ended_with_scripts_turned_off(
    browser: Any, server: Server
) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/open")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(f"{server.url}/")
    if page.get_by_role("button", name="It is over").count():
        page.get_by_role("button", name="It is over").click()
        page.get_by_text("Over since").wait_for()
        page.goto("/")
    page.get_by_role("button", name="Headache now").click()
    page.get_by_role("button", name="Medium").click()
    page.get_by_role("link", name="I took a medicine").click()
    page.get_by_label("Its name, as on the packet").fill("Ibuprofen")
    page.get_by_role("button", name="Record it").click()
    page.get_by_role("button", name="It is over").click()
    page.get_by_text("Over since").wait_for()
    assert page.get_by_text("Ibuprofen").count() == 1
    context.close()


# --- once


def test_a_double_tap_makes_one_attack(visitor_: Visitor) -> None:
    page = visitor_.get("/")
    once = re.search(r'name="once" value="(.*?)"', page)
    assert once is not None
    paths = {visitor_.post("/attack", once=once[1]) for _ in range(3)}
    assert len(paths) == 1
    assert count(visitor_, "attack") == 1


def test_a_tap_that_is_sent_twice_rates_once_and_doses_once(visitor_: Visitor) -> None:
    path = begin(visitor_)
    once = str(uuid.uuid4())
    for _ in range(2):
        visitor_.post(f"{path}/strength", pain="8", once=once)
        visitor_.now += dt.timedelta(seconds=5)
    other = str(uuid.uuid4())
    for _ in range(2):
        visitor_.post(f"{path}/dose", other="Ibuprofen", once=other)
    assert [one["pain"] for one in attack(visitor_, path)["pain"]] == [8]
    assert count(visitor_, "dose") == 1


def test_pain_is_kept_over_time(visitor_: Visitor) -> None:
    path = begin(visitor_)
    for pain in ("2", "5", "8", "3.5"):
        visitor_.post(f"{path}/strength", pain=pain)
        visitor_.now += dt.timedelta(minutes=20)
    told = attack(visitor_, path)["pain"]
    assert [one["pain"] for one in told] == [2, 5, 8, 3.5]
    assert [one["when"]["time"][:5] for one in told] == ["12:30", "12:50", "13:10", "13:30"]


def test_several_attacks_fit_into_one_day(visitor_: Visitor) -> None:
    for _ in range(3):
        path = begin(visitor_)
        visitor_.now += dt.timedelta(hours=1)
        visitor_.post(f"{path}/over")
        visitor_.now += dt.timedelta(hours=1)
    assert count(visitor_, "attack") == 3


# --- time


def test_an_attack_spans_midnight_and_is_asked_about_gently(visitor_: Visitor) -> None:
    visitor_.now = dt.datetime(2026, 11, 21, 22, 10, tzinfo=dt.UTC)
    visitor_.sign_in()
    path = begin(visitor_)
    visitor_.now = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
    page = visitor_.get("/")
    assert title(page) == "Attack since 21 November, 22:10"
    assert "Is it still there?" in page
    visitor_.post(f"{path}/still")
    assert "Is it still there?" not in visitor_.get("/")
    visitor_.post(f"{path}/end", end_day="2026-11-22", end_time="03:00")
    told = attack(visitor_, path)
    assert (told["onset"]["day"], told["end"]["day"]) == ("2026-11-21", "2026-11-22")
    assert told["end"]["time"] == "03:00:00"


@pytest.mark.parametrize(
    ("at", "offset"),
    [
        (dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), 120),
        (dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC), 60),
        (dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC), 120),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart(
    visitor_: Visitor, at: dt.datetime, offset: int
) -> None:
    visitor_.client.cookies.set("zone", BERLIN)
    visitor_.now = at
    visitor_.sign_in()
    told = attack(visitor_, begin(visitor_))
    assert told["onset"]["offset_minutes"] == offset
    assert told["onset"]["time"][3:5] == "30"


def test_an_end_before_the_beginning_is_a_sentence_and_changes_nothing(visitor_: Visitor) -> None:
    path = begin(visitor_)
    says = visitor_.refused(f"{path}/end", end_day="2026-11-20", end_time="")
    assert "ends before it starts" in says
    assert attack(visitor_, path)["is_running"] is True


@pytest.mark.parametrize("given", [{"end_day": "1890-01-01"}, {"end_day": "2090-01-01"}, {}])
def test_an_impossible_end_is_refused_politely(visitor_: Visitor, given: dict[str, str]) -> None:
    path = begin(visitor_)
    visitor_.refused(f"{path}/end", **given)
    assert attack(visitor_, path)["is_running"] is True


# --- medicine


def take(visitor: Visitor, name: str, *, days: int) -> None:
    """Have taken a medicine on so many days before today, with every day asked about."""
    entry = str(uuid.uuid4())
    body = {"name": name, "purpose": "acute", "amount": {"value": 50, "unit": "mg"},
            "count": None, "is_active": True}  # fmt: skip
    put(visitor, entry, "medicine", body)
    for back in range(1, 31):
        day = (NOON - dt.timedelta(back)).date().isoformat()
        asked = {"day": day, "asked": ["medicine"], "how": "full", "near": None}
        put(visitor, str(uuid.uuid4()), "check_in", asked)
        if back <= days:
            dose = {"when": {"day": day}, "name": name, "purpose": "acute"}
            put(visitor, str(uuid.uuid4()), "dose", dose)


def put(visitor: Visitor, entry: str, kind: str, body: dict[str, Any]) -> None:
    from twofold.store.entry import Change

    change = Change(str(uuid.uuid4()), entry, kind, body, visitor.now)
    visitor.store.write(visitor.person, [change], received=visitor.now)


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (3, "3 of the last 30 days."),
        (8, "With a dose today this is day 9"),
        (11, "at or above the level of 10 days"),
    ],
)
def test_a_dose_shows_its_count_before_and_is_recorded_all_the_same(
    visitor_: Visitor, days: int, says: str
) -> None:
    take(visitor_, "Sumatriptan", days=days)
    path = begin(visitor_)
    page = visitor_.get(f"{path}/medicine")
    assert says in readable(page)
    assert "Record it: 50 mg" in readable(page)
    sheet = visitor_.sheet(f"{path}/medicine")
    visitor_.post(f"{path}/dose", medicine=sheet["medicine"][0], once=sheet["once"][0])
    doses = visitor_.store.entries(visitor_.person, kinds=("dose",), first=NOON.date())
    assert [one.body["amount"] for one in doses if one.body] == [{"value": 50, "unit": "mg"}]


def test_relief_is_asked_after_two_hours_and_once(visitor_: Visitor) -> None:
    path = begin(visitor_)
    visitor_.post(f"{path}/dose", other="Ibuprofen")
    assert "did it help?" not in visitor_.get(path)
    visitor_.now += dt.timedelta(hours=2, minutes=1)
    assert "did it help?" in visitor_.get("/")
    (dose,) = visitor_.store.entries(visitor_.person, kinds=("dose",))
    visitor_.post(f"{path}/relief", dose=dose.id, relief="much")
    assert "did it help?" not in visitor_.get("/")
    kept = visitor_.store.entry(visitor_.person, dose.id)
    assert kept is not None and kept.body is not None
    assert kept.body["relief"] == 2


# --- details, undo, no headache


def test_what_was_not_answered_stays_unknown(visitor_: Visitor) -> None:
    path = begin(visitor_)
    sheet = visitor_.sheet(f"{path}/more")
    visitor_.post(f"{path}/more", **{**sheet, "symptom-nausea": "yes", "side": "left"})
    told = attack(visitor_, path)
    assert told["symptoms"] == {"nausea": True}
    assert told["side"] == "left"
    assert "aura" not in told and told["is_running"] is True


def test_details_from_an_old_page_are_kept_apart_and_asked_about(visitor_: Visitor) -> None:
    path = begin(visitor_)
    sheet = visitor_.sheet(f"{path}/more")
    visitor_.post(f"{path}/strength", pain="5")
    assert visitor_.post(f"{path}/more", **{**sheet, "side": "right"}) == "/conflicts"
    assert attack(visitor_, path)["pain"]
    page = visitor_.get("/conflicts")
    change = re.search(r'action="/conflicts/(.*?)"', page)
    assert change is not None
    visitor_.post(f"/conflicts/{change[1]}", keep="other")
    assert attack(visitor_, path)["side"] == "right"
    assert visitor_.store.conflicts(visitor_.person) == ()


@pytest.mark.parametrize(("keep", "there"), [("mine", 1), ("other", 1), ("both", 2)])
def test_a_conflict_is_settled_as_the_person_says(visitor_: Visitor, keep: str, there: int) -> None:
    path = begin(visitor_)
    sheet = visitor_.sheet(f"{path}/more")
    visitor_.post(f"{path}/strength", pain="5")
    visitor_.post(f"{path}/more", **{**sheet, "side": "right"})
    (conflict,) = visitor_.store.conflicts(visitor_.person)
    visitor_.post(f"/conflicts/{conflict.other.id}", keep=keep)
    assert count(visitor_, "attack") == there
    assert "Nothing is written twice." in readable(visitor_.get("/conflicts"))


def test_the_last_step_is_taken_back_and_only_that_one(visitor_: Visitor) -> None:
    path = begin(visitor_)
    visitor_.post(f"{path}/strength", pain="8")
    head = visitor_.sheet(path)["head"][0]
    visitor_.post(f"{path}/strength", pain="2")
    assert visitor_.post(f"{path}/undo", head=head) == path
    assert [one["pain"] for one in attack(visitor_, path)["pain"]] == [8, 2]
    visitor_.post(f"{path}/undo", head=visitor_.sheet(path)["head"][0])
    assert [one["pain"] for one in attack(visitor_, path)["pain"]] == [8]


def test_an_attack_by_mistake_is_taken_out_and_can_be_had_back_for_a_day(
    visitor_: Visitor,
) -> None:
    path = begin(visitor_)
    assert visitor_.post(f"{path}/undo", head=path.rsplit("/", 1)[1]) == "/attack/undo"
    assert count(visitor_, "attack") == 0
    assert "Put it back" in visitor_.get("/attack/undo")
    visitor_.post(f"/attack/undo/{path.rsplit('/', 1)[1]}/back")
    assert attack(visitor_, path)["is_running"] is True
    visitor_.post(f"/attack/undo/{path.rsplit('/', 1)[1]}/out")
    visitor_.now += dt.timedelta(hours=25)
    assert "Put it back" not in visitor_.get("/attack/undo")


def test_no_headache_today_is_one_tap_and_an_attack_takes_it_back(visitor_: Visitor) -> None:
    sheet = visitor_.sheet("/")
    for _ in range(2):
        visitor_.post(
            "/free-day", **{name: value for name, value in sheet.items() if name == "seen"}
        )
    assert count(visitor_, "free_day") == 1
    assert title(visitor_.get("/")) == "No headache today"
    begin(visitor_)
    assert (count(visitor_, "free_day"), count(visitor_, "attack")) == (0, 1)


def test_yesterday_is_offered_only_while_it_is_open(visitor_: Visitor) -> None:
    assert "Finish yesterday" not in visitor_.get("/")
    visitor_.now -= dt.timedelta(days=3)
    visitor_.sign_in()
    visitor_.post("/free-day")
    visitor_.now += dt.timedelta(days=3)
    visitor_.sign_in()
    assert "Finish yesterday" in visitor_.get("/")
    visitor_.fill("/evening/2026-11-21", "/evening/2026-11-21", headache="none")
    assert "Finish yesterday" not in visitor_.get("/")


# --- not like the usual attack


def test_a_warning_sign_leads_to_what_must_be_done_with_the_number_first(
    visitor_: Visitor,
) -> None:
    begin(visitor_)
    where = visitor_.post("/unusual", thunderclap="yes", fever="no")
    page = readable(visitor_.get(where))
    assert "A headache that is at its worst within 5 minutes needs emergency care." in page
    assert page.index("112") < page.index("needs emergency care")
    assert "An open question is not a no." in page


def test_no_answer_at_all_is_never_calm(visitor_: Visitor) -> None:
    page = readable(visitor_.get(visitor_.post("/unusual")))
    assert "That does not say that it is harmless." in page
    assert re.search(r"\d+ questions are open", page)


def test_an_attack_that_does_not_let_go_is_told_to_be_seen_the_same_day(
    visitor_: Visitor,
) -> None:
    begin(visitor_)
    visitor_.now += dt.timedelta(hours=73)
    visitor_.sign_in()
    assert "more than 72 hours should be seen today" in readable(visitor_.get("/"))


# --- whatever is sent


@pytest.mark.parametrize("pain", ["eleven", "11", "-1", "nan", "1e9", "<b>"])
def test_a_strength_that_is_none_changes_nothing(visitor_: Visitor, pain: str) -> None:
    path = begin(visitor_)
    before = attack(visitor_, path)
    assert visitor_.client.post(f"{path}/strength", data={"pain": pain}).status_code == 422
    assert attack(visitor_, path) == before


@pytest.mark.parametrize("where", ["strength", "over", "dose", "undo", "relief", "more", "end"])
def test_an_attack_that_is_not_there_is_not_found(visitor_: Visitor, where: str) -> None:
    given = {"pain": "5", "other": "x", "end_day": "2026-11-22"}
    answer = visitor_.client.post(f"/attack/{uuid.uuid4()}/{where}", data=given)
    assert answer.status_code in (303, 404)
    assert count(visitor_, "attack", "dose") == 0


def test_another_person_sees_nothing_of_an_attack(home: Home) -> None:
    one, other = home.someone(), home.someone()
    path = begin(one)
    assert other.client.get(path).status_code == 404
    assert other.client.post(f"{path}/strength", data={"pain": "5"}).status_code == 404
    assert one.stranger().get(path).status_code == 303
