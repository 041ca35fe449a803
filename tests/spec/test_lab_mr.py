"""What Mendelian randomisation in the lab does, refuses, and says."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twofold.errors import LabError
from twofold.lab import methods, sources
from twofold.lab.mr.direction import steiger_filtered
from twofold.lab.mr.harmonise import harmonise
from twofold.lab.mr.many import every_pair, in_shards, screen
from twofold.lab.mr.reading import associations, gwas_instruments, mr_table
from twofold.lab.mr.study import both_ways, from_files, mr
from twofold.lab.mr.table import Associations, Instruments
from twofold.lab.mr.verdict import Checks, judge
from twofold.lab.result import Estimate

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def made(snps: int = 12, seed: int = 1, effect: float = 0.4, **more: Any) -> Instruments:
    """An invented table that gives no cause for complaint."""
    rng = np.random.default_rng(seed)
    bx = rng.uniform(0.04, 0.12, snps) * np.where(np.arange(snps) % 2, 1, -1)
    columns = {
        "snp": [f"rs{row + 1}" for row in range(snps)],
        "beta_exposure": bx,
        "se_exposure": np.full(snps, 0.004),
        "beta_outcome": effect * bx + 0.008 * rng.standard_normal(snps),
        "se_outcome": np.full(snps, 0.01),
        "exposure": "tea", "outcome": "headache",
    }  # fmt: skip
    return Instruments(**{**columns, **more})


def changed(name: str, row: int, value: float) -> np.ndarray:
    column = np.array(getattr(made(), name))
    column[row] = value
    return column


# ------------------------------------------------------------------ refusals and warnings


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({"se_exposure": ("se_exposure", 3, 0.0)}, "row 4: the SE of the exposure is 0"),
        ({"se_outcome": ("se_outcome", 0, -0.01)}, "row 1: the SE of the outcome is below 0"),
        (
            {"beta_outcome": ("beta_outcome", 2, np.nan)},
            "row 3: the effect on the outcome is not known",
        ),
        ({"beta_exposure": ("beta_exposure", 5, 0.0)}, "row 6: the effect on the exposure is 0"),
    ],
    ids=["zero SE", "negative SE", "missing effect", "no effect on the exposure"],
)
def test_a_bad_row_is_refused_by_its_number(what: dict[str, Any], says: str) -> None:
    with pytest.raises(LabError) as refusal:
        made(**{name: changed(*how) for name, how in what.items()})
    assert says in refusal.value.what


def test_an_snp_that_stands_twice_is_refused() -> None:
    with pytest.raises(LabError, match="row 12: rs1 stands twice"):
        made(snp=[f"rs{row}" for row in [*range(1, 12), 1]])


def test_a_table_without_snps_is_refused() -> None:
    with pytest.raises(LabError, match="no SNP is left"):
        Instruments((), np.array([]), np.array([]), np.array([]), np.array([]))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"eaf": np.full(12, 1.2)}, "frequency is not between 0 and 1"),
        ({"p_exposure": np.full(12, -0.1)}, "p-value is not between 0 and 1"),
        ({"n_outcome": np.full(12, 2.0)}, "fewer than 3 people"),
    ],
    ids=["frequency", "p-value", "sample size"],
)
def test_values_out_of_their_range_are_refused(columns: dict[str, Any], says: str) -> None:
    with pytest.raises(LabError, match=says):
        made(**columns)


def test_swapped_effect_and_se_are_noticed() -> None:
    one = made()
    swapped = made(
        beta_exposure=one.se_exposure, se_exposure=np.abs(one.beta_exposure), beta_outcome=one.se_outcome,
        se_outcome=np.abs(one.beta_outcome) + 0.011,
    )  # fmt: skip
    told = " ".join(swapped.warnings)
    assert "effect and SE are swapped" in told
    assert "Every effect on the outcome is positive and smaller than its SE" in told


def test_odds_ratios_in_the_place_of_log_odds_are_noticed() -> None:
    one = made(beta_outcome=np.exp(made().beta_outcome))
    assert any("odds ratios" in warning for warning in one.warnings)
    assert not made().warnings


def test_a_p_value_that_does_not_fit_is_noticed() -> None:
    one = made(p_exposure=np.full(12, 0.5))
    assert any("12 of 12 rows" in warning for warning in one.warnings)


def test_one_snp_gives_a_wald_ratio_and_no_headline() -> None:
    found = mr({"data": made(1)})
    assert [one.name for one in found.estimates] == ["Wald ratio"]
    assert found.headline is None
    assert "one SNP" in found.verdict
    assert found.pictures == {}


def test_two_snps_give_ivw_and_no_headline() -> None:
    found = mr({"data": made(2)})
    assert found.headline is None
    assert "only 2 SNPs" in found.verdict


def test_thirty_thousand_snps_are_worked_out_with_a_warning() -> None:
    found = mr({"data": made(30_000)}, {"draws": 100})
    assert any("were they clumped" in warning for warning in found.warnings)
    assert found.used == 30_000
    assert len(found.pictures["forest"]) < 60_000


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(LabError, match="no option 'drawz'"):
        mr({"data": made()}, {"drawz": 5})
    with pytest.raises(LabError, match="density cannot be 'R'"):
        mr({"data": made()}, {"density": "R"})
    with pytest.raises(LabError, match="psi is a correlation"):
        mr({"data": made()}, {"psi": 2})
    with pytest.raises(LabError, match="5 bootstraps"):
        mr({"data": made()}, {"draws": 5})


# ------------------------------------------------------------------ bringing two files together


def trait(name: str, rows: list[tuple[str, str, str, float, float]], **more: Any) -> Associations:
    """Rows of (snp, effect allele, other allele, frequency, beta)."""
    snp, effect, other, eaf, beta = zip(*rows, strict=True)
    return Associations(snp, beta, np.full(len(rows), 0.01), effect, other, eaf, trait=name, **more)


HARMONISING = [
    # what, exposure's alleles and frequency, outcome's, action, kept, sign
    ("agrees", "AG", 0.3, "AG", 0.3, 2, True, 1),
    ("stands the other way round", "AG", 0.3, "GA", 0.7, 2, True, -1),
    ("is on the other strand", "AG", 0.3, "TC", 0.3, 2, True, 1),
    ("is on the other strand and the other way round", "AG", 0.3, "CT", 0.7, 2, True, -1),
    ("is on the other strand where both are said to be forward", "AG", 0.3, "TC", 0.3, 1, False, 1),
    ("has other alleles", "AG", 0.3, "AC", 0.3, 2, False, 1),
    ("is a palindrome with a clear frequency", "AT", 0.2, "AT", 0.25, 2, True, 1),
    ("is a palindrome, the other way round, clear", "AT", 0.2, "TA", 0.8, 2, True, -1),
    ("is a palindrome on the other strand by its frequency", "AT", 0.2, "AT", 0.8, 2, True, -1),
    ("is a palindrome near one half", "AT", 0.48, "AT", 0.45, 2, False, 1),
    ("is a palindrome near one half, both forward", "AT", 0.48, "AT", 0.45, 1, True, 1),
    ("is a palindrome where all are left out", "CG", 0.1, "CG", 0.1, 3, False, 1),
    ("is a palindrome of unknown frequency", "CG", np.nan, "CG", 0.1, 2, False, 1),
]


@pytest.mark.parametrize("case", HARMONISING, ids=[case[0] for case in HARMONISING])
def test_each_snp_is_turned_or_left_out_for_a_stated_reason(case: tuple[Any, ...]) -> None:
    _, ours, eaf, theirs, other_eaf, action, is_kept, sign = case
    anchor = ("rs0", "A", "G", 0.3, 0.1)
    first = trait("x", [anchor, ("rs1", *ours, eaf, 0.1)])
    second = trait("y", [anchor, ("rs1", *theirs, other_eaf, 0.05)])
    found = harmonise(first, second, action=action)
    assert ("rs1" in found.snp) is is_kept
    if is_kept:
        assert found.beta_outcome[1] == pytest.approx(sign * 0.05)
        assert bool(found.done) is (sign == -1 or theirs == "TC")
    else:
        assert any(one.startswith("rs1: ") for one in found.left_out)


def test_missing_snps_and_mended_rows_are_listed() -> None:
    first = trait("x", [("rs1", "A", "G", 0.3, 0.1), ("rs2", "A", "C", 0.3, 0.1)])
    found = harmonise(first, trait("y", [("rs1", "G", "A", 0.7, 0.05)]))
    assert found.left_out == ("rs2: it is not in the outcome's file.",)
    assert found.done == ("rs1: its alleles stood the other way round; turned.",)


def test_only_palindromes_are_refused_with_the_remedy() -> None:
    rows = [("rs1", "A", "T", 0.5, 0.1), ("rs2", "C", "G", 0.49, 0.1)]
    with pytest.raises(LabError, match="all 2 SNPs are palindromes") as refusal:
        harmonise(trait("x", rows), trait("y", rows))
    assert "action 1" in refusal.value.remedy


def test_two_builds_are_refused() -> None:
    rows = [(f"rs{row}", "A", "G", 0.3, 0.1) for row in range(5)]
    first = trait("x", rows, position=np.arange(5) + 100.0)
    with pytest.raises(LabError, match="different builds"):
        harmonise(first, trait("y", rows, position=np.arange(5) + 777.0))


def test_the_published_harmonising_of_137_snps_comes_out(root: Path) -> None:
    """TwoSampleMR, action 2: two palindromes turned by their frequency, one left out."""
    path = root / "tests/models/lab_mr_data/harmonised.csv"
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    rng = np.random.default_rng(1)
    for exposure in sorted({row["exposure"] for row in rows}):
        some = [row for row in rows if row["exposure"] == exposure]
        found = harmonise(*both(some, rng, turn=False))
        again = harmonise(*both(some, rng, turn=True))
        kept = [row for row in some if row["kept"] == "TRUE"]
        assert list(found.snp) == [row["snp"] for row in kept] == list(again.snp)
        want = [float(row["harmonised_beta_outcome"]) for row in kept]
        assert found.beta_outcome.tolist() == want
        assert again.beta_outcome.tolist() == want


def both(rows: list[dict[str, str]], rng: np.random.Generator, *, turn: bool) -> list[Associations]:
    """Both files; the outcome's rows may be turned round and (if no palindrome) flipped at random."""
    tables = []
    for side in ("exposure", "outcome"):
        columns: dict[str, list[Any]] = {key: [] for key in ("snp", "e", "o", "eaf", "b", "se")}
        for row in rows:
            e, o = row[f"ea_{side}"], row[f"oa_{side}"]
            eaf, b = float(row[f"eaf_{side}"]), float(row[f"beta_{side}"])
            if turn and side == "outcome" and rng.random() < 0.5:
                e, o, eaf, b = o, e, 1 - eaf, -b
            if turn and side == "outcome" and row["palindromic"] == "FALSE" and rng.random() < 0.5:
                e, o = e.translate(COMPLEMENT), o.translate(COMPLEMENT)
            values = (row["snp"], e, o, eaf, b, float(row[f"se_{side}"]))
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
        c = columns
        tables.append(Associations(c["snp"], c["b"], c["se"], c["e"], c["o"], c["eaf"]))
    return tables


# ------------------------------------------------------------------ files

SSF = (
    "chromosome\tbase_pair_location\teffect_allele\tother_allele\tbeta\tstandard_error"
    "\teffect_allele_frequency\tp_value\trsid\tn\n"
)
VCF = (
    "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tieu-a-1\n"
    "1\t100\trs1\tG\tA\t.\tPASS\tAF=0.3\tES:SE:LP:AF:SS:ID\t-0.05:0.01:6.24:0.3:5000:rs1\n"
    "1\t200\trs2\tC\tT\t.\tPASS\tAF=0.3\tES:SE:LP:AF:SS:ID\t0.04:0.01:4.2:0.4:5000:rs2\n"
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_gwas_ssf_and_opengwas_vcf_are_read_and_brought_together(tmp_path: Path) -> None:
    ssf = SSF + "".join(
        f"1\t{100 * row}\tA\tG\t0.0{row + 4}\t0.005\t0.3\t1e-9\trs{row}\t9000\n" for row in (1,)
    )
    ssf += "1\t200\tC\tT\t0.06\t0.005\t0.6\t1e-9\trs2\t9000\n"
    found = from_files(written(tmp_path, "tea.tsv", ssf), written(tmp_path, "headache.vcf", VCF))
    assert found.question == "Does tea change headache?"
    assert found.used == 2
    assert found.estimate("IVW, random effects").value == pytest.approx(
        (0.05 * -0.05 + 0.06 * -0.04) / (0.05**2 + 0.06**2)
    )
    assert json.dumps(found.to_plain())


def test_odds_ratios_and_own_names_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "own.csv", "marker,or,stderr\nrs1,1.1,0.02\nrs2,0.9,0.03\n")
    found = associations(path, {"snp": "marker", "odds_ratio": "or", "se": "stderr"})
    assert found.beta.tolist() == pytest.approx([np.log(1.1), np.log(0.9)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("snp,beta\nrs1,0.1\n", "no column was found for se"),
        ("snp,or,se\nrs1,-1,0.1\n", "row 1: an odds ratio is above 0"),
        ("snp,beta,se\nrs1,much,0.1\n", "row 1: beta is 'much'"),
        ("snp,beta,se\nrs1,0.1\n", "row 1 has 2 values"),
        ("", "the file is empty"),
    ],
    ids=["no SE", "negative odds ratio", "a word", "a short row", "empty"],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(LabError) as refusal:
        associations(written(tmp_path, "bad.csv", text))
    assert says in refusal.value.what


def test_a_vcf_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="none is 'other'"):
        associations(written(tmp_path, "x.vcf", VCF), {}, {"sample": "other"})
    with pytest.raises(LabError, match="row 1 has no SE"):
        associations(written(tmp_path, "y.vcf", VCF.replace("ES:SE", "ES:XX")))
    with pytest.raises(LabError, match="POS is 'here', which is no number"):
        associations(written(tmp_path, "z.vcf", VCF.replace("\t200\t", "\there\t")))
    head = VCF.split("1\t100")[0]
    with pytest.raises(LabError):
        associations(written(tmp_path, "none.vcf", head))


def test_a_snp_of_a_vcf_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    found = associations(written(tmp_path, "x.vcf", VCF.replace("\trs2\tC", "\t.\tC")))
    assert found.snp == ("rs1", "1:200_C_T")
    assert found.n is not None and found.n.tolist() == [5000, 5000]
    assert found.p == pytest.approx([10**-6.24, 10**-4.2])


def test_readers_and_method_stand_in_the_registries(tmp_path: Path) -> None:
    header = "SNP,beta_exposure,se_exposure,beta_outcome,se_outcome\n"
    body = "".join(f"rs{row},0.{row + 1},0.01,0.0{row + 1},0.02\n" for row in range(5))
    path = written(tmp_path, "t.csv", header + body)
    read = sources.function_of(sources.READERS, "mr-table", "reader")
    table = read(path, {}, {"exposure": "tea", "leave_out": ["rs4"]})
    assert len(table) == 4
    assert table.left_out == ("rs4: the recipe leaves it out.",)
    assert methods.apply("mr", {"data": table}, {"draws": 100}).used == 4
    assert sources.function_of(sources.READERS, "gwas-instruments", "reader") is gwas_instruments


def test_two_files_of_a_recipe_are_read_as_one_table(tmp_path: Path) -> None:
    written(tmp_path, "out.csv", "rsid,A1,A2,b,se\nrs1,G,A,0.02,0.01\nrs2,T,C,0.01,0.01\n")
    ours = written(tmp_path, "exp.csv", "rsid,A1,A2,b,se\nrs1,A,G,0.1,0.01\nrs2,T,C,0.2,0.01\n")
    found = gwas_instruments(ours, {}, {"outcome_file": "out.csv", "exposure": "tea"})
    assert found.beta_outcome.tolist() == [-0.02, 0.01]
    assert found.exposure == "tea"


# ------------------------------------------------------------------ verdicts


def published(ivw: float, others: dict[str, float], p: float = 0.001) -> list[Estimate]:
    return [Estimate("IVW, random effects", ivw, p=p)] + [Estimate(*one) for one in others.items()]


AGREE = {"MR-Egger": 0.3, "Weighted median": 0.2, "Weighted mode": 0.2}
GOOD = {"snps": 20, "intercept_p": 0.5, "q_p": 0.4, "mean_f": 40.0, "is_forward": True}


def test_agreeing_estimates_may_be_headlined() -> None:
    found = judge(published(0.25, AGREE), Checks(**GOOD), exposure="tea", outcome="headache")
    assert found.headline == "IVW, random effects"
    assert "assumptions that no data can prove" in found.says


def test_no_effect_is_said_as_not_excluded() -> None:
    found = judge(published(0.25, AGREE, p=0.4), Checks(**GOOD), exposure="tea", outcome="headache")
    assert found.headline is not None
    assert "no clear effect" in found.says


@pytest.mark.parametrize(
    ("others", "checks", "because"),
    [
        ({"MR-Egger": -0.1}, {}, "MR-Egger has the other sign"),
        ({"Weighted median": -0.1}, {}, "Weighted median has the other sign"),
        ({"Weighted mode": -0.1}, {}, "Weighted mode has the other sign"),
        ({}, {"intercept_p": 0.01}, "intercept differs from 0"),
        ({}, {"q_p": 1e-5}, "disagree more than by chance"),
        ({}, {"mean_f": 7.5}, "weak"),
        ({}, {"snps": 1}, "one SNP"),
        ({}, {"snps": 2}, "only 2 SNPs"),
        ({}, {"is_forward": False}, "direction is open"),
        ({}, {"alone": ("rs7",)}, "without rs7 alone the sign turns"),
    ],
    ids=[
        "Egger",
        "median",
        "mode",
        "intercept",
        "heterogeneity",
        "weak",
        "one",
        "two",
        "direction",
        "one decides",
    ],
)
def test_one_disagreement_is_enough_to_refuse_a_headline(
    others: dict[str, float], checks: dict[str, Any], because: str
) -> None:
    estimates = published(0.25, {**AGREE, **others})
    found = judge(estimates, Checks(**{**GOOD, **checks}), exposure="tea", outcome="headache")
    assert found.headline is None
    assert because in found.says


def test_bmi_on_bipolar_disorder_as_published_is_not_headlined() -> None:
    """Hartwig 2016 (PMC5013405, table 2): odds ratios .90 by IVW, 1.23 by MR-Egger, .88 by median."""
    estimates = published(
        np.log(0.90), {"MR-Egger": np.log(1.23), "Weighted median": np.log(0.88)}, p=0.416
    )
    checks = Checks(snps=97, intercept_p=0.281)
    found = judge(estimates, checks, exposure="BMI", outcome="bipolar disorder")
    assert found.headline is None
    assert "MR-Egger has the other sign" in found.says


def test_ivw_and_egger_of_other_signs_as_for_bmi_on_migraine_are_not_headlined() -> None:
    """The evidence sheet names BMI on migraine for this disagreement, without its digits: these are invented."""
    bx = np.linspace(0.02, 0.1, 40)
    by = 0.006 - 0.08 * bx + 0.002 * np.random.default_rng(3).standard_normal(40)
    table = Instruments(
        [f"rs{row}" for row in range(40)], bx, np.full(40, 0.003), by + 0.004, np.full(40, 0.002),
        exposure="BMI", outcome="migraine",
    )  # fmt: skip
    found = mr({"data": table}, {"draws": 100})
    assert found.estimate("IVW, random effects").value > 0 > found.estimate("MR-Egger").value
    assert found.headline is None
    assert "other sign" in found.verdict
    assert found.details["no_headline_because"]


# ------------------------------------------------------------------ the whole study


def test_a_study_tells_every_estimate_and_check() -> None:
    found = mr({"data": made(20, n_exposure=np.full(20, 6e4), n_outcome=np.full(20, 1e4))})
    names = {one.name for one in found.estimates}
    assert {
        "IVW, random effects", "IVW, fixed effect", "Maximum likelihood", "MR-Egger",
        "MR-Egger intercept", "Simple median", "Weighted median", "Penalised median",
        "Simple mode", "Weighted mode", "Radial IVW, modified weights",
    } <= names  # fmt: skip
    assert found.details["direction"]["is_forward"] is True
    assert len(found.details["single_snps"]) == 20
    assert json.dumps(found.to_plain())


def test_the_same_seed_gives_the_same_numbers() -> None:
    one, two = (mr({"data": made(8)}, {"draws": 200, "pictures": False}) for _ in range(2))
    assert one.estimates == two.estimates
    assert one.pictures == {}


def test_pictures_are_svg_with_a_title_and_the_numbers_in_words() -> None:
    found = mr({"data": made(15, exposure='tea & "milk" <x>')}, {"draws": 100})
    assert set(found.pictures) == {"scatter", "forest", "funnel", "leave-one-out"}
    for svg in found.pictures.values():
        tree = ET.fromstring(svg)
        assert tree.get("role") == "img"
        space = "{http://www.w3.org/2000/svg}"
        assert tree.find(f"{space}title") is not None
        assert len(tree.find(f"{space}desc").text) > 40
        sizes = {float(one.get("font-size")) for one in tree.iter(f"{space}text")}
        assert min(sizes) >= 14


def test_both_directions_need_each_traits_own_snps() -> None:
    forward = made(6)
    backward = made(
        6, seed=2, snp=[f"rs{row}" for row in range(50, 56)], exposure="headache", outcome="tea"
    )
    assert set(both_ways(forward, backward)) == {"forward", "backward"}
    with pytest.raises(LabError, match="instruments in both directions"):
        both_ways(forward, made(6, exposure="headache", outcome="tea"))
    with pytest.raises(LabError, match="not the other direction"):
        both_ways(forward, forward)


def test_steiger_filtering_tells_what_it_leaves_out() -> None:
    people = {"n_exposure": np.full(12, 6e4), "n_outcome": np.full(12, 1e4)}
    found = steiger_filtered(made(beta_outcome=changed("beta_outcome", 4, 0.4), **people))
    assert len(found) == 11
    assert found.left_out == ("rs5: it explains more of the outcome.",)
    with pytest.raises(LabError, match="sample sizes"):
        steiger_filtered(made())


def test_many_on_many_by_shards_gives_what_one_by_one_gives() -> None:
    tables = [made(5 + seed % 9, seed=seed, exposure=f"x{seed}") for seed in range(37)]
    found = screen(tables, size=10)
    assert [len(shard.names) for shard in in_shards(tables, size=10)] == [10, 10, 10, 7]
    for row in (0, 11, 36):
        alone = mr({"data": tables[row]}, {"draws": 100, "pictures": False})
        assert found.b[row] == pytest.approx(alone.estimate("IVW, random effects").value, rel=1e-12)
        assert found.egger[row] == pytest.approx(alone.estimate("MR-Egger").value, rel=1e-10)
        assert found.names[row] == (f"x{row}", "headache")
    assert (found.q >= found.p).all()


def test_every_exposure_meets_every_outcome_and_refusals_are_listed() -> None:
    rows = [(f"rs{row}", "A", "G", 0.3, 0.1 + row / 100) for row in range(4)]
    strange = [(f"xx{row}", "A", "G", 0.3, 0.1) for row in range(4)]
    refused: list[str] = []
    pairs = every_pair(
        {"a": trait("a", rows), "b": trait("b", strange)}, {"c": trait("c", rows), "d": trait("d", rows)},
        refused=refused,
    )  # fmt: skip
    assert screen(pairs).names == (("a", "c"), ("a", "d"))
    assert len(refused) == 2


def test_a_table_shows_its_columns_read_only() -> None:
    table = made()
    with pytest.raises(ValueError, match="read-only"):
        table.beta_exposure[0] = 1.0


def test_mr_wants_its_own_kind_of_table() -> None:
    wrong: Callable[[], Any] = lambda: mr({"data": object()})  # type: ignore[dict-item]  # noqa: E731
    with pytest.raises(LabError, match="one table of instruments"):
        wrong()


def test_reading_a_table_of_another_kind_lists_its_columns(tmp_path: Path) -> None:
    with pytest.raises(LabError) as refusal:
        mr_table(written(tmp_path, "x.csv", "a,b\n1,2\n"), {}, {})
    assert "The file has: a, b" in refusal.value.remedy
