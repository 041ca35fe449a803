"""Numbers of these sets that were known before, beside what Twofold finds today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from real import n1cox
from real.measures import Array, maximum_likelihood
from real.people import RealSet
from twofold.daytable import DayTable
from twofold.inference.answer import find
from twofold.inference.finding import Finding, Findings
from twofold.inference.onset import Claims

EM_ROUNDS = 100


@dataclass(frozen=True)
class Anchor:
    """One number: what it is, what was known before, and what comes out today."""

    what: str
    known: str
    today: str


def of_kossakowski(findings: Findings) -> list[Anchor]:
    """Return both directions between mood and headache."""
    known = {
        "mood_to_headache": "P .08, effect 0 (log-odds −.06 to +.13)",
        "headache_to_mood": "P .25, harmful: no evidence either way",
    }
    return [
        Anchor(f"kossakowski2017: {one.question.replace('_', ' ')}", known[one.question], told(one))
        for one in findings.coupling
        if one.question in known
    ]


def of_oura(table: DayTable, findings: Findings) -> list[Anchor]:
    """Return the course of candesartan: plain shares and Twofold's answer."""
    course, headache = table["course.candesartan"], table["headache"]
    first, last = np.flatnonzero(course == 1)[[0, -1]]
    parts = {"before": slice(0, first), "during": slice(first, last + 1), "after": slice(last + 1, None)}  # fmt: skip
    counts = ", ".join(
        f"{np.nansum(headache[at]):.0f} of {np.isfinite(headache[at]).sum()} days {name}"
        for name, at in parts.items()
    )
    answer = next(one for one in findings.treatment if one.key == "course.candesartan")
    return [Anchor("oura_migraine_n1: candesartan", counts, told(answer))]


def of_n1cox(cases: dict[str, n1cox.Rows], claims: Claims) -> list[Anchor]:
    """Return the three factors of each person, on the days at risk as the file's authors took them."""
    anchors = []
    for name, rows in cases.items():
        found = find(n1cox.risk_set(rows), claims).factors
        for (effect, error), one in zip(_wald(rows), found, strict=True):
            p = 2 * norm.sf(abs(effect / error))
            what = f"n1coxeval person {name}: {one.subject}"
            anchors.append(Anchor(what, f"log-odds per unit {effect:+.2f}, p = {p:.3f}", told(one)))
    return anchors


def of_kostecki(people: RealSet) -> list[Anchor]:
    """Return how much likelier a headache is after a headache day, over people."""
    middle, spread = persistence([one.table["headache"] for one in people.people])
    return [
        Anchor(
            "kostecki_dillon_migraine: log-odds of a headache after a headache day",
            "mean .83, SD between people .31",
            f"mean {middle:.2f}, SD between people {spread:.2f} (with a trend; neighbouring known days)",
        )
    ]


def persistence(headaches: list[Array]) -> tuple[float, float]:
    """Return mean and SD over people of the log-odds ratio of headache tomorrow given today.

    A logistic regression with a random intercept, trend and slope, by
    expectation–maximisation with each person's Laplace approximation.
    """
    x, y, weight = _pairs(headaches)
    mean, covariance = np.array([0.0, 0.0, 0.5]), np.eye(3)
    at = np.tile(mean, (len(x), 1))
    for _ in range(EM_ROUNDS):
        at, spread = _modes(at, x, y, weight, mean, np.asarray(np.linalg.inv(covariance)))
        mean = at.mean(0)
        covariance = spread.mean(0) + (at - mean).T @ (at - mean) / len(at)
    return float(mean[2]), float(np.sqrt(covariance[2, 2]))


def _pairs(headaches: list[Array]) -> tuple[Array, Array, Array]:
    """Return constant, trend in months and headache today; headache tomorrow; 1 where both known."""
    longest = max(len(one) for one in headaches)
    headache = np.full((len(headaches), longest), np.nan)
    for row, one in zip(headache, headaches, strict=True):
        row[: len(one)] = one
    ahead = np.column_stack([headache[:, 1:], np.full(len(headaches), np.nan)])
    weight = (np.isfinite(headache) & np.isfinite(ahead)).astype(float)
    months = np.broadcast_to(np.arange(longest) / 28 - 1, headache.shape)
    x = np.stack([np.ones_like(headache), months, np.nan_to_num(headache)], axis=-1)
    return x, np.nan_to_num(ahead), weight


def _modes(
    at: Array, x: Array, y: Array, weight: Array, mean: Array, precision: Array
) -> tuple[Array, Array]:
    """Return each person's mode and Laplace covariance, by Newton's method."""
    for _ in range(8):
        p = expit((x @ at[..., None])[..., 0])
        curved = x * (weight * p * (1 - p))[..., None]
        information = np.swapaxes(curved, 1, 2) @ x + precision
        pull = ((weight * (y - p))[:, None, :] @ x)[:, 0] - (at - mean) @ precision
        at = at + np.linalg.solve(information, pull[..., None])[..., 0]
    return at, np.linalg.inv(information)


def _wald(rows: n1cox.Rows) -> list[tuple[float, float]]:
    """Return plain maximum-likelihood effects with standard errors, all factors together."""
    factors = [[float(row[name]) for row in rows] for name in n1cox.FACTORS]
    x = np.column_stack([np.ones(len(rows)), *factors])
    middle, information = maximum_likelihood(x, np.array([float(row["mig.ind"]) for row in rows]))
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return list(zip(middle[1:], errors[1:], strict=True))


def told(one: Finding) -> str:
    """Return one finding in a table's cell."""
    if one.refusal is not None:
        have = f" ({one.refusal.have} of {one.refusal.need})" if one.refusal.need else ""
        return f"not yet: {one.refusal.reason.replace('_', ' ')}{have}"
    chance = "" if one.p_real is None else f", P {one.p_real:.2f} (before the days {one.prior:.2f})"
    effect = one.effect
    number = "" if effect is None else (
        f", {effect.unit} {effect.value:.2f} ({effect.low:.2f} to {effect.high:.2f})"
    )  # fmt: skip
    return f"{one.verdict}{chance}{number}"
