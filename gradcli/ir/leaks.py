"""Ways out of a trace: what left it, where, and the message that says so.

May import `program`, `places` and `errors`. A `Leak` is logged before any exception is
raised, because NumPy and libraries swallow exceptions (``b[1] = t`` answers "setting an
array element with a sequence", ``try: float(x) except``): the first leak of the log is
what is reported, never the exception that arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradcli.errors import TraceError
from gradcli.ir.places import described, library_place, user_place
from gradcli.ir.program import Place
from gradcli.source import SHOWN_CHARACTERS, safe_text


@dataclass(frozen=True, slots=True)
class Leak:
    """One way by which a number left the trace.

    Parameters
    ----------
    code
        The diagnostic's code.
    what
        What happened, with ``{place}`` where the user's line belongs, ``{name}`` for `name`.
    hint
        The cure.
    place
        The user's line.
    inside
        The library line below it, where there is one.
    fatal
        Whether the run ends; printing and ``K *= t`` are only logged (*cuts*), and the
        replay test decides.
    name
        The argument whose value left, where it is only one.
    """

    code: str
    what: str
    hint: str = ""
    place: Place | None = None
    inside: Place | None = None
    fatal: bool = True
    name: str = "a traced value"

    def here(self) -> TraceError:
        """Return the exception for a leak that no trace logs, at the running line."""
        return replace(self, place=user_place(), inside=library_place()).error()

    def text(self) -> str:
        """Return the message with its place."""
        where = described(self.place)
        if self.place is not None and self.place.text:
            where += f': "{safe_text(self.place.text, SHOWN_CHARACTERS)}"'
        if self.inside is not None:
            where += f" (inside {described(self.inside)})"
        return safe_text(self.what).format(place=where, name=safe_text(self.name))

    def error(self) -> TraceError:
        """Return the exception that reports the leak."""
        return TraceError(self.code, self.text(), hint=self.hint)


def first_fatal(leaks: Sequence[Leak]) -> Leak | None:
    """Return the first leak that ends a run."""
    return next((leak for leak in leaks if leak.fatal), None)


def exit_leak(what: str) -> Leak:
    """Return the leak of a conversion to a plain value (E060)."""
    return Leak(
        "E060",
        f"cannot follow {{name}} through {_braces(what)} at {{place}}",
        "return the array scalar itself, or use np.asarray(...)",
    )


def write_leak() -> Leak:
    """Return the leak of a write into an array made outside the traced call (E061)."""
    return Leak(
        "E061",
        "{name} is written into an array made outside the traced call at {place}",
        "make the array inside the function, e.g. G = np.array(G)",
    )


def unknown_leak(name: str) -> Leak:
    """Return the leak of a call whose derivative is not in the op table (E062)."""
    return Leak(
        "E062",
        f"{_braces(name)} is called with {{name}} at {{place}}; its derivative is unknown here",
        "write it in NumPy functions that `gradcli ops` lists",
    )


def complex_leak() -> Leak:
    """Return the refusal of complex numbers beside traced values (E063)."""
    return Leak(
        "E063",
        "a complex number meets a traced value at {place}",
        "write the real and the imaginary part as two real arrays",
    )


def foreign_leak(kind: str) -> Leak:
    """Return the refusal of an array type whose arithmetic is its own (E062)."""
    return Leak(
        "E062",
        f"an array of type {_braces(kind)} meets a traced value at {{place}}",
        "convert it first: np.asarray(...)",
    )


def object_leak() -> Leak:
    """Return the leak of an object array of traced values (E065)."""
    return Leak(
        "E065",
        "an object array of traced values is made at {place}",
        "use a float array",
    )


def behind_leak() -> Leak:
    """Return the leak of a write that went around a buffer, e.g. through its memory (E061)."""
    return Leak(
        "E061",
        "an array that holds {name} was changed behind the trace, seen at {place}",
        "write into the array itself, not through its memory or a plain view of it",
    )


def misread_leak(sign: str) -> Leak:
    """Return the refusal after compiled code read what it cannot follow (E062)."""
    return Leak(
        "E062",
        f"compiled code called from {{place}} read an array that holds traced values (it {sign}, "
        "where the function itself does not)",
        "run `gradcli check`, which compares with the function itself",
    )


def stale_leak() -> Leak:
    """Return the leak of a value that an earlier run left behind (E069)."""
    return Leak(
        "E069",
        "a value of an earlier traced run is used at {place}",
        "do not keep arrays in caches, globals or attributes between calls",
    )


def shown_cut(what: str) -> Leak:
    """Return the note that a traced value was turned into text."""
    return Leak("E064", f"{what} of {{name}} at {{place}}", fatal=False)


def rebound_cut() -> Leak:
    """Return the note that ``K *= t`` rebound a plain ``K``."""
    return Leak(
        "E064",
        "in-place arithmetic on a plain array at {place} (another name may hold the old array)",
        fatal=False,
    )


def _braces(text: str) -> str:
    """Return outside text that is safe inside a format template."""
    return text.replace("{", "{{").replace("}", "}}")
