"""``pytest --gradcli FILE.py``: the functions of a file as tests, judged like ``gradcli check``.

May import `app`, `worker`; nothing of it before a test run asks for it. The file runs in the
worker, so a function that hangs or crashes fails its test and no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gradcli.reports import CheckEntry

_PASSES = frozenset({"ok", "kink"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--gradcli``."""
    group = parser.getgroup("gradcli")
    group.addoption(
        "--gradcli",
        action="store_true",
        default=False,
        help="collect the functions of Python files as gradient checks",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a Python file's functions where ``--gradcli`` is given."""
    if file_path.suffix != ".py" or not parent.config.getoption("--gradcli"):
        return None
    collected: pytest.Collector = GradientFile.from_parent(parent, path=file_path)
    return collected


class GradientFile(pytest.File):
    """A file whose functions are checked; one test a function, point and claim."""

    def collect(self) -> Iterator[pytest.Item]:
        """Check the file once and yield its entries as tests."""
        from gradcli.app.check_python import Job, check_python
        from gradcli.app.python_targets import PythonTarget
        from gradcli.worker.parent import Limits, Worker

        target = PythonTarget(str(self.path), None, None)
        seen: dict[str, int] = {}
        with Worker(Limits()) as worker:
            for entry in check_python(Job(target, {}), worker):
                name = entry.node.rpartition("::")[2]
                seen[name] = seen.get(name, 0) + 1
                label = name if seen[name] == 1 else f"{name}-{seen[name]}"
                yield GradientItem.from_parent(self, name=label, entry=entry)


class GradientError(Exception):
    """A gradient that was not confirmed."""


class GradientItem(pytest.Item):
    """One entry as a test."""

    def __init__(self, *, entry: CheckEntry, **rest: Any) -> None:
        super().__init__(**rest)
        self.entry = entry

    def runtest(self) -> None:
        """Fail unless the verdict is ok, or a kink with a valid subgradient."""
        status = str(self.entry.verdict.status)
        if status == "skipped":
            pytest.skip(self.entry.verdict.text)
        if status not in _PASSES:
            raise GradientError(self.entry)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Return the report in place of a traceback."""
        if isinstance(excinfo.value, GradientError):
            from gradcli.render.style import Style
            from gradcli.render.table import check_text
            from gradcli.reports import CheckReport

            verdict = self.entry.verdict
            text = check_text(CheckReport((self.entry,)), Style(colour=False))
            hint = f"help: {verdict.hint}\n" if verdict.hint else ""
            return f"{text}{verdict.status}: {verdict.text}\n{hint}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the function stands."""
        line = self.entry.line
        return self.path, None if line is None else line - 1, f"gradient of {self.name}"
