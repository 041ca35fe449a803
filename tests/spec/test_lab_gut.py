"""Tables of microbes: what is read, what is refused, and what is said at the end."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.gut.matching import matched
from twofold.lab.gut.reading import read_biom, read_taxa
from twofold.lab.gut.samples import Samples, read_samples
from twofold.lab.gut.table import Taxa, from_cells
from twofold.lab.methods import apply
from twofold.lab.recipe import shipped
from twofold.lab.sources import READERS, Source, function_of

BIOM = {
    "format": "Biological Observation Matrix 1.0.0",
    "matrix_type": "sparse",
    "shape": [2, 3],
    "data": [[0, 0, 4.0], [1, 0, 1.0], [0, 1, 2.0], [1, 2, 9.0]],
    "rows": [
        {
            "id": "11",
            "metadata": {"taxonomy": ["k__Bacteria", "p__A", "c__", "o__", "f__", "g__X"]},
        },
        {"id": "12", "metadata": {"taxonomy": "k__Bacteria; p__A; c__; o__; f__; g__; s__"}},
    ],
    "columns": [{"id": one, "metadata": None} for one in ("a", "b", "c")],
}


def biom(folder: Path, **changed: Any) -> Path:
    path = folder / "table.biom.gz"
    path.write_bytes(gzip.compress(json.dumps(BIOM | changed).encode()))
    return path


def text(folder: Path, lines: str) -> Path:
    path = folder / "table.tsv"
    path.write_text(lines, encoding="utf-8")
    return path


def study(people: int = 80, effect: float = 0.0, seed: int = 1) -> dict[str, Any]:
    """Give an invented study: half say yes; the first ten taxa go with it."""
    rng = np.random.default_rng(seed)
    yes = (np.arange(people) % 2).astype(float)
    logs = rng.normal(3, 1, 40) + rng.normal(0, 0.6, (people, 40))
    logs[:, :10] += effect * yes[:, None]
    counts = rng.poisson(np.exp(logs))
    rows, columns = np.nonzero(counts)
    ids = tuple(f"s{i}" for i in range(people))
    lineages = [("k__B", "p__", "c__", "o__", "f__", f"g__G{i}", "s__") for i in range(40)]
    taxa = from_cells(
        ids, [f"t{i}" for i in range(40)], rows, columns, counts[rows, columns], lineages
    )
    numbers = {"migraine": yes, "depression": (np.arange(people) // 2 % 2).astype(float)}
    places = tuple("gut" if i % 10 else None for i in range(people))
    return {"taxa": taxa, "samples": Samples(ids, numbers, {"site": places, "person": ids})}


# ------------------------------------------------------------------ reading


def test_a_biom_table_is_read_with_its_lineages(tmp_path: Path) -> None:
    taxa = read_biom(biom(tmp_path), {}, {})
    assert taxa.samples == ("a", "b", "c")
    assert taxa.dense().tolist() == [[4, 1], [2, 0], [0, 9]]
    assert taxa.at_rank("genus").names == ("A (no genus)", "X")


def test_a_biom_table_is_read_the_same_however_it_is_laid_out(tmp_path: Path) -> None:
    path = tmp_path / "spaced.biom"
    path.write_text(json.dumps(BIOM, indent=2), encoding="utf-8")
    assert read_biom(path, {}, {}).dense().tolist() == [[4, 1], [2, 0], [0, 9]]
    named = [{"id": one, "metadata": {"data": [[1, 2]]}} for one in ("a", "b", "c")]
    assert read_biom(biom(tmp_path, columns=named), {}, {}).dense()[2, 1] == 9


def test_a_dense_biom_table_is_read_the_same(tmp_path: Path) -> None:
    dense = biom(tmp_path, matrix_type="dense", data=[[4, 2, 0], [1, 0, 9]])
    assert read_biom(dense, {}, {}).dense().tolist() == [[4, 1], [2, 0], [0, 9]]


@pytest.mark.parametrize("rows", ["taxa", "samples"])
def test_a_plain_table_is_read_both_ways(tmp_path: Path, rows: str) -> None:
    lines = {
        "taxa": "# Constructed from biom file\n#OTU ID\ta\tb\ttaxonomy\n"
        "11\t4\t2\tk__B; p__A\n12\t1.0\t0\tk__B; p__C\n",
        "samples": "sample,11,12\na,4,1\nb,2,0\n",
    }
    taxa = read_taxa(text(tmp_path, lines[rows]), {}, {"rows": rows})
    assert taxa.samples == ("a", "b")
    assert taxa.dense().tolist() == [[4, 1], [2, 0]]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("id,a,b\nx,1,-2\ny,3,1\n", "'b': a count is negative"),
        ("id,a,b\nx,1,nan\ny,3,1\n", "negative or missing"),
        ("id,a,b\nx,40.5,20.25\ny,59.5,79.75\n", "add up to 100: these are shares"),
        ("id,a,b\nx,0.4,0.2\ny,0.6,0.8\n", "add up to 1: these are shares"),
        ("id,a,b\nx,1.5,2\ny,3,1\n", "no whole number"),
        ("id,a,b\nx,1,0\ny,3,0\n", "row 2: the sample holds no read"),
        ("id,a,b\nx,0,0\ny,0,0\n", "holds no read"),
        ("id,a,a\nx,1,2\n", "sample 'a' stands twice"),
        ("id,a,b\nx,1,2\nx,1,2\n", "taxon 'x' stands twice"),
        ("id,a,b\nx,1\n", "row 1 has 2 values"),
        ("id,a,b\nx,1,many\n", "row 1 holds something that is no number"),
        ("id,a,b\n", "holds no rows"),
    ],
    ids=[
        "negative", "not-a-number", "percents", "shares", "fraction", "one-empty-sample",
        "all-zero", "sample-twice", "taxon-twice", "short-row", "words", "header-only",
    ],
)  # fmt: skip
def test_a_table_that_holds_no_counts_is_refused(tmp_path: Path, lines: str, says: str) -> None:
    with pytest.raises(LabError, match=re.escape(says)):
        read_taxa(text(tmp_path, lines), {}, {"rows": "taxa"})


def test_a_plain_table_has_to_say_what_its_rows_are(tmp_path: Path) -> None:
    with pytest.raises(LabError, match='rows = "samples"'):
        read_taxa(text(tmp_path, "id,a\nx,1\n"), {}, {})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"shape": [2, 4]}, "holds 2 × 3"),
        ({"data": [[0, 9, 1.0]]}, "outside the table"),
        ({"data": [[0, 1, "x"]]}, "not all numbers"),
        ({"data": [[0, 1]]}, "no triples"),
        ({"data": [[0, 1], [1, 0, 1, 1]]}, "not all numbers"),
        ({"data": [[0.5, 1, 1]]}, "no triples"),
        ({"data": [[0, 0, -1.0]]}, "negative"),
        ({"data": [[0, 0, 0.5]]}, "no whole number"),
        ({"data": []}, "holds no read"),
        ({"rows": [{"id": "11"}, {"id": 12}]}, "has no id"),
        ({"columns": None}, "no rows and columns"),
    ],
    ids=[
        "shape",
        "outside",
        "words",
        "pairs",
        "ragged",
        "half-a-row",
        "negative",
        "fraction",
        "empty",
        "no-id",
        "no-columns",
    ],
)
def test_a_broken_biom_table_is_refused(tmp_path: Path, changed: Any, says: str) -> None:
    with pytest.raises(LabError, match=says):
        read_biom(biom(tmp_path, **changed), {}, {})


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 90, "BIOM 2"),
        (b"[1, 2]", "no BIOM table"),
        (b"\x1f\x8b broken", "cannot be read"),
        (b"\xff\xfe\x00", "no BIOM table"),
        (b"[" * 200_000, "no BIOM table"),
    ],
    ids=["hdf5", "no-object", "broken-gzip", "no-text", "very-deep"],
)
def test_what_is_no_biom_table_is_refused(tmp_path: Path, raw: bytes, says: str) -> None:
    path = tmp_path / "x.biom"
    path.write_bytes(raw)
    with pytest.raises(LabError, match=says):
        read_biom(path, {}, {})


def test_answers_that_are_no_answers_are_missing_and_counted(tmp_path: Path) -> None:
    lines = "sample,m,age,g\na,1,30,x\nb,0.0,-1,-0.0\nc,-1,500,no_data\nd,-0.0,,y\ne,2,41,y\n"
    kinds = {"m": "yes-no", "age": "number"}
    found = read_samples(
        text(tmp_path, lines),
        {"sample": "sample", "m": "m", "age": "age", "g": "g"},
        {"kinds": kinds, "ranges": {"age": [0, 120]}},
    )
    assert found.numbers["m"].tolist()[:2] == [1, 0]
    assert np.isnan(found.numbers["m"][2:]).all()
    assert found.categories["g"] == ("x", None, None, "y", "y")
    assert found.odd == {"sample": 0, "m": 3, "age": 2, "g": 1}


def test_ids_can_be_cut_and_repeats_dropped_only_when_that_is_said(tmp_path: Path) -> None:
    path = text(tmp_path, "sample,f\n1.a.7,3\n1.a.8,4\n1.b.7,5\n")
    columns = {"sample": "sample", "f": "f"}
    kinds = {"kinds": {"f": "number"}, "id_parts": 2}
    with pytest.raises(LabError, match="stands twice"):
        read_samples(path, columns, kinds)
    found = read_samples(path, columns, {**kinds, "repeated": "first"})
    assert found.ids == ("1.a", "1.b")
    assert found.numbers["f"].tolist() == [3, 5]
    assert found.odd["sample"] == 1


# ------------------------------------------------------------------ who goes in


def test_every_sample_that_is_left_out_is_counted_with_its_reason() -> None:
    tables = study()
    people = tuple("twin" if i in (2, 3) else f"p{i}" for i in range(80))
    samples = Samples(
        tables["samples"].ids,
        {"migraine": np.where(np.arange(80) == 5, np.nan, tables["samples"].numbers["migraine"])},
        {"site": tables["samples"].categories["site"], "person": people},
    )
    found = matched(
        {**tables, "samples": samples},
        {"group": "migraine", "where": {"site": "gut"}, "one_per": "person"},
    )
    assert found.left_out == (
        "8 samples: site is not gut",
        "1 samples: migraine is not answered",
        "1 samples: of a person who has another one here",
    )
    assert len(found.groups) == 70
    assert found.taxa is not None
    assert found.taxa.samples == found.samples.ids


def test_a_table_on_its_side_is_told_as_such() -> None:
    tables = study()
    taxa: Taxa = tables["taxa"]
    row, col = np.nonzero(taxa.dense())
    turned = from_cells(taxa.names, taxa.samples, col, row, taxa.dense()[row, col])
    with pytest.raises(LabError, match="lies on its side"):
        matched({**tables, "taxa": turned}, {"group": "migraine"})


def test_ids_that_do_not_agree_are_shown() -> None:
    tables = study()
    strangers = Samples(tuple(f"x{i}" for i in range(80)), tables["samples"].numbers)
    with pytest.raises(LabError, match=r"no sample of one table.*'x0'.*'s0'"):
        matched({**tables, "samples": strangers}, {"group": "migraine"})


@pytest.mark.parametrize(
    ("rows", "says"),
    [([0], "one group"), ([0, 2, 4], "one group"), ([*range(0, 40, 2), 1], "has 1 samples")],
    ids=["one-sample", "one-group", "a-group-of-one"],
)
def test_too_few_samples_are_refused(rows: list[int], says: str) -> None:
    tables = study()
    with pytest.raises(LabError, match=says):
        matched({**tables, "samples": tables["samples"].pick(rows)}, {"group": "migraine"})


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(LabError, match="no column 'age'"):
        matched(study(), {"group": "migraine", "covariates": ["age"]})
    with pytest.raises(LabError, match="no category 'place'"):
        matched(study(), {"group": "migraine", "where": {"place": "gut"}})
    with pytest.raises(LabError, match="no yes-no column"):
        matched(study(), {"group": "site"})


# ------------------------------------------------------------------ what is said


@pytest.mark.parametrize("method", ["gut-alpha", "gut-beta", "gut-differential"])
def test_without_an_effect_no_method_claims_one(method: str) -> None:
    found = apply(method, study(), {"group": "migraine", "permutations": 199, "seed": 1})
    assert (
        "not differ clearly" in found.verdict
        or "No difference" in found.verdict
        or ("none differs" in found.verdict)
    )
    assert found.used == 80
    assert any("cannot show what comes first" in one for one in found.warnings)


def test_an_effect_is_seen_by_communities_and_by_taxa() -> None:
    options = {"group": "migraine", "permutations": 199, "sets": {"mine": ["G0", "G1"]}}
    communities = apply("gut-beta", study(effect=1.5), options)
    assert communities.estimates[0].p == pytest.approx(1 / 200)
    taxa = apply("gut-differential", study(effect=1.5), options)
    named = {row["name"] for row in taxa.details["taxa"] if max(row["q"], row["q_ratio"]) < 0.05}
    assert {f"G{i}" for i in range(10)} <= named
    assert taxa.estimate("mine, migraine").value > 0.5
    assert taxa.details["differing"] == taxa.estimate("taxa that differ, migraine").value


def test_no_headline_where_groups_only_vary_by_different_amounts() -> None:
    rng = np.random.default_rng(3)
    yes = np.arange(100) % 2
    counts = rng.poisson(np.exp(3 + rng.normal(size=(100, 40)) * np.where(yes, 1.6, 0.3)[:, None]))
    row, col = np.nonzero(counts)
    ids = [f"s{i}" for i in range(100)]
    taxa = from_cells(ids, [f"t{i}" for i in range(40)], row, col, counts[row, col])
    found = apply(
        "gut-beta",
        {"taxa": taxa, "samples": Samples(tuple(ids), {"m": yes.astype(float)})},
        {"group": "m", "permutations": 199},
    )
    assert found.headline is None
    assert found.estimate("PERMDISP F").p == pytest.approx(1 / 200)


def test_two_conditions_make_four_groups() -> None:
    found = apply(
        "gut-alpha",
        study(),
        {"group": "migraine", "second": "depression", "indices": ["shannon"]},
    )
    assert found.details["groups"] == {
        "both": 20, "depression only": 20, "migraine only": 20, "neither": 20
    }  # fmt: skip
    assert [one.name for one in found.estimates] == [
        "shannon, migraine only", "shannon, depression only", "shannon, both"
    ]  # fmt: skip


def test_samples_are_exchanged_only_within_the_groups_of_a_category() -> None:
    """Where the clinic and the migraine go together wholly, no exchange within it can tell."""
    tables = study(effect=1.5)
    samples: Samples = tables["samples"]
    clinic = tuple(
        None if np.isnan(one) else "north" if one else "south"
        for one in samples.numbers["migraine"]
    )
    tables["samples"] = replace(samples, categories={**samples.categories, "clinic": clinic})
    options = {"group": "migraine", "permutations": 199}
    assert apply("gut-beta", tables, options).estimates[0].p == pytest.approx(1 / 200)
    within = apply("gut-beta", tables, options | {"within": "clinic"})
    assert within.estimates[0].p == 1.0
    assert "199 permutations within each clinic" in within.estimates[0].note
    with pytest.raises(LabError, match="no column 'house'"):
        apply("gut-beta", tables, options | {"within": "house"})


def test_the_same_seed_gives_the_same_result() -> None:
    options = {"group": "migraine", "permutations": 99, "seed": 5, "depth": 500}
    one, other = (apply("gut-beta", study(), options) for _ in range(2))
    assert one == other
    assert any("fewer than 500 reads" in why for why in one.left_out) or one.used == 80


@pytest.mark.parametrize(("method", "name"), [("gut-beta", "points"), ("gut-differential", "taxa")])
def test_the_pictures_tell_their_numbers_to_a_screen_reader(method: str, name: str) -> None:
    found = apply(method, study(effect=1.5), {"group": "migraine", "permutations": 9})
    svg = ElementTree.fromstring(found.pictures[name])
    space = "{http://www.w3.org/2000/svg}"
    assert svg.get("role") == "img"
    assert svg.findtext(f"{space}title")
    assert re.search(r"\d", str(svg.findtext(f"{space}desc")))
    sizes = [float(str(one.get("font-size"))) for one in svg.iter(f"{space}text")]
    assert min(sizes) >= 14


def test_indices_and_distances_that_do_not_exist_are_named() -> None:
    with pytest.raises(LabError, match="There are: observed, shannon"):
        apply("gut-alpha", study(), {"group": "migraine", "indices": ["fisher"]})
    with pytest.raises(LabError, match="There are: bray-curtis"):
        apply("gut-beta", study(), {"group": "migraine", "distance": "euclid"})
    with pytest.raises(LabError, match="no rank 'tribe'"):
        apply("gut-differential", study(), {"group": "migraine", "rank": "tribe"})
    with pytest.raises(LabError, match="no taxon of mine was read"):
        apply("gut-differential", study(), {"group": "migraine", "sets": {"mine": ["Zzz"]}})
    with pytest.raises(LabError, match="can be rarefied to 1000000"):
        apply("gut-alpha", study(), {"group": "migraine", "depth": 1_000_000})


def test_the_recipes_about_microbes_ship_no_rows() -> None:
    mine = [one for name, one in shipped().items() if "gut" in name or "oral" in name]
    assert len(mine) >= 7
    for recipe in mine:
        for source in recipe.tables.values():
            assert isinstance(source, Source)
            assert "rows are not shipped" in source.licence
            function_of(READERS, source.reader, "reader")
