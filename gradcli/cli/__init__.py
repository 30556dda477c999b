"""The command line: argv in, an exit status out.

May import `app`, `render` and everything below; it is the only room that imports click.

Three stages, each a file: `argv` puts the words of a call in order (which command, which
options, which bindings, what the expression is) from the tables of `params`, before click
sees them, because click cannot know that ``--x`` is a variable and ``-x^2`` an expression;
`commands/` turns options into a request and hands it to a use case of `app`; `delivery`
renders what comes back, writes it through `streams`, and says the exit status.

Start-up is a promise: this room imports neither NumPy nor SymPy nor rich; a command is
imported when it is the one that runs. Plain records on the way of every call, here and in
`app` and `reports`, are named tuples: making such a class costs a fifth of what a frozen
dataclass does.
"""
