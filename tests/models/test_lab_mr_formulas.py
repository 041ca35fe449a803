"""Each formula against a slow or brute-force way that shares no code with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models.lab_mr_cases import data_of, invented, slowly
from scipy import optimize

from twofold.errors import LabError
from twofold.lab.discovery import false_discovery
from twofold.lab.mr.closed_form import egger, everything, ivw, leave_one_out
from twofold.lab.mr.correlated import egger_correlated, ivw_correlated
from twofold.lab.mr.direction import explained_liability, steiger
from twofold.lab.mr.likelihood import maximum_likelihood, profile
from twofold.lab.mr.median import medians, weighted_median
from twofold.lab.mr.mode import bandwidth, mode, peak, r_density
from twofold.lab.mr.pairs import pairs
from twofold.lab.mr.table import Instruments

CLOSE = 1e-12


def test_a_batch_equals_one_exposure_at_a_time() -> None:
    four = invented(1, 60, 30)
    found = everything(*four, n_exposure=1e5, n_outcome=2e5, block=17)
    for row in range(60):
        want = slowly(*(one[row] for one in four))
        got = {
            "b": found.ivw.b, "se_fixed": found.ivw.se_fixed, "se": found.ivw.se,
            "q": found.ivw.q, "slope": found.egger.slope.b, "slope_se": found.egger.slope.se,
            "intercept": found.egger.intercept, "intercept_se": found.egger.intercept_se,
            "egger_q": found.egger.slope.q, "mean_f": found.strength.mean_f,
        }  # fmt: skip
        for name, value in want.items():
            assert got[name][row] == pytest.approx(value, rel=CLOSE, abs=1e-14), name


def test_ragged_exposures_equal_themselves_alone() -> None:
    four = invented(2, 40, 25)
    rng = np.random.default_rng(3)
    gone = rng.random((40, 25)) < 0.4
    gone[:, :4] = False
    together = everything(
        *(np.where(gone, np.nan, one) for one in four), n_exposure=9e4, n_outcome=8e4
    )
    for row in range(40):
        alone = everything(
            *(one[row, ~gone[row]][None] for one in four), n_exposure=9e4, n_outcome=8e4
        )
        assert together.ivw.b[row] == pytest.approx(alone.ivw.b[0], rel=CLOSE)
        assert together.egger.slope.se[row] == pytest.approx(alone.egger.slope.se[0], rel=CLOSE)
        assert together.strength.i2_gx[row] == pytest.approx(alone.strength.i2_gx[0], rel=1e-10)
        assert together.steiger.p[row] == pytest.approx(alone.steiger.p[0], rel=1e-9)
        assert together.left.b[row, ~gone[row]] == pytest.approx(alone.left.b[0], rel=CLOSE)
        assert np.isnan(together.left.b[row, gone[row]]).all()


@pytest.mark.parametrize("snps", [2, 3, 12])
def test_leaving_one_out_equals_working_it_out_again(snps: int) -> None:
    four = invented(4, 5, snps)
    left = leave_one_out(pairs(*four))
    for out in range(snps):
        again = ivw(pairs(*(np.delete(one, out, axis=1) for one in four)))
        # Of two SNPs one may hold nearly all the weight; then digits cancel.
        near = CLOSE if snps > 2 else 1e-9
        assert left.b[:, out] == pytest.approx(again.b, rel=near)
        assert left.se[:, out] == pytest.approx(again.se, rel=10 * near)


def test_one_snp_gives_its_wald_ratio_and_nothing_else() -> None:
    data = pairs([0.1], [0.01], [0.03], [0.02])
    found = ivw(data)
    assert found.b[0] == pytest.approx(0.3)
    assert found.se[0] == pytest.approx(0.2)
    assert np.isnan([found.q_p[0], egger(data).slope.b[0], leave_one_out(data).b[0, 0]]).all()


def test_egger_hangs_on_the_coding_of_the_alleles_only_as_given() -> None:
    bx, sx, by, sy = invented(5, 3, 20)
    sign = np.where(np.arange(20) % 3 == 0, -1.0, 1.0)
    one, two = pairs(bx, sx, by, sy), pairs(bx * sign, sx, by * sign, sy)
    assert egger(one).slope.b == pytest.approx(egger(two).slope.b, rel=1e-12)
    as_given = [egger(data, orientation="as given").slope.b for data in (one, two)]
    assert not np.allclose(*as_given, rtol=1e-3)


def test_steiger_is_fishers_test_of_two_correlations() -> None:
    data = pairs([0.1, 0.2], [0.01, 0.01], [0.01, 0.05], [0.01, 0.01])
    found = steiger(data, 10_000.0, 20_000.0)
    f = [(0.1 / 0.01) ** 2, (0.2 / 0.01) ** 2], [(0.01 / 0.01) ** 2, (0.05 / 0.01) ** 2]
    r2 = [sum(one / (n - 2 + one) for one in some) for some, n in zip(f, (1e4, 2e4), strict=True)]
    z = (np.arctanh(np.sqrt(r2[0])) - np.arctanh(np.sqrt(r2[1]))) / np.sqrt(1 / 9_997 + 1 / 19_997)
    from scipy.stats import norm

    assert found.p[0] == pytest.approx(2 * norm.sf(abs(z)), rel=1e-10)
    assert found.is_forward[0]


def test_liability_explained_is_that_of_a_threshold_model() -> None:
    """The log odds of a threshold model are worked out exactly, then turned back."""
    from scipy.stats import norm

    effect, eaf, prevalence = 0.03, 0.3, 0.15
    at = norm.isf(prevalence)
    case = [norm.sf(at - effect * (count - 2 * eaf)) for count in (0, 1)]
    log_odds = np.log(case[1] / (1 - case[1])) - np.log(case[0] / (1 - case[0]))
    found = explained_liability(np.array([log_odds]), np.array([eaf]), prevalence)
    assert found[0] == pytest.approx(2 * eaf * (1 - eaf) * effect**2, rel=0.02)


def test_maximum_likelihood_equals_a_search_over_all_unknowns() -> None:
    four = invented(6, 4, 8)
    found = maximum_likelihood(pairs(*four))
    for row in range(4):
        bx, sx, by, sy = (one[row] for one in four)

        def all_unknowns(unknown: np.ndarray, bx=bx, sx=sx, by=by, sy=sy) -> np.ndarray:
            return np.concatenate([(bx - unknown[1:]) / sx, (by - unknown[0] * unknown[1:]) / sy])

        best = optimize.least_squares(
            all_unknowns,
            np.concatenate([[found.b[row] * 1.1], bx]),
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
        )
        assert found.q[row] == pytest.approx(2 * best.cost, rel=1e-9)
        assert found.b[row] == pytest.approx(best.x[0], rel=1e-6)
        hessian = best.jac.T @ best.jac
        # The profile's curvature is the observed information; Gauss and Newton's leaves a term out.
        assert found.se_fixed[row] == pytest.approx(np.sqrt(np.linalg.inv(hessian)[0, 0]), rel=0.2)


def test_no_slope_on_a_fine_grid_is_more_likely() -> None:
    data = pairs(*invented(7, 6, 5))
    best = maximum_likelihood(data)
    slopes = np.concatenate([np.linspace(-30, 30, 6001), np.linspace(-1e4, 1e4, 201)])
    assert (profile(data, slopes).min(1) >= best.q - 1e-9).all()


def test_the_weighted_median_is_where_half_of_the_weight_lies() -> None:
    assert weighted_median(np.array([1.0, 2, 3, 4]), np.array([1.0, 1, 1, 97])) == pytest.approx(
        np.interp(0.5, [0.005, 0.015, 0.025, 0.515], [1, 2, 3, 4])
    )
    assert weighted_median(np.array([5.0, 1, 9]), np.ones(3)) == 5


@given(st.integers(0, 10**6), st.integers(3, 12))
@settings(max_examples=15)
def test_the_weighted_median_equals_interpolating_by_hand(seed: int, snps: int) -> None:
    rng = np.random.default_rng(seed)
    ratio, weight = rng.normal(size=snps), rng.uniform(0.1, 5, snps)
    order = np.argsort(ratio)
    share = weight[order] / weight.sum()
    want = np.interp(0.5, np.cumsum(share) - share / 2, ratio[order])
    assert weighted_median(ratio, weight) == pytest.approx(want, rel=1e-10, abs=1e-12)


def test_medians_bootstrap_as_one_draw_at_a_time_would() -> None:
    bx, sx, by, sy = (one[0] for one in invented(8, 1, 15))
    found = medians(pairs(bx, sx, by, sy), draws=2_000)["weighted"]
    rng = np.random.default_rng(99)
    weight = (bx / sy) ** 2
    slow = [
        float(weighted_median(rng.normal(by, sy) / rng.normal(bx, sx), weight))
        for _ in range(1_500)
    ]
    far = np.abs(np.array(slow) - np.median(slow)) < 10
    assert found.se == pytest.approx(np.std(np.array(slow)[far]), rel=0.25)


@given(st.integers(0, 10**6), st.integers(3, 40))
@settings(max_examples=15)
def test_the_exact_mode_is_the_highest_point_of_the_density(seed: int, snps: int) -> None:
    rng = np.random.default_rng(seed)
    ratio = rng.standard_t(2, (3, snps))
    weight = rng.uniform(0.1, 3, snps)
    weight /= weight.sum()
    wide = bandwidth(ratio)
    found = peak(ratio, weight, wide)
    for row in range(3):
        grid = np.unique(ratio[row][:, None] + wide[row] * np.linspace(-4, 4, 801))

        def height(x: np.ndarray, row: int = row) -> np.ndarray:
            apart = (np.atleast_1d(x)[:, None] - ratio[row]) / wide[row]
            return np.exp(-0.5 * apart**2) @ weight

        assert height(found[row])[0] >= height(grid).max() * (1 - 1e-9)


@pytest.mark.parametrize("is_old", [True, False])
def test_the_density_on_a_grid_is_near_the_density_itself(is_old: bool) -> None:
    rng = np.random.default_rng(10)
    ratio, weight = rng.normal(size=(2, 50)), np.full(50, 0.02)
    wide = bandwidth(ratio)
    points, found = r_density(ratio, weight, wide, is_old=is_old)
    apart = (points[:, :, None] - ratio[:, None, :]) / wide[:, None, None]
    want = (np.exp(-0.5 * apart**2) @ weight) / wide[:, None] / np.sqrt(2 * np.pi)
    assert np.abs(found - want).max() < 0.004 * want.max()


def test_many_snps_find_the_same_mode_as_few() -> None:
    rng = np.random.default_rng(11)
    bx = np.full(600, 0.1)
    by = np.concatenate([rng.normal(0.05, 0.004, 400), rng.normal(0.09, 0.004, 200)])
    data = pairs(bx, np.full(600, 1e-4), by, np.full(600, 0.004))
    assert mode(data, draws=100).b == pytest.approx(0.5, abs=0.02)


def test_correlated_snps_equal_decorrelated_ones() -> None:
    rng = np.random.default_rng(12)
    bx, sx, by, sy = (one[0] for one in invented(12, 1, 6))
    mixed = rng.normal(size=(6, 20))
    rho = np.corrcoef(mixed)
    table = Instruments(tuple("abcdef"), bx, sx, by, sy)
    omega = np.linalg.inv(sy[:, None] * rho * sy)
    want = bx @ omega @ by / (bx @ omega @ bx)
    found = ivw_correlated(table, rho)
    assert found.b == pytest.approx(want, rel=1e-10)
    assert found.q == pytest.approx((by - want * bx) @ omega @ (by - want * bx), rel=1e-9)
    sign = np.where(bx < 0, -1.0, 1.0)
    design = np.stack([bx * sign, np.ones(6)], 1)
    turned = np.linalg.inv((sign * sy)[:, None] * rho * (sign * sy))
    turned = np.diag(sign) @ np.linalg.inv(sy[:, None] * rho * sy) @ np.diag(sign)
    value = np.linalg.solve(design.T @ turned @ design, design.T @ turned @ (by * sign))
    line = egger_correlated(table, rho)
    assert (line.b, line.intercept) == pytest.approx(tuple(value), rel=1e-9)


def test_a_matrix_of_copies_is_refused() -> None:
    bx, sx, by, sy = (one[0] for one in invented(13, 1, 3))
    table = Instruments(tuple("abc"), bx, sx, by, sy)
    with pytest.raises(LabError, match="not positive definite"):
        ivw_correlated(table, np.ones((3, 3)))
    with pytest.raises(LabError, match="shape"):
        ivw_correlated(table, np.eye(2))


def test_false_discovery_rates_are_benjamini_and_hochbergs() -> None:
    from scipy.stats import false_discovery_control

    p = np.random.default_rng(14).uniform(size=200) ** 2
    assert false_discovery(p) == pytest.approx(false_discovery_control(p), rel=1e-12)
    with_gap = false_discovery(np.array([0.01, np.nan, 0.02]))
    assert np.isnan(with_gap[1])
    assert with_gap[[0, 2]].tolist() == [0.02, 0.02]


def test_a_table_and_its_arrays_say_the_same() -> None:
    bx, sx, by, sy = (one[0] for one in invented(15, 1, 9))
    table = Instruments(tuple("abcdefghi"), bx, sx, by, sy)
    assert ivw(data_of(table.turned())).b == pytest.approx(ivw(data_of(table)).b, rel=1e-13)
