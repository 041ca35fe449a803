"""A second exact referee: the onset model by the No-U-Turn sampler.

Source: Hoffman and Gelman 2014, by numpyro (Phan and colleagues 2019). The
same rows and the same prior as Twofold; each candidate's three components are
summed out, so that the sampler sees a smooth density. ``p_real`` is the mean
over draws of one minus the share of the component "none". The first referee,
exact Gibbs sampling, is in ``tests/models/gibbs.py``.
"""

from __future__ import annotations

import numpy as np

from peers.written import Array

WARM_UP, DRAWS = 500, 1000


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
    sampler.run(jax.random.PRNGKey(seed), x=x, y=y, prior=prior)
    effects = np.asarray(sampler.get_samples()["candidates"])
    logs = _log_components(effects, prior)
    return np.asarray(1 - np.exp(logs[..., 0] - np.logaddexp.reduce(logs, axis=-1)).mean(0))


def _model(x, y, prior) -> None:  # type: ignore[no-untyped-def]
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    free = np.setdiff1d(np.arange(x.shape[1]), prior.candidates)
    inner = prior.precision[np.ix_(free, free)]
    nuisances = numpyro.sample(
        "nuisances", dist.MultivariateNormal(prior.mean[free], precision_matrix=inner)
    )
    components = dist.Normal(jnp.asarray(prior.means), jnp.asarray(prior.sds))
    mixture = dist.MixtureSameFamily(dist.Categorical(jnp.asarray(prior.weights)), components)
    candidates = numpyro.sample("candidates", mixture.to_event(1))
    eta = x[:, free] @ nuisances + x[:, prior.candidates] @ candidates
    numpyro.sample("y", dist.Bernoulli(logits=eta), obs=y)


def _log_components(effects: Array, prior) -> Array:  # type: ignore[no-untyped-def]
    """Return the log weight of each component at each draw; shape (draws, q, components)."""
    z = (effects[..., None] - prior.means) / prior.sds
    return np.asarray(np.log(prior.weights) - np.log(prior.sds) - 0.5 * z**2)
