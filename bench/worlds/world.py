"""What may differ between worlds, and the named worlds: one base and its small changes.

The description is section C0 of the statistics sheet; the code and the numbers
are our own. The base world's levels (chances of beginning and staying, share of
days left out) were set so that it has the figures of C0, which a test keeps. They
were set without a look at any engine's answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class World:
    """The settings of one world. Effects are log-odds per SD of the factor unless said.

    Parameters
    ----------
    effects_per_person : float
        Expected number of real effects, those of mood included.
    size : float
        Multiplies every real effect, mood's included.
    flipped : float
        Share of real effects that run against the studies' direction.
    onset, stay : tuple of float
        Between people, mean and SD of the log-odds of a headache after a free
        day, and after a headache day.
    missing_free, missing_headache : float
        Share of days without any entry.
    shape : {"linear", "threshold", "together"}
        Effects as usual; of ratings only above +1 SD; of the two most common
        causes only on days that have both.
    lag : int, optional
        The lag of every effect; by default the claim's.
    link : {"logistic", "probit"}
        The probit has the slope of the logistic at an even chance.
    course : {"random", "worst"}, optional
        When a course of treatment starts; ``None``: no treatment.
    severity_points : float
        Points of severity, 0 to 10, for each log-odds of a factor's effect.
    evidence_is_shuffled : bool
        The engine is told the shares and directions of other factors.
    is_dated : bool
        Whether the diary has calendar dates (the first day is a Monday).
    """

    name: str = "base"
    effects_per_person: float = 3.15
    size: float = 1.0
    flipped: float = 0.0
    effect_sd: float = 0.2
    onset: tuple[float, float] = (-1.84, 0.4)
    stay: tuple[float, float] = (-0.10, 0.35)
    refractory: float = -0.3
    third_day: float = -0.3
    susceptibility_sd: float = 0.4
    susceptibility_daily: float = 0.97
    season: float = 0.1
    weekend_sd: float = 0.1
    cycle_share: float = 0.3
    cycle: float = 0.25
    slow_mood_sd: float = 1.2
    mood_share: float = 0.2
    mood_middle: float = 0.55
    mood_spread: float = 0.15
    carry_share: float = 0.5
    carry_middle: float = 1.0
    carry_spread: float = 0.3
    carry_least: float = 0.2
    dent_share: float = 0.6
    dent: float = 0.8
    sign_share: float = 0.5
    chocolate_share: float = 0.25
    dip_share: float = 0.2
    dip: float = 0.8
    missing_free: float = 0.19
    missing_headache: float = 0.37
    item_missing: float = 0.03
    shape: Literal["linear", "threshold", "together"] = "linear"
    lag: int | None = None
    link: Literal["logistic", "probit"] = "logistic"
    course: Literal["random", "worst"] | None = None
    responders: float = 0.5
    treatment_middle: float = -0.8
    treatment_spread: float = 0.3
    ramp_days: int = 28
    severity_points: float = 0.0
    evidence_is_shuffled: bool = False
    is_dated: bool = False


BASE = World()


def _named(*worlds: World) -> dict[str, World]:
    return {world.name: world for world in worlds}


WORLDS: dict[str, World] = _named(
    BASE,
    replace(BASE, name="null", effects_per_person=0.0, mood_share=0.0, carry_share=0.0),
    replace(BASE, name="half", size=0.5),
    replace(BASE, name="double", size=2.0),
    replace(BASE, name="flipped", flipped=0.3),
    replace(BASE, name="wrong_evidence", evidence_is_shuffled=True),
    replace(BASE, name="mnar_none", missing_free=0.22, missing_headache=0.22),
    replace(BASE, name="mnar_base"),
    replace(BASE, name="mnar_strong", missing_headache=0.63),
    replace(BASE, name="prodrome", sign_share=0.9, dip_share=0.6, chocolate_share=0.6),
    replace(BASE, name="drift", susceptibility_sd=0.9),
    replace(BASE, name="sparse", onset=(-3.6, 0.4)),
    replace(BASE, name="chronic", onset=(0.1, 0.4), stay=(1.6, 0.35), severity_points=1.5),
    replace(BASE, name="treatment", course="random"),
    replace(BASE, name="treatment_worst", course="worst"),
    replace(BASE, name="threshold", shape="threshold"),
    replace(BASE, name="interaction", shape="together"),
    replace(BASE, name="two_day_lag", lag=2),
    replace(BASE, name="probit_tails", link="probit"),
)
