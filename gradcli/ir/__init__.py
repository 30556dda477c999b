"""The program: what a traced run recorded, and how a run is traced.

May import `ops` and below. A function is run once at the given point on tracers: real
values flow, so Python's own `if`, `while` and `for` work, and every operation appends one
tuple ``(op, inputs, params, out)`` to the trace. The order of recording is the order of
execution, so the record is already a straight-line program in SSA form; together with the
guards (which way every branch went) it is all that the sweeps, the exact numbers, the
symbolic export and the listing read.

From below: `program` is the data. `tracer`, with `quick` and `operators`, is the duck array
that records; `trace` holds the lists and the log of `leaks`. `views`, `storage` and `cells`
follow writes and the views that see them; `calls`, `answers`, `conversions` and `methods`
complete the array. `taints` and `buffers` are real arrays that can hold traced values,
`makers` the NumPy functions that hand them out, `patches` puts these in place. Where a run
ends in a leak, `attempts` has it repeated with a wider `reach`, made of `lists`, `ndarrays`,
`joiners`, `numbers` and `vectorized`. `tracing` runs a function; `rerun` and `fidelity` ask
whether the program is the function.

Three rules keep a gradient from being lost without a word. A tracer owns no memory that
compiled code could read; a buffer, which does, holds NaN there unless a replay test
follows. A truth value or an integer leaves as a guard, a number never leaves unlogged,
and the first entry of the log is reported even when the exception was swallowed. What is
kept (a constant, a part of a written array) is copied, because user code reuses arrays.
"""
