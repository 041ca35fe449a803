"""A second exact referee: the onset model by the No-U-Turn sampler.

Source: Hoffman and Gelman 2014, by numpyro (Phan and colleagues 2019). The
same rows and the same prior as Twofold; each candidate's three components are
summed out, so that the sampler sees a smooth density. The narrow component
"none" is still a well that a sampler of effects rarely leaves (its chances were
off by .04 to .09 after a minute a person). So it samples a standard normal
number per candidate instead, which the prior's own quantile function turns
into the effect. ``p_real`` is the mean over draws of one minus the share of the
component "none". The first referee, exact Gibbs sampling, is in
``tests/models/gibbs.py``.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from peers.written import Array

WARM_UP, DRAWS = 500, 1000
NORMAL = np.linspace(-6, 6, 4001)
EFFECTS = np.union1d(np.linspace(-5, 5, 8001), np.linspace(-0.12, 0.12, 2001))


def nuts(x: Array, y: Array, prior, *, seed: int, draws: int = DRAWS) -> Array:  # type: ignore[no-untyped-def]
    """Return P(real) of each candidate of one person; shape (q,).

    Parameters
    ----------
    x, y : ndarray, shapes (n, k) and (n,)
        The onset equation's scaled rows.
    prior : twofold.inference.engine.Prior
    draws : int
        Kept draws of one chain, after ``WARM_UP`` steps of warm-up.
    """
    import jax
    from numpyro.infer import MCMC, NUTS

    jax.config.update("jax_enable_x64", True)
    sampler = MCMC(NUTS(_model), num_warmup=WARM_UP, num_samples=draws, progress_bar=False)
    sampler.run(
        jax.random.PRNGKey(seed),
        x=x,
        y=y,
        prior=prior,
        quantiles=_quantiles(prior),
    )
    effects = np.asarray(sampler.get_samples()["effects"])
    logs = _log_components(effects, prior)
    return np.asarray(1 - np.exp(logs[..., 0] - np.logaddexp.reduce(logs, axis=-1)).mean(0))


def _model(x, y, prior, quantiles) -> None:  # type: ignore[no-untyped-def]
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    free = np.setdiff1d(np.arange(x.shape[1]), prior.candidates)
    inner = prior.precision[np.ix_(free, free)]
    nuisances = numpyro.sample(
        "nuisances", dist.MultivariateNormal(prior.mean[free], precision_matrix=inner)
    )
    normal = numpyro.sample("normal", dist.Normal(0, 1).expand([len(quantiles)]).to_event(1))
    place = jnp.clip((normal - NORMAL[0]) / (NORMAL[1] - NORMAL[0]), 0, len(NORMAL) - 1.001)
    left = jax.lax.stop_gradient(jnp.floor(place)).astype(int)
    table, candidate = jnp.asarray(quantiles), jnp.arange(len(quantiles))
    low, high = table[candidate, left], table[candidate, left + 1]
    effects = numpyro.deterministic("effects", low + (place - left) * (high - low))
    eta = x[:, free] @ nuisances + x[:, prior.candidates] @ effects
    numpyro.sample("y", dist.Bernoulli(logits=eta), obs=y)


def _quantiles(prior) -> Array:  # type: ignore[no-untyped-def]
    """Return each candidate's effect at the points ``NORMAL``; shape (q, points)."""
    z = (EFFECTS[:, None, None] - prior.means) / prior.sds
    below, above = (
        np.logaddexp.reduce(np.log(prior.weights) + log_ndtr(s * z), axis=-1) for s in (1, -1)
    )
    # Each tail from its own side, where it keeps its digits.
    at = np.where(below < above, ndtri_exp(np.minimum(below, 0)), -ndtri_exp(np.minimum(above, 0)))
    return np.stack([np.interp(NORMAL, one, EFFECTS) for one in at.T])


def _log_components(effects: Array, prior) -> Array:  # type: ignore[no-untyped-def]
    """Return the log weight of each component at each draw; shape (draws, q, components)."""
    z = (effects[..., None] - prior.means) / prior.sds
    return np.asarray(np.log(prior.weights) - np.log(prior.sds) - 0.5 * z**2)
