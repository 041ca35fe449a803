"""Claims and the cohort as priors: the only door through which others reach one person's answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twofold.inference.cohort_state import UNLINKED, CohortState
from twofold.inference.engine import Array
from twofold.knowledge.claim import Claim

# Statistics sheet C3 and D2: raw curated shares gave "64 % sure" suspects that were true 41 % of
# the time; halfway (on the log scale) to one person in ten gave calibrated ones.
MIDDLE_SHARE = 0.10
LEAST_TAU = 0.3  # never let evidence set a sign with certainty
UNLINKED_SHARE = 0.05  # a factor that only this person names
SPIKE_SD = 0.02  # log-odds per SD that nobody could notice
SURPRISE_SHARE = 0.25  # of the real effects: any size, either sign (sheet C9)
SURPRISE_SD = 0.6
# Sizes in studies run high, and a person alone has no cohort to correct them (decision 24).
SIZE_HEDGE = 0.8
MOST_SHARE = 0.99
LEAST_TOWARD = 1e-6  # a cohort without surprises may be sure of the other direction

MOOD_TO_HEADACHE = "mood_to_headache"
HEADACHE_TO_MOOD = "headache_to_mood"


@dataclass(frozen=True)
class EffectPrior:
    """The mixture for one candidate: none, as studies say, surprise.

    Parameters
    ----------
    pi : float
        Chance that there is an effect worth naming, after hedging.
    m, tau : float
        Mean and spread of the effect that studies describe, per SD.
    surprise : float
        Share of the real effects that are of any size and either sign.
    """

    pi: float
    m: float
    tau: float
    surprise: float = SURPRISE_SHARE

    @property
    def weights(self) -> tuple[float, float, float]:
        """Share of each component."""
        return 1 - self.pi, (1 - self.surprise) * self.pi, self.surprise * self.pi

    @property
    def means(self) -> tuple[float, float, float]:
        """Mean of each component."""
        return 0.0, self.m, 0.0

    @property
    def sds(self) -> tuple[float, float, float]:
        """Standard deviation of each component."""
        return SPIKE_SD, self.tau, SURPRISE_SD

    def share_above_zero(self) -> float:
        """Return the chance that an effect, if real, is above zero."""
        told = 0.5 * (1 + math.erf(self.m / self.tau / math.sqrt(2)))
        return (1 - self.surprise) * told + self.surprise * 0.5


def hedged(pi: float) -> float:
    """Move a share of people halfway to one in ten, on the log scale.

    >>> round(hedged(0.2), 3), round(hedged(0.5), 3)
    (0.141, 0.224)
    """
    return math.sqrt(pi * MIDDLE_SHARE)


def of_claim(claim: Claim | None, state: CohortState | None = None) -> EffectPrior:
    """Return the prior for a candidate; without a claim, a small chance of either sign.

    What a cohort has taught replaces the hedge: it has already outvoted, or
    borne out, what studies say.
    """
    name = UNLINKED if claim is None else claim.id
    if state is not None and name in state.effects:
        return EffectPrior(*state.effects[name], surprise=state.surprise)
    if claim is None:
        return EffectPrior(UNLINKED_SHARE, 0.0, LEAST_TAU)
    return EffectPrior(hedged(claim.pi), SIZE_HEDGE * claim.m, max(claim.tau, LEAST_TAU))


def over_lags(
    claim: Claim, *, lags: int, sign: int, state: CohortState | None = None
) -> EffectPrior:
    """Return the prior for each of several lags of one question with a direction.

    The chances are split so that "at least one lag has an effect in the asked
    direction" has the chance of the claim (hedged, or as a cohort taught it):
    the number that is shown as "before your days".
    """
    whole = of_claim(claim, state)
    return EffectPrior(split_over_lags(whole, lags, sign), whole.m, whole.tau, whole.surprise)


def split_over_lags(whole: EffectPrior, lags: int, sign: int) -> float:
    """Return each lag's chance of any effect; ``sign`` 0 asks about no direction."""
    each = float((1 - (1 - whole.pi) ** (1 / lags)) / _toward(whole, sign))
    return min(each, MOST_SHARE)


def joined_over_lags(each: EffectPrior, lags: int, sign: int) -> float:
    """Return the chance of an effect in the asked direction at some lag; undoes the split."""
    return float(1 - (1 - each.pi * _toward(each, sign)) ** lags)


def _toward(prior: EffectPrior, sign: int) -> float:
    if sign == 0:
        return 1.0
    above = prior.share_above_zero()
    return max(above if sign > 0 else 1 - above, LEAST_TOWARD)


def of_nuisance(
    name: str, state: CohortState | None, *, mean: float, sd: float
) -> tuple[float, float]:
    """Return mean and spread of a nuisance: as the cohort taught it, else as given."""
    return (mean, sd) if state is None else state.nuisances.get(name, (mean, sd))


def mixture(priors: list[EffectPrior]) -> tuple[Array, Array, Array]:
    """Return weights, means and sds of several candidates, each of shape (q, 3)."""
    rows = [(one.weights, one.means, one.sds) for one in priors]
    weights, means, sds = (np.array([row[i] for row in rows]).reshape(-1, 3) for i in range(3))
    return weights, means, sds


# What is believed of a treatment of headache before the days, as log-odds of a headache day at full
# effect: half of all people answer to it, by N(-0.7, 0.3). The numbers are the statistics sheet's
# own (C5, "responder mixture"); no study stands behind them, and one for each medicine would be
# better. They are given to every course alike, for the day table does not say what a course is.
RESPONDER_SHARE = 0.5
RESPONDER_MIDDLE = -0.7
RESPONDER_SPREAD = 0.3


def of_treatment() -> EffectPrior:
    """Return the prior for a course of treatment, in log-odds at full effect.

    "Fewer headaches" is as likely as "none", as the sheet has it; effects that
    make things worse, from the surprise slab, come on top of the two.

    >>> prior = of_treatment()
    >>> round(prior.pi * (1 - prior.share_above_zero()), 3), round(1 - prior.pi, 3)
    (0.465, 0.465)
    """
    told = EffectPrior(RESPONDER_SHARE, RESPONDER_MIDDLE, RESPONDER_SPREAD)
    odds = RESPONDER_SHARE / (1 - RESPONDER_SHARE)
    real = odds / (odds + 1 - told.share_above_zero())
    return EffectPrior(real, RESPONDER_MIDDLE, RESPONDER_SPREAD)


# Whether a course changes mood: either way, in SDs of the person's own daily mood. As often as a
# course changes headaches; no study stands behind these numbers either.
MOOD_SHARE = RESPONDER_SHARE
MOOD_SPREAD = 0.6


def of_treatment_on_mood() -> EffectPrior:
    """Return the prior for what a course does to mood, in SDs of daily mood at full effect."""
    return EffectPrior(MOOD_SHARE, 0.0, MOOD_SPREAD)
