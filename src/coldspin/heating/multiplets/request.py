"""The arguments of a method call, checked, broadcast, and grouped by field and number of nuclei."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coldspin.arguments import Array, broadcast, half_integer, positive, within
from coldspin.exceptions import InvalidInputError
from coldspin.heating.multiplets.sums import Box

LARGEST_FIELD = 1e12
LARGEST_SPIN = 4.5
LARGEST_NUMBER = 1e9


@dataclass(frozen=True)
class Request:
    """A request, flattened: rows of `fields` are b, ω_B s, N."""

    fields: Array
    k: Array
    spin: float
    shape: tuple[int, ...]

    def numbers(self) -> list[int]:
        """Each N that occurs."""
        return [int(n) for n in np.unique(self.fields[2])]

    def groups(self) -> Iterator[tuple[Box, Array, NDArray[np.intp]]]:
        """Points of one field and number together: the box, their x, and where they belong."""
        if not self.k.size:
            return
        distinct, member = np.unique(self.fields, axis=1, return_inverse=True)
        member = np.ravel(member)
        order = np.argsort(member, kind="stable")
        for (b, zeeman, number), place in zip(
            distinct.T, np.split(order, np.cumsum(np.bincount(member))[:-1]), strict=True
        ):
            root = np.sqrt(4 * number * self.spin * (self.spin + 1) / 3)
            box = Box(int(number), self.spin, float((b - zeeman) * root), float(zeeman * root))
            yield box, self.k[place] / root, place


def request(
    b: ArrayLike, k: ArrayLike, nuclei: ArrayLike, spin: float, nuclear_precession: ArrayLike
) -> Request:
    """The checked arguments of Multiplets, broadcast."""
    b = within("b", b, -LARGEST_FIELD, LARGEST_FIELD)
    zeeman = within("nuclear_precession", nuclear_precession, -LARGEST_FIELD, LARGEST_FIELD)
    k = within("k", positive("k", k), 1e-100, LARGEST_FIELD)
    number = _whole(nuclei)
    spin = half_integer("spin", spin)
    if spin > LARGEST_SPIN:
        raise InvalidInputError("must be at most 9/2 for Multiplets", parameter="spin", value=spin)
    b, k, number, zeeman = broadcast(b=b, k=k, nuclei=number, nuclear_precession=zeeman)
    return Request(np.stack([b.ravel(), zeeman.ravel(), number.ravel()]), k.ravel(), spin, b.shape)


def _whole(nuclei: ArrayLike) -> Array:
    number = positive("nuclei", nuclei)
    wrong = np.argwhere((number != np.rint(number)) | (number > LARGEST_NUMBER))
    if len(wrong):
        index = tuple(int(i) for i in wrong[0])
        where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        raise InvalidInputError(
            f"must be a whole number, at most {LARGEST_NUMBER:.0e}, for Multiplets",
            parameter="nuclei",
            value=float(number[index]),
            shown=f"{float(number[index])!r}{where}",
            remedy="round it, or use Semiclassical",
        )
    return number
