"""The review: safety and facts at once, real progress, a page whose styles are named one by one."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from web_visit import Home, Visitor, readable

from twofold.app.web.jobs import jobs_of
from twofold.app.web.review import policy_of
from twofold.pipeline import STEPS, facts_only, review
from twofold.report import html
from twofold.store.entry import Change

from .conftest import Server, unlock


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("review") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def you(home: Home) -> Iterator[Visitor]:
    one = home.someone()
    yield one
    jobs_of(one.store).stop(one.person)


def lived(you: Visitor, days: int = 40) -> None:
    """Write some weeks: a headache on every fourth day, a mood on each, the last day open."""
    changes = []
    for number in range(1, days):
        day = (you.now.date() - dt.timedelta(number)).isoformat()
        span = {"low": 0, "high": 10}
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("mood_note", {"when": {"day": day}, "item": "mood", "level": 2 + number % 6,
                           "span": span, "better": "high"}),
            ("free_day", {"day": day}) if number % 4 else ("attack", {"onset": {"day": day}}),
        ]  # fmt: skip
        changes += [
            Change(str(uuid.uuid4()), str(uuid.uuid4()), kind, body, you.now)
            for kind, body in kinds
        ]
    you.store.write(you.person, changes, received=you.now)


def when_done(you: Visitor) -> str:
    """Ask for the progress until there is none."""
    for _ in range(600):
        page = you.get("/review/progress")
        if "hx-trigger" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError("the review did not end")


def test_the_steps_of_a_review_are_told_when_they_begin_and_in_their_order(you: Visitor) -> None:
    lived(you)
    told: list[str] = []
    diary = you.store.diary(you.person, today=you.now.date())
    report = review(diary, progress=told.append)
    assert tuple(told) == STEPS
    assert report == review(diary)


def test_what_is_known_is_the_report_without_what_the_days_suggest(you: Visitor) -> None:
    lived(you)
    diary = you.store.diary(you.person, today=you.now.date())
    known, whole = facts_only(diary), review(diary)
    assert known.cards == () and whole.cards != ()
    for part in ("coverage", "first_sentence", "today", "tiles", "pictures", "periods", "help"):
        assert getattr(known, part) == getattr(whole, part), part


def test_facts_are_there_at_once_and_findings_when_they_are_ready(you: Visitor) -> None:
    lived(you)
    first = readable(you.get("/review"))
    assert "Headache days" in first and "of 7 steps are done" in first
    assert you.client.get("/review/report").headers["location"] == "/review"
    assert "It is ready" in readable(when_done(you))
    report = you.client.get("/review/report")
    assert report.status_code == 200 and "What your days suggest" in report.text
    assert json.loads(you.client.get("/review/report.json").text)["format"] == "twofold-report-1"
    for form in ("html", "txt", "json"):
        assert (
            "attachment" in you.client.get(f"/review/report.{form}").headers["content-disposition"]
        )


def listed(you: Visitor, *names: str) -> None:
    """Put medicines on the person's list, without a dose of any."""
    changes = [
        Change(
            str(uuid.uuid4()),
            str(uuid.uuid4()),
            "medicine",
            {"name": name, "purpose": "as_needed", "is_active": True},
            you.now,
        )
        for name in names
    ]
    you.store.write(you.person, changes, received=you.now)


def test_a_medicine_on_the_list_is_held_against_the_others_before_any_dose_of_it(
    you: Visitor,
) -> None:
    lived(you)
    listed(you, "sumatriptan", "moclobemide")
    you.get("/review")
    when_done(you)
    told = json.loads(you.client.get("/review/report.json").text)
    entries = [
        entry["title"].casefold() for chapter in told["chapters"] for entry in chapter["entries"]
    ]
    assert any("sumatriptan" in title and "moclobemide" in title for title in entries), entries


def topics(you: Visitor) -> list[str]:
    """Return what the cards of the report are about."""
    told = json.loads(you.client.get("/review/report.json").text)
    return [card["topic"] for card in told["cards"]]


def test_a_forecast_that_is_off_is_in_no_report(you: Visitor) -> None:
    lived(you)
    you.get("/review")
    when_done(you)
    assert "tomorrow" in topics(you)
    you.fill("/settings", "/settings", forecast="no")
    assert "Forecast is off" in readable(you.get("/review"))
    when_done(you)
    assert "tomorrow" not in topics(you)


def test_an_entry_makes_the_review_old_and_the_next_one_begins_by_itself(you: Visitor) -> None:
    lived(you)
    you.get("/review")
    when_done(you)
    you.fill("/days/2026-11-20/add/note", "/days/2026-11-20/add/note", text="new")
    assert you.client.get("/review/report").headers["location"] == "/review"
    assert "steps are done" in readable(you.get("/review"))


def test_a_review_can_be_stopped_and_begun_again(you: Visitor) -> None:
    lived(you)
    you.get("/review")
    job = next(iter(jobs_of(you.store)._jobs.values()))
    assert you.post("/review/stop") == "/review"
    page = readable(you.get("/review"))
    assert "It was stopped" in page and "Headache days" in page
    job = jobs_of(you.store)._jobs[you.person]
    assert job.process is not None
    job.process.join(timeout=30)
    assert not job.process.is_alive()
    you.post("/review/start")
    assert "It is ready" in readable(when_done(you))


def test_an_empty_diary_has_no_review_and_says_so(you: Visitor) -> None:
    assert "No days yet" in readable(you.get("/review"))
    assert jobs_of(you.store)._jobs.get(you.person) is None


def test_words_of_self_harm_put_the_numbers_first(you: Visitor) -> None:
    lived(you)
    path = "/days/2026-11-20/add/note"
    assert you.fill(path, path, text="I want to kill myself") == "/help"
    page = readable(you.get("/review"))
    assert page.index("I need help now", 60) < page.index("Headache days")


def test_a_weekly_diary_says_what_it_cannot_show(you: Visitor) -> None:
    lived(you)
    assert "A page a week" not in readable(you.get("/review"))
    you.store.write(
        you.person,
        [
            Change(
                str(uuid.uuid4()),
                str(uuid.uuid4()),
                "setting",
                {"name": "evening", "value": "week"},
                you.now,
            )
        ],
        received=you.now,
    )
    assert "It cannot show what came the day before" in readable(you.get("/review"))


def test_nobody_reads_the_review_of_somebody_else(home: Home, you: Visitor) -> None:
    lived(you)
    you.get("/review")
    when_done(you)
    other = home.someone()
    assert other.client.get("/review/report").headers["location"] == "/review"
    assert "No days yet" in readable(other.get("/review"))
    assert home.browser().get("/review/report").headers["location"] == "/open"


def test_the_policy_names_every_style_and_allows_no_other(you: Visitor) -> None:
    lived(you)
    page = html.render(review(you.store.diary(you.person, today=you.now.date())))
    policy = policy_of(page)
    assert "unsafe-inline" not in policy and "script-src" not in policy
    styles = len(set(re.findall(r"<style>(.*?)</style>", page, re.DOTALL)))
    attributes = len(set(re.findall(r'style="([^"]*)"', page)))
    assert policy.count("sha256-") == styles + attributes > 3
    assert len(re.findall(r'\sstyle="', page)) == len(re.findall(r'<svg\b[^>]*? style="', page))


@pytest.mark.parametrize(
    ("theme", "ground"),
    [("warm", "#f3efe6"), ("dark", "#1a1d1b"), ("attack", "#0b0f0c"), ("contrast", "#ffffff")],
)
def test_the_report_in_a_theme_is_in_it_and_prints_on_white(
    you: Visitor, browser: Any, theme: str, ground: str
) -> None:
    lived(you, 20)
    known = facts_only(you.store.diary(you.person, today=you.now.date()))
    text = html.in_theme(html.render(known), theme)
    page = browser.new_context(color_scheme="dark" if theme == "warm" else "light").new_page()
    page.set_content(text)
    shown = "one => getComputedStyle(one).backgroundColor"
    asked = tuple(int(ground[n : n + 2], 16) for n in (1, 3, 5))
    assert page.locator("html").evaluate(shown) == f"rgb{asked}".replace("(", "(")
    page.emulate_media(media="print")
    assert page.locator("html").evaluate(shown) == "rgb(255, 255, 255)"
    page.context.close()


def test_without_a_theme_the_report_is_as_it_was_written(you: Visitor) -> None:
    lived(you, 20)
    page = html.render(facts_only(you.store.diary(you.person, today=you.now.date())))
    assert html.in_theme(page, "") == page


def test_the_review_is_waited_for_and_read_in_a_browser(visitor: Any, server: Server) -> None:
    """The visitor fails this test when any style of the report is refused."""
    today = dt.date.today()
    for number in range(2, 8):
        day = (today - dt.timedelta(number)).isoformat()
        visitor.goto(f"/days/{day}")
        visitor.get_by_role("button", name="No headache on this day").click()
    visitor.goto("/review")
    assert "Days we know" in visitor.locator("main").inner_text()
    visitor.get_by_role("link", name="Read the whole report").click(timeout=90_000)
    assert visitor.get_by_role("heading", name="Week by week").is_visible()
    drawn = visitor.locator("svg").first
    assert drawn.evaluate("one => getComputedStyle(one).maxWidth") == "704px"
    family = "one => getComputedStyle(one).fontFamily"
    assert "Atkinson" in drawn.locator("text").first.evaluate(family)
    visitor.evaluate("document.body.style.cssText")


def test_the_page_that_waits_refreshes_itself_without_scripts(browser: Any, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    page = context.new_page()
    unlock(page, server)
    day = (dt.date.today() - dt.timedelta(30)).isoformat()
    page.goto(f"/days/{day}")
    page.get_by_role("button", name="No headache on this day").click()
    page.goto("/review")
    page.get_by_role("link", name="Read the whole report").click(timeout=90_000)
    assert page.url.endswith("/review/report")
    context.close()
