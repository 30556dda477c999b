"""The vectors of ``--vector``: one value, or one a variable.

May import `bindings`, `cotangent`, `request`, `language`, `errors`, `source`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcli.app.bindings import read_standard_input
from gradcli.app.cotangent import read_shaped
from gradcli.app.request import Request
from gradcli.errors import Diagnostic, UsageError
from gradcli.language.values import read_value
from gradcli.source import SHOWN_CHARACTERS, safe_text

_NAMED = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*:(.*)\Z", re.DOTALL)


def one_vector(request: Request) -> str:
    """Return the text of the only vector.

    Raises
    ------
    UsageError
        E091 where there is none, E092 where there are several.
    """
    if not request.vectors:
        hint = "add `--vector VALUE`, of the output's shape"
        raise UsageError("E091", "there is no vector", hint=hint)
    if len(request.vectors) > 1:
        what = f"`--vector` is given {len(request.vectors)} times, and there is one output"
        raise UsageError("E092", what, hint="give it once")
    return request.vectors[0]


def vectors_by_name(
    request: Request, names: Sequence[str], inputs: Sequence[Any], notes: list[Diagnostic]
) -> tuple[Any, ...]:
    """Return one vector a variable, each of its variable's shape.

    Parameters
    ----------
    request
        The request; its vectors are values, or ``VAR: VALUE``.
    names, inputs
        The variables.
    notes
        Receives remarks on the values.

    Raises
    ------
    UsageError
        E091 where a variable has no vector, E092 for one that is named twice or is not
        among `names`.
    ShapeError
        E021 for a vector of another shape.
    """
    texts = _texts(request.vectors, names)
    missing = [name for name in names if name not in texts]
    if missing:
        hint = f'add `--vector "{missing[0]}: VALUE"`, or choose variables with --wrt'
        if len(names) == 1:
            hint = f"add `--vector VALUE`, of the shape of `{names[0]}`"
        raise UsageError("E091", f"`{missing[0]}` has no vector", hint=hint)
    return tuple(
        read_shaped(texts[name], "--vector", np.shape(x), f"`{name}`", request.point, notes)
        for name, x in zip(names, inputs, strict=True)
    )


def raw_vectors(request: Request) -> list[tuple[str | None, Any]]:
    """Return the vectors of a request whose variables are not known yet, JSON-ready.

    Parameters
    ----------
    request
        The request; its vectors are values, or ``VAR: VALUE``.

    Returns
    -------
    list of tuple
        The name, ``None`` where none was said, and the value as nested lists.
    """
    found: list[tuple[str | None, Any]] = []
    for text in request.vectors:
        match = _NAMED.match(text)
        named = match is not None and not _is_range(match[1])
        name, value = (match[1], match[2]) if match is not None and named else (None, text)
        array = read_value(
            value,
            "--vector",
            seed=request.point.seed,
            allow_files=not request.point.untrusted,
            stdin=read_standard_input,
        )
        found.append((name, np.asarray(array).tolist()))
    return found


def _texts(vectors: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return the text of every variable's vector."""
    texts: dict[str, str] = {}
    for text in vectors:
        match = _NAMED.match(text)
        name, value = (match[1], match[2]) if match is not None else ("", text)
        if match is None or (name not in names and _is_range(name)):
            if len(names) > 1:
                hint = f'write `--vector "{names[0]}: VALUE"`'
                raise UsageError("E092", "`--vector` does not say for which variable", hint=hint)
            name, value = names[0], text
        if name not in names:
            shown = safe_text(name, SHOWN_CHARACTERS)
            what = f"`--vector` is for `{shown}`, which is not differentiated"
            raise UsageError("E092", what, hint=f"variables: {', '.join(names[:8])}")
        if name in texts:
            raise UsageError("E092", f"`{name}` has two vectors", hint="give one")
        texts[name] = value
    return texts


def _is_range(word: str) -> bool:
    """Return whether ``word:…`` is a range that begins with a constant, e.g. ``pi:2pi:3``."""
    from gradcli.language.names import CONSTANTS

    return word in CONSTANTS
