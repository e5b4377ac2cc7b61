"""Nuclear spin thermodynamics: energy fluxes, the stationary spin temperature, warming in the dark, validity."""
