"""Values of variables: from the text of an option, from JSON, from ``@file`` and ``@-``.

May import the rest of the room, `reports`, `errors`, `source`, NumPy. Every value becomes a
float64 array. A value's grammar is the expression's, without variables; its errors begin
with the variable's name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from gradcli.errors import Diagnostic, GradcliError, LimitError, ValueSyntaxError
from gradcli.language.functions import is_function
from gradcli.language.limits import (
    BATCH_LINE_BYTES,
    DIMENSIONS,
    VALUES_PER_VARIABLE,
    over_limit,
)
from gradcli.language.lowering import Lowering
from gradcli.language.machine import Machine
from gradcli.language.names import CONSTANTS, RANDOM
from gradcli.language.numerals import (
    LARGEST_INTEGER,
    flattened,
    is_large_integer,
    read_numerals,
)
from gradcli.language.parser import parse_value
from gradcli.language.randoms import Stream
from gradcli.language.rows import final_value
from gradcli.language.syntax import Call, Name, Node, Number, Range, postorder
from gradcli.language.trampoline import run
from gradcli.language.whole import whole_number
from gradcli.reports import Array
from gradcli.source import Source, safe_text

Notes = list[Diagnostic] | None
_NONFINITE = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
# What `@` reads; without it, a word that ends so is taken for a forgotten `@`.
FILE_SUFFIXES = (".npy", ".npz", ".csv", ".tsv", ".json")
_SHOWN = 40


def read_value(
    text: str,
    name: str,
    *,
    seed: int = 0,
    allow_files: bool = True,
    stdin: str | Callable[[], str] | None = None,
    notes: Notes = None,
) -> Array:
    """Return the array that a value on the command line means.

    Parameters
    ----------
    text
        The value as typed: numbers, ``a:b:n``, a maker, ``@file``, ``@-``.
    name
        The variable; errors begin with it and random streams depend on it.
    seed
        The run's seed for random values without one of their own.
    allow_files
        Whether ``@file`` may be read; ``@-`` always may.
    stdin
        Standard input, or a function that reads it, called for ``@-`` only.
    notes
        Receives warnings (W104).

    Returns
    -------
    float64 array

    Raises
    ------
    ValueSyntaxError, LimitError
        Where the text means no array of real numbers, or too large a one.

    Examples
    --------
    >>> read_value("1,2;3,4", "A").tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    stripped = text.strip()
    try:
        if stripped.startswith("@"):
            return _checked(_from_document(_content(stripped, allow_files, stdin), notes), name)
        return _checked(_from_text(text, name, seed, notes), name)
    except GradcliError as problem:
        _reraise(problem, name)


def _content(text: str, allow_files: bool, stdin: str | Callable[[], str] | None) -> Any:
    """Return what stands behind ``@``; zipfile and csv are imported where a file is read."""
    from gradcli.language.valuefiles import read_file, read_stream

    return read_stream(stdin) if text == "@-" else read_file(text[1:], allow_files)


def from_json(obj: Any, name: str, *, seed: int = 0, notes: Notes = None) -> Array:
    """Return the array that a decoded JSON value means.

    Parameters
    ----------
    obj
        A number, nested lists of numbers (``"NaN"``, ``"Infinity"``, ``"-Infinity"`` among
        them), or a string in the grammar of values, without ``@``.
    name, seed, notes
        As in `read_value`.

    Raises
    ------
    ValueSyntaxError, LimitError
        As `read_value`.
    """
    try:
        if isinstance(obj, str) and obj.strip() not in _NONFINITE:
            if obj.lstrip().startswith("@"):
                what = "`@` reads a file only at the start of a value on the command line"
                raise ValueSyntaxError("E042", what, hint="write the numbers")
            return _checked(_from_text(obj, name, seed, notes), name)
        return _checked(_from_document(obj, notes), name)
    except GradcliError as problem:
        _reraise(problem, name)


def _reraise(problem: GradcliError, name: str) -> NoReturn:
    """Raise an error of a value again, with the variable's name in front."""
    d = problem.diagnostic
    kind = LimitError if isinstance(problem, LimitError) else ValueSyntaxError
    raise kind(d.code, f"{name}: {d.what}", d.span, d.source, d.label, d.hint) from problem


def _checked(array: Array, name: str) -> Array:
    if array.size > VALUES_PER_VARIABLE:
        raise over_limit(f"{array.size} numbers", f"{VALUES_PER_VARIABLE} values per variable")
    if array.ndim > DIMENSIONS:
        raise over_limit(f"{array.ndim} dimensions", f"{DIMENSIONS} dimensions")
    return array


def _note_large(notes: Notes) -> None:
    if notes is not None:
        what = "an integer beyond 2**53 was rounded to the nearest double"
        notes.append(Diagnostic("W104", what, hint="scale the data"))


def _from_document(document: Any, notes: Notes) -> Array:
    """Return the array of a file's content: an array already, or decoded JSON."""
    if isinstance(document, np.ndarray):
        if document.dtype.kind in "iu" and bool((np.abs(document) > LARGEST_INTEGER).any()):
            _note_large(notes)
        return document.astype(np.float64)
    flat, shape = flattened(document)
    if len(flat) > VALUES_PER_VARIABLE:
        raise over_limit(f"{len(flat)} numbers", f"{VALUES_PER_VARIABLE} values per variable")
    if any(type(v) is int and abs(v) > LARGEST_INTEGER for v in flat):
        _note_large(notes)
    return np.array([_json_number(v) for v in flat], dtype=np.float64).reshape(shape)


def _json_number(value: Any) -> float:
    if isinstance(value, str) and value.strip() in _NONFINITE:
        return _NONFINITE[value.strip()]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as problem:
            what = "an integer is too large for a double"
            raise ValueSyntaxError("E040", what, hint="write `Infinity`") from problem
    what = f"{_json_text(value)} is not a number or array"
    raise ValueSyntaxError("E040", what, hint="write numbers, or lists of numbers")


def _json_text(value: Any) -> str:
    """Return a value of JSON that is no number, as messages show it."""
    if isinstance(value, dict):
        return "an object"
    if value is None or isinstance(value, bool):
        return f"`{json.dumps(value)}`"
    return f"`{safe_text(value, _SHOWN)}`"


def _from_text(text: str, name: str, seed: int, notes: Notes) -> Array:
    if len(text) > BATCH_LINE_BYTES:
        raise over_limit(
            f"the value has {len(text)} characters", f"{BATCH_LINE_BYTES} bytes (8 MiB)"
        )
    if not text.strip():
        raise ValueSyntaxError("E040", "there is no value", hint=_EXAMPLES)
    numerals = read_numerals(text)
    if numerals is not None:
        if numerals.has_large_integer:
            _note_large(notes)
        return numerals.array
    if text.strip().lower().endswith(FILE_SUFFIXES):
        shown = safe_text(text.strip(), _SHOWN)
        hint = f"write `@{shown}` to read a file"
        raise ValueSyntaxError("E040", f"`{shown}` is not a number or array", hint=hint)
    source = Source(text.strip())
    node = parse_value(source, is_function=lambda word: word in RANDOM or is_function(word))
    _check_words(node, source.text)
    if _has_large_integer(node, source.text):
        _note_large(notes)
    return _evaluated(node, source, Stream(seed, name))


_EXAMPLES = "write `3`, `1,2,3`, `1,2;3,4`, `0:1:5`, `zeros(3)` or `@file.npy`"


def _check_words(node: Node, text: str) -> None:
    """Refuse names: a value has no variables."""
    for part in postorder(node):
        unknown = isinstance(part, Name) and part.id not in CONSTANTS
        if isinstance(part, Call) and part.function not in RANDOM:
            unknown = not is_function(part.function)
        if unknown:
            shown = safe_text(text.strip(), _SHOWN)
            raise ValueSyntaxError("E040", f"`{shown}` is not a number or array", hint=_EXAMPLES)


def _has_large_integer(node: Node, text: str) -> bool:
    return any(
        isinstance(part, Number)
        and is_large_integer(text[part.span.start : part.span.end], part.value)
        for part in postorder(node)
    )


def _evaluated(node: Node, source: Source, stream: Stream) -> Array:
    """Evaluate the tree of a value."""
    try:
        if not isinstance(node, Range):
            return np.asarray(_run(node, source, stream), dtype=np.float64)
        start, stop = (_end(part, source, stream) for part in (node.start, node.stop))
        counted = _run(node.count, source, stream)
        count = whole_number(counted, node.count.span, "the number of points")
    except GradcliError as problem:
        problem.locate(source, node.span)
        raise
    if count < 2:
        what = f"`a:b:n` counts points, both ends included, and n is {count}"
        hint = "write at least 2 points; `arange(a, b, step)` has a step"
        raise ValueSyntaxError("E014", what, node.count.span, source, hint=hint)
    if count > VALUES_PER_VARIABLE:
        raise over_limit(f"{count} points", f"{VALUES_PER_VARIABLE} values per variable")
    return np.linspace(start, stop, count)


def _end(node: Node, source: Source, stream: Stream) -> float:
    value = np.asarray(_run(node, source, stream))
    if value.shape != () or not np.isfinite(value):
        what = "an end of a range is a finite number"
        raise ValueSyntaxError("E014", what, node.span, source, hint="write `0:1:5`")
    return float(value)


def _run(node: Node, source: Source, stream: Stream) -> Any:
    """Lower and run one expression of a value."""
    lowering = Lowering((), stream.procedures)
    run(lowering.node(node, {}))
    return final_value(Machine(source, lowering.steps, {}).run(), node.span)
