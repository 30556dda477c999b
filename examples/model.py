"""Three losses and their gradients: one right, one wrong on purpose, one at its kink."""

import numpy as np

X = np.array([[0.5, 1.2], [-1.0, 0.3], [2.0, -0.7], [0.1, 0.9]])
y = np.array([1.0, 0.0, 1.0, 0.0])
w0 = np.array([0.3, -0.2])
b0 = 0.1
x0 = np.array([3.0, 4.0])


def loss(w, b):
    z = X @ w + b
    return np.mean(np.logaddexp(0.0, z) - y * z)


def grad_loss(w, b):
    residual = 1.0 / (1.0 + np.exp(-(X @ w + b))) - y
    return X.T @ residual / len(y), np.mean(residual)


def bad_norm(x):
    return np.linalg.norm(x)


def grad_bad_norm(x):
    return np.array([1.0, 2.0])  # wrong: the gradient is x / norm(x)


def hinge(w=np.array([1.0])):
    return np.sum(np.maximum(0.0, 1.0 - w))
