"""Spellings that pasted code brings along: module prefixes.

May import `cursor`, `tokens`. ``np.linalg.norm(x)`` means ``norm(x)`` unless ``np`` is a
variable. A prefix is dropped only before a call or before one of the module's constants.
"""

from __future__ import annotations

from gradcli.language.cursor import Cursor
from gradcli.language.tokens import NAME
from gradcli.source import Span

PREFIXES = frozenset(
    {
        "np",
        "numpy",
        "np.linalg",
        "numpy.linalg",
        "jnp",
        "jnp.linalg",
        "scipy.special",
        "special",
        "torch",
        "torch.nn.functional",
        "F",
        "math",
    }
)
PREFIX_CONSTANTS = frozenset({"pi", "e", "tau", "inf", "nan", "newaxis"})
_ROOTS = frozenset(prefix.split(".")[0] for prefix in PREFIXES)


def skip_prefix(cursor: Cursor) -> str:
    """Consume a module prefix at the current token and return it; "" where there is none.

    Raises
    ------
    LanguageError
        E017 for a module the language does not know, or an attribute that is neither a
        call nor a constant.
    """
    if cursor.token.text not in _ROOTS or cursor.token.text in cursor.scope:
        return ""
    if cursor.ahead(1).kind != "." or cursor.ahead(2).kind not in {NAME, "newaxis"}:
        return ""
    path = [cursor.token]
    n = 1
    while cursor.ahead(n).kind == "." and cursor.ahead(n + 1).kind in {NAME, "newaxis"}:
        path.append(cursor.ahead(n + 1))
        n += 2
    prefix = path[0].text
    length = 1
    for i, part in enumerate(path[1:-1], start=2):
        if f"{prefix}.{part.text}" not in PREFIXES and not _begins_prefix(prefix, part.text):
            break
        prefix, length = f"{prefix}.{part.text}", i
    name = path[length] if length < len(path) else None
    is_call = length == len(path) - 1 and cursor.ahead(n).kind == "("
    if prefix not in PREFIXES or name is None or not (is_call or name.text in PREFIX_CONSTANTS):
        raise _unknown(cursor, Span(path[0].start, path[-1].end))
    cursor.index += 2 * length
    return prefix


def _begins_prefix(prefix: str, part: str) -> bool:
    """Return whether a longer path may still become a known prefix (``torch.nn``)."""
    return any(known.startswith(f"{prefix}.{part}.") for known in PREFIXES)


def _unknown(cursor: Cursor, span: Span) -> Exception:
    shown = cursor.text(span)
    what = f"`{shown}` is not known here"
    hint = "write the function's own name, e.g. `norm(x)`; `gradcli ops` lists all"
    if ".random." in shown:
        hint = 'random numbers stand only in values, e.g. `--W "randn(2,2,seed=0)"`'
    return cursor.error("E017", what, span, hint)
