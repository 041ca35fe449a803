"""The days: unknown is visibly unknown, everything can be changed, and nothing is lost by it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_visit import Home, Visitor, readable

from twofold.app.web.attack_form import attack_in, filled
from twofold.app.web.forms import Form
from twofold.app.web.gate import Visit
from twofold.app.web.pictures import bare
from twofold.charts import calendar, timeline
from twofold.diary.headache import Attack, Aura, PainRating, Symptoms
from twofold.diary.plain import to_plain
from twofold.report.report import DayCell
from twofold.store.entry import Change
from twofold.units import Hours, Pain, When

from .conftest import Server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("days") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Visitor:
    return home.someone()


def put(you: Visitor, kind: str, body: dict[str, Any]) -> str:
    """Write an entry as another page would, and return its id."""
    name = str(uuid.uuid4())
    you.store.write(
        you.person, [Change(str(uuid.uuid4()), name, kind, body, you.now)], received=you.now
    )
    return name


def attack(day: str, **more: Any) -> dict[str, Any]:
    return {"onset": {"day": day}, **more}


def note(day: str, text: str) -> dict[str, Any]:
    return {"day": day, "text": text}


def row(page: str, day: str) -> str:
    """Return what the list of days says about one of them."""
    found = re.search(rf'href="/days/{day}">(.*?)</a>', page, re.DOTALL)
    assert found is not None
    return readable(found[1])


# --- the calendar


def test_a_day_nobody_wrote_about_is_said_to_be_so_and_never_looks_calm(you: Visitor) -> None:
    put(you, "attack", attack("2026-11-18", end={"day": "2026-11-18"}))
    put(you, "free_day", {"day": "2026-11-19"})
    put(you, "note", note("2026-11-20", "rain"))
    page = you.get("/days")
    assert "no headache" in row(page, "2026-11-19")
    assert "headache" in row(page, "2026-11-18")
    assert "nothing written" in row(page, "2026-11-21")
    assert "headache: not known" in row(page, "2026-11-20")
    unknown = re.findall(r'class="dayrow unknown" href="/days/2026-11-(\d+)"', page)
    assert {"20", "21", "17"} <= set(unknown) and not {"18", "19"} & set(unknown)
    assert "known on 2 of these 22 days" in readable(page)


def test_an_empty_diary_has_days_and_no_picture(you: Visitor) -> None:
    page = you.get("/days")
    assert "<svg" not in page and "One is enough to begin" in page
    assert "One is enough to begin" in you.get("/timeline")


def test_a_headache_over_midnight_is_on_both_days(you: Visitor) -> None:
    name = put(you, "attack", attack("2026-10-31", end={"day": "2026-11-01"}))
    page = you.get("/days")
    assert "headache" in row(page, "2026-11-01") and "nothing" not in row(page, "2026-11-01")
    assert f"/days/entry/{name}" in you.get("/days/2026-11-01")


def test_the_timeline_has_a_table_with_denominators(you: Visitor) -> None:
    put(you, "attack", attack("2026-11-18", end={"day": "2026-11-18"}))
    put(you, "free_day", {"day": "2026-11-19"})
    page = readable(you.get("/timeline"))
    assert "1 of 2" in page and "nothing written" in page


def test_pictures_bring_no_style_into_a_page() -> None:
    days = [DayCell("2026-11-01", True, False, True), DayCell("2026-11-02", None, None, None)]
    for svg in (calendar(days), timeline(days)):
        shown = bare(svg)
        assert "<style" in svg and "style=" in svg
        assert "<style" not in shown and "style=" not in shown
        assert re.findall(r"<(circle|rect|path|text)", shown) == re.findall(
            r"<(circle|rect|path|text)", svg
        )


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/days/2090-01-01", 400, "has not come yet"),
        ("/days/1890-01-01", 400, "begins in 1900"),
        ("/days/month/2090-05", 400, "has not come yet"),
        ("/days/go?day=1890-01-01", 400, "begins in 1900"),
        ("/timeline/2090-01-01", 400, "has not come yet"),
        ("/days/2026-02-30", 404, "not here"),
        ("/days/20261101", 404, "not here"),
        ("/days/month/x", 404, "not here"),
        ("/days/2026-11-20/add/setting", 404, "not here"),
        ("/days/entry/00000000-0000-0000-0000-000000000000", 404, "not here"),
    ],
)
def test_days_that_cannot_be_are_said_to_be_so(
    you: Visitor, path: str, status: int, says: str
) -> None:
    assert says in readable(you.get(path, status))


@pytest.mark.parametrize("day", ["1900-01-01", "1969-12-31", "2026-11-22"])
def test_any_day_from_1900_to_today_can_be_written_about(you: Visitor, day: str) -> None:
    led = you.fill(f"/days/{day}/add/note", f"/days/{day}/add/note", text="then")
    assert led == f"/days/{day}"
    assert "then" in you.get(led)
    assert you.get(f"/days/month/{day[:7]}") and you.get("/timeline") and you.get("/days")


# --- adding and changing


def test_a_headache_can_be_added_to_an_earlier_day_with_all_that_is_known(you: Visitor) -> None:
    path = "/days/2026-11-10/add/attack"
    led = you.fill(
        path,
        path,
        onset_day="2026-11-10",
        onset_time="07:30",
        state="over",
        end_day="2026-11-11",
        end_time="06:00",
        **{"pain-0-level": "7,5", "pain-0_day": "2026-11-10", "symptom-nausea": "no"},
        premonitory="yawning\n\nneck",
        **{"postdrome-none": "none", "aura-visual": "yes", "aura-minutes": "20"},
        disability="3",
        note="מיגרנה \U0001f915",
    )
    assert led == "/days/2026-11-10"
    (body,) = you.bodies("attack")
    assert body["pain"] == [{"when": {"day": "2026-11-10"}, "pain": 7.5}]
    assert body["symptoms"] == {"nausea": False}
    assert body["premonitory"] == ["yawning", "neck"] and body["postdrome"] == []
    assert body["aura"]["visual"] is True and body["aura"]["duration"] == pytest.approx(1 / 3)
    assert "מיגרנה \U0001f915" in you.get(led)


def test_the_same_form_sent_twice_is_kept_once(you: Visitor) -> None:
    path = "/days/2026-11-10/add/dose"
    sheet = you.sheet(path)
    for _ in range(2):
        you.post(path, **sheet, name="sumatriptan", dose_day="2026-11-10")
    assert len(you.entries("dose")) == 1


def test_a_contradiction_is_said_at_its_field_and_nothing_typed_is_lost(you: Visitor) -> None:
    path = "/days/2026-11-10/add/attack"
    answer = you.client.post(
        path,
        data={
            **you.sheet(path),
            "onset_day": "2026-11-10",
            "end_day": "2026-11-09",
            "note": "lost?",
        },
    )
    assert answer.status_code == 422
    assert 'href="#end_day"' in answer.text and "ends before it starts" in answer.text
    assert "lost?" in answer.text and 'value="2026-11-09"' in answer.text
    assert you.entries("attack") == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"onset_day": "2026-11-23"}, "not a day between"),
        ({"onset_day": "1890-01-01"}, "not a day between"),
        ({"onset_day": "2026-11-22", "onset_time": "23:59"}, "has not come yet"),
        ({"onset_day": ""}, "On which day"),
        ({"onset_day": "2026-11-01", "end_time": "07:00"}, "needs its day"),
        ({"onset_day": "2026-11-01", "pain-0-level": "11"}, "between 0 and 10"),
        ({"onset_day": "2026-11-01", "state": "running", "end_day": "2026-11-02"}, "Which is it"),
        ({"onset_day": "2026-11-01", "side": "top"}, "choose one of the answers"),
        ({"onset_day": "2026-11-01", "note": "x" * 10_001}, "10,000 fit"),
    ],
)
def test_what_cannot_be_taken_is_said(you: Visitor, given: dict[str, str], says: str) -> None:
    path = "/days/2026-11-10/add/attack"
    assert says in you.refused(path, **{**you.sheet(path), **given})
    assert you.entries() == ()


def test_a_note_of_ten_megabytes_is_refused_and_the_old_one_stays(you: Visitor) -> None:
    name = put(you, "note", note("2026-11-10", "short"))
    answer = you.client.post(f"/days/entry/{name}", data={"text": "x" * 10_000_000})
    assert answer.status_code == 413 and "Nothing was saved" in readable(answer.text)
    assert you.bodies("note") == [note("2026-11-10", "short")]


def test_an_attack_on_a_day_said_to_be_free_takes_the_free_day_out(you: Visitor) -> None:
    you.post("/days/2026-11-10/free")
    assert len(you.entries("free_day")) == 1
    path = "/days/2026-11-10/add/attack"
    you.fill(path, path, onset_day="2026-11-10", end_day="2026-11-10", state="over")
    assert you.entries("free_day") == ()
    assert "written down for this day already" in you.refused("/days/2026-11-10/free")


def test_every_kind_can_be_opened_and_saved_without_changing_it(you: Visitor) -> None:
    """A form that is opened and sent back as it is must not alter what was written."""
    span = {"low": 1, "high": 7}
    bodies = {
        "attack": attack("2026-11-10", is_running=None, symptoms={"nausea": True}, premonitory=[]),
        "dose": {
            "when": {"day": "2026-11-10", "time": "08:00:30", "offset_minutes": 330},
            "name": "ibuprofen", "amount": {"value": 400, "unit": "mg"}, "relief": 7,
        },
        "mood_note": {"when": {"day": "2026-11-10"}, "item": "down", "level": 3, "span": span,
                      "better": "low"},
        "sleep": {"day": "2026-11-10", "duration": 6.5, "efficiency": 88},
        "energy": {"day": "2026-11-10", "level": 4, "span": span},
        "factor": {"when": {"day": "2026-11-10"}, "name": "coffee", "level": 2, "unit": "cups"},
        "note": note("2026-11-10", "a\nb"),
        "food": {"day": "2026-11-10", "line": "toast", "gut": None},
        "cycle": {"day": "2026-11-10", "bleeding": False, "day_from_onset": 4},
        "headache_rating": {"when": {"day": "2026-11-10"}, "level": 2, "span": span},
    }  # fmt: skip
    del bodies["attack"]["is_running"]
    for kind, body in bodies.items():
        name = put(you, kind, body)
        page = you.get(f"/days/entry/{name}")
        you.post(f"/days/entry/{name}", **sent(page))
        entry = you.store.entry(you.person, name)
        assert entry is not None and entry.body == body, kind


def sent(page: str) -> dict[str, Any]:
    """Return what a browser would send of a form that nobody touched."""
    form = re.search(r'<form method="post">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    given: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_choice = at.get("type") in ("radio", "checkbox")
        if "name" in at and (not is_choice or " checked" in tag):
            given[at["name"]] = at.get("value", "")
    for name, text in re.findall(r'<textarea id="[^"]*" name="([^"]*)".*?>(.*?)</textarea>', form[1], re.DOTALL):  # fmt: skip
        given[name] = text
    for name, choices in re.findall(r'<select[^>]*name="([^"]*)"(.*?)</select>', form[1], re.DOTALL):  # fmt: skip
        chosen = re.search(r'value="([^"]*)" selected', choices)
        given[name] = chosen[1] if chosen else ""
    return given


yes_no = st.sampled_from([None, True, False])
moments = st.builds(
    When,
    st.dates(dt.date(2026, 11, 1), dt.date(2026, 11, 9)),
    st.none() | st.times().map(lambda time: time.replace(microsecond=0)),
    st.none() | st.integers(-840, 840),
)
ends = st.builds(When, st.dates(dt.date(2026, 11, 10), dt.date(2026, 11, 20)))
signs = st.none() | st.lists(st.from_regex(r"[a-zא-ת]{1,9}", fullmatch=True), max_size=4).map(tuple)
auras = st.builds(
    Aura, visual=yes_no, motor=yes_no, duration=st.none() | st.integers(0, 600).map(lambda m: Hours(m / 60)),
).filter(lambda aura: aura != Aura())  # fmt: skip
attacks = st.builds(
    Attack,
    onset=moments,
    end=st.none() | ends,
    kind=st.sampled_from([None, "migraine", "headache"]),
    pain=st.lists(st.builds(PainRating, moments, st.integers(0, 10).map(Pain)), max_size=45).map(
        tuple
    ),
    side=st.sampled_from([None, "left", "both"]),
    symptoms=st.builds(Symptoms, nausea=yes_no, worse_with_activity=yes_no),
    aura=st.none() | auras,
    premonitory=signs,
    postdrome=signs,
    disability=st.sampled_from([None, 0, 3]),
    still=st.lists(moments, max_size=3).map(tuple),
)


@given(attacks)
def test_an_attack_comes_out_of_its_form_as_it_went_in(home_visit: Visit, one: Attack) -> None:
    said = attack_in(filled(one), home_visit, one)
    over = False if one.end is not None else None
    assert to_plain(said) == to_plain(one) | ({"is_running": False} if over is False else {})


@pytest.fixture(scope="module")
def home_visit(home: Home) -> Visit:
    assert home.house.store is not None
    person = home.house.store.add_person("you")
    return Visit(home.house.store, person, home.now, "Europe/Berlin")


@given(st.dictionaries(st.sampled_from(["onset_day", "onset_time", "end_day", "state", "kind", "note", "pain-0-level", "disability", "aura-minutes", "premonitory"]), st.text(max_size=30)))  # fmt: skip
def test_whatever_is_sent_becomes_an_attack_or_a_sentence(
    home_visit: Visit, given_: dict[str, str]
) -> None:
    from twofold.app.web.forms import FormError

    try:
        attack_in(Form({name: [text] for name, text in given_.items()}), home_visit)
    except FormError as error:
        assert error.says.endswith((".", "?"))


# --- history


def test_every_version_stays_and_can_hold_again(you: Visitor) -> None:
    name = put(you, "note", note("2026-11-10", "first"))
    you.later(hours=1)
    you.fill(f"/days/entry/{name}", f"/days/entry/{name}", text="second")
    page = you.get(f"/days/entry/{name}/history")
    assert readable(page).index("second") < readable(page).index("first")
    assert "12:30" in page and "13:30" in page
    first = re.search(r'name="version" value="(.*?)"', page)
    assert first is not None
    head = you.entries("note")[0].head
    you.post(f"/days/entry/{name}/version", base=head, version=first[1])
    assert you.bodies("note") == [note("2026-11-10", "first")]
    assert len(you.store.history(you.person, name)) == 3


def test_what_is_taken_out_is_listed_and_can_be_put_back(you: Visitor) -> None:
    name = put(you, "note", note("2026-11-10", "mine"))
    head = you.entries("note")[0].head
    assert you.post(f"/days/entry/{name}/out", base=head) == "/days/2026-11-10"
    assert you.entries("note") == ()
    for path in ("/days/2026-11-10", "/days/out"):
        assert "mine" in you.get(path) and f"/days/entry/{name}/back" in you.get(path)
    entry = you.store.entry(you.person, name)
    assert entry is not None
    you.post(f"/days/entry/{name}/back", base=entry.head)
    assert you.bodies("note") == [note("2026-11-10", "mine")]


def test_a_day_changed_on_two_devices_is_never_overwritten_in_silence(you: Visitor) -> None:
    name = put(you, "note", note("2026-11-10", "one"))
    here = there = you.sheet(f"/days/entry/{name}")
    assert you.post(f"/days/entry/{name}", **here, text="two") == "/days/2026-11-10"
    assert you.post(f"/days/entry/{name}", **there, text="three") == "/conflicts"
    assert you.bodies("note") == [note("2026-11-10", "two")]
    (apart,) = you.store.conflicts(you.person)
    assert apart.other.body == note("2026-11-10", "three")
    assert "kept apart" in you.get(f"/days/entry/{name}/history")


def test_a_change_to_what_another_device_took_out_is_kept_apart(you: Visitor) -> None:
    name = put(you, "note", note("2026-11-10", "one"))
    sheet = you.sheet(f"/days/entry/{name}")
    you.post(f"/days/entry/{name}/out", base=you.entries("note")[0].head)
    assert you.post(f"/days/entry/{name}", **sheet, text="two") == "/conflicts"
    assert you.entries("note") == () and len(you.store.conflicts(you.person)) == 1


def test_nobody_sees_or_changes_an_entry_of_somebody_else(home: Home, you: Visitor) -> None:
    name = put(you, "note", note("2026-11-10", "private"))
    other = home.someone()
    for path in (f"/days/entry/{name}", f"/days/entry/{name}/history"):
        assert "private" not in other.get(path, 404)
    assert other.client.post(f"/days/entry/{name}", data={"text": "x"}).status_code == 404
    assert other.client.post(f"/days/entry/{name}/out").status_code == 404
    assert you.bodies("note") == [note("2026-11-10", "private")]


def test_settings_and_the_safety_log_are_no_entries_of_a_day(you: Visitor) -> None:
    name = put(you, "setting", {"name": "country", "value": "DE"})
    you.get(f"/days/entry/{name}/history", 404)
    assert you.client.post(f"/days/entry/{name}/out").status_code == 404


def test_words_of_self_harm_in_a_note_open_the_safety_page_and_are_kept(you: Visitor) -> None:
    path = "/days/2026-11-10/add/note"
    assert you.fill(path, path, text="I want to kill myself") == "/help"
    assert you.bodies("note") == [note("2026-11-10", "I want to kill myself")]


# --- in a browser


def test_a_day_is_added_changed_and_taken_out_in_a_browser(visitor: Any) -> None:
    yesterday = (dt.date.today() - dt.timedelta(2)).isoformat()
    visitor.goto(f"/days/{yesterday}")
    visitor.get_by_role("link", name="A note").click()
    visitor.get_by_label("A note, only for you").fill("rain all day \U0001f327 שלום")
    visitor.get_by_role("button", name="Save").click()
    assert "rain all day \U0001f327 שלום" in visitor.locator("main").inner_text()
    visitor.get_by_role("button", name="Take out").click()
    visitor.get_by_role("button", name="Put it back").click()
    visitor.get_by_role("link", name="Change").click()
    visitor.get_by_label("A note, only for you").fill("sun")
    visitor.get_by_role("button", name="Save").click()
    visitor.get_by_role("link", name="History").click()
    visitor.wait_for_url("**/history")
    assert visitor.get_by_role("button", name="Let this hold again").count() == 2


def test_an_unknown_day_has_a_dashed_ring_and_pictures_have_colours(visitor: Any) -> None:
    visitor.goto("/days")
    ring = visitor.locator(".dayrow.unknown .mark.unknown").first
    assert ring.evaluate("one => getComputedStyle(one).borderTopStyle") == "dashed"
    cell = visitor.locator("svg .f-sunk, svg .s-unknown").first
    painted = cell.evaluate("one => getComputedStyle(one).fill + getComputedStyle(one).stroke")
    assert "rgb(0, 0, 0)" not in painted


def test_the_days_work_without_scripts(browser: Any, server: Server) -> None:
    from .conftest import unlock

    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    page = context.new_page()
    unlock(page, server)
    day = (dt.date.today() - dt.timedelta(3)).isoformat()
    page.goto("/days")
    page.get_by_label("Go to a day").fill(day)
    page.get_by_role("button", name="Show it").click()
    assert page.url.endswith(f"/days/{day}")
    page.get_by_role("button", name="No headache on this day").click()
    assert "You wrote that there was no headache" in page.locator("main").inner_text()
    context.close()
