"""Warnings of user code: counted, the first one shown, never fatal.

Imports the standard library only. What is shown goes to the standard error of the child,
and from there the way of everything that user code prints.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

# Where our own files are: what they warn of is not the user's.
_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Counter:
    """How many warnings there were, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""

    def show(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        *_: Any,
        **__: Any,
    ) -> None:
        """Take note of a warning, in the place of `warnings.showwarning`."""
        if filename.startswith(_OWN):
            return
        self.count += 1
        if self.count == 1:
            self.first = f"{os.path.basename(filename)}:{lineno}: {category.__name__}: {message}"

    def tell(self) -> None:
        """Say what was counted on standard error."""
        if not self.count:
            return
        more = f" (the first of {self.count} warnings)" if self.count > 1 else ""
        sys.stderr.write(f"{self.first}{more}\n")


def count_warnings() -> Counter:
    """Return the counter that receives the warnings of this process from now on."""
    counter = Counter()
    # The hook that Python offers for this; nobody else in this process uses it.
    warnings.showwarning = counter.show
    return counter
