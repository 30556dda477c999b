"""Linear algebra: products, contractions, determinants, solves, factors, norms.

Each file ends in its `TABLE`. May import `axes`, `op`, `rule` and NumPy. The array forms
over exact numbers stand in `elimination` (LU, Cholesky, inverse) and `rotations` (Jacobi's
methods for eigenvalues and singular values).
"""
