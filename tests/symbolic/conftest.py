"""The referee of these tests: plain mpmath numbers under the op table, and differences."""

import mpmath
import numpy as np
import pytest

from gradcli.ops.entries import EntryArray, lift, object_array

STEP = mpmath.mpf(10) ** -25


class MpNumbers:
    symbolic = False

    def __getattr__(self, name):
        if name in ("call", "call_array"):
            raise AttributeError(name)
        return getattr(mpmath, name)

    def convert(self, value):
        return value if isinstance(value, mpmath.mpf) else mpmath.mpf(value)

    def finish(self, op, value):
        return value

    def where(self, c, a, b):
        return self.convert(a if c else b)

    def lt(self, a, b):
        return a < b

    def le(self, a, b):
        return a <= b

    def gt(self, a, b):
        return a > b

    def ge(self, a, b):
        return a >= b

    def eq(self, a, b):
        return a == b

    def ne(self, a, b):
        return a != b

    def land(self, a, b):
        return bool(a) and bool(b)

    def lor(self, a, b):
        return bool(a) or bool(b)

    def lnot(self, a):
        return not a


def partials(f, inputs, position):
    """Return the partials of sum(f) by every element of one input."""
    m = MpNumbers()
    arrays = [lift(np.asarray(x, dtype=float), m) for x in inputs]
    flat = list(arrays[position].entries.ravel())
    shape = arrays[position].shape

    def along(i):
        def g(t):
            moved = EntryArray(object_array([*flat[:i], t, *flat[i + 1 :]], shape), m)
            found = f(*arrays[:position], moved, *arrays[position + 1 :])
            results = found if isinstance(found, tuple | list) else (found,)
            entries = [r.entries if isinstance(r, EntryArray) else np.asarray(r) for r in results]
            return mpmath.fsum(mpmath.mpf(v) for e in entries for v in e.ravel())

        return g

    with mpmath.workdps(60):
        sides = [(along(i), x) for i, x in enumerate(flat)]
        return [(g(x + STEP) - g(x - STEP)) / (2 * STEP) for g, x in sides]


@pytest.fixture
def referee():
    """Numeric partials to about 30 digits: ``referee(f, inputs, position)``."""
    return partials
