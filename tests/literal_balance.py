"""The balance of energies of one site, literally: loops over isotopes and levels, vectors in the plane of B and light.

From (2)-(6), (11)-(13), (S12), (S23), (S38) of the paper and the page on samples, without
coldspin's thermodynamics. SI: J, W, T, s, rad/s. Vectors are (x, z), B along z, the light in the
plane at `angle` to z.
"""

from dataclasses import dataclass
from math import cos, exp, factorial, hypot, pi, sin, sqrt

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import exp1

HBAR = 1.054571817646156e-34
NODES, WEIGHTS = np.polynomial.legendre.leggauss(14)


@dataclass(frozen=True)
class Isotope:
    nuclei: float
    spin: float
    coupling: float
    gamma: float

    @property
    def number(self):
        """N_k = 4nI(I+1)/3."""
        return 4 / 3 * self.nuclei * self.spin * (self.spin + 1)


@dataclass(frozen=True)
class Sample:
    isotopes: tuple[Isotope, ...]
    local: float
    kinetic: float
    tau: float
    filling: float
    gamma_e: float

    @property
    def s(self):
        """T2e*: 1/s² is the sum of all N_k a_k²."""
        return 1 / sqrt(sum(i.number * i.coupling**2 for i in self.isotopes))

    @property
    def weights(self):
        return [i.number * i.coupling**2 * self.s**2 for i in self.isotopes]

    def mean(self, value):
        """Σ w_k value(k)."""
        return sum(w * value(i) for w, i in zip(self.weights, self.isotopes, strict=True))


@dataclass(frozen=True)
class Light:
    """⟨S⟩ along the light, 0 in the dark. `leak` is 1/T_L [1/s] as a function of the seen field, `factor` f_N."""

    spin: float = 0.0
    angle: float = 0.0
    knight: bool = False
    leak: object = None
    factor: float = 1.0
    linear: bool = True
    feedback: bool = True
    small_angle: bool = False
    phi: object = None  # Φ(b, ω_B s) of an engine, in place of the closed forms

    @property
    def direction(self):
        """Unit vector of the optical axis; exactly across for π/2."""
        return sin(self.angle), cos(self.angle) if abs(cos(self.angle)) > 1e-15 else 0.0

    @property
    def moment(self):
        return self.spin * self.direction[0], self.spin * self.direction[1]


def averages(b, k):
    """⟨1/(1+Ω²τ²)⟩ and ⟨Ω_⊥²τ²/(1+Ω²τ²)⟩ for Ω = b along z and a Gaussian of variance 1/4 per axis, in units of 1/s.

    q = 2Ω_⊥² is distributed as exp(−q); ∫ e^−q/(y+q) dq = e^y E_1(y) and ∫ q e^−q/(y+q) dq = 1 − y
    e^y E_1(y), by their series for large y. The integral over Ω_z is Gauss's rule on panels that
    are narrow where Ω_z = 0.
    """
    widths = 0.3 / k * 3.0 ** np.arange(max(4, int(np.log(15 * k) / np.log(3)) + 1))
    narrow = [-b + sign * width for width in widths for sign in (-1, 1)]
    edges = np.unique(np.clip([-b, *narrow, *np.linspace(-4.4, 4.4, 9)], -4.4, 4.4))
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    zeta = (middle[:, None] + half[:, None] * NODES).ravel()
    density = (half[:, None] * WEIGHTS).ravel() * np.sqrt(2 / pi) * np.exp(-2 * zeta**2)
    along = 1 + ((b + zeta) * k) ** 2
    y = 2 * along / k**2
    first, second = np.empty_like(y), np.empty_like(y)
    near, far = y < 50, y >= 50
    first[near] = np.exp(y[near]) * exp1(y[near])
    second[near] = 1 - y[near] * first[near]
    first[far] = sum((-1) ** n * factorial(n) / y[far] ** (n + 1) for n in range(20))
    second[far] = sum((-1) ** n * factorial(n + 1) / y[far] ** (n + 1) for n in range(20))
    return float(density @ (2 / k**2 * first)), float(density @ second)


def cross(one, other):
    return one[0] * other[0] + one[1] * other[1]


def seen_fields(sample, light, field):
    """B_k of every isotope, and the axis n: that of B + B_e with the mean a/γ → Σ wγa/Σ wγ²; its z is not negative."""
    direction = light.direction

    def total(slope):
        knight = -sample.filling * slope * light.spin if light.knight else 0.0
        return knight * direction[0], field + knight * direction[1]

    slope = sample.mean(lambda i: i.gamma * i.coupling) / sample.mean(lambda i: i.gamma**2)
    axis = total(slope)
    size = hypot(*axis)
    if size == 0:
        return [total(i.coupling / i.gamma) for i in sample.isotopes], (0.0, 1.0), 0.0
    sign = -1 if axis[1] < 0 else 1
    n = sign * axis[0] / size, sign * axis[1] / size
    return [total(i.coupling / i.gamma) for i in sample.isotopes], n, sign * size


def heat_apart(sample, fields, n, lorentzian, loss):
    """Heat per β and visit of isotopes that turn against each other, beyond the L/4 that Σ w_k(ħγ_k B_k)² has of it.

    Two isotopes exchange ΔJ with ⟨ΔJ²⟩ = w_k w_l (τ/s)²(g + L/2)/2/4. The part along Ω_e, L/2, ends
    where two isotopes precess apart, or turn completely.
    """
    heat = 0.0
    for k, one in enumerate(sample.isotopes):
        for m in range(k):
            other = sample.isotopes[m]
            apart = one.gamma * cross(fields[k], n) - other.gamma * cross(fields[m], n)
            weight = sample.weights[k] * sample.weights[m]
            ratio = (sample.tau / sample.s) ** 2
            held = ratio / 2 * (lorentzian + loss / 2 * cut_off(sample, apart)) - loss
            heat += weight * (HBAR * apart) ** 2 / 4 * held
    return heat


def cut_off(sample, apart):
    """What is left of the heat along Ω_e when two isotopes precess apart at `apart` [rad/s]; x² = ⟨a²⟩τ²."""
    angle_squared = sample.mean(lambda i: i.coupling**2) * sample.tau**2
    return 1 / (1 + (apart * sample.tau) ** 2) / (1 + angle_squared / 4)


def levels(spin, eta):
    """(m, population) of each level of a spin, populations ∝ exp(mη)."""
    numbers = [-spin + i for i in range(round(2 * spin) + 1)]
    boltzmann = [exp(m * eta - spin * abs(eta)) for m in numbers]
    return [(m, p / sum(boltzmann)) for m, p in zip(numbers, boltzmann, strict=True)]


def mean_spin(isotope, energy, linear):
    """⟨m⟩ at βħγB = `energy`."""
    if linear:
        return isotope.spin * (isotope.spin + 1) / 3 * energy
    return sum(m * p for m, p in levels(isotope.spin, energy))


class Balance:
    """All fluxes at one field, while the electron precesses in u = ⟨Ω_N⟩s along n besides γ_e B."""

    def __init__(self, sample, light, field, u):
        self.sample, self.light = sample, light
        self.fields, self.n, size = seen_fields(sample, light, field)
        k = sample.tau / sample.s
        vector = u * self.n[0], sample.gamma_e * field * sample.s + u * self.n[1]
        across = sample.gamma_e * field * sample.s * self.n[0]
        along = sample.gamma_e * field * sample.s * self.n[1] + u
        b = hypot(*vector) * (-1 if along < 0 else 1) if across else along
        lorentzian, self.loss = averages(b, k)
        if light.phi is not None:
            mean_square = sample.mean(lambda i: i.gamma**2)
            gamma = mean_square / sample.mean(lambda i: i.gamma)
            phi = light.phi(b, -gamma * size * sample.s)
        elif light.small_angle:
            phi = lorentzian + 0.5
        else:
            x2 = sample.mean(lambda i: i.coupling**2) * sample.tau**2
            phi = (
                lorentzian + 0.4 / x2 * (2 - 1 / (1 + x2) - 4 / (4 + x2))
                if x2 > 1e-7
                else lorentzian + 0.5
            )
        self.visits = sample.filling / sample.tau
        self.spin_spin = (
            self.visits
            * phi
            * k**2
            * sample.kinetic**2
            / 12
            * sample.mean(lambda i: (HBAR * i.gamma) ** 2)
        )
        self.apart = self.visits * heat_apart(sample, self.fields, self.n, lorentzian, self.loss)
        self.leak = light.leak(size) if light.leak else 0.0

    def influx(self, beta, *, oriented=True):
        """Zeeman energy from the electrons, oriented or not, by flips of spin one level up or down [W]."""
        total = 0.0
        for weight, isotope, field in zip(
            self.sample.weights, self.sample.isotopes, self.fields, strict=True
        ):
            size = hypot(*field)
            if size == 0:
                continue
            spin = cross(self.light.moment, field) / size if oriented else 0.0
            energy, square = HBAR * isotope.gamma * size, isotope.spin * (isotope.spin + 1)
            if self.light.linear:
                flux = spin - beta * energy / 4
            else:
                flux = 0.0
                for m, p in levels(isotope.spin, beta * energy):
                    up, down = (
                        (0.5 + spin) * (square - m * (m + 1)),
                        (0.5 - spin) * (square - m * (m - 1)),
                    )
                    flux += 3 / (4 * square) * p * (up - down)
            total += self.visits * self.loss * weight * energy * flux
        return total

    def stored(self, beta):
        """Energy that leaks at the rate 1/T_L, less that at β = 0, with the sign of β [J]."""
        total = 0.0
        for isotope, field in zip(self.sample.isotopes, self.fields, strict=True):
            size = hypot(*field)
            energy = HBAR * isotope.gamma * size
            total += isotope.nuclei * energy * mean_spin(isotope, beta * energy, self.light.linear)
            total += isotope.number / 4 * (HBAR * isotope.gamma * self.sample.local) ** 2 * beta
        return total

    def supply(self, beta):
        """What the nuclei gain at β [W]."""
        return (
            self.influx(beta) - (self.spin_spin + self.apart) * beta - self.leak * self.stored(beta)
        )

    @property
    def capacity(self):
        """(12), at high temperature [J²]."""
        return sum(
            isotope.number
            / 4
            * (HBAR * isotope.gamma) ** 2
            * (cross(field, field) + self.sample.local**2)
            for isotope, field in zip(self.sample.isotopes, self.fields, strict=True)
        )

    def stationary(self):
        """β at which nothing is gained, times f_N."""
        start = self.supply(0.0)
        energies = [
            w * HBAR * abs(i.gamma) * hypot(*f)
            for w, (i, f) in zip(self.sample.weights, self._pairs(), strict=True)
        ]
        if abs(start) <= 1e-14 * self.visits * self.loss * sum(energies):
            return 0.0  # a sum over levels that cancels but for rounding
        scale = 1e-6 / max(
            HBAR * abs(i.gamma) * (self.sample.local + hypot(*f)) for i, f in self._pairs()
        )
        if start < 0:
            scale = -scale
        if self.light.linear:
            return self.light.factor * start * scale / (start - self.supply(scale))
        while self.supply(scale) * start > 0:
            scale *= 2
        return self.light.factor * brentq(
            self.supply, 0, scale, xtol=1e-14 * abs(scale), rtol=1e-14
        )

    def overhauser(self, beta):
        """⟨Ω_N⟩s along n of nuclei at β."""
        total = 0.0
        for isotope, field in self._pairs():
            size = hypot(*field)
            if size:
                mean = mean_spin(isotope, beta * HBAR * isotope.gamma * size, self.light.linear)
                total += isotope.coupling * isotope.nuclei * mean * cross(field, self.n) / size
        return total * self.sample.s

    def _pairs(self):
        return list(zip(self.sample.isotopes, self.fields, strict=True))


def stationary_states(sample, light, field, points=300):
    """β of every self-consistent state, in order of ⟨Ω_N⟩; one state without feedback."""
    if not light.feedback:
        return [Balance(sample, light, field, 0.0).stationary()]

    def excess(u):
        balance = Balance(sample, light, field, u)
        return balance.overhauser(balance.stationary()) - u

    # No state lies beyond the largest response, which is looked for where the electron stands still as well.
    standstill = -sample.gamma_e * field * sample.s
    places = [0.0, standstill, *(sign * 10.0**power for sign in (-1, 1) for power in range(-4, 4))]
    bound = 1e-9 + 1.2 * max(abs(excess(u) + u) for u in places)
    grid = np.linspace(-bound, bound, points + 1)
    values = [excess(u) for u in grid]
    roots = []
    for left, right, before, after in zip(
        grid[:-1], grid[1:], values[:-1], values[1:], strict=True
    ):
        if before * after < 0:
            roots.append(brentq(excess, left, right, xtol=1e-13 * bound, rtol=1e-13))
        elif before == 0:
            roots.append(float(left))
    return [Balance(sample, light, field, u).stationary() for u in roots]


def course(sample, light, field, beta, time):
    """β after `time` [s] at one field, from dβ/dt = supply/capacity (11)."""

    first = Balance(sample, light, field, 0.0)
    scale = max(abs(beta), abs(first.stationary()), 1e-300)

    def slope(_, y):
        value = y[0] * scale
        balance = (
            Balance(sample, light, field, first.overhauser(value)) if light.feedback else first
        )
        return [balance.supply(value) / balance.capacity / scale]

    solved = solve_ivp(slope, (0, time), [beta / scale], method="DOP853", rtol=1e-9, atol=1e-11)
    return solved.y[0, -1] * scale


def switch(sample, beta, before, after):
    """β after each isotope's field has jumped from `before` to `after`, lists of vectors: the energy is kept."""
    kept, capacity = 0.0, 0.0
    for isotope, old, new in zip(sample.isotopes, before, after, strict=True):
        weight = isotope.number / 4 * (HBAR * isotope.gamma) ** 2
        kept += weight * (cross(old, new) + sample.local**2)
        capacity += weight * (cross(new, new) + sample.local**2)
    return beta * kept / capacity
