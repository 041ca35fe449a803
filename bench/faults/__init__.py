"""Proof that the store loses nothing: campaigns of faults against the real store."""
