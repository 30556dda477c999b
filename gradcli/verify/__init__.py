"""The verdict: collect what the witnesses say, then judge it.

May import `exact`, `engine`, `symbolic`, `numeric`, `frontend` and below. The two halves are
kept apart on purpose. `collect` runs the witnesses (in the worker, for user files) and
returns `Evidence`: plain data, every exact number a decimal string. `judge` turns evidence
into a verdict by the rules of one table, imports no witness, and runs in the parent, where
no user code has been. Truth is the high-precision limit of difference quotients; the
engine's own rules, evaluated with the same digits, are judged against it, and so is a
hand-written claim. A mismatch is a verdict, never an exception. Two rooms lie inside:
`claims` reads what people wrote, `diagnosis` says why it is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcli.verify.subject import Subject

__all__ = ["Subject"]


def __getattr__(name: str) -> Any:
    if name == "Subject":
        from gradcli.verify.subject import Subject

        return Subject
    raise AttributeError(name)
