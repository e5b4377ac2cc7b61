"""Sweeps that are not slow against T2N: two reservoirs that exchange energy, and both limits of one temperature."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import coldspin
from coldspin import ValidityWarning
from coldspin.protocols import (
    DarkStage,
    Measure,
    PumpStage,
    Sweep,
    adiabatic_demagnetization,
    run,
    three_stage,
)
from coldspin.thermodynamics import protocol
from samples import DONOR

GAUSS = 1e-4
LOCAL = DONOR.local_field
T2N = 1 / (DONOR.nuclear_gyromagnetic_ratio * LOCAL)


def no_relaxation(field, beta):
    return 0 * field


def two_reservoirs(path, local, spin_spin_time):
    """β at the end, for β = 1 at the start: magnetization m = Bβ_Z and spin-spin part s = B_Lβ_S, mixing in T2N.

    The field changes neither m nor s. Mixing conserves the energy Bm + B_Ls and takes the part of
    (m, s) that is across (B, B_L) away within T2N.
    """
    first, last, duration = path

    def slope(time, state):
        field = first + (last - first) * time / duration
        m, s = state
        size = field**2 + local**2
        excess = (m * local - s * field) / size
        return [-excess * local / spin_spin_time, excess * field / spin_spin_time]

    solved = solve_ivp(
        slope, (0, duration), [first, local], method="LSODA", rtol=1e-9, atol=1e-12 * abs(first)
    )
    m, s = solved.y[:, -1]
    return (last * m + local * s) / (last**2 + local**2)


def swept(path, local=1.0, spin_spin_time=1.0):
    return float(
        protocol.sweep(1.0, path, [path[2]], local, no_relaxation, spin_spin_time=spin_spin_time)[0]
    )


@pytest.mark.parametrize(
    ("first", "last"), [(8.0, -8.0), (8.0, -3.0), (-5.0, 0.0), (0.5, 4.0), (-0.3, 6.0)]
)
def test_both_limits_are_those_of_two_reservoirs(first, last):
    slow, fast = (first, last, 3e4), (first, last, 1e-4)
    assert swept(slow) == pytest.approx(two_reservoirs(slow, 1.0, 1.0), rel=2e-3, abs=0)
    assert swept(fast) == pytest.approx(two_reservoirs(fast, 1.0, 1.0), rel=2e-3, abs=0)
    assert swept(slow) == pytest.approx(protocol.adiabatic(1.0, first, last, 1.0), rel=1e-12, abs=0)
    assert swept(fast) == pytest.approx(protocol.sudden(1.0, first, last, 1.0), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("speed", "limit"),
    [
        (0.02, 0.032),
        (0.1, 0.15),
        (0.3, 0.39),
        (1.0, 0.87),
        (3.0, 0.04),
        (10.0, 0.07),
        (30.0, 0.05),
        (300.0, 0.01),
    ],
)
def test_between_the_limits_the_error_is_what_the_warning_is_for(speed, limit):
    path = (8.0, -8.0, 16.0 / speed)
    assert protocol.sweep_speed(path, 1.0, 1.0) == pytest.approx(speed, rel=1e-12)
    error = abs(swept(path) - two_reservoirs(path, 1.0, 1.0))
    assert 0.5 * limit < error < limit  # (π/2) times a small speed


def test_the_speed_is_the_largest_turn_of_the_spin_temperature_field_in_t2n():
    for first, last, duration in (
        (4.0, -4.0, 2.0),
        (4.0, 1.0, 0.3),
        (-1.0, -6.0, 0.7),
        (0.0, 3.0, 1.0),
    ):
        time = np.linspace(0, duration, 400_001)
        angle = np.arctan2(first + (last - first) * time / duration, 0.7)
        expected = np.abs(np.diff(angle)).max() / time[1] * 2.5
        assert protocol.sweep_speed((first, last, duration), 0.7, 2.5) == pytest.approx(
            expected, rel=1e-4
        )


def test_the_sudden_part_is_where_the_turn_is_faster_than_one_in_t2n():
    for path in ((8.0, -8.0, 1.0), (8.0, 1.0, 1.0), (-0.2, -9.0, 1.0), (-9.0, 0.4, 0.3)):
        first, last, duration = path
        field = np.linspace(first, last, 200_001)
        fast = field[np.abs(last - first) / duration * 0.7 / (field**2 + 0.49) > 1]
        assert protocol.sudden_part(path, 0.7, 1.0) == pytest.approx((fast[0], fast[-1]), abs=1e-3)
    enter, leave = protocol.sudden_part((8.0, 5.0, 1.0), 0.7, 1.0)
    assert enter == leave
    enter, leave = protocol.sudden_part((8.0, -8.0, 100.0), 0.7, 1.0)
    assert enter == leave


def test_the_result_does_not_jump_where_the_sudden_part_begins():
    just_slow, just_fast = (swept((8.0, -8.0, 16.0 / speed)) for speed in (1 - 1e-9, 1 + 1e-9))
    assert just_fast == pytest.approx(just_slow, rel=1e-3, abs=0)
    assert swept((8.0, -8.0, 16.0 / 0.999)) == protocol.adiabatic(1.0, 8.0, -8.0, 1.0)


def test_a_sweep_faster_than_t2n_reverses_beta_and_says_so():
    stages = [Measure("4 G"), Sweep("-4 G", duration="1 us"), Measure("-4 G")]
    with pytest.warns(ValidityWarning) as caught:
        fast = run(DONOR, stages, inverse_spin_temperature=1e28)
    (said,) = (entry.message for entry in caught if entry.message.subject == "sweep_speed")
    assert said.value == fast.attrs["condition_sweep_speed"]
    expected = 1e28 * (LOCAL**2 - 16 * GAUSS**2) / (LOCAL**2 + 16 * GAUSS**2)
    assert expected < 0
    assert float(fast.inverse_spin_temperature[-1]) == pytest.approx(expected, rel=1e-9, abs=0)
    assert fast.attrs["condition_sweep_speed"] == pytest.approx(
        T2N * 8 * GAUSS / 1e-6 / LOCAL, rel=1e-12
    )
    slow = run(
        DONOR, [Measure("4 G"), Sweep("-4 G", duration="0.1 s")], inverse_spin_temperature=1e28
    )
    assert float(slow.inverse_spin_temperature[-1]) > 0
    assert slow.attrs["condition_sweep_speed"] == pytest.approx(0.0533, rel=1e-2)
    assert "condition_sweep_speed" not in run(DONOR, [Measure("4 G"), Sweep("-4 G")]).attrs
    for duration in ("1 ms", "10 ms"):
        stages = [Measure("4 G"), Sweep("-4 G", duration=duration)]
        with pytest.warns(ValidityWarning, match="sweep_speed reaches"):
            run(DONOR, stages, inverse_spin_temperature=1e28)


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_a_sweep_that_is_fast_only_near_zero_relaxes_before_and_after():
    """±100 B_L in a second: T_E is shorter than the sweep, T2N longer than the way through B_L."""
    site = DONOR.replace(local_field="0.005 G", filling=2e-3)
    first, last, duration = 2000 * site.local_field, -1500 * site.local_field, 0.5
    time = 1 / (site.nuclear_gyromagnetic_ratio * site.local_field)
    width = np.sqrt(site.local_field * (time * (first - last) / duration - site.local_field))
    assert 2 < width / site.local_field < 100

    def arm(beta, begin, end):
        def slope(field, value):
            rate = coldspin.relax(site, field).relaxation_rate.values[0]
            return -value * field / (field**2 + site.local_field**2) + rate * value * duration / (
                first - last
            )

        return solve_ivp(slope, (begin, end), [beta], rtol=1e-6, atol=1e-9 * beta).y[0, -1]

    entered = arm(1.0, first, width)
    left = entered * (site.local_field**2 - width**2) / (site.local_field**2 + width**2)
    expected = -arm(-left, -width, last)
    stages = [Measure(first), Sweep(last, duration=duration)]
    data = run(site, stages, inverse_spin_temperature=1e25, self_consistent=False)
    assert float(data.inverse_spin_temperature[-1]) == pytest.approx(
        1e25 * expected, rel=1e-5, abs=0
    )
    assert abs(expected / protocol.adiabatic(1.0, first, last, site.local_field)) < 0.9


@pytest.mark.filterwarnings("ignore::coldspin.exceptions.ValidityWarning")
def test_ready_made_protocols_sweep_as_run_does():
    pump = {"pump_field": "4 G", "electron_spin": 0.01}
    cold = adiabatic_demagnetization(
        DONOR, **pump, pump_time="1 s", final_field=["-4 G", "1 G"], sweep_time="1 us"
    )
    for i, field in enumerate(("-4 G", "1 G")):
        course = run(DONOR, [PumpStage("4 G", "1 s", 0.01), Sweep(field, duration="1 us")])
        found = float(cold.inverse_spin_temperature[i])
        assert found == pytest.approx(float(course.inverse_spin_temperature[-1]), rel=1e-12, abs=0)
    assert float(cold.inverse_spin_temperature[0]) < 0
    speed = T2N * 8 * GAUSS / 1e-6 / LOCAL
    assert cold.attrs["condition_sweep_speed"] == pytest.approx(speed, rel=1e-12)
    assert "sweep_speed reaches" in cold.attrs["warnings"]
    waited = three_stage(
        DONOR,
        **pump,
        dark_field=["4 G", "1 G"],
        dark_times=["0.1 s"],
        measure_field="-4 G",
        sweep_time="1 us",
    )
    assert waited.attrs["condition_sweep_speed"] == pytest.approx(speed, rel=1e-12)
    assert "sweep_speed reaches" in waited.attrs["warnings"]


def test_sudden_changes_within_t2n_are_warned_of():
    """4 G to 0 and back: the true β is the old one, but in between there is no time for the temperature at 0."""
    there_and_back = [
        Measure("4 G"),
        Sweep("0 G", "sudden"),
        DarkStage("0 G", T2N / 50),
        Sweep("4 G", "sudden"),
    ]
    with pytest.warns(ValidityWarning, match=r"sudden_pace reaches 50 .* within T2N"):
        data = run(DONOR, there_and_back, inverse_spin_temperature=1e28, points=2)
    assert data.attrs["condition_sudden_pace"] == pytest.approx(50, rel=1e-9)
    there_and_back[2] = DarkStage("0 G", 20 * T2N)
    slow = run(DONOR, there_and_back, inverse_spin_temperature=1e28, points=2)
    assert slow.attrs["condition_sudden_pace"] == pytest.approx(0.05, rel=1e-9)
    with pytest.warns(ValidityWarning) as caught:
        run(
            DONOR,
            [Measure("4 G"), Sweep("-4 G", duration="1 us"), Sweep("4 G", duration="1 us")],
            points=2,
        )
    assert sum("sudden_pace reaches" in str(entry.message) for entry in caught) == 1
    with pytest.warns(ValidityWarning, match="sudden_pace reaches inf"):
        run(DONOR, [Measure("4 G"), Sweep("0 G", "sudden"), Sweep("4 G", "sudden")])
    apart = run(
        DONOR, [Measure("4 G"), Sweep("0 G", "sudden"), Measure("4 G"), Sweep("0 G", "sudden")]
    )
    assert (
        "condition_sudden_pace" not in apart.attrs
    )  # the adiabatic change to the Measure is slow by its meaning


def test_a_sweep_rests_until_it_becomes_sudden():
    """The time since a sudden step counts from the step to where the sweep becomes faster than T2N."""
    duration = 1.6 * T2N
    path = (8 * LOCAL, -8 * LOCAL, duration)
    enter, _ = protocol.sudden_part(path, LOCAL, T2N)
    assert 0 < enter < path[0]
    rest = T2N / 100 + duration * (path[0] - enter) / (path[0] - path[1])
    stages = [
        Measure(0.5 * LOCAL),
        Sweep(path[0], "sudden"),
        DarkStage(path[0], T2N / 100),
        Sweep(path[1], duration=duration),
    ]
    with (
        pytest.warns(ValidityWarning, match="sweep_speed"),
        pytest.warns(ValidityWarning, match="sudden_pace"),
    ):
        data = run(DONOR, stages, inverse_spin_temperature=1e28, points=2)
    assert data.attrs["condition_sudden_pace"] == pytest.approx(T2N / rest, rel=1e-6)


def test_light_of_a_small_knight_field_may_blink():
    blinking = [PumpStage("1 G", T2N / 10, 0.01), DarkStage("1 G", T2N / 10)] * 2
    data = run(DONOR, blinking, knight_field=True, points=2)
    assert "condition_sudden_pace" not in data.attrs
    near = DONOR.replace(filling=0.05)
    with pytest.warns(ValidityWarning, match="sudden_pace reaches 10 "):
        run(
            near,
            [PumpStage("0.1 G", T2N / 10, 0.4), DarkStage("0.1 G", T2N / 10)],
            knight_field=True,
            points=2,
        )


def test_light_that_ends_with_a_sudden_step_is_one_step():
    near = DONOR.replace(filling=0.01)
    knight = -near.filling * near.hyperfine_coupling * 0.4 / near.nuclear_gyromagnetic_ratio
    stages = [PumpStage("1 G", "1 s", 0.4), Sweep("-2 G", "sudden"), DarkStage("-2 G", 1e-15)]
    data = run(near, stages, knight_field=True, points=2)
    old, new = GAUSS + knight, -2 * GAUSS
    expected = (
        (old * new + LOCAL**2) / (new**2 + LOCAL**2) * float(data.inverse_spin_temperature[1])
    )
    assert float(data.inverse_spin_temperature[-1]) == pytest.approx(expected, rel=1e-9, abs=0)
