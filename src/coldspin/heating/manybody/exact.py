"""Exact traces over all states, from the eigenstates of H."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from coldspin.arguments import Array
from coldspin.exceptions import InvalidInputError
from coldspin.heating.manybody.apply import operator
from coldspin.heating.manybody.system import SpinSystem
from coldspin.heating.manybody.traces import Enumeration
from coldspin.heating.manybody.vectors import Operator


def eigenbasis(
    system: SpinSystem, operators: Sequence[Operator], traces: Enumeration
) -> tuple[Array, list[Any]]:
    """Energies of H in rad/s, and the matrices of the operators between its eigenstates."""
    if system.dimension > traces.largest:
        raise InvalidInputError(
            f"traces = {traces} cannot hold {system.dimension} states",
            remedy="take Typical(), or raise largest up to 4096",
        )
    energies, states = np.linalg.eigh(_matrix(operator(system)))
    return energies, [states.conj().T @ _matrix(one) @ states for one in operators]


def _matrix(one: Operator) -> Any:
    return np.stack([one.apply(row) for row in np.eye(one.dimension, dtype=np.complex128)], axis=1)
