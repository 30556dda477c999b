"""Which functions of a file are claims, of what, and which only look like one.

May import `claims`, `items`, `marks`, `names`. What an author marked comes first, then the
habits of `claims`, then the words of `names`. A function that looks like a derivative and is
not surely one is doubtful: reported ``ok`` as a function of its own, it would pass for a
gradient that was confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcli.frontend.claims import Claim, Order, claimed_name, partial_name, takes_cotangent
from gradcli.frontend.items import named_parameters, rest_name
from gradcli.frontend.marks import carries_gradient, cases_of, claim_mark
from gradcli.frontend.names import Targets, lone_kind, words_of

Functions = Mapping[str, Callable[..., Any]]

_SCORE = "score"
# What is minimised is no log-likelihood, of which a statistician's score is the gradient.
_MINIMISED = frozenset(
    ("nll", "nlogl", "nloglik", "loss", "cost", "energy", "risk", "deviance", "objective")
)
# Parameters that take a function: theirs is a way to differentiate, no derivative.
_OPERANDS = frozenset(("f", "fn", "fun", "func", "function", "callable", "objective"))
_MARK = "mark it with `@gradcli.gradient_of`"


@dataclass(frozen=True, slots=True)
class Roles:
    """The parts that the functions of a file play.

    Parameters
    ----------
    claims
        Target name to its claims, in order of definition.
    doubts
        Name of a function that may be a derivative to the reason why it is not checked.
    """

    claims: dict[str, list[Claim]] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)

    @property
    def claiming(self) -> set[str]:
        """The names of all claims."""
        return {claim.name for found in self.claims.values() for claim in found}

    def add(self, target: str, claim: Claim) -> None:
        """Take note of a claim, unless it is a score of what is minimised."""
        if _is_score(claim.name, target) and _is_minimised(target):
            what = f"a score is the gradient of a log-likelihood, which `{target}` is not by name"
            self.doubts[claim.name] = f"{what}; name it `grad_{target}` or {_MARK}"
        else:
            self.claims.setdefault(target, []).append(claim)


def find_roles(functions: Functions) -> Roles:
    """Return the claims of a file that say of what they are, and the doubtful ones.

    Parameters
    ----------
    functions
        The public functions defined in the file, by name, in order of definition.
    """
    said = _by_mark_or_habit(functions)
    targets = Targets(
        [name for name in functions if name not in said and not lone_kind(name)],
        lambda name: [p.name for p in named_parameters(functions[name])],
    )
    roles = Roles()
    for name, function in functions.items():
        if name in said:
            roles.add(*said[name])
            continue
        reading = targets.read(name)
        if reading is None:
            continue
        if not reading.is_sure:
            roles.doubts[name] = _doubt(reading.target, Order(reading.kind))
            continue
        wrt = (reading.wrt,) if reading.wrt else None
        claim = Claim(name, function, Order(reading.kind), wrt)
        if fits(claim, functions[reading.target]):
            roles.add(reading.target, claim)
    for name in list(roles.doubts):
        # What has claims or points of its own is a function of its own, whatever its name.
        if name in roles.claims or cases_of(functions[name]) or carries_gradient(functions[name]):
            del roles.doubts[name]
    return roles


def _by_mark_or_habit(functions: Functions) -> dict[str, tuple[str, Claim]]:
    """Return the claims that are marked or named by habit: target and claim by name."""
    said: dict[str, tuple[str, Claim]] = {}
    names = {id(function): name for name, function in functions.items()}
    for name, function in functions.items():
        mark = claim_mark(function)
        if mark is not None and id(mark.target) in names:
            claim = Claim(name, function, Order.GRADIENT, mark.wrt)
            said[name] = names[id(mark.target)], claim
            continue
        partial = partial_name(name, functions)
        if partial is not None:
            said[name] = partial[0], Claim(name, function, Order.GRADIENT, (partial[1],))
            continue
        habit = claimed_name(name, functions)
        if habit is not None:
            said[name] = habit[0], Claim(name, function, habit[1])
    return said


def fits(claim: Claim, target: Callable[..., Any]) -> bool:
    """Whether a claim can be called with what its target is called with.

    Parameters
    ----------
    claim
        The claim; a product takes a vector, a backward pass a cotangent as well.
    target
        The function it may be a claim of.
    """
    own = [p.name for p in named_parameters(claim.function) if p.default is p.empty]
    known = [p.name for p in named_parameters(target)]
    if rest_name(target):
        return True
    if any(name in _OPERANDS and name not in known for name in own):
        return False
    is_one_more = claim.order is Order.HVP or any(takes_cotangent(n) for n in own)
    return len(own) <= len(known) + is_one_more


def add_lone(roles: Roles, functions: Functions, checked: Collection[str]) -> None:
    """Let a lone `grad` claim the file's only target, where nothing else claims the same.

    Parameters
    ----------
    roles
        What the other names say; receives claims and doubts.
    functions
        The public functions defined in the file.
    checked
        Names of the functions that have a point.
    """
    busy = roles.claiming | set(roles.doubts)
    kinds = {n: _lone_kind(n) for n in functions if n not in busy}
    rest = [n for n, kind in kinds.items() if not kind]
    others = {name: list(found) for name, found in roles.claims.items()}
    for name in [n for n, kind in kinds.items() if kind]:
        claim = Claim(name, functions[name], Order(kinds[name]))
        likely = [n for n in rest if n in checked] if name != _SCORE else []
        fitting = [n for n in likely or rest if fits(claim, functions[n])]
        if len(likely or rest) == 1 and fitting:
            (target,) = fitting
            taken = [c.name for c in others.get(target, ()) if c.order is claim.order]
            taken += [target] if carries_gradient(functions[target]) else []
            if taken and not (name == _SCORE and _is_minimised(target)):
                known = f"which `{taken[0]}` gives already"
                roles.doubts[name] = f"looks like the {claim.order} of `{target}`, {known}; {_MARK}"
            else:
                roles.add(target, claim)
        elif fitting and name != _SCORE:
            several = ", ".join(f"`{n}`" for n in fitting)
            roles.doubts[name] = f"looks like the {claim.order} of one of {several}; {_MARK}"


def _lone_kind(name: str) -> str:
    return str(Order.GRADIENT) if name == _SCORE else lone_kind(name)


def _doubt(target: str, order: Order) -> str:
    """Return why a function that may be a derivative is not checked."""
    prefix = {Order.HESSIAN: "hess_", Order.HVP: "hvp_"}.get(order, "grad_")
    return f"looks like a derivative of `{target}`; name it `{prefix}{target}` or {_MARK}"


def _is_score(name: str, target: str) -> bool:
    return name in (_SCORE, f"{_SCORE}_{target}", f"{target}_{_SCORE}")


def _is_minimised(target: str) -> bool:
    """Whether a name says a negative log-likelihood, or anything else that is minimised."""
    words = [word.lower() for word in words_of(target)]
    return any(w in _MINIMISED or w.startswith(("neg", "nll")) for w in words)
