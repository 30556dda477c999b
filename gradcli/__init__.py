"""gradcli: a gradient calculator and verifier for plain NumPy."""

__version__ = "0.1.0"
