"""The use case ``check EXPR --claim "x: …"``: hand-written gradients of an expression.

May import `drawn_points`, `expression`, `variables`, `judging`, `verify`, `outcome`,
`request`, `reports`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcli.app.bindings import bound_values
from gradcli.app.cotangent import require_scalar
from gradcli.app.drawn_points import sample_of, shaped_values
from gradcli.app.expression import Expression
from gradcli.app.outcome import verdict_exit
from gradcli.app.reproducer import typed_command
from gradcli.app.request import CheckRequest
from gradcli.app.smallest_point import counterexample
from gradcli.app.undefined import refuse_undefined
from gradcli.app.variables import Choice, choose
from gradcli.engine.operators import grad
from gradcli.errors import Diagnostic, UsageError
from gradcli.exact.contraction import contract
from gradcli.ir.tracing import trace_function
from gradcli.language.lexer import occurring_names
from gradcli.language.names import free_names
from gradcli.language.parser import parse
from gradcli.language.syntax import Dialect
from gradcli.reports import CheckEntry, Counterexample, Status
from gradcli.source import SHOWN_CHARACTERS, Source, safe_text
from gradcli.symbolic import witness as sympy
from gradcli.verify.collect import collect
from gradcli.verify.diagnosis.explanation import explained
from gradcli.verify.exact_evidence import examine_exactly
from gradcli.verify.functions import engine_gradient
from gradcli.verify.judge import judge
from gradcli.verify.subject import Claimed, Subject
from gradcli.verify.testimony import with_witnesses
from gradcli.verify.tolerance import within_tolerance

_CLAIM = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*:(.*)\Z", re.DOTALL)

_TOGETHER = "each claim alone may be a subgradient here, all of them together are none"


@dataclass(frozen=True, slots=True)
class Claim:
    """A hand-written gradient in the language.

    Parameters
    ----------
    variable
        What it is the gradient by.
    expression
        Its text at the point.
    """

    variable: str
    expression: Expression

    def at(self, values: Mapping[str, Any]) -> Claim:
        """Return the claim at another point."""
        there = {**self.expression.values, **values}
        return replace(self, expression=self.expression._replace(values=there))


def check_expression(expr: str, request: CheckRequest) -> Iterator[CheckEntry]:
    """Yield one entry a claim; without a claim, one on gradcli's own gradient.

    Parameters
    ----------
    expr
        The expression.
    request
        The claims and the point.

    Raises
    ------
    GradcliError
        For an expression, value or claim that cannot be used.
    """
    notes: list[Diagnostic] = []
    expression, claims = _read(expr, request, notes)
    choice = _chosen(expression, request, claims)
    require_scalar(expression, choice.run.output)
    refuse_undefined(expression, choice.run.output, choice.run)
    yield from _entries(expression, choice, claims, request, (*notes, *choice.notes))
    for number in range(request.samples):
        drawn = sample_of(expression, choice.names, number, request.point.seed)
        if drawn is None:
            continue
        moved = expression._replace(values=dict(drawn.values))
        there = [claim.at(drawn.values) for claim in claims]
        for entry in _entries(moved, choose(moved, choice.names), there, request, ()):
            yield replace(entry, place=drawn.label, seed=request.point.seed)


def _entries(
    expression: Expression,
    choice: Choice,
    claims: Sequence[Claim],
    request: CheckRequest,
    warnings: Sequence[Diagnostic],
) -> Iterator[CheckEntry]:
    """Yield one entry a claim at one point; without a claim, one on gradcli's own gradient."""
    if not claims:
        yield _entry(expression, choice, None, request, warnings)
    kinks = _JointKinks(expression, choice, claims)
    for claim in claims:
        entry = _entry(expression, choice, claim, request, warnings)
        yield kinks.judged(entry, claim) if entry.verdict.status is Status.KINK else entry
        warnings = ()


def _read(
    expr: str, request: CheckRequest, notes: list[Diagnostic]
) -> tuple[Expression, list[Claim]]:
    """Parse the expression and its claims, and bind their variables."""
    texts = [_claim_text(text) for text in request.claims]
    words = [expr, *(text for _, text in texts)]
    occurring = list(dict.fromkeys(name for text in words for name in occurring_names(text)))
    values = {
        **shaped_values(request.shapes, occurring, request.point.seed),
        **bound_values(request.point, occurring, notes),
    }
    dialect = Dialect(request.dialect)
    program = parse(Source(expr), variables=tuple(values), dialect=dialect)
    own = set(free_names(program, tuple(values)))
    expression = Expression(program, {k: v for k, v in values.items() if k in own})
    claims = []
    for variable, text in texts:
        claimed = parse(Source(text), variables=tuple(values), dialect=dialect)
        if variable not in expression.values:
            known = ", ".join(list(expression.values)[:8])
            what = f"the claim is for `{variable}`, which is no variable of the expression"
            raise UsageError("E053", what, hint=f"variables: {known}")
        claims.append(Claim(variable, Expression(claimed, values)))
    return expression, claims


def _claim_text(text: str) -> tuple[str, str]:
    """Return the variable and the expression of ``VAR: EXPR``."""
    match = _CLAIM.match(text)
    if text == "auto":
        what = "`--claim auto` is for functions of PyTorch, JAX or TensorFlow in a file or module"
        raise UsageError("E092", what, hint="without `--claim`, gradcli's own gradient is checked")
    if match is None:
        shown = safe_text(text, SHOWN_CHARACTERS)
        hint = 'write `--claim "x: 2*A@x"`'
        raise UsageError("E092", f"the claim `{shown}` does not say for which variable", hint=hint)
    return match[1], match[2].strip(" ")


def _chosen(expression: Expression, request: CheckRequest, claims: Sequence[Claim]) -> Choice:
    """Return every differentiable variable: a counter-example moves them all.

    A claim for a variable that is held constant is refused by asking for it by name.
    """
    if not claims:
        return choose(expression, request.wrt)
    claimed = tuple(dict.fromkeys(claim.variable for claim in claims))
    everything = choose(expression, None)
    if set(claimed) <= set(everything.names):
        return everything
    return choose(expression, claimed)


def _entry(
    expression: Expression,
    choice: Choice,
    claim: Claim | None,
    request: CheckRequest,
    warnings: Sequence[Diagnostic],
) -> CheckEntry:
    """Judge one claim, or the engine's own gradient."""
    subject = _subject(expression, choice, claim)
    evidence = collect(subject)
    verdict = judge(evidence, "gradcli" if claim is None else "claim")
    verdict = explained(verdict, evidence)
    verdict = within_tolerance(verdict, [evidence], request.rtol, request.atol)
    if request.verbose:
        verdict = with_witnesses(verdict, evidence)
    wrt = choice.names if claim is None else (claim.variable,)
    is_wrong = verdict.status is Status.WRONG
    own = dict(zip(choice.names, subject.gradient, strict=True))
    small = counterexample(evidence, verdict, wrt[0])
    said = _claimed_values(claim) if claim is not None and is_wrong else None
    return CheckEntry(
        node=expression.text,
        verdict=verdict,
        exit_code=verdict_exit(verdict, request.strict),
        wrt=wrt,
        claim=said,
        expected={name: own[name] for name in wrt} if is_wrong else None,
        point={name: np.asarray(value) for name, value in expression.values.items()},
        expr=expression.text,
        label=expression.label,
        warnings=(*warnings, *verdict.warnings),
        counterexample=small,
        command=_command(expression, claim, request, small) if is_wrong else "",
    )


class _JointKinks:
    """Judges claims at a kink together, once it is met.

    At a tie every partial can be a subgradient while all of them are none: (1, 1) for
    max(x, y).

    Parameters
    ----------
    expression, choice
        The expression at its point.
    claims
        All that is claimed of it; of a variable with two claims nothing joint is said.
    """

    def __init__(self, expression: Expression, choice: Choice, claims: Sequence[Claim]) -> None:
        self.expression, self.choice = expression, choice
        named = {claim.variable: claim for claim in claims}
        self.claims = named if len(named) == len(claims) > 1 else {}
        self._outside: frozenset[str] | None = None

    def judged(self, entry: CheckEntry, claim: Claim) -> CheckEntry:
        """Return an entry at a kink, wrong where the claims together are no subgradient."""
        if self._outside is None:
            self._outside = self._find_outside()
        if claim.variable not in self._outside:
            return entry
        what = f"subgradient: {_TOGETHER}"
        verdict = replace(
            entry.verdict, status=Status.WRONG, cause="subgradient", text=what, hint=_TOGETHER
        )
        said = _claimed_values(claim)
        return replace(entry, verdict=verdict, exit_code=verdict_exit(verdict), claim=said)

    def _find_outside(self) -> frozenset[str]:
        """Return the variables at whose kinks the claims together are no subgradient."""
        shapes = {name: np.shape(value) for name, value in self.expression.values.items()}
        values = {name: _claimed_values(c)[name] for name, c in self.claims.items()}
        if not values or any(np.shape(v) != shapes[name] for name, v in values.items()):
            return frozenset()
        names = self.choice.names
        wrt = tuple(k for k, name in enumerate(names) if name in values)
        claimed = Claimed(tuple(values.get(name) for name in names))
        plain = _subject(self.expression, self.choice, None)
        evidence = examine_exactly(replace(plain, wrt=wrt, claim=claimed))
        candidate = evidence.candidate("claim")
        inside = candidate.inside if candidate is not None else ()
        pairs = zip(evidence.entries, inside, strict=False)
        return frozenset(e.variable for e, holds in pairs if holds is False)


def _claimed_values(claim: Claim) -> dict[str, Any]:
    return {claim.variable: np.asarray(claim.expression.value(), dtype=np.float64)}


def _subject(expression: Expression, choice: Choice, claim: Claim | None) -> Subject:
    names = choice.names
    judged = names if claim is None else (claim.variable,)
    positions = tuple(names.index(name) for name in judged)
    points = tuple(np.asarray(expression.values[name]) for name in names)
    function = expression.function(names)
    program = contract(choice.run.program, None)
    plain = Subject(
        names=names,
        inputs=points,
        function=function,
        gradient=engine_gradient(program),
        program=program,
        wrt=positions,
        symbolic=lambda: sympy.gradient(function, points, positions, names=names),
    )
    if claim is None:
        return plain
    differentiate = grad(function, tuple(range(len(names))))

    def gradient_at(*xs: Any) -> tuple[Any, ...]:
        return tuple(np.asarray(g) for g in differentiate(*[np.asarray(x)[()] for x in xs]))

    return replace(plain, claim=_claimed(claim, names, points), gradient_at=gradient_at)


def _claimed(claim: Claim, names: Sequence[str], points: Sequence[Any]) -> Claimed:
    """Return a claim as the judge wants it: its numbers, its program, itself as a function."""
    position = list(names).index(claim.variable)
    text = claim.expression.function(names)

    def at(*xs: Any) -> tuple[Any, ...]:
        value = np.asarray(text(*xs), dtype=np.float64)
        return tuple(value if k == position else None for k in range(len(names)))

    values = at(*points)
    shape, wanted = np.shape(values[position]), np.shape(points[position])
    if shape != wanted:
        trouble = f"the claim has shape {shape}, the gradient {wanted}"
        return Claimed(values, trouble=trouble)
    program = trace_function(text, points, names=names).program
    return Claimed(values, program, (position,), at=at)


def _command(
    expression: Expression,
    claim: Claim | None,
    request: CheckRequest,
    small: Counterexample | None,
) -> str:
    """Return the command that shows a wrong gradient again, at the smallest point known."""
    values = {**expression.values, **(claim.expression.values if claim is not None else {})}
    if small is not None:
        values |= {name: x for name, x in small.point.items() if name in values}
    said = (claim.variable, claim.expression.text) if claim is not None else None
    return typed_command(expression.text, values, said, request.wrt, request.dialect)
