"""Ask the questions in a simulated world, and count what was true."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from models.worlds import Person

from twofold.inference import trust
from twofold.inference.answer import fit_onset
from twofold.inference.coupling import headache_to_mood, mood_to_headache
from twofold.inference.factors import factors
from twofold.inference.finding import Finding
from twofold.knowledge.claim import Claim


@dataclass
class Tally:
    """Counts over the people of one world."""

    people: int = 0
    onsets: int = 0
    unsettled: int = 0
    claims: int = 0
    false_claims: int = 0
    people_with_false_claim: int = 0
    real_effects: int = 0
    inside: int = 0
    intervals: int = 0
    inside_likely: int = 0
    intervals_likely: int = 0
    said: list[float] = field(default_factory=list)
    was_true: list[bool] = field(default_factory=list)
    harm_when_not: list[float] = field(default_factory=list)
    harm_when_so: list[float] = field(default_factory=list)
    harm_when_dipping: list[float] = field(default_factory=list)
    carry_when_not: list[float] = field(default_factory=list)
    carry_when_so: list[float] = field(default_factory=list)
    words: set[tuple[str, str]] = field(default_factory=set)

    @property
    def fdr(self) -> float:
        """Share of false ones among what was called established."""
        return self.false_claims / max(self.claims, 1)

    @property
    def power(self) -> float:
        """Share of real effects that were called established."""
        return (self.claims - self.false_claims) / max(self.real_effects, 1)

    def bins(self, edges: tuple[float, ...]) -> list[tuple[int, float, float]]:
        """Return, for each bin of P(real): how many, said on average, true share."""
        said, true = np.array(self.said), np.array(self.was_true, dtype=float)
        out = []
        for low, high in zip(edges, edges[1:], strict=False):
            here = (said >= low) & (said < high)
            if here.any():
                out.append((int(here.sum()), float(said[here].mean()), float(true[here].mean())))
        return out

    def line(self, name: str) -> str:
        """Return one line of the table that the tests print."""
        low, high = wilson(self.false_claims, self.claims)
        return (
            f"{name}: {self.people} people, {self.onsets / self.people:.1f} onsets each; "
            f"{self.claims} clear, {self.false_claims} false (FDR {self.fdr:.3f}, "
            f"{low:.3f} to {high:.3f}); {self.people_with_false_claim} people with a false one; "
            f"power {self.power:.3f}; 95 % intervals hold {self.inside / self.intervals:.3f}, "
            f"where likely real {self.inside_likely}/{self.intervals_likely}; "
            f"mood→headache P>.8: {over(self.harm_when_not)} false, {over(self.harm_when_so)} true,"
            f" {over(self.harm_when_dipping)} early signs; "
            f"headache→mood P>.8: {over(self.carry_when_not)} false, {over(self.carry_when_so)} true"
        )


def over(chances: list[float], line: float = 0.8) -> str:
    """Return ``k/n`` above the line."""
    return f"{sum(one > line for one in chances)}/{len(chances)}"


def wilson(hits: int, days: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    if not days:
        return 0.0, 1.0
    z, share = 1.96, hits / days
    middle = (share + z * z / (2 * days)) / (1 + z * z / days)
    half = z / (1 + z * z / days) * math.sqrt(share * (1 - share) / days + z * z / (4 * days**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def tally(world: list[Person], claims: dict[str, Claim]) -> Tally:
    """Ask every person of a world about factors and about mood."""
    total = Tally()
    for person in world:
        _count(person, claims, total)
    return total


def _count(person: Person, claims: dict[str, Claim], total: Tally) -> None:
    onset = fit_onset(person.table, claims)
    total.people += 1
    total.onsets += int(trust.onsets(person.table).sum())
    total.unsettled += onset is not None and not onset.converged
    total.real_effects += len(person.effects)
    answers = factors(person.table, claims, onset=onset)
    clear = [one for one in answers if one.verdict == "established"]
    false = [one for one in clear if one.key not in person.effects]
    total.claims += len(clear)
    total.false_claims += len(false)
    total.people_with_false_claim += bool(false)
    for answer in answers:
        total.words.add((answer.claim_class or "", answer.verdict))
        _count_interval(answer, person, total)
    _count_mood(person, claims, onset, total)


def _count_interval(answer: Finding, person: Person, total: Tally) -> None:
    if answer.p_real is None or answer.effect is None:
        return
    if answer.claim_class in trust.CLASSES_THAT_CAN_BE_CLEAR:
        total.said.append(answer.p_real)
        total.was_true.append(answer.key in person.effects)
    if answer.claim_class == "sign" or answer.subject == "chocolate":
        return  # before a headache, but not its cause: there is no true effect to hold
    truth = math.exp(person.effects.get(answer.key, 0.0))
    holds = answer.effect.low <= truth <= answer.effect.high
    total.inside += holds
    total.intervals += 1
    if answer.p_real > 0.8:
        total.inside_likely += holds
        total.intervals_likely += 1


def _count_mood(person, claims, onset, total) -> None:  # type: ignore[no-untyped-def]
    harm = mood_to_headache(person.table, claims, onset=onset)
    if harm.p_real is not None and person.mood_dips_first and not person.mood_to_headache:
        total.harm_when_dipping.append(harm.p_real)
    elif harm.p_real is not None:
        side = total.harm_when_so if person.mood_to_headache else total.harm_when_not
        side.append(harm.p_real)
    carry = headache_to_mood(person.table, claims)
    if carry.p_real is not None:
        side = total.carry_when_so if person.headache_to_mood else total.carry_when_not
        side.append(carry.p_real)
