"""The paper: its figures as tables and pictures, and its quantitative statements with what follows from its formulas.

Smirnov and Kavokin, "Cooling and heating nuclear spins by strongly localized electrons",
arXiv:2406.08296. Fig. 1 is a drawing; the rest is made by :func:`write_paper`.
"""

from coldspin.paper.claims import Claim, all_claims
from coldspin.paper.job import FILES, write_paper

__all__ = ["FILES", "Claim", "all_claims", "write_paper"]
