"""Reports made readable: text, records, files. Nothing here computes or decides.

May import `reports`, `errors`, `source` and the standard library; NumPy only where a report
holds arrays. Colours are ANSI sequences written by hand around words of ours, so no text
from outside is ever interpreted: ``x[0]+y[i]`` prints as ``x[0]+y[i]``.
"""
