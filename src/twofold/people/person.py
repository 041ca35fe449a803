"""The person whose diary it is, as the store knows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """One person.

    Parameters
    ----------
    id : str
        A random UUID; it tells nothing.
    label : str
        What the person wants to be called here.
    zone : str
        IANA name of where they are at home (``"Europe/Berlin"``), or empty: that of the machine.
    language : str
        Of the pages: ``"en"``, ``"de"`` …
    """

    id: str
    label: str
    zone: str = ""
    language: str = "en"
