"""Medicines as the books list them: what a name means, and what a medicine counts as.

A name leads to a ``Named``: one ingredient, a product with several, or a word for
a kind of medicine ("painkiller"). Rules read only its classes, ingredients and
families, never its name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import Confidence, Source
from twofold.knowledge.load import Row, rows

COMBINATION = "combination"
"""The family of one product with two or more different parts (ICHD-3 8.2.5)."""

PREGNANCY_FLAGS = ("", "discuss", "specialist", "avoid", "from_20_weeks", "prompt", "hard")
"""From "no word about it" to "contact the prescriber at once"; never "no danger"."""


@dataclass(frozen=True)
class Family:
    """A family of acute medicines whose days are counted together.

    Parameters
    ----------
    level_days : tuple of int
        The day counts in a month from which overuse headache becomes more
        likely; several when the word does not say which applies.
    code : str
        Its entry in ICHD-3 8.2.
    within : str
        The wider family that counts its days too (aspirin: ``"nsaid"``), or ``""``.
    counts_in_total : bool
        Whether its days count for several kinds together (8.2.6).
    is_named : bool
        False for a painkiller that nobody named.
    is_watch : bool
        Whether it is only watched: no class of its own in ICHD-3.
    """

    id: str
    label: str
    level_days: tuple[int, ...]
    code: str
    within: str
    counts_in_total: bool
    is_named: bool
    is_watch: bool
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str


@dataclass(frozen=True)
class Usual:
    """Usual adult amounts in mg for one condition; for finding slips of the pen only."""

    condition: str
    low: float
    high: float
    rarely: float


@dataclass(frozen=True)
class Limit:
    """What a label allows in 24 hours, in mg, and where that holds."""

    mg: float
    where: str


@dataclass(frozen=True)
class Named:
    """What one name stands for.

    Parameters
    ----------
    kind : {"medicine", "product", "group"}
    ingredients : tuple of str
        Ids of the ingredients; empty for a word that names none.
    classes : tuple of str
        The class tags that rules match.
    families : tuple of str
        Families of acute medicine whose days it counts to.
    needs_name : bool
        Whether the word leaves open which medicine it is.
    """

    id: str
    label: str
    kind: str
    ingredients: tuple[str, ...]
    classes: tuple[str, ...]
    families: tuple[str, ...]
    needs_name: bool = False


@dataclass(frozen=True)
class Medicine:
    """One ingredient, with everything the tables hold about it.

    Parameters
    ----------
    group : str
        Its kind in plain words.
    part : str
        What it is inside a combination product: ``"non_opioid"``, ``"opioid"``,
        ``"butalbital"``, ``"caffeine"`` or ``""``.
    rxnorm, atc
        Codes that were checked against their lists; empty where they were not.
    usual : tuple of Usual
    max_24h : tuple of Limit
    pregnancy : str
        One of ``PREGNANCY_FLAGS``.
    """

    id: str
    label: str
    names: tuple[str, ...]
    group: str
    classes: tuple[str, ...]
    roles: tuple[str, ...]
    family: str
    part: str
    rxnorm: str
    atc: tuple[str, ...]
    usual: tuple[Usual, ...]
    max_24h: tuple[Limit, ...]
    pregnancy: str
    pregnancy_note: str
    mood_note: str
    cautions: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str
    reviewed: str

    @property
    def most_mg(self) -> float | None:
        """The highest amount that any range or label names; ``None`` when none is known."""
        amounts = [one.rarely for one in self.usual] + [one.mg for one in self.max_24h]
        return max(amounts, default=None)


@cache
def families() -> dict[str, Family]:
    """Return the families of acute medicines by id."""
    return {row["id"]: _family(row) for row in rows("medicines", "family")}


@cache
def medicines() -> dict[str, Medicine]:
    """Return the ingredients by id.

    Raises
    ------
    KnowledgeError
        When a row names a family or a pregnancy flag that does not exist.
    """
    return {row["id"]: _medicine(row) for row in rows("medicines", "medicine")}


@cache
def daily_products() -> tuple[tuple[str, float, float, Named], ...]:
    """Return products that an ingredient's daily amount makes: (ingredient, from mg, to mg, it)."""
    return tuple(
        (row["ingredients"][0], *map(float, row["daily_mg"]), _product(row))
        for row in rows("medicines", "product")
        if "daily_mg" in row
    )


@cache
def names() -> dict[str, Named]:
    """Return what every known name stands for, by the name in its plain form.

    Raises
    ------
    KnowledgeError
        When two rows share a name.
    """
    known: dict[str, Named] = {}
    for name, named in _all_names():
        if known.setdefault(plain(name), named).id != named.id:
            raise KnowledgeError(f"{name!r} is a name of {known[plain(name)].id} and {named.id}.")
    return known


def named(name: str) -> Named | None:
    """Return what a name stands for, or ``None``: never a guess."""
    return names().get(plain(name))


def combined(ingredients: Iterable[str]) -> Named:
    """Return one product made of several ingredients.

    Two or more different parts (non-opioid painkiller, opioid, butalbital,
    caffeine) make a combination painkiller, which is counted once and not in
    its parts (ICHD-3 8.2.5); any other ingredient keeps its own family.

    Parameters
    ----------
    ingredients : iterable of str
        Ids of ingredients; their order never matters.
    """
    ids = tuple(sorted(set(ingredients)))
    parts = [medicines()[one] for one in ids]
    return Named(
        id="/".join(ids),
        label=" with ".join(one.label for one in parts),
        kind="product",
        ingredients=ids,
        classes=_in_order(tag for one in parts for tag in one.classes),
        families=_families_of_parts(parts),
    )


def counted_in(family: str) -> tuple[str, ...]:
    """Return a family and the wider ones that count its days too."""
    wider = families()[family].within
    return (family, *(counted_in(wider) if wider else ()))


def plain(name: str) -> str:
    """Return a name without case, accents, apostrophes and double spaces."""
    bare = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o"))
    kept = "".join(c for c in bare if not unicodedata.combining(c) and c not in "'’`´.")
    return " ".join(kept.replace("-", " ").replace("_", " ").split())


def _all_names() -> Iterable[tuple[str, Named]]:
    for medicine in medicines().values():
        own = _of_medicine(medicine)
        for name in (medicine.id, medicine.label, *medicine.names):
            yield name, own
    for row in rows("medicines", "product"):
        for name in (row["id"], *row["names"]):
            yield name, _product(row)
    for row in rows("medicines", "group"):
        for name in row["names"]:
            yield name, _group(row)


def _of_medicine(medicine: Medicine) -> Named:
    kept = (medicine.family,) if medicine.family else ()
    return Named(medicine.id, medicine.label, "medicine", (medicine.id,), medicine.classes, kept)


def _product(row: Row) -> Named:
    made = combined(row["ingredients"])
    return Named(
        id=row["id"],
        label=row["label"],
        kind="product",
        ingredients=made.ingredients,
        classes=tuple(row.get("classes", made.classes)),
        families=tuple(row.get("families", made.families)),
    )


def _group(row: Row) -> Named:
    return Named(
        row["id"],
        row["label"],
        "group",
        (),
        tuple(row["classes"]),
        tuple(row["families"]),
        needs_name=row["needs_name"],
    )


def _families_of_parts(parts: list[Medicine]) -> tuple[str, ...]:
    own = [one.family for one in parts if one.family]
    if len({one.part for one in parts if one.part}) < 2:
        return _in_order(own)
    rest = [one.family for one in parts if one.family and not one.part]
    return _in_order([COMBINATION, *rest])


def _in_order(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _family(row: Row) -> Family:
    return Family(
        id=row["id"],
        label=row["label"],
        level_days=tuple(row["level_days"]),
        code=row["code"],
        within=row.get("within", ""),
        counts_in_total=row["counts_in_total"],
        is_named=row["is_named"],
        is_watch=row["is_watch"],
        sources=row["sources"],
        confidence=row["confidence"],
        checked=row["checked"],
    )


def _medicine(row: Row) -> Medicine:
    family, flag = row.get("family", ""), row.get("pregnancy", "")
    if family and family not in families():
        raise KnowledgeError(f"the medicine {row['id']} names the unknown family {family}.")
    if flag not in PREGNANCY_FLAGS:
        raise KnowledgeError(f"the medicine {row['id']} has the unknown pregnancy flag {flag!r}.")
    return Medicine(
        id=row["id"],
        label=row["label"],
        names=tuple(row["names"]),
        group=row["group"],
        classes=tuple(row["classes"]),
        roles=tuple(row["roles"]),
        family=family,
        part=row.get("part", ""),
        rxnorm=row.get("rxnorm", ""),
        atc=tuple(row.get("atc", ())),
        usual=tuple(_usual(*one) for one in row.get("usual_mg", {}).items()),
        max_24h=tuple(Limit(one["mg"], one["where"]) for one in row.get("max_24h_mg", ())),
        pregnancy=flag,
        pregnancy_note=row.get("pregnancy_note", ""),
        mood_note=row.get("mood_note", ""),
        cautions=tuple(row.get("cautions", ())),
        sources=row["sources"],
        confidence=row["confidence"],
        checked=row["checked"],
        reviewed=row["reviewed"],
    )


def _usual(condition: str, amounts: list[float]) -> Usual:
    return Usual(condition, amounts[0], amounts[1], amounts[-1])
