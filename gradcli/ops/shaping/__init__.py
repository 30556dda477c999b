"""Shaping: layout, joining, moving, triangles and constants.

Each file ends in its `TABLE`. May import `axes`, `op`, `rule` and NumPy. Few of these are
primitives (reshape, transpose, broadcast_to, concatenate, stack, roll); the rest are
composites of those and of reading by index.
"""

from gradcli.ops.axes import sum_to

__all__ = ["sum_to"]
