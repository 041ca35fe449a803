"""What the report may and may not say about four real diaries, with the numbers counted by hand.

The golden numbers are counted here with the standard library alone, from the
raw files, without anything of Twofold's.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import twofold as tf
from twofold.report.report import Card, Report

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@cache
def kossakowski() -> Report:
    return tf.review(tf.read(str(EXAMPLES / "kossakowski2017")))


@cache
def raw_kossakowski() -> dict[dt.date, tuple[float | None, float | None]]:
    """Return each day's highest headache rating and mean of feeling down, from the raw file."""
    reports: dict[dt.date, list[dict[str, str]]] = defaultdict(list)
    with (EXAMPLES / "kossakowski2017" / "ESMdata.csv").open() as file:
        for row in csv.DictReader(file):
            reports[dt.datetime.strptime(row["date"], "%d/%m/%y").date()].append(row)
    first, last = min(reports), max(reports)
    days = [first + dt.timedelta(i) for i in range((last - first).days + 1)]
    return {day: (highest(reports.get(day, [])), mean_down(reports.get(day, []))) for day in days}


def highest(rows: list[dict[str, str]]) -> float | None:
    levels = [float(row["phy_headache"]) for row in rows if row["phy_headache"] not in ("", "NA")]
    return max(levels) if levels else None


def mean_down(rows: list[dict[str, str]]) -> float | None:
    levels = [float(row["mood_down"]) for row in rows if row["mood_down"] not in ("", "NA")]
    return sum(levels) / len(levels) if levels else None


def followed(
    first: list[bool | None], then: list[bool | None], free: list[bool | None]
) -> tuple[int, int, int, int]:
    """Count (hits, days) of ``then`` the day after ``first``, and after its absence."""
    counts = [0, 0, 0, 0]
    for a, b, headache in zip(first, then[1:], free, strict=False):
        if a is None or b is None or headache:
            continue
        counts[0 if a else 2] += b
        counts[1 if a else 3] += 1
    return counts[0], counts[1], counts[2], counts[3]


def series(line: float = 3) -> tuple[list[bool | None], list[bool | None]]:
    days = raw_kossakowski().values()
    headache = [None if ache is None else ache >= line for ache, _ in days]
    low = [None if down is None else down >= 0.5 for _, down in days]
    return headache, low


def one(report: Report, key: str) -> Card:
    return next(card for card in report.cards if card.key == key)


def coupling(report: Report, start: str) -> Card:
    return next(card for card in report.cards if card.question.startswith(start))


@pytest.mark.parametrize(("line", "days", "onsets"), [(2, 117, 20), (3, 62, 32), (4, 5, 5)])
def test_kossakowski_is_counted_at_three_lines(line: float, days: int, onsets: int) -> None:
    headache, _ = series(line)
    began = sum(b is True and a is False for a, b in zip(headache, headache[1:], strict=False))
    assert (sum(h is True for h in headache), began) == (days, onsets)
    row = next(row for row in kossakowski().thresholds if row.rule.startswith(f"{line:g} "))
    assert (row.headache_days, row.known_days, row.onsets) == (days, 154, onsets)


def test_kossakowski_knows_154_of_155_days_and_says_which_is_missing() -> None:
    report = kossakowski()
    assert (report.coverage.known_headache_days, report.coverage.days) == (154, 155)
    assert any("15 December" in unknown.topic for unknown in report.not_known)


def test_kossakowskis_pairs_are_the_counts_of_the_raw_file() -> None:
    headache, low = series()
    after_low = followed(low, headache, headache)
    after_ache = followed(headache, low, headache[1:])
    assert after_low == (5, 19, 27, 71)
    assert after_ache == (4, 32, 15, 58)
    shown = coupling(kossakowski(), "After low mood").groups
    assert tuple(n for group in shown for n in (group.hits, group.days)) == after_low
    shown = coupling(kossakowski(), "After a headache").groups
    assert tuple(n for group in shown for n in (group.hits, group.days)) == after_ache


def test_kossakowski_does_not_claim_that_mood_comes_before_headache() -> None:
    card = coupling(kossakowski(), "After low mood")
    assert card.verdict in ("cannot tell", "unlikely")
    assert card.posterior is not None and card.prior is not None and card.posterior <= card.prior
    card = coupling(kossakowski(), "After a headache")
    assert card.verdict in ("cannot tell", "unlikely")


def test_kossakowskis_first_sentence_says_that_it_hangs_on_one_line() -> None:
    report = kossakowski()
    sentences = {row.first_sentence for row in report.thresholds}
    assert len(sentences) > 1
    assert "4 or more" in report.first_qualification
    for row in report.thresholds:
        if row.first_sentence != report.first_sentence:
            assert row.first_sentence in report.first_qualification


def test_kossakowskis_last_28_days_are_counted_against_any_28_before() -> None:
    headache, low = series()
    counts = kossakowski().first_counts
    for what, days, last, least, most in (
        ("Headache", headache, 2, 9, 22),
        ("Low mood", low, 11, 0, 6),
    ):
        assert sum(x is True for x in days[-28:]) == last
        windows = [days[i : i + 28] for i in range(len(days) - 55)]
        hits = [sum(x is True for x in window) for window in windows]
        upper = [sum(x is not False for x in window) for window in windows]
        assert (min(hits), max(upper)) == (least, most)
        assert f"{what} came on {last} of the last 28 days" in counts
        assert f"in any 28 days before that, on {least} to {most}" in counts


def test_kossakowskis_dose_changed_too_often_to_tell_anything() -> None:
    card = next(card for card in kossakowski().cards if card.topic == "treatment")
    assert card.verdict == "not yet" and card.answer == "Too many changes to tell."
    headache, _ = series()
    before = [h for h in headache[:43] if h is not None]
    after = [h for h in headache[98:] if h is not None]
    between = [h for h in headache[43:98] if h is not None]
    for part in (before, between, after):
        assert f"{sum(part)} of {len(part)} days" in card.sentence
    assert "nine times in eight weeks" in card.sentence


@cache
def cpass() -> tuple[Report, ...]:
    return tuple(tf.review(diary) for diary in tf.read(str(EXAMPLES / "cpass_pmdd_drsp")).diaries)


def test_cpass_gives_no_woman_a_direction_and_says_how_many_days_are_missing() -> None:
    assert len(cpass()) == 13
    for report in cpass():
        cards = [card for card in report.cards if card.topic == "coupling"]
        assert cards and all(card.verdict == "not yet" for card in cards)
        told = cards[0].not_yet
        assert told is not None and told.need == 60 and told.have < 60
        assert f"{told.need - told.have} more to go" in report.to_text()


def test_cpass_counts_the_recorded_days_of_each_woman() -> None:
    days: dict[str, set[tuple[str, str]]] = defaultdict(set)
    with (EXAMPLES / "cpass_pmdd_drsp" / "PMDD_data.csv").open() as file:
        for row in csv.DictReader(file):
            if row["item"] == "20.0" and row["drsp_score"]:
                days[row["subject"]].add((row["cycle"], row["day"]))
    expected = [len(one) for one in days.values()]
    assert [report.coverage.known_headache_days for report in cpass()] == expected


def test_cpass_says_that_the_first_days_of_the_cycle_were_never_recorded() -> None:
    for report in cpass():
        assert any(
            "1, 2, 3 were never recorded" in unknown.sentence for unknown in report.not_known
        )
        assert not report.coverage.is_dated


@pytest.mark.parametrize("mapping", [None, "silence-means-none.toml"])
def test_oura_establishes_no_factor(mapping: str | None) -> None:
    folder = EXAMPLES / "oura_migraine_n1"
    reading = tf.read(str(folder), str(folder / mapping) if mapping else None)
    report = tf.review(reading)
    factors = [card for card in report.cards if card.topic == "factor"]
    assert factors and all(card.verdict not in ("clear", "possible") for card in factors)


def test_ouras_untagged_days_are_unknown_unless_the_mapping_says_otherwise() -> None:
    with (EXAMPLES / "oura_migraine_n1" / "tags.csv").open() as file:
        stamps = [
            row["start_time_local"] for row in csv.DictReader(file) if row["tag"] == "migraine"
        ]
    days = {(dt.datetime.fromisoformat(s[:19]) - dt.timedelta(hours=8)).date() for s in stamps}
    report = tf.review(tf.read(str(EXAMPLES / "oura_migraine_n1")))
    assert report.coverage.known_headache_days == len(days) == 116
    assert report.coverage.unknown_headache_days == report.coverage.days - 116
    assert all(card.verdict == "not yet" for card in report.cards)


def test_an_assumption_about_silence_is_printed_with_its_numbers() -> None:
    folder = EXAMPLES / "oura_migraine_n1"
    report = tf.review(tf.read(str(folder), str(folder / "silence-means-none.toml")))
    assert any("Assumed: a day with other entries" in line for line in report.how_counted)


def test_headache_weather_counts_the_evening_entries() -> None:
    with (EXAMPLES / "headache_weather_n1" / "headache_days.csv").open() as file:
        rows = list(csv.DictReader(file))
    aches = sum(int(row["Headache"]) >= 1 for row in rows)
    doses = sum(int(row["Medication"]) >= 1 for row in rows)
    report = tf.review(tf.read(str(EXAMPLES / "headache_weather_n1")))
    used = next(row for row in report.thresholds if row.is_used)
    assert (used.headache_days, used.known_days) == (aches, len(rows)) == (90, 374)
    taken = report.pictures.acute[0].taken
    assert (sum(t is True for t in taken), sum(t is not None for t in taken)) == (doses, 374)
    assert any("10 or 15 of 30 days" in unknown.sentence for unknown in report.not_known)


def test_the_weather_comes_out_undecided_or_unlikely(shared_data: Path) -> None:
    mapping = EXAMPLES / "headache_weather_n1" / "with-weather.toml"
    data = shared_data / "headache_weather_n1" / "daily_weather_data.csv"
    report = tf.review(tf.read(str(data), str(mapping)))
    cards = [card for card in report.cards if card.topic == "factor"]
    assert cards or report.unlikely_factors
    assert all(card.verdict in ("cannot tell", "unlikely") for card in cards)


@pytest.mark.parametrize("name", sorted(one.name for one in EXAMPLES.iterdir() if one.is_dir()))
def test_every_claim_that_is_shown_carries_its_number_its_days_and_both_chances(name: str) -> None:
    for diary in tf.read(str(EXAMPLES / name)).diaries:
        report = tf.review(diary)
        for card in report.cards:
            assert card.question and card.answer
            assert card.days_used + card.days_missing + card.days_aside == report.coverage.days
            assert min(card.days_used, card.days_missing, card.days_aside) >= 0
            if card.verdict in ("clear", "possible", "cannot tell", "unlikely"):
                assert card.number is not None and card.would_change
                assert card.number.low <= card.number.value <= card.number.high
                assert card.prior is not None and card.posterior is not None
            if card.verdict == "not yet":
                assert card.number is None and card.posterior is None


NEVER = re.compile(
    r"you have (migraine|depression|chronic)|\bis safe\b|\bno risk\b|\btriggers?\b|\bcauses?\b"
    r"|\bbrings? on\b|\bleads? to\b|\babuse|\baddict|\bstreak|\boverdue\b|\bsignificant"
    r"|\b(take|stop|reduce|switch|increase) (your|the|this|one|two)\b|suicide risk"
    r"|\btwice as|\btimes as|\bp *[<=]",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", sorted(one.name for one in EXAMPLES.iterdir() if one.is_dir()))
def test_no_composed_report_says_what_must_never_be_said(name: str) -> None:
    for diary in tf.read(str(EXAMPLES / name)).diaries:
        text = " ".join(tf.review(diary).to_text().split())
        assert not NEVER.search(text), NEVER.search(text)
