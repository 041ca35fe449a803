"""One report, three renderings: the same facts in each, and nothing that may not be said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from models.sample_report import HOSTILE, every_diary, hostile_report, sample_report

from twofold.errors import SchemaError
from twofold.inference import trust
from twofold.report import as_json, html, sentences, text
from twofold.report.report import Fate, Report

DIARIES = every_diary()
NEVER = (
    r"you have migraine", r"you have depression", r"you are depressed", r"trigger", r"\bsafe\b",
    r"causes", r"caused by", r"brings on", r"leads to", r"correlat", r"significant", r"p ?= ?0?\.",
    r"twice as likely", r"overdue", r"streak", r"great job", r"insufficient data", r"you missed",
    r"no risk", r"abuse", r"chart of|insight",
)  # fmt: skip


def page_words(report: Report) -> str:
    """Return the words of the page, without its style."""
    body = re.sub(r"<style>.*?</style>", "", html.render(report), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", body))


def json_words(report: Report) -> str:
    """Return every string and number of the JSON."""
    return as_json.render(report)


RENDERINGS: dict[str, Callable[[Report], str]] = {
    "html": page_words,
    "text": text.render,
    "ascii": lambda report: text.render(report, ascii=True),
    "json": json_words,
}


def squeezed(words: str) -> str:
    """Return words without line breaks and double spaces."""
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("name", RENDERINGS)
def test_every_rendering_tells_the_same_facts(name: str) -> None:
    report = sample_report()
    words = squeezed(RENDERINGS[name](report))
    for said in (report.first_sentence, report.first_counts, report.first_qualification):
        assert said in words
    for card in report.cards:
        assert card.answer in words and card.question in words and card.caution in words
        assert card.would_change in words
    assert all(sentence in words for sentence in report.today)
    assert all(tile.value in words for tile in report.tiles)
    assert all(unknown.sentence in words for unknown in report.not_known)
    assert all(factor in words for factor in report.unlikely_factors)
    assert all(rule.rule in words for rule in report.thresholds)
    assert all(limit in words for limit in report.limits)


@pytest.mark.parametrize("name", RENDERINGS)
def test_every_rendering_tells_every_word_of_what_the_books_say(name: str) -> None:
    report = sample_report()
    words = squeezed(RENDERINGS[name](report))
    for chapter in report.chapters:
        assert chapter.title in words and chapter.note in words
        for entry in chapter.entries:
            told = [entry.title, entry.status, *entry.says, *entry.sources]
            told += [one for part in entry.more for one in (part.heading, *part.lines)]
            assert all(one in words for one in told)


OVER_TIME = {
    "html": ("20 Aug 2012 16 moderately severe", "1 Oct 2012 about 13 (estimated) moderate",
             "20 Nov 2012 not scored", "12 Jan 2013 9 mild", "Totals go from 0 to 27.",
             "From 0 minimal, from 5 mild"),
    "text": ("Over time: 16 (20 August 2012), about 13 (1 October 2012), not scored "
             "(20 November 2012), 9 (12 January 2013) of 27.", "Lower is better."),
    "json": ('"label": "2012-11-20", "at": 92, "total": null', '"at": 145, "total": 9'),
}  # fmt: skip


@pytest.mark.parametrize("name", OVER_TIME)
def test_every_rendering_tells_the_totals_of_a_questionnaire_over_time(name: str) -> None:
    words = squeezed(RENDERINGS[name](sample_report()))
    assert [said for said in OVER_TIME[name] if said not in words] == []


@pytest.mark.parametrize(
    ("total", "name"), [(0, "minimal"), (4, "minimal"), (5, "mild"), (15, "moderately severe")]
)
def test_a_range_begins_with_its_lowest_total(total: int, name: str) -> None:
    entries = (entry for one in sample_report().chapters for entry in one.entries)
    full = next(entry.picture for entry in entries if entry.picture)
    picture = replace(full, points=(replace(full.points[0], total=total),))
    assert html._score_rows(picture) == [("20 Aug 2012", str(total), name)]


def test_a_page_explains_only_those_shapes_of_a_questionnaire_that_it_draws() -> None:
    report = sample_report()
    full = next(entry.picture for one in report.chapters for entry in one.entries if entry.picture)
    plain = replace(full, points=(full.points[0], replace(full.points[3], at=30)))
    open_ones = replace(full, points=(*plain.points, replace(full.points[2], at=44)))
    assert html._score_key(plain) == []
    assert [shape for shape, _ in html._score_key(open_ones)] == ["spot", "ring"]
    assert [shape for shape, _ in html._score_key(full)] == ["spot", "eye", "ring", "gap"]


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
@pytest.mark.parametrize("audience", ["person", "neurologist", "psychiatrist", "therapist"])
def test_every_rendering_says_for_whom_it_is_written(name: str, audience: str) -> None:
    report = replace(sample_report(), audience=audience)
    expected = "Your report" if audience == "person" else f"Report for the {audience}"
    assert expected in RENDERINGS[name](report)


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_every_refusal_says_how_many_days_there_are_and_how_many_it_needs(name: str) -> None:
    words = squeezed(RENDERINGS[name](sample_report()))
    assert "19 of 28 days. 9 more to go." in words and "41 of 60 days. 19 more to go." in words


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_every_rendering_counts_the_unknown_days(name: str) -> None:
    for report in DIARIES.values():
        words = squeezed(RENDERINGS[name](report))
        assert squeezed(sentences.known_words(report.coverage)) in words


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_prior_stands_beside_posterior_and_days_used_beside_days_missing(name: str) -> None:
    report = sample_report()
    words = squeezed(RENDERINGS[name](report))
    assert all(sentences.used_words(card) in words for card in report.cards[:8])
    assert re.search(r"now 8\b|is 8 of 100", words) and re.search(
        r"before.{0,20} 14\b", words, re.I
    )
    assert "38 of 100, likely between 22 and 56" in words


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_a_look_ahead_says_its_chances_and_what_unknown_days_leave_open(name: str) -> None:
    words = squeezed(RENDERINGS[name](sample_report()))
    assert "8 days or more: 81 of 100" in words and "15 days or more: 2 of 100" in words
    assert "Whatever they were, it lies between 6 and 15." in words
    assert re.search(r"5 to 9 days:? +\d+ of 100", words)


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_what_is_known_of_other_people_stands_apart_from_the_persons_number(name: str) -> None:
    words = squeezed(RENDERINGS[name](sample_report()))
    own, others = words.index("81 of 100"), words.index(sentences.OTHERS)
    assert own < others < words.index("2 to 3 of 100") < words.index(sentences.ABOUT_GROUPS)
    assert words.count("Study C. Confidence: high.") == 1


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_every_rendering_shows_what_became_of_what_was_said(name: str) -> None:
    words = squeezed(RENDERINGS[name](sample_report()))
    assert (
        "Of 14 days for which we said about 30 of 100, 5 had a headache. "
        "2 more are unknown. 1 more has not come yet." in words
    )
    assert "we said 4 to 9 headache days. 11 came, more than we said." in words
    assert "Of 2 counts of days that we gave ahead, 0 came to lie inside, 1 outside, and 1" in words
    assert "clear (96 of 100); now: possible (61 of 100). Weaker." in words
    assert "possible (62 of 100); now: no answer. Withdrawn." in words


def test_without_an_earlier_review_there_is_no_looking_back() -> None:
    first = replace(sample_report(), fate=Fate())
    assert all(sentences.LOOKING_BACK not in told(first) for told in (page_words, text.render))


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_only_twenty_unread_lines_are_listed_and_the_rest_are_counted(name: str) -> None:
    words = RENDERINGS[name](sample_report())
    assert "line 21:" in words and "line 22:" not in words
    assert "25 places were not read" in squeezed(words)


@pytest.mark.parametrize("name", ["html", "text", "ascii"])
def test_no_rendering_adds_a_word_that_may_not_be_said(name: str) -> None:
    words = RENDERINGS[name](sample_report())
    assert not [rule for rule in NEVER if re.search(rule, words, re.IGNORECASE)]


@pytest.mark.parametrize("name", RENDERINGS)
def test_invented_days_are_marked_as_sample(name: str) -> None:
    assert "sample" in RENDERINGS[name](sample_report())


@pytest.mark.parametrize("name", RENDERINGS)
@pytest.mark.parametrize("diary", DIARIES)
def test_no_diary_breaks_a_rendering(name: str, diary: str) -> None:
    assert len(RENDERINGS[name](DIARIES[diary])) > 1000


# ------------------------------------------------------------------ the page


def test_the_page_escapes_what_a_person_wrote() -> None:
    page = html.render(hostile_report())
    assert "<script" not in page and "&lt;script&gt;" in page
    assert page.count("</style>") == 1 + page.count("<svg")
    assert "{{ 7*7 }}" in page
    assert "\x1b" not in page and "\u202e" not in page


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = html.render(sample_report())
    links = re.findall(
        r"""(?:src|href|url|action|srcset|poster|data)\s*[=(]\s*['"]?([^'")\s>]+)""", page
    )
    assert all(link.startswith(("data:", "#")) for link in links), links
    assert "@import" not in page and "<script" not in page and "<link" not in page
    others = re.findall(r"https?://[^\"' <]+", page)
    assert set(others) == {"http://www.w3.org/2000/svg"}


def test_the_page_forbids_every_load_by_its_own_policy() -> None:
    policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', html.render(sample_report()))
    assert len(policy) == 1 and policy[0].startswith("default-src 'none';")
    assert "script-src" not in policy[0] and "http" not in policy[0]


def test_ids_are_unique_and_every_reference_finds_its_own() -> None:
    for report in (hostile_report(), sample_report(courses=6)):
        page = html.render(report)
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        wanted = " ".join(re.findall(r'aria-labelledby="([^"]+)"', page)).split()
        assert set(wanted) <= set(ids)


def test_the_same_report_gives_the_same_page() -> None:
    assert html.render(sample_report()) == html.render(sample_report())


def test_the_page_has_one_first_heading_and_says_its_language() -> None:
    page = html.render(sample_report())
    assert page.count("<h1") == 1 and '<html lang="en">' in page
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_refusal_stands_in_the_same_card_and_size_as_an_answer() -> None:
    page = html.render(sample_report())
    assert page.count('<article class="card">') == page.count('<p class="answer">') == 10
    assert '<p class="answer">Too soon.</p>' in page


def test_fields_of_100_come_in_pairs_and_never_under_eight_days() -> None:
    page = html.render(sample_report())
    pairs = re.findall(r'<div class="pair">(.*?)</div>', page, flags=re.DOTALL)
    assert len(pairs) == 3 and all(pair.count("<svg") == 2 for pair in pairs)
    assert "<li>Falling pressure: 4 of 6 days</li>" in page


def test_tomorrow_is_never_drawn_without_the_usual_day() -> None:
    report = sample_report()
    bare = tuple(replace(card, usual=None) for card in report.cards if card.key == "tomorrow")
    assert 'class="fluid"' not in html.render(replace(report, cards=bare, chapters=()))


def test_the_page_calls_possible_what_the_statistics_call_suspect() -> None:
    assert html.POSSIBLE_FROM == {"coupling": 100 * trust.COUPLING_FROM}
    assert html.POSSIBLE_FROM_ELSE == 100 * trust.SUSPECT_FROM


def test_the_page_is_small_enough_to_send() -> None:
    assert len(html.render(hostile_report()).encode()) < 400_000


# ------------------------------------------------------------------ the text


@pytest.mark.parametrize("is_ascii", [False, True])
def test_no_line_of_text_is_wider_than_80_columns(is_ascii: bool) -> None:
    wide = sample_report(words=" 頭痛" + "頭" * 100 + "x" * 200)
    for report in (*DIARIES.values(), hostile_report(), wide):
        for line in text.render(report, ascii=is_ascii).splitlines():
            assert text._columns(line) <= 80, line


def test_the_first_sentence_comes_first_in_the_text() -> None:
    report = sample_report()
    assert text.render(report).startswith(report.first_sentence)


def test_nothing_in_the_text_steers_the_terminal() -> None:
    words = text.render(hostile_report())
    assert "\x1b" not in words and "\u202e" not in words
    assert set(re.findall(r"\x1b\[\d*m", text.render(sample_report(), colour=True))) == {
        "\x1b[1m", "\x1b[2m", "\x1b[0m",
    }  # fmt: skip


def test_ascii_text_is_ascii() -> None:
    assert text.render(hostile_report(), ascii=True).isascii()


def test_each_day_has_one_shape_and_the_legend_names_it() -> None:
    lines = text.render(DIARIES["six weeks with long gaps"]).splitlines()
    rows = [line[14:45] for line in lines if re.search(r"  headache \d", line)]
    drawn = "".join(rows).replace(" ", "")
    cells = DIARIES["six weeks with long gaps"].pictures.days
    shape = {True: "●", False: "○", None: "?"}
    assert drawn == "".join(shape[cell.headache] for cell in cells)
    assert any("● headache" in line and "? not recorded" in line for line in lines)


# ------------------------------------------------------------------ the JSON


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """The published schema, checked as a schema."""
    schema = as_json.schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("diary", [name for name in DIARIES if name != "ten years"])
def test_every_report_fits_the_published_schema(
    diary: str, validator: Draft202012Validator
) -> None:
    rendered = json.loads(as_json.render(DIARIES[diary]))
    assert not list(validator.iter_errors(rendered))
    assert not list(validator.iter_errors([rendered, rendered]))


def test_the_schema_refuses_what_is_no_report(validator: Draft202012Validator) -> None:
    for wrong in ({}, [{}], {"person": 1}, "report", 3, None):
        assert list(validator.iter_errors(wrong))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_json_and_back_is_the_same_report(words: str, days: int) -> None:
    report = sample_report(days=days, words=words, acute=2, has_cycle=True)
    assert as_json.load(as_json.render(report)) == report


def test_json_keeps_the_fields_in_their_own_order() -> None:
    fields = list(json.loads(as_json.render(sample_report())))
    assert fields[0] == "person" and fields[-1] == "format"
    assert fields.index("first_sentence") < fields.index("cards")


def test_a_number_that_is_none_is_never_written_as_json() -> None:
    report = sample_report()
    broken = replace(report, cards=(replace(report.cards[0], posterior=float("nan")),))
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json.render(broken)


@pytest.mark.parametrize("wrong", ["", "{", "[]", "{}", "null", '{"person": NaN}', '"=cmd"'])
def test_what_is_no_report_is_refused_in_one_sentence(wrong: str) -> None:
    with pytest.raises(SchemaError, match="not a Twofold report"):
        as_json.load(wrong)


def test_words_that_try_to_break_out_survive_json_unchanged() -> None:
    assert HOSTILE in as_json.load(as_json.render(hostile_report())).first_sentence
