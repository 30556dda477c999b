"""Codes about following Python functions.

May import `entry`.
"""

from gradcli.codes.entry import Code

TABLE = (
    Code(
        "E050",
        "no derivative rule",
        "An operation has a derivative, but the op table has no rule for it yet.",
        "grad(f) of a function whose operation `gradcli ops NAME` shows without a rule",
        "Write it in other operations.",
    ),
    Code(
        "E051",
        "argument number",
        "`argnums` names an argument that the function was not given.",
        "grad(f, argnums=2)(x, y)",
        "Count the positional arguments from 0.",
    ),
    Code(
        "E052",
        "no gradient with respect to this",
        "Integers, booleans, complex numbers and objects have no gradient.",
        "grad(f)(3)",
        "Give floating-point numbers: 3.0, np.asarray(x, dtype=float).",
    ),
    Code(
        "E054",
        "case without a value",
        "A `@gradcli.case` names no parameter.",
        "@gradcli.case()",
        "Give a value for at least one parameter: @gradcli.case(x=1.0).",
    ),
    Code(
        "E060",
        "value left the trace",
        "A traced value was converted to a plain number, so that what follows from it has no "
        "derivative.",
        "def f(x): return M @ [x[0], x[1]]  with an array M made outside of f",
        "Return the array scalar itself, or use np.asarray: M @ np.asarray([x[0], x[1]]).",
    ),
    Code(
        "E061",
        "write into a foreign array",
        "A traced value is written into an array that was made outside the traced call, or an "
        "array of the call was changed behind the trace.",
        "G = np.zeros(3)  outside of  def f(x): G[1] = x[0]; …",
        "Make the array inside the function, e.g. G = np.array(G).",
    ),
    Code(
        "E062",
        "derivative unknown",
        "A function outside the op table, compiled code among them, was called with a traced "
        "value.",
        "np.fft.hfft(x)",
        "Write it in functions that `gradcli ops` lists.",
    ),
    Code(
        "E063",
        "complex number",
        "A complex number meets a traced value; gradients here are of real functions.",
        "x * 1j",
        "Write the real and the imaginary part as two real arrays.",
    ),
    Code(
        "E064",
        "value was cut",
        "A traced value was turned into text, or arithmetic in place rebound a plain array; "
        "the replay test decides whether a dependence was lost.",
        "print(loss)   K *= t",
        "Nothing, if the replay test passes.",
    ),
    Code(
        "E065",
        "object array",
        "Traced values were put into an array of objects.",
        "np.array([x[0], x[1]], dtype=object)",
        "Use a float array.",
    ),
    Code(
        "E066",
        "lost dependence",
        "The recorded program disagrees with the function at the point or near it: some "
        "dependence on the arguments was not recorded.",
        "L = K; K *= t; return L.sum()",
        "Look at the first suspect that the message names.",
    ),
    Code(
        "E067",
        "unstable function",
        "The function gave two different values at the same point.",
        "def f(x): return x * np.random.rand()",
        "Fix the random state, and keep nothing between calls.",
    ),
    Code(
        "E068",
        "other branch everywhere",
        "Every nearby point takes another branch; the trace holds only at the point itself.",
        "def f(x): return x if x == 1.0 else 2 * x   at x = 1",
        "Move the point, or write the condition without equality.",
    ),
    Code(
        "E069",
        "value of an earlier run",
        "A traced value was kept from an earlier run (a cache, a global, an attribute) and used "
        "again.",
        "a function that stores its argument and uses the stored one at the next call",
        "Keep no arrays between calls.",
    ),
)
