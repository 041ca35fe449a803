"""The candidate factors of every world, as data.

Shares, directions, classes and lags are those that the claims tables held when
the worlds were frozen. They are kept here a second time on purpose: a later
change of what the engine is told must not change what is true in a world.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

UNLINKED_SHARE = 0.05
MIDDLE_WHERE_UNKNOWN = 0.35
MIDDLE_RANGE = (0.30, 0.45)


@dataclass(frozen=True)
class Kind:
    """One candidate factor: what the tables say of it, and how its days look.

    Parameters
    ----------
    claim_class : str or None
        ``None`` where no claim is linked.
    told_share, told_middle : float
        Share of people with a real effect and its middle, log-odds per SD, as
        the claims tables state them. A middle of 0 states no direction.
    rate : float or None
        Share of days with a yes; ``None`` for a rating with mean 0 and SD 1.
    daily : float
        Correlation from one day to the next (of the latent Gaussian).
    change : float
        What a headache does to it on its own day: points of a rating, or the
        share of days that are turned to yes (to no, where negative).
    """

    name: str
    claim_class: str | None
    lag: int
    told_share: float
    told_middle: float
    rate: float | None
    daily: float
    change: float

    @property
    def column(self) -> str:
        """The day table's name for it."""
        return f"factor.{self.name}"

    @property
    def claim(self) -> str | None:
        """The claim's id, where one is linked."""
        return None if self.claim_class is None else self.name

    @property
    def sd(self) -> float:
        """Standard deviation of the factor in the world."""
        return 1.0 if self.rate is None else float(np.sqrt(self.rate * (1 - self.rate)))

    @property
    def middle(self) -> float:
        """Middle of the real effects: the table's direction, held within ``MIDDLE_RANGE``."""
        if self.told_middle == 0:
            return MIDDLE_WHERE_UNKNOWN
        return float(np.sign(self.told_middle) * np.clip(abs(self.told_middle), *MIDDLE_RANGE))


EXPOSURES = (
    Kind("meal_skipped", "behaviour", 1, 0.25, 0.45, 0.20, 0.1, 0.3),
    Kind("dehydration", "behaviour", 1, 0.15, 0.27, 0.25, 0.2, 0.2),
    Kind("sleep_quality_poor", "behaviour", 0, 0.30, 0.27, None, 0.3, 0.0),
    Kind("sleep_short", "behaviour", 0, 0.10, 0.40, None, 0.3, 0.0),
    Kind("sleep_efficiency_low", "behaviour", 1, 0.25, 0.33, None, 0.3, 0.4),
    Kind("sleep_long", "behaviour", 0, 0.15, 0.27, 0.15, 0.1, 0.0),
    Kind("stress_high", "behaviour", 1, 0.25, 0.40, None, 0.5, 0.5),
    Kind("stress_let_down", "behaviour", 1, 0.30, 0.40, 0.20, 0.0, 0.0),
    Kind("alcohol", "behaviour", 1, 0.05, 0.0, 0.30, 0.2, -0.2),
    Kind("alcohol_five_drinks", "behaviour", 1, 0.30, 0.45, 0.10, 0.1, 0.0),
    Kind("caffeine_rise", "behaviour", 1, 0.15, 0.27, 0.20, 0.1, 0.2),
    Kind("caffeine_drop", "behaviour", 1, 0.30, 0.40, 0.20, 0.1, 0.2),
    Kind("weather_pressure_fall", "exogenous", 0, 0.20, 0.10, None, 0.4, 0.0),
    Kind("weather_heat", "exogenous", 0, 0.20, 0.10, None, 0.8, 0.0),
    Kind("air_pollution", "exogenous", 0, 0.15, 0.13, None, 0.6, 0.0),
    Kind("exercise_unusual", "behaviour", 1, 0.15, 0.13, 0.15, 0.1, 0.0),
    Kind("exercise_regular", "behaviour", 1, 0.15, -0.40, 0.40, 0.3, -0.3),
    Kind("travel", "behaviour", 1, 0.15, 0.27, 0.10, 0.3, 0.0),
    Kind("light_bright", "ambiguous", 1, 0.10, 0.40, 0.20, 0.2, 0.3),
    Kind("smell_strong", "ambiguous", 1, 0.10, 0.40, 0.15, 0.1, 0.3),
    Kind("full moon", None, 1, UNLINKED_SHARE, 0.0, 0.10, 0.0, 0.0),
    Kind("video calls", None, 1, UNLINKED_SHARE, 0.0, 0.40, 0.3, 0.0),
)
# A sign comes before a headache and never causes it; its share of real effects is zero.
SIGNS = (
    Kind("neck_pain", "sign", 1, 0.0, 0.0, 0.12, 0.0, 0.0),
    Kind("yawning", "sign", 1, 0.0, 0.0, 0.12, 0.0, 0.0),
    Kind("chocolate", "ambiguous", 1, 0.0, 0.0, 0.12, 0.0, 0.0),
)
ANXIETY = Kind("anxiety", "ambiguous", 1, 0.15, 0.40, None, 0.5, 0.4)
KINDS = (*EXPOSURES, *SIGNS, ANXIETY)
FIRST_SIGN = len(EXPOSURES)
AT_ANXIETY = len(KINDS) - 1
