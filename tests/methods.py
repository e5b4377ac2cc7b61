"""Every method of computing Φ and 1/T1e. A new method joins all interface tests by one entry here."""

import pytest

from coldspin.heating import (
    Automatic,
    ClosedForm,
    Multiplets,
    Semiclassical,
    SmallAngle,
    Trajectories,
)
from scale import needs_compiler

METHODS = (
    SmallAngle(),
    ClosedForm(),
    pytest.param(Semiclassical(), marks=needs_compiler),
    pytest.param(Multiplets(), marks=needs_compiler),
    pytest.param(Automatic(), marks=needs_compiler),
    pytest.param(Trajectories(samples=256, tolerance=0.5), marks=needs_compiler),
)
