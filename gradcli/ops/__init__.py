"""The op table: one declaration per operation, from which everything else follows.

May import `errors`, `source`, NumPy, and nothing else of ours; SciPy and mpmath only
through `fallback`.

An operation is *declared* once, as an `Op` (see `op`): its plain float64 forward, its
derivative rule, the same function written over a namespace of numbers (mpmath's or
SymPy's), its domain, its kinks with the convention we answer, samples and bad calls.
The expression language, the tracer, the exact numbers, the SymPy export, ``gradcli ops``
and the generated tests read that declaration. To add an operation, edit one file.

Functions that NumPy builds from others (`np.var`, `np.trace`) are `Composite`: plain
NumPy over primitives, so that they need no rule of their own. Arrays that are not
ndarrays (tracers, arrays of mpmath or SymPy entries) are `Duck`s: NumPy's two protocols
lead their calls back to the table.
"""
