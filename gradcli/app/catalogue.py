"""The use cases that read the tables: ``ops``, ``rule``, ``doctor``.

May import `ops`, `codes`, `language.functions`, `reports`, `errors`.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from gradcli import __version__
from gradcli.codes import CODES
from gradcli.errors import UsageError
from gradcli.reports import Listing
from gradcli.source import SHOWN_CHARACTERS, safe_text

_CORE = ("click", "mpmath", "numpy", "rich", "sympy")
_EXTRAS = ("scipy", "matplotlib", "torch", "jax")


def operations(name: str | None = None) -> Listing:
    """Return every operation of the table, or one of them in full.

    Parameters
    ----------
    name
        A name or alias; ``None`` for all.

    Raises
    ------
    UsageError
        E002 for an unknown name.
    """
    from gradcli.language.functions import function_names
    from gradcli.language.suggestions import nearest
    from gradcli.ops import registry

    if name is None:
        items = [_operation(f) for f in registry.FUNCTIONS.values()]
        return Listing("op", _operations_text(items), tuple(items))
    found = registry.lookup(name)
    if found is None:
        near = nearest(name, [*registry.names(), *function_names()])
        hint = f"did you mean `{near}`?" if near else "see `gradcli ops`"
        shown = safe_text(name, SHOWN_CHARACTERS)
        raise UsageError("E002", f"unknown function `{shown}`", hint=hint)
    item = _operation(found)
    return Listing("op", _block(_operation_rows(item)), (item,))


def _operation(function: Any) -> dict[str, Any]:
    """Return what the table says of one function."""
    kink = getattr(function, "kink", None)
    rule = getattr(function, "rule", None)
    return {
        "name": function.name,
        "aliases": list(function.aliases),
        "signature": _signature(function),
        "rule": "composite" if rule is None else type(rule).__name__.lower(),
        "domain": function.domain.text if function.domain is not None else None,
        "kink": None if kink is None else _kink_text(kink),
        "doc": function.doc,
        "source": function.source or None,
    }


def _signature(function: Any) -> str:
    arrays = ["[a, b, …]"] if function.arrays is None else _ARRAYS[: function.arrays]
    params = [f"{name}={_default(value)}" for name, value in function.params.items()]
    return f"{function.name}({', '.join([*arrays, *params])})"


_ARRAYS = ["x", "y", "z", "u", "v", "w"]


def _default(value: Any) -> str:
    return safe_text(value) if isinstance(value, str) else repr(value)


def _kink_text(kink: Any) -> str:
    """Return where an operation has no derivative, and what is answered there."""
    if kink.jump:
        return f"jumps at {kink.at}"
    tail = f" ({kink.convention})" if kink.convention else ""
    return f"at {kink.at}: {kink.used}{tail}"


def _operations_text(items: Iterable[Mapping[str, Any]]) -> str:
    """Return one line an operation: signature, domain, kink, meaning."""
    rows = [
        (
            item["signature"],
            "; ".join(
                part
                for part in (
                    item["doc"].rstrip("."),
                    item["domain"] and f"needs {item['domain']}",
                    item["kink"] and f"kink {item['kink']}",
                )
                if part
            ),
        )
        for item in items
    ]
    width = max((len(left) for left, _ in rows), default=0)
    return "".join(f"{left.ljust(width)}  {right}".rstrip() + "\n" for left, right in rows)


def _operation_rows(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [("call", item["signature"]), ("means", item["doc"])]
    rows.append(("aliases", ", ".join(item["aliases"])))
    rows += [(key, item[key] or "") for key in ("rule", "domain", "kink", "source")]
    return rows


def _block(rows: Iterable[tuple[str, str]]) -> str:
    """Return labelled lines, those without content left out."""
    shown = [(label, text) for label, text in rows if text]
    width = max(len(label) for label, _ in shown)
    return "".join(f"{label.ljust(width)}  {text}\n" for label, text in shown)


def rule(code: str) -> Listing:
    """Return what a diagnostic code means.

    Parameters
    ----------
    code
        E.g. ``E020``; capitals do not matter.

    Raises
    ------
    UsageError
        E092 for an unknown code.
    """
    entry = CODES.get(code.upper())
    if entry is None:
        shown = safe_text(code, SHOWN_CHARACTERS)
        hint = f"the codes are {', '.join(sorted(CODES))}"
        raise UsageError("E092", f"there is no diagnostic `{shown}`", hint=hint)
    keys = ("code", "title", "meaning", "example", "cure")
    item = {key: getattr(entry, key) for key in keys}
    text = _block([(f"{entry.code}", entry.title), *[(k, item[k]) for k in keys[2:]]])
    return Listing("rule", text, (item,))


def doctor() -> Listing:
    """Return versions and extras, for a bug report."""
    versions = {"gradcli": __version__, "python": platform.python_version()}
    versions |= {name: _version(name) or "missing" for name in _CORE}
    extras = {name: _version(name) for name in _EXTRAS}
    machine = f"{sys.platform} {platform.machine()}"
    item = {"versions": versions, "extras": extras, "platform": machine}
    rows = [*versions.items(), *((k, v or "not installed") for k, v in extras.items())]
    return Listing("doctor", _block([*rows, ("platform", machine)]), (item,))


def _version(name: str) -> str | None:
    """Return the version of an installed package without importing it."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
