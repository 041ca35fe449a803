"""Even depths: as many reads from each sample, drawn without putting back."""

from __future__ import annotations

import numpy as np

from twofold.errors import LabError
from twofold.lab.gut.table import Taxa


def rarefy(taxa: Taxa, depth: int, *, seed: int) -> tuple[Taxa, tuple[str, ...]]:
    """Return every sample at one depth, and the samples that had fewer reads and are left out.

    Each sample is one exact draw from the multivariate hypergeometric
    distribution, so the expected share of each taxon stays as it was.

    Parameters
    ----------
    taxa : Taxa
    depth : int
        Reads to keep of each sample.
    seed : int
        The same seed gives the same draw.

    Raises
    ------
    LabError
        When the depth is below 1 or no sample is as deep.
    """
    depths = taxa.depths
    deep = np.flatnonzero(depths >= depth)
    if depth < 1 or not len(deep):
        raise LabError(
            f"no sample can be rarefied to {depth} reads.",
            remedy=f"The samples have {depths.min()} to {depths.max()} reads.",
        )
    shallow = tuple(taxa.samples[i] for i in np.flatnonzero(depths < depth))
    kept = taxa.pick(deep)
    if (kept.depths == depth).all():
        return kept, shallow
    return _drawn(kept, depth, np.random.default_rng(seed)), shallow


def _drawn(taxa: Taxa, depth: int, rng: np.random.Generator) -> Taxa:
    counts = np.concatenate(
        [
            rng.multivariate_hypergeometric(taxa.counts[start:stop], depth, method="marginals")
            for start, stop in zip(taxa.starts[:-1], taxa.starts[1:], strict=True)
        ]
    )
    seen = counts > 0
    sizes = np.add.reduceat(seen.astype(np.int64), taxa.starts[:-1])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return Taxa(taxa.samples, taxa.names, starts, taxa.columns[seen], counts[seen], taxa.lineages)
