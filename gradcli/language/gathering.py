"""Steps for indices and bracket lists.

May import `machine`, `flags`, `whole`, `shapes`, `syntax`, `errors`, the op table, NumPy.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from gradcli.errors import LanguageError
from gradcli.language.flags import Several, Truth, plain
from gradcli.language.functions import table_function
from gradcli.language.limits import Shape
from gradcli.language.machine import Machine, Step
from gradcli.language.shapes import broadcast, shape_of, shape_text
from gradcli.language.syntax import Ellipsis, Index, List, NewAxis, Node, Slice
from gradcli.language.whole import whole_number, whole_numbers
from gradcli.ops.pythonic import FLOAT
from gradcli.source import Span


def index_parts(node: Index) -> tuple[Node, ...]:
    """Return the expressions inside an index, in the order `indexing` takes them."""
    parts: list[Node] = []
    for item in node.items:
        if isinstance(item, Slice):
            parts.extend(p for p in (item.start, item.stop, item.step) if p is not None)
        elif not isinstance(item, Ellipsis | NewAxis):
            parts.append(item)
    return tuple(parts)


def indexing(machine: Machine, step: Step) -> None:
    """Apply ``operand[items]``."""
    node: Index = step.node  # type: ignore[assignment]
    parts = iter(machine.take(step.data))
    (operand,) = machine.take(1)
    items = [_index_item(item, parts) for item in node.items]
    if isinstance(operand, Several):
        machine.stack.append(_one_of(operand, items, node))
        return
    array = plain(operand, node.span, "[…]")
    shape = _indexed_shape(node, shape_of(array), items)
    machine.begin(node, shape, 0.0)
    if type(array) is FLOAT:
        array = np.float64(array)
    place = items[0] if len(items) == 1 else tuple(items)
    machine.give(node, (array,), machine.apply(node, operator.getitem, array, place))


def _index_item(item: Node, parts: Any) -> Any:
    if isinstance(item, Ellipsis):
        return ...
    if isinstance(item, NewAxis):
        return None
    if isinstance(item, Slice):
        return slice(*(_bound(part, parts) for part in (item.start, item.stop, item.step)))
    value = next(parts)
    if isinstance(value, Truth):
        return _mask(value.condition)
    return whole_numbers(value, item.span, "an index")


def _bound(part: Node | None, parts: Any) -> int | None:
    if part is None:
        return None
    return whole_number(next(parts), part.span, "a bound of a slice")


def _mask(condition: Any) -> Any:
    """Return a plain boolean array; looking at a traced one leaves a guard for each entry."""
    if isinstance(condition, bool | np.bool_ | np.ndarray):
        return condition
    shape = shape_of(condition)
    if shape == ():
        return bool(condition)
    out = np.empty(shape, dtype=bool)
    for place in np.ndindex(*shape):
        out[place] = bool(condition[place])
    return out


def _one_of(several: Several, items: list[Any], node: Index) -> Any:
    count = len(several.results)
    which = items[0]
    if len(items) == 1 and type(which) is int and -count <= which < count:
        return several.results[which]
    what = f"`{several.name}` has {count} results, and this is none of them"
    hint = f"write `[0]` to `[{count - 1}]`"
    raise LanguageError("E010", what, node.items[0].span, hint=hint)


def _indexed_shape(node: Index, shape: Shape, items: list[Any]) -> Shape:
    """Return an upper bound of the result's shape, after checking every index.

    Raises
    ------
    LanguageError
        E010 for an index outside the array or one too many, E022 for a step of zero.
    """
    used = sum(_dimensions(i) for i in items)
    if used > len(shape):
        what = f"{used} indices for an array of shape {shape_text(shape)}"
        hint = "use at most one index per dimension"
        raise LanguageError("E010", what, node.span, hint=hint)
    if sum(i is ... for i in items) > 1:
        raise LanguageError("E010", "`...` stands twice", node.span, hint="write it once")
    axis = 0
    out: list[int] = []
    gathered: list[Shape] = []
    for item, place in zip(items, node.items, strict=True):
        if item is ...:
            skipped = len(shape) - used
            out.extend(shape[axis : axis + skipped])
            axis += skipped
        elif item is None:
            out.append(1)
        elif isinstance(item, slice):
            if item.step == 0:
                what = "the step of a slice cannot be 0"
                raise LanguageError("E022", what, place.span, hint="write 1 or -1")
            out.append(len(range(*item.indices(shape[axis]))))
            axis += 1
        else:
            _check_place(item, shape, axis, place.span)
            gathered.append(_gathered(item))
            axis += _dimensions(item)
    return (*broadcast("index", gathered, node.span), *out, *shape[axis:])


def _gathered(item: Any) -> Shape:
    """Return the shape that an index array adds to the result."""
    if isinstance(item, np.ndarray) and item.dtype == np.bool_:
        return (int(np.count_nonzero(item)),)
    return () if isinstance(item, bool | np.bool_) else np.shape(item)


def _dimensions(item: Any) -> int:
    """Return how many dimensions an index item uses up."""
    if item is None or item is ...:
        return 0
    if isinstance(item, np.ndarray) and item.dtype == np.bool_:
        return item.ndim
    return 0 if isinstance(item, bool | np.bool_) else 1


def _check_place(item: Any, shape: Shape, axis: int, span: Span) -> None:
    if isinstance(item, bool | np.bool_) or (
        isinstance(item, np.ndarray) and item.dtype == np.bool_
    ):
        have = np.shape(item)
        if have != shape[axis : axis + len(have)]:
            what = f"a mask of shape {shape_text(have)} does not fit shape {shape_text(shape)}"
            raise LanguageError("E010", what, span, hint="compare the array that is indexed")
        return
    size = shape[axis]
    places = np.asarray(item)
    outside = places[(places < -size) | (places >= size)]
    if outside.size:
        what = f"index {outside.ravel()[0]} is out of range for shape {shape_text(shape)}"
        hint = f"use 0 to {size - 1}, or -{size} to -1" if size else "the array is empty"
        raise LanguageError("E010", what, span, hint=hint)


def listing(machine: Machine, step: Step) -> None:
    """Make an array of the entries of a bracket list."""
    node: List = step.node  # type: ignore[assignment]
    entries = machine.take(sum(len(row) for row in node.rows))
    if all(type(e) is FLOAT for e in entries):
        array = np.array(entries, dtype=np.float64)
        if node.stacked:
            array = array.reshape(len(node.rows), -1)
        machine.begin(node, array.shape, 0.0)
        machine.stack.append(array)
        return
    spans = [entry.span for row in node.rows for entry in row]
    values = [plain(e, span, "[…]") for e, span in zip(entries, spans, strict=True)]
    shape = _common_shape(node, [shape_of(v) for v in values], spans)
    machine.begin(node, (len(values), *shape), 0.0)
    array = machine.apply(node, _stack, values)
    if node.stacked:
        array = np.reshape(array, (len(node.rows), len(node.rows[0])))
    machine.give(node, values, array)


def _stack(values: list[Any]) -> Any:
    if any(hasattr(type(v), "duck_level") for v in values):
        return table_function("stack")(values)
    return np.stack(values)


def _common_shape(node: List, shapes: list[Shape], spans: list[Span]) -> Shape:
    for shape, span in zip(shapes, spans, strict=True):
        if node.stacked and shape != ():
            what = f"an entry of a list with `;` has shape {shape_text(shape)}"
            hint = "write `[a, b]` or `concat([a, b])` to put arrays together"
            raise LanguageError("E015", what, span, hint=hint)
        if shape != shapes[0]:
            shown = f"{shape_text(shapes[0])} and {shape_text(shape)}"
            hint = "give all entries one shape, or use `concat([a, b])`"
            what = f"entries of a list have different shapes, {shown}"
            raise LanguageError("E015", what, span, hint=hint)
    return shapes[0]
