"""Every command and every option, declared once.

Imports the standard library only. `argv` reads these tables to tell options from variables,
`interface` builds click's commands from them, and the completion follows.
"""

from __future__ import annotations

from typing import NamedTuple


class Option(NamedTuple):
    """One option.

    Parameters
    ----------
    name
        Its Python name; ``GRADCLI_`` and this in capitals is its environment variable.
    flags
        How it is written; no long option is one letter long, so that variables can be.
    metavar
        What stands for its value; empty for a switch.
    help
        One line.
    kind
        ``text``, ``int``, ``number`` or ``path``.
    choices
        The values it can have, where they are few.
    multiple
        Whether it may be repeated.
    """

    name: str
    flags: tuple[str, ...]
    metavar: str = ""
    help: str = ""
    kind: str = "text"
    choices: tuple[str, ...] = ()
    multiple: bool = False

    @property
    def takes_value(self) -> bool:
        """Whether a value follows."""
        return bool(self.metavar)

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return f"GRADCLI_{self.name.upper()}"


class Command(NamedTuple):
    """One command.

    Parameters
    ----------
    name, summary
        Its name, and one line for the list of commands.
    operand
        What stands on the command line beside options, as usage shows it.
    options
        Its own options; the global ones are accepted by every command.
    module
        The module below `cli.commands` that runs it.
    evaluates
        Whether an expression or target is evaluated, so that variables can be bound.
    many
        Whether several operands are accepted.
    needs_operand
        Whether an operand must be there.
    """

    name: str
    summary: str
    operand: str = ""
    options: tuple[Option, ...] = ()
    module: str = ""
    evaluates: bool = False
    many: bool = False
    needs_operand: bool = True

    @property
    def kind(self) -> str:
        """The kind of its records."""
        return "op" if self.name == "ops" else self.name


JSON = Option("json", ("--json",), help="One JSON record a line on stdout.")
DEBUG = Option("debug", ("--debug",), help="Show a traceback with an error.")
UNTRUSTED = Option(
    "untrusted",
    ("--untrusted",),
    help="Refuse @files, .py targets, -o and configuration files: for input from strangers.",
)
COLOR = Option(
    "color",
    ("--color",),
    "WHEN",
    "Colours: auto, always or never.",
    choices=("auto", "always", "never"),
)
EXPR = Option("expr", ("--expr",), "FILE|-", "Read the expression from a file or from stdin.")
SET = Option("set", ("--set",), "NAME=VALUE", "Bind a variable, whatever its name.", multiple=True)

GLOBAL: tuple[Option, ...] = (
    SET,
    Option(
        "values",
        ("--values",),
        "FILE",
        "Bind every variable that a .json or .npz file has.",
        multiple=True,
    ),
    EXPR,
    JSON,
    Option(
        "output", ("-o",), "FILE", "Write to a file; .npy, .npz and .json by suffix.", kind="path"
    ),
    Option("quiet", ("-q",), help="Only the bare result, in full precision."),
    Option("verbose", ("-v",), help="Also the witnesses' numbers and error bars."),
    Option("precision", ("--precision",), "N|full", "Significant digits in text; default 6."),
    Option("seed", ("--seed",), "N", "Seed of random values; default 0.", kind="int"),
    Option(
        "dialect",
        ("--dialect",),
        "NAME",
        "numpy (default): `*` is elementwise; matrix: `*` is the matrix product.",
        choices=("numpy", "matrix"),
    ),
    Option("strict", ("--strict",), help="A kink is exit 3, not 0."),
    UNTRUSTED,
    COLOR,
    DEBUG,
)
HELP_FLAGS = frozenset({"-h", "--help"})
VERSION_FLAG = "--version"

_WRT = Option("wrt", ("--wrt",), "NAMES", "The variables to differentiate by, e.g. a,b.")
_NO_CHECK = Option("no_check", ("--no-check",), help="Do not verify the answer.")
_TIMEOUT = Option("timeout", ("--timeout",), "S", "Seconds a Python target may take; default 30.")
_MEMORY = Option("memory", ("--memory",), "SIZE", "Memory a Python target may take; default 2G.")
_VECTOR = Option(
    "vector",
    ("--vector",),
    "VALUE",
    "The vector; with several variables `VAR: VALUE`, repeated.",
    multiple=True,
)
_LAYOUT = Option(
    "layout",
    ("--layout",),
    "NAME",
    "numerator (default): rows are outputs; denominator: rows are inputs.",
    choices=("numerator", "denominator"),
)

GRAD = Command(
    "grad",
    "The value, the gradient and the verdict (the default command).",
    "EXPR | FILE.py::FN",
    (
        _WRT,
        Option("order", ("--order",), "1|2", "2: second derivatives too.", choices=("1", "2")),
        Option("gradient", ("--gradient",), "ones|VALUE", "Cotangent of an output with a shape."),
        Option("batch", ("--batch",), "FILE|-", "Read one JSON object of bindings a line."),
        _NO_CHECK,
        _TIMEOUT,
        _MEMORY,
    ),
    module="grad",
    evaluates=True,
)
CHECK = Command(
    "check",
    "Judge hand-written gradients: files, functions, folders, expressions.",
    "TARGET…",
    (
        Option("claim", ("--claim",), "CLAIM", "`VAR: EXPR`, FILE.py::FN, module:FN or auto.",
               multiple=True),
        _WRT,
        Option("samples", ("--samples",), "N", "Also N random points.", kind="int"),
        Option("shape", ("--shape",), "x=3,4", "Shape of a random point.", multiple=True),
        Option("keyword", ("-k",), "PATTERN", "Only targets whose name contains PATTERN."),
        Option("exitfirst", ("-x",), help="Stop at the first target that is not ok."),
        Option("maxfail", ("--maxfail",), "N", "Stop after N targets that are not ok.", kind="int"),
        Option("list", ("--list",), help="List the targets; run nothing."),
        Option("baseline", ("--baseline",), "FILE", "Fail only on what is not known in FILE."),
        Option("lastfailed", ("--last-failed",), help="Only what was not ok last time."),
        Option("mutate", ("--mutate",), help="Break the rules on purpose; count what is noticed."),
        Option("rtol", ("--rtol",), "R", "Accept a wrong claim within this relative error.",
               kind="number"),
        Option("atol", ("--atol",), "A", "Accept a wrong claim within this absolute error.",
               kind="number"),
        _TIMEOUT,
        _MEMORY,
        Option("jobs", ("--jobs",), "N", "Check N files at a time; default 1.", kind="int"),
        Option("seed_hook", ("--seed-hook",), "MODULE:FN",
               "Call FN(seed) before every call of a checked function."),
        Option(
            "format",
            ("--format",),
            "NAME",
            "text, json, github, sarif or junit.",
            choices=("text", "json", "github", "sarif", "junit"),
        ),
    ),
    module="check",
    evaluates=True,
    many=True,
)  # fmt: skip
_EXPRESSION = "EXPR | FILE.py::FN"
_LIMITS = (_TIMEOUT, _MEMORY)
JACOBIAN = Command(
    "jacobian",
    "The full Jacobian.",
    _EXPRESSION,
    (_WRT, _LAYOUT, _NO_CHECK, *_LIMITS),
    module="products",
    evaluates=True,
)
HESSIAN = Command(
    "hessian",
    "The full Hessian over all variables.",
    _EXPRESSION,
    (_WRT, _NO_CHECK, *_LIMITS),
    module="products",
    evaluates=True,
)
_PRODUCT_OPTIONS = (_WRT, _VECTOR, _NO_CHECK, *_LIMITS)
JVP = Command(
    "jvp", "Jacobian times vector (forward mode).", _EXPRESSION, _PRODUCT_OPTIONS, "products", True
)
VJP = Command(
    "vjp", "Vector times Jacobian (reverse mode).", _EXPRESSION, _PRODUCT_OPTIONS, "products", True
)
HVP = Command("hvp", "Hessian times vector.", _EXPRESSION, _PRODUCT_OPTIONS, "products", True)
OPS = Command(
    "ops", "Every operation: rule, domain, kinks.", "[NAME]", module="ops", needs_operand=False
)
RULE = Command("rule", "What a diagnostic code means, and its cure.", "CODE", module="rule")
SCHEMA = Command(
    "schema", "JSON Schema of the records.", "[KIND]", module="schema", needs_operand=False
)
COMPLETION = Command(
    "completion", "Shell set-up for completion.", "bash|zsh|fish", module="completion"
)
DOCTOR = Command(
    "doctor", "Versions and extras, for a bug report.", module="doctor", needs_operand=False
)

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        GRAD, CHECK, JACOBIAN, HESSIAN, JVP, VJP, HVP, OPS, RULE, SCHEMA, DOCTOR, COMPLETION,
    )
}  # fmt: skip
DEFAULT = GRAD


def options_of(command: Command) -> dict[str, Option]:
    """Return every option of a command, global ones included, by how it is written."""
    return {flag: option for option in (*command.options, *GLOBAL) for flag in option.flags}


def all_options() -> dict[str, Option]:
    """Return the options of all commands by how they are written, global ones last."""
    known: dict[str, Option] = {}
    for command in COMMANDS.values():
        known |= options_of(command)
    return known
