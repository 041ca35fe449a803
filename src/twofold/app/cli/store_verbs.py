"""The verbs of the diary that is kept: add, backup, restore, check, erase."""
