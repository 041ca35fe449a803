"""A condition over answers, written as a clinician would read it, with three outcomes.

A table says ``B = "4 <= duration_h <= 72"``; this module reads that line once, checks
that every name in it is a field and every word one of the field's choices, and
evaluates it by Kleene's rules: what is unknown stays unknown, unless it cannot matter.

The language is a small part of Python's expressions: comparisons, ``in``, ``and``,
``or``, ``not``, ``+ - * /``, a bare yes/no field, and

======================  =====================================================
``at_least(2, a, b, …)``  at least so many of the conditions hold
``at_most(1, a, b, …)``   at most so many of them hold
``first(a, b)``           the first of the values that is known
``known(a)``              whether it was answered at all (never unknown)
``count(list)``           how many entries a list has
``shares(list, […])``     whether a list has any of these entries
======================  =====================================================
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from twofold.errors import KnowledgeError
from twofold.knowledge.field import Field, fields

Truth = bool | None
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One leaf of a condition, as it is written, and whether it holds."""

    text: str
    holds: Truth


@dataclass(frozen=True)
class Condition:
    """A line of a table that holds, does not hold, or cannot be told yet."""

    text: str
    names: frozenset[str]
    _node: _Node

    def holds(self, answers: Answers) -> Truth:
        """Return whether it holds; ``None`` when the answers do not decide it."""
        return self._node.holds(answers)

    def open(self, answers: Answers) -> tuple[str, ...]:
        """Return the unknown names that keep it undecided, in the order they are written."""
        return tuple(dict.fromkeys(self._node.open(answers)))

    def parts(self, answers: Answers) -> tuple[Part, ...]:
        """Return its leaves, each with whether it holds, in the order they are written."""
        return tuple(Part(leaf.text, leaf.holds(answers)) for leaf in self._node.leaves())


@cache
def condition(text: str) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text : str
        As written in a table.

    Raises
    ------
    KnowledgeError
        When it is not in the language, names something that is no field, or
        compares a field with a word that is not one of its choices.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise KnowledgeError(f"the condition {text!r} cannot be read.") from None
    try:
        return Condition(text, _names(tree), _truth(tree))
    except _NotInTheLanguage as error:
        raise KnowledgeError(f"the condition {text!r}: {error}") from None


class _NotInTheLanguage(Exception):
    """Something that the language does not have."""


# --- three-valued nodes ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Node:
    """A truth with parts: ``combine`` joins the truths of ``inner``."""

    inner: tuple[_Node, ...]
    combine: Callable[[list[Truth]], Truth]

    def holds(self, answers: Answers) -> Truth:
        return self.combine([one.holds(answers) for one in self.inner])

    def open(self, answers: Answers) -> Iterable[str]:
        if self.holds(answers) is not None:
            return ()
        return (name for one in self.inner for name in one.open(answers))

    def leaves(self) -> Iterable[_Leaf]:
        return (leaf for one in self.inner for leaf in one.leaves())


@dataclass(frozen=True)
class _Leaf(_Node):
    """A comparison, or a bare yes/no field."""

    text: str
    test: Callable[[Answers], Truth]
    names: tuple[str, ...]

    def holds(self, answers: Answers) -> Truth:
        return self.test(answers)

    def open(self, answers: Answers) -> Iterable[str]:
        if self.holds(answers) is not None:
            return ()
        return (name for name in self.names if answers[name] is None)

    def leaves(self) -> Iterable[_Leaf]:
        return (self,)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return Kleene's "and": false as soon as one is false, else unknown if any is."""
    told = list(truths)
    if any(one is False for one in told):
        return False
    return None if any(one is None for one in told) else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return Kleene's "or": true as soon as one is true, else unknown if any is."""
    told = list(truths)
    if any(one is True for one in told):
        return True
    return None if any(one is None for one in told) else False


def opposite(truth: Truth) -> Truth:
    """Return Kleene's "not": what is unknown stays unknown."""
    return None if truth is None else not truth


def at_least(least: int, truths: Iterable[Truth]) -> Truth:
    """Return whether at least so many are true; unknown while the unknown ones could decide."""
    told = list(truths)
    yes = sum(one is True for one in told)
    possible = yes + sum(one is None for one in told)
    if yes >= least:
        return True
    return False if possible < least else None


def _truth(tree: ast.expr) -> _Node:
    match tree:
        case ast.BoolOp(op=ast.And(), values=values):
            return _Node(tuple(map(_truth, values)), all_of)
        case ast.BoolOp(op=ast.Or(), values=values):
            return _Node(tuple(map(_truth, values)), any_of)
        case ast.UnaryOp(op=ast.Not(), operand=one):
            return _Node((_truth(one),), lambda truths: opposite(truths[0]))
        case ast.Call(func=ast.Name(id="at_least" | "at_most" as name)):
            return _counted(name, tree)
        case ast.Call(func=ast.Name(id="known"), args=[ast.Name(id=name)], keywords=[]):
            return _leaf(tree, lambda answers: answers[_field(name).id] is not None)
        case ast.Call(func=ast.Name(id="shares"), args=[one, many], keywords=[]):
            return _compared(tree, one, [ast.In()], [many], _shares)
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _compared(tree, left, ops, others)
        case ast.Name(id=name) if _field(name).kind == "yes_no":
            return _leaf(tree, lambda answers: answers[name])
        case ast.Name(id=name):
            raise _NotInTheLanguage(f"{name} is not a yes/no field; compare it with something.")
    raise _NotInTheLanguage(f"{ast.unparse(tree)} is not a condition.")


def _counted(name: str, tree: ast.Call) -> _Node:
    match tree.args:
        case [ast.Constant(value=int(limit)), _, *_] if not tree.keywords:
            inner = tuple(map(_truth, tree.args[1:]))
        case _:
            raise _NotInTheLanguage(f"{name} takes a number and conditions.")
    if name == "at_least":
        return _Node(inner, lambda truths: at_least(limit, truths))
    return _Node(inner, lambda truths: opposite(at_least(limit + 1, truths)))


def _leaf(tree: ast.expr, test: Callable[[Answers], Truth]) -> _Leaf:
    return _Leaf((), all_of, ast.unparse(tree), test, tuple(sorted(_names(tree))))


# --- comparisons ----------------------------------------------------------------------------------

Test = Callable[[Any, Any], bool]
Value = Callable[[Answers], Any]


def _contains(one: Any, many: Any) -> bool:
    return one in many


def _lacks(one: Any, many: Any) -> bool:
    return one not in many


def _shares(one: Any, many: Any) -> bool:
    return not set(one).isdisjoint(many)


_TESTS: dict[type[ast.cmpop], Test] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: _contains,
    ast.NotIn: _lacks,
}
_SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _compared(
    tree: ast.expr,
    left: ast.expr,
    ops: list[ast.cmpop],
    others: list[ast.expr],
    test: Test | None = None,
) -> _Leaf:
    if any(type(op) not in _TESTS for op in ops):
        raise _NotInTheLanguage(f"{ast.unparse(tree)} is compared in an unknown way.")
    sides = [left, *others]
    _check_words(sides)
    values = [_value(side) for side in sides]
    tests = [test or _TESTS[type(op)] for op in ops]

    def holds(answers: Answers) -> Truth:
        told = [value(answers) for value in values]
        pairs = zip(tests, told, told[1:], strict=False)
        return all_of(None if a is None or b is None else test(a, b) for test, a, b in pairs)

    return _leaf(tree, holds)


def _value(tree: ast.expr) -> Value:
    match tree:
        case ast.Constant(value=bool() | int() | float() | str() as constant):
            return lambda _: constant
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as constant)):
            return lambda _: -constant
        case ast.List(elts=inner) | ast.Tuple(elts=inner):
            entries = tuple(ast.literal_eval(one) for one in inner)
            return lambda _: entries
        case ast.Name(id=name):
            field_id = _field(name).id
            return lambda answers: answers[field_id]
        case ast.Call(func=ast.Name(id="first"), args=[_, *_] as args, keywords=[]):
            values = [_value(one) for one in args]
            return lambda answers: next(
                (told for value in values if (told := value(answers)) is not None), None
            )
        case ast.Call(func=ast.Name(id="count"), args=[ast.Name() as one], keywords=[]):
            listed = _value(one)
            return lambda answers: None if (told := listed(answers)) is None else len(told)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SUMS:
            return _sum(_SUMS[type(op)], _value(left), _value(right))
    raise _NotInTheLanguage(f"{ast.unparse(tree)} is not a value.")


def _sum(join: Callable[[Any, Any], Any], left: Value, right: Value) -> Value:
    def value(answers: Answers) -> Any:
        a, b = left(answers), right(answers)
        return None if a is None or b is None else join(a, b)

    return value


# --- what a table may name ------------------------------------------------------------------------

_CALLS = {"at_least", "at_most", "first", "known", "count", "shares"}


def _names(tree: ast.expr) -> frozenset[str]:
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return frozenset(found - _CALLS)


def _field(name: str) -> Field:
    try:
        return fields()[name]
    except KeyError:
        raise _NotInTheLanguage(f"{name} is not a field.") from None


def _check_words(sides: list[ast.expr]) -> None:
    """Refuse a word that none of the compared fields could ever be."""
    named = [_field(side.id) for side in sides if isinstance(side, ast.Name)]
    choices = {word for one in named for word in one.choices}
    if not choices:
        return
    words = {
        node.value
        for side in sides
        for node in ast.walk(side)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    strange = sorted(words - choices)
    if strange:
        raise _NotInTheLanguage(f"{strange[0]!r} is not a choice of {named[0].id}.")
