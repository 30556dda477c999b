"""The use case ``--batch``: one JSON object a line in, one report a line out.

May import `bindings`, `expression`, `gradient`, `request`, `language`, `errors`, `reports`.

Lines are independent: whatever is wrong with one is that line's answer, and the next is
read. An expression is parsed once for every set of names it is used with. Nothing is kept
of a line, so memory does not grow with their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from gradcli.app.bindings import bound_values, once, unboxed
from gradcli.app.expression import Expression, check_occurring, parsed
from gradcli.app.gradient import answer
from gradcli.app.request import Request
from gradcli.errors import Diagnostic, GradcliError, InternalError, UsageError
from gradcli.language.lexer import occurring_names
from gradcli.language.limits import BATCH_LINE_BYTES, VARIABLES, over_limit
from gradcli.language.syntax import Program
from gradcli.language.values import from_json
from gradcli.reports import Failure, GradReport, Id
from gradcli.source import SHOWN_CHARACTERS, safe_text

# Keys of a line that are not names of variables.
_RESERVED = frozenset({"id", "expr", "set"})
# Parsed expressions that are kept: lines may bring their own.
_KEPT = 256
# An integer with more digits is a float; turning it into an int would cost quadratic time.
_INTEGER_DIGITS = 400


def run(stream: BinaryIO, request: Request) -> Iterator[GradReport | Failure]:
    """Yield the answer to every line, in order.

    Parameters
    ----------
    stream
        The lines.
    request
        What is asked of each; its expression is empty where every line brings its own, and
        its bindings hold for all.

    Yields
    ------
    GradReport or Failure

    Raises
    ------
    GradcliError
        Before the first line, where the expression or a common binding cannot be used.
    """
    lines = _Lines(request)
    for data in _read(stream):
        yield lines.answer(data)


def _read(stream: BinaryIO) -> Iterator[bytes]:
    """Yield lines without their ends; of one that is too long, only the beginning."""
    while data := stream.readline(BATCH_LINE_BYTES + 2):
        rest = data
        while not rest.endswith(b"\n") and len(rest) > BATCH_LINE_BYTES:
            rest = stream.readline(BATCH_LINE_BYTES + 2)
        yield data.rstrip(b"\r\n")


@dataclass(slots=True)
class _Line:
    """One line taken apart.

    Parameters
    ----------
    id, expr
        As the record repeats them.
    bindings
        JSON values by name.
    """

    id: Id
    expr: str
    bindings: Mapping[str, Any]


class _Lines:
    """What is common to all lines.

    Parameters
    ----------
    request
        The request.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.parse = lru_cache(maxsize=_KEPT)(self._parse)
        self.fixed: dict[str, Any] = {}
        self.notes: list[Diagnostic] = []
        point = request.point
        if request.expr:
            self.fixed = bound_values(point, occurring_names(request.expr), self.notes, _no_stdin)
            parsed(request, tuple(self.fixed))
        else:
            names = [name for name, _ in point.bindings]
            self.fixed = bound_values(point, names, self.notes, _no_stdin)

    def answer(self, data: bytes) -> GradReport | Failure:
        """Return the answer to one line."""
        line = _Line(None, self.request.expr, {})
        try:
            self._take_apart(data, line)
            return self._answer(line)
        except GradcliError as problem:
            return self._failure(line, problem)
        except Exception as bug:
            what = f"a bug in gradcli: {safe_text(f'{type(bug).__name__}: {bug}', 160)}"
            return self._failure(line, InternalError("E070", what, hint="please report it"))

    def _failure(self, line: _Line, problem: GradcliError) -> Failure:
        expr = line.expr or None
        return Failure("grad", problem.diagnostic, problem.exit_code, expr, line.id)

    def _take_apart(self, data: bytes, line: _Line) -> None:
        """Decode a line and find its id, expression and bindings."""
        if len(data) > BATCH_LINE_BYTES:
            raise over_limit("the line is longer", f"{BATCH_LINE_BYTES} bytes (8 MiB)")
        found = _decoded(data)
        if not isinstance(found, dict):
            raise _unusable("the line is no JSON object")
        line.id = _checked_id(found.get("id"))
        if "expr" in found:
            if self.request.expr:
                raise _unusable("`expr` is given on the command line and in the line")
            if not isinstance(found["expr"], str):
                raise _unusable("`expr` is no text")
            line.expr = found["expr"]
        if not line.expr:
            raise _unusable("there is no `expr`")
        line.bindings = _bindings(found)

    def _answer(self, line: _Line) -> GradReport:
        notes = list(self.notes)
        seed = self.request.point.seed
        values = dict(self.fixed)
        for name, value in line.bindings.items():
            if name in values:
                raise _unusable(f"`{name}` is bound twice: on the command line and in the line")
            values[name] = _number(value, name, seed, notes)
        program = self.parse(line.expr, tuple(values))
        request = self.request if self.request.expr else self.request._replace(expr=line.expr)
        return answer(request, Expression(program, values), notes, line.id)

    def _parse(self, text: str, names: tuple[str, ...]) -> Program:
        program = parsed(self.request._replace(expr=text), names)
        check_occurring(program, names)
        return program


def _no_stdin() -> str:
    raise UsageError("E043", "`@-` and `--batch` cannot both be read", hint="name a file")


def _number(value: Any, name: str, seed: int, notes: list[Diagnostic]) -> Any:
    """Return a JSON value as the value of a variable."""
    if type(value) is float:
        return value
    return unboxed(from_json(value, name, seed=seed, notes=notes))


def _checked_id(value: Any) -> Id:
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    raise _unusable("`id` is neither text nor a number")


def _bindings(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the variables of a line: its own keys, and those under ``set``."""
    more = found.get("set", {})
    if not isinstance(more, dict):
        raise _unusable("`set` is no object")
    own = [(name, value) for name, value in found.items() if name not in _RESERVED]
    if len(own) + len(more) > VARIABLES:
        raise over_limit(f"{len(own) + len(more)} variables are bound", f"{VARIABLES} variables")
    return once([*own, *more.items()])


def _unusable(what: str) -> UsageError:
    return UsageError("E096", what, hint='write e.g. {"id": 1, "x": [1, 2]}')


def _decoded(data: bytes) -> Any:
    """Return the JSON value of a line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _unusable("the line is not UTF-8") from problem
    if not text.strip():
        raise _unusable("the line is blank")
    try:
        return _DECODER.decode(text)
    except RecursionError as problem:
        raise _unusable("the line is nested too deeply") from problem
    except ValueError as problem:
        reason = safe_text(getattr(problem, "msg", problem), SHOWN_CHARACTERS)
        raise _unusable(f"the line is no JSON: {reason}") from problem


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a key that stands twice is refused."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"the key `{_repeated(pairs)}` stands twice")
    return found


def _repeated(pairs: list[tuple[str, Any]]) -> str:
    """Return the first key that stands a second time."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < _INTEGER_DIGITS else float(digits)


def _constant(word: str) -> Any:
    raise ValueError(f'write "{word}" in quotes')


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant)
