"""Baseline of manybody.py: H of spins 1/2 with all pairs as one SciPy CSR matrix, built column by column."""

import numpy as np
from scipy.sparse import csr_matrix


def hamiltonian(fields, tensors):
    """Σ_i fields_i·s_i + Σ_{i<j} s_i·tensors_ij·s_j, the first spin slowest, up before down."""
    count = len(fields)
    states = np.arange(2**count, dtype=np.int32)
    bit = [1 << (count - 1 - i) for i in range(count)]
    m = [0.5 - ((states & b) > 0) for b in bit]
    width = 1 + count + count * (count - 1) // 2
    values, columns = (
        np.zeros((len(states), width), complex),
        np.empty((len(states), width), np.int32),
    )
    columns[:, 0] = states
    for i in range(count):
        columns[:, 1 + i] = states ^ bit[i]
        values[:, 0] += fields[i, 2] * m[i]
        values[:, 1 + i] += (fields[i, 0] - 2j * m[i] * fields[i, 1]) / 2
    place = 1 + count
    for i in range(count):
        for j in range(i + 1, count):
            D = tensors[i, j]
            values[:, 0] += D[2, 2] * m[i] * m[j]
            values[:, 1 + i] += (D[0, 2] - 2j * m[i] * D[1, 2]) / 2 * m[j]
            values[:, 1 + j] += (D[2, 0] - 2j * m[j] * D[2, 1]) / 2 * m[i]
            columns[:, place] = states ^ bit[i] ^ bit[j]
            plane = D[0, 0] - 4 * m[i] * m[j] * D[1, 1]
            values[:, place] = (plane - 2j * (m[j] * D[0, 1] + m[i] * D[1, 0])) / 4
            place += 1
    starts = np.arange(0, len(states) * width + 1, width)
    return csr_matrix((values.ravel(), columns.ravel(), starts), shape=(len(states), len(states)))
