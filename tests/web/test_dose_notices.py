"""What a medicine meets that was written down by any door: said on the next page, never in the way."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from web_visit import Home, Visitor, readable

from twofold.diary.diary import Diary
from twofold.diary.medication import Course, Dose
from twofold.intake import native
from twofold.units import When

from .test_sync import go_over, made

TODAY, YESTERDAY = "2026-11-22", "2026-11-21"
LABEL = "contraindicated. The label says these must not be combined."
SERIOUS = "serious. Ask your prescriber or pharmacist before the next dose."
UNKNOWN = "This name is not in our tables."
AT = {"day": TODAY, "time": "12:00:00", "offset_minutes": 0}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("meets") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Visitor:
    return home.someone()


def takes(you: Visitor, name: str, purpose: str = "preventive", **more: str) -> str:
    """Put a medicine into the list, and say that what was shown was seen; return its id."""
    check = you.fill("/medicines/add", "/medicines/add", name=name, purpose=purpose, **more)
    if check.endswith("/check") and you.client.get(check).status_code == 200:
        you.post(check.replace("/check", "/seen"))
    return check.split("/")[2]


def an_attack(you: Visitor) -> str:
    return you.fill("/", "/attack")


def took(you: Visitor, name: str) -> str:
    """Type a medicine in an attack, and return the page that follows."""
    return you.get(you.post(f"{an_attack(you)}/dose", other=name))


def told(page: str) -> str:
    """Return what the page says about a medicine that was written down; empty: nothing."""
    found = re.search(r'<section class="card said[^>]*About a medicine.*?</section>', page, re.S)
    return readable(found[0]) if found else ""


def say_seen(you: Visitor, page: str) -> None:
    assert you.post("/medicines/told", dose=re.findall(r'name="dose" value="(.*?)"', page)) == "/"


# --- every door


def in_an_attack(you: Visitor, name: str) -> str:
    return you.post(f"{an_attack(you)}/dose", other=name)


def in_the_evening(you: Visitor, name: str) -> str:
    return you.post(f"/evening/{TODAY}", shown="medicine", other=name)


def on_an_earlier_evening(you: Visitor, name: str) -> str:
    return you.post(f"/evening/{YESTERDAY}", shown="medicine", other=name)


def on_an_earlier_day(you: Visitor, name: str) -> str:
    form = f"/days/{YESTERDAY}/add/dose"
    return you.post(form, entry=str(uuid.uuid4()), dose_day=YESTERDAY, name=name)


def in_a_correction_of_a_day(you: Visitor, name: str) -> str:
    on_an_earlier_day(you, "vitamin x")
    (dose,) = you.entries("dose")
    return you.post(f"/days/entry/{dose.id}", dose_day=YESTERDAY, name=name, base=dose.head)


def in_a_correction_of_a_dose(you: Visitor, name: str) -> str:
    on_an_earlier_day(you, "vitamin x")
    (dose,) = you.entries("dose")
    return you.post(f"/medicines/doses/{dose.id}", day=YESTERDAY, name=name, base=dose.head)


def from_a_phone(you: Visitor, name: str) -> str:
    assert go_over(you, made("dose", {"when": AT, "name": name, "purpose": "acute"})) == ["kept"]
    return "/"


DOORS: list[Callable[[Visitor, str], str]] = [
    in_an_attack,
    in_the_evening,
    on_an_earlier_evening,
    on_an_earlier_day,
    in_a_correction_of_a_day,
    in_a_correction_of_a_dose,
    from_a_phone,
]
TYPED = [in_an_attack, in_the_evening, on_an_earlier_day, from_a_phone]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_what_a_label_forbids_is_said_on_the_page_that_follows_any_door(
    you: Visitor, door: Callable[[Visitor, str], str]
) -> None:
    takes(you, "phenelzine")
    page = you.get(door(you, "rizatriptan 10 mg"))
    assert f"rizatriptan and phenelzine: {LABEL}" in told(page)
    assert "Urgent help if: chest, jaw or arm pressure" in told(page)
    assert "/medicines/told" in page, "the whole text is one tap away"
    assert [one["name"] for one in you.bodies("dose")] == ["rizatriptan 10 mg"], "kept as written"


@pytest.mark.parametrize("door", TYPED, ids=lambda door: door.__name__)
def test_a_name_that_no_table_holds_is_said_to_be_unknown_and_never_guessed(
    you: Visitor, door: Callable[[Visitor, str], str]
) -> None:
    takes(you, "phenelzine")
    page = told(you.get(door(you, "rizatripan")))
    assert f"rizatripan : {UNKNOWN}" in page
    assert "Names like it that our tables hold: rizatriptan" in page
    assert "contraindicated" not in page
    assert [one["name"] for one in you.bodies("dose")] == ["rizatripan"]


@pytest.mark.parametrize("door", TYPED, ids=lambda door: door.__name__)
def test_a_dose_that_meets_nothing_says_nothing(
    you: Visitor, door: Callable[[Visitor, str], str]
) -> None:
    takes(you, "metoprolol")
    assert told(you.get(door(you, "sumatriptan"))) == ""


def test_a_minor_pair_never_interrupts(you: Visitor) -> None:
    takes(you, "sertraline")
    assert told(took(you, "sumatriptan")) == ""
    (dose,) = you.entries("dose")
    whole = readable(you.get(f"/medicines/doses/{dose.id}"))
    assert "Often used together." in whole, "it stands on the dose's own page"


def test_a_medicine_of_the_list_is_said_too(you: Visitor) -> None:
    takes(you, "sertraline")
    tramadol = takes(you, "tramadol", "as_needed")
    here = an_attack(you)
    assert SERIOUS in told(you.get(you.post(f"{here}/dose", medicine=tramadol)))
    ticked = you.post(f"/evening/{TODAY}", shown="medicine", took=tramadol)
    assert SERIOUS in told(you.get(ticked))
    own = you.post(f"/medicines/{tramadol}/dose", entry=str(uuid.uuid4()), day=TODAY)
    page = readable(you.get(own))
    assert "Ask your prescriber or pharmacist before the next dose." in page and "Source:" in page


def test_a_medicine_that_was_only_taken_is_met_within_its_window(you: Visitor) -> None:
    here = an_attack(you)
    assert told(you.get(you.post(f"{here}/dose", other="DHE"))) == ""
    you.later(hours=10)
    assert f"dihydroergotamine and sumatriptan: {LABEL}" in told(
        you.get(you.post(f"{here}/dose", other="sumatriptan"))
    )


def test_a_medicine_that_was_taken_a_day_before_is_out_of_its_window(you: Visitor) -> None:
    here = an_attack(you)
    you.post(f"{here}/dose", other="DHE")
    you.later(hours=25)
    assert told(you.get(you.post(f"{here}/dose", other="sumatriptan"))) == ""


def test_a_medicine_that_was_stopped_is_met_until_its_wash_out_is_over(you: Visitor) -> None:
    phenelzine = takes(you, "phenelzine")
    you.post(f"/medicines/{phenelzine}/stop", stopped=TODAY)
    you.later(days=13)
    assert LABEL in told(took(you, "rizatriptan"))
    you.later(days=30)
    say_seen(you, you.get("/"))
    assert told(took(you, "rizatriptan")) == ""


# --- seen, and told again


def test_it_stands_on_every_page_until_it_was_seen(you: Visitor) -> None:
    takes(you, "phenelzine")
    page = took(you, "rizatriptan")
    for path in ("/", "/medicines", "/days", "/evening/all", "/settings"):
        assert LABEL in told(you.get(path)), path
    say_seen(you, page)
    for path in ("/", "/medicines", "/days"):
        assert told(you.get(path)) == "", path


@pytest.mark.parametrize(
    ("other", "dose", "says"),
    [("phenelzine", "rizatriptan", LABEL), ("sertraline", "tramadol", SERIOUS)],
)
def test_what_is_above_moderate_is_said_at_every_intake_also_when_it_was_seen(
    you: Visitor, other: str, dose: str, says: str
) -> None:
    takes(you, other)
    here = an_attack(you)
    for _ in range(3):
        page = you.get(you.post(f"{here}/dose", other=dose))
        assert says in told(page)
        say_seen(you, page)
        assert told(you.get(here)) == ""
        you.later(hours=30)


def test_a_serious_pair_stands_in_a_line_before_every_dose_although_it_was_seen(
    you: Visitor,
) -> None:
    takes(you, "sertraline")
    tramadol = takes(you, "tramadol", "acute")
    for path in (f"{an_attack(you)}/medicine", f"/medicines/{tramadol}/dose", "/medicines"):
        page = readable(you.get(path))
        assert f"tramadol and sertraline: {SERIOUS}" in page or (
            f"sertraline and tramadol: {SERIOUS}" in page
        ), path
        assert "Source:" not in page, "the whole text is one tap away"
    whole = readable(you.get(f"/medicines/{tramadol}"))
    assert "These act on serotonin." in whole and "Source:" in whole


def test_a_moderate_pair_falls_quiet_once_it_was_seen_and_speaks_again_after_180_days(
    you: Visitor,
) -> None:
    takes(you, "sertraline")
    page = took(you, "ibuprofen")
    assert "moderate. Worth asking your prescriber or pharmacist" in told(page)
    say_seen(you, page)
    you.later(days=1)
    assert told(took(you, "ibuprofen")) == ""
    assert told(took(you, "naproxen")) != "", "another pair"
    you.later(days=181)
    you.sign_in()
    assert "ibuprofen" in told(took(you, "ibuprofen"))


def test_an_unknown_name_is_said_once_and_not_at_every_dose(you: Visitor) -> None:
    page = took(you, "my own drops")
    assert UNKNOWN in told(page)
    say_seen(you, page)
    assert told(took(you, "My own  drops")) == ""


def test_a_word_for_a_kind_of_medicine_asks_which_one(you: Visitor) -> None:
    assert "does not name one medicine. Which one is it?" in told(took(you, "painkiller"))


def test_seen_is_only_what_the_page_had_shown(you: Visitor) -> None:
    takes(you, "phenelzine")
    page = took(you, "my own drops")
    took(you, "rizatriptan")
    say_seen(you, page)
    after = told(you.get("/"))
    assert LABEL in after and UNKNOWN not in after


SENT: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no id": {"dose": "x"},
    "an id of nobody": {"dose": str(uuid.UUID(int=7))},
    "too many": {"dose": ["'"] * 99},
}


@pytest.mark.parametrize("case", SENT)
def test_a_form_that_shows_nothing_changes_nothing(you: Visitor, case: str) -> None:
    sent = SENT[case]
    takes(you, "phenelzine")
    took(you, "rizatriptan")
    before = you.bodies("setting")
    assert you.post("/medicines/told", **sent) == "/"
    assert you.bodies("setting") == before


def test_a_double_tap_is_told_once_and_not_again_after_it_was_seen(you: Visitor) -> None:
    takes(you, "phenelzine")
    here, once = an_attack(you), str(uuid.uuid4())
    page = you.get(you.post(f"{here}/dose", other="rizatriptan", once=once))
    assert told(page).count("contraindicated") == 1
    say_seen(you, page)
    assert told(you.get(you.post(f"{here}/dose", other="rizatriptan", once=once))) == ""
    assert len(you.entries("dose")) == 1


def test_a_dose_that_is_taken_out_is_told_no_more(you: Visitor) -> None:
    takes(you, "phenelzine")
    page = took(you, "rizatriptan")
    assert LABEL in told(page)
    (dose,) = you.entries("dose")
    you.post(f"/attack/undo/{dose.id}/out")
    assert told(you.get("/")) == ""


def test_a_corrected_name_is_told_in_place_of_the_first(you: Visitor) -> None:
    takes(you, "phenelzine")
    took(you, "rizatripan")
    (dose,) = you.entries("dose")
    form = {"day": TODAY, "time": "12:30", "base": dose.head}
    you.post(f"/medicines/doses/{dose.id}", name="rizatriptan", **form)
    page = told(you.get("/"))
    assert LABEL in page and UNKNOWN not in page


def test_how_a_dose_helped_is_no_new_intake(you: Visitor) -> None:
    takes(you, "phenelzine")
    page = took(you, "rizatriptan")
    say_seen(you, page)
    (dose,) = you.entries("dose")
    form = {"name": "rizatriptan", "day": TODAY, "time": "12:30", "base": dose.head}
    you.post(f"/medicines/doses/{dose.id}", relief="some", **form)
    you.post(f"/evening/{TODAY}", shown="mood", mood="3")
    assert told(you.get("/")) == ""


# --- from a phone, and the whole text


def test_a_phone_is_answered_that_there_is_something_to_tell(you: Visitor) -> None:
    from .test_sync import sealed, send

    takes(you, "phenelzine")
    harmless = made("dose", {"when": AT, "name": "metoclopramide", "purpose": "acute"})
    assert send(you, sealed(you, harmless))["tell"] is False
    one = sealed(you, made("dose", {"when": AT, "name": "rizatriptan", "purpose": "acute"}))
    assert send(you, one)["tell"] is True
    page = you.get("/")
    assert LABEL in told(page)
    say_seen(you, page)
    assert send(you, one)["done"][0]["outcome"] == "known"
    assert told(you.get("/")) == "", "sent again, it is not told again"


def test_doses_that_come_over_together_meet_each_other_in_any_order(you: Visitor) -> None:
    early = made("dose", {"when": {**AT, "time": "06:00:00"}, "name": "DHE"})
    late = made("dose", {"when": AT, "name": "sumatriptan"})
    go_over(you, late, early)
    assert f"dihydroergotamine and sumatriptan: {LABEL}" in told(you.get("/"))


def test_a_dose_with_a_doubtful_clock_is_held_at_the_moment_that_is_kept(you: Visitor) -> None:
    took(you, "DHE")
    old = made("dose", {"when": {**AT, "day": "1970-01-01"}, "name": "sumatriptan"})
    go_over(you, {**old, "at": "1970-01-01T00:00:00+00:00"})
    assert LABEL in told(you.get("/"))


def test_without_a_connection_the_page_says_that_it_cannot_check_now(you: Visitor) -> None:
    page = readable(you.get("/offline"))
    assert "It cannot check now whether a medicine goes badly with your others." in page


def test_the_whole_text_stands_with_its_source_on_a_page_of_its_own_and_on_that_of_the_dose(
    you: Visitor,
) -> None:
    takes(you, "phenelzine")
    took(you, "rizatriptan, my drops")
    (dose,) = you.entries("dose")
    for path in ("/medicines/told", f"/medicines/doses/{dose.id}"):
        page = readable(you.get(path))
        assert "These medicines slow the breakdown of the triptan." in page, path
        assert "Source:" in page and "I have seen it" in page
        assert f"my drops : {UNKNOWN}" in page
    say_seen(you, you.get("/medicines/told"))
    assert "Nothing waits to be read here." in readable(you.get("/medicines/told"))
    page = readable(you.get(f"/medicines/doses/{dose.id}"))
    assert "breakdown of the triptan" in page and "I have seen it" not in page


def test_the_page_for_help_shows_no_medicine_before_its_numbers(you: Visitor) -> None:
    takes(you, "phenelzine")
    took(you, "rizatriptan")
    assert told(you.get("/help")) == ""


def test_words_of_self_harm_lead_to_help_and_the_medicine_is_told_after(you: Visitor) -> None:
    takes(you, "phenelzine")
    answers = {"shown": ["medicine", "note"], "other": "rizatriptan", "note": "I want to die"}
    assert you.post(f"/evening/{TODAY}", **answers) == "/help"
    assert LABEL in told(you.get("/medicines"))


HOSTILE = {
    "letters of a script": "<script>alert(1)</script>",
    "right to left": "\u202edrops\u202c قطرات",
    "an emoji": "💊😀",
    "braces": "{{7*7}}%(n)s",
    "commas": ", , ;,",
    "many parts": "a, " * 39,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_any_name_can_be_told_and_stays_text(you: Visitor, case: str) -> None:
    page = took(you, HOSTILE[case])
    assert "<script>alert" not in page and UNKNOWN in told(page)
    assert len(you.entries("dose")) == 1
    assert you.client.get("/medicines/told").status_code == 200


def test_what_is_kept_and_is_no_notice_is_left_out(you: Visitor) -> None:
    from twofold.app.web.gate import Visit

    person = you.store.person(you.person)
    assert person is not None
    visit = Visit(you.store, person, you.now, "UTC")
    for value in ("x", {"a": 1}, [1, None, {"dose": 3}, {"dose": "x", "lines": "y"}]):
        visit.set("medicines_to_tell", value)
        assert told(you.get("/")) == ""


def test_a_dose_of_long_ago_is_held_against_its_own_days(you: Visitor) -> None:
    takes(you, "phenelzine", start="2026-11-01")
    takes(you, "diazepam", "as_needed")
    day = (dt.date(2026, 11, 22) - dt.timedelta(400)).isoformat()
    for name in ("rizatriptan", "codeine"):
        an = {"entry": str(uuid.uuid4()), "dose_day": day, "name": name}
        you.post(f"/days/{day}/add/dose", **an)
        assert told(you.get("/")) == "", "nobody knows what was taken then"
    an = {"entry": str(uuid.uuid4()), "dose_day": day, "name": "sumatriptan"}
    you.post(f"/days/{day}/add/dose", **an)
    assert f"rizatriptan and sumatriptan: {LABEL}" in told(you.get("/"))


def test_a_course_that_began_nobody_knows_when_counts_on_earlier_days(you: Visitor) -> None:
    takes(you, "phenelzine")
    you.post(f"/evening/{YESTERDAY}", shown="medicine", other="rizatriptan")
    assert LABEL in told(you.get("/"))


def test_what_came_with_a_file_is_told_and_is_met_by_what_is_taken_later(you: Visitor) -> None:
    takes(you, "sertraline")
    day = dt.date(2026, 11, 22)
    old = Dose(When(day - dt.timedelta(90)), "rizatriptan")
    phenelzine = Course("phenelzine", day - dt.timedelta(90))
    brought = Diary("you", day - dt.timedelta(90), day, doses=(old,), courses=(phenelzine,))
    sent = {"files": ("mine.json", native.dump(brought).encode())}
    page = you.client.post("/data/add", files=sent).text
    token = re.search(r'name="token" value="(.*?)"', page)
    assert token is not None, readable(page)
    after = you.get(you.post("/data/add/yes", token=token[1]).split("#")[0])
    assert "phenelzine and sertraline: contraindicated." in told(after)
    assert "rizatriptan" not in told(after), "a dose of long ago is no news"
    whole = you.get("/medicines/told")
    assert "Source:" in whole and "/medicines/courses/" in whole
    say_seen(you, whole)
    assert told(you.get("/")) == ""
    assert f"rizatriptan and phenelzine: {LABEL}" in told(took(you, "rizatriptan"))
