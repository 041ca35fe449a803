"""LD scores: how much of its neighbourhood each SNP tags, and over how many SNPs they were summed.

The files are those of the LDSC software: ``CHROMOSOME.l2.ldscore[.gz]`` with
``CHR SNP BP`` and one or more columns of scores, and ``.l2.M_5_50`` with the
number of SNPs above 5 % minor-allele frequency in each annotation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twofold.errors import LabError
from twofold.lab.genetics.byte_columns import Names, Whole, blocks, require
from twofold.lab.genetics.snp_keys import Keys, keys_of
from twofold.lab.genetics.summary_statistics import again
from twofold.lab.tables import Column

NOT_SCORES = ("CHR", "SNP", "BP", "CM", "MAF")
ENDINGS = (".l2.ldscore.gz", ".l2.ldscore")
THREADS = 2


@dataclass(frozen=True)
class LdScores:
    """LD scores of SNPs in genome order, read-only.

    Parameters
    ----------
    snp : array of bytes
    chromosome, position : array of int
    scores : array of float64, shape (SNPs, annotations)
    names : tuple of str
        Of the annotations.
    counts : array of float64, shape (annotations,)
        SNPs over which each annotation's scores were summed (M, with MAF over 5 %).
    weights : array of float64, shape (SNPs,)
        LD scores over the SNPs of the regression, for the weights.

    Raises
    ------
    LabError
        When shapes differ, a score is not finite, or a SNP stands twice.
    """

    snp: Names
    chromosome: Whole
    position: Whole
    scores: NDArray[np.float64]
    names: tuple[str, ...]
    counts: Column
    weights: Column
    key: Keys = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows, annotations = self.scores.shape
        shapes = (len(self.snp), len(self.position), len(self.weights)), len(self.names)
        if shapes != ((rows,) * 3, annotations) or len(self.counts) != annotations:
            raise LabError("LD scores, SNPs and annotations do not fit together.")
        if not (self.counts > 0).all():
            raise LabError("an annotation has no SNPs (M is 0).", remedy="Leave it out.")
        bad = np.flatnonzero(~(np.isfinite(self.scores).all(axis=1) & np.isfinite(self.weights)))
        if len(bad):
            raise LabError(f"row {bad[0] + 1}: the LD score is not finite.")
        object.__setattr__(self, "key", keys_of(self.snp))
        twice = np.flatnonzero(again(self.key))
        if len(twice):
            raise LabError(
                f"row {twice[0] + 1}: the SNP {self.snp[twice[0]].decode()} stands twice."
            )
        for name in ("snp", "chromosome", "position", "scores", "counts", "weights", "key"):
            getattr(self, name).flags.writeable = False

    @property
    def total(self) -> Column:
        """The sum of the scores over the annotations, one a SNP."""
        return np.asarray(self.scores.sum(axis=1))


def read(path: Path, columns: Mapping[str, str], options: Mapping[str, Any]) -> LdScores:
    """Return LD scores for a recipe: ``weights`` and ``cache`` name further paths."""
    weights, cache = options.get("weights"), options.get("cache")
    return read_ld_scores(
        path,
        weights=path.parent / str(weights) if weights else None,
        cache=Path(str(cache)) if cache else None,
    )


def read_ld_scores(
    path: Path, *, weights: Path | None = None, cache: Path | None = None
) -> LdScores:
    """Return the LD scores of a folder, a file, or a prefix of files.

    Parameters
    ----------
    path : Path
        A folder of ``1.l2.ldscore.gz`` … ``22.l2.ldscore.gz``, one such file,
        or their common beginning. Several annotations may stand in one file.
    weights : Path, optional
        The same for the weights' LD scores; their own sum where it is not given.
    cache : Path, optional
        An ``.npz`` that is written once and read from then on; without it nothing is kept.

    Raises
    ------
    LabError
        When a file is missing, cannot be read, or files do not fit together.
    """
    if cache is not None and cache.exists():
        return _from_cache(cache)
    scores = _joined(_files(path))
    if weights is not None:
        scores = _with_weights(scores, _joined(_files(weights, needs_counts=False)))
    if cache is not None:
        _keep(scores, cache)
    return scores


def _files(path: Path, *, needs_counts: bool = True) -> list[tuple[Path, Path | None]]:
    folder, start = (path, "") if path.is_dir() else (path.parent, path.name)
    for ending in ENDINGS:
        start = start.removesuffix(ending)
    stems = {
        name.name.removesuffix(ending): name
        for ending in ENDINGS
        for name in folder.glob(f"{start}*{ending}" if path.is_dir() else f"{start}{ending}")
    }
    if not path.is_dir() and not stems:
        stems = {f"{start}{i}": folder / f"{start}{i}{e}" for i in range(1, 23) for e in ENDINGS
                 if (folder / f"{start}{i}{e}").exists()}  # fmt: skip
    if not stems:
        raise LabError("there are no LD scores.", where=str(path),
                       remedy="Name the folder that holds 1.l2.ldscore.gz and so on.")  # fmt: skip
    return [(stems[stem], _counts_file(folder, stem, needs_counts)) for stem in _in_order(stems)]


def _in_order(stems: Iterable[str]) -> list[str]:
    """Return chromosomes in their order: 2 before 10."""
    return sorted(stems, key=lambda stem: (len(stem), stem))


def _counts_file(folder: Path, stem: str, is_needed: bool) -> Path | None:
    path = folder / f"{stem}.l2.M_5_50"
    if path.exists() or not is_needed:
        return path if path.exists() else None
    raise LabError(
        f"{path.name} is missing.",
        where=str(folder),
        remedy="It holds the number of SNPs of each annotation and comes with the LD scores.",
    )


def _joined(files: list[tuple[Path, Path | None]]) -> LdScores:
    with ThreadPoolExecutor(THREADS) as threads:
        parts = list(threads.map(lambda one: _one_file(*one), files))
    names = parts[0][0]
    if any(part[0] != names for part in parts):
        raise LabError("the files hold different annotations.", where=str(files[0][0].parent))
    snp, chromosome, position, scores = (
        np.concatenate([part[at] for part in parts]) for at in (1, 2, 3, 4)
    )
    counts = np.sum([part[5] for part in parts], axis=0)
    return LdScores(snp, chromosome, position, scores, names, counts, scores.sum(axis=1))


def _one_file(path: Path, counts: Path | None) -> tuple[Any, ...]:
    parts = list(blocks(path))
    if not parts:
        raise LabError("it has no rows.", where=path.name)
    header = parts[0].header
    require(header, ("CHR", "SNP", "BP"), where=path.name)
    names = tuple(name for name in header if name not in NOT_SCORES)
    if not names:
        raise LabError("it has no column of LD scores.", where=path.name)
    scores = np.column_stack([np.concatenate([part.numbers(name) for part in parts])
                              for name in names])  # fmt: skip
    chromosome, position = (
        np.concatenate([part.numbers(name) for part in parts]).astype(np.int64)
        for name in ("CHR", "BP")
    )
    snp = np.concatenate([part.text("SNP") for part in parts])
    return names, snp, chromosome, position, scores, _counts(counts, len(names))


def _counts(path: Path | None, annotations: int) -> Column:
    if path is None:
        return np.ones(annotations)
    try:
        found = np.array([float(word) for word in path.read_text().split()])
    except ValueError:
        found = np.empty(0)
    if len(found) != annotations:
        raise LabError(f"it needs {annotations} numbers.", where=path.name)
    return found


def _with_weights(scores: LdScores, weights: LdScores) -> LdScores:
    from twofold.lab.genetics.snp_keys import rows_of

    rows = rows_of(scores.key, weights.key)
    kept = np.flatnonzero(rows >= 0)
    return LdScores(
        scores.snp[kept], scores.chromosome[kept], scores.position[kept], scores.scores[kept],
        scores.names, scores.counts, weights.total[rows[kept]],
    )  # fmt: skip


def _keep(scores: LdScores, cache: Path) -> None:
    unfinished = cache.with_name(f"{cache.name}.part.npz")
    columns = ("snp", "chromosome", "position", "scores", "counts", "weights")
    kept = {name: getattr(scores, name) for name in columns}
    np.savez(unfinished, names=np.array(scores.names), **kept)
    unfinished.replace(cache)


def _from_cache(cache: Path) -> LdScores:
    try:
        with np.load(cache, allow_pickle=False) as kept:
            names = tuple(str(name) for name in kept["names"])
            return LdScores(
                kept["snp"], kept["chromosome"], kept["position"], kept["scores"], names,
                kept["counts"], kept["weights"],
            )  # fmt: skip
    except (OSError, ValueError, KeyError) as error:
        raise LabError(
            f"it cannot be read ({error}).", where=str(cache), remedy="Delete it; it is made anew."
        ) from None
