"""What a hand-written derivative says: how it is called, and what its result is for.

May import `callables`, `conditions`, `functions`, `leftovers`, `subject` and `frontend`. From the
outside in: `arguments` matches its parameters with the function's, `parts` and `layout` spread
its result over the differentiated arrays, `shapes` makes arrays of one shape of them, `reading`
does it all, twice, and traces what can be traced.
"""
