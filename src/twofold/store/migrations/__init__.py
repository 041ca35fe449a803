"""How an older database becomes a newer one; run by ``store/upgrading.py``, never by hand."""
