"""What can be done with tables: one entry a method, tables in, one result out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twofold.lab.result import Result
from twofold.lab.sources import function_of

# name of the method: module and function (tables by name, options) -> Result
METHODS: dict[str, str] = {
    "meta": "twofold.lab.meta.study:meta",
    "meta-network": "twofold.lab.meta.network_study:network",
    "shared-loci": "twofold.lab.genetics.loci_methods:shared_loci_of",
    "conjunctional-fdr": "twofold.lab.genetics.loci_methods:conjunctional_fdr_of",
    "ldsc-h2": "twofold.lab.genetics.ld_score_methods:heritability_of",
    "ldsc-rg": "twofold.lab.genetics.ld_score_methods:genetic_correlation_of",
    "gut-alpha": "twofold.lab.gut.study:alpha",
    "gut-beta": "twofold.lab.gut.study:beta",
    "gut-differential": "twofold.lab.gut.study_taxa:differential",
    "mr": "twofold.lab.mr.study:mr",
    "mr-presso": "twofold.lab.mr.presso:mr_presso",
    "mvmr": "twofold.lab.mr.mvmr:mvmr",
    "mr-mediation": "twofold.lab.mr.mediation:mr_mediation",
    "mr-robust": "twofold.lab.mr.robust:mr_robust",
    "gene-overlap": "twofold.lab.genetics.overlap:gene_overlap",
    "drug-targets": "twofold.lab.genetics.drug_targets:drug_targets",
    "coloc": "twofold.lab.genetics.colocalisation:coloc",
    "twins": "twofold.lab.genetics.twins:twin_ace",
}


def apply(name: str, tables: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """Run one method.

    Parameters
    ----------
    name : str
        A name of ``METHODS``.
    tables : mapping of str to table
        As the method's own docstring names them.
    options : mapping of str to object

    Returns
    -------
    Result

    Raises
    ------
    LabError
        When the method is unknown, or refuses the tables.
    """
    result: Result = function_of(METHODS, name, "method")(tables, options)
    return result
