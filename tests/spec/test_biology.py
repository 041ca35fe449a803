"""The shared-biology map: every link as the reference has it, told with its source, drawn without a collision."""

from __future__ import annotations

import re
import tomllib
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twofold.errors import TwofoldError
from twofold.knowledge.mechanism import (
    corrections,
    edges,
    node_kinds,
    nodes,
    strengths,
    studies,
)
from twofold.knowledge.recomputed import of_edge, recomputed
from twofold.report import biology
from twofold.report.biology_layout import LANE, NUMBER, Box, Layout, Number, layout
from twofold.report.biology_picture import DASHES, WIDTHS, picture

TABLE = tomllib.loads((Path(__file__).parent / "tables" / "biology.toml").read_text("utf-8"))
EXAMPLES = TABLE["example"]
LINKS = list(edges().values())


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_a_link_is_as_the_reference_has_it(example: dict[str, Any]) -> None:
    edge, expect = edges()[example["case"]["edge"]], example["expect"]
    assert edge.condition == expect["condition"]
    assert (edge.evidence, edge.strength) == (expect["evidence"], expect["strength"])
    assert list(edge.articles) == expect["articles"]
    cited = " ".join(f"{source.title} {source.link}" for source in edge.sources)
    assert [one for one in expect["cites"] if one not in cited] == []


def test_a_row_that_cites_nothing_that_can_be_found_again_has_no_source() -> None:
    """Two rows name a popular article's own list, two an abstract of which no number is known."""
    unnamed = {one["id"] for one in EXAMPLES if not one["expect"]["names_a_source"]}
    assert {edge.id for edge in LINKS if not edge.has_source} == unnamed | {
        "E81", "E82", "E85", "E86",
    }  # fmt: skip


def test_the_map_has_all_its_links_and_all_its_places() -> None:
    assert [edge.id for edge in LINKS] == [f"E{number:02}" for number in range(1, 102)]
    assert len([node for node in nodes().values() if node.named_in == "list"]) == 77
    assert {node.id for node in nodes().values() if node.named_in == "links"} == {
        "networks", "cortex", "brain_volume", "metabolites", "jing_prakruti", "aura", "attack",
        "pain",
    }  # fmt: skip


ENDS_OF = {
    "M": {"migraine", "chronic_migraine", "attack", "aura", "pain"},
    "D": {"depression", "anxiety"},
}


@pytest.mark.parametrize("edge", LINKS, ids=lambda edge: edge.id)
def test_a_link_told_of_one_condition_never_ends_in_the_other(edge: Any) -> None:
    ends = set(edge.path[-1])
    if edge.condition == "M":
        assert not ends & ENDS_OF["D"]
    if edge.condition == "D":
        assert not ends & ENDS_OF["M"]


def test_raising_serotonin_helps_mood_and_not_migraine() -> None:
    assert edges()["E19"].path[-1] == ("depression",)
    assert edges()["E19"].not_to == ("migraine",)


def test_the_serotonin_idea_is_refuted_and_never_a_reason_to_stop_a_medicine() -> None:
    edge = edges()["E20"]
    assert strengths()[edge.strength].is_struck
    assert "nothing about whether antidepressants work" in edge.always_say
    for told in (biology.page(), "\n".join(biology.lines()), "\n".join(biology.lines("serotonin"))):
        assert edge.always_say in told


@pytest.mark.parametrize("edge", LINKS, ids=lambda edge: edge.id)
def test_every_link_says_what_would_change_our_mind(edge: Any) -> None:
    study = studies()[edge.study]
    side = {
        "S": study.strong, "M": study.strong, "W": study.open, "H": study.open,
        "H/W": study.open, "W/X": study.refuted, "X": study.refuted,
    }[edge.strength]  # fmt: skip
    assert edge.what_would_change_our_mind == side and side.endswith(".")


def test_a_link_without_a_source_is_never_shown_to_a_person() -> None:
    page, told = biology.page(), "\n".join(biology.lines())
    for edge in LINKS:
        words = edge.claim.replace("“", "").replace("”", "")
        for place in (page, told):
            assert (words in place.replace("“", "").replace("”", "")) == edge.has_source, edge.id
        assert (f'<details id="{edge.id}"' in page) == edge.has_source


def test_a_clinician_sees_every_link_and_which_of_them_have_no_source() -> None:
    page, told = biology.page(view="clinician"), "\n".join(biology.lines(view="clinician"))
    for edge in LINKS:
        assert f'<details id="{edge.id}"' in page
        assert f"{edge.id} " in told
    assert told.count("Source: not found.") == sum(not edge.has_source for edge in LINKS)
    assert page.count("no source found yet") >= 2 * sum(not edge.has_source for edge in LINKS)


def test_scripts_get_all_links_and_read_which_ones_a_person_may_see() -> None:
    links = biology.told().links
    assert [link.id for link in links] == [edge.id for edge in LINKS]
    for link, edge in zip(links, LINKS, strict=True):
        assert link.is_shown_to_a_person == edge.has_source == (link.source != "not found")


@given(st.sampled_from(sorted(nodes())))
@settings(max_examples=85, deadline=None)
def test_a_place_is_told_with_every_link_that_touches_it(node: str) -> None:
    told = biology.told(node)
    assert set(told.ids) == {edge.id for edge in LINKS if edge.touches(node)}
    lines = " ".join(told.lines(view="clinician"))
    for edge in LINKS:
        assert (f"{edge.id} " in lines) == edge.touches(node)
    assert biology.told(nodes()[node].label).node == node


@pytest.mark.parametrize(
    ("link", "place", "way"),
    [
        ("E25", "norepinephrine", "Links from here:"),
        ("E25", "depression", "Links to here:"),
        ("E21", "kynurenine", "Links that pass here:"),
        ("E26", "csd", "Links that pass here:"),
    ],
)
def test_a_place_says_whether_a_link_starts_passes_or_ends_there(
    link: str, place: str, way: str
) -> None:
    lines = biology.lines(place, view="clinician")
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{link} "))
    heads = [line for line in lines[:at] if line.startswith("Links ")]
    assert heads[-1] == way


def test_a_link_can_be_asked_for_by_its_number() -> None:
    told = biology.told("e25")
    assert told.ids == ("E25",) and told.node == ""
    assert [place.id for place in told.places] == ["norepinephrine", "migraine", "depression"]
    assert told.lines()[1].startswith("E25 noradrenaline → migraine and depression: ")
    held = biology.told("E33").lines()
    assert held[1] == "1 more link names no source yet, and nothing is told of it: E33."


def test_a_place_that_the_map_lacks_gets_a_plain_sentence_and_a_suggestion() -> None:
    with pytest.raises(TwofoldError) as caught:
        biology.told("seratonin")
    assert "no place called 'seratonin'" in str(caught.value)
    assert "serotonin" in caught.value.remedy


def visible_words() -> str:
    page = biology.page()
    page = re.sub(r"<style>.*?</style>|<script>.*?</script>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("wrong", corrections(), ids=lambda one: one.id)
def test_a_sentence_that_was_corrected_is_not_repeated(wrong: Any) -> None:
    said = visible_words().casefold() + " ".join(biology.lines()).casefold()
    for words in wrong.read.casefold().split("; "):
        if wrong.id not in ("C02", "C05", "C07"):
            assert words not in said


def test_that_gut_microbes_are_consistently_less_diverse_is_told_as_refuted_only() -> None:
    told = [line for line in biology.lines() if "consistently less diverse" in line]
    assert [line[:3] for line in told] == ["E69"]
    assert "promising" not in visible_words()


NEVER = re.compile(
    r"you have (migraine|depression)|\bis safe\b|\btriggers?\b|\bcauses?\b|\bcaused\b|\babuse[dr]s?\b"
    r"|\bbrings? on\b|\bfailed\b|\b(take|stop|reduce|switch|increase) (your|the|this) ",
    re.IGNORECASE,
)


def test_the_page_gives_no_diagnosis_no_advice_and_no_blame() -> None:
    said = visible_words().replace("emotional abuse", "")
    assert NEVER.findall(said) == []
    assert "not clinically reviewed yet" in said


def test_strength_can_be_seen_without_colour() -> None:
    looks = {
        (WIDTHS[one.weight], DASHES.get(one.weight) if one.is_dashed else "", one.is_struck)
        for one in strengths().values()
        if len(one.letters) == 1
    }
    assert len(looks) == 5
    dashed = {one.id for one in strengths().values() if one.is_dashed}
    assert dashed >= {"H", "W", "H/W"} and not dashed & {"S", "M"}
    assert {one.id for one in strengths().values() if one.is_struck} == {"X", "W/X"}
    assert [one.weight for one in strengths().values()] == sorted(
        (one.weight for one in strengths().values()), reverse=True
    )


# ------------------------------------------------------------------ the layout


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two rectangles (left, top, right, bottom) share more than a border."""
    return (
        one[0] < other[2] - 0.01
        and other[0] < one[2] - 0.01
        and one[1] < other[3] - 0.01
        and other[1] < one[3] - 0.01
    )


def of_box(box: Box) -> tuple[float, ...]:
    return box.x, box.y, box.x + box.width, box.y + box.height


def of_number(number: Number) -> tuple[float, ...]:
    wide = 9.5 * len(number.edge.lstrip("E0"))
    return (
        number.x - wide / 2, number.y - LANE / 2, number.x + wide / 2, number.y + LANE / 2,
    )  # fmt: skip


def collisions(drawn: Layout) -> list[tuple[object, object]]:
    marks = [(box.node, of_box(box)) for box in drawn.boxes]
    marks += [(number, of_number(number)) for number in drawn.numbers]
    return [(a, b) for (a, here), (b, there) in combinations(marks, 2) if overlap(here, there)]


@given(st.sets(st.sampled_from([edge.id for edge in LINKS]), max_size=101))
@settings(max_examples=40, deadline=None)
def test_whichever_links_are_drawn_nothing_lies_on_anything_else(chosen: set[str]) -> None:
    drawn = layout([edge for edge in LINKS if edge.id in chosen])
    assert collisions(drawn) == []
    assert {line.edge for line in drawn.lines} == chosen
    assert {number.edge for number in drawn.numbers} == chosen
    for box in drawn.boxes:
        assert box.x >= 0 and box.x + box.width <= drawn.width
        assert box.y >= 0 and box.y + box.height <= drawn.height


def test_every_strand_of_every_link_is_drawn() -> None:
    drawn = layout(LINKS)
    for edge in LINKS:
        ends = [line.target for line in drawn.lines if line.edge == edge.id]
        assert len(ends) == len(
            {
                (start, "both" if set(there) == {"migraine", "depression"} else end)
                for here, there in zip(edge.path, edge.path[1:], strict=False)
                for start in here
                for end in there
            }
        )


def test_number_columns_hold_the_longest_number() -> None:
    assert max(of_number(Number("E101", 0, 0))) * 2 <= NUMBER


def test_every_place_stands_on_the_side_of_its_pathway() -> None:
    drawn = layout(LINKS)
    sides: dict[str, set[float]] = {}
    for box in drawn.boxes:
        if box.node in nodes():
            side = node_kinds()[nodes()[box.node].kind].side
            sides.setdefault(side, set()).add(box.x)
    assert all(len(found) == 1 for found in sides.values())
    assert [min(sides[side]) for side in ("left", "middle", "right")] == sorted(
        min(found) for found in sides.values()
    )


def test_the_same_map_is_the_same_picture_every_time() -> None:
    assert picture(LINKS) == picture(LINKS)
    assert biology.page() == biology.page()


def test_the_picture_alone_carries_its_colours() -> None:
    alone = picture(LINKS, theme="print", links=False)
    assert "var(--" not in alone and "<a " not in alone


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "biology.html"
    assert biology.write_page(path) == path.read_text(encoding="utf-8") == biology.page()


# --- what is worked out here, and what is only cited


def test_a_link_says_whether_it_is_worked_out_here_or_only_cited() -> None:
    page = biology.page(view="clinician")
    for edge in LINKS:
        row = re.search(rf'<tr data-edge="{edge.id}">.*?</tr>', page, re.DOTALL)
        assert row is not None
        assert ("<td>worked out here</td>" in row[0]) == bool(of_edge(edge.id))
        assert ("<td>cited</td>" in row[0]) == (not of_edge(edge.id))


def test_every_claim_that_was_worked_out_stands_on_the_map_with_how_it_stands() -> None:
    page = biology.page()
    for claim in recomputed().values():
        told = re.search(rf'<details id="claim-{claim.id}" open>.*?</details>', page, re.DOTALL)
        assert told is not None and f"<b>{claim.stands}</b>" in told[0]


def test_a_popular_sentence_that_the_data_do_not_support_is_struck_through() -> None:
    page = biology.page()
    struck = (
        "<s>Migraine and depression share dopamine genes.</s> Not supported by the data at hand."
    )
    assert struck in page
    for claim in recomputed().values():
        if claim.stands in ("supported", "cannot say"):
            assert f"<s>{claim.popular}</s> {claim.stands.capitalize()}" not in page
