r"""The 2×2 blocks of H_0 = aJ·S + Ω_B S_z + ω_B J_z and the heat that a rank-2 tensor absorbs between two of them.

In units of a, with M = J_z + S_z conserved, Δ = (Ω_B − ω_B)/a, and |m⟩ the projections (↑ M−½, ↓
M+½), a block has

.. math:: E_\pm = \omega_B M - \tfrac14 \pm \tfrac12\Omega, \quad \Omega^2 = (\Delta+M)^2 + (J+\tfrac12)^2 - M^2, \quad
          \cos\vartheta = (\Delta + M)/\Omega,

|+⟩ = cos(ϑ/2)|↑⟩ + sin(ϑ/2)|↓⟩. H_e = H_0 − ω_B M + ω_B S_z. A tensor T_q leads from (J, M) to (J', M+q). With
X = R_0 H_e/τ, B = [T_q, X], and x = aτ_c the pair of blocks takes up

.. math:: \tfrac12 \sum_{\alpha\beta} \mathrm{Re}\,\frac{B_{\alpha\beta}^2}{1 + i\omega_{\alpha\beta}x}, \qquad
          B_{\alpha\beta} = t_{\alpha\beta}(h_\beta - h'_\alpha) + \frac{t_{\alpha\bar\beta} h}{1 - i\beta\Omega x}
          - \frac{t_{\bar\alpha\beta} h'}{1 + i\alpha\Omega' x},

h_β = ⟨β|H_e|β⟩, h = ⟨+|H_e|−⟩ = −½ω_B sin ϑ. All elements being real, ⟨L_1 R_0^† H_e| is the
complex conjugate of |L_1 R_0 H_e⟩, hence the square. Edge blocks |M| = J + ½ hold one state; the
other is a ghost that no tensor reaches.
"""

from math import sqrt

from numba import njit

from coldspin.arguments import Array
from coldspin.heating.multiplets.angular_momentum import matrix_element


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def eigensystem(J: float, M: float, detuning: float) -> tuple[float, float, float, float, float]:
    """Ω, cos ϑ, sin ϑ, cos(ϑ/2), sin(ϑ/2) of a block, each to full relative accuracy."""
    flip = sqrt(max((J + 0.5 - M) * (J + 0.5 + M), 0.0))
    along = detuning + M
    splitting = sqrt(along * along + flip * flip)
    if splitting == 0.0:
        return 0.0, 1.0, 0.0, 1.0, 0.0
    cosine = along / splitting
    sine = flip / splitting
    # Of the half angles the larger comes from a square root, the other from their product.
    if cosine >= 0:
        half = sqrt(0.5 * (1 + cosine))
        return splitting, cosine, sine, half, 0.5 * sine / half
    half = sqrt(0.5 * (1 - cosine))
    return splitting, cosine, sine, 0.5 * sine / half, half


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def add_heat(
    J: float,
    M: float,
    couplings: Array,
    detuning: float,
    zeeman: float,
    x: Array,
    weight: float,
    heat: Array,
) -> None:
    """Add to `heat[k]` what block (J, M) exchanges with all (J + step, M + q).

    Each pair counts `weight`·`couplings[step, q+2]` times. `detuning` is Δ, `zeeman` is ω_B/a.
    """
    splitting, cosine, sine, c, s = eigensystem(J, M, detuning)
    for step in range(3):
        for q in range(-2, 3):
            factor = weight * couplings[step, q + 2]
            if factor == 0.0 or abs(M + q) > J + step + 0.5:
                continue
            up = matrix_element(J, M - 0.5, step, q)
            down = matrix_element(J, M + 0.5, step, q)
            splitting1, cosine1, sine1, c1, s1 = eigensystem(J + step, M + q, detuning)
            mean = splitting1 + splitting
            # Ω' − Ω from Ω'² − Ω² = 2qΔ + J'(J'+1) − J(J+1), which does not cancel.
            change = (2 * q * detuning + step * (2 * J + 1 + step)) / mean if mean else 0.0
            t = (
                c1 * c * up + s1 * s * down,
                s1 * s * up + c1 * c * down,
                s1 * c * down - c1 * s * up,
                c1 * s * down - s1 * c * up,
            )
            if zeeman == 0.0:
                _add_lorentzians(t, 0.5 * change, 0.5 * mean, x, 0.5 * factor, heat)
            else:
                slope = cosine1 - cosine
                tilt = cosine1 + cosine
                gaps = (0.5 * (change + zeeman * slope), 0.5 * (mean + zeeman * tilt))
                mixing = (-0.5 * zeeman * sine, -0.5 * zeeman * sine1)
                frequencies = (q * zeeman, 0.5 * change, 0.5 * mean, splitting, splitting1)
                _add_with_zeeman(t, gaps, mixing, frequencies, x, 0.5 * factor, heat)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _add_lorentzians(
    t: tuple[float, float, float, float],
    slow: float,
    fast: float,
    x: Array,
    factor: float,
    heat: Array,
) -> None:
    """ω_B = 0: h = 0 and B = −tω, four Lorentzians of two frequencies."""
    slow_squared = slow * slow
    fast_squared = fast * fast
    slow_part = factor * (t[0] ** 2 + t[1] ** 2) * slow_squared
    fast_part = factor * (t[2] ** 2 + t[3] ** 2) * fast_squared
    for k in range(x.size):
        y = x[k] * x[k]
        # Two Lorentzians over one denominator: one division in place of two.
        first = 1 + slow_squared * y
        second = 1 + fast_squared * y
        heat[k] += (slow_part * second + fast_part * first) / (first * second)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _add_with_zeeman(
    t: tuple[float, float, float, float],
    gaps: tuple[float, float],
    mixing: tuple[float, float],
    frequencies: tuple[float, float, float, float, float],
    x: Array,
    factor: float,
    heat: Array,
) -> None:
    """ω_B ≠ 0. Transitions in the order ++, −−, +−, −+ (final, initial); t likewise.

    p = t(h_β − h'_α) is the part of B that does not depend on x; u and v are the amplitudes of the
    other two, with the Lorentzians g, g1 as real and f, f1 as imaginary parts of their factors.
    """
    carrier, slow, fast, splitting, splitting1 = frequencies
    w0 = carrier + slow
    w1 = carrier - slow
    w2 = carrier + fast
    w3 = carrier - fast
    p0 = -t[0] * gaps[0]
    p1 = t[1] * gaps[0]
    p2 = -t[2] * gaps[1]
    p3 = t[3] * gaps[1]
    h, h1 = mixing
    u0 = t[2] * h
    u1 = t[3] * h
    u2 = t[0] * h
    u3 = t[1] * h
    v0 = t[3] * h1
    v1 = t[2] * h1
    v2 = t[1] * h1
    v3 = t[0] * h1
    for k in range(x.size):
        z = x[k]
        a = splitting * z
        a1 = splitting1 * z
        d = 1 + a * a
        d1 = 1 + a1 * a1
        both = 1 / (d * d1)  # one division for two Lorentzians
        g = d1 * both
        g1 = d * both
        f = a * g
        f1 = a1 * g1
        y0 = w0 * z
        y1 = w1 * z
        y2 = w2 * z
        y3 = w3 * z
        r0 = p0 + u0 * g - v0 * g1
        i0 = u0 * f + v0 * f1
        r1 = p1 + u1 * g - v1 * g1
        i1 = -u1 * f - v1 * f1
        r2 = p2 + u2 * g - v2 * g1
        i2 = -u2 * f + v2 * f1
        r3 = p3 + u3 * g - v3 * g1
        i3 = u3 * f - v3 * f1
        n0 = r0 * r0 - i0 * i0 + 2 * r0 * i0 * y0
        n1 = r1 * r1 - i1 * i1 + 2 * r1 * i1 * y1
        n2 = r2 * r2 - i2 * i2 + 2 * r2 * i2 * y2
        n3 = r3 * r3 - i3 * i3 + 2 * r3 * i3 * y3
        e0 = 1 + y0 * y0
        e1 = 1 + y1 * y1
        e2 = 1 + y2 * y2
        e3 = 1 + y3 * y3
        heat[k] += factor * ((n0 * e1 + n1 * e0) / (e0 * e1) + (n2 * e3 + n3 * e2) / (e2 * e3))


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def add_flips(J: float, M: float, detuning: float, x: Array, weight: float, flips: Array) -> None:
    """Add the spin flips in block (J, M), `weight`·[(J+½)² − M²]/(1 + Ω²x²), to `flips[k]`."""
    splitting, _, sine, _, _ = eigensystem(J, M, detuning)
    amplitude = weight * (splitting * sine) ** 2
    for k in range(x.size):
        phase = splitting * x[k]
        flips[k] += amplitude / (1 + phase * phase)
