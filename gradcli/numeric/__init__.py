"""Finite differences: the float64 witness F64 ± e, which may say "I do not know".

A difference quotient is wrong in two ways: the step is too long (truncation) or too short
(the noise of the evaluation, divided by the step). Both are *measured* here, and a number
never leaves the room without the sum of both as its error bar. The steps follow four rules:
relative to |x_i|; every point representable, so that the step is the one that was taken;
truncation judged by the disagreement of two extrapolation levels, and believed only when it
has sunk into the noise; a corner seen in the even part of the stencil widens the bar.

Begin reading at `differences` (what is asked for), then `slopes` (one line through the point),
`steps`, `stencils` and `noise`. `blackbox` judges a claim where nothing else can, `directions`
a claim too long to check entry by entry.

The room knows callables, NumPy arrays and `reports.Estimate`. It must never import the
operations, the program or the engine: it is the witness against them.
"""
