"""The engine's rounds, compiled: the same estimate as ``engine.fit``, for many people at once.

Only the logistic equation, only when numba is installed (the extra ``fast``);
one person never needs it. Each person's rows are gathered, scaled and solved in
single precision while they lie in the processor's nearest memory, so memory
does not grow with people. ``tests/models`` holds it against ``engine.fit`` and
against exact sampling.

The arrays are laid out column by column (k, rows): every inner loop then runs
over neighbouring numbers, and the compiler can take 8 or 16 of them at a time.
"""

# The compiler wants plain loops over preallocated arrays; short functions are inlined by it.
from __future__ import annotations

import numpy as np
from numba import njit

from twofold.inference.engine import hermite
from twofold.inference.rows import FLAG_IF_MISSING_OVER, LEAST_ON_EACH_SIDE, MOST_FLAGS

AS_IS, CENTRE, PER_SD = 0, 1, 2
FLAG_PRECISION = np.float32(1 / 0.3**2)
POINTS, SHARES = (one.astype(np.float32) for one in hermite(7))
LANES = 16
LOOSE = {"reassoc", "contract", "arcp", "nsz"}


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _chance(z):
    """Return the logistic function, as a rational function that vectorises (error < 1e-6)."""
    half = min(max(np.float32(0.5) * z, np.float32(-8.5)), np.float32(8.5))
    s = half * half
    top = np.float32(-2.76076847742355e-16)
    top = top * s + np.float32(2.00018790482477e-13)
    top = top * s + np.float32(-8.60467152213735e-11)
    top = top * s + np.float32(5.12229709037114e-08)
    top = top * s + np.float32(1.48572235717979e-05)
    top = top * s + np.float32(6.37261928875436e-04)
    top = top * s + np.float32(4.89352455891786e-03)
    low = np.float32(1.19825839466702e-06)
    low = low * s + np.float32(1.18534705686654e-04)
    low = low * s + np.float32(2.26843463243900e-03)
    low = low * s + np.float32(4.89352518554385e-03)
    return np.float32(0.5) + np.float32(0.5) * half * top / low


@njit(cache=True, nogil=True, error_model="numpy")
def _is_two_sided(values, count):
    """Say whether at least 8 rows lie on each side; the rule of ``rows.splits_at``."""
    known = np.empty(count, np.float32)
    n, zeros, ones, least = 0, 0, 0, np.float32(np.inf)
    for r in range(count):
        v = values[r]
        known[n] = v
        n += v == v
        zeros += v == 0
        ones += v == 1
        least = min(least, v) if v == v else least
    if n < 2 * LEAST_ON_EACH_SIDE:
        return False
    edge = np.float32(0)
    if zeros + ones < n and not (least >= 0 and 2 * zeros >= n):
        edge = np.float32(np.median(known[:n]))
    above = 0
    for r in range(n):
        above += known[r] > edge
    return min(above, n - above) >= LEAST_ON_EACH_SIDE


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _cholesky_inverse(a, inverse, k):
    """Factor the lower triangle in place and write the inverse of the factor; say if it went."""
    for i in range(k):
        for j in range(i + 1):
            total = a[i, j]
            for m in range(j):
                total -= a[i, m] * a[j, m]
            if i == j:
                if not total > 0:
                    return False
                a[i, i] = np.sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    for i in range(k):
        scale = np.float32(1) / a[i, i]
        for j in range(i):
            inverse[i, j] = np.float32(0)
        for m in range(i):
            factor = a[i, m] * scale
            for j in range(m + 1):
                inverse[i, j] -= factor * inverse[m, j]
        inverse[i, i] = scale
    return True


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _add_up(x, weight, out, heavy, k, n):
    """Write the lower triangle of X' diag(weight) X, four columns at a time."""
    for i in range(k):
        for r in range(n):
            heavy[r] = x[i, r] * weight[r]
        j = 0
        while j + 3 <= i:
            t0, t1, t2, t3 = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
            for r in range(n):
                h = heavy[r]
                t0 += h * x[j, r]
                t1 += h * x[j + 1, r]
                t2 += h * x[j + 2, r]
                t3 += h * x[j + 3, r]
            out[i, j], out[i, j + 1], out[i, j + 2], out[i, j + 3] = t0, t1, t2, t3
            j += 4
        while j <= i:
            t0 = np.float32(0)
            for r in range(n):
                t0 += heavy[r] * x[j, r]
            out[i, j] = t0
            j += 1


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _spreads(inverse, x, out, line, k, n):
    """Write each row's variance: the squared length of (factor inverse) times the row."""
    for r in range(n):
        out[r] = np.float32(0)
    for i in range(k):
        for r in range(n):
            line[r] = np.float32(0)
        j = 0
        while j + 3 <= i:
            f0, f1 = inverse[i, j], inverse[i, j + 1]
            f2, f3 = inverse[i, j + 2], inverse[i, j + 3]
            for r in range(n):
                line[r] += f0 * x[j, r] + f1 * x[j + 1, r] + f2 * x[j + 2, r] + f3 * x[j + 3, r]
            j += 4
        while j <= i:
            f0 = inverse[i, j]
            for r in range(n):
                line[r] += f0 * x[j, r]
            j += 1
        for r in range(n):
            out[r] += line[r] * line[r]


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _match_days(y, seen, middle, spread, precision, shift, mass, first, second, damp, n):
    """Match each day's Gaussian to the logistic; see ``engine._match_days``."""
    one = np.float32(1)
    for r in range(n):
        room = max(one - precision[r] * spread[r], np.float32(1e-3))
        middle[r] = (middle[r] - spread[r] * shift[r]) / room
        spread[r] = max(spread[r] / room, np.float32(1e-6))
        mass[r] = np.float32(0)
        first[r] = np.float32(0)
        second[r] = np.float32(0)
    for p in range(len(POINTS)):
        at, share = POINTS[p], SHARES[p]
        for r in range(n):
            side = np.float32(2) * y[r] - one
            m = share * _chance(side * middle[r] + np.sqrt(spread[r]) * at)
            mass[r] += m
            first[r] += m * at
            second[r] += m * at * at
    for r in range(n):
        side = np.float32(2) * y[r] - one
        offset = first[r] / mass[r]
        width = max(second[r] / mass[r] - offset * offset, np.float32(1e-6))
        # one / (spread * width) - one / spread, without the loss of digits
        sharp = max((one - width) / (spread[r] * width), np.float32(1e-6))
        tilted = middle[r] + side * np.sqrt(spread[r]) * offset
        pull = tilted * (sharp + one / spread[r]) - middle[r] / spread[r]
        precision[r] += damp * (sharp * seen[r] - precision[r])
        shift[r] += damp * (pull * seen[r] - shift[r])


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _mix(weights, means, sds, middle, spread, out_w, out_m, out_v):
    """Weigh each component; see ``engine._mix``."""
    c = len(weights)
    top = np.float32(-1e30)
    for i in range(c):
        width = sds[i] * sds[i] + spread
        log = np.log(weights[i]) - np.float32(0.5) * np.log(width)
        log -= np.float32(0.5) * (middle - means[i]) ** 2 / width
        out_w[i] = log
        top = max(top, log)
        out_v[i] = spread * sds[i] * sds[i] / width
        out_m[i] = (middle * sds[i] * sds[i] + means[i] * spread) / width
    total = np.float32(0)
    for i in range(c):
        out_w[i] = np.exp(out_w[i] - top)
        total += out_w[i]
    for i in range(c):
        out_w[i] /= total


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _solve(
    x,
    n,
    k,
    y,
    seen,
    mean0,
    sharp0,
    mixture_of,
    weights,
    means,
    sds,
    settled,
    most,
    mean,
    var,
    comp_w,
    comp_m,
    comp_v,
    inverse,
):
    """Settle one person's sites; return whether they settled."""
    f = np.float32
    precision, shift = np.empty(n, f), np.empty(n, f)
    middle, spread, line = np.empty(n, f), np.empty(n, f), np.empty(n, f)
    first, second = np.empty(n, f), np.empty(n, f)
    site, pull = np.zeros(k, f), np.zeros(k, f)
    gram = np.empty((k, k), f)
    right, half = np.empty(k, f), np.empty(k, f)
    for r in range(n):
        precision[r] = f(0.25) * seen[r]
        shift[r] = (y[r] - f(0.5)) * seen[r]
    for i in range(k):
        q = mixture_of[i]
        if q >= 0:
            m, v = f(0), f(0)
            for c in range(weights.shape[1]):
                m += weights[q, c] * means[q, c]
            for c in range(weights.shape[1]):
                v += weights[q, c] * (sds[q, c] ** 2 + (means[q, c] - m) ** 2)
            site[i], pull[i] = f(1) / v, m / v
            for c in range(weights.shape[1]):
                comp_w[i, c] = weights[q, c]
    moved = f(np.inf)
    for turn in range(most + 1):
        _add_up(x, precision, gram, line, k, n)
        for i in range(k):
            gram[i, i] += sharp0[i] + site[i]
            total = sharp0[i] * mean0[i] + pull[i]
            for r in range(n):
                total += x[i, r] * shift[r]
            right[i] = total
        if not _cholesky_inverse(gram, inverse, k):
            return False
        for i in range(k):
            total = f(0)
            for j in range(i + 1):
                total += inverse[i, j] * right[j]
            half[i] = total
        for i in range(k):
            right[i] = f(0)
            var[i] = f(0)
        for i in range(k):
            h = half[i]
            for j in range(i + 1):
                right[j] += inverse[i, j] * h
                var[j] += inverse[i, j] * inverse[i, j]
        for i in range(k):
            moved = max(moved, abs(right[i] - mean[i])) if turn else moved
            mean[i] = right[i]
        if turn and moved < settled:
            return True
        if turn == most:
            return False
        moved = f(0)
        damp = f(1.0) if turn < 2 else f(0.8) if turn < 20 else f(0.4)
        for r in range(n):
            middle[r] = f(0)
        for i in range(k):
            m = mean[i]
            for r in range(n):
                middle[r] += m * x[i, r]
        _spreads(inverse, x, spread, line, k, n)
        _match_days(y, seen, middle, spread, precision, shift, line, first, second, damp, n)
        for i in range(k):
            q = mixture_of[i]
            if q < 0:
                continue
            room = max(f(1) / var[i] - site[i], f(1e-6))
            at = (mean[i] / var[i] - pull[i]) / room
            before = comp_w[i, 0]
            _mix(weights[q], means[q], sds[q], at, f(1) / room, comp_w[i], comp_m[i], comp_v[i])
            moved = max(moved, abs(comp_w[i, 0] - before))
            m, v = f(0), f(0)
            for c in range(weights.shape[1]):
                m += comp_w[i, c] * comp_m[i, c]
            for c in range(weights.shape[1]):
                v += comp_w[i, c] * (comp_v[i, c] + (comp_m[i, c] - m) ** 2)
            sharp = max(f(1) / v - room, f(1e-6))
            site[i] += damp * (sharp - site[i])
            pull[i] += damp * (m * (sharp + room) - at * room - pull[i])
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _is_new(x, first, k, count):
    """Say whether column ``k`` differs from the flags before it."""
    for other in range(first, k):
        same = True
        for r in range(count):
            if x[other, r] != x[k, r]:
                same = False
                break
        if same:
            return False
    return True


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _gather(
    values, seen_days, outcome, kinds, is_sided, is_flagged, x, y, seen, centre, scale, active
):
    """Collect a person's rows, scale their columns, and add flags; return rows and columns."""
    f = np.float32
    columns, days = values.shape
    at = np.empty(days, np.int64)
    count = 0
    for d in range(days):
        at[count] = d
        count += seen_days[d]
    n = (count + LANES - 1) // LANES * LANES
    for r in range(n):
        y[r] = outcome[at[r]] if r < count else f(0)
        seen[r] = f(1) if r < count else f(0)
    k = 0
    gone = np.zeros(columns, np.int64)
    for i in range(columns):
        known, total = 0, f(0)
        for r in range(count):
            v = values[i, at[r]]
            x[k, r] = v
            known += v == v
            total += v if v == v else f(0)
        gone[i] = count - known
        middle = f(0) if kinds[i] == AS_IS else total / f(max(known, 1))
        square = f(0)
        for r in range(count):
            v = x[k, r]
            square += (v - middle) ** 2 if v == v else f(0)
        deviation = np.sqrt(square / f(max(known, 1)))
        width = deviation if kinds[i] == PER_SD else f(1)
        is_silent = known == 0 or (kinds[i] != AS_IS and deviation <= 1e-6)
        if not is_silent and is_sided[i]:
            is_silent = not _is_two_sided(x[k], count)
        centre[i] = middle
        scale[i] = f(np.inf) if is_silent else width
        if is_silent:
            continue
        for r in range(n):
            v = x[k, r]
            x[k, r] = (v - middle) / width if r < count and v == v else f(0)
        active[k] = i
        k += 1
    flags = 0
    for i in range(columns):
        is_wanted = is_flagged[i] and gone[i] > FLAG_IF_MISSING_OVER * count
        if not is_wanted or gone[i] == count or flags == MOST_FLAGS:
            continue
        share = f(gone[i]) / f(count)
        for r in range(n):
            v = values[i, at[r]] if r < count else f(0)
            x[k, r] = f(v != v) - share if r < count else f(0)
        if _is_new(x, k - flags, k, count):
            active[k] = columns + i
            centre[columns + flags] = share
            scale[columns + flags] = f(1)
            k += 1
            flags += 1
    return count, n, k


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _person(
    values,
    seen_days,
    outcome,
    ahead,
    kinds,
    is_sided,
    is_flagged,
    mixture_at,
    mean0,
    sharp0,
    weights,
    means,
    sds,
    settled,
    most,
    mean,
    var,
    comp_w,
    comp_m,
    comp_v,
    centre,
    scale,
    eta,
    eta_var,
):
    """Estimate one person's equation; write the answer, return (settled, rows)."""
    f = np.float32
    columns, days = values.shape
    room = columns + MOST_FLAGS + 1
    wide = (days + LANES) // LANES * LANES
    x, y, seen = np.empty((room, wide), f), np.empty(wide, f), np.empty(wide, f)
    active = np.empty(room, np.int64)
    count, n, k = _gather(
        values, seen_days, outcome, kinds, is_sided, is_flagged, x, y, seen, centre, scale, active
    )
    own_mean, own_sharp = np.empty(k, f), np.empty(k, f)
    own_mixture = np.empty(k, np.int64)
    for i in range(k):
        at = active[i]
        is_flag = at >= columns
        own_mean[i] = f(0) if is_flag else mean0[at]
        own_sharp[i] = FLAG_PRECISION if is_flag else sharp0[at]
        own_mixture[i] = -1 if is_flag else mixture_at[at]
    got_mean, got_var = np.zeros(k, f), np.zeros(k, f)
    got_w = np.zeros((k, weights.shape[1]), f)
    got_m, got_v = np.zeros_like(got_w), np.zeros_like(got_w)
    inverse = np.empty((k, k), f)
    ok = _solve(
        x,
        n,
        k,
        y,
        seen,
        own_mean,
        own_sharp,
        own_mixture,
        weights,
        means,
        sds,
        settled,
        most,
        got_mean,
        got_var,
        got_w,
        got_m,
        got_v,
        inverse,
    )
    for i in range(columns):
        q = mixture_at[i]
        mean[i] = mean0[i]
        var[i] = f(1) / sharp0[i] if sharp0[i] > 0 else f(0)
        if q >= 0:
            for c in range(weights.shape[1]):
                comp_w[q, c], comp_m[q, c] = weights[q, c], means[q, c]
                comp_v[q, c] = sds[q, c] ** 2
                mean[i] += weights[q, c] * means[q, c]
    for i in range(k):
        at = active[i]
        if at >= columns:
            continue
        mean[at], var[at] = got_mean[i], got_var[i]
        q = mixture_at[at]
        if q >= 0:
            for c in range(weights.shape[1]):
                comp_w[q, c], comp_m[q, c], comp_v[q, c] = got_w[i, c], got_m[i, c], got_v[i, c]
    _look_ahead(values, ahead, active, k, centre, scale, got_mean, inverse, eta, eta_var)
    return ok, count


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def _look_ahead(values, ahead, active, k, centre, scale, mean, inverse, eta, eta_var):
    """Write mean and variance of the log-odds on the asked days."""
    f = np.float32
    columns, days = values.shape
    row = np.empty(k, f)
    for d in range(days):
        eta[d], eta_var[d] = f(np.nan), f(np.nan)
        if not ahead[d]:
            continue
        flag, total = 0, f(0)
        for i in range(k):
            at = active[i]
            if at >= columns:
                v = values[at - columns, d]
                row[i] = f(v != v) - centre[columns + flag]
                flag += 1
            else:
                v = values[at, d]
                row[i] = (v - centre[at]) / scale[at] if v == v else f(0)
            total += row[i] * mean[i]
        spread = f(0)
        for i in range(k):
            part = f(0)
            for j in range(i + 1):
                part += inverse[i, j] * row[j]
            spread += part * part
        eta[d], eta_var[d] = total, spread


@njit(fastmath=LOOSE, cache=True, nogil=True, error_model="numpy")
def fit_people(
    values,
    seen,
    outcome,
    ahead,
    kinds,
    is_sided,
    is_flagged,
    mixture_at,
    mean0,
    sharp0,
    weights,
    means,
    sds,
    settled,
    most,
    mean,
    var,
    comp_w,
    comp_m,
    comp_v,
    centre,
    scale,
    eta,
    eta_var,
    ok,
    rows,
):
    """Estimate every person's equation, one after the other; threads may take a share each.

    Shapes: ``values (p, k, days)``; ``seen, outcome, ahead (p, days)``; ``kinds, is_sided,
    is_flagged, mixture_at, mean0, sharp0 (k,)``; ``weights, means, sds (q, c)``. Everything after
    ``most`` is written.
    """
    for p in range(values.shape[0]):
        ok[p], rows[p] = _person(
            values[p], seen[p], outcome[p], ahead[p], kinds, is_sided, is_flagged, mixture_at,
            mean0, sharp0, weights, means, sds, settled, most,
            mean[p], var[p], comp_w[p], comp_m[p], comp_v[p], centre[p], scale[p],
            eta[p], eta_var[p],
        )  # fmt: skip
