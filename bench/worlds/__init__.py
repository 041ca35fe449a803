"""Simulated worlds with known truth. They know the day table and claim rows, never the engine."""

from worlds.lives import Lives, Truth, WorldFactor, simulate
from worlds.world import WORLDS, World

__all__ = ["WORLDS", "Lives", "Truth", "World", "WorldFactor", "simulate"]
