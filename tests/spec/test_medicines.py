"""The medicine tables: codes that were verified, classes that rules need, words people may read."""

from __future__ import annotations

import re

import pytest

from twofold.knowledge.load import rows
from twofold.knowledge.medicine import (
    PREGNANCY_FLAGS,
    Medicine,
    combined,
    counted_in,
    daily_products,
    families,
    medicines,
    named,
    names,
)
from twofold.knowledge.medicine_evidence import (
    all_evidence,
    disagreements,
    evidence_of,
    guidelines,
)

ALL = sorted(medicines().values(), key=lambda one: one.id)


# --- codes: only those that were read in their own lists ---

CODES = [
    # ingredient, RxNorm, ATC
    ("amitriptyline", "704", "N06AA09"),
    ("nortriptyline", "7531", "N06AA10"),
    ("venlafaxine", "39786", "N06AX16"),
    ("duloxetine", "72625", "N06AX21"),
    ("sertraline", "36437", "N06AB06"),
    ("escitalopram", "321988", "N06AB10"),
    ("citalopram", "2556", "N06AB04"),
    ("fluoxetine", "4493", "N06AB03"),
    ("paroxetine", "32937", "N06AB05"),
    ("fluvoxamine", "42355", "N06AB08"),
    ("bupropion", "42347", "N06AX12"),
    ("esketamine", "2119365", "N06AX27"),
    ("topiramate", "38404", "N03AX11"),
    ("valproate", "40254", "N03AG01"),
    ("propranolol", "8787", "C07AA05"),
    ("metoprolol", "6918", "C07AB02"),
    ("gabapentin", "25480", "N02BF01"),
    ("pregabalin", "187832", "N02BF02"),
    ("erenumab", "2045613", "N02CD01"),
    ("galcanezumab", "2058846", "N02CD02"),
    ("fremanezumab", "2056691", "N02CD03"),
    ("ubrogepant", "2268216", "N02CD04"),
    ("eptinezumab", "2282660", "N02CD05"),
    ("rimegepant", "2282307", "N02CD06"),
    ("atogepant", "2571813", "N02CD07"),
    ("sumatriptan", "37418", "N02CC01"),
    ("naratriptan", "141366", "N02CC02"),
    ("zolmitriptan", "135775", "N02CC03"),
    ("rizatriptan", "88014", "N02CC04"),
    ("almotriptan", "279645", "N02CC05"),
    ("eletriptan", "231049", "N02CC06"),
    ("frovatriptan", "228783", "N02CC07"),
    ("lasmiditan", "2256930", "N02CC08"),
    ("dihydroergotamine", "3418", "N02CA01"),
    ("ergotamine", "4025", "N02CA02"),
    ("paracetamol", "161", "N02BE01"),
    ("onabotulinumtoxina", "1712", "M03AX01"),
]


@pytest.mark.parametrize(("ingredient", "rxnorm", "atc"), CODES, ids=[row[0] for row in CODES])
def test_a_code_is_the_one_that_was_verified(ingredient: str, rxnorm: str, atc: str) -> None:
    medicine = medicines()[ingredient]
    assert (medicine.rxnorm, medicine.atc) == (rxnorm, (atc,))


# In the list of sources these ingredients have an RxNorm code from memory only, or none.
NOT_VERIFIED = [
    "candesartan", "lisinopril", "telmisartan", "verapamil", "lithium", "melatonin", "ibuprofen",
    "naproxen", "ketoprofen", "ketorolac", "indometacin", "metoclopramide", "prochlorperazine",
    "ondansetron", "riboflavin", "magnesium", "coenzyme_q10", "estradiol", "ethinylestradiol",
    "ketamine", "agomelatine", "moclobemide", "levomilnacipran", "flunarizine", "zavegepant",
    "metamizole", "domperidone", "psilocybin", "feverfew",
]  # fmt: skip


@pytest.mark.parametrize("ingredient", NOT_VERIFIED)
def test_a_code_that_nobody_verified_is_not_shipped(ingredient: str) -> None:
    assert medicines()[ingredient].rxnorm == ""


@pytest.mark.parametrize("medicine", ALL, ids=lambda one: one.id)
def test_a_code_has_the_form_of_its_list(medicine: Medicine) -> None:
    assert re.fullmatch(r"\d*", medicine.rxnorm)
    assert all(re.fullmatch(r"[A-Z]\d\d[A-Z]{2}\d\d", code) for code in medicine.atc)


@pytest.mark.parametrize("kind", ["rxnorm", "atc"])
def test_no_two_ingredients_share_a_code(kind: str) -> None:
    codes = [getattr(one, kind) for one in ALL if getattr(one, kind)]
    assert len(codes) == len(set(codes)) > 60


# --- classes ---

CLASSES = [
    ("triptan", "almotriptan eletriptan frovatriptan naratriptan rizatriptan sumatriptan zolmitriptan"),
    ("ssri", "citalopram escitalopram fluoxetine fluvoxamine paroxetine sertraline"),
    ("snri", "desvenlafaxine duloxetine levomilnacipran milnacipran venlafaxine"),
    ("tca", "amitriptyline clomipramine desipramine doxepin imipramine nortriptyline"),
    ("cgrp_mab", "eptinezumab erenumab fremanezumab galcanezumab"),
    ("gepant", "atogepant rimegepant ubrogepant zavegepant"),
    ("ergot", "dihydroergotamine ergotamine"),
    ("ditan", "lasmiditan"),
    ("beta_blocker_non_selective", "nadolol propranolol timolol"),
    ("opioid_serotonergic", "dextromethorphan fentanyl meperidine methadone tapentadol tramadol"),
    ("cyp3a4_strong_inh", "clarithromycin itraconazole ketoconazole nefazodone ritonavir"),
    (
        "cyp3a4_mod_inh",
        "ciprofloxacin cyclosporine diltiazem erythromycin fluconazole fluvoxamine grapefruit verapamil",
    ),
    ("cyp3a4_ind", "carbamazepine phenytoin rifampin st_johns_wort"),
    ("cyp2d6_strong_inh", "bupropion fluoxetine paroxetine"),
    ("cyp1a2_inh", "ciprofloxacin fluvoxamine"),
    ("cyp2c19_inh", "cimetidine esomeprazole fluconazole fluvoxamine omeprazole"),
    ("maoi_rev", "moclobemide"),
    ("gabapentinoid", "gabapentin pregabalin"),
    ("decongestant_sympathomimetic", "isometheptene phenylephrine pseudoephedrine"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "members"), CLASSES, ids=[row[0] for row in CLASSES])
def test_a_class_holds_these_ingredients_and_no_others(tag: str, members: str) -> None:
    assert " ".join(one.id for one in ALL if tag in one.classes) == members


def test_bupropion_and_agomelatine_do_not_count_as_serotonin_medicines() -> None:
    for ingredient in ("bupropion", "agomelatine"):
        assert "serotonergic" not in medicines()[ingredient].classes
    assert all(
        "serotonergic" in one.classes
        for one in ALL
        if {"ssri", "snri", "tca", "maoi"} & set(one.classes)
    )


def test_every_tricyclic_is_marked_for_qt_and_for_overdose() -> None:
    for one in ALL:
        if "tca" in one.classes:
            assert {"qt", "overdose_toxic", "antidepressant"} <= set(one.classes)


# --- families ---


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("eletriptan", "triptan"),
        ("DHE", "ergot"),
        ("naproxen", "nsaid"),
        ("acetaminophen", "paracetamol"),
        ("paracetamol", "paracetamol"),
        ("metamizole", "other_non_opioid"),
        ("tramadol", "opioid"),
        ("lasmiditan", "ditan"),
        ("aspirin", "aspirin"),
        ("rimegepant", ""),
        ("ondansetron", ""),
    ],
)
def test_an_acute_medicine_counts_to_its_family(name: str, family: str) -> None:
    found = named(name)
    assert found is not None and found.families == ((family,) if family else ())


def test_every_aspirin_day_is_also_a_day_with_an_anti_inflammatory_painkiller() -> None:
    assert counted_in("aspirin") == ("aspirin", "nsaid")
    assert counted_in("triptan") == ("triptan",)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("codeine", "paracetamol"), ("combination",)),
        (("paracetamol", "caffeine"), ("combination",)),
        (("butalbital", "aspirin", "caffeine"), ("combination",)),
        (("aspirin", "paracetamol"), ("aspirin", "paracetamol")),
        (("sumatriptan", "naproxen"), ("nsaid", "triptan")),
        (("ergotamine", "caffeine"), ("ergot",)),
        (("paracetamol",), ("paracetamol",)),
    ],
)
def test_two_different_parts_in_one_product_make_a_combination_painkiller(
    parts: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert combined(parts).families == expected == combined(reversed(parts)).families


def test_every_family_that_a_name_leads_to_exists() -> None:
    assert {family for one in names().values() for family in one.families} <= set(families())


# --- names ---


@pytest.mark.parametrize(
    ("brand", "ingredient"),
    [
        ("Elavil", "amitriptyline"),
        ("Effexor", "venlafaxine"),
        ("Zoloft", "sertraline"),
        ("Paxil", "paroxetine"),
        ("Lexapro", "escitalopram"),
        ("Botox", "onabotulinumtoxina"),
        ("hypericum", "st_johns_wort"),
    ],
)
def test_a_brand_leads_to_its_ingredient(brand: str, ingredient: str) -> None:
    found = named(brand)
    assert found is not None and found.ingredients == (ingredient,)


@pytest.mark.parametrize(
    ("word", "classes"),
    [
        ("injectable", {"cgrp_mab", "cgrp"}),
        ("blood pressure medicine", set()),
        ("SSRI", {"ssri", "antidepressant", "serotonergic"}),
    ],
)
def test_a_word_for_a_kind_tells_only_what_it_says_and_asks_for_the_name(
    word: str, classes: set[str]
) -> None:
    found = named(word)
    assert found is not None and found.ingredients == () and found.needs_name
    assert set(found.classes) == classes


def test_the_coil_and_the_pill_without_oestrogen_are_not_the_combined_pill() -> None:
    pills = {name: named(name) for name in ("combined pill", "levonorgestrel IUD", "mini pill")}
    holds = {
        name: found is not None and "estrogen" in found.classes for name, found in pills.items()
    }
    assert holds == {"combined pill": True, "levonorgestrel IUD": False, "mini pill": False}


# --- amounts, pregnancy and mood ---

USUAL = [
    ("amitriptyline", "migraine", 10, 75),
    ("amitriptyline", "depression", 75, 150),
    ("venlafaxine", "migraine", 75, 150),
    ("venlafaxine", "depression", 75, 225),
    ("sertraline", "depression", 50, 200),
    ("citalopram", "depression", 20, 40),
    ("propranolol", "migraine", 40, 160),
    ("candesartan", "migraine", 8, 16),
]


@pytest.mark.parametrize(("ingredient", "condition", "low", "high"), USUAL)
def test_the_same_medicine_has_its_own_usual_amount_for_each_condition(
    ingredient: str, condition: str, low: float, high: float
) -> None:
    usual = {one.condition: one for one in medicines()[ingredient].usual}
    assert (usual[condition].low, usual[condition].high) == (low, high)


@pytest.mark.parametrize("medicine", ALL, ids=lambda one: one.id)
def test_amounts_go_from_low_to_high(medicine: Medicine) -> None:
    assert all(0 < one.low <= one.high <= one.rarely for one in medicine.usual)
    assert all(one.mg > 0 and one.where for one in medicine.max_24h)


@pytest.mark.parametrize(
    ("ingredient", "most"),
    [("propranolol", 240), ("sumatriptan", 300), ("sertraline", 200), ("metoclopramide", None)],
)
def test_the_most_that_any_range_or_label_names(ingredient: str, most: float | None) -> None:
    assert medicines()[ingredient].most_mg == most


def test_a_small_daily_amount_of_aspirin_is_the_only_amount_that_makes_another_product() -> None:
    (found,) = daily_products()
    assert found[:3] == ("aspirin", 75, 100)
    assert found[3].classes == ("antiplatelet", "salicylate") and found[3].families == ()


HARD = "valproate topiramate candesartan telmisartan lisinopril ergotamine dihydroergotamine flunarizine"
PROMPT = (
    "atenolol paroxetine lithium carbamazepine phenytoin feverfew lasmiditan butalbital codeine"
)


def test_pregnancy_flags_are_those_of_the_pregnancy_block() -> None:
    for ingredient in [*HARD.split(), "erenumab", "rimegepant"]:
        assert medicines()[ingredient].pregnancy == "hard"
    for ingredient in PROMPT.split():
        assert medicines()[ingredient].pregnancy == "prompt"
    assert medicines()["ibuprofen"].pregnancy == "from_20_weeks"
    assert {one.pregnancy for one in ALL} <= set(PREGNANCY_FLAGS)


def test_a_medicine_that_can_lower_mood_says_so() -> None:
    for ingredient, word in (
        ("topiramate", "lower mood"),
        ("flunarizine", "depression"),
        ("metoclopramide", "depression"),
        ("propranolol", "do not show that beta-blockers lower mood"),
    ):
        assert word in medicines()[ingredient].mood_note


FOR_PEOPLE = re.compile(
    r"\b(is|are) safe\b|\byou have\b|\b(take|stop|start|switch|increase|reduce) (your|the|it)\b"
    r"|\boverdose|\bto?xic|\babuse|\baddict|\btrigger",
    re.IGNORECASE,
)


@pytest.mark.parametrize("medicine", ALL, ids=lambda one: one.id)
def test_what_a_person_may_read_of_a_medicine_commands_and_frightens_nobody(
    medicine: Medicine,
) -> None:
    said = [medicine.label, medicine.group, medicine.mood_note, medicine.pregnancy_note]
    assert not FOR_PEOPLE.search(" ".join([*said, *medicine.cautions]))
    assert medicine.reviewed == "not clinically reviewed yet"


def test_butterbur_and_psilocybin_are_in_no_role() -> None:
    assert not medicines()["butterbur"].roles and not medicines()["psilocybin"].roles
    assert "experimental" in medicines()["psilocybin"].classes


# --- evidence ---


def test_both_sides_of_the_place_of_cgrp_medicines_are_kept_and_none_is_chosen() -> None:
    (found,) = disagreements()
    assert [[one.id for one in side] for side in found.positions] == [
        ["ACP25"],
        ["AHS24", "EHF22"],
    ]


@pytest.mark.parametrize(
    ("medicine", "levels"),
    [
        ("topiramate", {"A", "3rd step", "high"}),
        ("amitriptyline", {"B", "1st step", "moderate"}),
        ("candesartan", {"C", ""}),
        ("propranolol", {"A", "1st step", "moderate"}),
    ],
)
def test_the_levels_of_a_medicine_are_those_of_its_guidelines(
    medicine: str, levels: set[str]
) -> None:
    assert {one.level for one in evidence_of(medicine, "migraine")} == levels


def test_what_did_not_work_is_kept_as_well() -> None:
    against = {
        name for one in all_evidence() if one.direction == "against" for name in one.medicines
    }
    assert {"lamotrigine", "clomipramine", "telmisartan", "sertraline", "gabapentin"} <= against


def test_every_row_of_evidence_and_every_guideline_has_a_source() -> None:
    assert all(one.sources for one in all_evidence())
    assert all(one.sources for one in guidelines().values())
    assert guidelines()["NICE-CG150"].audience == "clinician"


def test_a_row_without_a_source_is_one_of_these() -> None:
    without = {row["id"] for row in rows("medicines", "medicine") if not row["sources"]}
    assert without == {"vitamin_d", "cannabidiol", "cannabis"}
