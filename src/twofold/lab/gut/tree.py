"""Taxa on a tree: Faith's diversity and UniFrac, where a tree is given.

Faith 1992 (Biol Conserv 61:1): the length of all branches that a sample's taxa
hang on, up to the root. Lozupone & Knight 2005 (Appl Environ Microbiol
71:8228) and 2007 (73:1576): the branch length that only one of two samples
has, and the same weighted by how the reads differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.gut.table import Taxa
from twofold.lab.tables import Column

MOST_BYTES = 200_000_000
TOKEN = re.compile(r"\s*([(),;]|:[^(),;:\s]+|'(?:[^']|'')*'|[^(),;:'\s]+)")


@dataclass(frozen=True)
class Tree:
    """A rooted tree; a branch leads from each node to its parent.

    Parameters
    ----------
    parents : array of int, shape (nodes,)
        −1 for the root. A parent stands after its children.
    lengths : array, shape (nodes,)
        Of the branch above each node; 0 for the root.
    names : tuple of str, length nodes
        Empty where a node has no name.

    Raises
    ------
    LabError
        When a length is negative or missing, or a tip's name stands twice.
    """

    parents: NDArray[np.int64]
    lengths: Column
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not np.isfinite(self.lengths).all() or (self.lengths < 0).any():
            raise LabError("a branch's length is negative or missing.", where="tree")
        tips = [self.names[i] for i in self.tips()]
        if len(set(tips)) != len(tips):
            raise LabError("a tip's name stands twice.", where="tree")

    def tips(self) -> NDArray[np.int64]:
        """Return the nodes without children."""
        return np.setdiff1d(np.arange(len(self.parents)), self.parents)


def read_tree(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> Tree:
    """Return a tree from a Newick file.

    Raises
    ------
    LabError
        When it is larger than its bound, no text, or no Newick.
    """
    try:
        raw = path.read_bytes()[: MOST_BYTES + 1]
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise LabError("it cannot be read as text.", where=str(path)) from None
    if len(raw) > MOST_BYTES:
        raise LabError("it is larger than 200 MB.", where=path.name)
    return parse_newick(text, where=path.name)


def parse_newick(text: str, *, where: str = "tree") -> Tree:
    """Return the tree that one Newick sentence tells.

    >>> parse_newick("((a:1,b:2):3,c:4);").names
    ('a', 'b', '', 'c', '')
    """
    open_nodes: list[list[int]] = []
    parents: list[int] = []
    lengths: list[float] = []
    names: list[str] = []
    is_named = False
    for token in _tokens(text, where):
        if token == "(":
            open_nodes.append([])
            is_named = False
        elif token in (",", ")"):
            if not open_nodes:
                raise LabError("a bracket is missing.", where=where)
            if not is_named:
                _add(parents, lengths, names, "")
            open_nodes[-1].append(len(parents) - 1)
            is_named = token == ")"
            if token == ")":
                children = open_nodes.pop()
                _add(parents, lengths, names, "")
                for child in children:
                    parents[child] = len(parents) - 1
        elif token.startswith(":"):
            if not is_named:
                _add(parents, lengths, names, "")
            is_named = True
            lengths[-1] = _length(token[1:], where)
        elif token != ";":
            if is_named:
                names[-1] = token.strip("'")
            else:
                _add(parents, lengths, names, token.strip("'"))
            is_named = True
    if open_nodes or parents.count(-1) != 1 or len(parents) < 2:
        raise LabError("it is no Newick tree.", where=where)
    lengths[-1] = 0.0
    return Tree(np.array(parents), np.array(lengths), tuple(names))


def faith(taxa: Taxa, tree: Tree) -> Column:
    """Return Faith's diversity of each sample, shape (n,).

    Raises
    ------
    LabError
        When a taxon that was read is no tip of the tree.
    """
    reads, lengths = _above(taxa, tree)
    return np.asarray((reads > 0) @ lengths)


def unifrac(taxa: Taxa, tree: Tree, *, is_weighted: bool = False) -> NDArray[np.float64]:
    """Return the UniFrac distance of every two samples, shape (n, n).

    Parameters
    ----------
    taxa : Taxa
    tree : Tree
    is_weighted : bool
        ``True``: by shares of reads, divided by its largest possible value.

    Raises
    ------
    LabError
        When a taxon that was read is no tip of the tree.
    """
    reads, lengths = _above(taxa, tree)
    if is_weighted:
        shares = reads / taxa.depths[:, None]
        far = np.stack([np.abs(shares - one) @ lengths for one in shares])
        reach = shares @ lengths
        return np.asarray(far / (reach[:, None] + reach[None, :]))
    seen = (reads > 0).astype(np.float64)
    both = (seen * lengths) @ seen.T
    each = both.diagonal()
    either = each[:, None] + each[None, :] - both
    return np.asarray((either - both) / either)


def _tokens(text: str, where: str) -> Iterator[str]:
    place = 0
    text = text.strip()
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise LabError(f"it is no Newick tree: {text[place : place + 20]!r}.", where=where)
        yield found[1]
        place = found.end()


def _add(parents: list[int], lengths: list[float], names: list[str], name: str) -> None:
    parents.append(-1)
    lengths.append(0.0)
    names.append(name)


def _length(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise LabError(f"the length {text[:20]!r} is no number.", where=where) from None


def _above(taxa: Taxa, tree: Tree) -> tuple[NDArray[np.int64], Column]:
    """Return the reads under each branch, shape (n, nodes), and the branches' lengths."""
    place = {tree.names[i]: i for i in tree.tips()}
    read = np.unique(taxa.columns)
    strangers = [taxa.names[i] for i in read if taxa.names[i] not in place]
    if strangers:
        raise LabError(
            f"{len(strangers)} taxa are not on the tree, such as {strangers[0]!r}.",
            remedy="Use the tree that the table was made with.",
        )
    reads = np.zeros((len(taxa.samples), len(tree.parents)), dtype=np.int64)
    reads[:, [place[taxa.names[i]] for i in read]] = taxa.dense()[:, read]
    for node, parent in enumerate(tree.parents):
        if parent >= 0:
            reads[:, parent] += reads[:, node]
    return reads, tree.lengths
