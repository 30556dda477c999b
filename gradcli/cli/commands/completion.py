"""``gradcli completion``: what a shell reads to complete commands and options.

May import click, `cli.settings`, `cli.delivery`, `cli.interface`, `reports`.
"""

from __future__ import annotations

from click.shell_completion import ShellComplete, get_completion_class

from gradcli.cli.call import Call
from gradcli.cli.delivery import Delivery
from gradcli.cli.interface import program
from gradcli.cli.settings import Settings
from gradcli.errors import UsageError
from gradcli.reports import Listing
from gradcli.source import SHOWN_CHARACTERS, safe_text

_SHELLS = ("bash", "zsh", "fish")


def run(settings: Settings, call: Call) -> int:
    """Print the set-up of one shell."""
    return Delivery(settings, call).listing(lambda: _listing(settings.operands[0]))


def _listing(shell: str) -> Listing:
    found = get_completion_class(shell) if shell in _SHELLS else None
    if found is None:
        shown = safe_text(shell, SHOWN_CHARACTERS)
        hint = f"the shells are {', '.join(_SHELLS)}"
        raise UsageError("E092", f"there is no set-up for the shell `{shown}`", hint=hint)
    # click's own `source` of bash starts a bash to ask for its version; ours starts nothing.
    script = ShellComplete.source(found(program(), {}, "gradcli", "_GRADCLI_COMPLETE"))
    return Listing("completion", script + "\n", ({"script": script},))
