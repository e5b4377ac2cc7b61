"""Every method of computing Φ and 1/T1e. A new method joins all interface tests by one entry here."""

from coldspin.heating import Automatic, ClosedForm, Method, Multiplets, Semiclassical, SmallAngle

METHODS: tuple[Method, ...] = (SmallAngle(), ClosedForm(), Semiclassical(), Multiplets(), Automatic())
