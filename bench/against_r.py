"""``make bench-r``: the onset model by R's glmmTMB and by Twofold, on the same days, in one run.

What is the same and what is not stands in ``bench/r/README.md``, and how to
install R. Prints people per second of both, their ratio, and how far the
slopes are from the truth. Seconds are processor seconds, of all cores used. ``--small`` takes 50 people.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

from worlds import WORLDS, Lives, simulate  # noqa: E402

from twofold.daytable import DayTables, FactorInfo  # noqa: E402
from twofold.inference.learning import learn  # noqa: E402
from twofold.inference.many import fit_many  # noqa: E402
from twofold.inference.onset import at_risk, onset_features  # noqa: E402
from twofold.inference.rows import before  # noqa: E402
from twofold.knowledge.load import claims  # noqa: E402

SIZES = ((1000, 90), (200, 365))
SMALL = ((50, 90),)
SEED = 20261122
FACTORS = 10
WITHOUT_R = (
    "This comparison needs R with glmmTMB, which is not on this machine. "
    "On Debian: apt-get install r-base-core r-cran-glmmtmb. Elsewhere: see bench/r/README.md."
)


def main(sizes: tuple[tuple[int, int], ...]) -> int:
    if not has_r():
        print(WITHOUT_R, file=sys.stderr)
        return 2
    print("| people | days | | seconds | people a second | error of slopes (RMSE) | ratio |")
    print("|---|---|---|---|---|---|---|")
    for people, days in sizes:
        compare(simulate(WORLDS["base"], people=people, days=days, seed=SEED))
    return 0


def has_r() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ("Rscript", "-e", 'quit(status = !requireNamespace("glmmTMB", quietly = TRUE))')
    return subprocess.run(asked, capture_output=True).returncode == 0


def compare(lives: Lives) -> None:
    """Time both on the same people, and print two lines of the table."""
    people, days = lives.columns["headache"].shape
    tables = tables_of(lives)
    truth = lives.truth.effect[:, :FACTORS]
    fit_many(tables.people(0, 2), claims())  # compiled before time is taken
    theirs, said = by_r(tables)
    label = f"glmmTMB {said['version']}, R {said['R']}"
    label += "" if said["converged"] else " (did not converge)"
    rows = [(label, said["seconds_fit"], theirs)]
    rows.append(("Twofold, each person alone", *ours(tables, taught=False)))
    rows.append(("Twofold, having learned from all of them", *ours(tables, taught=True)))
    for label, seconds, slopes in rows:
        print(
            f"| {people} | {days} | {label} | {seconds:.3g} | {people / seconds:.3g} "
            f"| {error(slopes, truth):.3f} | ×{rows[0][1] / seconds:.3g} |",
            flush=True,
        )


def ours(tables: DayTables, *, taught: bool) -> tuple[float, np.ndarray]:
    """Return Twofold's seconds, learning included, and its slopes (people, 10)."""
    begun = time.process_time()
    state = learn(tables, claims()) if taught else None
    fits = fit_many(tables, claims(), state=state)
    seconds = time.process_time() - begun
    at = [fits.names.index(one.column) for one in tables.factors]
    return seconds, np.where(np.isinf(fits.scale[:, at]), 0, fits.mean[:, at])


def error(slopes: np.ndarray, truth: np.ndarray) -> float:
    return float(np.sqrt(((slopes - truth) ** 2).mean()))


def tables_of(lives: Lives) -> DayTables:
    """Return everybody's days with the first ten factors."""
    kept = lives.factors[:FACTORS]
    infos = tuple(FactorInfo(one.column, one.column[7:], one.claim) for one in kept)
    names = {one.column for one in kept}
    columns = {
        name: np.asarray(values, dtype=float)
        for name, values in lives.columns.items()
        if not name.startswith("factor.") or name in names
    }
    return DayTables(columns, lives.world.is_dated, infos)


def by_r(tables: DayTables) -> tuple[np.ndarray, dict]:
    """Fit by glmmTMB; return the factors' slopes (people, 10) and what R says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        days, answers = Path(folder, "days.csv"), Path(folder, "answers.csv")
        write_days(tables, days)
        command = ("Rscript", str(HERE / "r" / "glmmtmb.R"), str(days), str(answers))
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"R failed:\n{done.stdout}{done.stderr}")
        with answers.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    slopes = np.zeros((tables.shape[0], FACTORS))
    for row in rows:
        slopes[int(row["person"])] = [float(row[f"x{i}"]) for i in range(FACTORS)]
    return slopes, json.loads(done.stdout.splitlines()[-1])


def write_days(tables: DayTables, path: Path) -> None:
    """Write one line for each day at risk: person, outcome, nuisances n*, candidates x*."""
    mask = at_risk(tables)
    features = onset_features(tables, claims(), mask)
    factors = {one.column for one in tables.factors}
    asked = [one for one in features if one.name in factors]
    asked += [one for one in features if one.effect is not None and one.name not in factors][:1]
    settled = [one for one in features if one.effect is None and one.name != "intercept"]
    people, days = np.nonzero(mask)
    began = before(tables["headache"], -1)[people, days]
    columns = [scaled(one.values, mask)[people, days] for one in (*settled, *asked)]
    keep = [i for i, one in enumerate(columns) if one.std() > 0]
    names = [f"n{i}" for i in range(len(settled))] + [f"x{i}" for i in range(len(asked))]
    head = ",".join(["person", "began", *(names[i] for i in keep)])
    block = np.column_stack([people, began, *(columns[i] for i in keep)])
    forms = ["%d", "%d", *["%.6g"] * len(keep)]
    np.savetxt(path, block, fmt=forms, delimiter=",", header=head, comments="")


def scaled(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return (x − mean) / SD over each person's days at risk; unknown days are 0."""
    known = np.isfinite(values) & mask
    count = np.maximum(known.sum(1, keepdims=True), 1)
    centred = np.where(known, values - np.where(known, values, 0).sum(1, keepdims=True) / count, 0)
    spread = np.sqrt((centred**2).sum(1, keepdims=True) / count)
    return centred / np.where(spread > 0, spread, 1)


if __name__ == "__main__":
    sys.exit(main(SMALL if "--small" in sys.argv[1:] else SIZES))
