"""Candidate factors: what studies say of each, whether it can be changed, and how it may be used.

The priors that the estimation uses are the claims; this is what stands behind
them, and what a report may say beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from twofold.errors import KnowledgeError
from twofold.knowledge.claim import ClaimClass, Confidence, Source
from twofold.knowledge.load import Row, rows

Direction = Literal["more", "fewer", "unclear", "none"]
FactorKind = Literal[
    "C", "C/M", "C small", "C slow", "M", "M/P", "P/M", "P", "X", "X/M", "protective", "confounder",
]  # fmt: skip
Use = Literal["pattern", "early sign", "carry-over", "month by month"]
Modifiable = Literal["yes", "partly", "no", "with a clinician", ""]


@dataclass(frozen=True)
class Factor:
    """One thing that may come before a headache, or keep it away.

    Parameters
    ----------
    id : str
        The id of the claim that holds its prior, where there is one.
    label : str
        What the person reads.
    factor_class : {"exogenous", "behaviour", "ambiguous", "sign"} or None
        As the claim's; ``None`` where no daily claim is made.
    kind : str
        C plausible, P more likely an early sign, M mixed, X little support.
    direction : {"more", "fewer", "unclear", "none"}
        Headaches with it, as studies found.
    modifiable : {"yes", "partly", "no", "with a clinician", ""}
        Whether a person can change it; "" where that is no question.
    log_odds, log_odds_sd : float or None
        The suggested prior on the log-odds of an onset in the next 24 hours.
    only_if : str
        For whom, or in what amount; "" for everybody.
    effect : str
        The best estimate, in the study's own numbers.
    use : {"pattern", "early sign", "carry-over", "month by month"}
        How it may be used: an early sign is never a reason to avoid anything.
    sources : tuple of Source
        Empty when none was found: then nothing is told of it as known.
    """

    id: str
    label: str
    factor_class: ClaimClass | None
    kind: FactorKind
    direction: Direction
    modifiable: Modifiable
    log_odds: float | None
    log_odds_sd: float | None
    only_if: str
    effect: str
    use: Use
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str
    reviewed: str

    @property
    def may_be_avoided(self) -> bool:
        """Whether avoiding it may be spoken of at all: only what a person can change."""
        return self.use == "pattern" and self.modifiable == "yes" and self.direction != "fewer"


@dataclass(frozen=True)
class OverallFinding:
    """What studies say about all factors together."""

    id: str
    says: str
    effect: str
    sources: tuple[Source, ...]
    confidence: Confidence


@dataclass(frozen=True)
class ModellingRule:
    """How a pattern may be looked for; ``stricter`` names a stricter rule that holds instead."""

    id: str
    rule: str
    stricter: str


@cache
def factors() -> dict[str, Factor]:
    """Return every candidate and protective factor by id.

    Raises
    ------
    KnowledgeError
        When a row has a word that its column does not know.
    """
    return {row["id"]: _factor(row) for row in rows("factors", "factor")}


@cache
def overall() -> dict[str, OverallFinding]:
    """Return what studies say about all factors together."""
    return {
        row["id"]: OverallFinding(
            row["id"], row["says"], row.get("effect", ""), row["sources"], row["confidence"]
        )
        for row in rows("factors", "overall")
    }


@cache
def modelling_rules() -> dict[str, ModellingRule]:
    """Return how a pattern may be looked for, rule by rule."""
    return {
        row["id"]: ModellingRule(row["id"], row["rule"], row.get("stricter", ""))
        for row in rows("factors", "modelling")
    }


def _factor(row: Row) -> Factor:
    for key, words in (
        ("kind", FactorKind), ("direction", Direction), ("use", Use), ("modifiable", Modifiable),
    ):  # fmt: skip
        if row.get(key, "") not in get_args(words):
            raise KnowledgeError(f"the factor {row['id']} has the unknown {key} {row.get(key)!r}.")
    if row.get("class") not in (None, *get_args(ClaimClass)):
        raise KnowledgeError(f"the factor {row['id']} has the unknown class {row['class']!r}.")
    return Factor(
        id=row["id"],
        label=row["label"],
        factor_class=row.get("class"),
        kind=row["kind"],
        direction=row["direction"],
        modifiable=row.get("modifiable", ""),
        log_odds=row.get("log_odds"),
        log_odds_sd=row.get("log_odds_sd"),
        only_if=row.get("only_if", ""),
        effect=row.get("effect", ""),
        use=row["use"],
        sources=row["sources"],
        confidence=row["confidence"],
        checked=row["checked"],
        reviewed=row["reviewed"],
    )
