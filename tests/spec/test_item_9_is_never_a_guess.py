"""The one error that must be impossible: an unasked suicide question read as "no".

First the type, then every rule of the tables, then every public door that takes
answers, and last the source itself.
"""

from __future__ import annotations

import ast
import itertools
import operator
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twofold
from twofold.diary.item9 import Answered, Item9, NotAsked, answer_of, item9_of
from twofold.errors import RecordError
from twofold.facts.answers import Answers, of_case
from twofold.facts.scales import score, score_items, total_only
from twofold.intake.case_file import case_of
from twofold.knowledge.condition import condition
from twofold.knowledge.field import Field, fields
from twofold.knowledge.load import rows
from twofold.safety.assess import Safety, assess

SOURCE = Path(twofold.__file__).parent
TYPE = SOURCE / "diary" / "item9.py"

# --- the type ---------------------------------------------------------------------------------------

ORDER: list[Callable[[Any, Any], Any]] = [operator.lt, operator.le, operator.gt, operator.ge]
READINGS: list[Callable[[Any], Any]] = [bool, int, float, operator.index, operator.not_, range, max]
STATES = [NotAsked(), Answered(0), Answered(1), Answered(2), Answered(3)]


@pytest.mark.parametrize("state", STATES, ids=str)
@pytest.mark.parametrize("reading", READINGS, ids=lambda one: one.__name__)
def test_the_question_has_no_truth_value_and_is_no_number(
    state: Item9, reading: Callable[[Any], Any]
) -> None:
    with pytest.raises(TypeError):
        reading(state)


@pytest.mark.parametrize("state", STATES, ids=str)
@pytest.mark.parametrize("compare", ORDER, ids=lambda one: one.__name__)
@pytest.mark.parametrize("other", [0, 1, 0.5, None, NotAsked(), Answered(0)], ids=str)
def test_the_question_has_no_order_not_even_among_answers(
    state: Item9, compare: Callable[[Any, Any], Any], other: object
) -> None:
    with pytest.raises(TypeError):
        compare(state, other)
    with pytest.raises(TypeError):
        compare(other, state)


@pytest.mark.parametrize("join", [operator.add, operator.mul, operator.sub, operator.or_])
def test_nothing_can_be_added_to_a_question_that_was_not_asked(
    join: Callable[[Any, Any], Any],
) -> None:
    for number in (0, 1):
        with pytest.raises(TypeError):
            join(NotAsked(), number)
        with pytest.raises(TypeError):
            join(number, NotAsked())


@pytest.mark.parametrize("answer", [0, 1, 2, 3, False, "no", "", None])
def test_not_asked_equals_no_answer_at_all(answer: object) -> None:
    assert NotAsked() != answer
    if isinstance(answer, int) and not isinstance(answer, bool):
        assert NotAsked() != Answered(answer)


def test_only_an_answer_of_0_to_3_is_an_answer() -> None:
    for answer in (-1, 4, True, False, 0.0, "0", None):
        with pytest.raises(RecordError):
            Answered(answer)  # type: ignore[arg-type]


def test_there_and_back_nothing_becomes_0() -> None:
    assert [item9_of(answer) for answer in (None, 0, 1, 2, 3)] == STATES
    assert [answer_of(state) for state in STATES] == [None, 0, 1, 2, 3]


# --- the rules of the tables ------------------------------------------------------------------------


def conditions_in_tables() -> Iterator[str]:
    """Give every line of every table that names item 9 and is a condition."""
    for file in sorted((SOURCE / "knowledge").rglob("*.toml")):
        for text in strings(tomllib.loads(file.read_text("utf-8"))):
            if "item9" in text:
                yield from readable(text)


def strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from itertools.chain.from_iterable(map(strings, value.values()))
        case list():
            yield from itertools.chain.from_iterable(map(strings, value))


def readable(text: str) -> Iterator[str]:
    try:
        named = condition(text).names
    except twofold.TwofoldError:
        return  # a sentence, an alias, the id of the field
    if "item9" in named:
        yield text


LINES = sorted(set(conditions_in_tables()))


def test_tables_name_item_9_in_several_rules() -> None:
    assert len(LINES) >= 5 and "item9 >= 1" in LINES


def some(field: Field) -> st.SearchStrategy[Any]:
    """Draw an answer to a field, or none."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "yes_no": st.booleans(),
        "number": st.integers(int(field.low or 0), int(field.high or 60)),
        "choice": st.sampled_from(field.choices or ("other",)),
        "list": st.lists(st.sampled_from(field.choices or ("sertraline",)), max_size=2).map(tuple),
        "text": st.sampled_from(["a quiet day", "I want to die", ""]),
    }
    return st.none() | kinds[field.kind]


@pytest.mark.parametrize("line", LINES)
@given(data=st.data())
def test_a_rule_that_is_decided_while_item_9_is_unknown_is_so_for_every_answer(
    line: str, data: st.DataObject
) -> None:
    rule = condition(line)
    if "known(item9)" in line:
        return
    told = {name: data.draw(some(fields()[name])) for name in rule.names - {"item9"}}
    unknown = rule.holds(Answers.of(told))
    answered = {rule.holds(Answers.of(told, Answered(n))) for n in range(4)}
    assert unknown is None or answered == {unknown}


@pytest.mark.parametrize(
    "line", ["item9 >= 1", "item9 == 0", "item9 < 1", "not item9 >= 1", "not (item9 == 0)"]
)
def test_neither_a_rule_nor_its_opposite_holds_while_item_9_was_not_asked(line: str) -> None:
    assert condition(line).holds(Answers.of()) is None
    assert condition(line).open(Answers.of()) == ("item9",)


# --- every public door that takes answers -------------------------------------------------------------

DEPRESSION = [row for row in rows("scales", "scale") if row.get("is_depression_scale")]
TOTALS = [row["id"] for row in DEPRESSION if row["id"] in fields()]


@pytest.mark.parametrize("scale", TOTALS)
def test_a_depression_total_without_item_9_asks_it_and_lets_no_option_through(scale: str) -> None:
    low = fields()[scale].low or 0
    safety = assess(Answers.of({scale: int(low)}))
    assert safety.must_ask == ("item9",) and safety.hides_options
    assert safety.flow == "not asked" and safety.item9 == NotAsked()
    assert "That is not a no." in " ".join(safety.lines())


def test_every_depression_scale_and_each_of_its_parts_is_among_those() -> None:
    (rule,) = rows("criteria", "ask_item9")
    used = condition(rule["when"]).names
    assert set(TOTALS) <= used and {"phq9_affective", "phq9_somatic", "item10"} <= used
    assert len(TOTALS) >= 7


def names_in_safety() -> list[str]:
    """Give every field that a rule of safety names, other than item 9, and a few that none does."""
    lines = [
        row[key]
        for kind in KINDS
        for row in rows("criteria", kind)
        for key in ("when", "unless")
        if key in row
    ]
    lines += [
        step["when"]
        for row in rows("criteria", "emergency")
        for step in row["step"]
        if "when" in step
    ]
    named = {name for line in lines for name in condition(line).names}
    return sorted((named | {"current", "free_text", "days_since_check", "gad7"}) - {"item9"})


KINDS = ("trigger", "heading", "ask_item9", "step", "emergency", "flag", "quiet")
CASES = st.lists(st.sampled_from(names_in_safety()), max_size=10, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: some(fields()[name]) for name in names})
)


@given(CASES)
def test_whatever_else_is_answered_an_unasked_item_9_is_never_told_as_nothing(
    told: dict[str, Any],
) -> None:
    safety = assess(Answers.of(told))
    assert safety.flow != "none" and safety.item9 == NotAsked()
    if safety.flow != "S2a":
        assert "not asked" in " ".join(safety.lines())
    if told.get("phq9") is not None:
        assert safety.hides_options


@given(CASES, st.integers(1, 3))
def test_whatever_else_is_answered_an_item_9_of_1_or_more_opens_the_page(
    told: dict[str, Any], answer: int
) -> None:
    safety = assess(Answers.of(told, Answered(answer)))
    assert safety.opens_page and safety.hides_options and "item9" in safety.triggers
    assert safety.page is not None and safety.page.numbers[0].label == "Emergency"


@given(CASES)
def test_asking_item_9_never_takes_a_sign_away(told: dict[str, Any]) -> None:
    before = assess(Answers.of(told))
    for answer in range(4):
        after = assess(Answers.of(told, Answered(answer)))
        assert set(before.triggers) <= set(after.triggers)
        assert {f.id for f in before.flags} <= {f.id for f in after.flags}


def test_a_case_without_the_key_and_a_case_with_null_leave_it_unasked() -> None:
    for case in ({}, {"phq9": 3}, {"item9": None}, {"item9": "not asked"}, {"item9": ""}):
        assert of_case(case_of(case)).item9 == NotAsked()
        assert of_case(case_of(case))["item9"] is None
    assert of_case(case_of({"item9": 0})).item9 == Answered(0)


def test_a_score_whose_item_9_is_open_has_no_total_and_asks() -> None:
    for found in (
        score("phq9", [0, 0, 0, 0, 0, 0, 0, 0, None]),
        score("phq9", [3, 3, 3, 3, 3, 3, 3, 3, None]),
        score_items("phq9", {"1": 0}),
        total_only("phq9", 0),
        score("phq2", [0, 0]),
    ):
        assert found.item9 == NotAsked() and "item9" in found.asks
        assert found.total is None or found.scale == "phq2" or found.answered == 0


# --- the source -------------------------------------------------------------------------------------


def suspects(tree: ast.AST) -> list[str]:
    """Give what reads item 9 as a number or a truth, or fills it in, without its type."""
    return [ast.unparse(node) for node in ast.walk(tree) if is_suspect(node)]


def is_suspect(node: ast.AST) -> bool:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            is_typed = any(names_the_type(side) for side in sides)
            tests_presence = all(isinstance(op, (ast.In, ast.NotIn)) for op in ops)
            is_none = all(isinstance(op, (ast.Is, ast.IsNot)) for op in ops)
            return any(map(is_item_9, sides)) and not (is_typed or tests_presence or is_none)
        case ast.BoolOp(values=values):
            return any(map(is_item_9, values))
        case ast.UnaryOp(op=ast.Not(), operand=one):
            return is_item_9(one)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return is_item_9(test)
        case ast.BinOp(left=left, right=right):
            return is_item_9(left) or is_item_9(right)
        case ast.Match(subject=one):
            return isinstance(one, (ast.Subscript, ast.Call)) and is_item_9(one)
        case ast.Call(func=ast.Name(id="Answered" | "item9_of"), args=[made]):
            return is_made_up(made)
        case ast.Call(func=ast.Name(id="int" | "float" | "bool" | "sum" | "max" | "min")):
            return any(map(is_item_9, node.args))
        case ast.Call(func=ast.Attribute(attr="get" | "setdefault" | "pop"), args=[key, default]):
            return is_item_9_key(key) and not is_none_constant(default)
        case ast.Call(func=ast.Name(id="getattr"), args=[_, key, default]):
            return is_item_9_key(key) and not is_none_constant(default)
    return False


def is_made_up(node: ast.AST) -> bool:
    """Tell whether an answer comes from the code, and not from a person."""
    match node:
        case ast.Constant(value=int()) | ast.BoolOp(op=ast.Or()):
            return True
        case ast.IfExp(body=one, orelse=other):
            return is_made_up(one) or is_made_up(other)
    return False


def is_item_9(node: ast.AST) -> bool:
    match node:
        case ast.Name(id="item9") | ast.Attribute(attr="item9"):
            return True
        case ast.Subscript(slice=key):
            return is_item_9_key(key)
        case ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]):
            return is_item_9_key(key)
    return False


def is_item_9_key(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value="item9") | ast.Name(id="ITEM_9") | ast.Attribute(attr="ITEM_9"):
            return True
    return False


def names_the_type(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="NotAsked" | "Answered")):
            return True
    return False


def is_none_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


ALLOWED = {"item_id == scale.get('item9')"}
"""A table says which of its items is the suicide question; that is no answer to it."""

FILES = sorted(file for file in SOURCE.rglob("*.py") if file != TYPE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_no_code_compares_or_fills_in_item_9_except_through_its_type(file: Path) -> None:
    assert set(suspects(ast.parse(file.read_text("utf-8")))) <= ALLOWED


@pytest.mark.parametrize(
    "code",
    [
        "answers['item9'] or 0",
        "answers.get('item9', 0)",
        "answers[ITEM_9] >= 1",
        "case.item9 == 0",
        "x = 1 if item9 else 0",
        "not score.item9",
        "int(case.item9)",
        "getattr(case, 'item9', 0)",
        "total + answers['item9']",
        "answers.get('item9') > 0",
        "while item9: pass",
        "Case(answers, item9=Answered(0))",
        "item9_of(told or 0)",
        "item9_of(0 if told is None else told)",
        "match answers['item9']:\n    case None | 0:\n        pass",
    ],
)
def test_that_look_at_the_source_finds_each_way_of_guessing(code: str) -> None:
    assert suspects(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "item9 == NotAsked()",
        "item9 is None",
        "'item9' in safety.must_ask",
        "answers.pop('item9', None)",
        "match item9:\n    case NotAsked():\n        pass",
    ],
)
def test_and_lets_the_type_be_used(code: str) -> None:
    assert suspects(ast.parse(code)) == []


def test_the_safety_value_names_the_type() -> None:
    assert Safety.__dataclass_fields__["item9"].type == "Item9"


@pytest.mark.parametrize("answer", [4, -1, True, 1.0, "1", None])
def test_an_answer_that_cannot_be_is_refused_with_what_to_answer(answer: object) -> None:
    with pytest.raises(RecordError) as refused:
        Answered(answer)  # type: ignore[arg-type]
    assert str(refused.value) == f"item 9 cannot be {answer!r}. Answer 0, 1, 2 or 3."


@pytest.mark.parametrize(
    "reading",
    [bool, int, float, lambda one: one >= 1],
    ids=["as a truth", "as a whole number", "as a number", "at least 1"],
)
def test_a_reading_that_would_blur_not_asked_and_no_says_so(reading: Any) -> None:
    for item9 in (NotAsked(), Answered(0)):
        with pytest.raises(TypeError, match="tell NotAsked from Answered"):
            reading(item9)


def test_a_question_that_was_not_asked_has_no_answer_and_no_answer_is_no_question() -> None:
    assert answer_of(NotAsked()) is None and item9_of(None) == NotAsked()
    assert [answer_of(item9_of(number)) for number in range(4)] == [0, 1, 2, 3]
