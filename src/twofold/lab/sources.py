"""Where data comes from: one entry a reader, and a source that names its file and licence."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from twofold.errors import LabError

# name of the reader: module and function (path, columns, options) -> table
READERS: dict[str, str] = {
    "trial-table": "twofold.lab.meta.reading:read_trials",
    "gwas-ssf": "twofold.lab.genetics.formats:read_ssf",
    "gwas-vcf": "twofold.lab.genetics.formats:read_vcf",
    "gwas-tsv": "twofold.lab.genetics.formats:read_tsv",
    "ld-scores": "twofold.lab.genetics.ld_scores:read",
    "ld-pairs": "twofold.lab.genetics.loci:read_ld_pairs",
    "published-numbers": "twofold.lab.genetics.published:read",
    "biom-json": "twofold.lab.gut.reading:read_biom",
    "taxon-table": "twofold.lab.gut.reading:read_taxa",
    "sample-table": "twofold.lab.gut.samples:read_samples",
    "newick-tree": "twofold.lab.gut.tree:read_tree",
    "mr-table": "twofold.lab.mr.reading:mr_table",
    "mvmr-table": "twofold.lab.mr.mvmr:mvmr_table",
    "gwas-instruments": "twofold.lab.mr.reading:gwas_instruments",
    "gene-links": "twofold.lab.genetics.gene_tables:read_links",
    "gene-sets": "twofold.lab.genetics.gene_tables:read_gene_sets",
    "named-nodes": "twofold.lab.genetics.gene_tables:read_nodes",
    "compound-targets": "twofold.lab.genetics.gene_tables:read_bindings",
    "region-table": "twofold.lab.genetics.colocalisation:read_region",
    "twin-table": "twofold.lab.genetics.twins:read_twins",
}


@dataclass(frozen=True)
class Source:
    """One file, how it is read, and whose it is.

    Parameters
    ----------
    reader : str
        A name of ``READERS``.
    file : str
        Path under the data folder, with ``/``.
    licence, citation, link : str
        Whose data it is and where it is described.
    columns : mapping of str to str
        The table's own name of a column: the file's name of it.
    options : mapping of str to object
        What else the reader has to know.
    """

    reader: str
    file: str
    licence: str
    citation: str
    link: str
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def read(self, folder: Path) -> Any:
        """Return the table.

        Parameters
        ----------
        folder : Path
            The data folder.

        Raises
        ------
        LabError
            When the reader is unknown or the file is not there.
        """
        path = folder / self.file
        if not path.exists():
            raise LabError(
                "the file is not there.",
                where=str(path),
                remedy="Name the folder that holds it with --data FOLDER or TWOFOLD_LAB_DATA.",
            )
        return function_of(READERS, self.reader, "reader")(path, self.columns, self.options)


def data_folder(named: str | None = None) -> Path:
    """Return the folder of open data: as named, or ``TWOFOLD_LAB_DATA``, or ``data`` here."""
    return Path(named or os.environ.get("TWOFOLD_LAB_DATA") or "data")


def function_of(registry: Mapping[str, str], name: str, what: str) -> Callable[..., Any]:
    """Return the function behind a name, imported only now.

    Raises
    ------
    LabError
        When the registry does not hold the name.
    """
    if name not in registry:
        known = ", ".join(sorted(registry))
        raise LabError(f"there is no {what} {name!r}.", remedy=f"There are: {known}.")
    module, _, function = registry[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
