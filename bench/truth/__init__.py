"""Twofold's findings against the truth of simulated worlds: ``make slow``."""
