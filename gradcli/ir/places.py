"""Where in the user's text the running code stands: the first frame below library frames.

May import `program`. Frames of gradcli, NumPy, SciPy and the standard library are not the
user's; what remains, the innermost first, is.
"""

from __future__ import annotations

import linecache
import opcode
import os
import sys
import sysconfig
from types import FrameType
from typing import Any

import numpy as np

from gradcli.ir.program import Place

_ROOM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NUMPY = os.path.dirname(os.path.abspath(np.__file__))
# SciPy, where installed, lies beside NumPy; its path is known without importing it.
_SCIPY = os.path.join(os.path.dirname(_NUMPY), "scipy")
_STANDARD = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib")})
_LIBRARIES = tuple(path + os.sep for path in (_ROOM, _NUMPY, _SCIPY))
_SITE = f"{os.sep}site-packages{os.sep}"

_known_files: dict[str, bool] = {}
_known_places: dict[tuple[str, int], Place] = {}


def is_library(filename: str) -> bool:
    """Whether a file belongs to a library whose frames are not the user's."""
    known = _known_files.get(filename)
    if known is None:
        standard = filename.startswith(_STANDARD) and _SITE not in filename
        known = standard or filename.startswith((*_LIBRARIES, "<frozen", "<__array_function__"))
        _known_files[filename] = known
    return known


def place_of(frame: FrameType, at: int | None = None) -> Place:
    """Return the line a frame stands at, or stood at."""
    filename, line = frame.f_code.co_filename, frame.f_lineno if at is None else at
    place = _known_places.get((filename, line))
    if place is None:
        text = linecache.getline(filename, line, frame.f_globals).strip()
        place = Place(line=line, text=text, file=filename)
        _known_places[filename, line] = place
    return place


def defined(f: Any) -> Place | None:
    """Return the line where a function begins, where it has one."""
    code = getattr(f, "__code__", None)
    if code is None:
        return None
    text = linecache.getline(code.co_filename, code.co_firstlineno).strip()
    return Place(line=code.co_firstlineno, text=text, file=code.co_filename)


def user_frame() -> FrameType | None:
    """Return the innermost frame of the user's code, ``None`` where there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def user_place() -> Place | None:
    """Return the user's line that is running."""
    frame = user_frame()
    return None if frame is None else place_of(frame)


def library_place() -> Place | None:
    """Return the outermost library line below the user's, outside gradcli and NumPy."""
    frame: FrameType | None = sys._getframe(1)
    found: FrameType | None = None
    while frame is not None and is_library(frame.f_code.co_filename):
        if not frame.f_code.co_filename.startswith((_ROOM, _NUMPY, "<")):
            found = frame
        frame = frame.f_back
    return None if found is None else place_of(found)


def described(place: Place | None) -> str:
    """Return a place as a message names it: ``loss.py:12``."""
    if place is None:
        return "an unknown line"
    return f"{os.path.basename(place.file)}:{place.line}"


def calls_in_place(frame: Any) -> bool:
    """Whether a frame stands at an augmented assignment such as ``K *= t``."""
    code = frame.f_code.co_code
    at = frame.f_lasti
    return bool(code[at] == _BINARY_OP and code[at + 1] >= _FIRST_IN_PLACE)


def stores_element() -> bool:
    """Whether the code that called into gradcli stands at an assignment ``a[i] = …``."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_ROOM):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_code[frame.f_lasti] in _STORES


_BINARY_OP = opcode.opmap["BINARY_OP"]
# Since 3.12 ``a[i:j] = …`` has an instruction of its own.
_STORES = {opcode.opmap.get(name) for name in ("STORE_SUBSCR", "STORE_SLICE")}
# In `opcode._nb_ops` the augmented forms follow the plain ones, from NB_INPLACE_ADD on.
_FIRST_IN_PLACE = 13
