"""The sweeps over a program, and the operators of the public API built on them.

May import `ir`, `ops` and below; never `exact` or `symbolic`. The sweeps are generic over
the number type: on arrays they compute, on tracers they are traced (second order), on
entry arrays they are exact.
"""
