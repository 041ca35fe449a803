"""The evening check-in, the week, the chosen factors and the profile, as the person uses them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from web_visit import Home, Visitor, readable

TODAY, YESTERDAY = "2026-11-22", "2026-11-21"
ALL = f"/evening/{TODAY}"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("evening") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def visitor(home: Home) -> Visitor:
    return home.someone()


# What is answered, and what the diary then holds of it.
ANSWERS = (
    ({"headache": "none"}, "free_day", [{"day": TODAY}]),
    ({"headache": "had"}, "attack", [{"onset": {"day": TODAY}}]),
    ({"headache": "unsure"}, "free_day", []),
    ({"mood": "0"}, "mood_note", [{"item": "mood", "level": 0, "span": {"low": 0, "high": 10},
      "better": "high", "when": {"day": TODAY, "time": "12:30:00", "offset_minutes": 0}}]),
    ({"mood": ""}, "mood_note", []),
    ({"night": "0"}, "sleep", [{"day": TODAY, "quality": 0, "quality_span": {"low": 0, "high": 2}}]),
    ({"hours": "7,5"}, "sleep", [{"day": TODAY, "duration": 7.5}]),
    ({"energy": "10"}, "energy", [{"day": TODAY, "level": 10, "span": {"low": 0, "high": 10}}]),
    ({"stress": "4"}, "stress", [{"day": TODAY, "level": 4, "span": {"low": 0, "high": 10}}]),
    ({"took": "none"}, "dose", []),
    ({"other": "ibuprofen"}, "dose",
     [{"when": {"day": TODAY}, "name": "ibuprofen", "purpose": "acute"}]),
    ({"line": "soup", "gut": "upset"}, "food", [{"day": TODAY, "line": "soup", "gut": "upset"}]),
    ({"note": "rain all day 🌧"}, "note", [{"day": TODAY, "text": "rain all day 🌧"}]),
    ({"note": "صداع منذ الصباح"}, "note", [{"day": TODAY, "text": "صداع منذ الصباح"}]),
    ({"note": "<script>alert(1)</script>"}, "note",
     [{"day": TODAY, "text": "<script>alert(1)</script>"}]),
)  # fmt: skip


@pytest.mark.parametrize(("answer", "kind", "kept"), ANSWERS)
def test_an_answer_is_kept_as_it_was_given(visitor, answer, kind, kept) -> None:
    assert visitor.fill("/evening/all", ALL, **answer) == "/evening/kept"
    assert visitor.bodies(kind) == kept


# What is answered, and which questions count as asked; a skipped one never does.
ASKED = (
    ({}, []),
    ({"headache": "unsure"}, ["headache"]),
    ({"headache": "none", "mood": ""}, ["headache"]),
    ({"took": "none"}, ["medicine"]),
    ({"other": "ibuprofen", "mood": "3"}, ["mood", "medicine"]),
    ({"near": "unsure"}, ["near"]),
)


@pytest.mark.parametrize(("answer", "asked"), ASKED)
def test_a_question_that_was_skipped_does_not_count_as_asked(visitor, answer, asked) -> None:
    visitor.fill("/evening/all", ALL, **answer)
    [check_in] = visitor.bodies("check_in")
    assert check_in["asked"] == asked


def test_done_for_today_works_with_nothing_answered_and_the_day_stays_unknown(visitor) -> None:
    assert visitor.fill("/evening/all", ALL) == "/evening/kept"
    diary = visitor.store.diary(visitor.person, today=dt.date(2026, 11, 22))
    assert diary.attested_days == (dt.date(2026, 11, 22),)
    assert (diary.free_days, diary.mood_notes, diary.asked_acute_days) == ((), (), ())


def test_no_answer_is_chosen_before_the_person_chose_it(visitor) -> None:
    for path in ("/evening", "/evening/2026-11-20", "/week", "/profile", "/scales/phq9"):
        assert not re.findall(r"<input[^>]*\bchecked", visitor.get(path)), path


def test_the_same_form_sent_twice_writes_each_answer_once(visitor) -> None:
    form = visitor.sheet("/evening/all") | {"headache": "none", "mood": "4", "note": "a walk"}
    visitor.post(ALL, **form)
    visitor.later(minutes=3)
    assert visitor.post(ALL, **form) == "/evening/kept"
    assert [one.versions for one in visitor.entries("free_day", "mood_note", "note")] == [1, 1, 1]


def test_saving_again_edits_and_a_skipped_answer_is_unknown_again(visitor) -> None:
    visitor.fill("/evening/all", ALL, mood="4", note="a walk")
    visitor.fill("/evening/all", ALL, mood="", note="a long walk")
    assert visitor.bodies("mood_note") == []
    [note] = visitor.entries("note")
    assert (note.body["text"], note.versions) == ("a long walk", 2)


def test_a_form_shows_what_was_answered_before(visitor) -> None:
    visitor.fill("/evening/all", ALL, headache="unsure", mood="7", took="none", note="bees")
    page = visitor.get("/evening/all")
    for shown in ('name="headache" value="unsure" checked', 'name="mood" value="7" checked',
                  'name="took" value="none" checked', ">bees</textarea>"):  # fmt: skip
        assert shown in page


def test_a_second_device_that_had_not_seen_an_answer_does_not_overwrite_it(visitor) -> None:
    stale = visitor.sheet("/evening/all")
    visitor.fill("/evening/all", ALL, mood="4")
    assert visitor.post(ALL, **stale, mood="9") == "/conflicts"
    assert [one["level"] for one in visitor.bodies("mood_note")] == [4]
    apart = [one.other.body["level"] for one in visitor.store.conflicts(visitor.person)
             if one.entry.kind == "mood_note"]  # fmt: skip
    assert apart == [9]


def test_a_headache_that_is_written_down_is_not_asked_about_nor_denied(visitor) -> None:
    visitor.fill("/evening/all", ALL, headache="had")
    page = visitor.get("/evening/all")
    assert "1 headache is written down for this day." in readable(page)
    assert 'name="headache"' not in page
    says = visitor.refused(ALL, shown="headache", headache="none", mood="3")
    assert "A headache is written down for this day already." in says
    assert visitor.bodies("free_day") == []


def test_a_free_day_becomes_a_headache_day_when_the_person_says_so(visitor) -> None:
    visitor.fill("/evening/all", ALL, headache="none")
    visitor.fill("/evening/all", ALL, headache="had")
    assert visitor.bodies("free_day") == []
    assert len(visitor.bodies("attack")) == 1


def test_yesterday_is_asked_about_once(visitor) -> None:
    visitor.fill("/evening/2026-11-19", "/evening/2026-11-19", mood="5")
    assert "Headache yesterday?" in visitor.get("/evening")
    visitor.fill("/evening", ALL, mood="5")
    assert "Headache yesterday?" not in visitor.get("/evening")


GAPS = (
    ("none", [{"day": YESTERDAY}], []),
    ("had", [], [{"onset": {"day": YESTERDAY}}]),
    ("unsure", [], []),
)


@pytest.mark.parametrize(("choice", "free", "attacks"), GAPS)
def test_what_is_said_about_yesterday_is_kept_for_yesterday(visitor, choice, free, attacks) -> None:
    visitor.fill("/evening/2026-11-19", "/evening/2026-11-19", mood="5")
    visitor.fill("/evening", ALL, yesterday=choice)
    assert (visitor.bodies("free_day"), visitor.bodies("attack")) == (free, attacks)
    told = {one["day"]: one["asked"] for one in visitor.bodies("check_in")}
    assert told[YESTERDAY] == ["headache"]


def test_a_diary_that_begins_today_has_no_gap(visitor) -> None:
    assert "Headache yesterday?" not in visitor.get("/evening")


def test_bleeding_is_asked_about_only_when_the_person_wants_it(visitor) -> None:
    assert "Menstrual bleeding" not in visitor.get("/evening")
    visitor.post("/settings", cycle="yes")
    visitor.fill("/evening", ALL, bleeding="no")
    assert visitor.bodies("cycle") == [{"day": TODAY, "bleeding": False}]


def test_the_short_evening_is_one_tap_and_leaves_the_rest_as_it_was(visitor) -> None:
    visitor.fill("/evening/all", ALL, headache="none", note="a walk")
    visitor.post("/settings", evening="low")
    assert "One tap is enough today." in visitor.get("/evening")
    visitor.fill("/evening", ALL, mood="2")
    assert [one["level"] for one in visitor.bodies("mood_note")] == [2]
    assert len(visitor.bodies("free_day", "note")) == 2
    [check_in] = visitor.bodies("check_in")
    assert (check_in["how"], check_in["asked"]) == ("low", ["headache", "mood", "note"])


# What is wrong, and what the page says; nothing is kept, and nothing that was written is lost.
REFUSED = (
    ({"mood": "11"}, "11 does not lie between 0 and 10."),
    ({"hours": "25"}, "25 does not lie between 0 and 24."),
    ({"hours": "nan"}, "does not lie between"),
    ({"note": "x" * 10_001}, "10,001 characters long"),
    ({"took": ["none"], "other": "ibuprofen"}, "are both chosen"),
    ({"near": "maybe"}, "Please choose one of the answers that are shown."),
    ({"seen": "not an id"}, "Please open it again."),
)


@pytest.mark.parametrize(("answer", "says"), REFUSED)
def test_what_cannot_be_taken_is_said_and_nothing_is_lost(visitor, answer, says) -> None:
    form = visitor.sheet("/evening/all") | {"line": "my soup", **answer}
    page = visitor.client.post(ALL, data=form)
    assert page.status_code == 422
    assert says in readable(page.text)
    assert 'value="my soup"' in page.text
    assert visitor.bodies("check_in", "food") == []


@pytest.mark.parametrize(
    "day", ["1890-01-01", "2090-01-01", "2026-11-23", "2026-13-01", "x", "20261122", "2026-W47-7"]
)
def test_a_day_that_cannot_be_written_about_has_no_page(visitor, day) -> None:
    assert visitor.client.get(f"/evening/{day}").status_code == 404
    assert visitor.client.post(f"/evening/{day}", data={"mood": "3"}).status_code == 404
    assert visitor.client.get(f"/week/{day}").status_code == 404


def test_medicines_of_the_list_are_offered_and_kept_with_their_usual_amount(visitor) -> None:
    body = {"name": "sumatriptan", "purpose": "acute", "amount": {"value": 50, "unit": "mg"},
            "count": None, "is_active": True}  # fmt: skip
    _put(visitor, "medicine", body)
    [medicine] = visitor.entries("medicine")
    visitor.fill("/evening", ALL, took=medicine.id)
    assert visitor.bodies("dose") == [
        {"when": {"day": TODAY}, "name": "sumatriptan", "purpose": "acute",
         "amount": {"value": 50, "unit": "mg"}}
    ]  # fmt: skip
    visitor.fill("/evening", ALL, took="none")
    assert visitor.bodies("dose") == []


def _put(visitor: Visitor, kind: str, body: dict) -> None:
    import uuid

    from twofold.store.entry import Change

    change = Change(str(uuid.uuid4()), str(uuid.uuid4()), kind, body, visitor.now)
    visitor.store.write(visitor.person, [change], received=visitor.now)


# --- words


def test_words_of_self_harm_open_the_help_page_at_once_and_the_note_is_kept(visitor) -> None:
    assert visitor.fill("/evening", ALL, note="I want to die") == "/help"
    assert visitor.bodies("note") == [{"day": TODAY, "text": "I want to die"}]
    assert "We noticed words in what you wrote." in visitor.get("/help")
    assert visitor.fill("/evening", ALL, note="I want to die", mood="3") == "/evening/kept"


# --- the week


def test_a_week_is_kept_as_a_week_and_its_mood_is_never_a_day_s_mood(visitor) -> None:
    visitor.post("/settings", evening="week")
    assert visitor.client.get("/evening").headers["location"] == "/week"
    answers = {"day-2026-11-16": "none", "day-2026-11-17": "had", "day-2026-11-18": "unsure"}
    form = visitor.sheet("/week") | answers | {"mood": "4"}
    assert visitor.post("/week/2026-11-16", **form) == "/week/2026-11-16"
    assert visitor.bodies("week") == [
        {"day": "2026-11-16", "first": "2026-11-16", "last": TODAY, "mood": 4,
         "energy": None, "stress": None, "sleep": None, "note": None}
    ]  # fmt: skip
    diary = visitor.store.diary(visitor.person, today=dt.date(2026, 11, 22))
    assert diary.mood_notes == ()
    assert [str(one.day) for one in diary.free_days] == ["2026-11-16"]
    assert [str(one.onset.day) for one in diary.attacks] == ["2026-11-17"]
    assert [str(day) for day in diary.attested_days] == ["2026-11-16", "2026-11-17", "2026-11-18"]


def test_a_week_says_what_it_cannot_show(visitor) -> None:
    assert "It cannot show what came the day before a headache" in readable(visitor.get("/week"))


def test_a_week_does_not_ask_about_days_that_have_not_come(visitor) -> None:
    visitor.now = dt.datetime(2026, 11, 18, 20, 0, tzinfo=dt.UTC)
    visitor.sign_in()
    page = visitor.get("/week")
    assert 'name="day-2026-11-18"' in page
    assert 'name="day-2026-11-19"' not in page


# --- factors and profile


def test_chosen_factors_are_asked_in_the_evening_and_linked_to_what_studies_say(visitor) -> None:
    form = {"factor": ["meal_skipped", "neck_pain"], "kind-meal_skipped": "yes_no",
            "kind-neck_pain": "rating", "own-0": "  cold   feet ", "own-kind-0": "count"}  # fmt: skip
    assert visitor.post("/factors", **form) == "/evening/all"
    names = _factor_fields(visitor)
    answers = {names["a skipped meal"]: "yes", names["neck pain"]: "6", names["cold feet"]: "2"}
    visitor.fill("/evening", ALL, **answers)
    kept = {one["name"]: one for one in visitor.bodies("factor")}
    day = {"when": {"day": TODAY}}
    assert kept == {
        "a skipped meal": {**day, "name": "a skipped meal", "level": 1, "claim": "meal_skipped"},
        "neck pain": {**day, "name": "neck pain", "level": 6, "unit": "of 10",
                      "claim": "neck_pain"},
        "cold feet": {**day, "name": "cold feet", "level": 2, "unit": "count"},
    }  # fmt: skip


def _factor_fields(visitor: Visitor) -> dict[str, str]:
    from twofold.app.web.own_factors import Chosen

    [choice] = visitor.bodies("factor_choice")
    return {one["name"]: Chosen(one["name"], one["kind"]).field for one in choice["factors"]}


def test_more_than_twelve_factors_are_refused_and_the_choice_is_not_lost(visitor) -> None:
    from twofold.app.web.factors import offered

    ids = [one.id for one in offered()][:13]
    page = visitor.client.post("/factors", data={"factor": ids})
    assert page.status_code == 422
    assert "13 are chosen; 12 fit at a time." in readable(page.text)
    assert page.text.count("checked") == 13
    assert visitor.bodies("factor_choice") == []


def test_factors_are_never_called_triggers_and_signs_are_told_calmly(visitor) -> None:
    told = readable(visitor.get("/factors"))
    assert "trigger" not in told.casefold()
    assert "Some of these can be the beginning of a headache." in told
    assert "No need to avoid them." in told


def test_a_factor_without_a_study_says_so(visitor) -> None:
    assert "We found no study of it." in readable(visitor.get("/factors"))


def test_the_profile_is_kept_as_the_case_and_told_in_its_own_words(visitor) -> None:
    answers = {"age": "34", "sex": "female", "intensity": "severe", "nausea": "yes",
               "sleep_irregular": "yes"}  # fmt: skip
    assert visitor.fill("/profile", "/profile", **answers) == "/profile"
    assert visitor.bodies("case") == [
        {"answers": {"age": 34.0, "sex": "female", "intensity": "severe", "nausea": True,
                     "sleep_irregular": True}}
    ]  # fmt: skip
    told = readable(visitor.get("/profile"))
    assert "Your profile, from 5 of 25 answers. It is not a diagnosis." in told
    assert "From your profile" in readable(visitor.get("/factors"))


def test_a_question_about_periods_is_not_asked_of_a_man(visitor) -> None:
    visitor.fill("/profile", "/profile", sex="male")
    assert "attacks_with_period" not in visitor.get("/profile/questions")


def test_the_suicide_question_of_the_profile_opens_the_help_page_first(visitor) -> None:
    assert visitor.fill("/profile", "/profile", item9="2", nausea="yes") == "/help"
    assert visitor.bodies("case") == [{"answers": {"item9": 2, "nausea": True}}]
    told = readable(visitor.get("/profile"))
    assert "The help page comes first." in told
    assert "pattern" not in told


def test_an_answer_that_does_not_fit_is_refused_and_the_rest_is_not_lost(visitor) -> None:
    form = visitor.sheet("/profile") | {"age": "300", "nausea": "yes"}
    page = visitor.client.post("/profile", data=form)
    assert page.status_code == 422
    assert 'name="nausea" value="yes" checked' in page.text
    assert visitor.bodies("case") == []
