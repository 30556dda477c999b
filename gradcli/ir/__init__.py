"""The program: what a traced run recorded, and how a run is traced.

May import `ops` and below. A function is run once at the given point on tracers: real
values flow, so Python's own `if`, `while` and `for` work, and every operation appends one
tuple ``(op, inputs, params, out)`` to the trace. The order of recording is the order of
execution, so the record is already a straight-line program in SSA form; together with the
guards (which way every branch went) it is all that the sweeps, the exact numbers, the
symbolic export and the listing read.
"""
