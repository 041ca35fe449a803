"""How a look ahead is told: chances in plain counts of 100, the whole outlook, what unknown days
leave open, and, kept apart from it, what studies found about other people.
"""

from __future__ import annotations

from twofold.facts.facts import Facts
from twofold.inference.finding import Finding
from twofold.knowledge.figure import GroupFigure
from twofold.knowledge.load import figures, wording
from twofold.knowledge.medicine import families
from twofold.report.report import AboutOthers, Chance, Outlook
from twofold.report.words import be, number, of_100

OPEN_FROM = 0.1
"""Share of unknown days from which it is said what they would change."""
AT_LEAST = "at_least_"
WORTH_RAISING_FROM = 0.5


def chances(finding: Finding) -> tuple[Chance, ...]:
    """Return the named chances of an answer, in words and of 100."""
    if finding.refusal is not None:
        return ()
    labels = wording("findings")["chances"]
    told = []
    for name, chance in (finding.chances or {}).items():
        if name.startswith(AT_LEAST):
            days = name.removeprefix(AT_LEAST)
            told.append(Chance(str(labels["at_least"]).format(days=days), _of_100(chance)))
        elif name in labels:
            told.append(Chance(str(labels[name]), _of_100(chance)))
    return tuple(told)


def outlook(finding: Finding) -> Outlook | None:
    """Return how likely each count of days to come is; ``None`` where none was worked out."""
    if finding.refusal is not None or not finding.distribution:
        return None
    lines = [name.removeprefix(AT_LEAST) for name in finding.chances or {} if AT_LEAST in name]
    shares = tuple(round(100 * share, 1) for share in finding.distribution)
    return Outlook(shares, tuple(int(line) for line in lines))


def open_days(finding: Finding) -> str:
    """Say what many unknown days would change about the usual count; "" when they are few."""
    days = finding.days_used + finding.days_missing
    if finding.refusal is not None or not finding.bounds:
        return ""
    if finding.days_missing < OPEN_FROM * max(days, 1):
        return ""
    alike, likeliest = finding.bounds[0], finding.bounds[-1]
    said = str(wording("findings")["always"]["open_days"])
    return said.format(
        unknown=f"{number(finding.days_missing, 'day')} {be(finding.days_missing)}",
        alike=number(round(alike.value), "headache day"),
        likeliest=round(likeliest.value),
        low=round(alike.low),
        high=round(alike.high),
    )


def about_others(finding: Finding) -> tuple[AboutOthers, ...]:
    """Return what studies of other people found; nothing beside a refusal."""
    if finding.refusal is not None or finding.usual is None:
        return ()
    usual = round(finding.usual)
    rows = [one for one in figures().values() if one.question == finding.question]
    return tuple(_about(one) for one in rows if one.usual[0] <= usual <= one.usual[1])


def driver_words(finding: Finding) -> str:
    """Name the factors behind a forecast; "" when none is more likely real than not."""
    if not finding.drivers:
        return ""
    return str(wording("findings")["always"]["drivers"]).format(drivers=", ".join(finding.drivers))


def skill_words(finding: Finding) -> str:
    """Say by how much forecasts of days that had come were better than the usual day."""
    said = str(wording("findings")["always"]["skill"])
    return said.format(skill=of_100(finding.skill or 0.0))


def family_words(finding: Finding, facts: Facts) -> str:
    """Return how a family of acute medicine is called."""
    named = (one.label for one in facts.medication.acute if one.family == finding.subject)
    return next(named, finding.subject)


def level_words(finding: Finding) -> str:
    """Return from how many days overuse headache becomes more likely; "" where no table says it.

    Where the first such count is more likely than not, it is worth raising.
    """
    family = families().get(finding.subject)
    if family is None or not family.level_days:
        return ""
    row = wording("findings")["always"]
    levels = " or ".join(str(days) for days in family.level_days)
    said = str(row["levels" if len(family.level_days) > 1 else "level"]).format(levels=levels)
    first = (finding.chances or {}).get(f"{AT_LEAST}{min(family.level_days)}", 0.0)
    return f"{said} {row['worth_raising']}" if first >= WORTH_RAISING_FROM else said


def _about(figure: GroupFigure) -> AboutOthers:
    source = figure.sources[0]
    link = "" if source.link == "not found" else f", {source.link}"
    return AboutOthers(figure.sentence, f"{source.title}{link}", figure.confidence)


def _of_100(chance: float) -> float:
    return float(of_100(chance))
