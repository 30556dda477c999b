"""Codes about the command line, and gradcli itself.

May import `entry`.
"""

from gradcli.codes.entry import Code

TABLE = (
    Code(
        "E070",
        "a bug in gradcli",
        "gradcli failed where it should have answered or refused.",
        "",
        "Please report it, with the command, `gradcli doctor` and the listing.",
    ),
    Code(
        "E090",
        "unknown word",
        "A word of the call is no command, no option of the command and no variable.",
        "gradcli grad x^2 --x 3 --jsn",
        "See `gradcli --help`; quote the expression.",
    ),
    Code(
        "E091",
        "missing word",
        "An option stands without its value, or the command without what it works on.",
        "gradcli grad x^2 --x",
        "Add it.",
    ),
    Code(
        "E092",
        "option",
        "An option has a value it cannot have, or options contradict each other.",
        "--precision many",
        "See `gradcli COMMAND --help`.",
    ),
    Code(
        "E093",
        "output file",
        "The file of `-o` is a link, a folder or a pipe, or cannot be written.",
        "-o /root/out.txt",
        "Name another file.",
    ),
    Code(
        "E094",
        "standard output",
        "Standard output is closed or full.",
        "gradcli grad x^2 --x 3 > /dev/full",
        "See where it goes.",
    ),
    Code(
        "E095",
        "untrusted",
        "With `--untrusted`, no Python file is run and no file is written.",
        "gradcli grad f.py::f --untrusted",
        "Write an expression; redirect standard output.",
    ),
    Code(
        "E096",
        "batch line",
        "A line of `--batch` is no JSON object, or binds what it cannot bind.",
        '{"x": NaN}',
        'Write e.g. {"id": 1, "x": [1, 2]}; non-finite numbers in quotes.',
    ),
    Code(
        "E097",
        "configuration file",
        "The table [tool.gradcli] of pyproject.toml has an unknown key or a wrong value.",
        "sampels = 3",
        "Correct the file.",
    ),
    Code(
        "E098",
        "memory",
        "Memory ran out before an answer was found.",
        "",
        "Make the input smaller.",
    ),
)
