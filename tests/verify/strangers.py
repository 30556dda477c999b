"""Right claims as people write them, of every form.

Every text is the body of a file that begins with `HEAD`; the file has one target and one claim.
"""

from __future__ import annotations

HEAD = """import numpy as np
x0 = np.array([0.5, -1.0, 2.0])
w0 = np.array([1.0, 3.0])
p0 = {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}
"""

RIGHT = {
    "another name of the parameter": """
        def f(x): return np.sum(x**3)
        def df(t): return 3*t**2
    """,
    "without the defaults": """
        def f(x, scale=2.0, eps=1e-3): return scale*np.sum(x**2) + eps
        def f_grad(x): return 4.0*x
    """,
    "in another order": """
        def f(x, w): return np.sum(x)*np.sum(w**2)
        def f_grad(w, x): return np.sum(w**2)*np.ones(3)
    """,
    "an integer default that the claim requires": """
        def f(x, n=3): return np.sum(x**n)
        def f_grad(t, n): return n*t**(n-1)
    """,
    "any arguments": """
        def f(x, w): return np.sum(x)*np.sum(w)
        def f_grad(**named): return np.sum(named["w"])*np.ones(3)
    """,
    "after the forward pass, without parameters": """
        kept = {}
        def f(x):
            kept["x"] = x
            return np.sum(x**2)
        def f_grad(): return 2*kept["x"]
    """,
    "what the forward pass stored": """
        kept = {}
        def f(x):
            kept["s"] = np.tanh(x)
            return np.sum(kept["s"])
        def f_grad(x): return 1 - kept["s"]**2
    """,
    "two of three variables": """
        def f(x, w, eps=1e-5): return np.sum(w)*np.sum(x/np.sqrt(x**2+eps))
        def f_grad(x, w, eps=1e-5):
            s = np.sqrt(x**2+eps)
            return np.sum(w)*eps/s**3, np.sum(x/s)*np.ones(2)
    """,
    "only the parameter that it fits": """
        def f(x, w): return np.sum(x)*np.sum(w**2)
        def f_grad(x, w): return 2*w*np.sum(x)
    """,
    "nothing for a constant": """
        def f(x, n=2): return np.sum(x**n)
        def f_grad(x, n=2): return n*x**(n-1), None
    """,
    "the value too": """
        def f(x): return np.sum(x**2)
        def f_grad(x): return np.sum(x**2), 2*x
    """,
    "a dict in the order of the sweep": """
        def f(p): return np.sum(p["a"]**2)*np.sum(p["b"])
        def f_grad(p):
            return {"b": np.sum(p["a"]**2)*np.ones(1), "a": 2*p["a"]*np.sum(p["b"])}
    """,
    "a dict by name": """
        def f(x, w): return np.sum(x)*np.sum(w)
        def f_grad(x, w): return {"w": np.sum(x)*np.ones(2), "x": np.sum(w)*np.ones(3)}
    """,
    "keys as in a backward pass": """
        def f(x, w): return np.sum(x)*np.sum(w)
        def f_grad(x, w): return {"dw": np.sum(x)*np.ones(2), "dx": np.sum(w)*np.ones(3)}
    """,
    "a pullback of an array": """
        def f(x): return np.maximum(x, 0)*x
        def f_backward(dout, x): return dout*2*x*(x > 0)
    """,
    "a pullback with the cotangent last": """
        def f(x, w): return np.outer(w, x)
        def f_vjp(x, w, g): return w@g, g@x
    """,
    "a pullback of a number": """
        def f(x): return np.sum(x**2)
        def f_pullback(x, ct): return ct*2*x
    """,
    "a backward without cotangent is a derivative": """
        def f(x): return np.tanh(x)
        def f_backward(x): return 1 - np.tanh(x)**2
    """,
    "a Hessian by another name of the parameter": """
        def f(x): return np.sum(x**3)
        def f_hess(t): return np.diag(6*t)
    """,
    "a product with the constants of the function": """
        def f(x, n=3): return np.sum(x**n)
        def f_hvp(t, v, n): return n*(n-1)*t**(n-2)*v
    """,
    "data before the weights": """
        def f(X, w): return np.sum((X@w)**2)
        def f_grad(X, w): return 2*X.T@(X@w)
        X0 = np.arange(6.0).reshape(3, 2)
    """,
    "data before weight and bias": """
        def f(X, w, b): return np.sum((X@w + b)**2)
        def f_grad(X, w, b):
            r = X@w + b
            return 2*X.T@r, 2*np.sum(r)
        X0 = np.arange(6.0).reshape(3, 2)
        b0 = 0.5
    """,
    "one vector for two numbers": """
        def f(a=1.5, b=2.0): return a**2*b
        def f_grad(a, b): return np.array([2*a*b, a**2])
    """,
    "the columns of a model's Jacobian": """
        def f(x, a=1.5, b=2.0): return a*np.exp(b*x)
        def f_jac(x, a, b): return np.stack([np.exp(b*x), a*x*np.exp(b*x)], axis=1)
    """,
    "the Hessian by two numbers": """
        def f(a=1.5, b=2.0): return a**2*b
        def f_hess(a, b): return np.array([[2*b, 2*a], [2*a, 0.0]])
    """,
    "a product with the Hessian by two numbers": """
        def f(a=1.5): return a**3
        def f_hvp(a, v): return 6*a*v
    """,
    "truth values": """
        def f(x): return np.sum(np.maximum(x, 0))
        def f_grad(x): return x > 0
    """,
    "long doubles": """
        def f(x): return np.sum(x**2)
        def f_grad(x): return (2*x).astype(np.longdouble)
    """,
    "objects": """
        def f(x): return np.sum(x**2)
        def f_grad(x): return np.array([2*v for v in x], dtype=object)
    """,
    "complex numbers that are real": """
        def f(x): return np.sum(x**2)
        def f_grad(x): return 2*x + 0j
    """,
    "a number as an array": """
        def f(a=1.5): return a**2
        def f_grad(a): return np.array([2*a])
    """,
    "an output of one entry": """
        def f(x): return np.reshape(np.sum(x**2), (1, 1))
        def f_grad(x): return 2*x
    """,
    "a column for a curve": """
        def f(t=0.5): return np.array([np.cos(t), np.sin(t), t])
        def f_jac(t): return np.array([[-np.sin(t)], [np.cos(t)], [1.0]])
    """,
    "a third": """
        def f(t=1.7): return (1/3)*t**3
        def f_grad(t): return t**2
    """,
    "a quarter turn": """
        def f(t=1.7): return np.sin(t + np.pi/2)
        def f_grad(t): return -np.sin(t)
    """,
    "a wrapped angle": """
        def f(x): return np.sum(((x - 1.0 + np.pi) % (2*np.pi) - np.pi)**2)
        def f_grad(x): return 2*np.arctan2(np.sin(x - 1.0), np.cos(x - 1.0))
    """,
}
KERNEL = """
        X = np.linspace(0, 1, 12)
        y = np.sin(6*X)
        def f(t=-1.0):
            K = np.exp(-0.5*(X[:, None] - X)**2*np.exp(-2*t)) + 1e-8*np.eye(12)
            L = np.linalg.cholesky(K)
            a = np.linalg.solve(L, y)
            return 0.5*a @ a + np.sum(np.log(np.diag(L)))
        def f_grad(t):
            D = (X[:, None] - X)**2
            E = np.exp(-0.5*D*np.exp(-2*t))
            Ki = np.linalg.inv(E + 1e-8*np.eye(12))
            a = Ki @ y
            return FACTOR*np.sum((Ki - np.outer(a, a))*E*D*np.exp(-2*t))
    """
RIGHT |= {"data that are nearly singular": KERNEL.replace("FACTOR", "0.5")}
RIGHT |= {
    "the limit of Newton's steps": """
        def f(a=14.0):
            x = a
            while abs(x**3 - a) > 1e-13:
                x = x - (x**3 - a)/(3*x**2)
            return x
        def f_grad(a): return a**(-2/3)/3
    """,
    "weights that sum to 1 only to rounding": """
        P = np.array([0.1, 0.2, 0.3, 0.4])/np.sum([0.1, 0.2, 0.3, 0.4])
        def f(y=np.array([0.3, -0.2, 0.9, 0.4])): return -np.sum(P*(y - np.log(np.sum(np.exp(y)))))
        def f_grad(y): return np.exp(y)/np.sum(np.exp(y)) - P
    """,
    "a series that is cut": """
        def f(t=0.7):
            total, term, k = 0.0, 1.0, 0
            while abs(term) > 1e-17:
                total, k = total + term, k + 1
                term = term*t/k
            return total
        def f_grad(t): return np.exp(t)
    """,
    "a certain sample beside others": """
        def f(z=np.array([[40.0, 0.0], [0.3, 0.5]])):
            return np.sum(np.log(np.sum(np.exp(z), axis=1)) - z[:, 0])
        def f_grad(z):
            p = np.exp(z)/np.sum(np.exp(z), axis=1, keepdims=True)
            return p - np.array([[1.0, 0.0], [1.0, 0.0]])
    """,
    "the value and several parts": """
        def f(x, w): return np.sum(x)*np.sum(w)
        def f_grad(x, w): return f(x, w), np.sum(w)*np.ones(3), np.sum(x)*np.ones(2)
    """,
    "the value in the dict": """
        def f(x, w): return np.sum(x)*np.sum(w)
        def f_grad(x, w):
            return {"loss": f(x, w), "dw": np.sum(x)*np.ones(2), "dx": np.sum(w)*np.ones(3)}
    """,
    "the bias before the weights": """
        def f(x, b=0.5): return np.sum(x**2)*b
        def f_grad(x, b): return np.sum(x**2), 2*x*b
    """,
    "keys of gradients in a dict": """
        def f(p): return np.sum(p["a"])*np.sum(p["b"])
        def f_grad(p): return {"db": np.sum(p["a"])*np.ones(1), "da": np.sum(p["b"])*np.ones(2)}
    """,
    "running statistics in a global": """
        running = np.zeros(3)
        def f(x):
            global running
            running = 0.9*running + 0.1*x
            return np.sum((x - np.mean(x))**3)
        def f_grad(x):
            c = x - np.mean(x)
            return 3*c**2 - np.mean(3*c**2)
    """,
    "integers that index and count": """
        POINTS = [(np.array([0.5, 1.0, 2.0]), np.array([0, 2]), 3)]
        def f(v, labels, n): return sum(np.sum(v[labels]**i) for i in range(n))
        def f_grad(v, labels, n):
            g = np.zeros(3)
            g[labels] = sum(i*v[labels]**(i - 1) for i in range(1, n))
            return g
    """,
    "a constant": """
        def f(x): return np.sum(np.maximum(x, -9.0))
        def f_grad(x): return np.ones(3)
    """,
    "a point in an array": """
        POINTS = np.array([[1.0, 2.0], [3.0, 4.0]])
        def f(v): return np.sum(v**2)
        def f_grad(v): return 2*v
    """,
    "a named tuple by its names": """
        from collections import namedtuple
        G = namedtuple("G", "w x")
        def f(x, w): return np.sum(x)*np.sum(w)
        def f_grad(x, w): return G(np.sum(x)*np.ones(2), np.sum(w)*np.ones(3))
    """,
    "everything by position": """
        def f(x, w): return np.sum(x)*np.sum(w)
        def f_grad(*args): return np.sum(args[1])*np.ones(3)
    """,
}
