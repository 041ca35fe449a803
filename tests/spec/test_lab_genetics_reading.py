"""Reading genome-wide summary statistics: what is understood, what is left out, what is refused."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from twofold.errors import LabError
from twofold.lab.genetics import byte_columns
from twofold.lab.genetics.alleles import letters_of, signs
from twofold.lab.genetics.formats import metadata, read_ssf, read_tsv, read_vcf, stream
from twofold.lab.genetics.quality import Ledger
from twofold.lab.genetics.snp_keys import Wanted, keys_of, rows_of
from twofold.lab.genetics.summary_statistics import SummaryStatistics

DATA = Path("genetics") / "ldsc-simulated" / "simulate_test"


def rows(count: int = 200, seed: int = 1) -> list[dict[str, Any]]:
    """Return sound rows in which p belongs to the effect and its standard error."""
    rng = np.random.default_rng(seed)
    found = []
    for at in range(count):
        se = rng.uniform(0.005, 0.02)
        beta = round(float(rng.normal(0, 2 * se)), 5)
        se = round(se, 5)
        found.append({
            "chromosome": 1 + at % 22, "base_pair_location": 1_000_000 + 10 * at,
            "effect_allele": "AG"[at % 2], "other_allele": "CT"[at % 2], "beta": beta,
            "standard_error": se, "effect_allele_frequency": round(rng.uniform(0.05, 0.95), 4),
            "p_value": f"{2 * ndtr(-abs(beta / se)):.6g}", "rsid": f"rs{1000 + at}",
            "n": 173_005, "info": 0.98,
        })  # fmt: skip
    return found


def write(path: Path, table: Sequence[dict[str, Any]], separator: str = "\t") -> Path:
    lines = [separator.join(table[0])]
    lines += [separator.join(str(cell) for cell in row.values()) for row in table]
    text = "\n".join(lines) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def changed(at: int, **cells: Any) -> list[dict[str, Any]]:
    table = rows()
    table[at] |= cells
    return table


@pytest.mark.parametrize("name", ["trait.tsv", "trait.tsv.gz"])
def test_a_gwas_ssf_file_is_read_with_its_yaml(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, rows())
    (tmp_path / f"{name}-meta.yaml").write_text(
        "genome_assembly: GRCh37\ntrait_description: migraine\nsamples:\n"
        "  - sample_size: 100\n    case_count: 40\n    control_count: 60\n"
        "  - sample_size: 50\n    case_count: 10\n    control_count: 40\n"
    )
    table = read_ssf(path, {}, {})
    assert (table.name, table.build, table.cases, table.controls) == ("migraine", "GRCh37", 50, 100)
    first = rows()[0]
    assert table.rows == 200
    assert table.snp[0] == b"rs1000"
    assert table.z[0] == first["beta"] / first["standard_error"]
    assert table.p[0] == float(first["p_value"])
    assert letters_of(table.effect_allele)[:2].tolist() == [b"A", b"G"]
    assert table.quality.rows == 200
    assert metadata(path)["n"] == 150


def test_a_file_without_yaml_needs_none(tmp_path: Path) -> None:
    table = read_ssf(write(tmp_path / "a.tsv", rows()), {}, {})
    assert (table.build, table.cases) == ("", None)
    assert set(table.n) == {173_005}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"standard_error": 0}, "the standard error is 0 or below"),
        ({"p_value": 1.5}, "p is missing or not between 0 and 1"),
        ({"p_value": "NA"}, "p is missing or not between 0 and 1"),
        ({"beta": "#NA"}, "the effect, its standard error or z is missing"),
        ({"info": 0.3}, "INFO is below the least that was asked for"),
        ({"info": 37}, "INFO is above 2 or below 0"),
        ({"effect_allele_frequency": 0.001}, "the minor allele is rarer than asked for"),
        ({"effect_allele_frequency": 37}, "the frequency is not between 0 and 1"),
        ({"effect_allele": "T"}, "A/T or C/G: the strand cannot be told"),
        ({"effect_allele": "AT"}, "an allele is no single base A, C, G or T"),
        ({"effect_allele": "A"}, "both alleles are the same"),
        ({"chromosome": 173005}, "the chromosome is not 1 to 22, X, Y or MT"),
        ({"base_pair_location": 900_000_000}, "the position lies beyond the end of its chromosome"),
        ({"n": 0}, "the sample size is missing or 0"),
        ({"rsid": "rs1000"}, "the SNP stood before"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_and_named(
    tmp_path: Path, cells: dict[str, Any], reason: str
) -> None:
    table = changed(40, **({"other_allele": "A"} if "effect_allele" in cells else {}), **cells)
    found = read_ssf(write(tmp_path / "a.tsv", table), {}, {})
    assert found.rows == 199
    (dropped,) = found.quality.dropped
    assert (dropped.reason, dropped.count, dropped.first_row) == (reason, 1, 41)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda row: row | {"beta": np.exp(row["beta"])}, "odds_ratio instead of beta"),
        (lambda row: row | {"standard_error": row["p_value"], "p_value": row["standard_error"]},
         "SE and p are swapped"),
        (lambda row: row | {"effect_allele": row["chromosome"], "chromosome": "A"}, "none of 200"),
        (lambda row: row | {"effect_allele": "A", "other_allele": "T"}, "strand cannot be told"),
        (lambda row: row | {"p_value": -np.log10(float(row["p_value"]))}, "minus_log10_p"),
    ],
    ids=["odds ratio as beta", "p and SE swapped", "alleles and chromosome swapped",
         "all palindromes", "minus log p as p"],
)  # fmt: skip
def test_columns_that_are_not_what_their_names_say_are_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], dict[str, Any]], says: str
) -> None:
    path = write(tmp_path / "a.tsv", [change(row) for row in rows()])
    with pytest.raises(LabError) as refusal:
        read_ssf(path, {}, {})
    assert says in str(refusal.value) + str(refusal.value.remedy)


def test_log_odds_given_as_odds_ratios_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", rows())
    mapping = {"snp": "rsid", "effect_allele": "effect_allele", "other_allele": "other_allele",
                   "odds_ratio": "beta", "se": "standard_error", "p": "p_value"}  # fmt: skip
    with pytest.raises(LabError, match="below 0") as refusal:
        read_tsv(path, mapping, {})
    assert "beta instead of odds_ratio" in str(refusal.value.remedy)


def test_a_standard_error_of_the_odds_ratio_is_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    table = []
    for row in rows():
        beta = float(rng.normal(0, 1.2))
        se = abs(beta) / rng.uniform(0.5, 6)
        table.append(row | {"beta": np.exp(beta), "standard_error": se * np.exp(beta),
                            "p_value": 2 * ndtr(-abs(beta / se))})  # fmt: skip
    mapping = {"snp": "rsid", "effect_allele": "effect_allele", "other_allele": "other_allele",
                   "odds_ratio": "beta", "se": "standard_error", "p": "p_value"}  # fmt: skip
    with pytest.raises(LabError) as refusal:
        read_tsv(write(tmp_path / "a.tsv", table), mapping, {})
    assert "odds ratio" in str(refusal.value.remedy)


def test_two_genome_builds_in_one_file_are_told(tmp_path: Path) -> None:
    table = changed(0, chromosome=1, base_pair_location=249_000_000)  # beyond GRCh38 alone
    table[1] |= {"chromosome": 17, "base_pair_location": 83_000_000}  # beyond GRCh37 alone
    found = read_ssf(write(tmp_path / "a.tsv", table), {}, {})
    assert any("two genome builds are mixed" in one for one in found.quality.warnings)


def test_a_build_that_cannot_be_the_claimed_one_is_told(tmp_path: Path) -> None:
    table = changed(0, chromosome=17, base_pair_location=83_000_000)
    found = read_ssf(write(tmp_path / "a.tsv", table), {}, {"build": "hg19"})
    assert any("GRCh37, which the file claims" in one for one in found.quality.warnings)


def test_a_minor_allele_frequency_is_not_taken_for_the_effect_alleles(tmp_path: Path) -> None:
    table = [row | {"effect_allele_frequency": 0.02 + 0.4 * (at % 10) / 10}
             for at, row in enumerate(rows(1200))]  # fmt: skip
    found = read_ssf(write(tmp_path / "a.tsv", table), {}, {})
    assert any("minor allele's frequency" in one for one in found.quality.warnings)


def test_a_daner_file_gives_log_odds_and_its_cases(tmp_path: Path) -> None:
    table = [
        {"CHR": row["chromosome"], "SNP": row["rsid"], "BP": row["base_pair_location"],
         "A1": row["effect_allele"], "A2": row["other_allele"], "FRQ_A_59851": 0.3,
         "FRQ_U_113154": 0.31, "INFO": row["info"], "OR": np.exp(row["beta"]),
         "SE": row["standard_error"], "P": row["p_value"]}
        for row in rows()
    ]  # fmt: skip
    path = write(tmp_path / "daner.txt", table, separator="  ")
    found = read_tsv(path, {}, {})
    assert (found.cases, found.controls) == (59_851, 113_154)
    np.testing.assert_allclose(found.beta[:5], [row["beta"] for row in rows()[:5]], atol=1e-12)
    assert set(found.n) == {59_851 + 113_154}
    assert set(found.eaf) == {0.31}


VCF = """##fileformat=VCFv4.2
##contig=<ID=1,length=249250621,assembly=HG19/GRCh37>
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	ieu-a-1	ieu-a-2
1	1000	rs1	A	G	.	PASS	AF=0.3	ES:SE:LP:AF:SS:ID	0.02:0.01:1.341999:0.3:5000:rs1	1:1:1:1:1:1
1	2000	rs2	C	T	.	PASS	AF=0.3	ES:SE:LP:SS:ID	-0.5:0.01:400:5000:rs2	1:1:1:1:1
1	3000	rs3	C	T	.	LOWQ	AF=0.3	ES:SE:LP:SS:ID	0.1:0.01:20:5000:rs3	1:1:1:1:1
"""


def test_a_gwas_vcf_counts_its_alternative_allele(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(gzip.compress(VCF.encode()))
    found = read_vcf(path, {}, {"sample": "ieu-a-1"})
    assert found.snp.tolist() == [b"rs1", b"rs2"]
    assert (found.build, found.name) == ("GRCh37", "ieu-a-1")
    assert letters_of(found.effect_allele).tolist() == [b"G", b"T"]
    np.testing.assert_allclose(found.z, [2, -50])
    np.testing.assert_allclose(found.eaf, [0.3, np.nan])
    assert found.p[1] == 0  # 10⁻⁴⁰⁰ is below the smallest number; z is known all the same
    assert found.quality.dropped[0].reason == "its FILTER is not PASS"


def test_a_vcf_of_two_studies_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    path.write_text(VCF, encoding="utf-8")
    with pytest.raises(LabError, match="2 samples") as refusal:
        read_vcf(path, {}, {})
    assert "ieu-a-1, ieu-a-2" in str(refusal.value.remedy)


def test_a_vcf_row_with_too_few_values_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    path.write_text(VCF.replace("-0.5:0.01:400:5000:rs2", "-0.5:0.01"), encoding="utf-8")
    with pytest.raises(LabError, match="row 2 has 2 values"):
        read_vcf(path, {}, {"sample": "ieu-a-1"})


def test_a_p_too_small_for_a_number_still_gives_its_z(tmp_path: Path) -> None:
    table = [
        {"SNP": f"rs{at}", "A1": "A", "A2": "C", "beta": -0.1, "LP": 320.0 + at} for at in range(3)
    ]
    found = read_tsv(write(tmp_path / "a.tsv", table), {}, {"n": 1e5})
    # 2Φ(−z) = 10⁻³²⁰ at z = 38.27 (Mills' ratio: z² / 2 + ln(z √(π/2)) = 320 ln 10)
    z = -found.z[0]
    assert z**2 / 2 + np.log(z * np.sqrt(np.pi / 2)) == pytest.approx(320 * np.log(10), abs=1e-3)


def test_only_the_snps_that_are_asked_for_are_kept(tmp_path: Path) -> None:
    wanted = tmp_path / "snps.txt"
    wanted.write_text("SNP\nrs1003\nrs1100\nrs99\n")
    path = write(tmp_path / "a.tsv", rows())
    found = read_ssf(path, {}, {"only": str(wanted)})
    assert found.snp.tolist() == [b"rs1003", b"rs1100"]
    assert found.quality.dropped[0].count == 198


@pytest.mark.parametrize("piece", [400, 1 << 20])
def test_a_file_reads_the_same_in_small_pieces(
    tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.tsv.gz", rows(300))
    monkeypatch.setattr(byte_columns.blocks, "__kwdefaults__",
                        byte_columns.blocks.__kwdefaults__ | {"piece": piece})  # fmt: skip
    found = read_ssf(path, {}, {})
    assert found.snp.tolist() == [row["rsid"].encode() for row in rows(300)]
    assert found.beta.tolist() == [row["beta"] for row in rows(300)]


def test_a_stream_gives_pieces_and_counts_what_it_leaves_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", changed(3, standard_error=0))
    ledger = Ledger()
    parts = list(stream(path, {}, {}, ledger))
    assert sum(one.rows for one in parts) == 199
    assert ledger.dropped()[0].first_row == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("SNP\tA1\tA2\tBETA\tSE\n", "no rows"),
        ("SNP\tA1\tA1\nrs1\tA\tC\n", "stands twice"),
        ("SNP\tA1\tA2\tBETA\tSE\nrs1\tA\tC\t0.1\n", "row 1 has 4 cells, the header 5"),
        ("SNP\tA1\tA2\tBETA\tSE\nrs1\tA\tC\t0.1\thigh\n", "row 1: SE is 'high'"),
        ("A1\tA2\tBETA\tSE\nA\tC\t0.1\t0.1\n", "no column of snp"),
        ("SNP\tA1\tA2\tBETA\nrs1\tA\tC\t0.1\n", "neither z nor an effect"),
    ],
    ids=["empty", "header only", "column twice", "short row", "no number", "no names", "no error"],
)
def test_a_table_that_is_none_is_refused_with_its_row(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(text)
    with pytest.raises(LabError, match=says):
        read_tsv(path, {}, {})


def test_a_gzip_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv.gz", rows())
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(LabError, match="cannot be read"):
        read_ssf(path, {}, {})


def test_a_mapping_and_an_option_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", rows())
    with pytest.raises(LabError, match="'effect' is no column"):
        read_tsv(path, {"effect": "beta"}, {})
    with pytest.raises(LabError, match="there is no 'no-folder'"):
        read_tsv(path, {}, {"only": "no-folder"})
    with pytest.raises(LabError, match="'maf' is no option"):
        read_tsv(path, {}, {"maf": 0.1})


def test_the_original_tests_file_is_read(shared_data: Path) -> None:
    table = read_tsv(shared_data / DATA / "sumstats" / "0", {}, {})
    assert (table.rows, set(table.n)) == (1000, {10_000})
    assert table.z[0] == 1.101


def test_a_table_refuses_what_cannot_be() -> None:
    one, letter = np.ones(2), np.zeros(2, np.int8)
    given = {"name": "t", "chromosome": np.ones(2, int), "position": np.ones(2, int),
                 "effect_allele": letter, "other_allele": letter + 1, "beta": one, "se": one, "p": one / 2, "n": one,
                 "eaf": one / 2, "info": one}  # fmt: skip
    names = np.array([b"rs1", b"rs2"])
    with pytest.raises(LabError, match="row 2: z is not finite"):
        SummaryStatistics(snp=names, z=np.array([1.0, np.nan]), **given)
    with pytest.raises(LabError, match="row 2: the SNP stands twice"):
        SummaryStatistics(snp=np.array([b"rs1", b"rs1"]), z=one, **given)
    with pytest.raises(LabError, match="row 1: the standard error"):
        SummaryStatistics(snp=names, z=one, **(given | {"se": one * 0}))


@given(st.lists(st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-10**9, 10**9, allow_nan=False, places=6).map(str),
    st.integers(-(10**17), 10**17).map(str), st.sampled_from(["+3", "-0", ".5", "7.", "1e-320"]),
), min_size=1, max_size=30))  # fmt: skip
def test_every_number_is_read_as_python_reads_it(cells: list[str]) -> None:
    raw = np.frombuffer(("\t".join(cells) + "\n").encode(), np.uint8)
    ends = np.flatnonzero((raw == 9) | (raw == 10))
    starts = np.concatenate(([0], ends[:-1] + 1))
    block = byte_columns.Block(raw, starts[:, None], ends[:, None], ("x",),
                               np.arange(len(cells)), "test")  # fmt: skip
    assert block.numbers("x").tolist() == [float(cell) for cell in cells]


@given(st.lists(st.integers(0, 3 * 10**9), unique=True, max_size=40), st.data())
def test_names_are_found_where_they_stand(numbers: list[int], data: st.DataObject) -> None:
    names = [f"rs{n}".encode() if n % 3 else f"1:{n}:A:G".encode() for n in numbers]
    shuffled = data.draw(st.permutations(names))
    if not names:
        return
    keys, among = keys_of(np.array(names)), keys_of(np.array(shuffled))
    assert [shuffled[row] for row in rows_of(keys, among)] == names
    wanted = Wanted.of(keys[::2])
    assert wanted.has(keys).tolist() == [at % 2 == 0 for at in range(len(names))]


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [("AC", "AC", 1), ("AC", "CA", -1), ("AC", "TG", 1), ("AC", "GT", -1), ("AC", "AG", 0),
     ("AT", "AT", 0), ("CG", "GC", 0)],
)  # fmt: skip
def test_alleles_are_the_same_on_either_strand(one: str, other: str, sign: int) -> None:
    codes = [np.array(["ACGT".index(letter)], np.int8) for letter in one + other]
    assert signs(*codes).tolist() == [sign]


SOUND = (
    b"SNP\tCHR\tBP\tA1\tA2\tBETA\tSE\tP\tN\nrs1\t1\t5\tA\tG\t0.1\t0.05\t0.0455\t1e4\n"
    b"rs2\tX\t6\tC\tA\t-0.2\t0.05\t6e-5\t1e4\nrs3\t2\t7\tG\tT\t0.01\t0.05\t0.84\t1e4\n"
)


@given(st.data())
def test_any_damage_gives_a_table_or_a_refusal_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    raw = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path_factory.mktemp("damaged") / data.draw(st.sampled_from(["a.tsv", "a.tsv.gz"]))
    is_packed = path.suffix == ".gz" and data.draw(st.booleans())
    path.write_bytes(gzip.compress(bytes(raw)) if is_packed else bytes(raw))
    try:
        table = read_tsv(path, {}, {})
    except LabError as refusal:
        assert str(refusal)
    else:
        assert 1 <= table.rows <= table.quality.rows


@given(st.data())
def test_any_damage_to_a_vcf_gives_a_table_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    raw = bytearray(VCF.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path_factory.mktemp("damaged") / "a.vcf"
    path.write_bytes(bytes(raw))
    try:
        table = read_vcf(path, {}, {"sample": "ieu-a-1"})
    except LabError as refusal:
        assert str(refusal)
    else:
        assert table.rows >= 1
