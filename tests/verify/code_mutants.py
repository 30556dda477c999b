"""The code that decides, broken on purpose, one operator at a time: do the tests notice?

A mutant is one of the files below with one comparison, connective, number, name of a status,
condition, sign or statement changed. It exists only in memory, in a child process that runs
the fast tests of its file; a mutant that they all pass has survived. Some mutants are the same
program in other words. These are declared, each with its reason, by the line and the change: a
declaration that fits no mutant, or one that the tests do kill, is an error.

    python -m tests.verify.code_mutants [FILE …]

prints the figure.
"""

from __future__ import annotations

import ast
import copy
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
_DECISIONS = tuple(
    f"tests/verify/test_{name}.py"
    for name in ("entries", "decision_edges", "sides_and_votes", "kept_digits", "judge")
)
# The tests that have to notice what is broken in a file.
TESTS = {
    "gradcli/verify/judge.py": _DECISIONS,
    "gradcli/verify/entries.py": _DECISIONS,
    "gradcli/verify/claim_bars.py": _DECISIONS,
    "gradcli/verify/decisions.py": _DECISIONS,
    "gradcli/verify/agreement.py": ("tests/verify/test_agreement.py",),
    "gradcli/verify/tolerance.py": ("tests/verify/test_tolerance.py",),
    "gradcli/exact/classes.py": ("tests/exact/test_classes.py",),
}
# What these tests need and no mutant touches; imported once, before the children are born.
_SHARED = ("numpy", "mpmath", "pytest", "gradcli.reports", "gradcli.exact.limits")
# A mutant that takes longer has been noticed, too.
_SECONDS = 60
_WORD = 24

# A class that is a value: its slots only save memory.
_SLOTS = {
    ("@dataclass(frozen=True, slots=True)", "slots=True -> slots=False"): "nothing sees slots",
}
_CONTEXT = "_EXACT = Context(prec=160, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])"
# Mutants that are the same program: by file, the line and the change, with the reason.
EQUIVALENT: dict[str, dict[tuple[str, str], str]] = {
    "gradcli/verify/claim_bars.py": {
        (
            "return number(terms if math.isfinite(terms) else 0.0)",
            "0.0 -> 1",
        ): "beside a truth over every double, 1 is nothing",
    },
    "gradcli/verify/decisions.py": _SLOTS,
    "gradcli/exact/classes.py": _SLOTS,
    "gradcli/verify/agreement.py": {
        (_CONTEXT, "prec=160 -> prec=1600"): "more digits than any number has change nothing",
        (_CONTEXT, "prec=160 -> prec=159"): "one digit less is still far more than sixty",
    },
}

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_FUNCTIONS = {"max": "min", "min": "max", "any": "all", "all": "any", "add": "subtract"}
# Members of enumerations become another member of the same.
_MEMBERS = {
    "Status": ("OK", "WRONG", "KINK", "UNDEFINED", "INCONCLUSIVE"),
    "PointClass": ("SMOOTH", "KINK", "JUMP", "EDGE", "VERTICAL", "UNDEFINED", "UNSETTLED"),
    "SideKind": ("FINITE", "INFINITE", "JUMP", "UNDEFINED", "UNSETTLED", "BRANCH"),
}


@dataclass(frozen=True)
class Mutant:
    """One broken form of a file: where, and what was changed."""

    number: int
    line: str
    change: str

    @property
    def key(self) -> tuple[str, str]:
        return self.line, self.change


def mutants(source: str) -> Iterator[tuple[Mutant, ast.Module]]:
    """Yield every mutant of a source text with its tree, which is mended at the next step."""
    tree = ast.parse(source)
    lines = source.splitlines()
    for parent, field, place, node in list(_places(tree)):
        name = f"{parent.arg}=" if isinstance(parent, ast.keyword) else ""
        old = name + ast.unparse(node)
        for broken in _broken(node, field):
            new = name + ast.unparse(broken)
            if new != old:
                _put(parent, field, place, broken)
                line = lines[node.lineno - 1].strip()
                yield Mutant(node.lineno, line, f"{old} -> {new}"), tree
                _put(parent, field, place, node)


_Place = tuple[ast.AST, str, int | None, ast.expr | ast.stmt]


def _places(tree: ast.AST) -> Iterator[_Place]:
    """Yield every expression and statement with the place it stands at, annotations left out."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if field in ("annotation", "returns"):
                continue
            for place, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(node, ast.expr | ast.stmt):
                    yield parent, field, place, node


def _put(parent: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[place] = node


def _broken(node: ast.expr | ast.stmt, field: str) -> Iterator[ast.AST]:
    """Yield what may stand instead of a node."""
    if field == "test":
        yield ast.Constant(True)
        yield ast.Constant(False)
    if isinstance(node, ast.Compare):
        for k, op in enumerate(node.ops):
            for other in _COMPARISONS[type(op)]:
                yield _with(node, ops=[*node.ops[:k], other(), *node.ops[k + 1 :]])
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for k in range(len(node.values)):
            rest = [*node.values[:k], *node.values[k + 1 :]]
            yield rest[0] if len(rest) == 1 else _with(node, values=rest)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield _with(node, op=_ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.Constant):
        yield from (ast.Constant(v) for v in _other_values(node.value))
    elif isinstance(node, ast.Attribute | ast.Call):
        yield from _renamed(node)
    elif isinstance(node, ast.AugAssign) or _is_bare_call(node):
        yield ast.Pass()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _is_bare_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _other_values(value: object) -> Iterator[object]:
    """Yield other constants than one: whole sentences are no logic and stay."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value * 10 or 1
        yield value - 1 if isinstance(value, int) else value / 10
    elif isinstance(value, str) and value and " " not in value and len(value) < _WORD:
        try:
            yield repr(float(value) * 10 or 1.0)
        except ValueError:
            yield f"{value}X"


def _renamed(node: ast.Attribute | ast.Call) -> Iterator[ast.AST]:
    """Yield other members of an enumeration, and calls of the opposite function or of none."""
    if isinstance(node, ast.Attribute):
        members = _MEMBERS.get(ast.unparse(node.value), ())
        yield from (_with(node, attr=m) for m in members if m != node.attr and node.attr in members)
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    if name in _FUNCTIONS:
        field = "attr" if isinstance(node.func, ast.Attribute) else "id"
        yield _with(node, func=_with(node.func, **{field: _FUNCTIONS[name]}))
    if name in ("abs", "minus", "sorted"):
        yield node.args[0]


def survives(file: str, tree: ast.Module, tests: Sequence[str]) -> bool:
    """Return whether the tests pass with a tree in place of a file's own."""
    child = os.fork()
    if child == 0:
        _run_and_exit(file, tree, tests)
    return os.waitpid(child, 0)[1] == 0


def _run_and_exit(file: str, tree: ast.Module, tests: Sequence[str]) -> None:
    """Run tests on a mutant, in silence, and end this process."""
    import pytest

    signal.alarm(_SECONDS)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    status = 1
    try:
        _install(file, tree)
        options = ["-x", "-p", "no:cacheprovider", "--noconftest", "--import-mode=importlib"]
        status = int(pytest.main(["--override-ini=addopts=", *options, *tests]))
    finally:
        os._exit(status)


def _install(file: str, tree: ast.Module) -> None:
    """Put a module of this tree where imports look for the file's own."""
    name = file.removesuffix(".py").replace("/", ".")
    package, _, leaf = name.rpartition(".")
    module = ModuleType(name)
    module.__package__ = package
    sys.modules[name] = module
    setattr(import_module(package), leaf, module)
    exec(compile(ast.fix_missing_locations(tree), file, "exec"), module.__dict__)


def unmatched(file: str) -> list[tuple[str, str]]:
    """Return the declarations of a file that fit none of its mutants."""
    found = {m.key for m, _ in mutants((ROOT / file).read_text("utf-8"))}
    return [key for key in EQUIVALENT.get(file, {}) if key not in found]


def survey(file: str) -> int:
    """Print what is wrong with the tests of a file, and the figure; return the number of faults."""
    source, tests = (ROOT / file).read_text("utf-8"), TESTS[file]
    if not survives(file, ast.parse(source), tests):
        raise SystemExit(f"the tests of {file} fail as it is")
    declared, faults, same, count = EQUIVALENT.get(file, {}), 0, 0, 0
    for mutant, tree in mutants(source):
        count += 1
        alive = survives(file, tree, tests)
        same += mutant.key in declared and alive
        if alive != (mutant.key in declared):
            faults += 1
            what = "survived" if alive else "is no equivalent"
            print(f"{file}:{mutant.number} {what}: {mutant.change}\n    {mutant.line}", flush=True)
    for line, change in unmatched(file):
        faults += 1
        print(f"{file}: declared, and fits no mutant: {change}\n    {line}")
    print(f"{file}: {count} mutants, {same} equivalent, {faults} faults", flush=True)
    return faults


def main(files: Sequence[str]) -> int:
    """Run every mutant of every file, print the figures, and return the number of faults."""
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    for name in _SHARED:
        import_module(name)
    begun = time.monotonic()
    faults = sum(survey(file) for file in TESTS if not files or file in files)
    print(f"{faults} faults; {time.monotonic() - begun:.0f} s")
    return faults


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
