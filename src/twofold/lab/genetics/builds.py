"""Which genome assembly positions belong to, as far as the chromosomes' lengths tell."""

from __future__ import annotations

import numpy as np

from twofold.lab.genetics.byte_columns import Mask, Whole

# Lengths of chromosomes 1–22 and X (23) in the assemblies GRCh37 and GRCh38 as
# published by the Genome Reference Consortium.
GRCH37 = (
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022,
    141213431, 135534747, 135006516, 133851895, 115169878, 107349540, 102531392, 90354753,
    81195210, 78077248, 59128983, 63025520, 48129895, 51304566, 155270560,
)  # fmt: skip
GRCH38 = (
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636,
    138394717, 133797422, 135086622, 133275309, 114364328, 107043718, 101991189, 90338345,
    83257441, 80373285, 58617616, 64444167, 46709983, 50818468, 156040895,
)  # fmt: skip
BUILDS = {"GRCh37": GRCH37, "GRCh38": GRCH38}


def beyond(chromosome: Whole, position: Whole, build: str) -> Mask:
    """Return which positions lie beyond the end of their chromosome (1–23; others never do)."""
    lengths = np.array((2**62, *BUILDS[build], *(2**62,) * 3))
    return np.asarray(position > lengths[np.clip(chromosome, 0, 26)])


def beyond_all(chromosome: Whole, position: Whole) -> Mask:
    """Return which positions lie beyond the end of their chromosome in either assembly."""
    return beyond(chromosome, position, "GRCh37") & beyond(chromosome, position, "GRCh38")


def build_named(text: str) -> str:
    """Return a build by any of its usual names, or nothing.

    >>> build_named("hg19"), build_named("HG19/GRCh37"), build_named("b38"), build_named("?")
    ('GRCh37', 'GRCh37', 'GRCh38', '')
    """
    lower = text.lower()
    if any(name in lower for name in ("grch37", "hg19", "b37")):
        return "GRCh37"
    return "GRCh38" if any(name in lower for name in ("grch38", "hg38", "b38")) else ""
