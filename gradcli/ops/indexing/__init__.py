"""Reading elements by index, and functional writes.

`reading` has `getitem`, its transpose `put_zero` and what NumPy builds from them;
`writing` has the writes that the tracer records for ``x[i] = v``. Each file ends in its
`TABLE`. May import `axes`, `op`, `rule`, `duck` and NumPy.
"""

from gradcli.ops.indexing.reading import getitem

__all__ = ["getitem"]
