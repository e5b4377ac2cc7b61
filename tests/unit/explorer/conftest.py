import base64
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("dash", reason="the extra explorer")

from coldspin.cli.app import app
from coldspin.explorer.state import PageState
from coldspin.explorer.uploads import Upload

T1 = """B (G), T1 (s), T1_err (s)
0, 2.996, 0.18
0.2, 3.946, 0.24
0.4, 6.045, 0.36
0.8, 8.73, 0.52
1.5, 13.67, 0.82
3, 17.22, 1
6, 20.23, 1.2
10, 25.79, 1.5
14, 34.74, 2.1
18, 48.71, 2.9
25, 82.45, 4.9
"""


@pytest.fixture
def donor():
    return PageState(
        material="CdTe", size_kind="bohr_radius", size="5.2 nm", filling="0.001", spin="0.05"
    )


@pytest.fixture
def one_isotope():
    return PageState(
        material="own nuclei",
        nuclei="1.7e4",
        nuclear_spin="0.5",
        hyperfine_coupling="-0.67 neV",
        nuclear_gyromagnetic_ratio="-6.4e7 rad/s/T",
        local_field="0.5 G",
        correlation_time="2 ns",
        filling="1e-4",
        g_factor="-1.6",
    )


@pytest.fixture
def t1():
    return Upload("t1.csv", T1.encode())


@pytest.fixture(scope="session")
def drawn_numbers():
    """Numbers of a trace, which come in base 64, as plotly reads them."""

    def numbers(packed):
        found = np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])
        return found.reshape(
            [int(size) for size in packed.get("shape", str(found.size)).split(",")]
        )

    return numbers


@pytest.fixture
def coldspin():
    """The command in this process: its exit code as `returncode`."""

    def start(*arguments):
        done = CliRunner().invoke(app, list(arguments))
        return SimpleNamespace(returncode=done.exit_code, stdout=done.stdout, stderr=done.stderr)

    return start
