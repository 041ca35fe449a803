"""The pictures: what they say, that they can be read, and that no diary breaks them."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models.sample_report import HOSTILE, LONG, every_diary, sample_report

from twofold import charts
from twofold.report.report import DayCell, Report, ScoreBand, ScorePoint

SVG = "{http://www.w3.org/2000/svg}"
THEMES: tuple[charts.Theme, ...] = ("auto", "warm", "dark", "attack", "contrast", "print")
DIARIES = every_diary()
TOTALS = (
    ScorePoint("2025-11-02", 0, 22),
    ScorePoint("2025-12-10", 38, 17, is_estimated=True),
    ScorePoint("2026-01-05", 64, None),
    ScorePoint("2026-02-20", 110, 9),
)
RANGES = tuple(
    ScoreBand(low, name)
    for low, name in (
        *((0, "minimal"), (5, "mild"), (10, "moderate")),
        *((15, "moderately severe"), (20, "severe")),
    )
)
HILL = (0, 0, 0, 1, 2, 4, 8, 12, 16, 16, 14, 10, 7, 5, 3, 1, 1, *[0] * 12)

TEXT_TOKENS = ("ink", "ink2")
MARK_TOKENS = ("headache", "mood", "dose", "cycle", "unknown", "edge", "focus", "emergency")


def timeline(report: Report, theme: charts.Theme = "auto") -> str:
    """Draw a report's timeline."""
    pictures = report.pictures
    return charts.timeline(
        pictures.days,
        courses=pictures.courses,
        acute=pictures.acute,
        cycle_days=pictures.cycle_days,
        has_low_mood_rule=pictures.has_low_mood_rule,
        theme=theme,
    )


def every_picture(theme: charts.Theme) -> list[str]:
    """Draw one of each picture, with words that try to break out."""
    report = DIARIES["no dates"]
    return [
        timeline(report, theme),
        charts.calendar(report.pictures.days, theme=theme),
        charts.of_100(HOSTILE, 5, 19, theme=theme),
        charts.of_100("no days", 0, 0, theme=theme, tone="mood"),
        charts.before_now(14, 8, theme=theme),
        charts.before_now(None, 99.9, theme=theme),
        charts.interval(HOSTILE, 3.2, -2.5, 8, ends=(-8, 8), unit=HOSTILE, theme=theme),
        charts.chance(38, 22, 56, usual=24, theme=theme),
        charts.heading(9, 6, 14, today=9, theme=theme),
        charts.outlook(HILL, 9.6, 6, 14, lines=(8, 15), usual=9, label=HOSTILE, theme=theme),
        charts.outlook((), 0, 0, 0, tone="dose", theme=theme),
        charts.not_yet(19, 28, theme=theme),
        charts.not_yet(400, 365, unit=HOSTILE, theme=theme),
        charts.scores(
            HOSTILE, TOTALS, high=27, bands=(*RANGES, ScoreBand(25, HOSTILE)), theme=theme
        ),
        charts.scores(LONG, TOTALS[:1], better="high", theme=theme),
    ]


def parsed(svg: str) -> ElementTree.Element:
    """Read an SVG as strictly as XML is read."""
    return ElementTree.fromstring(svg)


def shapes(svg: str, token: str, tag: str) -> list[ElementTree.Element]:
    """Return the shapes of one kind painted in one colour, in an "auto" picture."""
    found = parsed(svg).iter(f"{SVG}{tag}")
    return [one for one in found if f"-{token}" in str(one.get("class"))]


def days(pattern: str) -> list[DayCell]:
    """Write a diary as signs: h headache, . none, ? unknown, l low mood and no headache."""
    told = {"h": (True, False), ".": (False, False), "?": (None, None), "l": (False, True)}
    return [
        DayCell(f"day {n}", told[sign][0], None, told[sign][1]) for n, sign in enumerate(pattern, 1)
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_every_picture_is_well_formed_and_names_itself(theme: charts.Theme) -> None:
    for svg in every_picture(theme):
        root = parsed(svg)
        names = [one.get("id") for one in (root.find(f"{SVG}title"), root.find(f"{SVG}desc"))
                 if one is not None]  # fmt: skip
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == " ".join(map(str, names))
        assert all(one.text for one in (root.find(f"{SVG}title"), root.find(f"{SVG}desc"))
                   if one is not None)  # fmt: skip


@pytest.mark.parametrize("name", DIARIES)
@pytest.mark.parametrize("theme", ["auto", "dark"])
def test_no_diary_breaks_the_timeline_or_the_calendar(name: str, theme: charts.Theme) -> None:
    report = DIARIES[name]
    for svg in (timeline(report, theme), charts.calendar(report.pictures.days, theme=theme)):
        width, height = float(parsed(svg).get("width", 0)), float(parsed(svg).get("height", 0))
        assert width <= 720 and 40 < height < 1600 + len(report.pictures.days)
        for shape in parsed(svg).iter():
            assert "nan" not in str(shape.attrib) and "inf" not in str(shape.attrib.values())
            for corner, end in (("x", width), ("cx", width), ("cy", height), ("y", height)):
                assert -1 <= float(shape.get(corner, 0)) <= end, (name, shape.attrib)


def test_a_picture_of_an_empty_diary_is_still_a_picture() -> None:
    assert "not recorded" in charts.timeline([]) and parsed(charts.calendar([])) is not None


def test_each_headache_day_is_one_disc_and_each_unknown_day_one_dashed_ring() -> None:
    svg = charts.timeline(days("hh..?hl" + "l......"))
    assert len(shapes(svg, "headache", "circle")) == 3
    assert len(shapes(svg, "mood", "path")) == 2
    rings = shapes(svg, "unknown", "circle")
    assert len(rings) == 1 and rings[0].get("stroke-dasharray")


def test_an_unknown_day_is_never_drawn_like_a_calm_one() -> None:
    calm, unknown = (charts.timeline(days("h......" + sign)) for sign in ".?")
    assert calm != unknown
    cells = [charts.calendar(days("h......" + sign)) for sign in ".?"]
    assert ">?<" in cells[1] and ">?<" not in cells[0]


def test_a_long_silence_is_one_dashed_strip_that_says_so() -> None:
    svg = charts.timeline(days("h......" * 4 + "?" * 70 + "h......" * 2))
    assert "not recorded" in svg and not shapes(svg, "unknown", "circle")


def test_mood_unknown_on_a_known_headache_day_hangs_as_a_dashed_diamond() -> None:
    cells = [*days("h......"), DayCell("day 8", True, None, None)]
    hollow = shapes(charts.timeline(cells), "unknown", "path")
    assert len(hollow) == 1 and hollow[0].get("stroke-dasharray")


def test_subjects_that_nobody_recorded_keep_their_dashed_strip() -> None:
    svg = charts.timeline(days("?" * 30))
    for subject in ("Headache days", "Low-mood days", "Medicines", "Cycle"):
        assert subject in svg
    assert svg.count(">not recorded<") == 4


def test_over_sixty_weeks_a_column_is_28_days() -> None:
    assert charts.days_a_column(60 * 7) == 7 and charts.days_a_column(60 * 7 + 1) == 28


def test_at_most_four_courses_are_drawn_and_the_rest_are_counted() -> None:
    svg = timeline(sample_report(courses=7, acute=5))
    assert len(shapes(svg, "dose", "polyline")) >= 4
    assert "3 more courses and 1 more acute medicine are not drawn" in svg


def test_undated_diaries_show_day_numbers_and_no_month() -> None:
    svg = timeline(sample_report(days=84, is_dated=False))
    assert ">day 1<" in svg and ">day 29<" in svg
    assert not any(f">{month}<" in svg for month in charts.MONTHS)


def test_a_row_of_the_calendar_counts_known_days_only() -> None:
    assert ">2 of 4<" in charts.calendar(days("hh..??"))


@pytest.mark.parametrize(("hits", "count", "share"), [(5, 19, 26), (27, 71, 38), (0, 9, 0)])
def test_a_field_of_100_fills_as_many_as_it_says(hits: int, count: int, share: int) -> None:
    svg = charts.of_100("days", hits, count)
    assert len(shapes(svg, "headache", "circle")) == share
    assert len(shapes(svg, "rest", "circle")) == 100 - share
    assert f"{share} of 100" in svg and f"({hits} of {count} days)" in svg


@pytest.mark.parametrize(
    ("now", "zone"), [(8, "unlikely"), (20, "cannot tell"), (80, "cannot tell"), (80.1, "likely")]
)
def test_the_zone_that_holds_now_is_the_bold_one(now: float, zone: str) -> None:
    words = [
        one.text
        for one in parsed(charts.before_now(50, now)).iter(f"{SVG}text")
        if one.get("font-weight") == "600"
    ]
    assert zone in words and len(words) == 2


def test_where_an_answer_is_called_possible_sooner_its_zone_begins_sooner() -> None:
    words = [
        one.text
        for one in parsed(charts.before_now(50, 62, likely_from=50, likely="possible")).iter(
            f"{SVG}text"
        )
        if one.get("font-weight") == "600"
    ]
    assert words == ["possible", "now 62"]


def test_an_interval_is_never_drawn_without_its_bar_and_its_words() -> None:
    svg = charts.chance(38, 22, 56, usual=24)
    assert "likely between 22 and 56" in svg and "your usual day 24" in svg
    assert len(shapes(svg, "headache", "line")) == 1


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_refusal_never_shows_more_days_than_there_are(have: int, need: int) -> None:
    svg = charts.not_yet(have, need)
    full, missing = len(shapes(svg, "edge", "circle")), len(shapes(svg, "unknown", "circle"))
    each = max(1, -(-need // 100))
    assert full == min(have // each, -(-need // each)) or have >= need
    assert full + missing == -(-need // each)


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=200))
@settings(max_examples=40, deadline=None)
def test_the_description_counts_as_the_days_do(answers: list[bool | None]) -> None:
    cells = [DayCell(f"day {n}", answer, None, answer) for n, answer in enumerate(answers, 1)]
    known = [answer for answer in answers if answer is not None]
    unknown = len(answers) - len(known)
    said = f"{sum(known)} headache days in {len(known)} known days, {unknown} not recorded"
    svg = charts.timeline(cells)
    assert (said if known else "Headache days: not recorded") in svg


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_words_break_a_picture(words: str) -> None:
    parsed(charts.of_100(words, 3, 10))
    parsed(charts.interval(words, 1, 0, 2, unit=words, usual=1, usual_label=words))
    parsed(charts.calendar([DayCell(words, True, None, None)]))
    parsed(charts.timeline([DayCell(words, None, None, True)]))
    point = ScorePoint(words, 0, 3)
    parsed(charts.scores(words, [point], high=9, bands=[ScoreBand(0, words)], better="low"))


@pytest.mark.parametrize("theme", [theme for theme in THEMES if theme != "auto"])
def test_single_themes_write_plain_hex_colours(theme: charts.Theme) -> None:
    for svg in every_picture(theme):
        assert "class=" not in svg and "var(" not in svg.split("</style>")[1]
        used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', svg))
        assert used and used <= set(charts.TOKENS[theme].values())


@pytest.mark.parametrize("theme", list(charts.TOKENS))
def test_words_and_marks_can_be_told_from_their_ground(theme: str) -> None:
    tokens = charts.TOKENS[theme]
    for ground in (tokens["bg"], tokens["surface"]):
        for name in TEXT_TOKENS:
            assert contrast(tokens[name], ground) >= 4.5, (theme, name)
        for name in MARK_TOKENS:
            assert contrast(tokens[name], ground) >= 3, (theme, name)
    assert contrast(tokens["on_action"], tokens["action"]) >= 4.5


@pytest.mark.parametrize("theme", list(charts.TOKENS))
def test_softened_marks_still_stand_out(theme: str) -> None:
    tokens = charts.TOKENS[theme]
    for name in ("headache", "mood"):
        soft = veiled(tokens[name], tokens["surface"], charts.SOFTNESS[theme])
        assert contrast(soft, tokens["surface"]) >= 2.95, (theme, name)


@pytest.mark.parametrize("theme", ["warm", "dark", "contrast", "print"])
def test_a_mild_headache_cell_still_stands_out(theme: str) -> None:
    tokens = charts.TOKENS[theme]
    mild = veiled(tokens["headache"], tokens["surface"], charts.MILD[theme])
    assert contrast(mild, tokens["surface"]) >= 3


@pytest.mark.parametrize("theme", list(charts.TOKENS))
def test_names_in_a_strip_colour_can_be_read(theme: str) -> None:
    tokens = charts.TOKENS[theme]
    for name in ("headache", "mood", "dose", "cycle"):
        assert contrast(tokens[name], tokens["surface"]) >= 4.5, (theme, name)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(tone: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    levels = [int(tone[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def veiled(tone: str, ground: str, opacity: float) -> str:
    """Return ``tone`` at ``opacity`` over ``ground``."""
    mixed = (
        round(opacity * int(tone[i : i + 2], 16) + (1 - opacity) * int(ground[i : i + 2], 16))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{level:02x}" for level in mixed)


# ------------------------------------------------------------------ the outlook


def hill(svg: str) -> list[ElementTree.Element]:
    """Return the columns of an outlook, from left to right."""
    return [one for one in parsed(svg).iter(f"{SVG}rect") if one.get("shape-rendering")]


def test_an_outlook_is_one_hill_without_gaps_so_that_it_has_no_stripes() -> None:
    columns = hill(charts.outlook(HILL, 9.6, 6, 14))
    edges = [(float(one.get("x", "")[:-1]), float(one.get("width", "")[:-1])) for one in columns]
    for (left, wide), (right, _) in pairwise(edges):
        assert left + wide == pytest.approx(right, abs=0.01)
    assert len(columns) == sum(share > 0 for share in HILL)


def test_an_outlook_is_darker_only_between_the_ends_of_its_interval() -> None:
    columns = hill(charts.outlook(HILL, 9.6, 6, 14))
    dark = [one for one in columns if "headache" in str(one.get("class"))]
    assert len(dark) == 14 - 6 + 1 and len(columns) > len(dark)


def test_an_outlook_says_its_numbers_in_words_for_who_cannot_see_it() -> None:
    desc = parsed(charts.outlook(HILL, 9.6, 6, 14, usual=9)).find(f"{SVG}desc")
    assert desc is not None and desc.text is not None
    assert "likely between 6 and 14" in desc.text and "5 to 9 days: 56 of 100" in desc.text
    assert "Your last 28 days: 9" in desc.text


def test_the_rows_of_an_outlook_leave_nothing_out_that_has_a_chance() -> None:
    rows = charts.outlook_rows([2.0] * 50)
    assert len(rows) == 10 and sum(share for _, share in rows) == 100
    assert charts.outlook_rows([100.0, 0, 0, 0, 0, 0]) == [("0 to 4 days", 100)]
    assert charts.outlook_rows([]) == [] and charts.outlook_rows([0] * 5 + [100])[0][0] == "5 days"


# ------------------------------------------------------------------ totals over time


def totals_of(svg: str) -> list[tuple[float, float]]:
    """Return where the plain totals stand: percent from the left, px from the top."""
    return [
        (float(str(one.get("cx"))[:-1]), float(str(one.get("cy"))))
        for one in shapes(svg, "ink", "circle")
        if one.get("r") == "5.6" and not one.get("stroke-width")
    ]


def words_of(svg: str) -> list[str]:
    """Return the words that are written in a picture."""
    return [str(one.text) for one in parsed(svg).iter(f"{SVG}text")]


def lines_of(svg: str, *, joins: bool) -> list[ElementTree.Element]:
    """Return the lines between totals, or those of the ranges."""
    return [
        one
        for one in parsed(svg).iter(f"{SVG}line")
        if any(name in str(one.get("class")) for name in ("ink2", "unknown")) is joins
    ]


def test_a_total_is_a_disc_an_estimated_one_a_ring_with_a_dot() -> None:
    svg = charts.scores("PHQ-9", TOTALS, high=27)
    assert len(totals_of(svg)) == 2
    rings = [one for one in shapes(svg, "ink", "circle") if one.get("stroke-width")]
    dots = [one for one in shapes(svg, "ink", "circle") if one.get("r") == "2.2"]
    assert len(rings) == len(dots) == 1
    assert (rings[0].get("cx"), rings[0].get("cy")) == (dots[0].get("cx"), dots[0].get("cy"))


def test_one_that_was_not_scored_is_a_dashed_ring_at_the_foot_and_never_a_zero() -> None:
    zero, open_one = (
        charts.scores("PHQ-9", [TOTALS[0], ScorePoint("2026-01-05", 64, total)], high=27)
        for total in (0, None)
    )
    rings = shapes(open_one, "unknown", "circle")
    assert len(rings) == 1 and rings[0].get("stroke-dasharray")
    assert float(str(rings[0].get("cy"))) == totals_of(zero)[1][1]
    assert not shapes(zero, "unknown", "circle") and len(totals_of(open_one)) == 1


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_totals_stand_as_far_apart_as_their_days(apart: list[int]) -> None:
    days = [sum(apart[:count]) for count in range(len(apart) + 1)]
    svg = charts.scores("GAD-7", [ScorePoint(f"day {day}", day, 7) for day in days], high=21)
    expected = [100 * day / days[-1] for day in days]
    assert [x for x, _ in totals_of(svg)] == pytest.approx(expected, abs=0.06)


@given(st.floats(0, 40), st.floats(1, 300), st.data())
@settings(max_examples=40, deadline=None)
def test_the_axis_is_the_whole_range_and_a_higher_total_stands_higher(
    low: float, size: float, data: st.DataObject
) -> None:
    share = data.draw(st.floats(0, 1))
    points = [
        ScorePoint(f"day {place}", place, low + size * one)
        for place, one in enumerate((0, 1, share))
    ]
    svg = charts.scores("HIT-6", points, low=low, high=low + size)
    foot, top, drawn = (y for _, y in totals_of(svg))
    assert drawn == pytest.approx(foot - share * (foot - top), abs=0.11)
    assert foot - top == charts.TALL


@pytest.mark.parametrize(
    ("days", "is_whole"),
    [((0, 14), True), ((0, 60), True), ((0, 61), False), ((0, 14, 28), True)],
)
def test_a_line_is_whole_up_to_sixty_days_and_dashed_beyond(
    days: tuple[int, ...], is_whole: bool
) -> None:
    points = [ScorePoint(f"day {day}", day, 9) for day in days]
    joined = lines_of(charts.scores("PHQ-9", points, high=27), joins=True)
    assert [not one.get("stroke-dasharray") for one in joined] == [is_whole] * (len(days) - 1)


def test_a_line_over_one_that_was_not_scored_is_dashed() -> None:
    points = [ScorePoint(f"day {day}", day, None if day == 14 else 9) for day in (0, 14, 28)]
    joined = lines_of(charts.scores("PHQ-9", points, high=27), joins=True)
    assert len(joined) == 1 and joined[0].get("stroke-dasharray")


def test_a_range_is_a_dotted_line_with_its_number_and_its_name_at_the_edge() -> None:
    svg = charts.scores("PHQ-9", TOTALS, high=27, bands=RANGES)
    assert words_of(svg)[1:7] == ["0", "5", "10", "15", "20", "27"]
    assert {"minimal", "mild", "moderate", "moderately", "severe"} <= set(words_of(svg))
    dotted = [one for one in lines_of(svg, joins=False) if one.get("stroke-dasharray")]
    assert len(dotted) == 5
    plain = charts.scores("PHQ-9", TOTALS, high=27)
    assert words_of(plain)[1:3] == ["0", "27"] and "minimal" not in plain


def test_ranges_too_close_to_be_told_apart_are_in_the_words_alone() -> None:
    grades = [ScoreBand(low, name) for low, name in ((0, "I"), (6, "II"), (11, "III"), (21, "IV"))]
    svg = charts.scores("MIDAS", TOTALS, high=276, bands=grades)
    assert words_of(svg)[1:4] == ["0", "21", "276"]
    assert "IV" in words_of(svg) and not {"I", "II", "III"} & set(words_of(svg))
    assert "From 0 I, from 6 II, from 11 III, from 21 IV." in svg


def test_only_the_latest_total_has_its_number_written_beside_it() -> None:
    texts = parsed(charts.scores("PHQ-9", TOTALS, high=27)).iter(f"{SVG}text")
    assert [one.text for one in texts if one.get("font-weight") == "600"] == ["9"]


@pytest.mark.parametrize(
    ("before", "latest", "is_under"),
    [(9, 14, False), (14, 14, False), (20, 9, True), (20, 1, False)],
)
def test_its_number_stands_where_the_line_does_not_come_from_and_off_the_dates(
    before: int, latest: int, is_under: bool
) -> None:
    points = [ScorePoint("day 1", 0, before), ScorePoint("day 30", 29, latest)]
    svg = charts.scores("PHQ-9", points, high=27)
    bold = next(one for one in parsed(svg).iter(f"{SVG}text") if one.get("font-weight") == "600")
    foot = float(str(bold.get("y"))) - (11 if is_under else 0)
    assert (foot > totals_of(svg)[1][1]) is is_under


def test_where_the_end_of_a_total_is_not_known_the_axis_ends_at_a_round_number() -> None:
    svg = charts.scores("CES-D", [ScorePoint("day 1", 0, 31), ScorePoint("day 9", 8, 20)])
    assert words_of(svg)[1:3] == ["0", "40"] and " of " not in svg.split("<desc")[1].split("<")[0]


def test_years_are_written_only_where_the_ends_differ_in_them() -> None:
    assert words_of(charts.scores("PHQ-9", TOTALS, high=27))[-4:] == [
        *("2 Nov", "20 Feb"), *("2025", "2026"),
    ]  # fmt: skip
    assert words_of(charts.scores("PHQ-9", TOTALS[:2], high=27))[-2:] == ["2 Nov", "10 Dec"]


@pytest.mark.parametrize("points", [(), TOTALS[:1], TOTALS[2:3], (TOTALS[0], TOTALS[0])])
def test_few_totals_or_totals_of_one_day_are_still_a_picture(points: list[ScorePoint]) -> None:
    svg = charts.scores("PHQ-9", points, high=27, bands=RANGES)
    assert {one.get("cx") for one in parsed(svg).iter(f"{SVG}circle")} <= {"50.0%"}


def test_which_end_is_better_is_said_in_words_and_never_left_to_the_picture() -> None:
    assert "PHQ-9, lower is better" in charts.scores("PHQ-9", TOTALS, better="low")
    assert ">Higher is better<" in charts.scores(LONG, TOTALS, better="high")
    assert "better" not in charts.scores("PHQ-9", TOTALS)


TOLD = [
    (TOTALS[:1], 27, "22 (2 November) of 27"),
    (TOTALS[:2], 27, "22 (2 November), about 17 (10 December) of 27"),
    (TOTALS[1:3], 27, "about 17 (10 December 2025), not scored (5 January 2026), each of 27"),
    (TOTALS[2:], None, "not scored (5 January), 9 (20 February)"),
    ([ScorePoint("day 12", 0, 38.46)], 100, "38.5 (day 12) of 100"),
    ((), 27, ""),
]


@pytest.mark.parametrize(("points", "high", "words"), TOLD)
def test_totals_are_told_with_their_days(
    points: list[ScorePoint], high: float | None, words: str
) -> None:
    assert charts.score_words(points, high=high) == words
    desc = parsed(charts.scores("PHQ-9", points, high=high)).find(f"{SVG}desc")
    assert desc is not None and str(desc.text).startswith(words or "None")


def test_of_many_totals_the_last_forty_are_written_out_and_the_others_counted() -> None:
    words = charts.score_words([ScorePoint(f"day {day}", day, day) for day in range(47)])
    assert words.startswith("7 earlier, then 7 (day 7), 8 (day 8)") and words.count("(") == 40
