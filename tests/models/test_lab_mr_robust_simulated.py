"""Where the truth is known: false alarms and coverage of robust Mendelian randomisation.

More replicates stand in docs/lab-mr-robust.md (bench/lab_mr_robust.py).
"""

from __future__ import annotations

import numpy as np
from models.lab_mr_cases import simulated

from twofold.lab.mr.contamination import contamination
from twofold.lab.mr.debiased import debiased
from twofold.lab.mr.lasso import lasso
from twofold.lab.mr.pairs import pairs
from twofold.lab.mr.presso import presso
from twofold.lab.mr.raps import raps


def test_debiased_ivw_holds_the_effect_that_weak_instruments_pull_to_zero() -> None:
    rng = np.random.default_rng(1)
    shape = (1_000, 200)
    true = rng.normal(0, 0.006, shape)
    se = np.full(shape, 0.004)
    data = pairs(true + rng.normal(0, se), se, 0.5 * true + rng.normal(0, se), se)
    found = debiased(data)
    assert abs(found.b.mean() - 0.5) < 0.01
    assert 0.92 < np.mean(np.abs(found.b - 0.5) < 1.96 * found.se) < 0.975


def test_adjusted_profile_scores_hold_the_effect() -> None:
    four = simulated(7, 60, effect=0.3, invalid=1.0, spread=0.01)
    found = [raps(*(one[row] for one in four), overdispersed=True) for row in range(60)]
    inside = np.mean([abs(one.b - 0.3) < 1.96 * one.se for one in found])
    assert 0.85 < inside <= 1
    assert all(one.is_settled for one in found)


def test_pressos_global_test_has_few_false_alarms_and_sees_outliers() -> None:
    clean = simulated(8, 100, effect=0.3)
    alarms = [presso(*(one[row] for one in clean), draws=200).global_p for row in range(100)]
    assert np.mean(np.array(alarms) < 0.05) < 0.12
    soiled = simulated(9, 20, effect=0.3, invalid=0.3, mean=0.1, spread=0.01)
    seen = [presso(*(one[row] for one in soiled), draws=200).global_p for row in range(20)]
    assert np.mean(np.array(seen) < 0.05) > 0.9


def test_lasso_and_contamination_stand_three_of_ten_far_snps() -> None:
    four = simulated(10, 60, effect=0.3, invalid=0.3, mean=0.1, spread=0.01)
    few = [lasso(four[0][row], four[2][row], four[3][row]).b for row in range(60)]
    most = [contamination(four[0][row], four[2][row], four[3][row]).b for row in range(60)]
    data = pairs(*four)
    off = np.mean((data.wx * data.by).sum(1) / (data.wx * data.bx).sum(1)) - 0.3
    assert abs(np.median(few) - 0.3) < off / 3
    assert abs(np.median(most) - 0.3) < off / 3
