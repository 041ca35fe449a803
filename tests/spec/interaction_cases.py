"""What the interaction tests share: a list of medicines and a case, as a table writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from twofold.facts.answers import Answers
from twofold.facts.shelf import shelf
from twofold.guidance.interactions import Checked, Interaction, check
from twofold.knowledge.interaction import Locale


def answers_of(case: Mapping[str, Any]) -> Answers:
    known = {name: tuple(told) if isinstance(told, list) else told for name, told in case.items()}
    return Answers.of().having(**known)


def checked(
    medicines: Iterable[str], case: Mapping[str, Any] | None = None, *, locale: Locale = "US"
) -> Checked:
    return check(shelf(medicines), answers_of(case or {}), locale=locale)


def found(told: Checked, rule: str) -> Interaction | None:
    return next((one for one in told.found if one.id == rule), None)


def asked(told: Checked, rule: str) -> set[str]:
    return {one.about for one in told.ask if rule in one.rules}
