"""Load a user's Python file as a module, without letting its name shadow anything.

May import `errors`, `source`. One of the two files that compile text; the text is a file
that the user named on the command line, and running it is what they asked for. The file is
read by path, its folder is appended (never prepended) to ``sys.path``, and the module is
registered under a private name, so that dataclasses and pickle work and a file called
``random.py`` harms nobody.
"""

from __future__ import annotations

import os
import stat
import sys
import traceback
from pathlib import Path
from types import ModuleType

from gradcli.errors import LimitError, UsageError, UserCodeError
from gradcli.source import SHOWN_CHARACTERS, safe_text

# The contract's limit for one Python file.
MOST_BYTES = 1_000_000


def read_source(path: str) -> bytes:
    """Return the bytes of a Python file.

    Raises
    ------
    UsageError
        Where the path is not a readable regular file.
    LimitError
        Where the file is over the size limit.
    """
    shown = safe_text(path, SHOWN_CHARACTERS)
    try:
        about = os.stat(path)
        if stat.S_ISDIR(about.st_mode):
            raise UsageError("E080", f"{shown} is a folder", hint="name a file in it")
        if not stat.S_ISREG(about.st_mode):
            raise UsageError("E080", f"{shown} is not a regular file")
        if about.st_size > MOST_BYTES:
            raise LimitError("E081", f"{shown} is over {MOST_BYTES:,} bytes")
        return Path(path).read_bytes()
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise UsageError("E080", f"cannot read {shown}: {safe_text(reason)}") from problem


def load(path: str) -> ModuleType:
    """Run a Python file and return its module.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    module
        Registered in ``sys.modules`` under a private name; ``__name__`` is not ``__main__``.

    Raises
    ------
    UserCodeError
        Where the file does not compile, or raises, or leaves while it is imported.
    """
    raw = read_source(path)
    stem = Path(path).stem
    module = ModuleType(f"_gradcli_user_{stem}")
    module.__file__ = str(Path(path).resolve())
    # Says that there is no parent: a relative import then fails with its own clear message.
    module.__package__ = ""
    folder = str(Path(path).resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        code = compile(raw, module.__file__, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, UnicodeError) as problem:
        raise UserCodeError("E082", _syntax_message(path, problem)) from problem
    sys.modules[module.__name__] = module
    try:
        exec(code, module.__dict__)
    except BaseException as problem:
        sys.modules.pop(module.__name__, None)
        raise user_error(problem, path, "while it was imported") from problem
    return module


def _syntax_message(path: str, problem: Exception) -> str:
    line = getattr(problem, "lineno", None)
    where = (
        f"{safe_text(path, SHOWN_CHARACTERS)}:{line}" if line else safe_text(path, SHOWN_CHARACTERS)
    )
    what = getattr(problem, "msg", None) or str(problem)
    return f"{where}: not valid Python: {safe_text(what, SHOWN_CHARACTERS)}"


def user_error(problem: BaseException, path: str, when: str) -> UserCodeError:
    """Return the error that says what user code raised, and on which line of its file.

    Parameters
    ----------
    problem
        The exception.
    path
        The user's file.
    when
        When it happened, e.g. ``while it was imported``.
    """
    name = safe_text(path, SHOWN_CHARACTERS)
    if isinstance(problem, SystemExit):
        return UserCodeError("E083", f"{name} called sys.exit({problem.code!r:.20}) {when}")
    line = _last_line(problem, path)
    place = f"{name}:{line}" if line else name
    text = safe_text(f"{type(problem).__name__}: {problem}", SHOWN_CHARACTERS)
    return UserCodeError("E083", f"{place}: {text} ({when})", hint=_hint(problem))


def _last_line(problem: BaseException, path: str) -> int:
    """Return the last line of the user's file in the traceback, 0 if there is none."""
    resolved = str(Path(path).resolve())
    lines = [
        frame.lineno or 0
        for frame in traceback.extract_tb(problem.__traceback__)
        if frame.filename == resolved
    ]
    return lines[-1] if lines else 0


def _hint(problem: BaseException) -> str:
    if isinstance(problem, ModuleNotFoundError) and problem.name:
        return (
            f"install `{safe_text(problem.name, SHOWN_CHARACTERS)}`, or run where it is installed"
        )
    if isinstance(problem, ImportError) and "relative import" in str(problem):
        return "a file is loaded alone: import by absolute name, or check `module:function`"
    return ""
