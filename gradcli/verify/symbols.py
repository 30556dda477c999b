"""Ask SymPy, and fold what it says into entries.

May import `symbolic`'s results, `evidence`, `subject`. SymPy speaks for a typed expression
from its syntax tree, for a Python function from its program, and not at all where the
program has guards: exporting the branch that was taken would only repeat it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcli.symbolic.answer import SymbolicGradient, decimal
from gradcli.symbolic.witness import gradient
from gradcli.verify.evidence import Entry, Evidence, Voice
from gradcli.verify.subject import Subject

_SPEAKS = frozenset({"ok", "partial"})


def ask_sympy(subject: Subject) -> SymbolicGradient | None:
    """Return SymPy's answer, ``None`` where it must not be asked."""
    if subject.symbolic is not None:
        found: SymbolicGradient | None = subject.symbolic()
        return found
    if subject.program is None or subject.program.guards or subject.order != 1:
        return None
    return gradient(subject.program, subject.inputs, subject.wrt, names=subject.names)


def with_sympy(evidence: Evidence, subject: Subject) -> Evidence:
    """Return evidence whose entries also say what SymPy found.

    Parameters
    ----------
    evidence
        With entries named by variable and index.
    subject
        The function.
    """
    found = ask_sympy(subject)
    if found is None:
        note = "the branches taken here would only be repeated"
        return _heard(evidence, evidence.entries, Voice("sympy", "unavailable", note))
    if found.status not in _SPEAKS:
        return _heard(evidence, evidence.entries, Voice("sympy", found.status, found.note))
    by_name = {subject.names[k]: i for i, k in enumerate(subject.wrt)}
    entries = [_voted(entry, found, by_name.get(entry.variable)) for entry in evidence.entries]
    told = all(e.symbolic is not None for e in entries)
    voice = Voice("sympy", "ok" if told else "partial", found.note)
    value = None if found.total is None else decimal(found.total)
    return _heard(replace(evidence, symbolic_value=value), entries, voice)


def _voted(entry: Entry, found: SymbolicGradient, position: int | None) -> Entry:
    """Return an entry with SymPy's number, where it has one."""
    if position is None:
        return entry
    number = decimal(found.gradients[position][entry.index])
    return entry if number is None else replace(entry, symbolic=number)


def _heard(evidence: Evidence, entries: Sequence[Entry], voice: Voice) -> Evidence:
    return replace(evidence, entries=tuple(entries), voices=(*evidence.voices, voice))
