"""The first sentence: what matters most, from counts alone, and what another line would say."""

from __future__ import annotations

from twofold.facts.counting import Change, Count
from twofold.facts.facts import Facts, Threshold
from twofold.facts.headache import HeadacheFacts
from twofold.facts.mood import MoodFacts
from twofold.report.words import number

HEADACHE_CHANGE = {
    "fewest": "Your headache days became fewer.",
    "most": "Your headache days became more.",
}
MOOD_CHANGE = {
    "fewest": "Low days became fewer.",
    "most": "Low days became more common.",
}


def first_sentence(headache: HeadacheFacts, mood: MoodFacts) -> str:
    """Return the sentence that stands first, at most about twelve words."""
    parts = [_headache_part(headache), _mood_part(mood)]
    return " ".join(part for part in parts if part)


def _headache_part(headache: HeadacheFacts) -> str:
    if headache.change.kind in HEADACHE_CHANGE:
        return HEADACHE_CHANGE[headache.change.kind]
    if headache.whole.known == 0:
        return "No day tells yet whether there was a headache."
    if _has_only_headache_days(headache.whole):
        return f"Headache is written down on {headache.whole.hits} of {headache.whole.days} days."
    if headache.change.kind == "between":
        return f"Headache on {of_known(headache.change.last)} days lately."
    return f"Headache on {of_known(headache.whole)} days that we know."


def _mood_part(mood: MoodFacts) -> str:
    return MOOD_CHANGE.get(mood.change.kind, "") if mood.change is not None else ""


def _has_only_headache_days(whole: Count) -> bool:
    return whole.hits == whole.known and whole.unknown > 0


def first_counts(facts: Facts) -> str:
    """Return the counts behind the first sentence, with their denominators."""
    parts = [_counted("Headache", facts.headache.change, facts.headache.whole)]
    if facts.mood.change is not None and facts.mood.low is not None:
        parts.append(_counted("Low mood", facts.mood.change, facts.mood.low))
    return " ".join(parts)


def _counted(what: str, change: Change, whole: Count) -> str:
    if _has_only_headache_days(whole):
        known = number(whole.hits, "day")
        return f"{what} is known on {known}. The other {whole.unknown} are unknown."
    if change.kind == "mostly_unknown":
        last = change.last
        if last.known == 0:
            before = f"Before: {of_known(whole)} days."
            return f"{what}: none of the last {last.days} days is known. {before}"
        return (
            f"{what} came on {last.hits} to {last.most} of the last {last.days} days, "
            f"depending on {number(last.unknown, 'unknown day')}."
        )
    said = f"{what} came on {change.last.hits} of the last {_days(change.last)}."
    if change.kind == "too_short" or not change.earlier:
        return said
    least, most = min(one.hits for one in change.earlier), max(one.most for one in change.earlier)
    return f"{said[:-1]}; in any 28 days before that, on {least} to {most}."


def _days(count: Count) -> str:
    if count.unknown == 0:
        return f"{count.days} days"
    return f"{count.days} days, {count.unknown} of them unknown"


def of_known(count: Count) -> str:
    """Return a count with its denominator: "21 of 28"."""
    return f"{count.hits} of {count.known}"


def qualification(facts: Facts) -> str:
    """Say whether the first sentence hangs on where the headache line is drawn.

    Empty when the diary has one line only.
    """
    used = [line for line in facts.thresholds if line.is_used]
    others = [line for line in facts.thresholds if not line.is_used]
    if not used or not others:
        return ""
    said = first_sentence(used[0].headache, facts.mood)
    differing = [line for line in others if first_sentence(line.headache, facts.mood) != said]
    if not differing:
        return "It reads the same with each of the other lines that we tried (see the end)."
    told = " ".join(_told(line, facts) for line in differing)
    return f"This holds when a headache day means {used[0].at_least:g} or more. {told}"


def _told(line: Threshold, facts: Facts) -> str:
    sentence = first_sentence(line.headache, facts.mood)
    return f"Counted from {line.at_least:g} or more, it would read: “{sentence}”"
