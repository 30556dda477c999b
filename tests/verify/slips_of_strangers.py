"""Wrong claims beside the right ones of `strangers`."""

from __future__ import annotations

from strangers import KERNEL

WRONG = {
    "a loop that counts": """
        def f(t=20.0):
            while t > np.pi:
                t = t - 2*np.pi
            return t**2
        def f_grad(t):
            while t > np.pi:
                t = t - 2*np.pi
            return 2*t*(1 + 1e-8)
    """,
    "a constant that function and claim share": """
        def f(t=0.30000001): return (t - 0.3)**2
        def f_grad(t): return 2*(t - 0.3)*(1 + 1e-8)
    """,
    "beside whole numbers": """
        def f(x): return np.sum(x.astype(int)*x)
        def f_grad(x): return x.astype(int) + 2.0
    """,
    "a factor on a certain sample": """
        def f(z=np.array([[4.0, 0.0], [0.3, 0.5]])):
            return np.sum(np.log(np.sum(np.exp(z), axis=1)) - z[:, 0])
        def f_grad(z):
            p = np.exp(z)/np.sum(np.exp(z), axis=1, keepdims=True)
            return (p - np.array([[1.0, 0.0], [1.0, 0.0]]))*np.array([[1.0 + 1e-8], [1.0]])
    """,
    "the limit of Newton's steps": """
        def f(a=14.0):
            x = a
            while abs(x**3 - a) > 1e-13:
                x = x - (x**3 - a)/(3*x**2)
            return x
        def f_grad(a): return a**(-2/3)/3*1.00001
    """,
    "data that are nearly singular": KERNEL.replace("FACTOR", "0.5001"),
    "a third, nearly": """
        def f(t=1.7): return (1/3)*t**3
        def f_grad(t): return t**2*(1 + 1e-14)
    """,
    "the Hessian by two numbers with a sign": """
        def f(a=1.5, b=2.0): return a**2*b
        def f_hess(a, b): return np.array([[2*b, -2*a], [-2*a, 0.0]])
    """,
    "a column of a model's Jacobian": """
        def f(x, a=1.5, b=2.0): return a*np.exp(b*x)
        def f_jac(x, a, b): return np.stack([np.exp(b*x), x*np.exp(b*x)], axis=1)
    """,
    "truth values of the other sign": """
        def f(x): return np.sum(np.maximum(x, 0))
        def f_grad(x): return x < 0
    """,
    "nothing": """
        def f(x): return np.sum(x**2)
        def f_grad(x): 2*x
    """,
    "swapped keys": """
        def f(p): return np.sum(p["a"])*np.sum(p["b"]*np.ones(2))
        def f_grad(p): return {"b": 2*np.sum(p["b"])*np.ones(2), "a": 2*np.sum(p["a"])*np.ones(1)}
    """,
    "a key too many": """
        def f(p): return np.sum(p["a"])*np.sum(p["b"])
        def f_grad(p):
            return {"a": np.sum(p["b"])*np.ones(2), "b": np.sum(p["a"])*np.ones(1), "c": 0.0}
    """,
    "a part missing": """
        def f(p): return np.sum(p["a"])*np.sum(p["b"])
        def f_grad(p): return {"a": np.sum(p["b"])*np.ones(2)}
    """,
    "a pullback of a number that ignores its cotangent": """
        def f(x): return np.sum(x**2)
        def f_vjp(x, g): return 2*x
    """,
    "a pullback of an array that ignores its cotangent": """
        def f(x): return x**2
        def f_vjp(x, g): return 2*x
    """,
    "a pullback that asks the sign of its cotangent": """
        def f(x): return np.maximum(x, 0)
        def f_backward(dout, x): return dout*(dout > 0)*(x > 0)
    """,
    "the last row of a large Hessian": """
        y0 = np.linspace(1.0, 2.0, 20)
        def f(y): return np.sum(y**3)
        def f_hess(y):
            h = np.diag(6*y)
            h[-1, -1] *= 1.001
            return h
    """,
}
