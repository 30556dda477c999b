"""What a user's Python file offers: its functions, their points, their hand-written gradients.

May import `language`, `ir` and below. `pyfile` loads a file and is, with the replay
generator, the only place that compiles text; `targets` finds the functions to check,
`points` where to check them, `claims` the derivatives the author wrote by hand, `marks` the
decorators with which an author says these things outright.
"""
