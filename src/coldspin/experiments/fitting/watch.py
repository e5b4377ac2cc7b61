"""The watch over a search: the best point that it has come to, and the end of its time."""

from math import inf
from time import monotonic

import numpy as np

from coldspin.arguments import Array


class OutOfTime(Exception):  # noqa: N818  # an end, not an error
    """The time limit of a search is over."""


class Watch:
    """Keeps the coordinates with the smallest loss that any search met, and ends searches after `seconds`.

    `losses` are the smallest so far after each evaluation.
    """

    def __init__(self, seconds: float = inf, *, robust: bool = False) -> None:
        self.end = monotonic() + seconds
        self.robust = robust
        self.loss = inf
        self.losses: list[float] = []
        self.coordinates: Array | None = None

    def check(self) -> None:
        """Raise OutOfTime when the time is over."""
        if monotonic() > self.end:
            raise OutOfTime

    def see(self, coordinates: Array, residuals: Array) -> None:
        """Keep a point if it is the best so far."""
        loss = loss_of(residuals, self.robust)
        if loss < self.loss and np.isfinite(coordinates).all():
            self.loss = loss
            self.coordinates = coordinates.copy()
        self.losses.append(self.loss)


def loss_of(residuals: Array, robust: bool) -> float:
    """What a search makes small: χ², or the soft L1 loss."""
    square = np.asarray(residuals) ** 2
    return float(np.sum(2 * (np.sqrt(1 + square) - 1) if robust else square))
