"""Published digits of Mendelian randomisation, reproduced from the published tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from models.lab_mr_cases import data_of, table
from scipy.special import ndtri

from twofold.lab.mr.closed_form import egger, ivw, wald
from twofold.lab.mr.correlated import ivw_correlated
from twofold.lab.mr.direction import explained, steiger_of
from twofold.lab.mr.likelihood import maximum_likelihood
from twofold.lab.mr.median import median, medians
from twofold.lab.mr.mode import mode
from twofold.lab.mr.pairs import pairs
from twofold.lab.mr.radial import radial_egger, radial_ivw
from twofold.lab.mr.strength import strength
from twofold.lab.mr.study import from_files
from twofold.lab.r_file import frames


def test_carbohydrate_on_depression_to_fourteen_digits(shared_data: Path) -> None:
    """Yao 2022, Nature Human Behaviour: the authors' own result files."""
    data = data_of(table(shared_data, "carbohydrate"))
    line, found = egger(data), ivw(data)
    assert found.b[0] == pytest.approx(-0.873725801561516, abs=1e-15)
    assert found.se[0] == pytest.approx(0.201754249194951, abs=1e-15)
    assert found.p[0] == pytest.approx(1.48673972477642e-05, rel=1e-13)
    assert found.q[0] == pytest.approx(3.66773672602049, rel=1e-14)
    assert found.q_p[0] == pytest.approx(0.721535650486083, rel=1e-14)
    assert line.slope.b[0] == pytest.approx(-1.1618, abs=5e-5)
    assert line.slope.p[0] == pytest.approx(0.400595982533599, rel=1e-13)
    assert line.slope.q[0] == pytest.approx(3.6145489659954, rel=1e-13)
    assert line.slope.q_p[0] == pytest.approx(0.606130162025691, rel=1e-13)
    assert line.intercept[0] == pytest.approx(0.0054, abs=5e-5)
    assert line.intercept_p[0] == pytest.approx(0.826745715764732, rel=1e-12)


def test_the_authors_own_two_files_give_the_published_numbers(shared_data: Path) -> None:
    """Yao 2022, 2-input: the A/T SNP is kept, because its frequency (.85 in both) tells its strand."""
    folder = shared_data / "genetics/yao2022-carbohydrate-mdd/SVMR/Carbohydrat-MDD/2-input"
    found = from_files(
        folder / "exposure/Carbohydrate", folder / "outcome/Carbohydrate",
        options={"draws": 100, "pictures": False},
    )  # fmt: skip
    assert found.used == 7
    assert found.estimate("IVW, random effects").p == pytest.approx(1.48673972477642e-05, rel=1e-12)
    assert found.headline == "IVW, random effects"


def test_each_snp_of_carbohydrate_on_depression(shared_data: Path) -> None:
    """Yao 2022, 6-SingleSNP_MR: first-order standard errors."""
    ratios = wald(data_of(table(shared_data, "carbohydrate")))
    assert ratios.b[0, 0] == pytest.approx(-1.13499400683309, rel=1e-14)
    assert ratios.se[0, 0] == pytest.approx(0.577045022194039, rel=1e-14)
    assert ratios.b[0, 5] == pytest.approx(-0.0865701341561182, rel=1e-13)


def test_direction_of_carbohydrate_on_depression(shared_data: Path) -> None:
    """Yao 2022, 8-Steiger: variance explained worked out from the published p-values."""
    one = table(shared_data, "carbohydrate")
    r2 = [
        explained(ndtri(p / 2), n + 0.0).sum()
        for p, n in ((one.p_exposure, one.n_exposure), (one.p_outcome, one.n_outcome))
    ]
    found = steiger_of(
        np.array([r2[0]]), np.array([r2[1]]),
        np.array([one.n_exposure.mean()]), np.array([one.n_outcome.mean()]),
    )  # fmt: skip
    assert r2[0] == pytest.approx(0.001007648, rel=2e-4)
    assert r2[1] == pytest.approx(0.0001574647, rel=2e-4)
    assert found.is_forward[0]
    assert np.log10(found.p[0]) == pytest.approx(np.log10(6.026575e-09), abs=0.01)


def test_weighted_median_and_mode_of_yao_are_those_of_an_older_r(shared_data: Path) -> None:
    """Yao 2022, 4-MR: W-median (delta weights) and WM (density of R before 4.4)."""
    data = data_of(table(shared_data, "carbohydrate"))
    found = median(data, convention="delta", draws=20_000)
    assert found.b == pytest.approx(-0.9488, abs=5e-5)
    assert found.se == pytest.approx((1.4848 - 0.4128) / 2 / 1.96, rel=0.03)
    peak = mode(data, density="R before 4.4", draws=100)
    assert peak.b == pytest.approx(-1.0516, abs=5e-5)


def test_ldl_on_heart_disease(shared_data: Path) -> None:
    """Vignette of MendelianRandomization, and its package run again to twelve digits."""
    data = data_of(table(shared_data, "ldl"))
    found, line = ivw(data), egger(data, distribution="normal")
    assert found.b[0] == pytest.approx(2.83421393888, rel=1e-11)
    assert found.se[0] == pytest.approx(0.529799488556, rel=1e-11)
    assert found.q[0] == pytest.approx(99.5304255485, rel=1e-11)
    assert found.q_p[0] == pytest.approx(3.07369539059e-10, rel=1e-10)
    assert line.slope.b[0] == pytest.approx(3.2528901319408, rel=1e-13)
    assert line.slope.se[0] == pytest.approx(0.7701291613940, rel=1e-12)
    assert line.intercept[0] == pytest.approx(-0.0114606656513, rel=1e-11)
    assert line.intercept_se[0] == pytest.approx(0.0151883205190, rel=1e-11)
    assert line.intercept_p[0] == pytest.approx(0.451, abs=5e-4)
    assert line.slope.q[0] == pytest.approx(97.3975, abs=5e-5)
    strong = strength(data)
    assert strong.i2_gx_weighted[0] == pytest.approx(0.9193653883196, rel=1e-12)
    assert strong.mean_f[0] == pytest.approx(28.0, abs=0.05)


def test_medians_of_ldl_on_heart_disease(shared_data: Path) -> None:
    """Vignette: weighted 2.683 (.419), simple 1.755 (.740); the SEs are Monte Carlo."""
    found = medians(data_of(table(shared_data, "ldl")), draws=20_000)
    assert found["weighted"].b == pytest.approx(2.683, abs=5e-4)
    assert found["weighted"].se == pytest.approx(0.419, rel=0.03)
    assert found["simple"].b == pytest.approx(1.755, abs=5e-4)
    assert found["simple"].se == pytest.approx(0.740, rel=0.03)


def test_mode_of_ldl_on_heart_disease_hangs_on_the_grid(shared_data: Path) -> None:
    """Vignette: 2.946 (1.005). One ratio of 226 makes R's grid so coarse that it misses the peak."""
    data = data_of(table(shared_data, "ldl"))
    on_grid = mode(data, density="R before 4.4", draws=4_000)
    assert on_grid.b == pytest.approx(2.946, abs=5e-4)
    assert on_grid.se == pytest.approx(1.005, rel=0.1)
    assert mode(data, draws=100).b == pytest.approx(2.8223, abs=1e-4)


def test_maximum_likelihood_goes_on_where_the_packages_stop(shared_data: Path) -> None:
    """Vignette: 3.225 with Q 86.8145. Minimised over all 29 unknowns in R: 3.17326850, 85.97216742."""
    found = maximum_likelihood(data_of(table(shared_data, "ldl")))
    assert found.b[0] == pytest.approx(3.1732685, abs=1e-7)
    assert found.q[0] == pytest.approx(85.97216742, abs=1e-8)
    assert found.q[0] < 86.8145


def test_bmi_on_heart_disease(shared_data: Path) -> None:
    """TwoSampleMR, test_mr.R and test_mr_mode.R; the IVW SE of its example of many exposures."""
    data = data_of(table(shared_data, "bmi_chd"))
    found = ivw(data)
    assert found.b[0] == pytest.approx(0.44590910, abs=5e-9)
    assert found.se[0] == pytest.approx(0.05898302, abs=5e-9)
    assert found.se_fixed[0] / found.se[0] == pytest.approx(0.74, abs=0.005)
    assert egger(data).slope.b[0] == pytest.approx(0.5025, abs=5e-5)
    assert median(data, convention="delta", draws=100).b == pytest.approx(0.3870, abs=5e-5)
    assert mode(data, "simple", density="R from 4.4", draws=100).b == pytest.approx(
        0.3402, abs=5e-5
    )
    weighted = mode(data, density="R from 4.4", draws=4_000)
    assert weighted.b == pytest.approx(0.3791, abs=5e-5)
    assert weighted.se == pytest.approx(0.105, rel=0.1)


def test_modes_as_r_4_2_2_gives_them(shared_data: Path) -> None:
    """density() of R 4.2.2 on the same ratios: the highest of its 512 points."""
    data = data_of(table(shared_data, "bmi_chd"))
    simple = mode(data, "simple", density="R before 4.4", draws=100)
    weighted = mode(data, density="R before 4.4", draws=100)
    assert simple.b == pytest.approx(0.34015542866459, abs=1e-13)
    assert weighted.b == pytest.approx(0.388824880964004, abs=1e-13)


def test_radial_regression_of_ldl_on_heart_disease(shared_data: Path) -> None:
    """RadialMR, examples of ivw_radial and egger_radial: 82 SNPs with p < 5e-8."""
    raw = frames(shared_data / "genetics/mvmr-radialmr/data_radial.RData")["data_radial"]
    kept = [row for row, p in enumerate(raw["ldlcp2"]) if float(p) < 5e-8]
    names = ("ldlcbeta", "ldlcse", "chdbeta", "chdse")
    data = pairs(*(np.array([float(raw[name][row]) for row in kept]) for name in names))
    first = radial_ivw(data, weights="first-order")
    assert len(kept) == 82
    assert first.b == pytest.approx(0.4874900, abs=5e-8)
    assert first.se == pytest.approx(0.05830409, abs=5e-9)
    assert first.p == pytest.approx(6.210273e-17, rel=1e-6)
    assert first.q == pytest.approx(193.0843, abs=5e-5)
    assert first.outliers.sum() == 13
    turns = radial_ivw(data, weights="modified")
    assert turns.b == pytest.approx(0.4873205, abs=5e-8)
    assert turns.se == pytest.approx(0.05827885, abs=5e-9)
    line = radial_egger(data, weights="first-order")
    assert line.b == pytest.approx(0.6129126, abs=5e-8)
    assert line.se == pytest.approx(0.1109369, abs=5e-8)
    assert line.p == pytest.approx(3.988423e-07, rel=1e-6)
    assert line.intercept == pytest.approx(-0.4303552, abs=5e-8)
    assert line.q == pytest.approx(188.9285, abs=5e-5)
    exact = maximum_likelihood(data)
    assert exact.b[0] == pytest.approx(0.4958973, abs=1e-5)


def test_without_correlation_the_correlated_ivw_is_the_plain_one(shared_data: Path) -> None:
    one = table(shared_data, "ldl")
    found = ivw_correlated(one, np.eye(len(one)))
    assert found.b == pytest.approx(2.83421393888, rel=1e-11)
    assert found.se == pytest.approx(0.529799488556, rel=1e-11)
