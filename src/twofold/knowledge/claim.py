"""The claim: one effect from one source, with how sure, as a row that becomes a prior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ClaimClass = Literal["exogenous", "behaviour", "ambiguous", "sign"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Source:
    """Where a statement comes from."""

    title: str
    link: str
    section: str


@dataclass(frozen=True)
class Claim:
    """What studies say about one thing that may come before a headache.

    Parameters
    ----------
    id : str
        Stable id of the row.
    label : str
        What the person reads.
    claim_class : {"exogenous", "behaviour", "ambiguous", "sign"}
        Fixed before any analysis. Ambiguous and sign never become "clear".
    lag : int
        Whole days from the factor to the headache day. 0 only for clock,
        weather, cycle and the night before.
    pi : float
        Share of people, 0–1, in whom there is a real effect, before hedging.
    m : float
        Mean effect in those people, log-odds per standard deviation; its sign
        is the direction. 0: direction unknown.
    tau : float
        Standard deviation of the effect between those people (≥ 0.3).
    n0 : int
        How many people's worth of weight a cohort must outvote.
    log_odds, log_odds_sd : float or None
        The sheet's own prior on the log-odds of the whole exposure, from which
        ``m`` is converted; ``None`` when ``pi`` and ``m`` are stated directly.
    sources : tuple of Source
    confidence : {"high", "medium", "low"}
    checked : str
        ISO date of the last check against the source.
    """

    id: str
    label: str
    claim_class: ClaimClass
    lag: int
    pi: float
    m: float
    tau: float
    n0: int
    log_odds: float | None
    log_odds_sd: float | None
    sources: tuple[Source, ...]
    confidence: Confidence
    checked: str
