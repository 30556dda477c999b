"""Which coordinates are examined one by one, and what stands in for the others.

May import `truths`, `nodes`, `run`, `budget`. All coordinates are examined while the budget lasts.
Where it would not, the ones a tie is seen to touch and a random sample are; for the rest
every rule is checked alone and random directions compare the rules' gradient with the
function as a whole (verdict.md section 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.exact.budget import program_cost
from gradcli.exact.gates import is_infinite, is_nan
from gradcli.exact.nodes import check_nodes
from gradcli.exact.run import entry_at
from gradcli.exact.ties import Tie
from gradcli.exact.truths import WEIGHTS, failing_groups
from gradcli.ops.entries import lift

if TYPE_CHECKING:
    from gradcli.exact.session import Session

# Coordinates that are examined before the cost of all is foreseen; one where three take as
# much work as all may.
_TRIAL = 3
# Evaluations that the quotients of one coordinate take where they do not settle at once.
_EVALUATIONS = 16
# Tied coordinates that are examined beyond the sample, in samples.
_TIED_SAMPLES = 4


def choose_coordinates(session: Session) -> list[int]:
    """Return the coordinates to examine one by one; the first few are examined already."""
    count = len(session.coords)
    before = session.prober.work
    dear = program_cost(session.program) * _EVALUATIONS * _TRIAL
    trial = list(range(min(_TRIAL if dear <= session.budget.quotients else 1, count)))
    for k in trial:
        session.truths.examine(k)
    cost = (session.prober.work - before) / max(1, len(trial))
    if cost * count <= session.budget.quotients:
        return list(range(count))
    most = max(1, int(session.budget.quotients / (2 * cost)))
    rng = np.random.default_rng(23)
    tied = _tied_coordinates(session)[: _TIED_SAMPLES * session.budget.sampled]
    sampled = rng.permutation(count)[: session.budget.sampled].tolist()
    chosen = dict.fromkeys([*trial, *tied, *sampled])
    return sorted(list(chosen)[: max(most, len(trial))])


def _tied_coordinates(session: Session) -> list[int]:
    """Return the coordinates on which the arguments of ties depend, as the rules see it."""
    run, rng = session.rules_run, np.random.default_rng(29)
    seeds: dict[int, Any] = {}
    for tie in session.ties:
        for ref in _tied_refs(session, tie):
            size = rng.integers(1, 1000, size=run.values[ref].shape)
            seeds[ref] = lift(size, run.numbers)
    if not seeds:
        return []
    adjoints = run.adjoints(seeds)
    found = []
    for k, c in enumerate(session.coords):
        adjoint = adjoints[c.slot]
        if adjoint is not None and entry_at(adjoint, c.position) != 0:
            found.append(k)
    return found


def _tied_refs(session: Session, tie: Tie) -> list[int]:
    record = session.program.records[tie.slot - len(session.program.inputs)]
    return [r for r in record[1] if r >= 0]


def directions_stand_in(session: Session) -> frozenset[int]:
    """Return the coordinates whose entry by the rules is proved without looking at each.

    Entries that a random direction shows to be wrong are found by halving, and examined.
    """
    session.nodes = check_nodes(session.program, session.budget)
    rest = [k for k in range(len(session.coords)) if k not in session.truths.points]
    usable = [k for k in rest if _is_number(session.rules[k])]
    for k in rest:
        if not _is_number(session.rules[k]):
            session.truths.examine(k)
    zeros = [0] * len(session.coords)
    rules = [g if _is_number(g) else 0 for g in session.rules]
    groups, passed = failing_groups(
        session.truths, usable, rules, zeros, session.budget.directions, session.affordable
    )
    session.directions += session.budget.directions
    session.miss = float(WEIGHTS) ** -session.budget.directions
    blamed = {k for group in groups for k in group}
    for k in sorted(blamed):
        session.truths.examine(k)
    if not passed:
        session.notes.append("more entries are wrong than were located")
        return frozenset()
    return frozenset(usable) - blamed


def _is_number(value: Any) -> bool:
    return value is not None and not is_nan(value) and not is_infinite(value)
