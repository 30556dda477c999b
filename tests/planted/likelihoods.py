"""Likelihoods and their scores, kernels with log-parameters, robust losses.

Kinds that public trackers report: a score that does not know of the scale (statsmodels
#4616); a score by one parametrisation beside a hessian by another (statsmodels #1967), and
one that was squared where the chain rule wanted the scale (statsmodels #7522); a gradient by
a logarithm read as one by the length (scikit-learn #11113, #14206, #18702: it was right);
residuals with one sign in the error and the other in the likelihood (pints #412).
"""

from __future__ import annotations

import numpy as np

from plant import Case, made, slip

_D = np.array([0.3, 1.2, -0.5, 2.0, 0.9])
_COUNTS = np.array([0.0, 2.0, 1.0, 5.0, 3.0])
_LABELS = np.array([1.0, 0.0, 0.0, 1.0, 1.0])
_X = np.array([[1.0, 0.3], [1.0, -1.2], [1.0, 0.8], [1.0, 2.0], [1.0, -0.4]])
_T = np.array([0.0, 0.7, 1.1, 2.5, 3.0])


def _normal(mu, log_sigma):
    z = (_D - mu) * np.exp(-log_sigma)
    return -0.5 * np.sum(z**2) - _D.size * log_sigma


def _normal_score(mu, log_sigma):
    z = (_D - mu) * np.exp(-log_sigma)
    return np.sum(z) * np.exp(-log_sigma), np.sum(z**2) - _D.size


def _poisson(b):
    eta = _X @ b
    return np.sum(_COUNTS * eta - np.exp(eta))


def _poisson_score(b):
    return _X.T @ (_COUNTS - np.exp(_X @ b))


def _logistic(b):
    eta = _X @ b
    return np.sum(np.logaddexp(0.0, eta) - _LABELS * eta)


def _logistic_grad(b):
    return _X.T @ (1.0 / (1.0 + np.exp(-(_X @ b))) - _LABELS)


def _ridge(b, lam):
    r = _X @ b - _D
    return 0.5 * np.sum(r**2) + 0.5 * lam * np.sum(b**2)


def _ridge_grad(b, lam):
    return _X.T @ (_X @ b - _D) + lam * b, 0.5 * np.sum(b**2)


def _huber(b):
    r = _X @ b - _D
    a = np.abs(r)
    return np.sum(np.where(a <= 1.0, 0.5 * r**2, a - 0.5))


def _huber_grad(b):
    return _X.T @ np.clip(_X @ b - _D, -1.0, 1.0)


def _kernel(log_ell, log_amp):
    d2 = (_T[:, None] - _T[None, :]) ** 2
    k = np.exp(2 * log_amp - 0.5 * d2 * np.exp(-2 * log_ell))
    return _D @ k @ _D


def _kernel_grad(log_ell, log_amp):
    d2 = (_T[:, None] - _T[None, :]) ** 2
    k = np.exp(2 * log_amp - 0.5 * d2 * np.exp(-2 * log_ell))
    return _D @ (k * d2 * np.exp(-2 * log_ell)) @ _D, 2 * (_D @ k @ _D)


def _kl(p, q):
    return np.sum(p * (np.log(p) - np.log(q)))


def _kl_grad(p, q):
    return np.log(p) - np.log(q) + 1, -p / q


_P = np.array([0.2, 0.3, 0.5])
_Q = np.array([0.4, 0.4, 0.2])


CASES = (
    Case(
        "normal likelihood",
        _normal,
        _normal_score,
        (0.4, 0.2),
        ((float(np.mean(_D)), 0.0), (0.0, -5.0), (1e3, 3.0)),
        (
            slip(
                "derivative by sigma, not its logarithm",
                lambda m, s: (_normal_score(m, s)[0], _normal_score(m, s)[1] * np.exp(-s)),
            ),
            slip(
                "score squared for the chain rule",
                lambda m, s: (_normal_score(m, s)[0], _normal_score(m, s)[1] ** 2),
            ),
            slip(
                "dispersion forgotten",
                lambda m, s: (np.sum(_D - m), _normal_score(m, s)[1]),
            ),
            slip(
                "normalisation forgotten",
                lambda m, s: (_normal_score(m, s)[0], _normal_score(m, s)[1] + _D.size),
                "missing-path",
            ),
            *made(_normal_score, "sign", "swapped", "factor"),
        ),
    ),
    Case(
        "Poisson score",
        _poisson,
        _poisson_score,
        (np.array([0.1, 0.3]),),
        ((np.zeros(2),), (np.array([5.0, -4.0]),), (np.array([-40.0, 1.0]),)),
        (
            slip("counts only", lambda b: _X.T @ _COUNTS, "missing-path"),
            slip("mean only", lambda b: -_X.T @ np.exp(_X @ b), "missing-path"),
            slip("linear mean", lambda b: _X.T @ (_COUNTS - _X @ b)),
            *made(_poisson_score, "sign", "one over n", "reversed"),
        ),
    ),
    Case(
        "logistic regression",
        _logistic,
        _logistic_grad,
        (np.array([0.1, 0.3]),),
        ((np.zeros(2),), (np.array([20.0, -15.0]),), (np.array([-30.0, 5.0]),)),
        (
            slip("labels of plus and minus one", lambda b: _logistic_grad(b) - _X.T @ _LABELS),
            slip(
                "sigmoid of the sign",
                lambda b: _X.T @ (1.0 / (1.0 + np.exp(_X @ b)) - _LABELS),
            ),
            slip("intercept not touched", lambda b: _logistic_grad(b) * np.array([0.0, 1.0])),
            *made(_logistic_grad, "sign", "half", "tiny"),
        ),
    ),
    Case(
        "ridge",
        _ridge,
        _ridge_grad,
        (np.array([0.4, -0.3]), 0.5),
        ((np.zeros(2), 1.0), (np.array([1e5, -1e5]), 1e-6)),
        (
            slip(
                "penalty forgotten",
                lambda b, lam: (_X.T @ (_X @ b - _D), 0.5 * np.sum(b**2)),
                "missing-path",
            ),
            slip(
                "penalty counted twice",
                lambda b, lam: (_ridge_grad(b, lam)[0] + lam * b, 0.5 * np.sum(b**2)),
                "constant-factor",
            ),
            slip("by lambda without the half", lambda b, lam: (_ridge_grad(b, lam)[0], b @ b)),
            *made(_ridge_grad, "sign"),
        ),
    ),
    Case(
        "Huber loss",
        _huber,
        _huber_grad,
        (np.array([0.4, -0.3]),),
        ((np.array([100.0, 3.0]),), (np.array([0.3, 0.0]),)),
        (
            slip("not clipped", lambda b: _X.T @ (_X @ b - _D)),
            slip("sign everywhere", lambda b: _X.T @ np.sign(_X @ b - _D)),
            slip("threshold two", lambda b: _X.T @ np.clip(_X @ b - _D, -2.0, 2.0)),
            *made(_huber_grad, "sign", "factor"),
        ),
    ),
    Case(
        "squared-exponential kernel",
        _kernel,
        _kernel_grad,
        (0.1, -0.2),
        ((0.0, 0.0), (5.0, 1.0), (-2.0, -3.0)),
        (
            slip(
                "derivative by the length, not its logarithm",
                lambda ell, amp: (
                    _kernel_grad(ell, amp)[0] * np.exp(-ell),
                    _kernel_grad(ell, amp)[1],
                ),
            ),
            slip(
                "two of the amplitude forgotten",
                lambda ell, amp: (_kernel_grad(ell, amp)[0], 0.5 * _kernel_grad(ell, amp)[1]),
            ),
            slip(
                "two of the length kept",
                lambda ell, amp: (2 * _kernel_grad(ell, amp)[0], _kernel_grad(ell, amp)[1]),
            ),
            *made(_kernel_grad, "sign", "swapped"),
        ),
    ),
    Case(
        "Kullback-Leibler",
        _kl,
        _kl_grad,
        (_P, _Q),
        ((_P, _P), (np.array([1e-12, 0.5, 0.5]), _Q), (1e-300 * _P, _Q)),
        (
            slip("one forgotten", lambda p, q: (np.log(p) - np.log(q), -p / q)),
            slip("ratio turned round", lambda p, q: (_kl_grad(p, q)[0], -q / p)),
            slip("sign of q", lambda p, q: (_kl_grad(p, q)[0], p / q)),
            *made(_kl_grad, "swapped", "half"),
        ),
    ),
)
