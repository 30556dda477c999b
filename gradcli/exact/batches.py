"""Which records of a program are checked together, and which are too many of a kind.

May import `ir`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcli.ir.program import Program, Record

# Records of one operation and the same shapes that are checked, on numbers and on arrays.
_MOST_TOGETHER, _MOST_ALONE = 2048, 32


def record_batches(program: Program) -> tuple[list[list[Record]], int]:
    """Return the records to check, and how many like them are left out.

    Elementwise operations on single numbers come together, others alone. Of many records
    of one operation and the same shapes only some are returned, evenly spread.
    """
    alike = 0
    groups: dict[Any, list[Record]] = {}
    seen: set[Any] = set()
    for record in program.records:
        op, refs, params, _out = record
        if (op, refs, id(params)) in seen:
            continue
        seen.add((op, refs, id(params)))
        shapes = tuple(np.shape(program.value(r)) for r in refs)
        pattern = tuple(r >= 0 for r in refs)
        words = tuple(sorted((k, type(v).__name__) for k, v in params.items()))
        groups.setdefault((op, shapes, pattern, words), []).append(record)
    batches: list[list[Record]] = []
    for (op, shapes, _pattern, words), group in groups.items():
        together = op.mp is not None and not words and all(s == () for s in shapes)
        most = _MOST_TOGETHER if together else _MOST_ALONE
        chosen = group[:: -(-len(group) // most)]
        alike += len(group) - len(chosen)
        batches += [chosen] if together else [[r] for r in chosen]
    return batches, alike
