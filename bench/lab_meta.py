"""How fast and how right trials are taken together, beside metafor, PyMARE and statsmodels.

``python bench/lab_meta.py --data FOLDER --peers PYTHON`` measures, simulates and keeps
``docs/lab-meta.md``. ``PYTHON`` is an interpreter that has PyMARE and statsmodels (or
``TWOFOLD_PEERS``); metafor is asked through ``Rscript``. A peer that is not there is said to be.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src")]

from twofold.lab.meta.bias import begg, egger, trim_and_fill  # noqa: E402
from twofold.lab.meta.effects import effects  # noqa: E402
from twofold.lab.meta.heterogeneity import spread, tau2  # noqa: E402
from twofold.lab.meta.influence import influence  # noqa: E402
from twofold.lab.meta.network import analyse  # noqa: E402
from twofold.lab.meta.pooled import coefficients, pool, prediction  # noqa: E402
from twofold.lab.meta.reading import read_trials  # noqa: E402
from twofold.lab.meta.wiring import wires  # noqa: E402

PAGE = ROOT / "docs" / "lab-meta.md"
WORT = "meta/metadat-depression/metadat_dat.linde2005.csv"
MANY = "meta/metadat-depression/metadat_dat.linde2016.csv"
COLUMNS = {"label": "study", "events1": "ai", "total1": "n1i", "events2": "ci", "total2": "n2i"}
PAIRS = {
    "label": "id", "estimate": "lnOR", "se": "selnOR", "treatment1": "treat1", "treatment2": "treat2",
}  # fmt: skip
COMPARED = ("DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")
RANDOM_SETS, TRIALS = 50, 15
WORLDS = 10_000
Pair = tuple[np.ndarray, np.ndarray]


def main() -> None:
    """Measure, simulate, print and keep."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", default=os.environ.get("TWOFOLD_LAB_DATA", "../shared/data"))
    asked.add_argument("--peers", default=os.environ.get("TWOFOLD_PEERS", ""))
    asked.add_argument("--worlds", type=int, default=WORLDS)
    given = asked.parse_args()
    data = Path(given.data)
    found = effects(read_trials(data / WORT, COLUMNS), "RR", zeros="half where zero, silent kept")
    lines = [
        *_head(),
        *_speed((found.y, found.v), data, given.peers),
        *_agreement(),
        *_coverage(given.worlds),
        *_funnel(given.worlds // 20),
    ]
    print("\n".join(lines))
    PAGE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _head() -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    day = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return [
        "# Trials taken together: how fast, and how right",
        "",
        f"`python bench/lab_meta.py`, {day} UTC, commit {commit}; Python "
        f"{platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores, load average "
        f"at the start {load}.",
        "Times are seconds of the processor, the shortest of some runs; compare rows of this one run.",
        "",
    ]


# ------------------------------------------------------------------ speed


def _speed(wort: Pair, data: Path, peers: str) -> list[str]:
    own = _own_times(wort, data)
    r, python = in_r(wort), in_python(wort, peers)
    parts = (r, python.get("pymare", {}), python.get("statsmodels", {}))
    there = python.get("version", "no other Python is there")
    lines = [
        "## 24 trials of St John's wort",
        "",
        f"Peers: {r.get('version', 'metafor is not there')}; {there}.",
        "Unloaded, metafor took 3.1 ms for a REML fit and 2.2 ms for a DL one (metafor_reference.txt).",
        "",
        "| step | own, ms | metafor, ms | PyMARE, ms | statsmodels, ms | metafor / own |",
        "|---|---|---|---|---|---|",
    ]
    for name, seconds in own.items():
        times = [part.get("seconds", {}).get(name) for part in parts]
        told = " | ".join("–" if one is None else f"{1000 * one:.3g}" for one in times)
        ratio = "–" if times[0] is None else f"{times[0] / seconds:.1f} ×"
        lines.append(f"| {name} | {1000 * seconds:.3g} | {told} | {ratio} |")
    lines += [
        "",
        "| tau² | own | metafor, to 1e-14 | PyMARE | statsmodels |",
        "|---|---|---|---|---|",
    ]
    for method in ("DL", "HE", "ML", "REML", "PM"):
        values = [float(tau2(*wort, method)), *(part.get("tau2", {}).get(method) for part in parts)]
        told = " | ".join("–" if one is None else f"{one:.10f}" for one in values)
        lines.append(f"| {method} | {told} |")
    return [*lines, ""]


def _own_times(wort: Pair, data: Path) -> dict[str, float]:
    y, v = wort
    many = worlds(10_000, 20, 0.3, 0.1, seed=1)
    network = wires(read_trials(data / MANY, PAIRS))[0]
    return {
        "DL": best(lambda: pool(y, v, "DL", test="z")),
        "REML": best(lambda: pool(y, v, "REML", test="z")),
        "REML, Hartung–Knapp, prediction": best(lambda: prediction(pool(y, v, "REML", test="HK"))),
        "ML": best(lambda: pool(y, v, "ML", test="z")),
        "Paule–Mandel": best(lambda: pool(y, v, "PM", test="z")),
        "Q-profile, I², H²": best(lambda: spread(y, v, 0.19, "REML")),
        "Egger, mixed": best(lambda: egger(y, v)),
        "Begg": best(lambda: begg(y, v)),
        "trim and fill, REML": best(lambda: trim_and_fill(y, v)),
        "influence of each trial": best(lambda: influence(y, v)),
        "REML, each of 10,000 × 20 at once": best(lambda: tau2(*many, "REML"), 2) / 10_000,
        "DL, each of 10,000 × 20 at once": best(lambda: tau2(*many, "DL"), 3) / 10_000,
        "network, 93 trials, 22 treatments": best(lambda: analyse(network), 10),
    }


def best(work: Callable[[], Any], rounds: int = 20) -> float:
    """Return the shortest of some runs, in seconds of the processor (others may use it, too)."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


R_SPEED = """
suppressMessages(library(metafor)); d <- read.csv(file("stdin"))
cpu <- function() sum(proc.time()[1:2])
best <- function(f, n = 6) { t <- numeric(n); for (i in 1:n) { s <- cpu()
  for (j in 1:10) f(); t[i] <- (cpu() - s) / 10 }; min(t) }
y <- d$y; v <- d$v; r <- rma(y, v)
ctl <- list(threshold = 1e-14, tol = 1e-14, maxiter = 1000)
say <- function(name, f, n = 6) cat("S", name, "=", sprintf("%.9g", best(f, n)), "\\n")
say("DL", function() rma(y, v, method = "DL")); say("REML", function() rma(y, v))
say("REML, Hartung–Knapp, prediction", function() predict(rma(y, v, test = "knha")))
say("ML", function() rma(y, v, method = "ML"))
say("Paule–Mandel", function() rma(y, v, method = "PM"))
say("Q-profile, I², H²", function() confint(r)); say("Egger, mixed", function() regtest(r))
say("Begg", function() ranktest(r)); say("trim and fill, REML", function() trimfill(r))
say("influence of each trial", function() influence(r), 2)
for (m in c("DL", "HE", "ML", "REML", "PM"))
  cat("T", m, "=", sprintf("%.14g", rma(y, v, method = m, control = ctl)$tau2), "\\n")
cat("V", paste0("metafor ", packageVersion("metafor"), ", ", R.version.string), "\\n")
"""


def in_r(wort: Pair) -> dict[str, Any]:
    """Ask metafor for its times and its tau²."""
    rows = zip(wort[0].tolist(), wort[1].tolist(), strict=True)
    out = r_says(R_SPEED, "y,v\n" + "\n".join(f"{a!r},{b!r}" for a, b in rows))
    found: dict[str, Any] = {"seconds": {}, "tau2": {}} if out else {}
    for line in (out or "").splitlines():
        letter, _, rest = line.partition(" ")
        name, _, value = rest.rpartition(" = ")
        if letter == "V":
            found["version"] = rest.strip()
        elif letter in "ST":
            found["seconds" if letter == "S" else "tau2"][name] = float(value)
    return found


def r_says(script: str, table: str) -> str | None:
    """Run R on a table; ``None`` where R or metafor is not there."""
    if shutil.which("Rscript") is None:
        return None
    done = subprocess.run(
        ["Rscript", "--encoding=UTF-8", "-e", script], input=table, capture_output=True, text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    if done.returncode:
        print(done.stderr[-400:], file=sys.stderr)
    return done.stdout if done.returncode == 0 else None


PYTHON_SPEED = """
import json, sys, time, warnings; warnings.simplefilter("ignore")
import numpy as np
y, v = (np.array(one) for one in json.load(sys.stdin))
def best(f, n=8):
    t = []
    for _ in range(n):
        s = time.process_time(); f(); t.append(time.process_time() - s)
    return min(t)
out, versions = {}, []
try:
    import pymare
    from pymare.estimators import DerSimonianLaird, Hedges, VarianceBasedLikelihoodEstimator as L
    data = pymare.Dataset(y=y[:, None], v=v[:, None])
    fits = {"DL": DerSimonianLaird(), "HE": Hedges(), "ML": L(method="ML"), "REML": L(method="REML")}
    def tau(fit):
        return float(np.ravel(fit.fit_dataset(data).summary().tau2)[0])
    out["pymare"] = {
        "seconds": {k: best(lambda: f.fit_dataset(data)) for k, f in fits.items() if k != "HE"},
        "tau2": {k: tau(f) for k, f in fits.items()},
    }
    versions.append("PyMARE " + pymare.__version__.split("+")[0])
except ImportError:
    pass
try:
    import statsmodels
    from statsmodels.stats.meta_analysis import combine_effects
    how = {"DL": "dl", "Paule–Mandel": "iterated"}
    out["statsmodels"] = {
        "seconds": {k: best(lambda: combine_effects(y, v, method_re=m)) for k, m in how.items()},
        "tau2": {"DL": float(combine_effects(y, v, method_re="dl").tau2),
                 "PM": float(combine_effects(y, v, method_re="iterated").tau2)},
    }
    versions.append("statsmodels " + statsmodels.__version__)
except ImportError:
    pass
out["version"] = ", ".join(versions) or "neither PyMARE nor statsmodels"
print(json.dumps(out))
"""


def in_python(wort: Pair, peers: str) -> dict[str, Any]:
    """Ask PyMARE and statsmodels in their own interpreter."""
    if not peers or not Path(peers).exists():
        return {}
    done = subprocess.run(
        [peers, "-c", PYTHON_SPEED], input=json.dumps([one.tolist() for one in wort]),
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        print(done.stderr[-400:], file=sys.stderr)
        return {}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# ------------------------------------------------------------------ agreement

R_AGREES = """
suppressMessages(library(metafor)); d <- read.csv(file("stdin"))
ctl <- list(threshold = 1e-14, tol = 1e-14, maxiter = 1000)
say <- function(s, name, x) cat(s, name, sprintf("%.15g", x), "\\n")
for (s in unique(d$set)) { x <- d[d$set == s, ]
  for (m in c("DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")) {
    r <- try(rma(y, v, data = x, method = m, control = ctl), silent = TRUE)
    k <- try(rma(y, v, data = x, method = m, control = ctl, test = "knha"), silent = TRUE)
    if (inherits(r, "try-error") || inherits(k, "try-error")) { cat(s, m, "failed\\n"); next }
    say(s, m, c(r$tau2, r$beta, r$se, k$ci.lb, k$ci.ub, r$I2)) }
  dl <- rma(y, v, data = x, method = "DL"); g <- regtest(dl); say(s, "egger", c(g$zval, g$est))
  l <- regtest(dl, model = "lm"); say(s, "egger-lm", c(l$zval, l$est))
  t <- ranktest(dl); say(s, "begg", c(t$tau, t$pval))
  f <- trimfill(dl); say(s, "fill", c(f$k0, f$beta)) }
"""
TOLD = {
    "egger": "Egger's z and limit (mixed, DL)",
    "egger-lm": "Egger's t and limit (weighted)",
    "begg": "Begg's tau and p",
    "fill": "trim and fill (L0, DL)",
}


def _agreement() -> list[str]:
    """Compare with metafor, in one run, on meta-analyses drawn by chance."""
    y, v = worlds(RANDOM_SETS, TRIALS, 0.2, 0.08, seed=3)
    rows = [
        f"{s},{float(a)!r},{float(b)!r}"
        for s in range(RANDOM_SETS)
        for a, b in zip(y[s], v[s], strict=True)
    ]
    out = r_says(R_AGREES, "set,y,v\n" + "\n".join(rows))
    title = (
        f"## The same figures as metafor: {RANDOM_SETS} meta-analyses of {TRIALS} trials by chance"
    )
    if out is None:
        return [title, "", "metafor is not there.", ""]
    apart: dict[str, list[float]] = {}
    failed: dict[str, int] = {}
    for line in out.splitlines():
        where, name, *cells = line.split()
        if cells == ["failed"]:
            failed[name] = failed.get(name, 0) + 1
            continue
        ours = _ours(y[int(where)], v[int(where)], name)
        differences = [abs(a - float(b)) for a, b in zip(ours, cells, strict=True)]
        apart.setdefault(name, []).append(max(differences))
    lines = [
        title,
        "",
        "Of tau², effect, standard error, Hartung–Knapp interval and I² (percent); metafor iterates "
        "to 1e-14.",
        "",
        "| what | largest difference | 95 of 100 differ by less than | metafor did not converge |",
        "|---|---|---|---|",
    ]
    for name, values in apart.items():
        most, usual = max(values), float(np.quantile(values, 0.95))
        lines.append(
            f"| {TOLD.get(name, name)} | {most:.1e} | {usual:.1e} | {failed.get(name, 0)} |"
        )
    return [*lines, ""]


def _ours(y: np.ndarray, v: np.ndarray, name: str) -> list[float]:
    if name in COMPARED:
        found, knapp = pool(y, v, name, test="z"), pool(y, v, name, test="HK")
        i2 = spread(y, v, found.tau2, name).i2
        return [found.tau2, found.estimate, found.se, knapp.low, knapp.high, i2]
    if name == "begg":
        return list(begg(y, v))
    if name == "fill":
        filled = trim_and_fill(y, v, "DL")
        return [filled.missing, filled.pooled.estimate]
    line = egger(y, v, model="weighted") if name == "egger-lm" else egger(y, v, method="DL")
    return [line.statistic, line.limit]


# ------------------------------------------------------------------ truth


def worlds(count: int, k: int, truth: float, t2: float, seed: int) -> Pair:
    """Simulate meta-analyses of trials of 20 to 300 people, (count, k)."""
    rng = np.random.default_rng(seed)
    v = 4 / rng.integers(20, 300, (count, k))
    return rng.normal(truth, np.sqrt(v + t2)), v


def _coverage(count: int) -> list[str]:
    ways = (
        ("DL", "z"), ("REML", "z"), ("PM", "z"), ("DL", "HK"), ("REML", "HK"),
        ("REML", "HK with floor"),
    )  # fmt: skip
    head = " | ".join(f"{method}, {test}" for method, test in ways)
    lines = [
        f"## Does the interval hold the truth? {count:,} simulated meta-analyses a row",
        "",
        "Trials of 20 to 300 people (variance 4/n), true mean 0.3; 95 is what is asked for. "
        "Prediction: how often the true effect of one more trial lies inside (REML, Hartung–Knapp "
        "with floor; the last one REML alone).",
        "",
        f"| trials | tau² | {head} | prediction t, k-2 | prediction t, k-1 | prediction normal |",
        f"|---|---|{'---|' * (len(ways) + 3)}",
    ]
    for k in (3, 5, 10, 20, 50):
        for t2 in (0.0, 0.05, 0.2):
            y, v = worlds(count, k, 0.3, t2, seed=k)
            cells = [_held(coefficients(y, v, method, test=test)) for method, test in ways]
            cells += _predicted(y, v, t2)
            lines.append(f"| {k} | {t2:g} | {' | '.join(cells)} |")
    return [*lines, ""]


def _held(found: Any) -> str:
    return f"{100 * np.mean((found.low[:, 0] <= 0.3) & (found.high[:, 0] >= 0.3)):.1f}"


def _predicted(y: np.ndarray, v: np.ndarray, t2: float) -> list[str]:
    from scipy.special import stdtrit

    found = coefficients(y, v, "REML", test="HK with floor")
    normal = coefficients(y, v, "REML", test="z")
    new = 0.3 + np.sqrt(t2) * np.random.default_rng(99).normal(size=len(y))
    k, cells = y.shape[1], []
    for one, df in ((found, k - 2), (found, k - 1), (normal, np.inf)):
        reach = 1.959963984540054 if df == np.inf else stdtrit(df, 0.975)
        wide = reach * np.sqrt(one.se[:, 0] ** 2 + one.tau2)
        cells.append(f"{100 * np.mean(np.abs(new - one.values[:, 0]) <= wide):.1f}")
    return cells


def _funnel(count: int) -> list[str]:
    lines = [
        f"## The tests of the funnel: {count:,} simulated meta-analyses a row",
        "",
        "How often p < 0.05, of 100. Without bias it should be 5. With bias, a small trial (under "
        "200 people) that is not at least half a standard error above 0 is never published.",
        "",
        "| trials | bias | Egger, mixed | Egger, weighted | Begg | trim and fill adds, mean |",
        "|---|---|---|---|---|---|",
    ]
    for k in (10, 20, 40):
        for is_biased in (False, True):
            rng = np.random.default_rng(k)
            hits = np.zeros(4)
            for _ in range(count):
                y, v = _published(rng, k, is_biased)
                hits += [
                    egger(y, v, method="DL").p < 0.05, egger(y, v, model="weighted").p < 0.05,
                    begg(y, v)[1] < 0.05, trim_and_fill(y, v, "DL").missing / 100,
                ]  # fmt: skip
            cells = " | ".join(f"{one:.1f}" for one in 100 * hits / count)
            lines.append(f"| {k} | {'yes' if is_biased else 'no'} | {cells} |")
    return lines


def _published(rng: np.random.Generator, k: int, is_biased: bool) -> Pair:
    y, v = np.empty(0), np.empty(0)
    while len(y) < k:
        new_v = 4 / rng.integers(20, 400, 4 * k)
        new_y = rng.normal(0.2, np.sqrt(new_v + 0.02))
        seen = (new_y / np.sqrt(new_v) > 0.5) | (new_v < 0.02) | (not is_biased)
        y, v = np.concatenate([y, new_y[seen]]), np.concatenate([v, new_v[seen]])
    return y[:k], v[:k]


if __name__ == "__main__":
    main()
