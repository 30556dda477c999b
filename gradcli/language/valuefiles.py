"""Files of values: .npy, .npz:KEY, .csv, .tsv, .json, and standard input.

May import `numerals`, `limits`, `errors`, `source`, NumPy. Nothing is unpickled, nothing
but a regular file is opened, and size limits are checked before reading. What is returned
is an array, or decoded JSON.
"""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from gradcli.errors import ValueSyntaxError
from gradcli.language.limits import VALUE_FILE_BYTES, VALUES_PER_VARIABLE, over_limit
from gradcli.language.numerals import number_of
from gradcli.language.values import FILE_SUFFIXES
from gradcli.reports import Array
from gradcli.source import safe_text

_WORDS = {"nan": np.nan, "inf": np.inf, "infinity": np.inf}
_SHOWN = 60
# What NumPy and zipfile raise for files that are damaged or hold something else.
_DAMAGED = (
    ValueError,
    OSError,
    EOFError,
    KeyError,
    RuntimeError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
)


def _problem(path: str, why: str, hint: str = "") -> ValueSyntaxError:
    shown = safe_text(path, _SHOWN)
    hint = hint or "use .npy, .npz:KEY, .csv, .tsv or .json with plain numbers"
    return ValueSyntaxError("E041", f"cannot use `{shown}`: {why}", hint=hint)


def read_file(path: str, allow_files: bool) -> Any:
    """Return the content of the file that stands behind ``@``.

    Raises
    ------
    ValueSyntaxError
        E041 for a file that cannot be read or holds no numbers, E042 where files are
        refused.
    LimitError
        E019 for a file over `VALUE_FILE_BYTES`.
    """
    if not allow_files:
        what = "files are not read with `--untrusted`"
        raise ValueSyntaxError("E042", what, hint="write the numbers, or use `@-`")
    path, key = _split_key(path)
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in FILE_SUFFIXES:
        raise _problem(path, "its suffix is not known")
    data = _bytes_of(path)
    if suffix == ".npy":
        return _array_of(path, data)
    if suffix == ".npz":
        return _member(path, data, key)
    text = _decoded(path, data)
    return read_json(path, text) if suffix == ".json" else read_table(path, text)


def read_values(path: str, wanted: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the contents of a ``--values`` file by name, and the names not wanted.

    Parameters
    ----------
    path
        A ``.json`` file holding one object, or an ``.npz`` file.
    wanted
        The names that occur.

    Raises
    ------
    ValueSyntaxError
        E041 for a file that cannot be read or is of another kind.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in {".json", ".npz"}:
        raise _problem(path, "its suffix is not known", "use .json or .npz")
    data = _bytes_of(path)
    if suffix == ".npz":
        keys = _keys(path, data)
        found: dict[str, Any] = {k: _member(path, data, k) for k in keys if k in wanted}
        return found, [k for k in keys if k not in wanted]
    document = read_json(path, _decoded(path, data))
    if not isinstance(document, dict):
        raise _problem(path, "it holds no object", 'write {"x": [1, 2]}')
    kept = {k: v for k, v in document.items() if k in wanted}
    return kept, [k for k in document if k not in wanted]


def read_stream(stdin: str | Callable[[], str] | None) -> Any:
    """Return the content of standard input, JSON where it begins like it, else a table.

    Raises
    ------
    ValueSyntaxError
        E041 where there is none, or it holds no numbers.
    """
    text = stdin() if callable(stdin) else stdin
    if text is None:
        raise _problem("-", "there is no standard input", "pipe the numbers in")
    if len(text) > VALUE_FILE_BYTES:
        raise over_limit("standard input is too long", f"{VALUE_FILE_BYTES} bytes (64 MiB)")
    if text.lstrip()[:1] in {"[", "{", '"'}:
        return read_json("standard input", text)
    return read_table("standard input", text)


def _split_key(path: str) -> tuple[str, str | None]:
    """Split ``d.npz:key``."""
    at = path.lower().rfind(".npz:")
    return (path, None) if at < 0 else (path[: at + 4], path[at + 5 :])


def _bytes_of(path: str) -> bytes:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise _problem(path, "it is no regular file")
        if found.st_size > VALUE_FILE_BYTES:
            what = f"`{safe_text(path, _SHOWN)}` has {found.st_size} bytes"
            raise over_limit(what, f"{VALUE_FILE_BYTES} bytes (64 MiB)")
        with open(path, "rb") as file:
            return file.read(VALUE_FILE_BYTES)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise _problem(path, safe_text(why, 100).lower(), "check the name") from problem


def _decoded(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise _problem(path, f"line {line} is not UTF-8") from problem


def _array_of(path: str, data: bytes) -> Array:
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception as problem:  # NumPy's readers raise nearly anything for damaged files
        raise _problem(path, safe_text(problem, 100)) from problem
    if not isinstance(array, np.ndarray):
        raise _problem(path, "it holds several arrays", "name one: `@file.npz:KEY`")
    if array.dtype.kind not in "biuf":
        raise _problem(path, f"it holds {array.dtype} and no real numbers")
    return array


def _keys(path: str, data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist()]
    except _DAMAGED as problem:
        raise _problem(path, safe_text(problem, 100)) from problem


def _member(path: str, data: bytes, key: str | None) -> Array:
    """Return one array of an .npz file; its size is checked before it is unpacked."""
    keys = _keys(path, data)
    if key is None and len(keys) == 1:
        key = keys[0]
    if key not in keys:
        listed = ", ".join(safe_text(k, 20) for k in keys[:8])
        raise _problem(path, "it needs a key", f"write `@FILE.npz:KEY`; it has {listed}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            info = archive.getinfo(names[keys.index(key)])
            if info.file_size <= VALUE_FILE_BYTES:
                with archive.open(info) as file:
                    return _array_of(path, file.read(VALUE_FILE_BYTES))
    except _DAMAGED as problem:
        raise _problem(path, safe_text(problem, 100)) from problem
    what = f"`{safe_text(key, _SHOWN)}` has {info.file_size} bytes"
    raise over_limit(what, f"{VALUE_FILE_BYTES} bytes (64 MiB)")


def read_json(path: str, text: str) -> Any:
    """Return decoded JSON.

    Raises
    ------
    ValueSyntaxError
        E041, naming the line.
    """
    try:
        return json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as problem:
        why = f"line {problem.lineno}: {safe_text(problem.msg, 100)}"
        raise _problem(path, why, "write JSON numbers and lists") from problem
    except (RecursionError, ValueError) as problem:
        raise _problem(path, "its lists are nested too deeply") from problem


def _integer(digits: str) -> int | float:
    """Return an integer of JSON; one with hundreds of digits as a float."""
    return int(digits) if len(digits) < 400 else float(digits)


def read_table(path: str, text: str) -> Array:
    """Return a table of numbers separated by commas or tabs.

    One column or one line is a vector, one number a scalar, as `numpy.loadtxt` has it.

    Raises
    ------
    ValueSyntaxError
        E041, naming the line.
    LimitError
        E019 for more numbers than a variable may have, before they are read.
    """
    first = text.lstrip().split("\n", 1)[0]
    delimiter = "\t" if "\t" in first.strip() and "," not in first else ","
    _refuse_long(text, delimiter)
    rows: list[list[float]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = [_cell(path, reader.line_num, cell, not rows) for cell in cells]
            if rows and len(row) != len(rows[0]):
                why = f"line {reader.line_num} has {len(row)} numbers, the first has {len(rows[0])}"
                raise _problem(path, why, "give every line the same number of cells")
            rows.append(row)
    except csv.Error as problem:
        raise _problem(path, f"line {reader.line_num}: {safe_text(problem, 100)}") from problem
    if not rows:
        raise _problem(path, "it is empty")
    return np.squeeze(np.array(rows, dtype=np.float64))


def _refuse_long(text: str, delimiter: str) -> None:
    """Refuse a table by its lines and delimiters: reading it would take seconds."""
    if len(text) <= 2 * VALUES_PER_VARIABLE:
        return
    count = text.count(delimiter) + sum(1 for line in io.StringIO(text) if line.strip())
    if count > VALUES_PER_VARIABLE:
        raise over_limit(f"{count} numbers", f"{VALUES_PER_VARIABLE} values per variable")


def _cell(path: str, line: int, cell: str, is_first: bool) -> float:
    word = cell.strip()
    value = number_of(word)
    if value is None:
        value = _WORDS.get(word.lower().lstrip("+-"))
        value = -value if value is not None and word.startswith("-") else value
    if value is None:
        hint = "remove the line of names" if is_first else "write numbers only"
        raise _problem(path, f"line {line}: `{safe_text(word, 40)}` is not a number", hint)
    return value
