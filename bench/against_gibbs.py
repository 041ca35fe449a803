"""The engine and its compiled form against exact sampling of the same model and prior.

``python bench/against_gibbs.py`` asks 30 fixed people twice: made-up rows with
correlated and rare candidates, and diaries of the base world. It keeps
``docs/gibbs.md``; some minutes on two cores. ``tests/models`` asks a few each time.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two people are sampled side by side

import datetime as dt
import multiprocessing
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import expit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "src"), str(ROOT / "tests")]

from models.gibbs import sampled  # noqa: E402
from worlds import WORLDS, simulate  # noqa: E402

from twofold.inference.engine import Array, Prior, fit, joint_weights  # noqa: E402
from twofold.inference.many import MOST_ROUNDS  # noqa: E402
from twofold.inference.onset import onset_equation  # noqa: E402
from twofold.inference.priors import EffectPrior, mixture  # noqa: E402
from twofold.inference.rows import MOST_FLAGS, estimate  # noqa: E402
from twofold.knowledge.load import claims  # noqa: E402

PAGE = ROOT / "docs" / "gibbs.md"
PEOPLE = 30
CHAINS, KEEP = 64, 1000
WORLD_SEED = 4021
SETTLED = 2e-4
# Rows at risk in diaries of about 90, 180 and 365 days.
ROWS = (60, 120, 240)
DAYS = (90, 180, 365)
CANDIDATES = (12, 16, 20, 24)
NUISANCES = 5
PAIR_SEEDS = range(0, 12, 2)
PAIRS = {
    "alike": (EffectPrior(0.17, 0.3, 0.3), EffectPrior(0.17, 0.3, 0.3)),
    "one likelier": (EffectPrior(0.2, 0.4, 0.3), EffectPrior(0.07, 0.0, 0.3)),
    "sharply told": (EffectPrior(0.14, 0.35, 0.1), EffectPrior(0.05, 0.0, 0.3)),
}

Case = tuple[Array, Array, Prior]


@dataclass(frozen=True)
class Asked:
    """One person's P(real), four times; shape (q,), the referee's halves (2, q)."""

    engine: Array
    kernel: Array
    halves: Array
    mean_off: Array  # the engine's mean less the referee's, in posterior standard deviations

    @property
    def exact(self) -> Array:
        return np.asarray(self.halves.mean(0))


def simulated_person(seed: int) -> Case:
    """Return rows, onsets and prior: correlated and rare candidates, three of them real."""
    rng = np.random.default_rng(seed)
    n, q = ROWS[seed % 3], CANDIDATES[seed % 4]
    factors = rng.standard_normal((n, q))
    for j in range(1, q, 3):
        factors[:, j] = 0.6 * factors[:, j - 1] + 0.8 * factors[:, j]
    for j in range(0, q, 4):
        factors[:, j] = factors[:, j] > 0.8
    factors = (factors - factors.mean(0)) / factors.std(0)
    after = rng.random((n, 2)) < 0.2
    trend, share = np.linspace(-1.7, 1.7, n), rng.standard_normal(n)
    x = np.column_stack([np.ones(n), after, trend, share, factors])
    effects = rng.normal(0.5, 0.2, 3)
    real = rng.choice(q, 3, replace=False) + NUISANCES
    eta = -1.7 - 0.4 * x[:, 1] + 0.3 * x[:, 4] + x[:, real] @ effects
    return x, (rng.random(n) < expit(eta)).astype(float), _made_up_prior(rng, q)


def _made_up_prior(rng: np.random.Generator, q: int) -> Prior:
    pi, m = rng.choice([0.07, 0.12, 0.17, 0.2], q), rng.choice([0, 0.2, 0.3, 0.4], q)
    told = [EffectPrior(float(a), float(b), 0.3) for a, b in zip(pi, m, strict=True)]
    nuisances = [1 / 2.25, 4, 4, 11, 11]
    return _prior(np.array([-1.5, 0, 0, 0, 0]), np.array(nuisances), told)


def _prior(mean: Array, precision: Array, told: list[EffectPrior]) -> Prior:
    held = len(mean)
    columns = held + len(told)
    whole = np.zeros((columns, columns))
    whole[range(held), range(held)] = precision
    padded = np.concatenate([mean, np.zeros(len(told))])
    return Prior(padded, whole, np.arange(held, columns), *mixture(told))


def diary_person(seed: int) -> Case:
    """Return the rows, onsets and prior of a diary of the base world, as the product has them."""
    lives = simulate(WORLDS["base"], people=1, days=DAYS[seed % 3], seed=WORLD_SEED + seed)
    fitted = estimate(onset_equation(lives.table(0), claims()))
    return fitted.matrix(fitted.equation.rows)[0], fitted.equation.y, fitted.prior


MAKE = {"made-up rows": simulated_person, "diaries of the base world": diary_person}


def ask(seed: int, *, kind: str, chains: int = CHAINS, keep: int = KEEP) -> Asked:
    """Ask the engine, its compiled form and the referee about one person."""
    x, y, prior = MAKE[kind](seed)
    quick = fit(x[None], y[None], prior=prior, likelihood="logistic", settled=SETTLED)
    single = compiled(x, y, prior)
    if not quick.converged.all() or np.isnan(single).any():
        raise ValueError(f"{kind}, person {seed}: not settled")
    found = sampled(x, y, prior, seed=seed, chains=chains, keep=keep)
    off = (quick.mean[0] - found.mean) / found.sd
    return Asked(quick.p_real[0], single, found.halves, off)


def compiled(x: Array, y: Array, prior: Prior) -> Array:
    """Return P(real) by the compiled form, which is handed each row as a day; nan if unsettled."""
    from twofold.inference.kernel import AS_IS, fit_people

    days, k = x.shape
    q, c = prior.weights.shape
    single = partial(np.ascontiguousarray, dtype=np.float32)
    mixture_at = np.full(k, -1)
    mixture_at[prior.candidates] = np.arange(q)
    no, plain = np.zeros(k, dtype=bool), [(1, k), (1, k), (1, q, c), (1, q, c), (1, q, c)]
    wide = [(1, k + MOST_FLAGS), (1, k + MOST_FLAGS), (1, days), (1, days)]
    out = [np.zeros(shape, np.float32) for shape in (*plain, *wide)]
    settled = np.zeros(1, dtype=bool)
    fit_people(
        single(x.T[None]), np.ones((1, days), dtype=bool), single(y[None]),
        np.zeros((1, days), dtype=bool), np.full(k, AS_IS), no, no, mixture_at,
        single(prior.mean), single(np.diag(prior.precision)), single(prior.weights),
        single(prior.means), single(prior.sds), np.float32(SETTLED), MOST_ROUNDS, *out, settled,
        np.zeros(1, dtype=np.int64),
    )  # fmt: skip
    p_real = np.asarray(1 - out[2][0, :, 0], dtype=np.float64)
    return np.where(settled, p_real, np.nan)


def rmse(one: Array, other: Array) -> float:
    """Return the root of the mean squared difference."""
    return float(np.sqrt(((one - other) ** 2).mean()))


@dataclass(frozen=True)
class Pair:
    """Two candidates with the very same days: P(real) of each, (2,), and of either."""

    exact: Array
    engine: Array
    together: Array  # the pair weighed as one, after the engine (``engine.joint_weights``)
    kernel: Array


def pair(seed: int, told: tuple[EffectPrior, EffectPrior]) -> Pair:
    """Return P(real) of (first, second, either) for two candidates with identical columns."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(120)
    z = (z - z.mean()) / z.std()
    y = (rng.random(120) < expit(-1.2 + (0.3 + 0.1 * seed) * z)).astype(float)
    x = np.column_stack([np.ones(120), z, z])
    prior = _prior(np.array([-1.5]), np.array([1 / 2.25]), list(told))
    quick = fit(x[None], y[None], prior=prior, likelihood="logistic", settled=SETTLED)
    return Pair(
        _chances(_exact_pair(z, y, prior)),
        quick.p_real[0],
        _chances(joint_weights(quick, prior, (0, 1))[0]),
        compiled(x, y, prior),
    )


def _exact_pair(z: Array, y: Array, prior: Prior) -> Array:
    """Return the components' joint chances (c, c): only the sum of the two effects has days."""
    level, total = np.linspace(-5, 3, 81), np.linspace(-2.5, 3.5, 1201)
    eta = level[:, None, None] + total[:, None] * z
    log = (np.where(y == 1, eta, 0) - np.logaddexp(0, eta)).sum(-1)
    log -= 0.5 * prior.precision[0, 0] * (level[:, None] - prior.mean[0]) ** 2
    seen = np.exp(log - log.max()).sum(0)
    middle = prior.means[0][:, None] + prior.means[1]
    width = np.sqrt(prior.sds[0][:, None] ** 2 + prior.sds[1] ** 2)
    away = (total - middle[..., None]) / width[..., None]
    mass = (seen * np.exp(-0.5 * away**2)).sum(-1) / width
    joint = prior.weights[0][:, None] * prior.weights[1] * mass
    return np.asarray(joint / joint.sum())


def _chances(joint: Array) -> Array:
    """Return P(real) of the first, the second, and either."""
    return np.array([1 - joint[0].sum(), 1 - joint[:, 0].sum(), 1 - joint[0, 0]])


def section(kind: str, asked: list[Asked], seconds: float) -> Iterator[str]:
    """Give the rows of one kind of people."""
    engine, kernel, exact = (
        np.concatenate([getattr(one, name) for one in asked])
        for name in ("engine", "kernel", "exact")
    )
    first, second = (np.concatenate([one.halves[i] for one in asked]) for i in (0, 1))
    off = np.concatenate([one.mean_off for one in asked])
    yield (
        f"| {kind} | {len(asked)} | {len(exact)} | {rmse(first, second):.4f} | "
        + " | ".join(
            f"{rmse(one, exact):.4f} / {np.abs(one - exact).max():.3f}" for one in (engine, kernel)
        )
        + f" | {rmse(engine, kernel):.5f} | {np.sqrt((off**2).mean()):.3f} | {seconds:.0f} s |"
    )


def pair_rows() -> Iterator[str]:
    """Give the rows of the identical pairs."""
    for name, told in PAIRS.items():
        for seed in PAIR_SEEDS:
            one = pair(seed, told)
            each = (_two(answer) for answer in (one.exact, one.engine, one.kernel, one.together))
            yield (
                f"| {name} | "
                + " | ".join(each)
                + (f" | {one.exact[2]:.2f} / {one.together[2]:.2f} |")
            )


def _two(chances: Array) -> str:
    return "not settled" if np.isnan(chances).any() else f"{chances[0]:.2f} {chances[1]:.2f}"


def main() -> None:
    """Ask everyone, print, and keep the page."""
    lines = head()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        for kind in MAKE:
            began = time.perf_counter()
            asked = list(workers.map(partial(ask, kind=kind), range(PEOPLE)))
            lines += section(kind, asked, time.perf_counter() - began)
            print(lines[-1], flush=True)
    lines += [*PAIR_HEAD, *pair_rows(), ""]
    print("\n".join(lines))
    PAGE.write_text("\n".join(lines), encoding="utf-8")


def head() -> list[str]:
    """Return what stands above the tables."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()
    return [
        "# Against exact sampling",
        "",
        f"Made by `python bench/against_gibbs.py` on {dt.date.today().isoformat()}, at commit "
        f"{commit or 'unknown'}, on",
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, NumPy "
        f"{np.__version__}, {platform.system()}.",
        "",
        "P(real) by the engine, and by its compiled form for many people, against Pólya–Gamma Gibbs",
        f"sampling of the same model with the same prior: {CHAINS} chains of {KEEP} sweeps for each",
        "person. *Halves*: how far one half of the chains is from the other, the referee's own noise.",
        "*Means*: the engine's less the referee's, in posterior standard deviations.",
        "",
        "| people | how many | candidates | halves, RMSE | engine, RMSE / largest | compiled, RMSE / "
        "largest | engine − compiled, RMSE | means, RMSE | time |",
        "|---|---|---|---|---|---|---|---|---|",
    ]


PAIR_HEAD = (
    "",
    "## Two factors with the very same days",
    "",
    "No days can tell them apart, so only the priors can: P(real) of the first and the second. *Exact*",
    "is by quadrature (only the sum of the two effects has any days). *Weighed together*: what",
    "`engine.joint_weights` makes of the engine's answer. *Either*: at least one real, exact and so.",
    "",
    "| priors | exact | engine | compiled | weighed together | either |",
    "|---|---|---|---|---|---|",
)


if __name__ == "__main__":
    main()
