"""The symbolic witness: SymPy's derivatives of the function, evaluated in mpmath.

May import `frontend` and below, never `engine` or `exact`; SymPy and mpmath only inside
functions, so that importing the room costs nothing.

The witness shares nothing with the engine but the declaration of each operation's
*forward* scalar form: a typed expression is interpreted from its syntax tree on arrays of
symbols, a Python function from its recorded program by a loop of this room. What comes out
is a `Graph`: every scalar operation once, shared sub-expressions shared, nothing
simplified, because ``x/x``, ``log(exp(x))`` and ``x**0`` lose their holes when SymPy
tidies them.

The derivative of every operation is asked of SymPy (``sin(u).diff(u)``), node by node,
and chained along the graph from the symbols forward. So the cost is that of the graph,
not of the tree that SymPy's own ``diff`` would unfold: forty nested sines cost forty
steps. Conditions choose lazily: a branch that is not taken is neither differentiated
numerically nor evaluated. Where a condition is exactly undecided (a tie), the witness speaks
only if every choice of branches gives the same number.

Size gates decide whether the witness speaks at all, so that the same input always gets
the same answer; a clock is a safety net behind them. Numbers are settled by
raising the working precision until two levels agree. A derivative that SymPy leaves
standing (``floor``), a complex intermediate, a pole: the witness is *unavailable*, with a
reason. It never guesses.
"""
