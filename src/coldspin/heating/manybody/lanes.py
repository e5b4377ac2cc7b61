"""Rows of eight doubles that stay in vector registers, and what compiled kernels do with several rows at once.

A compiler that sees loops over parts of one array must assume that the parts overlap, and then
leaves them scalar. Here the instructions are written as what they are. `like`, or the rows
themselves, say by their length how many rows there are, a power of 2; with NUMBA_DISABLE_JIT rows
are an array n × 8. Every `array` is one of doubles, flat and contiguous.
"""

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

from coldspin.heating.manybody import interpreted_lanes
from coldspin.heating.manybody.interpreted_lanes import TANGENT

EIGHT, FOUR = (ir.VectorType(ir.DoubleType(), n) for n in (8, 4))
instruction: Callable[[Any], Any] = intrinsic
_INTEGER = ir.IntType(32)


class Lanes(types.Type):
    """The type of one row."""

    def __init__(self) -> None:
        super().__init__(name="EightDoubles")


LANES = Lanes()


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """One row is one vector of LLVM."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, EIGHT)  # type: ignore[no-untyped-call]


def _rows(count: int) -> Any:
    return types.UniTuple(LANES, count)  # type: ignore[no-untyped-call]


def _shuffle(builder: Any, a: Any, b: Any, order: list[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_INTEGER, len(order)), order))


def _fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, in one instruction where there is one."""
    name, kind = "llvm.fmuladd.v8f64", ir.FunctionType(EIGHT, [EIGHT] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
    return builder.call(function, [a, b, c])


def _unpacked(builder: Any, rows: Any, count: int) -> list[Any]:
    return [builder.extract_value(rows, k) for k in range(count)]


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


def _loaded(
    context: Any, builder: Any, kind: Any, arguments: Any, count: int, vector: Any
) -> list[Any]:
    array, start, step = arguments[:3]
    found = []
    for k in range(count):
        index = builder.add(start, builder.mul(step, ir.Constant(step.type, k)))
        found.append(builder.load(_pointer(context, builder, kind, array, index, vector), align=8))
    return found


@instruction
def load(_: Any, array: Any, _start: Any, _step: Any, like: Any) -> Any:
    """Rows array[start + k·step : … + 8]."""
    result = _rows(len(like))

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _loaded(context, builder, signature.args[0], arguments, len(like), EIGHT)
        return context.make_tuple(builder, result, found)

    return result(array, types.intp, types.intp, like), code


@instruction
def load_twice(_: Any, array: Any, _start: Any, _step: Any, like: Any) -> Any:
    """Rows of array[start + k·step : … + 4], every number two times."""
    result = _rows(len(like))

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _loaded(context, builder, signature.args[0], arguments, len(like), FOUR)
        twice = [_shuffle(builder, four, four, [0, 0, 1, 1, 2, 2, 3, 3]) for four in found]
        return context.make_tuple(builder, result, twice)

    return result(array, types.intp, types.intp, like), code


@instruction
def store(_: Any, array: Any, _start: Any, _step: Any, rows: Any) -> Any:
    """Write the rows where :func:`load` would read them."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data, start, step, values = arguments
        for k, value in enumerate(_unpacked(builder, values, len(rows))):
            index = builder.add(start, builder.mul(step, ir.Constant(step.type, k)))
            builder.store(
                value, _pointer(context, builder, signature.args[0], data, index, EIGHT), align=8
            )
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, rows), code


@instruction
def turned(_: Any, rows: Any) -> Any:
    """[[1, t], [−t, 1]], t = tan(π/8), on every bit of the row number: spins to axes 45° away, but for cos(π/8)."""

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        value = _unpacked(builder, arguments[0], len(rows))
        plus, minus = (ir.Constant(EIGHT, [t] * 8) for t in (TANGENT, -TANGENT))
        for bit in (1 << n for n in range(len(rows).bit_length() - 1)):
            for k in (k for k in range(len(rows)) if not k & bit):
                up, down = value[k], value[k | bit]
                value[k] = _fused(builder, plus, down, up)
                value[k | bit] = _fused(builder, minus, up, down)
        return context.make_tuple(builder, rows, value)

    return rows(rows), code


@instruction
def twisted(_: Any, rows: Any, table: Any, _down: Any) -> Any:
    """Row k as four complex numbers, times those of table[(down + bits of k) mod 4]: (c, c) and (−s, s) of c + is."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, data, number = arguments
        found = []
        for k, value in enumerate(_unpacked(builder, values, len(rows))):
            turn = builder.and_(
                builder.add(number, ir.Constant(number.type, k.bit_count())), number.type(3)
            )
            place = (data, builder.mul(turn, number.type(16)), number.type(8))
            along, across = _loaded(context, builder, signature.args[1], place, 2, EIGHT)
            swapped = _shuffle(builder, value, value, [1, 0, 3, 2, 5, 4, 7, 6])
            found.append(_fused(builder, value, along, builder.fmul(swapped, across)))
        return context.make_tuple(builder, rows, found)

    return rows(rows, table, types.intp), code


@instruction
def transposed(_: Any, rows: Any) -> Any:
    """Every four rows as a matrix of 4 × 4 complex numbers, transposed."""
    left, right = [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15]
    even, odd = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        value = _unpacked(builder, arguments[0], len(rows))
        found = []
        for k in range(0, len(rows), 4):
            a, b, c, d = value[k : k + 4]
            for half in (left, right):
                first, second = _shuffle(builder, a, c, half), _shuffle(builder, b, d, half)
                found += [_shuffle(builder, first, second, order) for order in (even, odd)]
        return context.make_tuple(builder, rows, found)

    return rows(rows), code


@instruction
def multiply_add(_: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, number by number."""

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        terms = zip(*(_unpacked(builder, rows, len(a)) for rows in arguments), strict=True)
        return context.make_tuple(builder, a, [_fused(builder, *three) for three in terms])

    return a(a, b, c), code


@instruction
def filled(_: Any, _number: Any, like: Any) -> Any:
    """Rows of one number."""
    result = _rows(len(like))

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        one = builder.insert_element(ir.Constant(EIGHT, ir.Undefined), arguments[0], _INTEGER(0))
        return context.make_tuple(
            builder, result, [_shuffle(builder, one, one, [0] * 8)] * len(like)
        )

    return result(types.float64, like), code


if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
    load, load_twice, store = (
        interpreted_lanes.load,
        interpreted_lanes.load_twice,
        interpreted_lanes.store,
    )
    turned, twisted, transposed = (
        interpreted_lanes.turned,
        interpreted_lanes.twisted,
        interpreted_lanes.transposed,
    )
    multiply_add, filled = interpreted_lanes.multiply_add, interpreted_lanes.filled
