"""Cooling and warming of a site: the stationary states under a pump, their optimum, and relaxation in the dark."""
