"""Factorisations of matrices with entries that are not finite: NaN, at once and in silence."""

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.ops.registry import lookup

# OpenBLAS's gesdd and gelsd run without end on this one.
ENDLESS = np.array([[np.inf, -np.inf, 1e308], [1e-320, 0.0, 1.0], [1e308, 1e-320, 1.0]])
MATRICES = [ENDLESS, np.full((3, 3), np.nan), np.diag([np.inf, 1.0, 2.0])]


@pytest.mark.parametrize("a", MATRICES, ids=["endless", "nan", "inf"])
def test_the_result_is_nan_and_nothing_is_printed(a, capfd):
    b = np.ones(3)
    with np.errstate(all="ignore"):
        for part in lookup("svd")(a):
            assert np.isnan(part).all()
        for name in ("svdvals", "cond", "norm_nuc", "norm_spectral", "pinv"):
            assert np.isnan(lookup(name)(a)).all()
        assert lookup("matrix_rank")(a) == 0
        assert np.isnan(lookup("lstsq")(a, b)[0]).all()
        assert np.isnan(lookup("pinv")(a, 1e-3)).all()
        assert np.isnan(lookup("least_squares")(a, b)).all()
        assert (
            np.isnan(lookup("least_squares")(np.eye(3), a[:, 0])).any()
            or np.isfinite(a[:, 0]).all()
        )
        grad(np.linalg.det)(np.pad(a, (0, 2), constant_values=1.0))
    assert capfd.readouterr() == ("", "")
