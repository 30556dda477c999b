"""Results as files: written under a temporary name, then renamed.

May import `numbers`, `errors`, `source`, NumPy.

A symbolic link is refused, and so is anything that is not a regular file, except a
character device (``/dev/null``): a link planted in a shared folder must not choose what is
overwritten, and a pipe would block. Nothing is left behind after a failure.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from gradcli.errors import UsageError
from gradcli.source import SHOWN_CHARACTERS, safe_text

# Written into archives so that the same input gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def array_bytes(results: Mapping[str, Any], path: str) -> bytes:
    """Return results as the bytes of a ``.npy`` or ``.npz`` file.

    Parameters
    ----------
    results
        Arrays by variable.
    path
        The file name, for its suffix.

    Returns
    -------
    bytes

    Raises
    ------
    UsageError
        E093 where several arrays are to go into one ``.npy``.
    """
    if path.lower().endswith(".npy"):
        if len(results) > 1:
            what = f"a .npy file holds one array, and here are {len(results)}"
            raise UsageError("E093", what, hint="write a .npz file, or add --wrt")
        return _npy(next(iter(results.values())))
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for name, value in results.items():
            out.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), _npy(value))
    return archive.getvalue()


def _npy(value: Any) -> bytes:
    import numpy as np

    out = io.BytesIO()
    array = np.asarray(value, dtype=np.float64)
    np.lib.format.write_array(out, array, allow_pickle=False)
    return out.getvalue()


def write_file(path: str, data: bytes) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path
        Where to.
    data
        Its content.

    Raises
    ------
    UsageError
        E093 where the target is refused or cannot be written.
    """
    with replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """Open a file to be written whole or not at all; it appears when the block ends well.

    Parameters
    ----------
    path
        Where to.

    Yields
    ------
    file
        Open for writing.

    Raises
    ------
    UsageError
        E093 where the target is refused or cannot be written.
    """
    try:
        if _is_device(path):
            with open(path, "wb", buffering=0) as device:
                yield device
        else:
            with _temporary(path) as file:
                yield file
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise _refusal(path, f"it cannot be written: {reason}") from problem


def _is_device(path: str) -> bool:
    """Return whether the target is a character device; refuse links and the like."""
    if not path:
        raise _refusal(path, "it has no name")
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(mode):
        raise _refusal(path, "it is a symbolic link")
    if stat.S_ISDIR(mode):
        raise _refusal(path, "it is a folder")
    if not stat.S_ISREG(mode) and not stat.S_ISCHR(mode):
        raise _refusal(path, "it is not a regular file")
    return stat.S_ISCHR(mode)


def _refusal(path: str, why: str) -> UsageError:
    shown = safe_text(path, SHOWN_CHARACTERS)
    return UsageError("E093", f"`{shown}` is not written: {why}", hint="name another file")


@contextlib.contextmanager
def _temporary(path: str) -> Iterator[BinaryIO]:
    """Open a file beside the target, and rename it over the target in the end."""
    temporary = f"{path}.{os.getpid()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with open(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
