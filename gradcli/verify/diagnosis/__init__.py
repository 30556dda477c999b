"""Why a gradient is wrong: the simplest cause that fits everywhere, and the smallest example.

May import the witnesses' evidence, `subject`, `engine` and `symbolic`. A search costs evaluations:
`effort` counts them, cheap `hypotheses` come first, then a slip of the sweep, then missing and
extra terms; `smallest` shrinks the point. `explanation` adds what was found to a verdict, in the
parent.
"""
