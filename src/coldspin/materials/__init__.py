"""Isotopes, crystals and their constants, with the source of each number; local fields from lattice sums."""
