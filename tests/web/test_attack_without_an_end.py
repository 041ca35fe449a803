"""An attack that nobody ended: every page says of its days what the facts say, and asks kindly."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from web_visit import Home, Visitor, readable

from twofold.app.web.day_sheet import sheet_of
from twofold.facts.days import day_table
from twofold.store.entry import Change

from .test_sync import go_over, made

NOON = dt.datetime(2026, 11, 16, 12, 0, tzinfo=dt.UTC)
NO_END = "An attack that began on 16 November has no end yet."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("open") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Visitor:
    visitor = home.someone()
    visitor.now = NOON
    visitor.sign_in()
    return visitor


def begun(you: Visitor) -> str:
    """Begin an attack on 16 November, the first day of each of these diaries."""
    return you.post("/attack", once=str(uuid.uuid4()))


def on_day(you: Visitor, n: int, hour: int = 12) -> None:
    """Come back on the n-th day of the attack; the first is 16 November."""
    you.now = NOON.replace(hour=hour) + dt.timedelta(n - 1)
    you.sign_in()


def date(n: int) -> str:
    return str(NOON.date() + dt.timedelta(n - 1))


def headache_of(you: Visitor) -> str:
    """Return what the facts say of each day up to today: y, n, and ? for unknown."""
    today = you.now.date()
    column = day_table(you.store.diary(you.person, today=today))["headache"]
    return "".join("?" if one != one else "ny"[int(one)] for one in column)


def said_of(you: Visitor, day: str) -> str:
    """Return what the evening's form says of headache on a day, in the same letters."""
    page = readable(you.get(f"/evening/{day}"))
    if re.search(r"headaches? (is|are) written down for this day", page):
        return "y"
    return "n" if [one for one in you.bodies("free_day") if one["day"] == day] else "?"


def attack(you: Visitor, path: str) -> dict[str, Any]:
    entry = you.store.entry(you.person, path.rsplit("/", 1)[1])
    assert entry is not None
    return dict(entry.body or {})


def put(you: Visitor, kind: str, body: dict[str, Any]) -> None:
    name = str(uuid.uuid4())
    you.store.write(you.person, [Change(name, name, kind, body, you.now)], received=you.now)


# --- the evening, the week and the facts agree

WHEN = {"day": date(1), "time": "09:00:00", "offset_minutes": 0}


def at(n: int) -> dict[str, Any]:
    return {**WHEN, "day": date(n)}


def dose(n: int) -> tuple[str, dict[str, Any]]:
    return "dose", {"when": at(n), "name": "Sumatriptan", "purpose": "acute"}


def free(n: int) -> tuple[str, dict[str, Any]]:
    return "free_day", {"day": date(n)}


# What is written of an attack that began on the first day, beside it, and what each day then is.
WRITTEN = {
    "nothing more": ({"is_running": True}, [], "y?????"),
    "a rating on day 3": (
        {"is_running": True, "pain": [{"when": at(3), "pain": 5}]}, [], "yyy???"),
    "only a rating of 0": (
        {"is_running": True, "pain": [{"when": at(1), "pain": 0}]}, [], "??????"),
    "rated 0, said to be free": (
        {"is_running": True, "pain": [{"when": at(1), "pain": 0}]}, [free(1)], "n?????"),
    "still there on day 4": ({"is_running": True, "still": [at(4)]}, [], "yyyy??"),
    "doses on days 2 and 4": ({"is_running": True}, [dose(2), dose(4)], "yyyy??"),
    "no headache on day 3": ({"is_running": True, "still": [at(5)]}, [free(3)], "y?n?y?"),
    "over, nobody knows when": ({"is_running": False, "still": [at(2)]}, [dose(3)], "yy????"),
    "over on day 3": ({"is_running": False, "end": at(3)}, [], "yyy???"),
    "rated 0 within": (
        {"end": at(3), "pain": [{"when": at(2), "pain": 0}]}, [], "y?y???"),
    "nothing said of its end": ({}, [dose(2)], "y?????"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "more", "days"), WRITTEN.values(), ids=WRITTEN.keys())
def test_the_forms_and_the_facts_say_the_same_of_every_day(
    you: Visitor, body: dict[str, Any], more: list, days: str
) -> None:
    put(you, "attack", {"onset": WHEN, **body})
    for kind, other in more:
        put(you, kind, other)
    on_day(you, 6)
    assert headache_of(you) == days
    assert "".join(said_of(you, date(n)) for n in range(1, 7)) == days
    visit_days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    week = readable(you.get("/week"))
    for name, told in zip(visit_days, days, strict=True):
        is_written = re.search(rf"{name} \d+ November : 1 headache is written down", week)
        assert bool(is_written) is (told == "y"), name
    calendar = {row.day: row for row in _glances(you)}
    for n, told in enumerate(days, 1):
        shown = calendar[dt.date.fromisoformat(date(n))].cell.headache
        assert shown is {"y": True, "n": False, "?": None}[told], n


def _glances(you: Visitor) -> Any:
    from twofold.app.web.day_reading import glances

    return glances(_visit(you), NOON.date(), you.now.date())


def _visit(you: Visitor) -> Any:
    from twofold.app.web.gate import Visit

    person = you.store.person(you.person)
    assert person is not None
    return Visit(you.store, person, you.now, "")


# --- it is asked about kindly


def test_the_evening_asks_if_an_attack_without_an_end_is_still_there(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 4)
    page = readable(you.get("/evening/all"))
    for said in (NO_END, "Yes, it is still there", "When was it over?", "I do not know"):
        assert said in page
    you.fill("/evening/all", f"/evening/{date(4)}", headache="still")
    assert [one["day"] for one in attack(you, path)["still"]] == [date(4)]
    assert headache_of(you) == "yyyy"
    assert "1 headache is written down for this day." in readable(you.get("/evening/all"))


def test_sent_twice_still_is_said_once(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 4)
    form = you.sheet("/evening/all") | {"headache": "still"}
    for _ in range(2):
        assert you.post(f"/evening/{date(4)}", **form) == "/evening/kept"
    assert len(attack(you, path)["still"]) == 1


@pytest.mark.parametrize(
    ("today", "yesterday", "days"),
    [("still", "still", "yyyy"), ("still", "none", "y?ny"), ("none", "still", "yyyn"),
     ("unsure", "unsure", "y???"), ("had", "none", "y?ny")],
)  # fmt: skip
def test_today_and_yesterday_are_said_of_one_attack_together(
    you: Visitor, today: str, yesterday: str, days: str
) -> None:
    begun(you)
    on_day(you, 4)
    assert "Headache yesterday?" in you.get("/evening/all")
    to = f"/evening/{date(4)}"
    assert you.fill("/evening/all", to, headache=today, yesterday=yesterday) == "/evening/kept"
    assert headache_of(you) == days


def test_a_week_asks_of_each_day_after_the_last_word(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 4)
    assert readable(you.get("/week")).count(NO_END) == 3
    said = {f"day-{date(n)}": "still" for n in (2, 4)}
    you.fill("/week", f"/week/{date(1)}", **said)
    assert [one["day"] for one in attack(you, path)["still"]] == [date(2), date(4)]
    assert headache_of(you) == "yyyy"


def test_no_headache_said_on_a_day_ends_the_asking(you: Visitor) -> None:
    begun(you)
    on_day(you, 4)
    assert NO_END in readable(you.get("/"))
    you.fill("/evening/all", f"/evening/{date(4)}", headache="none")
    for page in ("/", "/evening/all"):
        assert NO_END not in readable(you.get(page))
    on_day(you, 5)
    assert NO_END not in readable(you.get("/evening/all"))
    assert headache_of(you) == "y??n?"


def test_still_said_of_an_attack_that_was_ended_elsewhere_is_a_question_again(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 4)
    form = you.sheet("/evening/all")
    you.post(f"{path}/end", end_day=date(2))
    says = you.refused(f"/evening/{date(4)}", **form, headache="still")
    assert "The attack has an end by now." in says


def test_a_day_of_pain_0_is_asked_about_and_yes_is_said_of_the_same_attack(you: Visitor) -> None:
    path = begun(you)
    you.post(f"{path}/strength", pain="0")
    assert "An attack is written down for this day, with pain 0." in readable(
        you.get("/evening/all")
    )
    you.fill("/evening/all", f"/evening/{date(1)}", headache="had")
    assert len(you.entries("attack")) == 1
    assert headache_of(you) == "y"


# --- it is over


@pytest.mark.parametrize(("day", "hour"), [(1, 20), (2, 23)], ids=["same day", "next day"])
def test_over_on_the_same_or_the_next_day_is_one_tap_on_the_running_attack(
    you: Visitor, day: int, hour: int
) -> None:
    path = begun(you)
    on_day(you, day, hour)
    assert "It is over" in readable(you.get("/"))
    assert you.post(f"{path}/over") == path
    assert attack(you, path)["end"]["day"] == date(day)
    assert headache_of(you) == "y" * day


def test_over_asks_on_which_day_where_the_last_word_is_older(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 6)
    assert you.post(f"{path}/over") == f"{path}/end"
    assert "end" not in attack(you, path) and attack(you, path)["is_running"] is False
    assert headache_of(you) == "y?????"
    page = readable(you.get(f"{path}/end"))
    assert "When was it over?" in page and "I do not know" in page
    you.fill(f"{path}/end", f"{path}/end", end_day=date(3), end_time="22:00")
    assert attack(you, path)["end"]["day"] == date(3)
    assert headache_of(you) == "yyy???"


def test_an_end_that_nobody_knows_claims_no_day_and_no_length(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 2)
    you.post(f"{path}/strength", pain="6")
    on_day(you, 6)
    assert you.fill(f"{path}/end", f"{path}/end", unknown="1") == path
    assert headache_of(you) == "yy????"
    page = readable(you.get(path))
    assert "When it ended is not known." in page and "Say when it was over" in page
    assert NO_END not in readable(you.get("/"))


def test_what_was_taken_in_an_attack_stays_with_it_when_nobody_knows_its_end(you: Visitor) -> None:
    path = begun(you)
    put(you, *dose(3))
    on_day(you, 6)
    before = headache_of(you)
    you.post(f"{path}/end", unknown="1")
    put(you, *dose(5))
    assert headache_of(you) == before == "yyy???"


def test_over_a_day_after_the_last_dose_needs_no_question(you: Visitor) -> None:
    path = begun(you)
    put(you, *dose(3))
    on_day(you, 4)
    assert you.post(f"{path}/over") == path
    assert headache_of(you) == "yyyy"


@pytest.mark.parametrize(
    ("words", "days"), [((), "y?????"), ((2, 4, 5), "yyyyyy")], ids=["silent", "rated"]
)
def test_a_phone_without_a_connection_ends_an_attack_by_the_same_rule(
    you: Visitor, words: tuple[int, ...], days: str
) -> None:
    began = made("attack", {"onset": WHEN, "is_running": True}, at=f"{date(1)}T09:00:00+00:00")
    rated = [
        made("pain", {"when": at(n), "pain": 4}, entry=began["id"], at=f"{date(n)}T09:00:00+00:00")
        for n in words
    ]
    over = made("over", at(6), entry=began["id"], at=f"{date(6)}T09:00:00+00:00")
    on_day(you, 6)
    assert set(go_over(you, began, *rated, over)) == {"kept"}
    assert headache_of(you) == days
    assert set(go_over(you, began, *rated, over)) == {"known"}

    path = f"/attack/{began['id']}"
    assert attack(you, path)["is_running"] is False
    assert ("Say when it was over" in readable(you.get(path))) is (days == "y?????")


# --- the first page and the words


def test_the_first_page_keeps_its_button_beside_an_old_attack(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 3)
    page = readable(you.get("/"))
    assert "Headache now" in page and NO_END in page
    assert f'href="{path}"' in you.get("/")
    told = readable(you.get(path))
    for said in (NO_END, "Is it still there?", "I do not know when it was over"):
        assert said in told
    assert "How strong is it now?" not in told and "It is not over" not in told
    you.post(f"{path}/still")
    assert "How strong is it now?" in readable(you.get("/"))
    assert headache_of(you) == "yyy"


# When it ended, when the page is opened, and what its button says.
WORDS = {
    "ended today": (1, 1, "It is not over"),
    "ended yesterday": (1, 2, "It is not over"),
    "ended days ago": (1, 6, "It never ended and is still there"),
    "ended months ago": (1, 60, None),
}


@pytest.mark.parametrize(("end", "today", "says"), WORDS.values(), ids=WORDS.keys())
def test_an_attack_says_something_true_when_it_is_opened_later(
    you: Visitor, end: int, today: int, says: str | None
) -> None:
    path = begun(you)
    you.post(f"{path}/over")
    on_day(you, today)
    page = readable(you.get(path))
    shown = {one for _, _, one in WORDS.values() if one and one in page}
    assert shown == ({says} if says else set())


def test_an_attack_that_never_ended_keeps_the_days_that_were_said(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 2)
    you.post(f"{path}/over")
    put(you, *free(4))
    on_day(you, 6)
    you.post(f"{path}/reopen")
    assert headache_of(you) == "yy?n?y"


def test_a_day_of_still_can_be_taken_out_where_an_attack_is_changed(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 2)
    you.post(f"{path}/still")
    entry = f"/days/entry/{path.rsplit('/', 1)[1]}"
    page = you.get(entry)
    assert "It was still there" in readable(page)
    (value,) = re.findall(r'name="still" value="([^"]+)" checked', page)
    given = {"onset_day": date(1), "onset_time": "12:00", "state": "running"}
    you.fill(entry, entry, **given, still=value)
    assert len(attack(you, path)["still"]) == 1
    you.fill(entry, entry, **given)
    assert "still" not in attack(you, path)


def test_details_leave_the_days_of_an_attack_as_they_were(you: Visitor) -> None:
    path = begun(you)
    on_day(you, 2)
    you.post(f"{path}/still")
    before = attack(you, path)["still"]
    you.fill(f"{path}/more", f"{path}/more", side="left")
    assert (attack(you, path)["still"], attack(you, path)["side"]) == (before, "left")


def test_a_sheet_reads_the_doses_and_free_days_around_its_day(you: Visitor) -> None:
    begun(you)
    put(you, *dose(3))
    on_day(you, 4)
    sheets = [sheet_of(_visit(you), NOON.date() + dt.timedelta(n)) for n in range(4)]
    assert [len(one.attacks) for one in sheets] == [1, 1, 1, 0]
    assert [len(one.left_open) for one in sheets] == [0, 0, 0, 1]
