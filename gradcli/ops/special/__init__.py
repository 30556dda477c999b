"""Special functions under SciPy's names, one family a file; each file ends in its `TABLE`.

The derivatives are those of the NIST Digital Library of Mathematical Functions
(dlmf.nist.gov); sections stand at the operations. A rule is one formula on tracers and
exact numbers; where that formula cancels in float64, a second reading of it for plain
arrays stands beside it.
"""
