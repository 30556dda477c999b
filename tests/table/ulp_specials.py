"""Where the special functions are measured: ordinary ranges, tails and neighbourhoods of poles."""

from __future__ import annotations

import numpy as np

from tests.table.ulp_points import Domain, box, scales


def both(*domains: Domain) -> Domain:
    """Return a domain that takes its points from several in equal parts."""

    def points(rng: np.random.Generator, n: int) -> list[object]:
        drawn = [d(rng, n // len(domains)) for d in domains]
        return [np.concatenate(column) for column in zip(*drawn, strict=True)]

    return points


def whole(low: int, high: int, inner: Domain) -> Domain:
    """Return a domain whose first number is an integer order."""

    def points(rng: np.random.Generator, n: int) -> list[object]:
        rest = inner(rng, n)
        return [rng.integers(low, high + 1, len(rest[0])), *rest]

    return points


_TAILS = both(box((-6, 6)), box((-26, 26)), scales((1e-300, 1.0), signed=True))
_RIGHT = both(scales((1e-3, 50.0)), box((0.05, 20.0)))
_POLES = both(box((-8.0, 8.0)), scales((1e-8, 1e5)), box((-30.0, 0.0)))

SPECIALS: dict[str, Domain] = {
    "erf": _TAILS,
    "erfc": _TAILS,
    "erfi": box((-20, 20)),
    "erfcx": both(box((-20, 30)), scales((1e-3, 1e4))),
    "erfinv": both(box((-1, 1)), scales((1e-300, 1.0), signed=True)),
    "erfcinv": both(box((0, 2)), scales((1e-300, 1.0))),
    "ndtr": both(box((-6, 6)), box((-37, 37))),
    "log_ndtr": both(box((-6, 6)), box((-1e3, 30))),
    "ndtri": both(box((0, 1)), scales((1e-300, 1.0))),
    "gelu": both(box((-6, 6)), box((-37, 37)), scales((1e-300, 1.0), signed=True)),
    "sinc_derivative": box((-40, 40)),
    "gamma": both(box((-8, 8)), box((0, 170)), scales((1e-200, 1.0), signed=True)),
    "gammaln": _POLES,
    "rgamma": both(box((-8, 8)), box((0, 170))),
    "digamma": _POLES,
    "polygamma": whole(1, 6, both(box((-8.0, 8.0)), scales((1e-6, 1e5)))),
    "beta": scales((1e-2, 60.0), (1e-2, 60.0)),
    "betaln": both(scales((1e-2, 1e2), (1e-2, 1e2)), scales((1e-4, 1e5), (1e-4, 1e5))),
    "gammainc": both(scales((0.05, 15.0), (1e-3, 40.0)), scales((20.0, 1e4), (20.0, 1e4))),
    "gammaincc": both(scales((0.05, 15.0), (1e-3, 40.0)), scales((20.0, 1e4), (20.0, 1e4))),
    "betainc": box((0.1, 30.0), (0.1, 30.0), (0.0, 1.0)),
    "xlogy": scales((1e-200, 1e200), (1e-200, 1e200)),
    "xlog1py": scales((1e-200, 1e200), (1e-200, 1e200)),
    "entr": scales((1e-300, 1e300)),
    "rel_entr": both(scales((1e-100, 1e100), (1e-100, 1e100)), box((0.5, 2), (0.5, 2))),
    "kl_div": both(scales((1e-100, 1e100), (1e-100, 1e100)), box((0.5, 2), (0.5, 2))),
    "j0": box((-50, 50)),
    "j1": box((-50, 50)),
    "jv": both(box((0, 5), (0.1, 50)), whole(0, 5, box((0.1, 50)))),
    "y0": _RIGHT,
    "y1": _RIGHT,
    "yv": both(box((0, 5), (0.5, 50)), whole(0, 5, box((0.5, 50)))),
    "i0": box((-50, 50)),
    "i1": box((-50, 50)),
    "iv": both(box((0, 5), (0.1, 50)), whole(0, 5, box((0.1, 50)))),
    "k0": _RIGHT,
    "k1": _RIGHT,
    "kv": both(box((0, 5), (0.5, 50)), whole(0, 5, box((0.5, 50)))),
    "i0e": both(box((-50, 50)), scales((1.0, 1e5))),
    "i1e": both(box((-50, 50)), scales((1.0, 1e5))),
    "ive": both(box((0, 5), (0.1, 50))),
    "k0e": both(_RIGHT, scales((1.0, 1e5))),
    "k1e": both(_RIGHT, scales((1.0, 1e5))),
    "kve": both(box((0, 5), (0.5, 50))),
    "airyai": both(box((-20, 10))),
    "airyaiprime": box((-20, 10)),
    "airybi": box((-20, 10)),
    "airybiprime": box((-20, 10)),
    "hyp2f1": box((0.1, 3), (0.1, 3), (0.5, 4), (-0.9, 0.9)),
    "ellipk": both(box((-5, 1)), scales((1e-12, 1.0)), scales((1.0, 1e3), signed=True)),
    "ellipe": both(box((-5, 1)), scales((1e-12, 1.0)), scales((1.0, 1e3), signed=True)),
    "ellipkm1": both(box((0, 3)), scales((1e-300, 1.0))),
    "expi": both(box((-40, 40)), scales((1e-10, 1.0), signed=True)),
    "exp1": both(box((0, 40)), scales((1e-10, 1.0))),
    "expn": whole(0, 6, both(box((0, 40)), scales((1e-3, 1.0)))),
    "dawsn": both(box((-20, 20)), scales((1e-3, 1e4), signed=True)),
    "fresnels": both(box((-5, 5)), box((-50, 50))),
    "fresnelc": both(box((-5, 5)), box((-50, 50))),
    "spence": both(box((0, 4)), scales((1e-10, 1e5))),
    "hurwitz_zeta": box((1.1, 12), (0.1, 30)),
    "zeta": both(box((1.001, 30)), box((-8, 0.99))),
    "zeta_derivative": both(box((1.001, 12)), box((-5, 0.99))),
    "lambertw": both(box((-0.36787, 1)), scales((1e-10, 1e5))),
}
