"""How the documentation is built: `make docs`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import twofold

ROOT = Path(__file__).resolve().parent.parent
os.chdir(ROOT)  # examples name files as a reader in the repository would
sys.path.insert(0, str(ROOT / "src"))

project = "Twofold"
author = "the Twofold authors"
copyright = "2026, the Twofold authors"
release = version = twofold.__version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.doctest",
]
exclude_patterns = ["_build", "spec/_*"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Twofold"
html_copy_source = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
doctest_global_setup = "import twofold as tf\nfrom twofold import *"
# Links that lead out of docs/ work in the repository, and are plain words here.
suppress_warnings = ["myst.xref_missing"]
