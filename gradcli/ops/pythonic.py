"""Python's own types under names that nobody replaces.

May import nothing. While a trace runs the builtin name `float` stands for a class that keeps
traced numbers traced (`ir/floats.py`); code that compares a type with `float` compares with this.
"""

from __future__ import annotations

FLOAT = float
