"""Questionnaires as the person answers them: calm, open questions stay open, item 9 first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from web_visit import Home, Visitor, readable

PHQ9 = "/scales/phq9"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    one = Home(tmp_path_factory.mktemp("scales") / "diary")
    yield one
    one.house.close()


@pytest.fixture
def visitor(home: Home) -> Visitor:
    return home.someone()


def answers(written: str) -> dict[str, str]:
    """Return "2,2,,0" as the fields of a form; an empty place is a question left open."""
    places = enumerate(written.split(","), start=1)
    return {f"item-{n}": one for n, one in places if one}


def result_of(visitor: Visitor, where: str) -> str:
    assert where.startswith("/scales/answer/")
    return readable(visitor.get(where))


# Answers to items 1 to 9, and what the page tells.
SCORED = (
    ("2,2,2,2,2,0,1,0,0", ("PHQ-9: 11 of 27.", "moderate", "4 of 12", "7 of 15")),
    ("0,0,0,0,0,0,0,0,0", ("PHQ-9: 0 of 27.", "minimal")),
    ("1,1,,1,1,1,1,1,0", ("This is estimated", "1 question is open")),
    ("1,,,,1,1,1,1,0", ("PHQ-9: no total.", "3 questions are open")),
    ("1,1,1,1,1,1,1,1,", ("PHQ-9: no total.", "Open does not mean no", "To the open question")),
)


@pytest.mark.parametrize(("written", "told"), SCORED)
def test_a_questionnaire_is_scored_and_what_was_left_open_is_shown_as_open(
    visitor, written, told
) -> None:
    page = result_of(visitor, visitor.fill(PHQ9, PHQ9, **answers(written)))
    for words in told:
        assert words in page
    assert "you have" not in page.casefold()


def test_the_answers_are_kept_exactly_as_a_record_of_the_diary(visitor) -> None:
    visitor.fill("/scales/gad7", "/scales/gad7", **answers("1,0,2,,0,0,0"))
    assert visitor.bodies("scale_answer") == [
        {
            "when": {"day": "2026-11-22", "time": "12:30:00", "offset_minutes": 0},
            "scale": "gad7",
            "items": {"1": 1, "2": 0, "3": 2, "4": None, "5": 0, "6": 0, "7": 0},
        }
    ]
    [answer] = visitor.store.diary(visitor.person, today=dt.date(2026, 11, 22)).scale_answers
    assert answer.items["4"] is None


def test_the_same_questionnaire_sent_twice_is_one_answer(visitor) -> None:
    form = visitor.sheet("/scales/gad7") | answers("1,1,1,1,1,1,1")
    assert visitor.post("/scales/gad7", **form) == visitor.post("/scales/gad7", **form)
    assert [one.versions for one in visitor.entries("scale_answer")] == [1]


def test_one_question_a_page_keeps_each_answer_on_the_way(visitor) -> None:
    visitor.post("/settings", scale_pages="one")
    assert visitor.client.get("/scales/gad7").headers["location"] == "/scales/gad7/1"
    for n in range(1, 7):
        form = visitor.sheet(f"/scales/gad7/{n}") | {f"item-{n}": "1"}
        assert visitor.post("/scales/gad7", **form) == f"/scales/gad7/{n + 1}"
    [half] = visitor.bodies("scale_answer")
    assert half["items"] == {str(n): 1 for n in range(1, 7)}
    page = result_of(visitor, visitor.fill("/scales/gad7/7", "/scales/gad7", **{"item-7": "1"}))
    assert "GAD-7: 7 of 21." in page


# What is sent, and what the page says; nothing is kept.
REFUSED = (
    ({"item-1": "4"}, "Please choose one of the answers that are shown."),
    ({"item-1": "x"}, "Please choose one of the answers that are shown."),
    ({"place": "12"}, "does not lie between"),
    ({"seen": "x/y"}, "Please open it again."),
)


@pytest.mark.parametrize(("sent", "says"), REFUSED)
def test_an_answer_that_is_none_of_those_shown_is_refused(visitor, sent, says) -> None:
    form = visitor.sheet(PHQ9) | {"item-2": "1"} | sent
    assert says in visitor.refused(PHQ9, **form)
    assert visitor.bodies("scale_answer") == []


@pytest.mark.parametrize("path", ["/scales/nothing", "/scales/cssrs", "/scales/phq9/0",
                                  "/scales/phq9/11", "/scales/hit6/1", "/scales/answer/1",
                                  "/scales/msq"])  # fmt: skip
def test_what_is_not_for_this_person_or_is_not_there_has_no_page(visitor, path) -> None:
    assert visitor.client.get(path).status_code == 404


# --- questions that may not be shown


def test_only_questions_whose_licence_allows_it_are_shown(visitor) -> None:
    from twofold.knowledge.scale import scales

    page = visitor.get("/scales")
    for scale in scales().values():
        is_asked = f'href="/scales/{scale.id}">' in page
        if is_asked:
            assert scale.licence.may_show_items, scale.id
        if not scale.licence.may_show_items:
            assert visitor.client.get(f"/scales/{scale.id}/all").status_code == 404


def test_a_total_from_elsewhere_is_kept_with_its_day_and_its_items_stay_unknown(visitor) -> None:
    where = visitor.post("/scales/hit6/total", total="62", day="2026-10-01")
    assert visitor.bodies("scale_answer") == [
        {"when": {"day": "2026-10-01"}, "scale": "hit6", "total": 62}
    ]
    assert "its questions were not seen" in result_of(visitor, where)


# What is typed, and what the page says.
TOTALS = (
    ("hit6", {"total": "90"}, "cannot be a total"),
    ("hit6", {"total": ""}, "Please type the total"),
    ("hit6", {"total": "many"}, "is not a number"),
    ("who5", {"total": "7"}, "cannot be a total"),
    ("hit6", {"total": "60", "day": "1890-01-01"}, "is not a day between"),
    ("hit6", {"total": "60", "day": "2090-01-01"}, "is not a day between"),
)


@pytest.mark.parametrize(("scale", "typed", "says"), TOTALS)
def test_a_total_that_cannot_be_is_refused(visitor, scale, typed, says) -> None:
    assert says in visitor.refused(f"/scales/{scale}/total", **typed)
    assert visitor.bodies("scale_answer") == []


def test_a_typed_phq_9_leaves_item_9_open_and_says_so(visitor) -> None:
    page = result_of(visitor, visitor.post("/scales/phq9/total", total="12"))
    assert "Open does not mean no." in page


def test_a_typed_phq_9_that_is_too_high_without_item_9_opens_the_help_page(visitor) -> None:
    assert visitor.post("/scales/phq9/total", total="25") == "/help"


# --- the schedule


def test_questionnaires_are_offered_and_never_overdue(visitor) -> None:
    page = readable(visitor.get("/scales"))
    assert "It fits today." in page
    visitor.fill("/scales/gad7", "/scales/gad7", **answers("0,0,0,0,0,0,0"))
    assert "It fits again from 6 December." in readable(visitor.get("/scales"))
    visitor.later(days=90)
    visitor.sign_in()
    later = readable(visitor.get("/scales"))
    for word in ("overdue", "missed a", "late", "reminder"):
        assert f" {word}" not in later


def test_with_a_headache_today_another_day_is_better_and_today_is_still_allowed(visitor) -> None:
    visitor.fill("/evening", "/evening/2026-11-22", headache="had")
    page = readable(visitor.get("/scales"))
    assert "It is better answered on a day without headache." in page
    visitor.fill("/scales/gad7", "/scales/gad7", **answers("0,0,0,0,0,0,0"))
    assert "on a day with a headache" in readable(visitor.get("/scales"))


def test_an_answer_that_was_begun_is_told_apart_and_still_offered(visitor) -> None:
    visitor.fill("/scales/gad7", "/scales/gad7", **{"item-1": "1"})
    page = readable(visitor.get("/scales"))
    assert "begun, no number yet" in page
    assert "It fits again" not in page


def test_who_wants_no_offers_gets_none(visitor) -> None:
    visitor.post("/settings", scale_rhythm="0")
    assert "It fits today." not in readable(visitor.get("/scales"))


# --- item 9

# Item 9, and whether the help page comes next.
ITEM_9 = (("0", False), ("1", True), ("2", True), ("3", True))


@pytest.mark.parametrize(("answer", "opens"), ITEM_9)
def test_item_9_is_kept_first_and_opens_the_help_page_whatever_else_is_open(
    visitor, answer, opens
) -> None:
    where = visitor.fill(PHQ9, PHQ9, **{"item-9": answer})
    assert (where == "/help") is opens
    [kept] = visitor.bodies("scale_answer")
    assert kept["items"]["9"] == int(answer)
    assert kept["items"]["1"] is None


def test_no_score_is_shown_before_the_help_page_was(visitor) -> None:
    assert visitor.fill(PHQ9, PHQ9, **answers("3,3,3,3,3,3,3,3,1")) == "/help"
    [entry] = visitor.entries("scale_answer")
    waits = visitor.client.get(f"/scales/answer/{entry.id}")
    assert (waits.status_code, waits.headers["location"]) == (303, "/help")
    assert "25" not in readable(visitor.get("/help")).split("All countries")[0]
    assert "PHQ-9: 25 of 27." in readable(visitor.get(f"/scales/answer/{entry.id}"))


def test_an_unchanged_item_9_does_not_send_the_person_to_the_help_page_again(visitor) -> None:
    visitor.fill(PHQ9, PHQ9, **{"item-9": "1"})
    visitor.get("/help")
    where = visitor.fill(PHQ9, PHQ9, **answers("1,1,1,1,1,1,1,1,1"))
    assert where.startswith("/scales/answer/")


def test_another_device_that_answers_item_9_is_heard_even_in_a_conflict(visitor) -> None:
    stale = visitor.sheet(PHQ9)
    visitor.fill(PHQ9, PHQ9, **answers("0,0,0,0,0,0,0,0,0"))
    assert visitor.post(PHQ9, **stale, **{"item-9": "2"}) == "/help"
    assert visitor.store.conflicts(visitor.person)
