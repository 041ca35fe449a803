"""Times other programs for Mendelian randomisation; run by the interpreter that has them.

``python lab_mr_peers.py EFFECTS.npz`` prints JSON: program, task, milliseconds an exposure, or why not.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

warnings.simplefilter("ignore")
ROUNDS = 2


def main() -> None:
    four = np.load(sys.argv[1])
    bx, sx, by, sy = (four[name] for name in ("bx", "sx", "by", "sy"))
    found: dict[str, Any] = {}
    for name, tasks in (
        ("pymr-genetics", pymr),
        ("genal", genal),
        ("pytwosamplemr", pytwosamplemr),
    ):
        try:
            made = tasks(bx, sx, by, sy)
        except ImportError as error:
            found[name] = {"missing": str(error)}
            continue
        found[name] = {task: timed(do, count) for task, (do, count) in made.items()}
    print(json.dumps(found))


def timed(do: Callable[[int], Any], count: int) -> dict[str, Any]:
    """Return the least milliseconds an exposure over some rounds, and the numbers of the first."""
    try:
        numbers = do(0)
        least = float("inf")
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for row in range(count):
                do(row)
            least = min(least, (time.perf_counter() - start) * 1e3 / count)
    except Exception as error:  # a peer's own defect is a result, too
        return {"failed": f"{type(error).__name__}: {error}"[:200]}
    return {"ms": least, "numbers": numbers}


def pymr(bx: Any, sx: Any, by: Any, sy: Any) -> dict[str, Any]:
    from pymr import methods, sensitivity

    def closed(i: int) -> list[float]:
        row = (bx[i], sx[i], by[i], sy[i])
        first, line = methods.ivw(*row), methods.mr_egger(*row)
        q = sensitivity.cochrans_q(*row, first["beta"])
        return [first["beta"], line["beta"], q["Q"]]

    return {
        "closed": (closed, 100),
        "median": (lambda i: methods.weighted_median(bx[i], sx[i], by[i], sy[i])["beta"], 3),
        "mode": (lambda i: methods.weighted_mode(bx[i], sx[i], by[i], sy[i])["beta"], 1),
    }


def genal(bx: Any, sx: Any, by: Any, sy: Any) -> dict[str, Any]:
    from genal import MR

    def closed(i: int) -> list[float]:
        row = (bx[i], sx[i], by[i], sy[i])
        first, line = MR.mr_ivw(*row)[0], MR.mr_egger_regression(*row)
        return [first["b"], line[0]["b"], first["Q"]]

    def mode(i: int) -> float:
        row = (bx[i], sx[i], by[i], sy[i])
        return float(MR.mr_weighted_mode(*row, 1, 1000, 1, show_progress=False)[0]["b"])

    return {
        "closed": (closed, 50),
        "median": (lambda i: MR.mr_weighted_median(bx[i], sx[i], by[i], sy[i], 1000)[0]["b"], 3),
        "mode": (mode, 1),
    }


def pytwosamplemr(bx: Any, sx: Any, by: Any, sy: Any) -> dict[str, Any]:
    from pytwosamplemr.core import mr_input
    from pytwosamplemr.estimators import mr_egger, mr_ivw, mr_mbe, mr_median

    def closed(i: int) -> list[float]:
        row = mr_input(bx[i], sx[i], by[i], sy[i])
        first, line = mr_ivw(row), mr_egger(row)
        return [float(first.estimate), float(line.estimate)]

    def of(i: int) -> Any:
        return mr_input(bx[i], sx[i], by[i], sy[i])

    return {
        "closed": (closed, 50),
        "median": (lambda i: mr_median(of(i), iterations=1000).estimate, 3),
        "mode": (lambda i: mr_mbe(of(i), iterations=1000).estimate, 1),
    }


if __name__ == "__main__":
    main()
