"""A whole number in a form: read, or refused with a sentence; never a guess, never a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.app.web.forms import Form, FormError


@pytest.mark.parametrize("written", ["--5", "-", "5-", "1e3", "٣", "1_0", "0x1", "+5", "9" * 12])
def test_what_is_no_whole_number_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(FormError, match="is not a whole number from -9 to 99"):
        Form({"n": [written]}).whole("n", -9, 99)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_nothing_or_refused(written: str) -> None:
    try:
        read = Form({"n": [written]}).whole("n", -9, 99)
    except FormError:
        return
    assert (read is None and not written.strip()) or read == int(written)
