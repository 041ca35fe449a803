"""The safety page: numbers first, for anyone; and the flag, as a person's visits make it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from web_visit import Home, Visitor, readable

from twofold.app.web.gate import Visit
from twofold.app.web.safety import flag_of, safety_banner
from twofold.knowledge.crisis_line import crisis_lines
from twofold.knowledge.load import wording
from twofold.safety.flag import ClosedFlag, OpenFlag

from .conftest import PASSPHRASE

TODAY = "2026-11-22"
EVENING = f"/evening/{TODAY}"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("safety") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def visitor(home: Home) -> Visitor:
    return home.someone()


def visit_of(visitor: Visitor) -> Visit:
    person = visitor.store.person(visitor.person)
    assert person is not None
    return Visit(visitor.store, person, visitor.now, "UTC")


def happened(visitor: Visitor) -> list[str]:
    return [one["event"] for one in visitor.bodies("safety_event")]


def banner_of(visitor: Visitor):
    scope = {"type": "http", "headers": []}
    return safety_banner(visit_of(visitor), Request(scope))


# --- for anyone


def test_the_page_needs_no_sign_in_and_the_numbers_stand_above_the_question(visitor) -> None:
    page = visitor.stranger().get("/help")
    assert page.status_code == 200
    first_number = page.text.index('href="tel:')
    assert first_number < page.text.index("Are you safe right now?")
    assert first_number < page.text.index("<form")
    assert page.text.count('name="answer"') == 3
    assert "This app is not watched by staff." in page.text


def test_the_words_of_the_page_are_the_validated_ones_and_marked_as_english(visitor) -> None:
    words, page = wording("safety")["page"], visitor.get("/help")
    told = readable(page)
    for state in ("S1", "S2a", "S2b", "S2c"):
        assert words[state]["text"] in told
    for button in words["S1"]["button"]:
        assert button["text"] in told
    assert '<p lang="en" class="told">' in page


@pytest.mark.parametrize("code", sorted(crisis_lines()))
def test_every_country_s_numbers_can_be_dialled_from_the_first_moment(visitor, code) -> None:
    browser = visitor.stranger()
    assert browser.post("/help/country", data={"country": code}).headers["location"] == "/help"
    top = browser.get("/help").text.split("Are you safe right now?")[0]
    country = crisis_lines()[code]
    for number in (*country.emergency, *(line.number for line in country.lines)):
        assert f"<b>{number}</b>" in top, number
    calls = re.findall(r'class="call[^"]*" href="((?:tel|sms):[0-9+]+|https://[a-z.]+/)"', top)
    assert len(calls) >= len(country.lines) + max(1, len(country.emergency))


def test_where_the_country_is_not_known_every_country_stands_on_the_page(visitor) -> None:
    told = readable(visitor.stranger().get("/help").text)
    for country in crisis_lines().values():
        assert country.country in told or country.id == "other"
    assert "your local emergency number" in told


# What the form of countries is sent, and that the page still opens.
@pytest.mark.parametrize("code", ["", "XX", "<script>", "a" * 5000, "us"])
def test_a_country_that_is_not_known_hides_nothing(visitor, code) -> None:
    browser = visitor.stranger()
    assert browser.post("/help/country", data={"country": code}).status_code == 303
    assert 'href="tel:' in browser.get("/help").text


@pytest.mark.parametrize("answer", ["", "safe", "x" * 5000])
def test_an_answer_that_is_none_leads_back_to_the_page(visitor, answer) -> None:
    where = visitor.stranger().post("/help", data={"answer": answer})
    assert (where.status_code, where.headers["location"]) == (303, "/help")


# What is pressed, and the part of the page that it leads to; the address tells nothing.
PRESSED = (("not_safe", "/help#a"), ("safe_now", "/help#b"), ("mistake", "/help#c"))


@pytest.mark.parametrize(("answer", "where"), PRESSED)
def test_an_answer_leads_to_its_part_with_and_without_a_person(visitor, answer, where) -> None:
    assert visitor.stranger().post("/help", data={"answer": answer}).headers["location"] == where
    assert visitor.post("/help", answer=answer) == where


def test_not_safe_shows_the_numbers_first_and_asks_nothing_more(visitor) -> None:
    page = visitor.stranger().get("/help").text
    part = re.search(r'<section id="a".*?</section>', page, re.S)
    assert part is not None
    assert part[0].index("tel:") < part[0].index("Call the emergency number now.")
    assert "even if you feel well" in part[0]
    assert "<form" not in part[0] and "<button" not in part[0]


def test_under_18_a_line_for_the_young_is_added(visitor) -> None:
    visitor.fill("/profile", "/profile", age="16")
    told = readable(visitor.get("/help"))
    assert "lines for children and young people" in told
    assert "You are under 18" in told
    visitor.client.cookies.delete("twofold")
    assert "lines for children and young people" in readable(visitor.client.get("/help").text)


def test_the_page_that_is_kept_for_no_network_holds_nothing_of_the_person(visitor) -> None:
    visitor.post("/plan", signs="the blue room", **{"person-0-name": "Ada", "person-0-no": "123"})
    assert "the blue room" in visitor.get("/help")
    kept = visitor.get("/help/offline")
    assert "the blue room" not in kept and "Ada" not in kept
    assert happened(visitor) == ["triggered", "shown"]


# --- the flag


def test_asking_for_help_opens_the_flag_once_and_not_with_every_reload(visitor) -> None:
    for _ in range(3):
        visitor.get("/help")
    assert happened(visitor) == ["triggered", "shown"]
    visitor.later(hours=2)
    visitor.get("/help")
    assert happened(visitor) == ["triggered", "shown", "triggered", "shown"]


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-dest": "empty"}, {"sec-purpose": "prefetch"}, {"purpose": "prefetch"}]
)
def test_a_browser_that_fetches_ahead_is_no_call_for_help(visitor, headers) -> None:
    assert visitor.client.get("/help", headers=headers).status_code == 200
    assert happened(visitor) == []


def test_item_9_opens_the_flag_and_only_a_later_no_closes_it(visitor) -> None:
    visitor.fill("/scales/phq9", "/scales/phq9", **{"item-9": "1"})
    visitor.get("/help")
    visitor.post("/help", answer="safe_now")
    assert isinstance(flag_of(visit_of(visitor)), OpenFlag)
    visitor.later(days=400)
    visitor.sign_in()
    assert isinstance(flag_of(visit_of(visitor)), OpenFlag)
    assert visitor.fill("/help/question", "/help/question", item9="0") == "/"
    assert isinstance(flag_of(visit_of(visitor)), ClosedFlag)
    visitor.later(minutes=1)
    assert visitor.post("/help/question", item9="1") == "/help"
    assert isinstance(flag_of(visit_of(visitor)), OpenFlag)


def test_taking_the_answer_out_or_correcting_the_form_does_not_close_the_flag(visitor) -> None:
    visitor.fill("/scales/phq9", "/scales/phq9", **{"item-9": "2"})
    [entry] = visitor.entries("scale_answer")
    visit_of(visitor).take_out(entry)
    assert isinstance(flag_of(visit_of(visitor)), OpenFlag)


def test_leaving_the_one_question_open_is_not_a_no(visitor) -> None:
    visitor.fill("/scales/phq9", "/scales/phq9", **{"item-9": "1"})
    assert visitor.post("/help/question", item9="") == "/"
    assert isinstance(flag_of(visit_of(visitor)), OpenFlag)


def test_by_mistake_keeps_the_record_and_asks_once_more(visitor) -> None:
    visitor.fill("/scales/phq9", "/scales/phq9", **{"item-9": "1"})
    visitor.get("/help")
    visitor.post("/help", answer="mistake")
    flag = flag_of(visit_of(visitor))
    assert isinstance(flag, OpenFlag) and flag.asks_again
    assert "Please answer the question once more." in readable(visitor.get("/help"))


def test_leaving_the_page_counts_as_safe_now_and_never_as_a_mistake(visitor) -> None:
    visitor.get("/help")
    assert banner_of(visitor) is not None
    flag = flag_of(visit_of(visitor))
    assert isinstance(flag, OpenFlag) and flag.page == "S2b"


def test_the_banner_stands_for_seven_days_and_the_page_is_offered_at_each_sign_in(visitor) -> None:
    assert banner_of(visitor) is None
    visitor.get("/help")
    visitor.later(days=6, hours=23)
    visitor.sign_in()
    assert visitor.client.get("/").headers["location"] == "/help"
    assert "Someone to talk to" in visitor.get("/")
    visitor.later(hours=2)
    assert "Someone to talk to" not in visitor.get("/")
    visitor.sign_in()
    assert visitor.client.get("/").headers["location"] == "/help"
    flag = flag_of(visit_of(visitor))
    assert isinstance(flag, OpenFlag) and flag.page == "S1"
    visitor.post("/help", answer="safe_now")
    assert "Someone to talk to" not in visitor.get("/")


def test_the_first_page_comes_first_where_no_flag_is_open(visitor) -> None:
    assert visitor.client.get("/").status_code == 200


# Item 9, the other answers, and how the page is headed.
HEADED = (
    ("1", "0", "Help now"),
    ("2", "0", "Please contact someone today."),
    ("3", "0", "Please contact someone today."),
    ("1", "3", "Please contact someone today."),
)


@pytest.mark.parametrize(("item9", "others", "heading"), HEADED)
def test_the_graver_answers_head_the_page_with_someone_today(
    visitor, item9, others, heading
) -> None:
    form = {f"item-{n}": others for n in range(1, 9)} | {"item-9": item9}
    visitor.fill("/scales/phq9", "/scales/phq9", **form)
    found = re.search(r"<h1[^>]*>(.*?)</h1>", visitor.get("/help"))
    assert found is not None and found[1] == heading


def test_an_answer_imported_with_its_day_opens_the_flag_too(visitor) -> None:
    visit_of(visitor).put(
        "scale_answer",
        {"when": {"day": "2026-11-20"}, "scale": "phq9", "items": {"9": 1}},
    )
    flag = flag_of(visit_of(visitor))
    assert isinstance(flag, OpenFlag)
    assert flag.opened_at.date() == dt.date(2026, 11, 20)


def test_no_level_of_risk_and_no_score_stands_on_the_page(visitor) -> None:
    form = {f"item-{n}": "3" for n in range(1, 10)}
    visitor.fill("/scales/phq9", "/scales/phq9", **form)
    told = readable(visitor.get("/help")).casefold()
    for word in ("risk", "27", "severe", "phq", "you are fine"):
        assert word not in told.split("all countries")[0], word


# --- when the diary itself fails


def test_a_full_disk_does_not_hide_the_numbers(visitor, monkeypatch) -> None:
    from twofold.errors import StoreFull

    def full(*_, **__):
        raise StoreFull("the disk is full.")

    monkeypatch.setattr(type(visitor.store), "write", full)
    assert 'href="tel:' in visitor.get("/help")
    assert visitor.post("/help", answer="not_safe") == "/help#a"


# --- the plan


def test_the_plan_is_kept_shown_on_the_page_and_never_in_an_address(visitor) -> None:
    plan = {"signs": "no sleep for two days", "coping": "the dog", "means": "keys with my sister",
            "person-0-name": "Ada", "person-0-no": "+44 20 7946 0000",
            "professional-1-name": "Dr Who"}  # fmt: skip
    assert visitor.fill("/plan", "/plan", **plan) == "/plan"
    page = visitor.get("/help")
    for words in plan.values():
        assert words in page
    assert 'href="tel:+442079460000"' in page
    assert 'href="sms:+442079460000"' in page
    assert visitor.bodies("safety_plan") == [plan]


OFFERED = "You can send a message to a person you have chosen."


def test_a_message_is_offered_only_once_somebody_was_chosen(visitor: Visitor) -> None:
    assert OFFERED not in visitor.get("/help")
    assert OFFERED not in visitor.stranger().get("/help/offline").text
    visitor.post("/plan", signs="no sleep", **{"professional-0-name": "Dr Who"})
    assert OFFERED not in visitor.get("/help")
    visitor.post("/plan", **{"person-2-name": "Ada"})
    assert OFFERED in visitor.get("/help")


@pytest.mark.parametrize("code", ["*#06#", "**21*555#"])
def test_a_code_that_a_phone_would_carry_out_is_no_link(visitor: Visitor, code: str) -> None:
    visitor.post("/plan", **{"person-0-name": "Ada", "person-0-no": code})
    page = visitor.get("/help")
    assert code in page and f"tel:{code}" not in page and f"sms:{code}" not in page


def test_a_plan_that_is_too_long_is_refused_and_not_lost(visitor) -> None:
    page = visitor.client.post("/plan", data={"signs": "x" * 4001, "coping": "the dog"})
    assert page.status_code == 422
    assert "the dog" in page.text
    assert visitor.bodies("safety_plan") == []


# --- settings


def test_light_size_and_country_need_no_sign_in(visitor) -> None:
    browser = visitor.stranger()
    assert browser.get("/light").status_code == 200
    assert browser.post("/light", data={"theme": "attack", "size": "large"}).status_code == 303
    assert 'data-theme="attack"' in browser.get("/help").text
    assert browser.get("/settings").headers["location"] == "/open"


# What is sent to the settings, and what is kept of it.
SETTINGS = (
    ({"evening": "week"}, {"evening": "week"}),
    ({"cycle": "yes", "forecast": "no"}, {"cycle": True, "forecast": False}),
    ({"low_mood_line": "0"}, {"low_mood_line": 0}),
    ({"country": "DE", "zone": "Asia/Tokyo"}, {"country": "DE", "zone": "Asia/Tokyo"}),
    ({"scale_rhythm": "28", "scale_pages": "one"}, {"scale_rhythm": 28, "scale_pages": "one"}),
    ({"unknown": "x"}, {}),
)


@pytest.mark.parametrize(("sent", "kept"), SETTINGS)
def test_a_choice_is_kept_by_its_name(visitor, sent, kept) -> None:
    assert visitor.post("/settings", **sent) == "/settings"
    assert {one["name"]: one["value"] for one in visitor.bodies("setting")} == kept
    visitor.post("/settings", **sent)
    assert all(one.versions == 1 for one in visitor.entries("setting"))


def test_the_chosen_time_zone_says_which_day_it_is_until_the_device_does_again(visitor) -> None:
    visitor.now = dt.datetime(2026, 11, 22, 22, 30, tzinfo=dt.UTC)
    visitor.post("/settings", zone="Asia/Tokyo")
    assert 'action="/evening/2026-11-23"' in visitor.get("/evening/all")
    visitor.post("/settings", zone="device")
    assert 'action="/evening/2026-11-22"' in visitor.get("/evening/all")


def test_what_the_care_team_may_see_is_a_consent_among_the_answers(visitor) -> None:
    visitor.fill("/profile", "/profile", nausea="yes")
    visitor.post("/settings", shares_safety="yes")
    assert visitor.bodies("case") == [{"answers": {"nausea": True, "shares_safety": True}}]
    visitor.post("/settings", shares_safety="no")
    assert visitor.bodies("case") == [{"answers": {"nausea": True, "shares_safety": False}}]


def test_the_line_for_a_low_day_is_the_person_s_own(visitor) -> None:
    visitor.post("/settings", low_mood_line="5")
    rule = visitor.store.diary(visitor.person, today=dt.date(2026, 11, 22)).conventions.low_mood_day
    assert rule is not None
    assert (rule.line, rule.words) == (5, "A day counts as low when its mood was 5 or less of 10.")


@pytest.mark.parametrize("sent", [{"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"},
                                  {"evening": "never"}, {"low_mood_line": "11"},
                                  {"country": "ZZ"}])  # fmt: skip
def test_a_choice_that_is_not_offered_is_refused(visitor, sent) -> None:
    visitor.refused("/settings", **sent)
    assert visitor.bodies("setting") == []


# --- in a browser

PHQ9 = "/scales/phq9"
NUMBERS = 'main a[href^="tel:"]:visible'


def tap_item_9(page, words: str = "Several days") -> None:
    page.locator("#item-9").get_by_label(words, exact=True).check()


@pytest.mark.browser
def test_item_9_opens_the_numbers_at_one_tap_and_is_kept(visitor_in_browser) -> None:
    page = visitor_in_browser
    page.goto(PHQ9)
    tap_item_9(page)
    page.locator(NUMBERS).first.wait_for(timeout=10_000)
    chosen = page.locator("#item-9 input:checked")
    for _ in range(20):
        page.goto(PHQ9)
        if chosen.count():
            break
    assert chosen.get_attribute("value") == "1"
    assert page.locator("#item-1 input:checked").count() == 0


@pytest.mark.browser
def test_item_9_shows_the_numbers_without_a_network_within_a_second(visitor_in_browser) -> None:
    page = visitor_in_browser
    page.context.add_cookies([{"name": "theme", "value": "attack", "url": page.url}])
    page.goto(PHQ9)
    page.context.set_offline(True)
    started = page.evaluate("performance.now()")
    tap_item_9(page, "Nearly every day")
    page.locator("#help-here").wait_for(state="visible")
    took = page.evaluate("performance.now()") - started
    assert page.locator(NUMBERS).first.is_visible()
    assert not page.locator("#questions").is_visible()
    assert page.locator("html").get_attribute("data-theme") == "attack"
    assert took < 1000, took
    page.get_by_role("button", name="I am not safe / I might act now").click()
    assert page.get_by_text("Do not stay alone").is_visible()
    assert page.locator(NUMBERS).first.is_visible()
    page.context.set_offline(False)


@pytest.mark.browser
def test_the_page_opens_without_a_network_in_the_light_that_is_chosen_now(
    visitor_in_browser,
) -> None:
    page = visitor_in_browser
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    page.context.add_cookies([{"name": "theme", "value": "attack", "url": page.url}])
    page.context.set_offline(True)
    page.goto("/help")
    assert page.locator("html").get_attribute("data-theme") == "attack"
    assert page.locator(NUMBERS).first.is_visible()
    page.get_by_role("button", name="I have thoughts but I am safe now").click()
    assert page.get_by_text("Please tell your doctor or therapist today").is_visible()
    page.context.set_offline(False)


@pytest.mark.browser
def test_item_9_answered_without_a_network_goes_over_later(visitor_in_browser) -> None:
    page = visitor_in_browser
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    page.goto(PHQ9)
    page.evaluate(
        """() => new Promise((ok) => {
          navigator.serviceWorker.addEventListener('message', () => ok(), { once: true });
          navigator.serviceWorker.controller.postMessage({ ask: 'hello' });
        })"""
    )
    page.goto("/scales")
    begun = page.get_by_text("begun, no number yet")
    before = begun.count()
    page.goto(PHQ9)
    page.context.set_offline(True)
    tap_item_9(page, "More than half the days")
    page.locator("#help-here").wait_for(state="visible")
    page.context.set_offline(False)
    for _ in range(20):
        page.goto("/scales")
        if begun.count() > before:
            break
        page.wait_for_timeout(250)
    assert begun.count() == before + 1


@pytest.mark.browser
def test_the_page_works_without_a_script_and_can_be_left_backwards(browser, server) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    page = context.new_page()
    page.goto("/open")
    page.goto("/help")
    assert not page.get_by_text("Do not stay alone").is_visible()
    page.get_by_role("button", name="I am not safe / I might act now").click()
    page.wait_for_url("**/help#a")
    assert page.get_by_text("Do not stay alone").is_visible()
    assert not page.get_by_text("Are you safe right now?").is_visible()
    page.go_back()
    page.go_back()
    assert page.url.endswith("/open")
    context.close()


@pytest.mark.browser
def test_an_evening_by_keyboard_alone_takes_few_keys_and_is_kept(visitor_in_browser) -> None:
    page = visitor_in_browser
    page.goto("/evening")
    page.locator("#headache input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    while page.evaluate("document.activeElement.textContent.trim()") != "Done for today":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/evening/kept")
    page.goto("/evening")
    assert page.locator("#headache input:checked").get_attribute("value") == "none"
    assert page.locator("#mood input:checked").get_attribute("value") == "1"


@pytest.fixture
def visitor_in_browser(browser, server) -> Iterator:
    """A phone that has opened the diary; going offline makes it complain, which is no fault."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server.url)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/open")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url(re.compile("/(help)?$"))  # while a flag is open, the help page comes first
    yield page
    context.close()
    assert faults == []
