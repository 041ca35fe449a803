"""Microbes and people: counts by taxon, how various they are, and what goes with them."""
