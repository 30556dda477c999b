"""Steps for names, constants and branches.

May import `machine`, `flags`, NumPy.
"""

from __future__ import annotations

from gradcli.language.flags import Truth, scalar_condition
from gradcli.language.machine import Machine, Step


def constant(machine: Machine, step: Step) -> None:
    """Push a number."""
    machine.stack.append(step.data)


def load(machine: Machine, step: Step) -> None:
    """Push the value of an assigned name or a parameter."""
    machine.stack.append(machine.slots[step.data])


def free(machine: Machine, step: Step) -> None:
    """Push the value of a bound variable."""
    machine.stack.append(machine.env[step.data])


def store(machine: Machine, step: Step) -> None:
    """Keep the last value under a slot."""
    machine.slots[step.data] = machine.stack.pop()


def jump(machine: Machine, step: Step) -> None:
    """Continue elsewhere."""
    machine.pc = step.data


def _look(machine: Machine, step: Step, use: str) -> bool:
    """Look at the last value; a traced one leaves a guard."""
    value = machine.stack.pop()
    if machine.mark is not None:
        machine.mark(step.node.span)
    return bool(scalar_condition(value, step.node.span, use))


def branch(machine: Machine, step: Step) -> None:
    """Continue elsewhere unless the condition holds."""
    if not _look(machine, step, "if"):
        machine.pc = step.data


def unless_true(machine: Machine, step: Step) -> None:
    """For ``and``: a false left side decides."""
    if not _look(machine, step, "and"):
        machine.stack.append(Truth(False))
        machine.pc = step.data


def unless_false(machine: Machine, step: Step) -> None:
    """For ``or``: a true left side decides."""
    if _look(machine, step, "or"):
        machine.stack.append(Truth(True))
        machine.pc = step.data


def decide(machine: Machine, step: Step) -> None:
    """Let the right side of ``and`` or ``or`` decide."""
    machine.stack.append(Truth(_look(machine, step, step.data)))
