"""Faith's diversity and UniFrac on trees small enough to add up by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.gut.samples import Samples
from twofold.lab.gut.table import Taxa, from_cells
from twofold.lab.gut.tree import faith, parse_newick, read_tree, unifrac
from twofold.lab.methods import apply

TREE = "((a:1,b:2)ab:3,(c:4,'d e':5):6);"


def table(counts: list[list[int]]) -> Taxa:
    whole = np.array(counts)
    row, col = np.nonzero(whole)
    ids = [f"s{i}" for i in range(len(whole))]
    return from_cells(ids, ["a", "b", "c", "d e"], row, col, whole[row, col])


def test_a_tree_is_read_with_its_names_and_lengths() -> None:
    tree = parse_newick(TREE)
    assert [tree.names[i] for i in tree.tips()] == ["a", "b", "c", "d e"]
    assert tree.lengths.tolist() == [1, 2, 3, 4, 5, 6, 0]
    assert tree.parents.tolist() == [2, 2, 6, 5, 5, 6, -1]


def test_the_branches_up_to_the_root_are_added_up() -> None:
    found = faith(
        table([[1, 0, 0, 0], [2, 9, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]]), parse_newick(TREE)
    )
    assert found.tolist() == [1 + 3, 1 + 2 + 3, 1 + 3 + 4 + 6, 21]


def test_unifrac_is_the_length_that_only_one_of_two_has() -> None:
    taxa, tree = table([[3, 0, 0, 1], [1, 1, 0, 0]]), parse_newick(TREE)
    # the first has a, d, and above them ab and cd; the second a, b and ab
    assert unifrac(taxa, tree)[0, 1] == pytest.approx((2 + 5 + 6) / (1 + 2 + 3 + 5 + 6))
    shares = [(0.75, 0.5), (0, 0.5), (0.75, 1), (0, 0), (0.25, 0), (0.25, 0)]
    lengths = [1, 2, 3, 4, 5, 6]
    far = sum(w * abs(one - two) for w, (one, two) in zip(lengths, shares, strict=True))
    reach = sum(w * (one + two) for w, (one, two) in zip(lengths, shares, strict=True))
    weighted = unifrac(taxa, tree, is_weighted=True)
    assert weighted[0, 1] == weighted[1, 0] == pytest.approx(far / reach)
    assert weighted.diagonal().tolist() == [0, 0]


def test_a_study_with_a_tree_can_ask_for_both() -> None:
    rng = np.random.default_rng(1)
    taxa = table((rng.poisson(1, (40, 4)) + np.array([1, 0, 0, 0])).tolist())
    samples = Samples(taxa.samples, {"m": np.arange(40) % 2})
    tables = {"taxa": taxa, "samples": samples, "tree": parse_newick(TREE)}
    variety = apply("gut-alpha", tables, {"group": "m", "indices": ["shannon", "faith"]})
    assert [one.name for one in variety.estimates] == ["shannon, m", "faith, m"]
    whole = apply(
        "gut-beta", tables, {"group": "m", "distance": "weighted unifrac", "permutations": 9}
    )
    assert whole.details["distance"] == "weighted unifrac"


def test_an_index_that_never_varies_is_refused() -> None:
    taxa = table([[1 + i % 3, 1, 1, 1] for i in range(40)])
    samples = Samples(taxa.samples, {"m": np.arange(40) % 2})
    with pytest.raises(LabError, match="observed is the same in every sample"):
        apply("gut-alpha", {"taxa": taxa, "samples": samples}, {"group": "m"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("((a:1,b:1);", "no Newick"),
        ("a:1,b:1);", "bracket is missing"),
        ("(a:x,b:1);", "'x' is no number"),
        ("(a:-1,b:1);", "negative"),
        ("(a:1,a:1);", "stands twice"),
        ("", "no Newick"),
        ("(a:1,b'c:1);", "no Newick"),
        ("(a:1,b:1);(c:1,d:1);", "no Newick"),
    ],
    ids=["open", "closed", "words", "negative", "twice", "empty", "quote", "two-trees"],
)
def test_what_is_no_tree_is_refused(text: str, says: str) -> None:
    with pytest.raises(LabError, match=says):
        parse_newick(text)


def test_a_very_deep_tree_is_read() -> None:
    deep = "(" * 5000 + "a:1,b:1)" + ":1,c:1)" * 0 + "".join(f",x{i}:1)" for i in range(4999)) + ";"
    assert len(parse_newick(deep).tips()) == 5001


def test_taxa_that_are_not_on_the_tree_are_named(tmp_path: Path) -> None:
    path = tmp_path / "tree.nwk"
    path.write_text("(a:1,b:1);", encoding="utf-8")
    tree = read_tree(path, {}, {})
    with pytest.raises(LabError, match="1 taxa are not on the tree, such as 'c'"):
        faith(table([[1, 1, 1, 0]]), tree)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LabError, match="cannot be read as text"):
        read_tree(path, {}, {})
