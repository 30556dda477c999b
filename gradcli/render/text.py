"""Reports as text, in the format of the language page: a label column and payloads.

May import `numbers`, `style`, `verdicts`, `reports`, `errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.errors import UsageError
from gradcli.render.numbers import array_text
from gradcli.render.style import Style
from gradcli.render.verdicts import verdict_text, witness_lines
from gradcli.reports import GradReport, ProductReport, Verdict

# Blanks between the widest label and the payloads.
_GAP = 2
# What a product is called in the label column.
_SYMBOLS = {"jacobian": "J", "hessian": "H", "hvp": "Hv", "jvp": "Jv", "vjp": "vJ"}

Row = tuple[str, Any]


def grad_text(report: GradReport, style: Style) -> str:
    """Return the value, the gradients and the verdict as lines.

    Examples
    --------
    >>> import numpy as np
    >>> report = GradReport("2*dot(x,x)", np.float64(28), {"x": np.array([0.0, 4.0])})
    >>> print(grad_text(report, Style()), end="")
    f      28
    df/dx  [0, 4]
    """
    rows: list[Row] = [(report.label, report.value)]
    for name, gradient in report.gradients.items():
        rows.append((f"d{report.label}/d{name}", gradient))
        if report.second is not None:
            rows.append((f"d2{report.label}/d{name}2", report.second[name]))
    return _columns(rows, report.verdict, style)


def product_text(report: ProductReport, style: Style) -> str:
    """Return a Jacobian, a Hessian or a product, and the verdict, as lines."""
    symbol = _SYMBOLS[report.kind]
    rows: list[Row] = []
    if report.kind == "hessian":
        rows.append(("vars", _Words(", ".join(report.rows))))
    several = len(report.results) > 1
    for name, result in report.results.items():
        rows.append((f"{symbol}_{name}" if several else symbol, result))
    return _columns(rows, report.verdict, style)


class _Words(str):
    """A payload that is text already."""

    __slots__ = ()


def _columns(rows: list[Row], verdict: Verdict | None, style: Style) -> str:
    """Return rows with their labels padded to the widest one."""
    rows = list(rows)
    if verdict is not None:
        rows.append(("check", _Words(verdict_text(verdict, style))))
        if style.verbose:
            rows += [(label, _Words(text)) for label, text in witness_lines(verdict, style)]
    width = max(len(label) for label, _ in rows) + _GAP
    lines = [label.ljust(width) + _payload(value, width, style) for label, value in rows]
    return "\n".join(lines) + "\n"


def _payload(value: Any, indent: int, style: Style) -> str:
    if isinstance(value, _Words):
        return value
    return array_text(value, style.digits, indent, style.abbreviate)


def bare_text(results: Mapping[str, Any], digits: int | None) -> str:
    """Return the one result for ``-q``.

    Parameters
    ----------
    results
        The results by label.
    digits
        Significant digits; ``None`` for full precision.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        E092 where there are several.
    """
    if len(results) > 1:
        what = f"`-q` prints one result, and here are {len(results)}: {', '.join(results)}"
        raise UsageError("E092", what, hint="add --wrt or --json")
    (result,) = results.values()
    return array_text(result, digits) + "\n"


def bare_results(report: GradReport | ProductReport) -> dict[str, Any]:
    """Return what ``-q`` would print, by label."""
    if isinstance(report, ProductReport):
        symbol = _SYMBOLS[report.kind]
        return {f"{symbol}_{k}" if k else symbol: v for k, v in report.results.items()}
    found = {f"d{report.label}/d{k}": v for k, v in report.gradients.items()}
    if report.second is not None:
        found |= {f"d2{report.label}/d{k}2": v for k, v in report.second.items()}
    return found
