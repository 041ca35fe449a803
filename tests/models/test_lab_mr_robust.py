"""Robust Mendelian randomisation: published digits, and slow references written another way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from models.lab_mr_cases import table

from twofold.lab.columns import numbers, text_columns
from twofold.lab.mr.presso import presso, rss_without
from twofold.lab.mr.table import Instruments


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
