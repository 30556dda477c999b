"""The cotangent of an output with a shape, and what to say where there is none.

May import `expression`, `bindings`, `language`, `errors`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.app.bindings import read_standard_input, unboxed
from gradcli.app.expression import Expression
from gradcli.app.request import Point
from gradcli.errors import Diagnostic, ShapeError
from gradcli.language.shapes import shape_text
from gradcli.language.values import read_value
from gradcli.source import safe_text

# A longer expression is not repeated inside a help line.
_LONGEST_REPEATED = 32


def require_scalar(expression: Expression, value: Any) -> None:
    """Refuse an output that is not a scalar.

    Raises
    ------
    ShapeError
        E020, naming the three things that can be asked instead.
    """
    shape = np.shape(value)
    if shape == ():
        return
    final = expression.program.final.span
    text = expression.text[final.start : final.end]
    short = len(text) <= _LONGEST_REPEATED and safe_text(text) == text
    sum_of = f"`sum({text})`" if short else "with `sum(…)`"
    raise ShapeError(
        "E020",
        f"output has shape {shape_text(shape)}, a gradient needs a scalar",
        final,
        expression.program.source,
        label=f"shape {shape_text(shape)}",
        hint=f"reduce it, e.g. {sum_of}; or pass `--gradient ones`; or use `gradcli jacobian`",
    )


def read_cotangent(text: str, value: Any, point: Point, notes: list[Diagnostic]) -> Any:
    """Return the cotangent that ``--gradient`` means.

    Parameters
    ----------
    text
        ``ones``, or a value of the output's shape.
    value
        The output.
    point
        For the seed, and whether files may be read.
    notes
        Receives remarks on the value.

    Raises
    ------
    ShapeError
        E021 where the shapes differ.
    ValueSyntaxError
        Where the text means no array.
    """
    if text.strip() == "ones":
        return np.ones(np.shape(value)) if np.ndim(value) else 1.0
    return read_shaped(text, "--gradient", np.shape(value), "the output", point, notes)


def read_shaped(
    text: str, option: str, shape: tuple[int, ...], what: str, point: Point, notes: list[Diagnostic]
) -> Any:
    """Return the value of an option that must have a given shape."""
    array = read_value(
        text,
        option,
        seed=point.seed,
        allow_files=not point.untrusted,
        stdin=read_standard_input,
        notes=notes,
    )
    if array.shape != shape:
        given, wanted = shape_text(array.shape), shape_text(shape)
        message = f"{option} has shape {given}, {what} has shape {wanted}"
        raise ShapeError("E021", message, hint=f"give {wanted if shape else 'one number'}")
    return unboxed(array)


def contracted(function: Any, cotangent: Any) -> Any:
    """Return the scalar function ``sum(cotangent * function)``."""
    if np.ndim(cotangent) == 0 and cotangent == 1.0:
        return function

    def scalar(*args: Any) -> Any:
        return np.sum(function(*args) * cotangent)

    return scalar
