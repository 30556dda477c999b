"""Reductions and scans: sums, products, extremes, moments, order, predicates.

Each file ends in its `TABLE`. May import `axes`, `rows`, `op`, `rule` and NumPy.
"""
