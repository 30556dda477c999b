"""The child process in which user files run; it collects evidence, the parent judges.

May import `verify` and below. A user's file may print, loop, exit, fork, crash or eat the
memory: none of that may corrupt a record, hang the caller or count as a verdict. So one
server process is started without a terminal, imports NumPy and SymPy once, and forks a
throw-away child for every file (`server`); the child leads its own process group, sends
framed messages over a private pipe, each with a token that only this run knows
(`protocol`), and the parent reads them against deadlines, watches the resident size, and
kills the whole group at any end (`parent`).
"""
