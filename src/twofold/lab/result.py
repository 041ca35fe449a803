"""What a method of the lab gives back: estimates, what was left out, and a verdict in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twofold.errors import LabError


@dataclass(frozen=True)
class Estimate:
    """One number with its uncertainty.

    Parameters
    ----------
    name : str
        What it is, as people in the field call it (``"IVW, random effects"``).
    value : float
        On the scale named in ``scale``.
    se : float or None
        Standard error.
    low, high : float or None
        95 % interval, on the scale of ``value``.
    p : float or None
        Two-sided p-value.
    of : int or None
        How many rows (SNPs, trials, samples) it comes from.
    scale : str
        The unit (``"log odds per standard deviation"``).
    note : str
        What must be told beside it.
    """

    name: str
    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    of: int | None = None
    scale: str = ""
    note: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON values; what is not known, or not finite, is ``None``."""
        return {key: _plain(value) for key, value in vars(self).items()}

    def line(self) -> str:
        """Return it as one line of text."""
        parts = [f"{self.name}: {_number(self.value)}"]
        if self.low is not None and self.high is not None:
            parts.append(f"({_number(self.low)} to {_number(self.high)})")
        if self.p is not None:
            parts.append(f"p {_number(self.p)}")
        if self.of is not None:
            parts.append(f"from {self.of}")
        return ", ".join(parts) + (f"  [{self.note}]" if self.note else "")


@dataclass(frozen=True)
class Result:
    """What one method found in one or more tables.

    Parameters
    ----------
    method : str
        The method's name in the registry.
    question : str
        The question that it answers.
    estimates : tuple of Estimate
        In the order in which they are told.
    headline : str or None
        The name of the one estimate that may stand alone in a sentence; ``None``
        when the method refuses to pick one.
    verdict : str
        What follows, in one or two plain sentences.
    warnings : tuple of str
        What a careful reader must know, each with its row or its remedy.
    used : int
        Rows that went in.
    left_out : tuple of str
        Rows that did not, each with the reason.
    pictures : mapping of str to str
        SVG by name.
    details : mapping of str to object
        Everything else, as JSON values.
    """

    method: str
    question: str
    estimates: tuple[Estimate, ...]
    headline: str | None
    verdict: str
    warnings: tuple[str, ...] = ()
    used: int = 0
    left_out: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def estimate(self, name: str) -> Estimate:
        """Return one estimate by its name.

        Raises
        ------
        LabError
            When the result holds no estimate of that name.
        """
        for one in self.estimates:
            if one.name == name:
                return one
        names = ", ".join(one.name for one in self.estimates)
        raise LabError(f"the result has no estimate {name!r}.", remedy=f"It has: {names}.")

    def to_plain(self) -> dict[str, Any]:
        """Return everything but the pictures as JSON values."""
        return {
            "method": self.method,
            "question": self.question,
            "estimates": [one.to_plain() for one in self.estimates],
            "headline": self.headline,
            "verdict": self.verdict,
            "warnings": list(self.warnings),
            "used": self.used,
            "left_out": list(self.left_out),
            "details": _plain(self.details),
        }

    def lines(self) -> tuple[str, ...]:
        """Return it as lines of text: the verdict first, then the numbers, then what to know."""
        counts = [f"rows used: {self.used}; left out: {len(self.left_out)}"]
        told = [f"  {one.line()}" for one in self.estimates]
        left = [f"left out: {one}" for one in self.left_out]
        return (self.verdict, *told, *counts, *left, *(f"note: {one}" for one in self.warnings))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "not known"
    return f"{value:.3g}" if abs(value) < 0.001 or abs(value) >= 10_000 else f"{value:.4g}"
