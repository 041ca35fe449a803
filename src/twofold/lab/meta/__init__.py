"""Trials taken together: what they say on the whole, how far they differ, and what is missing."""
