"""Shared genes, pathways and drug targets: counts, chance and what a biased list does to it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.genetics.drug_targets import compounds_on, drug_targets
from twofold.lab.genetics.gene_tables import (
    Bindings,
    GeneLinks,
    GeneSets,
    Nodes,
    read_bindings,
    read_gene_sets,
    read_links,
    read_nodes,
)
from twofold.lab.genetics.overlap import (
    _at_least,
    gene_overlap,
    overlap,
    overlap_as_looked_at,
    q_values,
    shared_pathways,
)

IDS = ["DOID:6364", "DOID:1595"]
LINK_COLUMNS = {
    "condition": "doid_id",
    "name": "doid_name",
    "gene": "entrez_gene_id",
    "symbol": "gene_symbol",
    "sources": "sources",
    "licence": "license",
}


@pytest.fixture(scope="module")
def hetionet(shared_data: Path) -> dict[str, Any]:
    place = shared_data / "genetics" / "hetionet-disease-genes"
    nodes = {"id": "id", "name": "name", "kind": "kind"}
    sets = {"id": "identifier", "name": "name", "source": "source", "genes": "genes"}
    bindings = {
        "compound": "drugbank_id", "gene": "entrez_gene_id", "sources": "sources",
        "actions": "actions", "licence": "license",
    }  # fmt: skip
    return {
        "links": read_links(place / "DaG-association.tsv", LINK_COLUMNS, {}),
        "nodes": read_nodes(place / "nodes.tsv", nodes, {}),
        "pathways": read_gene_sets(place / "pathways.tsv", sets, {}),
        "bindings": read_bindings(place / "CbG-binding.tsv", bindings, {}),
        "free": read_bindings(place / "CbG-binding.tsv", bindings, {"free_only": True}),
    }


def test_the_table_at_hand_gives_the_reference_overlap(hetionet: dict[str, Any]) -> None:
    """6 genes, expected .0725 of 20,945, p = 8.5e-11: PROVENANCE.md of hetionet-disease-genes."""
    found = gene_overlap(hetionet, {"conditions": IDS})
    assert found.details["shared"] == ["BDNF", "HTR1A", "HTR2A", "HTR2C", "HTR7", "SLC6A4"]
    assert found.details["expected"] == "0.0725"
    first = found.estimate("shared genes")
    assert (first.value, first.of) == (6, 20945)
    assert first.p == pytest.approx(8.5e-11, rel=0.01)
    only_one, only_other = found.details["only_one"], found.details["only_other"]
    migraine = "CALCA RAMP1 CALCRL HTR1B HTR1D TRPM8 LRP1 PRDM16 CACNA1A MTHFR"
    assert set(migraine.split()) <= set(only_one)
    assert {"COMT", "MAOA", "TPH2"} <= set(only_other)
    assert "DRD2" not in {*only_one, *only_other}
    assert found.estimate("shared genes, genome-wide findings only").value == 0


def test_dopamine_genes_are_not_shared_in_the_table_at_hand(hetionet: dict[str, Any]) -> None:
    sets = {"dopamine genes": ["DRD1", "DRD2", "DRD3", "TH", "SLC6A3", "COMT", "MAOA"]}
    found = gene_overlap(hetionet, {"conditions": IDS, "sets": sets})
    told = found.estimate("dopamine genes, shared")
    assert (told.value, told.of) == (0, 7)
    assert "second only: COMT, MAOA" in told.note


def test_the_bias_of_looking_makes_the_overlap_less_surprising(hetionet: dict[str, Any]) -> None:
    found = gene_overlap(hetionet, {"conditions": IDS})
    p = [one.p for one in found.estimates[:3]]
    assert p[0] < p[1] < p[2] < 0.001
    assert found.estimate("pathways of both, without the shared genes").value == 0


def test_the_compounds_that_bind_most_shared_genes_are_named(hetionet: dict[str, Any]) -> None:
    found = drug_targets(hetionet, {"conditions": IDS})
    rows = {row["name"]: row for row in found.details["compounds"]}
    assert rows["Amitriptyline"]["shared"] == sorted(
        ["HTR1A", "HTR2A", "HTR2C", "HTR7", "SLC6A4"],
        key=lambda one: {"HTR1A": "3350", "HTR2A": "3356", "HTR2C": "3358"}.get(
            one, {"HTR7": "3363", "SLC6A4": "6532"}.get(one, "")
        ),
    )
    assert "nothing about whether a compound helps" in found.verdict
    free = drug_targets({**hetionet, "bindings": hetionet["free"]}, {"conditions": IDS})
    assert free.estimates[0].value < found.estimates[0].value


def test_the_p_value_counts_every_possible_pair_of_lists() -> None:
    genes = "abcdefg"
    observed = overlap("abc", "bcd", genes)
    every = [
        len(set(one) & set(other)) >= 2
        for one in combinations(genes, 3)
        for other in combinations(genes, 3)
    ]
    assert observed.p == pytest.approx(np.mean(every))
    assert observed.expected == pytest.approx(9 / 7)


def test_unequal_coins_are_added_up_exactly() -> None:
    chance = np.array([0.1, 0.7, 0.4, 0.9])
    every = np.array(list(np.ndindex(2, 2, 2, 2)))
    each = np.prod(np.where(every, chance, 1 - chance), axis=1)
    for count in range(5):
        assert _at_least(chance, count) == pytest.approx(each[every.sum(axis=1) >= count].sum())


def test_lists_drawn_as_often_as_looked_at_are_those_of_drawing() -> None:
    rng = np.random.default_rng(1)
    looked_at = {f"g{i}": int(one) for i, one in enumerate(rng.integers(1, 12, 300))}
    weight = np.array(list(looked_at.values()))
    one, other = [f"g{i}" for i in range(20)], [f"g{i}" for i in range(16, 34)]
    places = np.argpartition(rng.exponential(size=(2, 10_000, 300)) / weight, (18, 20), axis=2)
    held = np.zeros((10_000, 300), dtype=bool)
    np.put_along_axis(held, places[0, :, :20], True, axis=1)
    shared = np.take_along_axis(held, places[1, :, :18], axis=1).sum(axis=1)
    expected, p = overlap_as_looked_at(one, other, looked_at)
    assert expected == pytest.approx(shared.mean(), rel=0.04)
    drawn = np.mean(shared >= 4)
    assert drawn - 0.005 < p < 1.5 * drawn + 0.005


def test_a_biased_table_looks_shared_only_when_the_bias_is_not_counted() -> None:
    rng = np.random.default_rng(2)
    looked_at = {f"g{i}": int(one) for i, one in enumerate(np.r_[[40] * 30, [1] * 970])}
    weight = np.array(list(looked_at.values()), dtype=float)
    plain, fair = [], []
    for _ in range(60):
        one, other = (
            [f"g{i}" for i in np.argsort(rng.exponential(size=1000) / weight)[:25]] for _ in "ab"
        )
        plain.append(overlap(one, other, looked_at).p < 0.05)
        fair.append(overlap_as_looked_at(one, other, looked_at)[1] < 0.05)
    assert np.mean(plain) > 0.9
    assert np.mean(fair) < 0.15


def test_a_pathway_of_both_holds_more_of_each_list_than_chance() -> None:
    genes = [f"g{i}" for i in range(200)]
    sets = GeneSets(
        ("mine", "wide"), ("mine", "wide"), ("x", "x"), (frozenset(genes[:10]), frozenset(genes))
    )
    rows = shared_pathways(genes[:6], genes[4:10] + genes[50:54], sets)
    assert rows[0]["name"] == "mine"
    assert (rows[0]["one"], rows[0]["other"]) == (6, 6)
    assert rows[0]["q"] < 1e-4
    assert rows[1]["p"] == pytest.approx(1)


def test_q_values_step_up() -> None:
    assert q_values(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.04, 0.04])


def test_compounds_are_ranked_by_shared_targets() -> None:
    bindings = Bindings(
        ("A", "A", "B", "C"), ("1", "2", "1", "9"),
        (frozenset(),) * 4, (frozenset(),) * 4, ("",) * 4,
    )  # fmt: skip
    rows = compounds_on({"1", "2"}, {"1", "2", "3"}, {"1", "2"}, bindings)
    assert [row["compound"] for row in rows] == ["A", "B"]
    # Among the genes 1, 2 and 9 two are shared: both of A's by chance once in three.
    assert rows[0]["p"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("conditions", "genes", "says"),
    [
        (("a", "a"), ("1", "1"), "stand twice"),
        (("a", ""), ("1", "2"), "row 2: an id is empty"),
        (("a",), ("1", "2"), "differ in length"),
    ],
    ids=["twice", "empty", "lengths"],
)
def test_links_that_cannot_be_are_refused(
    conditions: tuple[str, ...], genes: tuple[str, ...], says: str
) -> None:
    rest = (conditions, genes, genes, (frozenset[str](),) * len(genes), ("",) * len(genes))
    with pytest.raises(LabError, match=says):
        GeneLinks(conditions, *rest)


def test_what_is_not_there_is_named() -> None:
    links = GeneLinks(("a",), ("a",), ("1",), ("ONE",), (frozenset({"GWAS Catalog"}),), ("",))
    with pytest.raises(LabError, match=r"no genes of 'b'.*The first conditions are: a"):
        links.genes_of("b")
    with pytest.raises(LabError, match="There are: Gene"):
        Nodes({"Gene": {"1": "ONE"}}).ids("Drug")
    with pytest.raises(LabError, match="no gene of the background"):
        overlap("a", "b", "b")
    empty = Bindings(("A",), ("9",), (frozenset(),), (frozenset(),), ("",))
    with pytest.raises(LabError, match="no compound binds"):
        drug_targets(
            {"links": links, "bindings": empty, "nodes": Nodes({})}, {"conditions": ["a", "a"]}
        )
