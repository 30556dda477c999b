"""The use cases ``jacobian``, ``hessian``, ``jvp``, ``vjp`` and ``hvp`` of ``FILE.py::FN``.

May import `python_gradient`, `products`, `vectors`, `outcome`, `request`, `reports`. The file
runs in the worker; this process only judges and reports.
"""

from __future__ import annotations

import numpy as np

from gradcli.app.outcome import answer_exit
from gradcli.app.products import inputs_first, row_labels
from gradcli.app.python_gradient import Printed, arrays, ask
from gradcli.app.request import Request
from gradcli.app.vectors import raw_vectors
from gradcli.reports import ProductReport

_TAKE_VECTORS = frozenset({"jvp", "vjp", "hvp"})


def run(kind: str, request: Request, printed: Printed) -> ProductReport:
    """Return a Jacobian, a Hessian or a product of a function of a file, verified.

    Parameters
    ----------
    kind
        ``jacobian``, ``hessian``, ``jvp``, ``vjp`` or ``hvp``.
    request
        `expr` is ``FILE.py::FN``, or ``FILE.py`` with one function to differentiate.
    printed
        As in `python_gradient.gradient`.

    Raises
    ------
    GradcliError
        For a file, function or vector that cannot be used, or no verdict in time.
    """
    vectors = raw_vectors(request) if kind in _TAKE_VECTORS else []
    found = ask(request, {"kind": kind, "vectors": vectors, "check": request.check}, printed)
    results = arrays(found.result["results"])
    if request.layout == "denominator" and kind == "jacobian":
        results = {k: inputs_first(block, found.value.ndim) for k, block in results.items()}
    shapes = found.result["shapes"]
    return ProductReport(
        kind=kind,
        expr=request.expr,
        value=found.value,
        results=results,
        verdict=found.verdict,
        warnings=found.warnings,
        rows=row_labels(list(shapes), [np.zeros(s) for s in shapes.values()])
        if kind == "hessian"
        else (),
        layout=request.layout if kind == "jacobian" else None,
        exit_code=answer_exit(found.value, found.verdict, request.strict),
    )
