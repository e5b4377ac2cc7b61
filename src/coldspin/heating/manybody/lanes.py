"""Rows of eight doubles that stay in vector registers, and instructions on several rows at once.

A compiler that sees loops over parts of one array must assume that the parts overlap, and then
leaves them scalar: H·ψ takes four times as long (docs: decisions, 15). So the vector instructions
are written here as such. `like`, or the rows
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

EIGHT = ir.VectorType(ir.DoubleType(), 8)
FOUR = ir.VectorType(ir.DoubleType(), 4)
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


def _multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, in one instruction where there is one."""
    kind = ir.FunctionType(EIGHT, [EIGHT] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, "llvm.fmuladd.v8f64")  # type: ignore[no-untyped-call]
    return builder.call(function, [a, b, c])


def _unpack(builder: Any, rows: Any, count: int) -> list[Any]:
    return [builder.extract_value(rows, k) for k in range(count)]


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


def _load_rows(
    context: Any, builder: Any, kind: Any, arguments: Any, count: int, vector: Any
) -> list[Any]:
    array, start, step = arguments[:3]
    rows = []
    for k in range(count):
        index = builder.add(start, builder.mul(step, ir.Constant(step.type, k)))
        rows.append(builder.load(_pointer(context, builder, kind, array, index, vector), align=8))
    return rows


@instruction
def load(_: Any, array: Any, _start: Any, _step: Any, like: Any) -> Any:
    """Rows array[start + k·step : … + 8]."""
    result = _rows(len(like))

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = _load_rows(context, builder, signature.args[0], arguments, len(like), EIGHT)
        return context.make_tuple(builder, result, rows)

    return result(array, types.intp, types.intp, like), code


@instruction
def load_twice(_: Any, array: Any, _start: Any, _step: Any, like: Any) -> Any:
    """Rows of array[start + k·step : … + 4], every number two times."""
    result = _rows(len(like))

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        half_rows = _load_rows(context, builder, signature.args[0], arguments, len(like), FOUR)
        twice = [_shuffle(builder, four, four, [0, 0, 1, 1, 2, 2, 3, 3]) for four in half_rows]
        return context.make_tuple(builder, result, twice)

    return result(array, types.intp, types.intp, like), code


@instruction
def store(_: Any, array: Any, _start: Any, _step: Any, rows: Any) -> Any:
    """Write the rows where :func:`load` would read them."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data, start, step, values = arguments
        for k, value in enumerate(_unpack(builder, values, len(rows))):
            index = builder.add(start, builder.mul(step, ir.Constant(step.type, k)))
            builder.store(
                value, _pointer(context, builder, signature.args[0], data, index, EIGHT), align=8
            )
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, rows), code


@instruction
def rotate(_: Any, rows: Any) -> Any:
    """[[1, t], [−t, 1]], t = tan(π/8), on every bit of the row number.

    It turns spins to axes 45° away, but for the factor cos(π/8), which the energies hold.
    """

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        value = _unpack(builder, arguments[0], len(rows))
        plus = ir.Constant(EIGHT, [TANGENT] * 8)
        minus = ir.Constant(EIGHT, [-TANGENT] * 8)
        for n in range(len(rows).bit_length() - 1):
            bit = 1 << n
            for k in range(len(rows)):
                if k & bit:
                    continue
                up = value[k]
                down = value[k | bit]
                value[k] = _multiply_add(builder, plus, down, up)
                value[k | bit] = _multiply_add(builder, minus, up, down)
        return context.make_tuple(builder, rows, value)

    return rows(rows), code


@instruction
def twist(_: Any, rows: Any, table: Any, _down: Any) -> Any:
    """Row k as four complex numbers, times those of table[(down + bits of k) mod 4].

    The table holds (c, c) and (−s, s) of c + is.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, data, number = arguments
        results = []
        for k, value in enumerate(_unpack(builder, values, len(rows))):
            turn = builder.and_(
                builder.add(number, ir.Constant(number.type, k.bit_count())), number.type(3)
            )
            place = (data, builder.mul(turn, number.type(16)), number.type(8))
            along, across = _load_rows(context, builder, signature.args[1], place, 2, EIGHT)
            swapped = _shuffle(builder, value, value, [1, 0, 3, 2, 5, 4, 7, 6])
            results.append(_multiply_add(builder, value, along, builder.fmul(swapped, across)))
        return context.make_tuple(builder, rows, results)

    return rows(rows, table, types.intp), code


@instruction
def transpose(_: Any, rows: Any) -> Any:
    """Every four rows as a matrix of 4 × 4 complex numbers, transpose."""
    # Two rounds of shuffles: first the halves of rows two apart, then pairs of those one apart.
    left = [0, 1, 2, 3, 8, 9, 10, 11]
    right = [4, 5, 6, 7, 12, 13, 14, 15]
    even = [0, 1, 8, 9, 4, 5, 12, 13]
    odd = [2, 3, 10, 11, 6, 7, 14, 15]

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        value = _unpack(builder, arguments[0], len(rows))
        results = []
        for k in range(0, len(rows), 4):
            a, b, c, d = value[k : k + 4]
            for half in (left, right):
                first = _shuffle(builder, a, c, half)
                second = _shuffle(builder, b, d, half)
                results += [_shuffle(builder, first, second, order) for order in (even, odd)]
        return context.make_tuple(builder, rows, results)

    return rows(rows), code


@instruction
def multiply_add(_: Any, a: Any, b: Any, c: Any) -> Any:
    """a·b + c, number by number."""

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        terms = zip(*(_unpack(builder, rows, len(a)) for rows in arguments), strict=True)
        return context.make_tuple(builder, a, [_multiply_add(builder, *three) for three in terms])

    return a(a, b, c), code


@instruction
def fill(_: Any, _number: Any, like: Any) -> Any:
    """Rows of one number."""
    result = _rows(len(like))

    def code(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        one = builder.insert_element(ir.Constant(EIGHT, ir.Undefined), arguments[0], _INTEGER(0))
        return context.make_tuple(
            builder, result, [_shuffle(builder, one, one, [0] * 8)] * len(like)
        )

    return result(types.float64, like), code


if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
    load = interpreted_lanes.load
    load_twice = interpreted_lanes.load_twice
    store = interpreted_lanes.store
    rotate = interpreted_lanes.rotate
    twist = interpreted_lanes.twist
    transpose = interpreted_lanes.transpose
    multiply_add = interpreted_lanes.multiply_add
    fill = interpreted_lanes.fill
