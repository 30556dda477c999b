"""Reading is linear in the text, whatever the text."""

import contextlib
import time

import pytest

from gradcli.errors import GradcliError
from gradcli.language.lexer import occurring_names, tokenize
from gradcli.source import Source

FAMILIES = {
    "brackets": "(",
    "closers": ")",
    "lists": "[",
    "signs": "-",
    "dots": ".",
    "ellipses": "...",
    "dotted numbers": "1.",
    "half numbers": ".1",
    "digits and names": "1a",
    "exponents": "1e",
    "exponents with signs": "1e+",
    "full exponents": "1e5 ",
    "zeros": "0 ",
    "names": "a ",
    "underscores": "_ ",
    "prefixes": "np.",
    "methods": ".T",
    "quotes": "'",
    "powers": "**",
    "stars and dots": ".*",
    "commas": ",",
    "semicolons": ";",
    "newlines": "\n",
    "carriage returns": "\r\n",
    "blanks": " ",
    "tabs": "\t",
    "comments": "#",
    "comment lines": "#\n",
    "unicode signs": "×",
    "superscripts": "²",
    "comparisons": "<=",
    "equals": "=",
    "bars": "|",
    "mixed": "a+(b)*[1,2];",
    "one foreign character at the end": "a+",
}


def seconds(function, text):
    """The better of two runs, in time of this process: what else the machine does is not ours."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        with contextlib.suppress(GradcliError):
            function(text)
        best = min(best, time.process_time() - start)
    return best


def scan(text):
    tokenize(Source(text), limit=10**9)


def ratio(function, piece, size):
    """Time for twice the text over time for the text; a foreign character ends both."""
    once = piece * (size // len(piece)) + "§"
    twice = piece * (2 * size // len(piece)) + "§"
    return seconds(function, twice) / max(seconds(function, once), 1e-6)


def check(piece, size):
    # A ratio over the bound may be the machine's; that of a quadratic scan stays over it.
    for function in (scan, occurring_names):
        ratios = []
        while len(ratios) < 5 and (not ratios or ratios[-1] >= 2.5):
            ratios.append(ratio(function, piece, size))
        assert ratios[-1] < 2.5, ratios


@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_text_takes_twice_the_time(family):
    check(FAMILIES[family], 5_000)


@pytest.mark.slow
@pytest.mark.parametrize("size", [100_000, 500_000])
@pytest.mark.parametrize("family", FAMILIES)
def test_long_texts_too(family, size):
    check(FAMILIES[family], size)


def test_the_test_sees_a_quadratic_scan():
    def quadratic(text):
        for i in range(0, len(text), 8):
            text[:i].count("a")

    assert max(ratio(quadratic, "a+", 5_000) for _ in range(3)) > 2.5
