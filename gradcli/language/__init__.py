"""The expression language: from typed text to a tree, to values, to a result.

May import `ops`, `reports`, `errors`, `codes`, `source` and NumPy.

Text passes five stages, each a room of its own: `lexer` cuts it into tokens in one pass;
`parser` builds the tree of `syntax`, every node with its span; `names` decides what each
name is; `lowering` flattens the tree into steps, with user functions written out in
place; `machine` runs the steps. The same steps run on plain NumPy arrays (the value, and
the finite differences that judge a gradient), on tracers (which records the program) and
on arrays of SymPy or mpmath entries: that is why the machine uses Python's operators and
the op table and nothing else.

Two rules hold everywhere. *Refuse rather than guess*: what people read in two ways is an
error that offers both readings. *No recursion that the input can reach*: parser and
lowering are generators run by `trampoline`, and every walk over a tree has its own stack,
so that depth is a limit with a message and never a crash. Nothing here hands text to
Python's compiler.
"""
