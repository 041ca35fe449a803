"""How much a picture of a page glares: its light, and its strongest patch of stripes.

The measure is of discomfort from patterns (Wilkins): contrast at 1.5 to 8 cycles in a degree of
the eye's view is the worst. A page at 96 dots to the inch, 60 cm away, has 40 dots to a degree.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

DOTS_TO_A_DEGREE = 40
TILE, STEP = 128, 64
DARKEST, CALMEST = 0.05, 0.10
"""The budget of the low-light theme: mean light, and contrast of the worst patch."""

_WINDOW = np.outer(np.hanning(TILE), np.hanning(TILE))
_ACROSS = np.fft.rfftfreq(TILE) * DOTS_TO_A_DEGREE
_DOWN = np.fft.fftfreq(TILE) * DOTS_TO_A_DEGREE
_PITCH = np.hypot(_DOWN[:, None], _ACROSS[None, :])
_BAND = (_PITCH >= 1.5) & (_PITCH <= 8)
_WEIGHT = np.where((_ACROSS == 0) | (_ACROSS[-1] == _ACROSS), 1.0, 2.0)[None, :] * _BAND


def light_of(picture: bytes) -> np.ndarray:
    """Return the relative luminance of each dot of a PNG."""
    dots = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), float) / 255
    linear = np.where(dots <= 0.04045, dots / 12.92, ((dots + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def worst_patch(light: np.ndarray) -> float:
    """Return the contrast of the worst patch: root mean square of its light in the bad band."""
    return max((_contrast(tile) for tile in _tiles(light)), default=0.0)


def _tiles(light: np.ndarray):
    height, width = light.shape
    for y in range(0, height - TILE + 1, STEP):
        for x in range(0, width - TILE + 1, STEP):
            tile = light[y : y + TILE, x : x + TILE]
            if tile.max() > tile.min():
                yield tile


def _contrast(tile: np.ndarray) -> float:
    power = np.abs(np.fft.rfft2((tile - tile.mean()) * _WINDOW)) ** 2
    return float(np.sqrt((power * _WEIGHT).sum() / (_WINDOW**2).sum()) / TILE)
