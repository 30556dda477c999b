"""The use cases that read the tables: ``rule``, ``doctor``.

May import `codes`, `reports`, `errors`.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable

from gradcli import __version__
from gradcli.codes import CODES
from gradcli.errors import UsageError
from gradcli.reports import Listing
from gradcli.source import SHOWN_CHARACTERS, safe_text

_CORE = ("click", "mpmath", "numpy", "rich", "sympy")
_EXTRAS = ("scipy", "matplotlib", "torch", "jax")


def block(rows: Iterable[tuple[str, str]]) -> str:
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
    text = block([(f"{entry.code}", entry.title), *[(k, item[k]) for k in keys[2:]]])
    return Listing("rule", text, (item,))


def doctor() -> Listing:
    """Return versions and extras, for a bug report."""
    versions = {"gradcli": __version__, "python": platform.python_version()}
    versions |= {name: _version(name) or "missing" for name in _CORE}
    extras = {name: _version(name) for name in _EXTRAS}
    machine = f"{sys.platform} {platform.machine()}"
    item = {"versions": versions, "extras": extras, "platform": machine}
    rows = [*versions.items(), *((k, v or "not installed") for k, v in extras.items())]
    return Listing("doctor", block([*rows, ("platform", machine)]), (item,))


def _version(name: str) -> str | None:
    """Return the version of an installed package without importing it."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
