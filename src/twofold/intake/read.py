"""``read``: one door for every file that Twofold understands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from twofold.errors import MappingError, ReadError

if TYPE_CHECKING:
    from twofold.intake.reading import Reading

MAPPING_NAME = "mapping.toml"
_TABLES = (".csv", ".tsv", ".txt")
_HOW_TO = "docs/how-to/read-a-diary.md shows how to write one"


def read(path: str | Path, mapping: str | Path | None = None) -> Reading:
    """Read a diary, with the list of what could not be read.

    Parameters
    ----------
    path : str or Path
        A native diary (``.json``), a table (``.csv``, ``.tsv``) with its mapping,
        a folder that holds ``mapping.toml`` and its tables, or such a mapping.
    mapping : str or Path, optional
        The mapping file. ``None``: the folder's own ``mapping.toml``.

    Returns
    -------
    Reading
        The diaries (one for each person) and everything that was not read.

    Raises
    ------
    ReadError
        When the file or folder cannot be understood at all.
    MappingError
        When the mapping is missing or does not fit.
    SchemaError
        When a JSON file is not a Twofold diary.

    Examples
    --------
    >>> read("my.csv")
    Traceback (most recent call last):
    ...
    twofold.errors.ReadError: my.csv: there is no such file. Check the spelling of the path.
    """
    place = _existing(Path(path))
    if place.is_dir():
        return _read_with(_mapping_for(place, mapping), place)
    if place.suffix.lower() == ".json":
        return _read_native(place, mapping)
    if place.suffix.lower() == ".toml" and mapping is None:
        return _read_with(place, place.parent)
    if mapping is None:
        raise _no_mapping(place)
    return _read_with(_existing(Path(mapping)), place)


def _existing(path: Path) -> Path:
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        pass
    raise ReadError(
        "there is no such file.", where=str(path)[:300], remedy="Check the spelling of the path."
    )


def _mapping_for(folder: Path, mapping: str | Path | None) -> Path:
    if mapping is not None:
        return _existing(Path(mapping))
    if not (folder / MAPPING_NAME).is_file():
        raise MappingError(
            f"the folder holds no {MAPPING_NAME}.",
            where=str(folder),
            remedy=f"Name one with --mapping FILE; {_HOW_TO}.",
        )
    return folder / MAPPING_NAME


def _read_with(mapping: Path, place: Path) -> Reading:
    from twofold.intake.mapped import read_mapped
    from twofold.intake.mapping_file import load_mapping

    return read_mapped(load_mapping(mapping), place)


def _read_native(path: Path, mapping: str | Path | None) -> Reading:
    from twofold.intake.native import load

    if mapping is not None:
        raise MappingError(
            "a native diary needs no mapping.", where=path.name, remedy="Leave --mapping out."
        )
    return load(path)


def _no_mapping(path: Path) -> ReadError:
    if path.suffix.lower() not in _TABLES:
        return ReadError(
            f"the ending {path.suffix!r} is not known.",
            where=path.name,
            remedy="Twofold reads .json diaries, and .csv or .tsv tables with a mapping.",
        )
    beside = path.parent / MAPPING_NAME
    near = f" There is one beside it: name the folder {path.parent}." if beside.is_file() else ""
    return MappingError(
        "a table needs a mapping that says what its columns mean.",
        where=path.name,
        remedy=f"Name one with --mapping FILE; {_HOW_TO}.{near}",
    )
