"""One diagnostic code, as data.

Imports the standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the table.

    Parameters
    ----------
    code, title
        The code and its name.
    meaning
        What has happened, in full sentences.
    example
        An input that brings it about.
    cure
        What to do.
    """

    code: str
    title: str
    meaning: str
    example: str
    cure: str
