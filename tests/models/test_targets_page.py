"""The page of targets is typed by hand; every figure on it must stand in a page that was made.

Each goal's figures are looked up in the made pages and put as the targets page
puts them. A made page that changes, or a figure that is mistyped, fails here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
GOAL, MEASURED = 0, 1
Table = list[dict[str, str]]


@cache
def tables(page: str) -> dict[str, Table]:
    """Return a page's tables by the heading above them; a second column of a name is "name 2"."""
    found: dict[str, Table] = {}
    heading, columns = "", []
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading, columns = line.lstrip("# "), []
        elif not line.startswith("|"):
            columns = []
        elif not columns:
            columns = _named(_cells(line))
            found.setdefault(f"{heading} 2" if heading in found else heading, [])
        elif not line.startswith("|---"):
            last = f"{heading} 2" if f"{heading} 2" in found else heading
            found[last].append(dict(zip(columns, _cells(line), strict=True)))
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _named(columns: list[str]) -> list[str]:
    return [
        name if columns[:i].count(name) == 0 else f"{name} {columns[:i].count(name) + 1}"
        for i, name in enumerate(columns)
    ]


def cell(page: str, heading: str, column: str, **keys: str) -> str:
    """Return one cell of a made page."""
    (row,) = [one for one in tables(page)[heading] if all(one[key] == keys[key] for key in keys)]
    return row[column]


def bare(number: str) -> str:
    """Drop the zero before the point, as the targets page does.

    >>> bare("0.045 (0.032–0.065)")
    '.045 (.032–.065)'
    """
    return re.sub(r"\b0\.", ".", number)


def share(number: str) -> str:
    """Return a share without its interval."""
    return bare(number).split(" ")[0]


def points(gap: str) -> str:
    """Return a gap of chances in points, without its sign."""
    return f"{100 * abs(float(gap)):.1f}"


LONE, COHORT, TRUE = "tables only", "with a cohort", "true hyper-parameters"
FACTORS, SAID, SIZES = "What comes before a headache", "Said and true", "Intervals and sizes"


def worlds(heading: str, column: str, world: str, beliefs: str) -> str:
    return cell("worlds.md", heading, column, world=world, beliefs=beliefs)


def learning(heading: str, column: str, world: str, beliefs: str = COHORT) -> str:
    return cell("learning.md", heading, column, world=world, beliefs=beliefs)


def arrows(column: str, beliefs: str) -> str:
    return worlds("Mood and headache", column, "base, 365 days", beliefs).split(";")[0]


def tomorrow(column: str, beliefs: str, days: int) -> float:
    return float(worlds("Tomorrow", column, f"base, {days} days", beliefs))


def ahead(column: str, world: str, days: int) -> str:
    page = "treatment_and_burden.md"
    return cell(page, "The next 28 days", column, world=world, days=str(days))


def treated(column: str, *worlds: str) -> list[str]:
    rows = tables("treatment_and_burden.md")["What a treatment did"]
    asked = worlds or ("treatment", "treatment_worst")
    return [share(one[column]) for one in rows if one["world"] in asked]


def exact(column: str) -> list[tuple[str, str]]:
    rows = tables("gibbs.md")["Against exact sampling"]
    return [tuple(re.findall(r"[\d.]+", one[column])) for one in rows]


def _range(values: list[str]) -> str:
    ordered = sorted(values, key=float)
    return f"{ordered[0]}–{ordered[-1]}"


def figures() -> dict[str, list[str]]:
    """Return, by the beginning of a goal, what its row must say."""
    clear, pooled = "false share of clear", "false share, pooled"
    inside, of_clear, size = "95 % intervals hold", "of clear", "size told / true"
    b365, b90, h365 = "base, 365 days", "base, 90 days", "half, 365 days"
    gap, ranked = "largest gap", "power, ranked"
    return {
        "False share": [
            f"{bare(worlds(FACTORS, clear, b365, LONE))} from tables only",
            f"{bare(learning(FACTORS, clear, b365))} with a cohort",
            f"half effects, tables only, {bare(worlds(FACTORS, clear, h365, LONE))[:-1]}; "
            f"{worlds(FACTORS, 'clear', h365, LONE)} claims",
        ],
        "The same, pooled": [
            f"Base {bare(learning(FACTORS, pooled, b365))} with a cohort",
            f"half effects {bare(learning(FACTORS, pooled, h365))} with a cohort",
            f"and {share(worlds(FACTORS, pooled, h365, LONE))} from tables only",
        ],
        "People with any false": [
            f"{bare(worlds(FACTORS, 'people with a false one', 'null, 365 days', LONE))} at 365",
            f"{learning(FACTORS, 'clear', 'null, 365 days')} of "
            f"{learning(FACTORS, 'people', 'null, 365 days')} with a cohort",
        ],
        "Power of the ranking": [
            f"{share(learning(FACTORS, ranked, name))} against "
            f"{share(learning(FACTORS, ranked, name, TRUE))} at {name.split()[1]}"
            for name in (b365, b90)
        ],
        "Said less true": [
            f"base {points(learning(SAID, gap, b365))} and {points(learning(SAID, gap, b90))} points",
            f"half effects {points(learning(SAID, gap, h365))} and "
            f"{points(learning(SAID, gap, 'half, 90 days'))}",
            f"wrong tables {points(learning(SAID, gap, 'wrong_evidence, 365 days'))} and "
            f"{points(learning(SAID, gap, 'wrong_evidence, 90 days'))}",
        ],
        "95 % intervals": [
            f"Base with a cohort {share(learning(SIZES, inside, b365))} and "
            f"{share(learning(SIZES, of_clear, b365))}",
            f"half effects {share(learning(SIZES, inside, h365))} and "
            f"{share(learning(SIZES, of_clear, h365))}",
            f"double effects {share(learning(SIZES, inside, 'double, 365 days'))} and "
            f"{share(learning(SIZES, of_clear, 'double, 365 days'))}",
        ],
        "Claimed sizes": [
            f"Base {bare(learning(SIZES, size, b365))} with a cohort",
            f"{worlds(SIZES, size, b365, LONE)} alone",
            f"half effects {learning(SIZES, size, h365)} with a cohort and "
            f"{learning(SIZES, size, h365, LONE)} alone",
        ],
        "Arrows at 365 days, false": [
            f"headache → mood {share(arrows('headache → mood, false', COHORT))}",
            f"mood → headache {bare(arrows('mood → headache, false', COHORT))}",
            f"alone {share(arrows('mood → headache, false', LONE))} and "
            f"{share(arrows('headache → mood, false', LONE))}",
        ],
        "Arrows at 365 days, found": [
            f"{share(arrows('found', beliefs))} and {share(arrows('found 2', beliefs))} {words}"
            for beliefs, words in ((COHORT, "with a cohort"), (LONE, "alone"))
        ]
        + [f"hyper-parameters {share(arrows('found', TRUE))} and {share(arrows('found 2', TRUE))}"],
        "Treatment: false": [
            _range(treated('false "clear", told', "treatment_worst")) + ' "clear"',
            _range(treated("false P ≥ .9, told", "treatment_worst")) + " at P ≥ .9",
        ],
        "Treatment: said": [
            f"intervals {_range([*treated('log-odds inside'), *treated('days per 28 inside')])}",
        ],
        "Tomorrow at 90 days": [
            f"With a cohort {_two(tomorrow('share of oracle', COHORT, 90))}",
            f"{_two(tomorrow('with signs', COHORT, 90))} against the one that does",
            f"alone {_two(tomorrow('share of oracle', LONE, 90))} and "
            f"{_two(tomorrow('with signs', LONE, 90))}",
        ],
        "Share of the oracle's Brier": [
            "With a cohort " + _shares("Brier skill, share of oracle", COHORT),
            _shares("with signs 2", COHORT) + " against the second",
            "alone " + _shares("Brier skill, share of oracle", LONE),
        ],
        "Calibration slope": [
            f"With a cohort {_ends('slope', COHORT, 2)} and {_ends('ECE', COHORT, 3)}",
            f"alone {_ends('slope', LONE, 2)} and {_ends('ECE', LONE, 3)}",
        ],
        "Next 28 days": [
            f"{share(ahead('inside', 'base', 90))} and {ahead('width, days', 'base', 90)}",
            f"strongly missing days {share(ahead('inside', 'mnar_strong', 90))}",
            "with a course of treatment "
            + _range(
                [
                    share(ahead("inside", world, days))
                    for world in ("treatment", "treatment_worst")
                    for days in (120, 240, 365)
                ]
            ),
        ],
        "P(real) against": [
            f"{_range([bare(one[0]) for one in exact('engine, RMSE / largest')])}, halves "
            f"{_range([bare(one[0]) for one in exact('halves, RMSE')])}",
        ],
        "Speed": _speed(),
    }


def _two(value: float) -> str:
    return bare(f"{value:.2f}")


def _shares(column: str, beliefs: str) -> str:
    return " / ".join(f"{100 * tomorrow(column, beliefs, days):.0f}" for days in (90, 365)) + " %"


def _ends(column: str, beliefs: str, digits: int) -> str:
    return _range([bare(f"{tomorrow(column, beliefs, days):.{digits}f}") for days in (90, 365)])


def _speed() -> list[str]:
    rows = tables("speed.md")["People a second, and one person"]
    many = [one["people a second, onset equation (columns made and fitted)"] for one in rows]
    memory = re.findall(r"([\d,]+) people: (\d+ MB)", (DOCS / "speed.md").read_text("utf-8"))
    return [
        f"{rows[0]['one person, fitted']} in NumPy",
        f"{many[0]} and {many[1]} a second",
        f"{memory[0][1]} for {memory[0][0]} and for {memory[-1][0]} people",
    ]


def rows() -> dict[str, list[str]]:
    """Return the cells of the targets page, by goal."""
    text = (DOCS / "targets.md").read_text(encoding="utf-8")
    table = [_cells(line) for line in text.splitlines() if line.startswith("| ")]
    return {cells[GOAL]: cells for cells in table if len(cells) == 3 and cells[GOAL] != "goal"}


def measured(goal: str) -> str:
    (cells,) = [cells for name, cells in rows().items() if name.startswith(goal)]
    return cells[MEASURED]


GOALS = tuple(figures())


@pytest.mark.parametrize("goal", GOALS)
def test_what_the_targets_page_says_stands_in_a_page_that_was_made(goal: str) -> None:
    said = measured(goal)
    for figure in figures()[goal]:
        assert figure in said, f"not on the page: {figure}"


@pytest.mark.parametrize("goal", GOALS)
def test_no_figure_with_a_point_stands_on_the_targets_page_that_no_made_page_has(
    goal: str,
) -> None:
    found = set(re.findall(r"\d*\.\d+", " ".join(figures()[goal])))
    limits = set(re.findall(r"\d*\.\d+", next(one for one in rows() if one.startswith(goal))))
    said = re.sub(r"P ≥ \.\d+|\]\([^)]*\)", "", measured(goal))
    assert set(re.findall(r"\d*\.\d+", said)) <= found | limits


def test_every_goal_but_real_diaries_is_looked_up() -> None:
    left = [name for name in rows() if not any(name.startswith(goal) for goal in GOALS)]
    assert [name.split(":")[0] for name in left] == ["Real sets"]


def test_the_comparison_with_glmmtmb_has_the_ratios_of_its_own_seconds() -> None:
    made = tables("targets.md")["Against R's glmmTMB"]
    for people in {one["people"] for one in made}:
        same = [one for one in made if one["people"] == people]
        first = float(same[0]["seconds"])
        for one in same:
            ratio = first / float(one["seconds"])
            assert float(one["times glmmTMB"].replace(",", "")) == pytest.approx(ratio, rel=0.02)
            rate = float(people.replace(",", "")) / float(one["seconds"])
            assert float(one["people a second"].replace(",", "")) == pytest.approx(rate, rel=0.02)
