"""A user's script, which check_install.py runs against the installed wheel and has mypy --strict read."""

import coldspin
from coldspin.heating import ClosedForm
from coldspin.precession import relaxation_rate

site = coldspin.Site(
    nuclei=1e5,
    nuclear_spin=1.5,
    hyperfine_coupling="1 neV",
    nuclear_gyromagnetic_ratio="6.3e7 rad/s/T",
    local_field="1.5 G",
    correlation_time="10 ns",
    filling=0.05,
    g_factor=-0.44,
)
best = coldspin.optimum(site, 1e-4, fields=("0 mT", "100 mT"), method=ClosedForm()).isel(extremum=0)
print(f"coldest at {float(best.field) * 1e3:.3f} mT: {float(best.spin_temperature) * 1e3:.2f} mK")
curve = coldspin.cool(site, "1 mT", electron_spin=1e-4)
print(
    list(curve.data_vars),
    relaxation_rate(0.1, 10.0),
    ClosedForm().heating_coefficient(0.1, 10.0, nuclei=1e5),
)
