"""The errors that Twofold shows to people, and the remedy that each one carries.

::

    TwofoldError                 anything a person can mend; shown without a traceback
    ├── ReadError                a file could not be understood at all
    │   ├── MappingError         the mapping file does not fit, or is missing
    │   └── SchemaError          the file is JSON, but not a Twofold diary
    ├── RecordError              one record contradicts itself (ends before it starts …)
    ├── UnitError                a number came without its unit, or with an unknown one
    ├── NeedsCalendar            an undated diary was asked a question about dates
    ├── KnowledgeError           a table in ``knowledge/`` breaks its own rules
    ├── LabError                 a table or a recipe of the lab breaks its own rules
    ├── NeedsExtra               an optional part is not installed
    ├── WriteError               a report or log could not be written; nothing was changed
    └── StoreError               the kept diary could not be opened, read or written
        ├── WrongKey             neither the passphrase nor the recovery key opens it
        ├── DamagedStore         the database or its key ring is damaged, or one of them is gone
        ├── NewerStore           a newer Twofold wrote it
        ├── StoreFull            the disk is full or read-only; nothing was written
        └── StoreBusy            another program holds it just now

A bug is not in this tree: it keeps its traceback.
"""

from __future__ import annotations


class TwofoldError(Exception):
    """Something a person can mend.

    Parameters
    ----------
    what : str
        What is wrong, as one plain sentence.
    where : str, optional
        The place: a file, a line, a field.
    remedy : str, optional
        What to try. Several remedies are numbered by the caller.

    Attributes
    ----------
    exit_code : int
        What the command line returns (2: mend the input and try again).
    """

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Return the error as people read it: where, what, and what to try."""
        place = f"{self.where}: " if self.where else ""
        cure = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{cure}"


class ReadError(TwofoldError):
    """A file could not be understood at all; nothing was read from it."""


class MappingError(ReadError):
    """The mapping file does not fit the data file, or is missing."""


class SchemaError(ReadError):
    """The file is JSON, but not a Twofold diary."""


class RecordError(TwofoldError):
    """One record contradicts itself; the reader lists it and reads on."""


class UnitError(TwofoldError):
    """A number came without its unit, or with a unit that is not known."""


class NeedsCalendar(TwofoldError):
    """An undated diary was asked a question that needs dates."""


class KnowledgeError(TwofoldError):
    """A table in ``knowledge/`` breaks its own rules; a defect of Twofold's data."""

    exit_code = 3


class LabError(TwofoldError):
    """A table or a recipe of the lab breaks its own rules; nothing was worked out from it."""


class NeedsExtra(TwofoldError):
    """An optional part is not installed; the core works without it.

    Parameters
    ----------
    package : str
        What is missing.
    extra : str
        The name under which Twofold installs it.
    also : str
        Another way to get it.
    """

    def __init__(self, package: str, *, extra: str, also: str = "") -> None:
        way = f'Install it with: pip install "twofold[{extra}]"'
        super().__init__(
            f"this needs {package}, which is not installed.",
            remedy=f"{way}, {also}." if also else way,
        )


class WriteError(TwofoldError):
    """A report or a log could not be written; what was there before is still there."""

    exit_code = 4


class StoreError(TwofoldError):
    """The kept diary could not be opened, read or written."""


class WrongKey(StoreError):
    """Neither the passphrase nor the recovery key opens this diary."""


class DamagedStore(StoreError):
    """The database or its key ring is damaged, or one of the two is gone."""

    exit_code = 5


class NewerStore(StoreError):
    """A newer Twofold wrote this diary; this one leaves it alone."""


class StoreFull(StoreError):
    """The disk is full or cannot be written; what was there before is still there."""

    exit_code = 4


class StoreBusy(StoreError):
    """Another program holds the diary just now."""

    exit_code = 4
