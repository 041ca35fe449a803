"""What the person takes, page by page: nothing is suggested, nothing is lost, nothing is guessed."""

from __future__ import annotations

import datetime as dt
import html
import re
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web.conftest import PASSPHRASE, Server, unlock

if TYPE_CHECKING:
    import httpx

TODAY = dt.datetime.now(dt.UTC).date()
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
STRANGE = [
    HOSTILE,
    "💊😀 drops",
    "\u202edrops of the sea\u202c",
    "قطرات البحر",
    "x" * 120,
    "Ø-Tropfen’s",
]


@pytest.fixture(scope="module")
def person(server: Server) -> Iterator[httpx.Client]:
    """Someone who is signed in, without a script."""
    import httpx

    headers = {"origin": server.url, "sec-fetch-site": "same-origin"}
    with httpx.Client(
        base_url=server.url, headers=headers, follow_redirects=True, timeout=60
    ) as client:
        client.cookies.set("zone", "UTC")
        client.post("/open", data={"passphrase": PASSPHRASE})
        yield client


@pytest.fixture(autouse=True)
def empty_list(request: pytest.FixtureRequest) -> None:
    """Each test begins with an empty list of medicines."""
    person: httpx.Client = request.getfixturevalue("person")
    for name in listed(person):
        person.post(f"/medicines/{name}/out")


def listed(person: httpx.Client) -> list[str]:
    told = person.get("/medicines").text
    return list(dict.fromkeys(re.findall(rf'href="/medicines/({ID})"', told)))


ID = "[0-9a-f]{8}-[0-9a-f-]{27}"


def words(answer: httpx.Response) -> str:
    """Return what stands on a page, as one line of plain text."""
    found = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert found is not None, answer.text[:500]
    bare = re.sub(r"<datalist.*?</datalist>|<[^>]+>", " ", found[0], flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


def add(person: httpx.Client, name: str, purpose: str = "acute", **more: str) -> httpx.Response:
    answers = {"entry": str(uuid.uuid4()), "name": name, "purpose": purpose, **more}
    return person.post("/medicines/add", data=answers)


def page_of(answer: httpx.Response) -> str:
    """Return the address of the medicine that an answer is about."""
    assert answer.status_code == 200, words(answer)
    return re.sub(r"/check$", "", answer.url.path)


# What the person reads who adds a medicine: before going on, or only on its page.
ADDING = [
    (["sumatriptan"], "sertraline", "page", "Often used together."),
    (
        ["sertraline"],
        "tramadol",
        "before",
        "Ask your prescriber or pharmacist before the next dose.",
    ),
    (["sertraline"], "ibuprofen", "before", "Worth asking your prescriber or pharmacist"),
    (["phenelzine"], "sumatriptan", "before", "The label says these must not be combined."),
    (
        ["naratriptan"],
        "propranolol",
        "page",
        "We found no entry for this list. That is not a promise.",
    ),
    (["sumatriptan"], "my own drops", "page", "This name is not in our tables."),
]


@pytest.mark.parametrize(("there", "added", "where", "reads"), ADDING)
def test_adding_a_medicine_beside_another(
    person: httpx.Client, there: list[str], added: str, where: str, reads: str
) -> None:
    for name in there:
        add(person, name)
    answer = add(person, added, which="as_written")
    assert answer.url.path.endswith("/check") is (where == "before")
    assert reads in words(answer)
    assert ("Source:" in words(answer)) is (reads[:2] not in ("We", "Th") or where == "before")
    assert page_of(answer).removeprefix("/medicines/") in listed(person), "kept, whatever is shown"
    assert "safe" not in words(answer).casefold()


def test_what_interrupts_has_two_ways_on_and_neither_is_chosen_for_the_person(
    person: httpx.Client,
) -> None:
    add(person, "sertraline", "preventive")
    shown = add(person, "tramadol", "as_needed")
    assert "Keep it in my list" in words(shown) and "Do not add" in words(shown)
    kept = person.post(f"{page_of(shown)}/seen")
    assert kept.url.path == page_of(shown)
    person.post(f"{page_of(shown)}/out")
    assert page_of(shown).removeprefix("/medicines/") not in listed(person)


def test_a_moderate_one_that_was_seen_does_not_interrupt_again_and_a_serious_one_does(
    person: httpx.Client,
) -> None:
    add(person, "sertraline", "preventive")
    for name, again in (("ibuprofen", False), ("tramadol", True)):
        page = page_of(add(person, name, "as_needed"))
        person.post(f"{page}/seen")
        assert person.get(f"{page}/check").url.path.endswith("/check") is again


def test_a_minor_one_never_interrupts_and_stands_on_both_pages(person: httpx.Client) -> None:
    first = page_of(add(person, "sumatriptan"))
    second = page_of(add(person, "sertraline", "preventive"))
    assert all("Often used together." in words(person.get(page)) for page in (first, second))


def test_a_question_that_would_say_more_leads_to_where_it_can_be_answered(
    person: httpx.Client,
) -> None:
    page = person.get(page_of(add(person, "sumatriptan")))
    assert "Have you had a heart attack" in words(page)
    assert 'href="/profile"' in page.text


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_name_is_kept_as_it_is_written_and_is_only_text(
    person: httpx.Client, name: str
) -> None:
    page = person.get(page_of(add(person, name, which="as_written", amount="50 mg")))
    for shown in (page, person.get("/medicines"), person.get("/medicines/doses")):
        assert " ".join(name.split()) in html.unescape(shown.text)
        assert "<script>alert" not in shown.text
        assert 'dir="auto"' in shown.text


def test_a_slip_of_the_pen_is_asked_about_and_never_corrected_alone(person: httpx.Client) -> None:
    asked = add(person, "sumatripan", amount="50", unit="mg")
    assert asked.status_code == 422 and listed(person) == []
    assert "Which one is it?" in words(asked) and 'value="sumatriptan"' in asked.text
    assert 'value="50"' in asked.text, "what was typed stays"
    assert "checked" not in asked.text.split("</fieldset>")[0], "nothing is chosen for the person"
    chosen = add(person, "sumatripan", which="sumatriptan", amount="50", unit="mg")
    assert "triptan" in words(chosen)
    kept = add(person, "sumatripan", which="as_written")
    assert "This name is not in our tables." in words(kept)


REFUSED = [
    ({"name": "", "purpose": "acute"}, "Please write the name as it stands on the packet."),
    ({"name": "ibuprofen"}, "Please say what it is for."),
    ({"name": "ibuprofen", "purpose": "acute", "amount": "400"}, "Was it mg or g?"),
    ({"name": "ibuprofen", "purpose": "acute", "amount": "1,000", "unit": "mg"}, "in two ways"),
    ({"name": "ibuprofen", "purpose": "acute", "count": "-1"}, "does not lie between"),
    ({"name": "ibuprofen", "purpose": "preventive", "start": "1890-01-01"}, "is not a day between"),
    ({"name": "ibuprofen", "purpose": "preventive", "start": "2090-01-01"}, "is not a day between"),
    ({"name": "x" * 121, "purpose": "acute"}, "characters long"),
]


@pytest.mark.parametrize(("answers", "says"), REFUSED)
def test_what_cannot_be_taken_is_said_and_everything_typed_stays(
    person: httpx.Client, answers: dict[str, str], says: str
) -> None:
    answer = person.post("/medicines/add", data={**answers, "prescriber": "psychiatrist"})
    assert answer.status_code == 422
    assert says in words(answer)
    assert listed(person) == []
    for value in (one for name, one in answers.items() if name in ("name", "amount", "start")):
        assert html.escape(value) in answer.text
    assert re.search(r'value="psychiatrist" checked', answer.text)


def test_the_same_page_sent_twice_is_one_medicine(person: httpx.Client) -> None:
    answers = {"entry": str(uuid.uuid4()), "name": "ibuprofen", "purpose": "acute"}
    for _ in range(2):
        assert person.post("/medicines/add", data=answers).status_code == 200
    assert len(listed(person)) == 1
    again = person.post("/medicines/add", data={**answers, "entry": str(uuid.uuid4())})
    assert "in your list already" in words(again)


def test_a_new_name_goes_to_the_doses_and_the_course_as_well(person: httpx.Client) -> None:
    page = page_of(add(person, "Zolf", "preventive", amount="50 mg", which="as_written"))
    changed = {"name": "sertraline", "purpose": "preventive", "amount": "50", "unit": "mg"}
    answer = person.post(f"{page}/edit", data=changed)
    assert "SSRI" in words(answer) and "before this diary" in words(answer)


def test_what_is_taken_out_can_be_put_back_with_its_course(person: httpx.Client) -> None:
    page = page_of(add(person, "sertraline", "preventive", amount="50 mg", start="2024-03-01"))
    out = person.post(f"{page}/out")
    assert "Put it back" in words(out) and listed(person) == []
    assert "1 March 2024" in words(person.post(f"{page}/back"))
    assert person.post(f"{page}/back").status_code == 404, "it is there already"


# --- courses --------------------------------------------------------------------------------------


def test_a_course_is_told_from_its_start_through_its_changes_to_its_end_and_again(
    person: httpx.Client,
) -> None:
    page = page_of(add(person, "sertraline", "preventive", amount="50 mg", start="2024-03-01"))
    for day, amount in (("2025-01-01", "100 mg"), ("2024-06-01", "75 mg")):
        person.post(f"{page}/change", data={"changed": day, "amount": amount})
    told = words(person.get(page))
    rows = ["1 March 2024 31 May 2024 50 mg", "1 June 2024 31 December 2024 75 mg"]
    assert all(row in told for row in [*rows, "1 January 2025 now 100 mg"])
    stopped = words(person.post(f"{page}/stop", data={"stopped": "2025-05-31"}))
    assert "Until 31 May 2025" in stopped
    assert "No longer taken" in words(person.get("/medicines"))
    again = {"started": "2025-05-30", "amount": "25 mg"}
    assert "runs on these days already" in words(person.post(f"{page}/start", data=again))
    again["started"] = "2025-09-01"
    assert "1 September 2025 now 25 mg" in words(
        person.get(page_of(person.post(f"{page}/start", data=again)))
    )


NOT_SO = [
    ("change", {"changed": "2020-01-01", "amount": "50 mg"}, "was not taken"),
    ("change", {"changed": "2025-01-01"}, "Please write how much a day."),
    ("change", {"amount": "50 mg"}, "Please say on which day."),
    ("stop", {"stopped": "2020-01-01"}, "was not taken"),
    ("stop", {"stopped": "2090-01-01"}, "is not a day between"),
    ("start", {"started": "2025-01-01"}, "runs on these days already"),
]


@pytest.mark.parametrize(("what", "answers", "says"), NOT_SO)
def test_a_course_that_cannot_be_so_is_met_with_a_sentence(
    person: httpx.Client, what: str, answers: dict[str, str], says: str
) -> None:
    page = page_of(add(person, "sertraline", "preventive", amount="50 mg", start="2024-03-01"))
    before = words(person.get(page))
    answer = person.post(f"{page}/{what}", data=answers)
    assert answer.status_code == 422 and says in words(answer)
    assert words(person.get(page)) == before


def test_a_change_can_be_corrected_backdated_and_taken_out(person: httpx.Client) -> None:
    page = page_of(add(person, "sertraline", "preventive", amount="50 mg", start="2024-03-01"))
    person.post(f"{page}/change", data={"changed": "2025-01-01", "amount": "100 mg"})
    (course,) = set(re.findall(rf"/medicines/courses/{ID}", person.get(page).text))
    shown = person.get(course).text
    sent = {
        "start": "2023-12-01", "day0": "2023-12-01", "amount0": "40", "unit0": "mg",
        "day1": "2025-02-01", "amount1": "", "unit1": "",
    }  # fmt: skip
    assert 'value="2025-01-01"' in shown and 'value="100"' in shown
    told = words(person.post(course, data=sent))
    assert "1 December 2023 now 40 mg" in told and "100 mg" not in told
    assert "No start is written yet." in words(person.post(f"{course}/out"))


# --- doses ----------------------------------------------------------------------------------------


def test_a_dose_is_recorded_corrected_taken_out_and_put_back(person: httpx.Client) -> None:
    page = page_of(add(person, "zolmitriptan", amount="2.5 mg"))
    form = person.get(f"{page}/dose").text
    assert 'value="2.5"' in form, "the usual amount, as the person wrote it"
    told = {"day": str(TODAY), "amount": "2.5", "unit": "mg", "count": "2", "relief": "some"}
    dose = person.post(f"{page}/dose", data=told).url.path
    assert "zolmitriptan , 2 × 2.5 mg, some relief" in words(person.get("/medicines/doses"))
    earlier = {"name": "zolmitriptan", "day": str(TODAY - dt.timedelta(2)), "relief": ""}
    listed_now = words(person.post(dose, data=earlier))
    assert "zolmitriptan , 2 ×" not in listed_now and "some relief" not in listed_now
    assert "Put it back" in words(person.post(f"{dose}/out"))
    assert person.get(dose).status_code == 404
    assert person.post(f"{dose}/back").url.path == dose
    person.post(f"{dose}/out")


def test_before_the_dose_that_reaches_the_level_it_is_said_and_the_dose_is_still_recorded(
    person: httpx.Client,
) -> None:
    page = page_of(add(person, "eletriptan", amount="40 mg"))
    doses = []
    for back in range(1, 10):
        told = {"day": str(TODAY - dt.timedelta(back))}
        doses.append(person.post(f"{page}/dose", data=told).url.path)
    said = words(person.get(f"{page}/dose"))
    assert "9 of the last 30 days. 21 days unknown." in said
    assert "at or above the level of 10 days" in said
    tenth = person.post(f"{page}/dose", data={"day": str(TODAY)})
    assert "It is in your diary." in words(tenth)
    families = words(person.get("/medicines"))
    assert "A triptan : 10 of the last 30 days. 20 days unknown." in families
    for dose in [*doses, tenth.url.path]:
        person.post(f"{dose}/out")


def test_a_dose_that_lies_ahead_is_not_recorded(person: httpx.Client) -> None:
    page = page_of(add(person, "zolmitriptan"))
    tomorrow = {"day": str(TODAY + dt.timedelta(2))}
    assert "is not a day between" in words(person.post(f"{page}/dose", data=tomorrow))


# --- side effects ---------------------------------------------------------------------------------


def test_a_sign_that_must_be_seen_leads_on_and_the_note_is_kept(person: httpx.Client) -> None:
    page = page_of(add(person, "lamotrigine", "preventive"))
    asked = person.get(f"{page}/effect")
    assert "Do you have a new rash with it?" in words(asked) and "checked" not in asked.text
    note = {"medicine": "lamotrigine", "day": str(TODAY), "words": "red spots", "sign": "rash"}
    told = person.post("/medicines/effects", data=note)
    assert told.url.path.endswith("/signs")
    assert "A rash on lamotrigine should be told today." in words(told)
    assert "Do not stop on your own" in words(told)
    assert "red spots" in words(person.get(page))


def test_an_ordinary_note_leads_back_to_the_notes(person: httpx.Client) -> None:
    note = {"medicine": "sertraline", "day": str(TODAY), "words": "a dry mouth"}
    told = person.post("/medicines/effects", data=note)
    assert told.url.path == "/medicines/effects" and "a dry mouth" in words(told)


@pytest.mark.parametrize("length", [2_001, 100_000])
def test_a_note_that_is_too_long_is_refused_with_every_letter_kept(
    person: httpx.Client, length: int
) -> None:
    written = "äß😀x" * (length // 4) + "!!"
    note = {"medicine": "sertraline", "day": str(TODAY), "words": written, "sign": "rash"}
    answer = person.post("/medicines/effects", data=note)
    assert answer.status_code == 422 and "Nothing was saved" in words(answer)[:2_000]
    assert written in html.unescape(answer.text)


# --- reminders ------------------------------------------------------------------------------------


def test_there_are_no_reminders_until_the_person_asks_for_one(person: httpx.Client) -> None:
    assert person.get("/reminders/notes.json").json()["notes"] == []
    assert "BEGIN:VEVENT" not in person.get("/reminders/notes.ics").text


def test_a_reminder_is_downloaded_as_a_file_and_shown_by_a_page_only_when_asked_for(
    person: httpx.Client,
) -> None:
    person.post("/reminders", data={"at": "20:30", "every": "day"})
    file = person.get("/reminders/notes.ics")
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:A small note for yourself\r\n" in file.text
    assert person.get("/reminders/notes.json").json()["notes"] == []
    person.post("/reminders/page", data={"by_page": "yes"})
    (note,) = person.get("/reminders/notes.json").json()["notes"]
    assert (note["at"], note["words"]) == ("20:30", "A small note for yourself")
    assert f"UID:{note['id']}" in file.text
    person.post(f"/reminders/{note['id']}/out")
    person.post("/reminders/page", data={"by_page": "no"})
    assert "Your reminders" not in words(person.get("/reminders"))


# --- anything at all ------------------------------------------------------------------------------

FORMS = [
    "/medicines/add", "{page}/edit", "{page}/change", "{page}/stop", "{page}/start",
    "{page}/dose", "{page}/active", "/medicines/effects", "/reminders", "/reminders/page",
]  # fmt: skip
FIELDS = [
    "name", "which", "purpose", "amount", "unit", "count", "every", "start", "prescriber", "entry",
    "changed", "stopped", "started", "day", "time", "relief", "medicine", "words", "until", "sign",
    "at", "first", "by_page", "active", "id", "base",
]  # fmt: skip
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
    st.sampled_from(
        "acute preventive 50 mg 2025-01-01 0001-01-01 9999-12-31 23:59 day yes nan 1e309 -1 "
        f"{uuid.UUID(int=0)} sumatriptan \x00 as_written".split(" ")
    ),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(FORMS), st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=12))
def test_whatever_is_sent_is_kept_or_met_with_a_page(
    person: httpx.Client, address: str, answers: dict[str, str]
) -> None:
    page = next((f"/medicines/{one}" for one in listed(person)), "")
    page = page or page_of(add(person, "ibuprofen"))
    answer = person.post(address.format(page=page), data=answers)
    assert answer.status_code < 500, answer.text
    assert "<main" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/medicines/{id}", "/medicines/{id}/dose", "/medicines/doses/{id}", "/medicines/courses/{id}",
     "/medicines/effects/{id}", "/medicines/not-an-id", "/medicines/effects/{id}/signs"],
)  # fmt: skip
def test_an_entry_that_is_not_there_is_a_page_that_says_so(
    person: httpx.Client, address: str
) -> None:
    answer = person.get(address.format(id=uuid.uuid4()))
    assert answer.status_code == 404 and "not here" in words(answer)


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def hand(request: pytest.FixtureRequest, browser: Any, server: Server) -> Iterator[Any]:
    """A phone, its scripts on and off."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        base_url=server.url,
        java_script_enabled=request.param,
        timezone_id="UTC",
    )
    page = context.new_page()
    unlock(page, server)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield page
    context.close()
    refused = ("(Unprocessable Entity)", "(Request Entity Too Large)")  # as it should be
    assert [one for one in heard if not one.endswith(refused)] == []


def test_one_walk_through_all_that_is_about_medicines(hand: Any) -> None:
    hand.goto("/medicines")
    hand.get_by_role("link", name="Add a medicine").click()
    hand.get_by_label("Name").fill("sertraline")
    hand.get_by_label("Every day, or on a plan").check()
    hand.get_by_label("Your usual amount").fill("50")
    hand.get_by_role("button", name="Save").click()
    assert "Was it mg or g?" in hand.inner_text(".errors")
    hand.get_by_label("Unit").select_option("mg")
    hand.get_by_label("On a plan: since when?").fill("2024-03-01")
    hand.get_by_role("button", name="Save").click()
    assert "Now: 50 mg a day." in hand.inner_text("main")
    hand.get_by_text("The amount changed").click()
    hand.get_by_label("From which day on").fill("2025-01-01")
    hand.locator("form[action$='/change']").get_by_label("How much a day").fill("100 mg")
    hand.locator("form[action$='/change'] button").click()
    assert "Now: 100 mg a day." in hand.inner_text("main")
    hand.goto("/medicines/add")
    hand.get_by_label("Name").fill("tramadol")
    hand.get_by_label("As needed, for something else").check()
    hand.get_by_role("button", name="Save").click()
    assert "Before you go on" in hand.inner_text("h1")
    hand.get_by_role("button", name="Keep it in my list").click()
    hand.get_by_role("link", name="I took it").click()
    hand.get_by_label("some relief", exact=True).check()
    hand.get_by_role("button", name="Record it").click()
    hand.get_by_role("button", name="Take this dose out").click()
    hand.get_by_role("button", name="Put it back").first.click()
    hand.get_by_role("button", name="Take this dose out").click()
    hand.goto("/medicines/effects")
    hand.get_by_role("link", name="tramadol").click()
    hand.get_by_label("What did you notice?").fill("dizzy")
    hand.get_by_role("button", name="Save").click()
    assert "dizzy" in hand.inner_text("main")
    hand.goto("/reminders")
    hand.get_by_label("At what time").fill("20:30")
    hand.get_by_label("every day").check()
    hand.get_by_role("button", name="Save").click()
    with hand.expect_download() as file:
        hand.get_by_role("link", name="Calendar file").click()
    assert file.value.suggested_filename == "notes.ics"
    hand.get_by_role("button", name="Take it out").click()


def test_an_open_page_shows_a_note_in_neutral_words_when_its_minute_comes(
    browser: Any, server: Server, person: httpx.Client
) -> None:
    person.post("/reminders", data={"at": "20:30", "every": "day"})
    person.post("/reminders/page", data={"by_page": "yes"})
    context = browser.new_context(
        base_url=server.url,
        timezone_id="UTC",
        permissions=["notifications"],
        service_workers="block",  # with one, the note would be shown by the system and not seen here
    )
    page = context.new_page()
    page.clock.install(time=dt.datetime.combine(TODAY, dt.time(20, 28, 30)))
    page.add_init_script("""window.shown = [];
      window.Notification = class { constructor(words, how) { shown.push([words, how.body]); }
        static permission = 'granted'; };""")
    unlock(page, server)
    with page.expect_response("**/reminders/notes.json"):
        page.goto("/reminders")
    page.clock.fast_forward(60_000)
    assert page.evaluate("shown") == []
    page.clock.fast_forward(120_000)
    for _ in range(200):
        if page.evaluate("shown.length"):
            break
        page.wait_for_timeout(50)
    page.clock.fast_forward(600_000)
    assert page.evaluate("shown") == [["A small note for yourself", ""]]
    context.close()
    (note,) = person.get("/reminders/notes.json").json()["notes"]
    person.post(f"/reminders/{note['id']}/out")
    person.post("/reminders/page", data={"by_page": "no"})


def test_a_note_of_ten_megabytes_is_refused_with_a_page_and_nothing_is_kept_of_it(
    person: httpx.Client,
) -> None:
    before = words(person.get("/medicines/effects"))
    note = {"medicine": "sertraline", "day": str(TODAY), "words": "slow " * 2_000_000}
    answer = person.post("/medicines/effects", data=note)
    assert answer.status_code == 413 and "Nothing was saved" in answer.text
    assert words(person.get("/medicines/effects")) == before


def test_a_note_that_is_too_long_stands_in_its_field_again(hand: Any, person: httpx.Client) -> None:
    hand.goto(page_of(add(person, "sertraline", "preventive")) + "/effect")
    field, written = hand.get_by_label("What did you notice?"), "tired, slow, " * 300 + "every word"
    field.fill(written)
    hand.get_by_label("muscles jerk by themselves").check()
    hand.get_by_role("button", name="Save").click()
    assert "Nothing was saved" in hand.inner_text(".errors")
    assert field.input_value() == written
    assert hand.get_by_label("muscles jerk by themselves").is_checked()


def test_words_of_self_harm_in_a_note_open_the_safety_page(person: httpx.Client) -> None:
    note = {"medicine": "sertraline", "day": str(TODAY), "words": "I want to die"}
    # The last test: from here on signing in offers the safety page first.
    assert person.post("/medicines/effects", data=note).url.path == "/help"
    assert "I want to die" in words(person.get("/medicines/effects"))
