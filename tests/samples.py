"""Samples that several tests share."""

from functools import partial

import pytest

from coldspin import Site
from coldspin.constants import HBAR

close_to = partial(pytest.approx, abs=0)  # its absolute tolerance would swallow joules and watts
NEV = 1e-9 * 1.602176634e-19 / HBAR

DOT = Site(
    nuclei=1e5,
    nuclear_spin=1.5,
    hyperfine_coupling=NEV,
    nuclear_gyromagnetic_ratio=6.3e7,
    local_field=1.5e-4,
    correlation_time=4e-9,
    filling=0.05,
    g_factor=-0.44,
)
DONOR = Site(
    nuclei=1e4,
    nuclear_spin=0.5,
    hyperfine_coupling="1 neV",
    nuclear_gyromagnetic_ratio="6e7 rad/s/T",
    local_field="0.5 G",
    correlation_time="10 ns",
    filling=1e-3,
    g_factor=-1.6,
)
