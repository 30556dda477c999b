"""Codes about what is differentiated: variables, Python functions, files.

May import `entry`.
"""

from gradcli.codes.entry import Code

TABLE = (
    Code(
        "E053",
        "nothing to differentiate by",
        "A variable in `--wrt` or in a claim is not bound or has no derivative, or the "
        "expression has no variable that has one.",
        "x[k]   with --k 1 --wrt k",
        "Differentiate by a variable that is not an index, a size or an order.",
    ),
)
