"""scikit-bio on the same tables; run by its own interpreter, results as JSON on stdout."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import skbio
from skbio.diversity import beta_diversity
from skbio.stats.composition import ancombc
from skbio.stats.distance import permanova, permdisp


def main() -> None:
    """Time each step on the arrays in the folder that is named."""
    folder = Path(sys.argv[1])
    counts, groups = np.load(folder / "counts.npy"), np.load(folder / "groups.npy")
    genera = np.load(folder / "genera.npy")
    labels = [str(one) for one in groups]
    found: dict[str, object] = {"version": skbio.__version__}
    seconds, apart = timed(lambda: beta_diversity("braycurtis", counts, validate=False))
    found["bray-curtis"] = seconds
    np.save(
        folder / "peer_distances.npy", apart.data if hasattr(apart, "data") else np.asarray(apart)
    )
    seconds, row = timed(lambda: permanova(apart, labels, permutations=999, seed=1))
    found["permanova"], found["f"] = seconds, float(row["test statistic"])
    seconds, row = timed(
        lambda: permdisp(
            apart,
            labels,
            test="centroid",
            permutations=999,
            seed=1,
            number_of_dimensions=len(labels) - 1,
            warn_neg_eigval=False,
        )
    )
    found["permdisp"], found["permdisp_f"] = seconds, float(row["test statistic"])
    table = pd.DataFrame(genera + 1)
    about = pd.DataFrame({"g": groups.astype(float)})
    seconds, made = timed(lambda: ancombc(table, about, "g").result)
    found["ancom-bc"] = seconds
    rows = made.xs("g", level=1)
    np.save(
        folder / "peer_ancom.npy", np.column_stack([rows["Log(FC)"], rows["SE"], rows["pvalue"]])
    )
    print(json.dumps(found))


def timed(do):
    """Return how long it took, and what came of it."""
    start = time.perf_counter()
    made = do()
    return time.perf_counter() - start, made


if __name__ == "__main__":
    main()
