"""Control flow that depends on the value: double until the norm reaches 1000, then branch."""

import numpy as np

a0 = 2.0


def f(a):
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    if np.sum(b) > 0:
        c = b
    else:
        c = 100 * b
    return c
