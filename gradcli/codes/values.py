"""Codes about points and values.

May import `entry`.
"""

from gradcli.codes.entry import Code

TABLE = (
    Code(
        "E030",
        "undefined",
        "The value is NaN although every input is finite.",
        "log(x)   with --x -1",
        "Choose a point in the domain that the help line names.",
    ),
    Code(
        "E031",
        "no result",
        "An operation of linear algebra has no result for these numbers.",
        "inv(A)   with a singular A",
        "Check the matrix.",
    ),
    Code(
        "E040",
        "value",
        "A value is not a number or an array of real numbers.",
        "--x oops",
        "Write `3`, `1,2,3`, `1,2;3,4`, `0:1:5`, `zeros(3)` or `@file.npy`.",
    ),
    Code(
        "E041",
        "value file",
        "A file of values cannot be read, or does not hold numbers.",
        "--A @missing.npy",
        "Use .npy, .npz:KEY, .csv, .tsv or .json with plain numbers.",
    ),
    Code(
        "E042",
        "file refused",
        "`@…` reads a file only at the start of a value on the command line, and never with "
        "`--untrusted`.",
        "--x @A.npy --untrusted",
        "Write the numbers, or hand them in on standard input with `@-`.",
    ),
    Code(
        "E043",
        "binding",
        "A name is bound twice, does not occur in the expression, or is no name.",
        "2*x   with --x 1 --y 2",
        "Bind every variable of the expression once, and nothing else.",
    ),
    Code(
        "E044",
        "file of an expression or of lines",
        "The file named by `--expr` or `--batch` cannot be read or is no text.",
        "--expr missing.txt",
        "Check the name.",
    ),
)
