"""Every diagnostic code: what it means, an example, the cure (``gradcli rule CODE``).

Stands beside `errors` and imports nothing of ours but its own tables. Codes are never
renumbered. E001–E019 the text of an expression, E02x shapes and numbers, E03x points, E04x
values, E05x and E06x variables and Python functions, E070 a bug of ours, E08x files and the
worker, E09x the command line; W1xx warnings.
"""

from types import MappingProxyType

from gradcli.codes import calls, expressions, functions, traces, values, warnings
from gradcli.codes.entry import Code

_TABLES = (expressions, values, functions, traces, calls, warnings)

_ENTRIES = sorted((entry for table in _TABLES for entry in table.TABLE), key=lambda e: e.code)

CODES = MappingProxyType({entry.code: entry for entry in _ENTRIES})
"""All codes, by code."""

__all__ = ["CODES", "Code"]
