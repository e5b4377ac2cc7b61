"""Electron spin precession in the frozen Overhauser field: averages, relaxation times, and their limits."""

from coldspin.precession.averages import (
    lorentzian_average,
    lorentzian_slope,
    relaxation_rate,
    spin_loss,
    spin_loss_slope,
    transverse_average,
)
from coldspin.precession.correlation_slopes import (
    AveragesWithSlopes,
    averages_with_slopes,
    lorentzian_correlation_slope,
    spin_loss_correlation_slope,
)
from coldspin.precession.frozen_field import (
    longitudinal_fraction,
    mean_longitudinal_fraction,
    mean_spin_change,
    overhauser_density,
    precessing_spin,
    second_order_spin_change,
)
from coldspin.precession.relaxation import (
    dephasing_time,
    effective_nuclei,
    long_correlation_spin_loss,
    lorentzian_spin_loss,
    nuclear_relaxation_time,
    short_correlation_rate,
)

__all__ = [
    "AveragesWithSlopes",
    "averages_with_slopes",
    "dephasing_time",
    "effective_nuclei",
    "long_correlation_spin_loss",
    "longitudinal_fraction",
    "lorentzian_average",
    "lorentzian_correlation_slope",
    "lorentzian_slope",
    "lorentzian_spin_loss",
    "mean_longitudinal_fraction",
    "mean_spin_change",
    "nuclear_relaxation_time",
    "overhauser_density",
    "precessing_spin",
    "relaxation_rate",
    "second_order_spin_change",
    "short_correlation_rate",
    "spin_loss",
    "spin_loss_correlation_slope",
    "spin_loss_slope",
    "transverse_average",
]
