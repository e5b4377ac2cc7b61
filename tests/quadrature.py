"""Averages over the Gaussian Overhauser field by plain quadrature, knowing nothing of the package or of w(z).

With 1/(1 + Ω²k²) = ∫₀^∞ exp[−λ(1 + Ω²k²)] dλ, μ = λk², q = 1/(1 + μ/2), and variance 1/4 per axis,

    ⟨e^{−μΩ²}⟩ = q^{3/2} exp(−μ b² q),        ⟨Ω_⊥² e^{−μΩ²}⟩ = ½ q^{5/2} exp(−μ b² q),

so each average is ∫₀^∞ e^{−μ/k²} q^p exp(−μ b² q) dμ with a positive integrand: nothing cancels for
any (b, k). In t = ln μ the integrand is analytic for |Im t| < π/2, where the trapezoidal rule with
step h errs by exp(−π²/h). Differentiating under the integral brings down −2bμq.
"""

import mpmath
import numpy as np

POWERS = {"lorentzian": 1.5, "loss": 2.5}  # exponent of q in ⟨1/(1+Ω²k²)⟩ k² and 2⟨Ω_⊥²k²/(1+Ω²k²)⟩
_STEP = 0.2


def lorentzian(b, k):
    return _integral(b, k, 1.5) / np.asarray(k) ** 2


def loss(b, k):
    return _integral(b, k, 2.5) / 2


def transverse(b, k):
    return loss(b, k) / np.asarray(k) ** 2


def rate(b, k):
    return loss(b, k) / k


def lorentzian_slope(b, k):
    return -2 * np.asarray(b) * _integral(b, k, 1.5, factors=1) / np.asarray(k) ** 2


def loss_slope(b, k):
    return -np.asarray(b) * _integral(b, k, 2.5, factors=1)


def _integral(b, k, power, factors=0):
    """∫₀^∞ e^{−μ/k²} q^power (μq)^factors exp(−μ b² q) dμ in double precision, for arrays."""
    b, k = np.broadcast_arrays(np.abs(np.asarray(b, dtype=float)), np.asarray(k, dtype=float))
    square, cut = b.ravel() ** 2, k.ravel() ** -2.0
    low = -42 - np.log(np.maximum(1, np.maximum(square, cut)))
    high = np.minimum(np.log(60 / np.maximum(cut, 1e-300)), 40 / (power - 1))
    steps = _STEP * np.arange(int(np.ceil(np.max(high - low) / _STEP)))
    result = np.empty(square.size)
    for start in range(0, square.size, 2000):
        part = slice(start, start + 2000)
        mu = np.exp(low[part, None] + steps)
        muq = mu / (1 + mu / 2)
        exponent = np.minimum(mu * cut[part, None] + muq * square[part, None], 745)
        result[part] = _STEP * np.sum(
            mu * muq**factors * (1 + mu / 2) ** -power * np.exp(-exponent), axis=1
        )
    return result.reshape(b.shape)


def precise(b, k, kind, digits=30):
    """The same integral in mpmath; kind is "lorentzian" for ⟨1/(1+Ω²k²)⟩ or "loss" for ⟨Ω_⊥²k²/(1+Ω²k²)⟩."""
    with mpmath.workdps(digits + 10):
        b, power = mpmath.mpf(b), mpmath.mpf(POWERS[kind])
        cut = 0 if k == mpmath.inf else 1 / mpmath.mpf(k) ** 2
        step = mpmath.pi**2 / (digits * mpmath.ln(10) + 5)
        reach = digits * mpmath.ln(10) + 5
        low = -reach - mpmath.ln(max(1, b * b, cut))
        high = reach / (power - 1) if cut == 0 else min(mpmath.ln(reach / cut), reach / (power - 1))
        total = mpmath.mpf(0)
        for n in range(int(low / step), int(high / step) + 2):
            mu = mpmath.exp(n * step)
            q = 1 / (1 + mu / 2)
            total += mu * mpmath.exp(-mu * cut - mu * q * b * b) * q**power
        return +(step * total * (cut if kind == "lorentzian" else mpmath.mpf("0.5")))


def panels(edges, order=24):
    """Nodes and weights of Gauss-Legendre panels between the edges."""
    x, w = np.polynomial.legendre.leggauss(order)
    edges = np.asarray(edges, dtype=float)
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:, None] + edges[:-1, None]) / 2
    return (middle + half * x).ravel(), (half * w).ravel()


def cylinder(b, finest, reach=4.6):
    """Overhauser vectors (r, 0, z) and volume weights 2πr dr dz for integrands that do not depend on the azimuth.

    The panels shrink to `finest` towards Ω_e = (r, 0, z + b) = 0, where the Lorentzians are narrow.
    """
    scale = np.concatenate(
        [[0], np.geomspace(finest, 2 * reach + abs(b), 2 + int(2 * np.log2(9 / finest)))]
    )
    r, wr = panels(np.unique(np.clip(scale, 0, reach)))
    z, wz = panels(np.unique(np.clip(np.concatenate([-b - scale, -b + scale, [0]]), -reach, reach)))
    vectors = np.stack(np.broadcast_arrays(r[:, None], 0.0, z[None, :]), axis=-1)
    return vectors, 2 * np.pi * r[:, None] * wr[:, None] * wz[None, :]


def assert_relative(actual, expected, tolerance):
    """Each element of `actual` within `tolerance` of `expected`, relative to `expected`."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"shape {actual.shape}, expected {expected.shape}"
    error = np.abs(actual - expected) - tolerance * np.abs(expected)
    bad = np.argwhere(~(error <= 0))
    where = tuple(bad[0]) if len(bad) else ()
    assert not len(bad), (
        f"{len(bad)} of {actual.size} off, first {where}: {actual[where]!r} for {expected[where]!r}"
    )
