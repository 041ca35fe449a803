"""Mood before headache, headache before mood: what was said, against what was so."""

from __future__ import annotations

from worlds.lives import Lives

from truth.cells import Cell
from truth.cohorts import learnt, parts, true_state
from twofold.inference.answer import fit_onset
from twofold.inference.cohort_state import CohortState
from twofold.inference.coupling import headache_to_mood, mood_to_headache
from twofold.inference.finding import Finding
from twofold.knowledge.load import claims

LINE = 0.8


def arrows(cell: Cell) -> Cell:
    """Ask one person after the other, by the very functions that the report uses."""
    taught = learnt(cell["world"], days=cell["days"], seed=cell["seed"])
    rows: dict[str, list[tuple]] = {}
    for lives in parts(cell["world"], people=cell["people"], days=cell["days"], seed=cell["seed"]):
        beliefs = {"lone": None, "cohort": taught, "true": true_state(lives, taught)}
        for person in range(len(lives.truth.headache)):
            for name, state in beliefs.items():
                rows.setdefault(name, []).append(_asked(lives, person, state))
    return {name: _counts(one) for name, one in rows.items()}


def _asked(lives: Lives, person: int, state: CohortState | None) -> tuple:
    told, truth, table = lives.claims(claims()), lives.truth, lives.table(person)
    onset = fit_onset(table, told, state=state)
    first = mood_to_headache(table, told, onset=onset, state=state)
    second = headache_to_mood(table, told, state=state)
    return (
        _p(first), _p(second), bool(truth.mood_to_headache[person]),
        bool(truth.headache_to_mood[person]), bool(truth.mood_dips_first[person]),
        _lag_is_right(first, int(truth.mood_lag[person])),
    )  # fmt: skip


def _p(finding: Finding) -> float:
    return -1.0 if finding.p_real is None else finding.p_real


def _lag_is_right(finding: Finding, lag: int) -> int:
    """Return 1 for the right lag, 0 for the wrong one, -1 where none was named."""
    return -1 if finding.best_lag is None else int(finding.best_lag == lag)


def _counts(rows: list[tuple]) -> Cell:
    """Return, for each arrow, [over the line, answered, people] without and with the effect."""

    def over(at: int, wanted: list[tuple]) -> list[int]:
        said = [row[at] for row in wanted]
        return [sum(p > LINE for p in said), sum(p >= 0 for p in said), len(said)]

    plain = [row for row in rows if not row[4]]
    named = [row[5] for row in plain if row[2] and row[5] >= 0]
    return {
        "mood_false": over(0, [row for row in plain if not row[2]]),
        "mood_found": over(0, [row for row in plain if row[2]]),
        "mood_signs": over(0, [row for row in rows if row[4] and not row[2]]),
        "carry_false": over(1, [row for row in rows if not row[3]]),
        "carry_found": over(1, [row for row in rows if row[3]]),
        "lag_right": [sum(named), len(named)],
    }
