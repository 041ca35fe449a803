"""Robust Mendelian randomisation: published digits, and slow references written another way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from models.lab_mr_cases import table

from twofold.lab.columns import numbers, text_columns
from twofold.lab.mr.contamination import contamination
from twofold.lab.mr.debiased import debiased
from twofold.lab.mr.lasso import _path, lasso
from twofold.lab.mr.likelihood import maximum_likelihood
from twofold.lab.mr.mediation import mediation
from twofold.lab.mr.mixture import mixture, standardised
from twofold.lab.mr.multivariable import (
    Multivariable,
    conditional_f,
    egger_joint,
    ivw_joint,
    q_a,
)
from twofold.lab.mr.mvmr import mvmr_table
from twofold.lab.mr.pairs import pairs
from twofold.lab.mr.presso import presso, rss_without
from twofold.lab.mr.raps import _moments, raps
from twofold.lab.mr.reading import mr_table
from twofold.lab.mr.table import Instruments
from twofold.lab.mr.tails import chi2_p, two_sided
from twofold.lab.recipe import found as found_recipe


def four(one: Instruments) -> tuple[np.ndarray, ...]:
    return one.beta_exposure, one.se_exposure, one.beta_outcome, one.se_outcome


def columns(path: Path, *names: str) -> list[np.ndarray]:
    texts = text_columns(path)
    return [numbers(texts[name], name=name) for name in names]


def test_presso_of_its_own_example(shared_data: Path) -> None:
    """PROVENANCE of mrpresso-example: the authors' program, run again."""
    path = shared_data / "genetics/mrpresso-example/mrpresso_SummaryStats.csv"
    found = presso(*columns(path, "E1_effect", "E1_se", "Y_effect", "Y_se"))
    assert found.rss == pytest.approx(133.0666, abs=5e-5)
    assert (found.outliers + 1).tolist() == [46, 48, 49, 50]
    assert found.distortion == pytest.approx(5.849878, abs=5e-7)
    assert found.distortion_p == pytest.approx(0.008, abs=0.0085)  # 3 SE of 1,000 draws
    assert found.global_p < 0.001


def test_presso_of_carbohydrate_on_depression(shared_data: Path) -> None:
    """Yao 2022, 7-PRESSO: RSSobs and the global p-value."""
    found = presso(*four(table(shared_data, "carbohydrate")))
    assert found.rss == pytest.approx(5.001075, abs=5e-7)
    assert found.global_p == pytest.approx(0.75, abs=0.05)
    assert len(found.outliers) == 0


def test_presso_equals_one_draw_and_one_snp_at_a_time() -> None:
    rng = np.random.default_rng(3)
    bx, sx, sy = rng.normal(0, 0.2, 12), np.full(12, 0.04), rng.uniform(0.02, 0.05, 12)
    by = 0.4 * bx + rng.normal(0, sy) * 1.3
    slopes = [np.delete(bx / sy, j) @ np.delete(by / sy, j) / np.sum(np.delete(bx / sy, j) ** 2)
              for j in range(12)]  # fmt: skip
    rss, found = rss_without(bx / sy, by / sy)
    assert found == pytest.approx(slopes, rel=1e-12)
    larger, apart = 0, np.zeros(12)
    for _ in range(4_000):
        x, y = rng.normal(bx, sx), rng.normal(np.multiply(slopes, bx), sy)
        larger += rss_without(x / sy, y / sy)[0] > rss
        apart += (y - slopes * x) ** 2 > (by - slopes * bx) ** 2
    whole = presso(bx, sx, by, sy)
    assert whole.global_p == pytest.approx(larger / 4_000, abs=0.03)
    assert whole.outlier_p == pytest.approx(np.minimum(apart / 4_000 * 12, 1), abs=0.3)


def lipids(shared: Path) -> Multivariable:
    names = ("ldl", "hdl", "tg")
    each = [four(mr_table(shared / f"genetics/mendelianrandomization-lipids/{one}_chd.csv", {}, {}))
            for one in names]  # fmt: skip
    return Multivariable(
        tuple(f"snp{row}" for row in range(28)), names,
        np.column_stack([one[0] for one in each]), np.column_stack([one[1] for one in each]),
        each[0][2], each[0][3],
    )  # fmt: skip


def pressure(shared: Path) -> Multivariable:
    named = {f"{kind}_exposure.{one}": f"{one}_{kind}" for one in ("LDL", "HDL", "Trg")
             for kind in ("beta", "se")}  # fmt: skip
    rest = {"snp": "SNP", "beta_outcome": "SBP_beta", "se_outcome": "SBP_se"}
    return mvmr_table(shared / "genetics/mvmr-radialmr/mvmr_rawdat.csv", named | rest, {})


def test_lipids_on_blood_pressure_to_twelve_digits(shared_data: Path) -> None:
    """R_reference_12digits.txt beside mvmr-radialmr: the authors' program, run again."""
    one = pressure(shared_data)
    found = ivw_joint(one)
    b = (-0.02184506103441, 0.00373524873152, 0.02557204158183)
    assert found.b == pytest.approx(b, abs=1e-14)
    assert found.se == pytest.approx((0.0141725528418, 0.0103377855901, 0.016019130044), abs=1e-12)
    strong = (46.3367107729, 67.8046287255, 38.8018411134)
    assert conditional_f(one) == pytest.approx(strong, abs=1e-10)
    q, df, _ = q_a(one)
    assert q == pytest.approx(683.080697406, abs=1e-9)
    assert df == 142
    told = chi2_p(np.asarray(q), np.asarray(141))  # the program takes one more away
    assert float(told) == pytest.approx(4.88040279595e-72, rel=1e-9)


def test_lipids_on_heart_disease_together(shared_data: Path) -> None:
    """R_reference_12digits.txt of mendelianrandomization-lipids, and its vignette."""
    one = lipids(shared_data)
    found, line = ivw_joint(one), egger_joint(one)
    assert found.b == pytest.approx((1.925182662466, -0.58971335722, 0.722538179732), abs=1e-11)
    assert found.se == pytest.approx((0.439424247187, 0.554995408251, 0.230098377199), abs=1e-11)
    assert line.b == pytest.approx((2.829288409206, -0.663141306398, 0.826930801352), abs=1e-11)
    assert line.se == pytest.approx((0.515335235897, 0.496499997585, 0.209123984395), abs=1e-11)
    assert line.q == pytest.approx(39.3421, abs=5e-5)
    assert line.intercept == pytest.approx(-0.028, abs=5e-4)
    normal_p = two_sided(line.intercept / line.intercept_se)  # the vignette's, ours is Student's t
    assert float(normal_p) == pytest.approx(0.007, abs=5e-4)


def test_food_on_depression_together(shared_data: Path) -> None:
    """Yao 2022, MVMR/result: IVW and MR-Egger."""
    one = found_recipe("carbohydrate-depression-together").tables["data"].read(shared_data)
    whole, line = ivw_joint(one), egger_joint(one)
    assert whole.b == pytest.approx((-1.536, -0.576, -0.581), abs=5e-4)
    assert whole.se == pytest.approx((0.653, 0.637, 0.522), abs=5e-4)
    assert whole.q == pytest.approx(8.7677, abs=5e-5)
    assert whole.q_p == pytest.approx(0.1871, abs=5e-5)
    assert line.b == pytest.approx((-0.301, -0.668, -0.586), abs=5e-4)
    assert line.se == pytest.approx((0.758, 0.529, 0.432), abs=5e-4)
    assert line.q == pytest.approx(3.3758, abs=5e-5)


def test_ldl_on_heart_disease_by_three_robust_methods(shared_data: Path) -> None:
    """R_reference_12digits.txt of mendelianrandomization-lipids, and its vignette."""
    bx, sx, by, sy = four(table(shared_data, "ldl"))
    weak, few, most = debiased(pairs(bx, sx, by, sy)), lasso(bx, by, sy), contamination(bx, by, sy)
    assert weak.b[0] == pytest.approx(2.939645902331, abs=1e-12)
    assert weak.se[0] == pytest.approx(0.530577576463, abs=1e-12)
    assert weak.condition[0] == pytest.approx(142.920, abs=5e-4)
    assert few.b == pytest.approx(2.670895530333, abs=1e-12)
    assert few.se == pytest.approx(0.430611747991, abs=1e-12)
    assert few.valid.sum() == 26
    assert most.spread == pytest.approx(66.17905, abs=5e-6)
    assert most.b == pytest.approx(2.73, abs=5e-3)  # the vignette's grid is .01 wide
    ((low, high),) = most.ranges
    assert 1.99 < low <= 2.00
    assert 3.43 <= high < 3.44


@pytest.mark.parametrize("seed", range(4))
def test_contamination_equals_a_fine_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    bx, sy = rng.uniform(0.05, 0.2, 25), rng.uniform(0.01, 0.03, 25)
    by = np.where(np.arange(25) < 15, 0.5, -0.6) * bx + rng.normal(0, sy)
    found = contamination(bx, by, sy)
    ratio, se, grid = by / bx, sy / bx, np.linspace(-5, 5, 100_001)
    within = -0.5 * ((grid[:, None] - ratio) / se) ** 2 - np.log(se)
    wide = found.spread**2 + se**2
    height = np.maximum(within, -0.5 * ratio**2 / wide - 0.5 * np.log(wide)).sum(1)
    assert found.b == pytest.approx(grid[height.argmax()], abs=1e-4)
    inside = grid[height > height.max() - 0.5 * 3.841458820694124 * found.sigma**2]
    assert found.ranges[0][0] == pytest.approx(inside[0], abs=3e-4)
    assert found.ranges[-1][1] == pytest.approx(inside[-1], abs=3e-4)
    assert len(found.ranges) == 1 + np.count_nonzero(np.diff(inside) > 1.5e-4)


@pytest.mark.parametrize("seed", range(4))
def test_the_path_of_the_lasso_equals_hubers_slope_at_each_penalty(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.uniform(2, 20, 20) * rng.choice([-1.0, 1.0], 20)
    y = 0.3 * x + rng.normal(0, 1, 20) + np.where(np.arange(20) < 6, 8, 0)
    path = list(_path(x, y))
    for (bend, valid), (before, _) in zip(path[1:], path, strict=False):
        middle = (bend + before) / 2
        low, high = -9.0, 9.0
        for _ in range(100):
            slope = (low + high) / 2
            is_low = np.sum(x * np.clip(y - slope * x, -middle, middle)) > 0
            low, high = (slope, high) if is_low else (low, slope)
        assert (np.abs(y - slope * x) <= middle).tolist() == valid.tolist()
    assert len(path) > 10


def test_raps_of_carbohydrate_on_depression(shared_data: Path) -> None:
    """Yao 2022, 4-MR/MDD_raps.txt: -0.9051 (-1.342 to -0.4681), with Tukey's loss.

    The published SE puts unbiased squares in the middle of the sandwich where ours puts the
    squares themselves: they differ by a hundredth.
    """
    found = raps(*four(table(shared_data, "carbohydrate")), loss="tukey", overdispersed=True)
    assert found.b == pytest.approx(-0.9051, abs=5e-5)
    assert found.se == pytest.approx((1.342 - 0.4681) / 2 / 1.959964, rel=0.015)
    assert found.tau2 == 0.0


def test_raps_with_squared_loss_is_maximum_likelihood(shared_data: Path) -> None:
    data = pairs(*four(table(shared_data, "ldl")))
    best = maximum_likelihood(data).b[0]
    assert raps(*four(table(shared_data, "ldl"))).b == pytest.approx(best, rel=1e-9)


def test_the_bends_of_raps_cost_five_percent() -> None:
    """Huber 1964, Tukey's biweight: efficiency .95 at the normal."""
    for loss in ("huber", "tukey"):
        first, square, _, _ = _moments(loss)
        assert first**2 / square == pytest.approx(0.95, abs=5e-4)


def test_mixture_of_body_mass_on_depression(shared_data: Path) -> None:
    """README_published_output.md of mrmix-bmi-mdd; its SE (.133) is another approximation."""
    one = table(shared_data, "bmi")
    bx, sx = standardised(one.beta_exposure, one.se_exposure, n=one.n_exposure)
    by, sy = standardised(one.beta_outcome, one.se_outcome, eaf=one.eaf)
    found = mixture(bx, sx, by, sy)
    assert found.b == 0.33
    assert found.pi0 == pytest.approx(0.462, abs=5e-4)
    assert found.sigma2 == pytest.approx(1.09e-4, abs=5e-7)
    assert 0.05 < found.se < 0.2


def test_mixture_finds_no_slope_where_every_snp_acts_in_another_way() -> None:
    """Each SNP has an effect of its own, far beyond the noise: no slope is true of any of them."""
    rng = np.random.default_rng(5)
    bx, se = rng.uniform(0.04, 0.12, 60), np.full(60, 0.001)
    found = mixture(bx, se, rng.normal(0, 0.4, 60), se)
    assert np.isnan(found.b) and np.isnan(found.se) and found.pi0 == 0.0


def test_mixture_takes_the_middle_of_slopes_that_are_alike() -> None:
    """Few SNPs with much noise fit a stretch of slopes wholly; either end of it would be a bias."""
    bx, noise = np.linspace(0.04, 0.12, 30), np.full(30, 0.02)
    found = mixture(bx, np.full(30, 1e-6), 0.3 * bx, noise)
    whole = found.profile[found.profile[:, 1] >= found.profile[:, 1].max() - 1e-9, 0]
    assert len(whole) > 10
    assert found.b == pytest.approx((whole[0] + whole[-1]) / 2, abs=0.011)
    assert found.b == pytest.approx(0.3, abs=0.011)


def test_mediation_holds_the_true_part_in_its_intervals() -> None:
    rng = np.random.default_rng(8)
    inside = np.zeros(2)
    for seed in range(400):
        a, b, c = rng.normal(0.5, 0.08), rng.normal(0.4, 0.06), rng.normal(0.5, 0.05)
        found = mediation((a, 0.08), (b, 0.06), (c, 0.05), draws=2_000, seed=seed)
        assert found.indirect == a * b
        inside[0] += abs(found.indirect - 0.2) < 1.96 * found.indirect_se
        inside[1] += found.indirect_range[0] < 0.2 < found.indirect_range[1]
    assert (inside / 400 > 0.92).all()
    assert (inside / 400 < 0.98).all()


def test_the_share_is_not_told_when_the_whole_may_be_nothing() -> None:
    assert mediation((0.5, 0.1), (0.4, 0.1), (0.1, 0.1)).share_range is None
