"""``python -m twofold``."""

from twofold.app.cli.main import script

script()
