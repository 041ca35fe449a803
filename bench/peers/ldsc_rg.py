"""Two peers' genetic correlation of the same numbers; run by the peers' own Python (NumPy below 2).

``python ldsc_rg.py FOLDER`` reads what ``lab_genetics.py`` wrote there and prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np


def main(folder: Path) -> None:
    """Time ldsc on arrays, and pyldsc from the files on."""
    kept = np.load(folder / "traits.npz")
    print(json.dumps({"numpy": np.__version__, "ldsc": ldsc(kept), "pyldsc": pyldsc(folder)}))


def ldsc(kept):
    try:
        from ldscore.regressions import RG
    except ImportError as error:
        return {"missing": str(error)}
    column = {name: np.asarray(kept[name], float).reshape(-1, 1) for name in kept.files}
    began = time.perf_counter()
    found = RG(column["z1"], column["z2"], column["l2"], column["l2"], column["n1"], column["n2"],
               column["m"], twostep=30)  # fmt: skip
    return {"seconds": time.perf_counter() - began, "rg": float(np.ravel(found.rg_ratio)[0]),
            "se": float(np.ravel(found.rg_se)[0])}  # fmt: skip


def pyldsc(folder: Path):
    try:
        from pyldsc.api import estimate_rg
    except ImportError as error:
        return {"missing": str(error)}
    began = time.perf_counter()
    files = [str(folder / f"{name}.sumstats.gz") for name in ("first", "second")]
    prefix = str(folder / "ld")
    try:
        found = estimate_rg(files, prefix, prefix)
    except Exception as error:
        return {"missing": f"{type(error).__name__}: {error}"}
    seconds = time.perf_counter() - began
    one = found[0] if isinstance(found, (list, tuple)) else found
    if hasattr(one, "to_dict"):
        one = {key: next(iter(value.values())) for key, value in found.to_dict().items()}
        return {"seconds": seconds, "rg": float(one["rg"]), "se": float(one["se"])}
    return {"seconds": seconds, "rg": float(np.ravel(one.rg_ratio)[0]),
            "se": float(np.ravel(one.rg_se)[0])}  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
