"""What HIPS autograd differentiates in NumPy arrives in the table here, or is refused."""

from __future__ import annotations

import numpy as np
import pytest

from gradcli.engine.operators import grad
from gradcli.ir.tracer import SPECIAL
from gradcli.ops.duck import meaning
from gradcli.ops.queries import QUERIES

NUMPY = """
where nan_to_num add multiply subtract divide maximum minimum fmax fmin logaddexp logaddexp2
true_divide mod remainder power arctan2 hypot negative abs fabs absolute reciprocal exp exp2 expm1
log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh rad2deg
degrees deg2rad radians square sqrt sinc reshape roll array_split split vsplit hsplit dsplit ravel
expand_dims squeeze diag flipud fliplr flip rot90 trace triu tril clip swapaxes moveaxis rollaxis
real_if_close real imag conj conjugate angle cross linspace diff gradient repeat tile kron transpose
broadcast_to sum mean prod var std max min amax amin cumsum inner matmul dot tensordot outer
concatenate sort partition atleast_1d atleast_2d atleast_3d einsum diagonal pad select append
column_stack hstack vstack dstack stack
nansum nanmean nanvar nanstd nanmax nanmin nanprod cumprod interp polyval polyfit polyder polyint
vander convolve correlate cov corrcoef average median percentile quantile ptp take take_along_axis
compress extract choose resize insert delete bincount apply_along_axis piecewise meshgrid ediff1d
block broadcast_arrays copy full_like zeros_like ones_like
argmax argmin argsort argpartition nonzero flatnonzero argwhere any all count_nonzero allclose
isclose array_equal searchsorted floor ceil round rint sign trunc isfinite isnan isinf
"""
LINALG = """
norm inv pinv det slogdet solve eigh eigvalsh cholesky svd qr lstsq matrix_power multi_dot cond
matrix_rank tensorinv tensorsolve
"""
# Not followed: their values are complex numbers.
REFUSED = [np.linalg.eig, np.linalg.eigvals, np.fft.fft, np.fft.ifft, np.fft.rfft]


@pytest.mark.parametrize("name", NUMPY.split())
def test_numpy_arrives(name) -> None:
    function = getattr(np, name)
    assert meaning(function) is not None or function in QUERIES or function in SPECIAL


@pytest.mark.parametrize("name", LINALG.split())
def test_linear_algebra_arrives(name) -> None:
    assert meaning(getattr(np.linalg, name)) is not None


@pytest.mark.parametrize("function", REFUSED)
def test_complex_functions_are_refused(function) -> None:
    with pytest.raises(Exception, match=function.__name__):
        grad(lambda x: np.sum(np.abs(function(x)[0])))(np.array([[2.0, 1.0], [1.0, 3.0]]))
