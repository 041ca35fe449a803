"""Several exposures at once: each one's effect while the others are held still.

IVW: Burgess and Thompson 2015 (Am J Epidemiol 181:251); MR-Egger: Rees 2017 (Stat Med
36:4705); conditional F and Q_A: Sanderson, Spiller and Bowden 2021 (Stat Med 40:5434).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from twofold.errors import LabError
from twofold.lab.mr.pairs import Array
from twofold.lab.mr.tails import chi2_p, t_p, two_sided
from twofold.lab.tables import Column, Problem, column, refuse, rows_where, twice

SPARE = "Leave it out, or mend it in the file."


@dataclass(frozen=True, eq=False)
class Multivariable:
    """SNPs with their effect on several exposures and, for the same allele, on an outcome.

    Parameters
    ----------
    snp : sequence of str
    exposures : sequence of str
    beta_exposures, se_exposures : array, shape (snps, exposures)
    beta_outcome, se_outcome : array, shape (snps,)
    outcome, outcome_unit, exposure_unit, where : str
    left_out : tuple of str

    Raises
    ------
    LabError
        When an effect or SE is not known, an SE is not above 0, a name stands twice, there
        are fewer than two exposures, or no more SNPs than exposures.
    """

    snp: tuple[str, ...]
    exposures: tuple[str, ...]
    beta_exposures: Array
    se_exposures: Array
    beta_outcome: Column
    se_outcome: Column
    outcome: str = "outcome"
    outcome_unit: str = ""
    exposure_unit: str = ""
    where: str = ""
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check every row."""
        rows, wide = len(self.snp), len(self.exposures)
        for name in ("beta_outcome", "se_outcome"):
            object.__setattr__(self, name, column(getattr(self, name), name=name, rows=rows))
        for name in ("beta_exposures", "se_exposures"):
            made = np.array(getattr(self, name), dtype=np.float64)
            if made.shape != (rows, wide):
                raise LabError(f"{name} has the shape {made.shape}, not {(rows, wide)}.")
            made.flags.writeable = False
            object.__setattr__(self, name, made)
        refuse([*self._shape(), *self._cells()], where=self.where)

    def __len__(self) -> int:
        return len(self.snp)

    def _shape(self) -> list[Problem]:
        wide = len(self.exposures)
        found = [Problem(row + 1, f"{self.snp[row]} stands twice.", "Keep one.")
                 for row in twice(self.snp)]  # fmt: skip
        if wide < 2:
            found.append(Problem(None, "there is one exposure.", "Use the method mr."))
        if twice(self.exposures):
            found.append(Problem(None, "an exposure stands twice.", "Leave one out."))
        if len(self.snp) <= wide:
            what = f"{len(self.snp)} SNPs cannot tell {wide} exposures apart."
            found.append(Problem(None, what, "Find more SNPs, or ask of fewer exposures."))
        return found

    def _cells(self) -> list[Problem]:
        found: list[Problem] = []
        beta = np.column_stack([self.beta_exposures, self.beta_outcome])
        se = np.column_stack([self.se_exposures, self.se_outcome])
        for place, name in enumerate((*self.exposures, self.outcome)):
            odd = ~np.isfinite(beta[:, place])
            found += rows_where(odd, f"the effect on {name} is not known.", SPARE)
            odd = ~(np.isfinite(se[:, place]) & (se[:, place] > 0))
            found += rows_where(odd, f"the SE of {name} is not above 0.", SPARE)
        return found


@dataclass(frozen=True, eq=False)
class Joint:
    """Effects of all exposures from one fit.

    Parameters
    ----------
    b, se, se_fixed, p : array, shape (exposures,)
        ``se`` and ``p`` with multiplicative random effects, never below fixed.
    q, df, q_p : float
        Heterogeneity about the fit.
    sigma : float
        Residual standard error.
    intercept, intercept_se, intercept_p : float or None
        ``None`` for IVW.
    """

    b: Array
    se: Array
    se_fixed: Array
    p: Array
    q: float
    df: int
    q_p: float
    sigma: float
    intercept: float | None = None
    intercept_se: float | None = None
    intercept_p: float | None = None


def ivw_joint(table: Multivariable) -> Joint:
    """Return the multivariable IVW estimates; p-values are normal."""
    value, cover, q = _fitted(table.beta_exposures, table.beta_outcome, table.se_outcome)
    fixed, df = np.sqrt(np.diag(cover)), len(table) - len(value)
    sigma, q_p = np.sqrt(q / df), _upper(q, df)
    se = fixed * max(1.0, sigma)
    return Joint(value, se, fixed, two_sided(value / se), q, df, q_p, float(sigma))


def egger_joint(table: Multivariable, *, orient: int = 0) -> Joint:
    """Return multivariable MR-Egger: effects, and the intercept for directional pleiotropy.

    Parameters
    ----------
    table : Multivariable
    orient : int
        Every SNP is turned to the allele that raises this exposure, counted from 0: the
        answer depends on it. P-values are Student's t.

    Raises
    ------
    LabError
        When there is no such exposure, or no SNP to spare for the intercept.
    """
    wide = len(table.exposures)
    if not 0 <= orient < wide:
        raise LabError(f"there is no exposure {orient}.", remedy=f"Choose 0 to {wide - 1}.")
    df = len(table) - wide - 1
    if df < 1:
        raise LabError("multivariable MR-Egger needs two SNPs more than exposures.")
    sign = np.where(table.beta_exposures[:, orient] < 0, -1.0, 1.0)
    design = np.column_stack([np.ones(len(table)), table.beta_exposures * sign[:, None]])
    value, cover, q = _fitted(design, table.beta_outcome * sign, table.se_outcome)
    fixed = np.sqrt(np.diag(cover))
    sigma = float(np.sqrt(q / df))
    se = fixed * max(1.0, sigma)
    p = t_p(value / se, np.asarray(df))
    at_zero = float(value[0]), float(se[0]), float(p[0])
    return Joint(value[1:], se[1:], fixed[1:], p[1:], q, df, _upper(q, df), sigma, *at_zero)


def _fitted(design: Array, y: Array, se: Array) -> tuple[Array, Array, float]:
    """Return coefficients, their fixed-effect covariance and Q."""
    a, b = design / se[:, None], y / se
    value, _, rank, _ = np.linalg.lstsq(a, b, rcond=None)
    if rank < a.shape[1]:
        raise LabError(
            "the SNPs cannot tell the exposures apart: one is the sum of others.",
            remedy="Leave an exposure out.",
        )
    rest = b - a @ value
    cover = np.asarray(np.linalg.inv(a.T @ a), dtype=np.float64)
    return np.asarray(value, dtype=np.float64), cover, float(rest @ rest)


def conditional_f(table: Multivariable, rho: ArrayLike | None = None) -> Array:
    """Return how strongly the SNPs predict each exposure once the others are known.

    Parameters
    ----------
    table : Multivariable
    rho : array, shape (exposures, exposures), optional
        Phenotypic correlation of the exposures in the people of one sample; 0 (separate
        samples) when it is not given.

    Returns
    -------
    array, shape (exposures,)
        Below 10 the instruments are weak. Q is divided by the number of SNPs, as the
        authors' program does; the paper's divisor, SNPs - exposures + 1, gives a little more.
    """
    bx, wide = table.beta_exposures, len(table.exposures)
    cover = _covariance(table, rho)
    found = np.empty(wide)
    for one in range(wide):
        others = [place for place in range(wide) if place != one]
        slopes = np.linalg.lstsq(bx[:, others], bx[:, one], rcond=None)[0]
        line = np.ones(wide)
        line[others] = -slopes
        variance = np.einsum("i,sij,j->s", line, cover, line)
        found[one] = np.sum((bx @ line) ** 2 / variance) / len(table)
    return found


def q_a(table: Multivariable, rho: ArrayLike | None = None) -> tuple[float, int, float]:
    """Return the heterogeneity that allows for noise in the exposures, its df and p-value.

    The degrees of freedom are SNPs minus exposures. (The authors' program takes one
    more away; the simulated truth speaks for this one.)

    Parameters
    ----------
    table : Multivariable
    rho : array, shape (exposures, exposures), optional
        As for :func:`conditional_f`.
    """
    b = ivw_joint(table).b
    noise = np.einsum("i,sij,j->s", b, _covariance(table, rho), b)
    rest = table.beta_outcome - table.beta_exposures @ b
    q = float(np.sum(rest**2 / (table.se_outcome**2 + noise)))
    df = len(table) - len(b)
    return q, df, _upper(q, df)


def _covariance(table: Multivariable, rho: ArrayLike | None) -> Array:
    """Return the covariance of the effects on the exposures, (snps, exposures, exposures)."""
    wide = len(table.exposures)
    found = np.eye(wide) if rho is None else np.asarray(rho, dtype=np.float64)
    if found.shape != (wide, wide) or not np.allclose(found, found.T):
        raise LabError(f"the correlation of {wide} exposures is a symmetric {wide} × {wide} table.")
    if not np.allclose(np.diag(found), 1.0) or np.linalg.eigvalsh(found)[0] <= 0:
        raise LabError(
            "this is no correlation matrix.",
            remedy="It has ones on its diagonal and fits together.",
        )
    se = table.se_exposures
    return se[:, :, None] * found * se[:, None, :]


def _upper(q: float, df: int) -> float:
    return float(chi2_p(np.asarray(q), np.asarray(df)))
