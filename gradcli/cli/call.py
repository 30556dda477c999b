"""What is known of the call that is running, for whoever has to report its end.

May import `streams`.
"""

from __future__ import annotations

from gradcli.cli.streams import Streams


class Call:
    """One call of the program.

    Parameters
    ----------
    streams
        Where output goes.
    kind
        The kind of record a failure is reported as.
    expr
        The expression or target, as soon as it is known.
    json
        Whether a failure is to be a record too.
    debug
        Whether a failure shows its traceback.
    color
        When colours are used.
    """

    def __init__(self, streams: Streams, json: bool = False, debug: bool = False) -> None:
        self.streams = streams
        self.kind = "grad"
        self.expr: str | None = None
        self.json = json
        self.debug = debug
        self.color = "auto"
