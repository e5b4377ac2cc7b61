r"""Hanle and recovery curves of an electron spin that cools its nuclei."""

from dataclasses import dataclass, replace
from math import pi
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import (
    Array,
    arguments_checked,
    as_given,
    finite,
    keywords_checked,
    nonzero,
    positive,
    within,
)
from coldspin.exceptions import InvalidInputError
from coldspin.experiments.feedback_path import trace_path
from coldspin.experiments.nuclear_feedback import (
    Pair,
    Path,
    Respond,
    Response,
    ResponseTable,
    StraightPath,
    choose_fields,
    stationary_states,
)
from coldspin.heating import slow_heating
from coldspin.precession import lorentzian_average, spin_loss
from coldspin.precession.hopping import (
    longitudinal_polarization,
    site_time,
    transverse_polarization,
)


@arguments_checked
@dataclass(frozen=True)
class OrientedElectron:
    """Electron spin under circularly polarized light.

    `gyromagnetic_ratio` γ_e = gµ_B/ħ [rad/s/T], either sign; `dephasing_time` s = T2e* [s],
    infinite without fluctuations of the Overhauser field; `correlation_time` τ_c [s] between hops,
    infinite without; `spin_lifetime` T_s [s]; `initial_spin` S_0 in [−1/2, 1/2], what ⟨S⟩ would be
    without precession, with the sign of the helicity.
    """

    gyromagnetic_ratio: float
    dephasing_time: float
    correlation_time: float
    spin_lifetime: float
    initial_spin: float

    def __post_init__(self) -> None:
        _number("gyromagnetic_ratio", nonzero("gyromagnetic_ratio", self.gyromagnetic_ratio))
        _number("dephasing_time", positive("dephasing_time", self.dephasing_time, infinite=True))
        _number(
            "correlation_time", positive("correlation_time", self.correlation_time, infinite=True)
        )
        _number("spin_lifetime", positive("spin_lifetime", self.spin_lifetime))
        _number("initial_spin", within("initial_spin", self.initial_spin, -0.5, 0.5))

    @property
    def site_time(self) -> float:
        """τ [s] of 1/τ = 1/τ_c + 1/T_s, the mean stay: the correlation time for the nuclei."""
        return float(site_time(self.correlation_time, self.spin_lifetime))

    @property
    def hanle_width(self) -> float:
        """Scale of the field [T] on which ⟨S⟩ changes, (1/T_s + min(1, τ/s)/s)/|γ_e|."""
        s = self.dephasing_time
        return (1 / self.spin_lifetime + min(1.0, self.site_time / s) / s) / abs(
            self.gyromagnetic_ratio
        )


@arguments_checked
@dataclass(frozen=True)
class CooledNuclei:
    """Nuclei that the electron cools, as it sees them.

    `overhauser_field` [T]: B_N per unit of ⟨S⟩ in a strong field along ⟨S⟩, signed, leakage
    included; `knight_field` [T]: B_e per unit of ⟨S⟩, signed; `kinetic_local_field` B̃_L [T], √3
    B_L for dipoles; `effective_nuclei` N_I, which matters only where one electron turns nuclei far,
    τ ≳ s√N_I.
    """

    overhauser_field: float
    knight_field: float
    kinetic_local_field: float
    effective_nuclei: float = float("inf")

    def __post_init__(self) -> None:
        _number("overhauser_field", finite("overhauser_field", self.overhauser_field))
        _number("knight_field", finite("knight_field", self.knight_field))
        _number("kinetic_local_field", positive("kinetic_local_field", self.kinetic_local_field))
        _number(
            "effective_nuclei", positive("effective_nuclei", self.effective_nuclei, infinite=True)
        )


@dataclass(frozen=True)
class HanleStates:
    """Self-consistent states, a row each; vectors [x, y, z].

    z is along the field, the light in the plane of x and z; `index` is that of the field.

    `electron_spin` is ⟨S⟩, `overhauser_field` B_N [T]; `light_spin` is ⟨S⟩ along the light;
    `stable` against changes of B_N along the field that the nuclei see.
    """

    index: NDArray[np.intp]
    electron_spin: Array
    overhauser_field: Array
    light_spin: Array
    stable: NDArray[np.bool_]


@keywords_checked
def hanle_curve(
    field: ArrayLike,
    electron: OrientedElectron,
    *,
    angle: float = pi / 2,
    nuclei: CooledNuclei | None = None,
    start: Literal["rest", "sweep"] = "rest",
) -> Any:
    r"""Mean electron spin along the light in a magnetic field, with the nuclei that it has cooled.

    .. math:: \langle S\rangle = S_0\left[\cos^2\theta\,H_\parallel + \sin^2\theta\,\mathrm{Re}\,H_+\right]

    H of :mod:`coldspin.precession.hopping` at Ω = γ_e F, θ the angle between light and the vector F = B + B_N. With
    nuclei, B_N is along B_t = B + B_e and stationary,

    .. math:: \boldsymbol B_N = a\,\boldsymbol B_t\,\frac{\boldsymbol B_t\cdot\langle\boldsymbol S\rangle/(1-L)}
              {B_t^2+B_h^2},\qquad \boldsymbol B_e = b\langle\boldsymbol S\rangle,\qquad
              B_h^2 = \frac{\Phi}{L}k^2\frac{\tilde B_L^2}3,\qquad \Phi = g + \Phi_{slow}(k/\sqrt{N_I}) .

    Parameters
    ----------
    field : array_like
        B [T], signed, along one axis.
    electron : OrientedElectron
        Its times, γ_e and S_0.
    angle : float
        Between light and positive field [rad], in [0, π]; π/2 is the Hanle effect, 0 the recovery
        of polarization.
    nuclei : CooledNuclei, optional
        Unpolarized when not given.
    start : {"rest", "sweep"}
        Where several states exist, that reached from B_N = 0 at each field, or, through the fields
        in the order given, from the B_N of the field before (hysteresis).

    Returns
    -------
    float or ndarray
        ⟨S⟩ along the light, of the shape of `field`. NaN where no state was found.

    Raises
    ------
    InvalidInputError
        For arguments outside their domain.

    Notes
    -----
    (6) with b = |γ_e F|s and the correlation time τ, 1/τ = 1/τ_c + 1/T_s, since the spin that nuclei see is replaced at
    a hop and at the end of T_s. ⟨S⟩/(1 − L) is the spin with which electrons come, which (2) has. Nuclei follow the
    field that they see at once and the spin temperature slowly. Derivation: docs, derivations-optical-curves.

    Examples
    --------
    >>> electron = OrientedElectron(-3.9e10, float("inf"), float("inf"), 1e-9, 0.1)
    >>> [f"{S:.6g}" for S in hanle_curve([0.0, 1 / 39], electron)]
    ['0.1', '0.05']
    """
    return _curve(field, electron, _response(electron, nuclei), angle, nuclei, start)


@keywords_checked
def classical_hanle(
    field: ArrayLike,
    electron: OrientedElectron,
    *,
    angle: float = pi / 2,
    nuclei: CooledNuclei | None = None,
    start: Literal["rest", "sweep"] = "rest",
) -> Any:
    r"""Classical Hanle curve, without fluctuations of the Overhauser field.

    The null model of :func:`hanle_curve`.

    .. math:: \langle S\rangle = S_0\,\frac{1+\omega_\parallel^2T_s^2}{1+\omega^2T_s^2},\qquad \omega = \gamma_eF,
              \qquad B_h = \tilde B_L, \quad L = 0

    ω_∥ along the light; Dyakonov and Perel's nuclei, for τ_c → 0. Of the electron only γ_e, T_s and
    S_0 enter, and N_I does not. Parameters, result and errors as there.

    >>> electron = OrientedElectron(-3.9e10, 1e-9, 1e-9, 1e-9, 0.1)
    >>> round(classical_hanle(1 / 39, electron), 9)
    0.05
    """
    steady = replace(electron, dephasing_time=float("inf"))
    return _curve(field, steady, _classical_response(electron, nuclei), angle, nuclei, start)


@keywords_checked
def hanle_states(
    field: ArrayLike, electron: OrientedElectron, nuclei: CooledNuclei, *, angle: float = pi / 2
) -> HanleStates:
    """Every self-consistent state that is connected with B_N = 0, in every field [T].

    Arguments and equations as for :func:`hanle_curve`; the states of each field follow each other
    along the curve of fields for which B_N is parallel to B_t, stable and unstable in turn.
    """
    external = _fields(field).ravel()
    pair = _pair(electron, _response(electron, nuclei), _check_angle(angle), nuclei)
    path = _path(pair, external)
    states = stationary_states(path)
    at = path.electron_field(states.value, states.field)
    spin, _ = pair.electron_spin(at)
    overhauser = at.copy()
    overhauser[:, 2] -= external[states.field]
    return HanleStates(states.field, spin, overhauser, spin @ pair.light, states.stable)


def _curve(
    field: ArrayLike,
    electron: OrientedElectron,
    respond: Respond,
    angle: float,
    nuclei: CooledNuclei | None,
    start: str,
) -> Any:
    if start not in ("rest", "sweep"):
        raise InvalidInputError("must be 'rest' or 'sweep'", parameter="start", value=start)
    values = _fields(field)
    external = values.ravel()
    pair = _pair(electron, respond, _check_angle(angle), nuclei)
    at = np.zeros((external.size, 3))
    at[:, 2] = external
    if pair.reach > 0:
        path = _path(pair, external)
        at = choose_fields(path, stationary_states(path), external, sweep=start == "sweep")
    has_state = np.isfinite(at[:, 0])
    result = np.full(external.size, np.nan)
    result[has_state] = pair.electron_spin(at[has_state])[0] @ pair.light
    return as_given(result.reshape(values.shape))


def _pair(
    electron: OrientedElectron, respond: Respond, angle: float, nuclei: CooledNuclei | None
) -> Pair:
    light = np.array([np.sin(angle), 0.0, np.cos(angle)])
    light[np.abs(light) < 1e-15] = 0
    overhauser = nuclei.overhauser_field if nuclei else 0.0
    knight = nuclei.knight_field if nuclei else 0.0
    return Pair(respond, electron.initial_spin, light, overhauser, knight, electron.hanle_width)


def _path(pair: Pair, external: Array) -> Path:
    largest = float(np.max(np.abs(external), initial=0)) + pair.reach + pair.width
    table = ResponseTable(pair.respond, pair.width, 1.5 * largest)
    return (
        trace_path(pair, table, external)
        if pair.knight * pair.spin
        else StraightPath(pair, table, external)
    )


def _response(electron: OrientedElectron, nuclei: CooledNuclei | None) -> Respond:
    times = {
        name: getattr(electron, name)
        for name in ("correlation_time", "spin_lifetime", "dephasing_time")
    }
    tau = electron.site_time
    s = electron.dephasing_time
    gamma = electron.gyromagnetic_ratio
    local = nuclei.kinetic_local_field if nuclei else 1.0
    number = nuclei.effective_nuclei if nuclei else np.inf

    def respond(size: Array) -> Response:
        omega = gamma * size
        across = transverse_polarization(omega, **times)
        if np.isinf(s):
            loss = np.zeros_like(size)
            heating = 2 + np.hypot(1, omega * tau) ** 2
        else:
            k = tau / s
            loss = np.asarray(spin_loss(omega * s, k))
            phi = lorentzian_average(omega * s, k) + slow_heating(k / np.sqrt(number))
            heating = phi * (k * k) / loss
        longitudinal = np.asarray(longitudinal_polarization(omega, **times))
        return Response(
            longitudinal, across.real, across.imag, 1 / (1 - loss), heating * (local * local) / 3
        )

    return respond


def _classical_response(electron: OrientedElectron, nuclei: CooledNuclei | None) -> Respond:
    local = nuclei.kinetic_local_field if nuclei else 1.0
    phase = electron.gyromagnetic_ratio * electron.spin_lifetime

    def respond(size: Array) -> Response:
        across = 1 / (1 + (phase * size) ** 2)
        one = np.ones_like(size)
        return Response(one, across, phase * size * across, one, np.full_like(size, local * local))

    return respond


def _fields(field: ArrayLike) -> Array:
    values = finite("field", field)
    if not values.size:
        raise InvalidInputError("must have at least one value, but is empty", parameter="field")
    return values


def _check_angle(angle: float) -> float:
    return _number("angle", within("angle", angle, 0, pi))


def _number(name: str, value: Array) -> float:
    if value.ndim:
        raise InvalidInputError(
            f"must be one number, not an array of shape {value.shape}", parameter=name
        )
    return float(value)
