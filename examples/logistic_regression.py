"""Logistic regression on two of Fisher's irises, with its gradient derived by hand.

The measurements (R. A. Fisher, 1936) are in iris.csv: petal length and width in cm of fifty
Iris versicolor and fifty Iris virginica.
"""

from pathlib import Path

import numpy as np

_table = np.loadtxt(Path(__file__).with_name("iris.csv"), delimiter=",", skiprows=1)
_X = np.column_stack([np.ones(len(_table)), _table[:, :2]])
_t = _table[:, 2]

w0 = np.array([-4.0, 0.5, 1.0])


def loss(w, ridge=1e-2):
    z = _X @ w
    data = np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0.0) - _t * z)
    return data + 0.5 * ridge * np.dot(w, w)


def loss_grad(w, ridge=1e-2):
    p = 1.0 / (1.0 + np.exp(-(_X @ w)))
    return _X.T @ (p - _t) / len(_t) + ridge * w


def loss_hess(w, ridge=1e-2):
    p = 1.0 / (1.0 + np.exp(-(_X @ w)))
    return (_X.T * (p * (1.0 - p))) @ _X / len(_t) + ridge * np.eye(len(w))
