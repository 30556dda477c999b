"""What is known of the call that is running, for whoever has to report its end.

May import `streams`.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.cli.streams import Streams


@dataclass(slots=True)
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

    streams: Streams
    kind: str = "grad"
    expr: str | None = None
    json: bool = False
    debug: bool = False
    color: str = "auto"
