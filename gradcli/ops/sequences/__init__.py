"""Sampled functions: differences, convolution, polynomials, interpolation.

Each file ends in its `TABLE`. May import `axes`, `op`, `rule` and NumPy.
"""
