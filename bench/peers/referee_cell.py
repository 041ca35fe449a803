"""P(real) by Twofold, by exact Gibbs sampling and by NUTS, for the same people and prior."""

from __future__ import annotations

import time

import numpy as np
from models.gibbs import p_real_and_mean

from peers import ours, panel, referees
from peers.scoring import Figures
from twofold.inference.answer import fit_onset

PEOPLE = 3  # NUTS takes the most time of all


def cell(world: str, days: int, people: int) -> Figures:
    """Compare the three for the first people whose diaries can be asked about factors."""
    claims = ours.told()
    chances: list[tuple[np.ndarray, ...]] = []
    seconds = np.zeros(3)
    for table in panel.tables(world, days):
        began = time.process_time()
        fitted = fit_onset(table, claims)
        if fitted is None:
            continue
        x, y = fitted.matrix(fitted.equation.rows)[0], fitted.equation.y
        engine = time.process_time()
        gibbs = p_real_and_mean(x, y, fitted.prior, seed=len(chances))[0]
        sampled = time.process_time()
        nuts = referees.nuts(x, y, fitted.prior, seed=len(chances))
        seconds += np.diff([began, engine, sampled, time.process_time()])
        chances.append((fitted.posterior.p_real[0], gibbs, nuts))
        if len(chances) == people:
            break
    engine, gibbs, nuts = (np.concatenate([one[i] for one in chances]) for i in range(3))
    return {
        "people": len(chances),
        "factors": len(gibbs),
        "engine_from_gibbs": _apart(engine, gibbs),
        "nuts_from_gibbs": _apart(nuts, gibbs),
        "engine_from_nuts": _apart(engine, nuts),
        "seconds_engine": seconds[0] / len(chances),
        "seconds_gibbs": seconds[1] / len(chances),
        "seconds_nuts": seconds[2] / len(chances),
        "seconds": float(seconds.sum()) / len(chances),
    }


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sqrt(((one - other) ** 2).mean()))
