"""Parameters printed in the paper; fields in units of B̃_L, times in units of T2e*."""

from coldspin.constants import ELEMENTARY_CHARGE

NUCLEI = (1e6, 1e4)  # N_I of Fig. 2 (red, blue) and of Fig. S1
# Δ_B/B̃_L (Fig. 2); the paper does not define Δ_B = 1/(γ_e T2e*), at which (10) saturates.
FLUCTUATION_FIELD = 100.0
SHORT = 1e-8  # τ_c/T2e* that stands for τ_c → 0: the limits are reached to better than 1e-12

COOLING_TIMES = (0.0, 3.0, 10.0)  # τ_c/T2e* of Fig. 2(a, b); 0 is the limit
DARK_TIMES = (0.0, 10.0, 100.0)  # of Fig. 3

# τ_c/T2e* shown in Fig. 2(c, d) and Fig. S1; the range is ours
SHORTEST = 0.1
LONGEST = 1e4

HYPERFINE_ENERGY = 100e-6 * ELEMENTARY_CHARGE  # aN of GaAs dots [J] (section S2)
SPIN_SPIN_TIME = 0.1e-3  # T2N of GaAs dots [s] (section S2)
