"""Where the truth is known: false alarms, coverage, and which method survives which pleiotropy.

Thousands of replicates stand in docs/lab-mr.md (bench/lab_mr.py); here are enough to notice a defect.
"""

from __future__ import annotations

import numpy as np
from models.lab_mr_cases import simulated

from twofold.lab.mr.closed_form import egger, ivw
from twofold.lab.mr.direction import steiger
from twofold.lab.mr.likelihood import maximum_likelihood
from twofold.lab.mr.median import median
from twofold.lab.mr.mode import mode
from twofold.lab.mr.pairs import pairs

REPLICATES = 1_000


def share(value: np.ndarray) -> float:
    return float(np.mean(value))


def test_without_pleiotropy_five_of_a_hundred_are_false_alarms() -> None:
    data = pairs(*simulated(1, REPLICATES))
    for p in (ivw(data).p_fixed, egger(data).slope.p, egger(data).intercept_p, ivw(data).q_p):
        assert 0.02 < share(p < 0.05) < 0.075
    assert share(ivw(data).p < 0.05) < 0.06  # never below the fixed SE, so a little careful
    assert 0.02 < share(maximum_likelihood(data).p < 0.05) < 0.065


def test_the_interval_holds_the_true_effect() -> None:
    data = pairs(*simulated(2, REPLICATES, effect=0.3))
    for found in (ivw(data), maximum_likelihood(data)):
        inside = np.abs(found.b - 0.3) < 1.96 * found.se
        assert share(inside) > 0.925


def test_balanced_pleiotropy_needs_random_effects() -> None:
    data = pairs(*simulated(3, REPLICATES, invalid=1.0, spread=0.02))
    found = ivw(data)
    assert share(found.p_fixed < 0.05) > 0.2
    assert 0.03 < share(found.p < 0.05) < 0.085
    assert share(found.q_p < 0.05) > 0.95


def test_directional_pleiotropy_biases_ivw_and_moves_eggers_intercept() -> None:
    data = pairs(*simulated(4, REPLICATES, invalid=1.0, mean=0.02, spread=0.004))
    assert share(ivw(data).p < 0.05) > 0.9
    line = egger(data)
    assert share(line.slope.p < 0.05) < 0.09
    assert share(line.intercept_p < 0.05) > 0.5
    assert abs(line.intercept.mean() - 0.02) < 0.003  # noise in bx flattens the slope a little


def test_median_and_mode_stand_a_third_of_invalid_snps() -> None:
    four = simulated(5, 60, effect=0.3, invalid=0.3, mean=0.03, spread=0.01)
    found = [pairs(*(one[row] for one in four)) for row in range(60)]
    off = ivw(pairs(*four)).b.mean() - 0.3
    medians = np.array([median(one, draws=100).b for one in found])
    modes = np.array([mode(one, draws=100).b for one in found])
    assert off > 0.08
    assert abs(medians.mean() - 0.3) < 0.65 * off
    assert abs(modes.mean() - 0.3) < 0.4 * off


def test_the_bootstrap_ses_of_median_and_mode_are_as_wide_as_the_truth_scatters() -> None:
    four = simulated(6, 80, effect=0.2)
    found = [pairs(*(one[row] for one in four)) for row in range(80)]
    for method, low, high in ((median, 0.8, 1.6), (mode, 0.7, 2.2)):
        every = [method(one, draws=200) for one in found]
        scatter = np.std([one.b for one in every])
        assert low < np.mean([one.se for one in every]) / scatter < high


def test_steiger_finds_the_direction() -> None:
    bx, sx, by, sy = simulated(7, 300, effect=0.3)
    forward = steiger(pairs(bx, sx, by, sy), 1 / sx[0, 0] ** 2, 1 / sy[0, 0] ** 2)
    backward = steiger(pairs(by, sy, bx, sx), 1 / sy[0, 0] ** 2, 1 / sx[0, 0] ** 2)
    assert forward.is_forward.all()
    assert not backward.is_forward.any()
