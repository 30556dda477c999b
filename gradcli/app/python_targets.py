"""Which Python targets a word on the command line names: files, folders, functions, modules.

May import `errors`, `source`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradcli.errors import UsageError
from gradcli.source import SHOWN_CHARACTERS, safe_text

_NODE = re.compile(r"^(?P<path>.+\.py)(?:::(?P<function>\w+))?$", re.DOTALL)
_MODULE = re.compile(r"^(?P<module>[A-Za-z_][\w.]*):(?P<function>[A-Za-z_]\w*)$")
# Folders in which no one keeps functions to check.
_LEFT_OUT = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})


@dataclass(frozen=True, slots=True)
class PythonTarget:
    """A file or an installed module, whole or one function of it.

    Parameters
    ----------
    path, module
        One of the two.
    function
        The one function that is meant, or ``None`` for all.
    """

    path: str | None
    module: str | None
    function: str | None

    @property
    def name(self) -> str:
        """The file or module as reports call it."""
        return self.path or self.module or ""

    def node(self, function: str) -> str:
        """Return the node id of a function: ``file.py::f`` or ``module:f``."""
        return f"{self.name}{'::' if self.path else ':'}{function}"


def is_python_target(word: str) -> bool:
    """Whether a word names a file, a function of one, a folder, or a module's function."""
    return bool(_NODE.match(word) or _MODULE.match(word)) or os.path.isdir(word)


def python_targets(word: str) -> Iterator[PythonTarget]:
    """Yield the targets a word names, folders file by file in sorted order.

    Raises
    ------
    UsageError
        Where the word names none.
    """
    if os.path.isdir(word):
        for path in python_files(word):
            yield PythonTarget(path, None, None)
        return
    node = _NODE.match(word)
    if node:
        yield PythonTarget(node["path"], None, node["function"])
        return
    module = _MODULE.match(word)
    path, _, function = word.rpartition(":")
    if path.endswith(".py") and os.path.isfile(path):
        shown = safe_text(word, SHOWN_CHARACTERS)
        hint = f"write `{safe_text(path, SHOWN_CHARACTERS)}::{safe_text(function)}`"
        raise UsageError("E086", f"`{shown}` is no file and no module", hint=hint)
    if module is None:
        shown = safe_text(word, SHOWN_CHARACTERS)
        raise UsageError("E086", f"`{shown}` is no file, folder or module:function")
    yield PythonTarget(None, module["module"], module["function"])


def python_files(folder: str) -> Iterator[str]:
    """Yield every ``*.py`` below a folder, hidden and virtual-environment folders left out."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(d for d in folders if _is_searched(Path(root) / d))
        for name in sorted(files):
            if name.endswith(".py") and not name.startswith("."):
                yield os.path.join(root, name)


def _is_searched(folder: Path) -> bool:
    """Whether a folder may hold a user's own files."""
    if folder.name.startswith(".") or folder.name in _LEFT_OUT:
        return False
    return not (folder / "pyvenv.cfg").exists()
