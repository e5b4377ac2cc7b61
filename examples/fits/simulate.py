"""Write the data of these examples: curves of the models with noise, as if they had been measured.

python examples/fits/simulate.py, in the folder of the project.
"""

from pathlib import Path

import numpy as np

from coldspin.experiments.models import DarkRate, PolarizationRecovery
from coldspin.inputs.sample_files import read_sample

HERE = Path(__file__).parent


def main() -> None:
    """Make both files, always the same."""
    random = np.random.default_rng(20261125)
    donor = read_sample(HERE / "donor.toml").site
    field = np.array([0, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 4, 6, 8, 10, 14, 18, 25])
    time = DarkRate(donor)(field * 1e-4)
    measured = time * (1 + 0.06 * random.standard_normal(field.size))
    rows = [f"{b:g}, {t:.4g}, {0.06 * t:.2g}" for b, t in zip(field, measured, strict=True)]
    header = ["# simulated: DarkRate of donor.toml, errors of 6 %", "B (G), T1 (s), T1_err (s)"]
    (HERE / "t1.csv").write_text("\n".join([*header, *rows]) + "\n")

    field = np.linspace(-30, 30, 41)
    truth = {"spin_lifetime": "15 ns", "correlation_time": "6 ns", "amplitude": 0.062}
    signal = PolarizationRecovery(donor)(field * 1e-3, **truth) + 4e-4 * random.standard_normal(
        field.size
    )
    rows = [f"{b:g}\t{100 * s:.3f}" for b, s in zip(field, signal, strict=True)]
    header = [
        "% simulated: PolarizationRecovery, T_s = 15 ns, tau_c = 6 ns, errors of 0.04 %",
        "B/mT\trho/%",
    ]
    (HERE / "recovery.dat").write_text("\n".join([*header, *rows]) + "\n")


if __name__ == "__main__":
    main()
