"""What `check` says of targets and claims that are nearly right."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcli.app.check import function_elsewhere
from gradcli.app.python_targets import python_targets
from gradcli.errors import UsageError


def test_one_colon_too_few(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def f(x=1.0): return x")
    with pytest.raises(UsageError) as caught:
        list(python_targets(f"{file}:f"))
    assert caught.value.diagnostic.hint == f"write `{file}::f`"


def test_a_claim_of_an_expression_is_none_of_a_file() -> None:
    with pytest.raises(UsageError) as caught:
        function_elsewhere("x: 2*x", "--claim")
    assert "claims the derivative of an expression" in caught.value.diagnostic.hint
