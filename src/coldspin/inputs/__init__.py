"""Files that users write: samples, protocols, fits and plans, and measured data."""
