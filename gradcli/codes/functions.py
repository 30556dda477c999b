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
    Code(
        "E080",
        "file",
        "A Python file cannot be read: missing, a folder, a device, no permission.",
        "gradcli check missing.py",
        "Name a regular file, or a folder.",
    ),
    Code(
        "E081",
        "file too large",
        "A Python file is over 1 MB.",
        "gradcli check generated.py",
        "Check the functions in a file of their own.",
    ),
    Code(
        "E082",
        "not valid Python",
        "A file does not compile.",
        "def f(:",
        "Correct the line that is named.",
    ),
    Code(
        "E083",
        "user code failed",
        "Code of the file raised or left, while it was imported or called.",
        "def f(x=1.0): return 1 / 0",
        "Correct the line that is named; the point may be outside the function's domain.",
    ),
    Code(
        "E084",
        "no such function",
        "The file or module has no function of that name to check, or has several where one is "
        "asked for.",
        "gradcli grad model.py::los --x 1",
        "Name one of the functions that are listed.",
    ),
    Code(
        "E085",
        "no such module",
        "A module cannot be imported.",
        "gradcli check scipy.optimise:rosen",
        "Install it, or correct the name.",
    ),
    Code(
        "E086",
        "no such target",
        "A word names no file, folder or `module:function`.",
        "gradcli check model",
        "Write FILE.py, FILE.py::FN, a folder or module:function.",
    ),
    Code(
        "E087",
        "code is not run",
        "`--untrusted` was given with a target that would be run.",
        "gradcli check --untrusted model.py",
        "Give an expression, or leave `--untrusted` out.",
    ),
    Code(
        "E088",
        "claim of a function",
        "A claim about a Python target must itself be a function.",
        'gradcli check m.py::f --claim "x: 2*x"',
        "Write `--claim FILE.py::FN` or `--claim module:FN`.",
    ),
    Code(
        "E089",
        "no verdict in the limits",
        "User code ran too long, grew too large, or ended the process.",
        "def f(x=1.0): exec('while True: pass')",
        "Raise `--timeout` or `--memory`, or make the case smaller.",
    ),
    Code(
        "E099",
        "no baseline",
        "The file of `--baseline` was not written by gradcli.",
        "gradcli check . --baseline notes.txt",
        "Remove it to have it written anew, or name another.",
    ),
)
