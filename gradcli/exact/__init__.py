"""The exact witness: what a gradient is, without step size and without tolerance.

May import `engine`, `ir`, `ops` and mpmath. The recorded program is evaluated over
numbers of 200 digits, at the point and beside it at distances of 1e-30, 1e-40 and 1e-50.
So far from rounding a difference quotient is not an estimate: it agrees with the one-sided
derivative to fifty digits, or shows by how it fails what the point is instead: a kink, a
jump, an edge of the domain, a vertical tangent. Against these limits the engine's own
rules, run over the same numbers with 60 digits, are right or wrong, and no third.

A claim and the float64 gradient are judged one step later: the first where it can be run
over the same numbers, too; the second by a running bound of what rounding may have done.
At a kink the answers that count as right are the hull of the gradients of the active
branches, found by going a little way into each of them. Where a program is too large to be
run over such numbers as a whole, every operation is checked alone, and the report says
what was proved and what was sampled.
"""
