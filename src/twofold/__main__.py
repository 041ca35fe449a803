"""``python -m twofold``."""

import sys

from twofold.app.cli.main import main

sys.exit(main())
