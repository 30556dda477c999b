"""Codes about answers that were given with a remark.

May import `entry`.
"""

from gradcli.codes.entry import Code

TABLE = (
    Code(
        "W101",
        "kink",
        "A function is not differentiable at the point; the convention used is named.",
        "relu(x)   with --x 0",
        "Nothing, if the convention is yours; `--strict` makes it count.",
    ),
    Code(
        "W102",
        "value not finite",
        "The value is infinite (an overflow or a pole), or NaN because an input is.",
        "exp(x)   with --x 1000",
        "Choose a point where the value is in the range of a double.",
    ),
    Code(
        "W103",
        "transpose of a vector",
        "`.T` does nothing to a vector, so `x@x.T` is a scalar.",
        "x@x.T",
        "Write `x'@x` for the scalar, `x@x'` or `outer(x,x)` for the matrix.",
    ),
    Code(
        "W104",
        "large integer",
        "An integer beyond 2**53 was rounded to the nearest double.",
        "--x 9007199254740993",
        "Scale the data.",
    ),
    Code(
        "W105",
        "unused variable",
        "A variable occurs but the result does not depend on it: its gradient is 0.",
        "u = y; x   with --x 1 --y 2",
        "Nothing, if that is meant.",
    ),
    Code(
        "W106",
        "held constant",
        "A variable reaches only places that have no derivative: sizes, axes, indices, orders.",
        "x[k]   with --k 1",
        "Name the other variables in `--wrt` to silence it.",
    ),
    Code(
        "W107",
        "values left out",
        "A file of `--values` has names that the expression does not have.",
        "--values all.json",
        "Nothing, if that is meant.",
    ),
)
