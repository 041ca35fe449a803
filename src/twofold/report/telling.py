"""From a finding to a card: the same finding, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from twofold.daytable import Column
from twofold.facts.counting import Count, count
from twofold.facts.facts import Facts
from twofold.facts.medication import OVERUSE_WINDOW
from twofold.inference.finding import Estimate, Finding, Pair, Refusal
from twofold.inference.priors import of_treatment, of_treatment_on_mood
from twofold.knowledge.claim import Claim
from twofold.knowledge.load import claims, wording
from twofold.report import ahead, changes
from twofold.report.report import Card, Direction, Group, NotYet, Number, Topic, Verdict
from twofold.report.words import number, of_100, small

VERDICTS: dict[str, Verdict] = {
    "established": "clear",
    "suspect": "possible",
    "undecided": "cannot tell",
    "unlikely": "unlikely",
    "not_yet": "not yet",
}
CLAIMED = ("established", "suspect")
COUPLING = ("mood_to_headache", "headache_to_mood", "same_day")
TREATMENT = ("treatment", "treatment_mood")
FACTORS = ("factor", "severity")
TOPICS: dict[str, Topic] = {
    **dict.fromkeys(COUPLING, "coupling"),
    **dict.fromkeys(TREATMENT, "treatment"),
    "factor": "factor",
    "severity": "severity",
    "tomorrow": "tomorrow",
    "burden": "burden",
    "medicine_days": "medicine",
}
COUNTED = ("tomorrow", "burden", "medicine_days")
WORSE_FROM = 0.5
"""Chance of the unwanted direction from which a treatment is told in that direction."""
COUNTS_STAND = ("too_many_changes", "too_soon")
FEW_DAYS = 25
LEANS_BELOW = 0.1  # so low that only a lean the other way keeps the answer undecided
LONG_WAIT_WEEKS = 104


@dataclass(frozen=True)
class _Sides:
    """How the two sides of a comparison are named."""

    outcome: str
    with_it: str
    with_label: str
    others: str
    other_label: str


BEGAN = "Headache began"
SIDES = {
    "mood_to_headache": _Sides(
        "Headache came after", "low days", "After a low day", "other days", "After another day"
    ),
    "headache_to_mood": _Sides(
        "Low mood came after",
        "headache days",
        "After a headache day",
        "other days",
        "After another day",
    ),
    "same_day": _Sides(
        "Low mood came on", "headache days", "On a headache day", "other days", "On another day"
    ),
    "factor": _Sides(
        "Headache began after", "such days", "After such a day", "other days", "After another day"
    ),
    "graded": _Sides(
        "Headache began after",
        "days with more of it",
        "After a day with more",
        "other days",
        "After another day",
    ),
    "same_day_factor": _Sides(
        "Headache began on", "such days", "On such a day", "other days", "On another day"
    ),
    "same_day_graded": _Sides(
        "Headache began on",
        "days with more of it",
        "On a day with more",
        "other days",
        "On another day",
    ),
    "treatment": _Sides(
        "Headache came on", "days after the last change", "After", "days before the first", "Before"
    ),
}


ABOUT_MOOD = ("headache_to_mood", "same_day", "treatment_mood")
"""Questions whose outcome is mood; their pictures show diamonds and its colour."""


def card(finding: Finding, facts: Facts) -> Card:
    """Tell one finding.

    Parameters
    ----------
    finding : Finding
        From ``inference``.
    facts : Facts
        For the counts that stand beside it.

    Returns
    -------
    Card
        Plain values and words; the finding itself goes no further.
    """
    words = _words(finding, facts)
    answered = finding.refusal is None
    missing = _missing(finding, facts)
    return Card(
        key=finding.key,
        topic=TOPICS[finding.question],
        question=_question(finding, facts),
        verdict=_verdict(finding),
        answer=words["answer"],
        sentence=words["sentence"],
        groups=_groups(finding, facts),
        outcome="low mood" if finding.question in ABOUT_MOOD else "headache",
        number=_number(finding, facts) if answered else None,
        usual=_usual(finding, facts),
        prior=_chance(_told_prior(finding)) if answered else None,
        posterior=_chance(_told_chance(finding)) if answered else None,
        chances=() if _is_worse(finding) else ahead.chances(finding),
        outlook=ahead.outlook(finding),
        open_days=ahead.open_days(finding),
        not_yet=_not_yet(finding.refusal) if finding.question not in TREATMENT else None,
        days_used=finding.days_used,
        days_missing=missing,
        days_aside=len(facts.table) - finding.days_used - missing,
        caution=words["caution"],
        would_change=words["would_change"],
        sources=_sources(finding),
        about_others=ahead.about_others(finding),
    )


def direction(finding: Finding) -> Direction:
    """Return which way an answer goes; "" where its question has one direction only."""
    if finding.question in TREATMENT and finding.verdict in CLAIMED:
        return "fewer"
    if _is_worse(finding):
        return "more"
    if finding.question in FACTORS and finding.verdict in CLAIMED:
        return "fewer" if _is_fewer(finding) else "more"
    return ""


def cards(findings: tuple[Finding, ...], together: str, facts: Facts) -> list[Card]:
    """Tell several findings; when all are refused for one reason, tell it once.

    Parameters
    ----------
    together : str
        The question that stands for all of them (``"coupling"``, ``"factors"``).
    """
    told = [card(one, facts) for one in findings]
    if len(told) < 2 or {one.refusal for one in findings} != {findings[0].refusal}:
        return told
    if findings[0].refusal is None:
        return told
    question = str(wording("findings")["question"][together])
    return [replace(told[0], key=together, question=question, sources=())]


def _verdict(finding: Finding) -> Verdict:
    if finding.refusal is not None:
        return "not yet"
    if _is_worse(finding):
        return "possible"
    return "counted" if finding.question in COUNTED else VERDICTS[finding.verdict]


def _question(finding: Finding, facts: Facts) -> str:
    is_sign = finding.claim_class == "sign" and finding.question == "factor"
    key = "sign" if is_sign else finding.question
    return str(wording("findings")["question"][key]).format(subject=_subject(finding, facts))


def _subject(finding: Finding, facts: Facts) -> str:
    if finding.question == "medicine_days":
        return ahead.family_words(finding, facts)
    return finding.subject


def _is_worse(finding: Finding) -> bool:
    """Whether a treatment is told in the direction that nobody wants."""
    if finding.question not in TREATMENT or finding.refusal is not None:
        return False
    return (finding.chances or {}).get("any_more", 0.0) >= WORSE_FROM


def _told_prior(finding: Finding) -> float | None:
    """Return where the chance began; of a course, what is not believed to help may still act."""
    if not _is_worse(finding) or finding.prior is None:
        return finding.prior
    of_any = of_treatment() if finding.question == "treatment" else of_treatment_on_mood()
    return of_any.pi - finding.prior


def _told_chance(finding: Finding) -> float | None:
    return (finding.chances or {})["any_more"] if _is_worse(finding) else finding.p_real


def _words(finding: Finding, facts: Facts) -> dict[str, str]:
    if finding.refusal is not None:
        return _refusal_words(finding, finding.refusal, facts)
    key = _class(finding) if finding.question == "factor" else finding.question
    row = wording("findings")[key][_row(finding)]
    fields = _fields(finding, facts)
    told = {part: _clean(str(text).format(**fields)) for part, text in row.items()}
    always = wording("findings")["always"]
    if _counts_disagree(finding):
        told["caution"] = f"{always['counts_disagree']} {told['caution']}"
    if _is_of_the_night(finding):
        told["caution"] = f"{always['night']} {told['caution']}"
    if _looks_ahead_with_a_treatment(finding, facts):
        told["caution"] = f"{always['treatments_go_on']} {told['caution']}"
    if finding.by_lag:
        told["caution"] = f"{told['caution']} {_by_lag_words(finding)}"
    if finding.has_changed_lately:
        said = str(always["lately"]).format(lately=_effect_words(finding.lately))
        told["caution"] = f"{said} {told['caution']}"
    if _is_never_without(finding, facts):
        told["caution"] = f"{always['never_without']} {told['caution']}"
    if finding.question in TREATMENT:
        told["caution"] = _clean(f"{told['caution']} {always['treatment']}")
    return told


def _counts_disagree(finding: Finding) -> bool:
    """Whether low days, counted plainly, point away from a claim made on the whole mood scale."""
    pair = finding.pair
    if finding.question not in COUPLING or finding.verdict not in CLAIMED:
        return False
    if pair is None or not pair.days_with or not pair.days_without:
        return False
    return pair.hits_with / pair.days_with <= pair.hits_without / pair.days_without


def _looks_ahead_with_a_treatment(finding: Finding, facts: Facts) -> bool:
    """Whether an outlook rests on a treatment that changed in this diary."""
    columns = [one for family in ("course", "dose") for _, one in facts.table.family(family)]
    known = [one[~np.isnan(one)] for one in columns]
    has_changed = any(one.size and np.ptp(one) > 0 for one in known)
    return finding.question in ("burden", "medicine_days") and has_changed


def _is_never_without(finding: Finding, facts: Facts) -> bool:
    """Whether a treatment's dose changed, and no day of the diary was without it."""
    if finding.question not in TREATMENT:
        return False
    dose = facts.table[f"dose.{finding.subject}"]
    return bool(np.nanmin(dose, initial=np.inf) > 0 and not np.isnan(dose).all())


def _is_of_the_night(finding: Finding) -> bool:
    """Whether a claim is about the night before: the headache may have begun in it."""
    is_last_night = finding.claim_class == "behaviour" and finding.lag_days == (0,)
    return finding.question in FACTORS and is_last_night and finding.verdict in CLAIMED


def _class(finding: Finding) -> str:
    """Return the words' class; a factor that no study is linked to has words of its own."""
    return (finding.claim_class or "exogenous") if finding.source_ids else "unlinked"


def _missing(finding: Finding, facts: Facts) -> int:
    """Return on how many days a thing that the question needs was not recorded."""
    needed = ["headache"]
    needed += ["mood"] if finding.question in (*COUPLING, "treatment_mood") else []
    needed += ["severity"] if finding.question == "severity" else []
    needed += [f"factor.{finding.subject}"] if finding.question in FACTORS else []
    needed += [f"acute.{finding.subject}"] if finding.question == "medicine_days" else []
    unknown = np.isnan([facts.table[name] for name in needed]).any(axis=0)
    return min(int(unknown.sum()), len(facts.table) - finding.days_used)


def _row(finding: Finding) -> str:
    """Name the row of sentences: an answer may run, or lean, the other way."""
    if finding.question in COUNTED:
        return "counted"
    if _is_worse(finding):
        return "worse"
    if finding.question in FACTORS and _is_fewer(finding):
        return f"{finding.verdict}_fewer"
    leans = finding.question in COUPLING and (finding.p_real or 0.0) < LEANS_BELOW
    return "other_way" if finding.verdict == "undecided" and leans else finding.verdict


def _is_fewer(finding: Finding) -> bool:
    """Whether the answer is that headaches begin *less* often after it, or are weaker."""
    if finding.effect is None or finding.verdict not in CLAIMED:
        return False
    same = 1.0 if finding.effect.unit == "odds ratio" else 0.0
    return finding.effect.value < same


def _fields(finding: Finding, facts: Facts) -> dict[str, Any]:
    chance = finding.effect.value if finding.question == "tomorrow" and finding.effect else None
    return {
        "subject": _subject(finding, facts),
        "Subject": finding.subject[:1].upper() + finding.subject[1:],
        "pair": _pair_words(finding, facts),
        "chance": of_100(chance if chance is not None else finding.p_real or 0.0),
        "usual": of_100(finding.usual) if finding.usual is not None else "",
        "drivers": ahead.driver_words(finding),
        "skill": ahead.skill_words(finding),
        "change": _change_words(finding),
        "levels": ahead.level_words(finding),
        "lag": _lag_words(finding),
        "drift": _drift_words(finding),
        "few": _few_words(finding),
        "low": _bound(finding, finding.effect.low) if finding.effect else "",
        "high": _bound(finding, finding.effect.high) if finding.effect else "",
        "last": _last_words(finding, facts),
    }


def _change_words(finding: Finding) -> str:
    if finding.effect is None or finding.question not in TREATMENT:
        return _effect_words(finding.effect)
    said = changes.headache_days if finding.question == "treatment" else changes.mood_points
    return said(finding.effect)


def _bound(finding: Finding, bound: float) -> int:
    return of_100(bound) if finding.question == "tomorrow" else round(bound)


def _last_words(finding: Finding, facts: Facts) -> str:
    last = _last_count(finding, facts)
    if last.unknown:
        return f"{last.hits} of {last.known} known days, {last.unknown} unknown"
    return f"{last.hits} of {last.days} days"


def _last_count(finding: Finding, facts: Facts) -> Count:
    """Return the last days' count of what is looked ahead for."""
    if finding.question != "medicine_days":
        return facts.headache.change.last
    return count(facts.table[f"acute.{finding.subject}"][-OVERUSE_WINDOW:])


def _pair_words(finding: Finding, facts: Facts) -> str:
    pair, sides = finding.pair, _sides(finding, facts)
    if pair is None or sides is None or pair.days_with + pair.days_without == 0:
        return _effect_words(finding.effect)
    joint = sides.outcome.split()[-1]
    return (
        f"{sides.outcome} {pair.hits_with} of {pair.days_with} {sides.with_it}, "
        f"and {joint} {pair.hits_without} of {pair.days_without} {sides.others}."
    )


def _sides(finding: Finding, facts: Facts) -> _Sides | None:
    kind = _kind(finding, facts)
    if finding.question in FACTORS and finding.lag_days == (0,):
        kind = f"same_day_{kind}"
    sides = SIDES.get(kind)
    if sides is None or finding.question != "severity":
        return sides
    return replace(sides, outcome=sides.outcome.replace(BEGAN, "A stronger headache came"))


def _kind(finding: Finding, facts: Facts) -> str:
    """Name the comparison; a factor that was rated is split at the middle, not at yes and no."""
    if finding.question not in FACTORS:
        return finding.question
    return "graded" if _is_graded(facts.table[f"factor.{finding.subject}"]) else "factor"


def _is_graded(column: Column) -> bool:
    return not bool(np.isin(column[~np.isnan(column)], (0.0, 1.0)).all())


def _effect_words(effect: Estimate | None) -> str:
    if effect is None:
        return ""
    if effect.unit == "odds ratio":
        ends = f"likely between {effect.low:.2f} and {effect.high:.2f}"
        return f"The odds ratio is {effect.value:.2f}, {ends}."
    value, low, high = (round(one, 1) + 0.0 for one in (effect.value, effect.low, effect.high))
    return (
        f"The difference is {value:+.1f} {effect.unit}, likely between {low:+.1f} and {high:+.1f}."
    )


def _lag_words(finding: Finding) -> str:
    if finding.best_lag is not None and len(finding.lag_days) > 1:
        days = "day" if finding.best_lag == 1 else "days"
        return f"Most likely {small(finding.best_lag)} {days} later."
    if len(finding.lag_days) > 1:
        first, last = small(min(finding.lag_days)), small(max(finding.lag_days))
        return f"Within {first} to {last} days; we cannot say which."
    return ""


def _few_words(finding: Finding) -> str:
    few = finding.pair is not None and 0 < finding.pair.days_with < FEW_DAYS
    return "So few low days can differ this much by chance." if few else ""


def _by_lag_words(finding: Finding) -> str:
    """Tell an effect by how many days before it was, and what a rarer thing may mean."""
    always = wording("findings")["always"]
    lags = ", ".join(
        f"{number(lag, 'day')} {estimate.value:.2f}" for lag, estimate in finding.by_lag
    )
    avoided = f" {always['may_be_avoided']}" if finding.may_be_avoided else ""
    return str(always["by_lag"]).format(lags=lags) + avoided


def _drift_words(finding: Finding) -> str:
    if not finding.trends_apart:
        return ""
    return "Headache and mood both drifted over these days. That alone can make such a gap."


def _refusal_words(finding: Finding, refusal: Refusal, facts: Facts) -> dict[str, str]:
    row = _refusal_row(finding, refusal)
    said = str(row["sentence"]).format(
        have=refusal.have,
        need=refusal.need,
        unit=refusal.unit,
        wait=_wait_words(refusal),
        bounds=_bounds_words(finding, facts),
        usual=of_100(finding.usual) if finding.usual is not None else "?",
    )
    treatment = finding.question in TREATMENT
    counts = finding.question == "treatment" and refusal.reason in COUNTS_STAND
    return {
        "answer": str(row["answer"]),
        "sentence": _clean(f"{said} {_treatment_counts(finding, facts)}" if counts else said),
        "caution": str(wording("findings")["always"]["treatment"]) if treatment else "",
        "would_change": "",
    }


def _refusal_row(finding: Finding, refusal: Refusal) -> dict[str, str]:
    """Return a refusal's words; "how they begin" is no reason where nobody asked about it."""
    rows: dict[str, dict[str, str]] = wording("findings")["refusal"]
    asks_of_starts = finding.question in ("factor", "mood_to_headache")
    is_daily = refusal.reason == "too_close" and not asks_of_starts
    return rows["every_day" if is_daily else refusal.reason]


def _wait_words(refusal: Refusal) -> str:
    if refusal.have is None or refusal.need is None or refusal.need <= refusal.have:
        return ""
    more = f"{refusal.need - refusal.have} more to go"
    if not refusal.weeks:
        return f"{more}."
    if refusal.weeks > LONG_WAIT_WEEKS:
        return f"{more}; at the pace of this diary that would take years."
    return f"{more}, about {number(refusal.weeks, 'week')} at the pace of this diary."


def _bounds_words(finding: Finding, facts: Facts) -> str:
    last = _last_count(finding, facts)
    named = finding.question == "medicine_days"
    what = f"{ahead.family_words(finding, facts)} was taken" if named else "headache came"
    return (
        f"{what[:1].upper()}{what[1:]} on {last.hits} to {last.most} of the last {last.days} days, "
        f"depending on {number(last.unknown, 'unknown day')}."
    )


def _treatment_counts(finding: Finding, facts: Facts) -> str:
    pair = finding.pair
    if pair is None:
        return ""
    said = (
        f"Headache before the first change: {pair.hits_without} of {pair.days_without} days; "
        f"between the first and the last: {_between(pair, facts)}; "
        f"after the last: {pair.hits_with} of {pair.days_with} days."
    )
    course = next((c for c in facts.medication.courses if c.name == finding.subject), None)
    if course is not None and len(course.change_rows) > 1:
        weeks = max(1, round((course.change_rows[-1] - course.change_rows[0]) / 7))
        said += f" The dose changed {small(len(course.change_rows))} times in {small(weeks)} weeks."
    return said


def _between(pair: Pair, facts: Facts) -> str:
    whole = facts.headache.whole
    hits = whole.hits - pair.hits_with - pair.hits_without
    return f"{hits} of {whole.known - pair.days_with - pair.days_without} days"


def _groups(finding: Finding, facts: Facts) -> tuple[Group, ...]:
    pair, sides = finding.pair, _sides(finding, facts)
    if pair is None or sides is None or finding.refusal is not None:
        return ()
    if pair.days_with + pair.days_without == 0:
        return ()  # no rule says what a low day is: "0 of 0 days" tells nothing
    if finding.question in TREATMENT:
        return ()  # drawn side by side, before and after would look like the answer
    return _both(pair, sides)


def _both(pair: Pair, sides: _Sides) -> tuple[Group, ...]:
    return (
        Group(sides.with_label, pair.hits_with, pair.days_with),
        Group(sides.other_label, pair.hits_without, pair.days_without),
    )


NUMBER_LABELS = {
    "mood_to_headache": "Odds ratio of a headache, low mood against usual",
    "headache_to_mood": "Change in the next day's mood after a headache",
    "same_day": "Difference in mood on headache days",
    "factor": "Odds ratio of a start, with it against without",
    "graded": "Odds ratio of a start, for a usual swing of it",
    "severity": "Difference in how strong the headache is",
    "treatment": "Change in headache days at its full effect",
    "treatment_mood": "Change in mood at its full effect",
    "tomorrow": "Chance of a headache tomorrow",
    "burden": "Headache days in the next 28 days",
    "medicine_days": "Days with {subject} in the next 30 days",
}


def _number(finding: Finding, facts: Facts) -> Number | None:
    effect = finding.effect
    if effect is None:
        return None
    kind = "severity" if finding.question == "severity" else _kind(finding, facts)
    label = NUMBER_LABELS.get(kind, "").format(subject=_subject(finding, facts))
    if finding.question == "tomorrow":
        chance, low, high = (float(of_100(p)) for p in (effect.value, effect.low, effect.high))
        return Number(label, chance, low, high, "of 100")
    return Number(label, effect.value, effect.low, effect.high, effect.unit)


def _usual(finding: Finding, facts: Facts) -> float | None:
    """Return the tick beside the number: the usual day (of 100), or the last 28 days' count."""
    if finding.question in ("burden", "medicine_days"):
        last = _last_count(finding, facts)
        return float(last.hits) if finding.refusal is None and not last.unknown else None
    return None if finding.usual is None else _chance(finding.usual)


def _chance(p: float | None) -> float | None:
    return None if p is None else round(100 * p, 1)


def _not_yet(refusal: Refusal | None) -> NotYet | None:
    if refusal is None or refusal.have is None or refusal.need is None:
        return None
    if refusal.need <= refusal.have or refusal.reason == "no_variation":
        return None
    return NotYet(refusal.have, refusal.need, refusal.unit)


def _sources(finding: Finding) -> tuple[str, ...]:
    rows = [claims()[one] for one in finding.source_ids if one in claims()]
    return tuple(dict.fromkeys(cited for row in rows for cited in _cited(row)))


def _cited(row: Claim) -> list[str]:
    named = [source for source in row.sources if source.title != "not found"]
    return [
        f"{source.title}" + ("" if source.link == "not found" else f", {source.link}")
        for source in named
    ]


def _clean(text: str) -> str:
    return " ".join(text.split())
