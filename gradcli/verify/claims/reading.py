"""Read a hand-written first derivative: call it, take it apart, trace it where possible.

May import the room, `functions`, `callables`, `conditions`, `frontend`. A claim that takes the
cotangent of the output is a pullback: for a scalar it is read at the cotangent 1, once it is
known to be proportional to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.frontend.claims import Claim
from gradcli.ir.program import Program
from gradcli.reports import Array
from gradcli.verify.callables import as_output, try_trace
from gradcli.verify.claims.arguments import match
from gradcli.verify.claims.layout import Layout
from gradcli.verify.claims.parts import take_apart
from gradcli.verify.claims.shapes import claim_function, fit_all
from gradcli.verify.conditions import call_twice
from gradcli.verify.functions import Prepared, as_traceable, fresh, unfaithful
from gradcli.verify.subject import Claimed

# A cotangent other than 1 by which a pullback is asked whether it is linear in it; a power
# of 2 scales without rounding.
_OTHER = -2.0
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim and how it is to be read.

    Parameters
    ----------
    claim, prepared
        The claim, and the function it is a claim of.
    layout
        How its result is taken apart.
    cotangent
        What it gets for the cotangent of the output, where it takes one.
    """

    claim: Claim
    prepared: Prepared
    layout: Layout
    cotangent: Any = None

    def calls(self, prime: bool = True) -> Callable[..., Any]:
        """Return the claim as a function of the differentiated arrays."""
        return claim_function(self.claim, self.prepared.callee, self.cotangent, prime)

    def values(self, result: Any) -> tuple[tuple[Array | None, ...], str]:
        """Return a result as one array per differentiated array, and what does not fit."""
        form = take_apart(result, self.layout)
        return fit_all(form, self.layout.output, self.prepared.callee)

    def parts(self, prime: bool) -> Callable[..., list[Any]]:
        """Return the claim as a function whose result is the list of its parts."""
        calls = self.calls(prime)

        def listed(*arrays: Any) -> list[Any]:
            form = take_apart(calls(*arrays), self.layout)
            return [_as_floats(form.parts[k]) for k in sorted(form.parts)]

        return listed


def _as_floats(part: Any) -> Any:
    """Return a traced part of truth values or integers as the numbers that they stand for."""
    kind = getattr(getattr(part, "dtype", None), "kind", "f")
    return part.astype(np.float64) if kind in "iub" else part


def takes_cotangent(claim: Claim, prepared: Prepared) -> bool:
    """Whether a claim is a pullback: it has a parameter for the cotangent of the output."""
    return bool(match(claim, prepared.callee).cotangent)


def read_claim(claim: Claim, prepared: Prepared, cotangent: Array | None = None) -> Claimed:
    """Call a hand-written first derivative, twice, and take its result apart.

    Parameters
    ----------
    claim
        The claim.
    prepared
        The function it is a claim of.
    cotangent
        Of the output's shape: what is claimed is the gradient of ``<cotangent, f>`` then.
    """
    reading = _reading(claim, prepared, cotangent)
    callee = prepared.callee
    repeated = call_twice(_as_vector(reading), callee.leaves, callee.names, "the claim")
    if repeated.cause:
        return Claimed((), trouble=repeated.note, cause=repeated.cause)
    with np.errstate(all="ignore"):
        result = reading.calls()(*[fresh(x) for x in callee.leaves])
    values, trouble = reading.values(result)
    if trouble or _ignores_cotangent(reading, values):
        return Claimed(values, trouble=trouble or "the claim does not scale with its cotangent")
    claimed = tuple(k for k, v in enumerate(values) if v is not None)
    program = _program(reading, len(claimed)) if reading.layout.output == () else None
    return Claimed(values, program, claimed, at=_at(reading))


def _reading(claim: Claim, prepared: Prepared, cotangent: Array | None) -> Reading:
    output = np.shape(prepared.output) if cotangent is None else ()
    value = prepared.output if cotangent is None else None
    layout = Layout(prepared.callee, output, value, claim.name, claim.wrt)
    return Reading(claim, prepared, layout, np.float64(1.0) if cotangent is None else cotangent)


def _ignores_cotangent(reading: Reading, values: tuple[Array | None, ...]) -> bool:
    """Whether a pullback of a scalar gives something else than -2 times its result for -2."""
    if not takes_cotangent(reading.claim, reading.prepared):
        return False
    other = Reading(reading.claim, reading.prepared, reading.layout, _OTHER * reading.cotangent)
    with np.errstate(all="ignore"):
        result = other.calls()(*[fresh(x) for x in reading.prepared.callee.leaves])
        scaled, trouble = other.values(result)
    pairs = [(a, b) for a, b in zip(values, scaled, strict=True) if a is not None and b is not None]
    return bool(trouble) or not all(
        np.allclose(_OTHER * a, b, rtol=_SAME, atol=0.0, equal_nan=True) for a, b in pairs
    )


def _at(reading: Reading) -> Callable[..., Any]:
    """Return a claim as a function of any point."""
    calls = reading.calls()

    def at(*arrays: Any) -> tuple[Array | None, ...]:
        values, trouble = reading.values(calls(*[as_traceable(x) for x in arrays]))
        if trouble:
            raise ValueError(trouble)
        return values

    return at


def _as_vector(reading: Reading) -> Callable[..., Any]:
    """Return a claim as a function whose result can be compared bit for bit."""
    listed = reading.parts(prime=True)

    def vector(*arrays: Any) -> Any:
        parts = [as_output(part) for part in listed(*arrays)]
        return np.concatenate([p.ravel() for p in parts if p is not None] or [np.zeros(0)])

    return vector


def _program(reading: Reading, count: int) -> Program | None:
    """Return the claim's own program, one output per claimed array, where it can be traced.

    The claim is traced alone; where that is not the claim, because it uses what the function
    stored, together with the function.
    """
    callee = reading.prepared.callee
    for prime in (False, True):
        attempt = try_trace(reading.parts(prime), callee.leaves, callee.names, readable=True)
        if attempt.run is None or len(attempt.run.program.outputs) != count:
            continue
        if not unfaithful(attempt.run, reading.parts(prime=True), callee.leaves):
            return attempt.run.program
    return None
