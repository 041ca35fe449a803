"""Pictures inside a page: painted by the page's own style, so that they follow its theme."""

from __future__ import annotations

import re

from markupsafe import Markup

_STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
_ATTRIBUTE = re.compile(r'(<svg\b[^>]*?) style="[^"]*"')


def bare(svg: str) -> Markup:
    """Return a picture of ``charts`` (theme ``"auto"``) without the style that it brings.

    No page here allows a style inside it. ``static/pictures.css`` paints the picture's
    classes with the colours of the chosen theme.

    >>> bare('<svg id="a" style="--w:1px"><style>#a{}</style><circle class="f-mood"/></svg>')
    Markup('<svg id="a"><circle class="f-mood"/></svg>')
    """
    return Markup(_ATTRIBUTE.sub(r"\1", _STYLES.sub("", svg)))
