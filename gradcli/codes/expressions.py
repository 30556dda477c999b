"""Codes about the text of an expression and the shapes in it.

May import `entry`.
"""

from gradcli.codes.entry import Code

TABLE = (
    Code(
        "E001",
        "syntax",
        "The text is not in the grammar: a bracket is not closed, a value is missing, or a "
        "sign stands where it cannot.",
        "2*dot(x,x",
        "Complete the text at the caret.",
    ),
    Code(
        "E002",
        "unknown function",
        "No function of this name is in the op table or defined before its use.",
        "sine(x)",
        "See `gradcli ops`, or define it: `f(x) = …; f(2)`.",
    ),
    Code(
        "E003",
        "malformed number",
        "Digits are followed by something that other languages read as part of the number.",
        "0x10",
        "Write the number in decimal without `_`; put `(2)` before a dot.",
    ),
    Code(
        "E004",
        "two readings",
        "People read the text in two ways, e.g. a product without sign behind `/` or `^`.",
        "1/2x",
        "Write the brackets of the reading you mean.",
    ),
    Code(
        "E005",
        "name without value",
        "A name in the expression is bound to nothing.",
        "w*x",
        "Bind it: `--w VALUE`.",
    ),
    Code(
        "E006",
        "missing sign",
        "Two values stand side by side, a variable is called, or a function stands without "
        "its brackets. Only a number directly before a name or bracket is a product.",
        "x(1+x)",
        "Write `*`, or the function's brackets.",
    ),
    Code(
        "E007",
        "comparison",
        "Comparisons cannot be chained, and `&` `|` `~` bind tighter than they do.",
        "0<x<1",
        "Write `(0<x) & (x<1)`.",
    ),
    Code(
        "E008",
        "bars",
        "`|` joins conditions; it does not mean a magnitude or a norm.",
        "|x|",
        "Write `abs(x)` or `norm(x)`.",
    ),
    Code(
        "E009",
        "condition of an array",
        "`if`, `and`, `or` and `not` need a scalar condition.",
        "1 if x>0 else 2   with x of shape (3,)",
        "Use `where(condition, a, b)`, `&`, `|`, `~`.",
    ),
    Code(
        "E010",
        "index",
        "An index is outside the array, or there are more indices than dimensions.",
        "x[4]   with x of shape (4,)",
        "Count from 0; negative indices count from the end.",
    ),
    Code(
        "E011",
        "norm of a matrix",
        "`norm(A, 2)` of a matrix means different norms to different people.",
        "norm(A,2)",
        "Say `norm_fro`, `norm_nuc` or `norm_spectral`.",
    ),
    Code(
        "E012",
        "row vector",
        "`'` makes a row of a vector. A row can be multiplied with `@`, or with a scalar, "
        "and nothing else.",
        "x'*A*x",
        "Write `x'@A@x`, drop the `'`, or add `--dialect matrix`.",
    ),
    Code(
        "E013",
        "character",
        "A character is not in the language; look-alikes of letters, control, bidirectional "
        "and zero-width characters are named by their code point.",
        "х+1   with a Cyrillic х",
        "Write the ASCII character.",
    ),
    Code(
        "E014",
        "range",
        "`a:b` includes its end in some languages and not in others; `a:b:n` needs a whole "
        "number of points, at least two.",
        "--x 0:4",
        "Write `0:4:5` (five points, both ends included) or `arange(4)`.",
    ),
    Code(
        "E015",
        "list",
        "Entries of a list are separated by commas and rows by `;`, all rows equally long.",
        "[1 -2]",
        "Separate by commas: `[1, -2]`.",
    ),
    Code(
        "E016",
        "assignment",
        "A name that is bound or assigned already is assigned, or a function calls itself.",
        "x = 2; x^2   with --x 1",
        "Choose another name.",
    ),
    Code(
        "E017",
        "attribute or module",
        "An attribute or a module prefix that the language does not have, or a function whose "
        "defaults in that module differ from NumPy's.",
        "torch.std(x)",
        "Write the function in NumPy's spelling, e.g. `std(x, ddof=1)`.",
    ),
    Code(
        "E018",
        "arguments",
        "A function is called with too many, too few or unknown arguments.",
        "sin(x, y)",
        "See `gradcli ops NAME`.",
    ),
    Code(
        "E019",
        "limit",
        "The input is over a documented limit on length, depth, elements or work.",
        "zeros(1e9)",
        "Make the input smaller, or write a Python file, which has no such limits.",
    ),
    Code(
        "E020",
        "output is not a scalar",
        "A gradient was asked of a function whose value is an array.",
        "x*x   with x of shape (4,)",
        "Reduce it (`sum(x*x)`), pass `--gradient ones`, or use `gradcli jacobian`.",
    ),
    Code(
        "E021",
        "shapes",
        "The shapes of operands do not fit together.",
        "A@x   with A of shape (2,2), x of shape (3,)",
        "Check the shapes of what is bound; `x.T` of a vector is the vector.",
    ),
    Code(
        "E022",
        "whole number",
        "An index, size, count or axis is not a whole number of at most 2**31.",
        "x[0.5]",
        "Write a whole number.",
    ),
)
