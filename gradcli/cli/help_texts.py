"""The words of ``--help`` that are longer than a line.

Imports nothing. A line with a backspace keeps click from filling the paragraph below it.
"""

from __future__ import annotations

INTRODUCTION = """Shows a gradient, and says whether a hand-written one is right.

\b
  gradcli grad "2*dot(x,x)" --x 0,1,2,3
  gradcli check file.py
  gradcli "x'@A@x" --x 1,2 --A "1,2;3,4"      (grad is the default command)
"""

EPILOG = """\b
Quoting:
  Quote every expression: double quotes if it contains ', single quotes otherwise.
  Unquoted * [..] (..) ; < > | & # ^ are the shell's. Matrices contain ;: quote "1,2;3,4".
  Interactive bash and zsh: ! and $x expand inside double quotes. zsh: quote --x "[1,2]".
  fish: (..) substitutes. PowerShell: quote 0,1,2 and @A. cmd.exe: write ** for ^.
  make: write $$ for $. In doubt: --expr FILE, or - for standard input.

\b
Exit codes:
  0 answered, every verdict ok      1 a gradient or a claim is wrong
  2 the request cannot be used      3 no verdict could be reached
  5 nothing to check               70 a bug in gradcli
"""

COMMAND_HELP = {
    "grad": """The value of an expression or function, its gradient, and the verdict.

\b
  gradcli grad "2*dot(x,x)" --x 0,1,2,3
  gradcli grad "sin(x)" --x 0:2pi:5 --gradient ones
  gradcli grad file.py::f --a 2.0
  gradcli grad "dot(x,x)" --batch points.ndjson

\b
Values: 3  pi/4  0,1,2  "1,2;3,4"  0:1:5  zeros(3)  eye(2)  randn(2,2,seed=0)
        @A.npy  @d.npz:key  @A.csv  @A.json  @- (standard input)
""",
    "check": """Judge hand-written gradients.

\b
  gradcli check file.py
  gradcli check file.py::f folder/
  gradcli check "x'@A@x" --x 1,2 --A "1,2;3,4" --claim "x: (A + A')@x"

A file that is checked is run, in a child process with limits on time and memory.
""",
    "jacobian": """The full Jacobian of an expression.

\b
  gradcli jacobian "A@x" --x 1,1 --A "1,2;3,4" --wrt x
""",
    "hessian": """The full Hessian of an expression, over all variables.

\b
  gradcli hessian "100*(y-x^2)^2 + (1-x)^2" --x -1.2 --y 1
""",
    "jvp": """Jacobian times vector: the derivative in a direction.

\b
  gradcli jvp "x^2" --x 1,2,3 --vector 1,0,0
""",
    "vjp": """Vector times Jacobian: the gradient of the weighted output.

\b
  gradcli vjp "3*a^3 - b^2" --a 2,3 --b 6,4 --vector 1,6
""",
    "hvp": """Hessian times vector.

\b
  gradcli hvp "sum(x^3)" --x 1,2,3 --vector 1,0,-1
""",
}
