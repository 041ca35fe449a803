"""What the robust methods of Mendelian randomisation tell, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab.methods import apply
from twofold.lab.mr.multivariable import Multivariable
from twofold.lab.mr.mvmr import mvmr_table
from twofold.lab.mr.table import Instruments


def table(outliers: int = 0, snps: int = 30, **told: str) -> Instruments:
    rng = np.random.default_rng(5)
    bx, se = rng.uniform(0.05, 0.15, snps), np.full(snps, 0.01)
    by = 0.4 * bx + rng.normal(0, 0.01, snps)
    by[:outliers] += 0.08
    names = {"exposure": "sleep", "outcome": "mood"} | told
    first = told.get("exposure", "")
    return Instruments(
        tuple(f"rs{first}{row}" for row in range(snps)), bx, se, by, se, **names,
    )  # fmt: skip


def test_an_effect_that_stands_is_told_as_such() -> None:
    found = apply("mr-robust", {"data": table()}, {"draws": 1_000})
    assert found.headline == "IVW, random effects"
    assert "stands the methods that allow for invalid SNPs" in found.verdict
    assert {"MR-Lasso", "Debiased IVW", "Contamination mixture"} <= {
        one.name for one in found.estimates
    }


def test_outliers_take_the_headline_away_and_are_named() -> None:
    found = apply("mr-robust", {"data": table(outliers=3)}, {"draws": 1_000})
    assert found.headline is None
    assert found.details["presso_outliers"] == ["rs0", "rs1", "rs2"]
    alone = apply("mr-presso", {"data": table(outliers=3)}, {"draws": 1_000})
    assert alone.headline == "MR-PRESSO, outliers left out"
    assert any("Monte Carlo" in one for one in alone.warnings)
    assert alone.estimate("MR-PRESSO, outliers left out").of == 27


def test_the_same_seed_gives_the_same_result() -> None:
    first, again = (apply("mr-presso", {"data": table()}, {"draws": 500}) for _ in range(2))
    assert first.to_plain() == again.to_plain()


@pytest.mark.parametrize(
    ("method", "options", "says"),
    [
        ("mr-presso", {"draws": 5}, "5 draws"),
        ("mr-presso", {"colour": 1}, "no option 'colour'"),
        ("mr-robust", {"seed": -1}, "seed is -1"),
        ("mvmr", {}, "needs a table of several exposures"),
    ],
)
def test_strange_wishes_are_refused(method: str, options: dict[str, int], says: str) -> None:
    with pytest.raises(LabError, match=says):
        apply(method, {"data": table()}, options)


def test_three_snps_are_too_few_for_robust_methods() -> None:
    with pytest.raises(LabError, match="needs 4 SNPs or more; there are 3"):
        apply("mr-robust", {"data": table(snps=3)}, {})


def test_mediation_is_told_with_every_step_and_no_headline() -> None:
    tables = {
        "first": table(outcome="stress"), "second": table(exposure="stress"), "total": table(),
    }  # fmt: skip
    found = apply("mr-mediation", tables, {})
    assert found.headline is None
    assert found.estimate("Indirect effect").value == pytest.approx(0.16, abs=0.03)
    with pytest.raises(LabError, match="not of the same traits"):
        apply("mr-mediation", tables | {"total": table(outcome="pain")}, {})


def test_several_exposures_need_names_rows_and_numbers() -> None:
    bx, se = np.ones((4, 2)), np.full((4, 2), 0.1)
    names, y = ("a", "b", "c", "d"), np.zeros(4)
    with pytest.raises(LabError, match="row 2: the SE of fat is not above 0"):
        bad = se.copy()
        bad[1, 1] = 0
        Multivariable(names, ("protein", "fat"), bx, bad, y, y + 1)
    with pytest.raises(LabError, match="cannot tell 2 exposures apart"):
        Multivariable(names[:2], ("protein", "fat"), bx[:2], se[:2], y[:2], y[:2] + 1)
    same = Multivariable(names, ("protein", "fat"), bx, se, y, y + 1)
    with pytest.raises(LabError, match="one is the sum of others"):
        apply("mvmr", {"data": same}, {})


def test_the_outcome_of_a_second_file_is_turned_to_the_same_allele(tmp_path: Path) -> None:
    rows = ["SNP,A1,A2,x,xs,z,zs", "a,A,G,.1,.01,.2,.01", "b,C,T,.2,.01,.1,.01",
            "c,A,C,.1,.01,.3,.01", "d,A,C,.1,.01,.3,.01"]  # fmt: skip
    (tmp_path / "x.csv").write_text("\n".join(rows))
    outcome = ["id,a,b,beta,se", "a,A,G,.5,.1", "b,T,C,-.4,.1", "c,A,C,.3,.1", "d,A,G,.3,.1"]
    (tmp_path / "y.csv").write_text("\n".join(outcome))
    columns = {
        "snp": "SNP", "effect_allele": "A1", "other_allele": "A2", "beta_exposure.x": "x",
        "se_exposure.x": "xs", "beta_exposure.z": "z", "se_exposure.z": "zs",
        "outcome.snp": "id", "outcome.effect_allele": "a", "outcome.other_allele": "b",
        "outcome.beta_outcome": "beta", "outcome.se_outcome": "se",
    }  # fmt: skip
    found = mvmr_table(tmp_path / "x.csv", columns, {"outcome_file": "y.csv"})
    assert found.beta_outcome.tolist() == [0.5, 0.4, 0.3]
    assert len(found.left_out) == 1
    assert found.left_out[0].startswith("d:")
