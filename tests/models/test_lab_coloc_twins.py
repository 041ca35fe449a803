"""Colocalisation against every configuration counted; twin shares against a grid and simulated twins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from twofold.errors import LabError
from twofold.lab.genetics.colocalisation import (
    HYPOTHESES,
    Region,
    coloc,
    log_bayes_factors,
    posteriors,
    read_region,
)
from twofold.lab.genetics.twins import (
    TwinCorrelations,
    ace,
    falconer,
    fit_ace,
    genetic_correlation,
    read_twins,
    twin_ace,
)


def test_a_bayes_factor_is_the_ratio_of_two_normal_densities() -> None:
    beta, se, spread = np.array([0.1, -0.3, 0.0]), np.array([0.05, 0.08, 0.1]), 0.2
    exact = norm.logpdf(beta, 0, np.sqrt(se**2 + spread**2)) - norm.logpdf(beta, 0, se)
    assert log_bayes_factors(beta, se, spread) == pytest.approx(exact)


def test_the_posteriors_count_every_configuration() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(0, 3, 6), rng.normal(0, 3, 6)
    p1, p2, p12 = 1e-3, 2e-3, 1e-4
    weight = np.zeros(5)
    weight[0] = 1
    for i in range(6):
        weight[1] += p1 * np.exp(first[i])
        weight[2] += p2 * np.exp(second[i])
        for j in range(6):
            if i == j:
                weight[4] += p12 * np.exp(first[i] + second[i])
            else:
                weight[3] += p1 * p2 * np.exp(first[i] + second[j])
    found = posteriors(first, second, p1=p1, p2=p2, p12=p12)
    assert found == pytest.approx(weight / weight.sum(), rel=1e-10)


def invented(
    seed: int, one: int | None, other: int | None, *, times: int = 1, n: int = 40
) -> list[np.ndarray]:
    """Give both traits' z in linked variants of which the named ones matter, (times, n) each."""
    rng = np.random.default_rng(seed)
    linked = 0.9 ** np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    root = np.linalg.cholesky(linked)
    return [
        rng.normal(size=(times, n)) @ root.T + (0 if at is None else 9 * linked[at])
        for at in (one, other)
    ]


def region(seed: int, one: int | None, other: int | None) -> Region:
    z, se = invented(seed, one, other), np.full(40, 0.02)
    return Region(tuple(f"rs{i}" for i in range(40)), z[0][0] * se, se, z[1][0] * se, se)


def share(one: int | None, other: int | None, hypothesis: int) -> float:
    factors = [
        log_bayes_factors(z * 0.02, np.full(40, 0.02), 0.2)
        for z in invented(1, one, other, times=200)
    ]
    return float((posteriors(*factors).argmax(axis=1) == hypothesis).mean())


def test_in_invented_regions_the_truth_is_found() -> None:
    assert share(None, None, 0) > 0.9
    assert share(20, None, 1) > 0.85
    assert share(None, 20, 2) > 0.85
    assert share(5, 33, 3) > 0.9
    assert share(20, 20, 4) > 0.9


def test_the_shared_variant_is_named_and_the_prior_is_varied() -> None:
    found = coloc({"region": region(3, 20, 20)}, {})
    assert found.headline == HYPOTHESES[4]
    assert int(found.details["best variant"][2:]) == pytest.approx(20, abs=2)
    sweep = list(found.details["H4 by prior"].values())
    assert sweep == sorted(sweep)
    nothing = coloc({"region": region(3, None, None)}, {})
    assert nothing.headline is None
    assert "too little" in nothing.verdict
    assert "side by side" in coloc({"region": region(3, 5, 33)}, {}).verdict


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"se1": [0.1, 0.0]}, "row 2: se1 is not above zero"),
        ({"se2": [0.1, -0.1]}, "se2 is not above zero"),
        ({"beta2": [0.1, np.nan]}, "row 2: beta2 is missing"),
        ({"variants": ("rs1", "rs1")}, "'rs1' stands twice"),
        ({"beta1": [0.1]}, "beta1 has"),
    ],
    ids=["zero-error", "negative-error", "missing", "twice", "lengths"],
)
def test_a_broken_region_is_refused(changed: dict[str, object], says: str) -> None:
    given = {name: [0.1, 0.2] for name in ("beta1", "se1", "beta2", "se2")}
    with pytest.raises(LabError, match=says):
        Region(**{"variants": ("rs1", "rs2"), **given, **changed})  # type: ignore[arg-type]


def test_one_variant_is_no_region(tmp_path: Path) -> None:
    path = tmp_path / "region.tsv"
    path.write_text("snp\tb1\ts1\tb2\ts2\nrs1\t0.1\t0.1\t0.1\t0.1\n", encoding="utf-8")
    columns = {"variant": "snp", "beta1": "b1", "se1": "s1", "beta2": "b2", "se2": "s2"}
    with pytest.raises(LabError, match="no region"):
        read_region(path, columns, {})


# ------------------------------------------------------------------ twins


def test_falconers_shares_are_those_of_the_textbook() -> None:
    assert falconer(np.array(0.6), np.array(0.35)) == pytest.approx([0.5, 0.1, 0.4])


def test_the_bounded_fit_is_the_best_of_a_grid() -> None:
    rng = np.random.default_rng(4)
    steps = np.linspace(0, 1, 201)
    a, c = (one.ravel() for one in np.meshgrid(steps, steps))
    a, c = a[a + c <= 1 + 1e-9], c[a + c <= 1 + 1e-9]
    for _ in range(60):
        r_mz, r_dz = rng.uniform(-0.4, 0.99, 2)
        w = rng.uniform(50, 500, 2)
        loss = w[0] * (r_mz - a - c) ** 2 + w[1] * (r_dz - a / 2 - c) ** 2
        found = fit_ace(np.array([r_mz]), np.array([r_dz]), *w)[0]
        mine = w[0] * (r_mz - found[0] - found[1]) ** 2
        mine += w[1] * (r_dz - found[0] / 2 - found[1]) ** 2
        assert mine <= loss.min() + 1e-9
        assert found.min() >= -1e-12
        assert found.sum() == pytest.approx(1)


def twins_of(seed: int, a: float, c: float, pairs: int = 600) -> TwinCorrelations:
    """Give the correlations in invented twins whose shares are known."""
    rng = np.random.default_rng(seed)
    found = []
    for r in (a + c, a / 2 + c):
        both = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], size=pairs)
        found.append(float(np.corrcoef(both.T)[0, 1]))
    return TwinCorrelations("x", found[0], found[1], pairs, pairs)


@pytest.mark.parametrize(("a", "c"), [(0.5, 0.2), (0.4, 0.0)], ids=["genes-and-home", "no-home"])
def test_the_intervals_hold_the_truth_as_often_as_they_say(a: float, c: float) -> None:
    held, points = [], []
    for seed in range(120):
        point, reach = ace(twins_of(seed, a, c), draws=600)
        points.append(point)
        held.append((reach[0, 0] <= a <= reach[0, 1], reach[2, 0] <= 1 - a - c <= reach[2, 1]))
    assert np.mean(points, axis=0) == pytest.approx([a, c, 1 - a - c], abs=0.05)
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.05)


def test_a_published_standard_error_widens_the_interval() -> None:
    plain = ace(TwinCorrelations("x", 0.4, 0.2, 300, 300))[1]
    wide = ace(TwinCorrelations("x", 0.4, 0.2, 300, 300, se_mz=0.12, se_dz=0.15))[1]
    assert (wide[0, 1] - wide[0, 0]) > (plain[0, 1] - plain[0, 0])


def test_a_genetic_correlation_is_found_again() -> None:
    traits = [TwinCorrelations(name, 0.5, 0.25, 5000, 5000) for name in "ab"]
    cross = TwinCorrelations("ab", 0.18, 0.09, 5000, 5000)
    value, low, high = genetic_correlation(*traits, cross)
    assert value == pytest.approx(0.36)
    assert 0.15 < low < 0.36 < high < 0.55
    with pytest.raises(LabError, match="genes explain nothing"):
        genetic_correlation(TwinCorrelations("a", 0.2, 0.3, 50, 50), traits[1], cross)


def test_what_the_model_cannot_hold_is_told() -> None:
    rows = (
        TwinCorrelations("one", 0.5, 0.1, 300, 300),
        TwinCorrelations("two", 0.2, 0.3, 300, 300),
    )
    found = twin_ace({"twins": rows}, {"draws": 500})
    assert any("one: r(MZ) is more than twice" in told for told in found.warnings)
    assert any("two: r(MZ) is below" in told for told in found.warnings)
    assert found.estimate("two, A: genes").value == 0


def test_a_table_of_twins_is_read(tmp_path: Path) -> None:
    path = tmp_path / "twins.csv"
    path.write_text("t,mz,dz,n1,n2,s1,s2\nx,0.5,0.3,200,300,0.06,\n", encoding="utf-8")
    columns = {"trait": "t", "r_mz": "mz", "r_dz": "dz", "pairs_mz": "n1", "pairs_dz": "n2"}
    rows = read_twins(path, {**columns, "se_mz": "s1", "se_dz": "s2"}, {})
    assert rows == (TwinCorrelations("x", 0.5, 0.3, 200, 300, 0.06, None),)
    assert read_twins(path, columns, {})[0].se_mz is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((1.2, 0.3, 100, 100), r"r\(MZ\) is 1.2"),
        ((0.5, 0.3, 100, 3), "3 pairs are too few"),
        ((0.5, 0.3, 100, 100, 0.0), "standard error 0.0 cannot be"),
    ],
    ids=["no-correlation", "few-pairs", "no-error"],
)
def test_impossible_twins_are_refused(given: tuple[float, ...], says: str) -> None:
    with pytest.raises(LabError, match=says):
        TwinCorrelations("x", *given)  # type: ignore[arg-type]
