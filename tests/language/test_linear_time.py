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


# A scan of half a million characters that looks back over what it read takes minutes, a
# linear one a second; the promise for any input is ten.
SIZE = 500_000
PROMISED_SECONDS = 10.0


def scan(text):
    tokenize(Source(text), limit=10**9)


def seconds(function, text):
    """Processor time of this process: what else the machine does is not ours."""
    start = time.process_time()
    with contextlib.suppress(GradcliError):
        function(text)
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("function", [scan, occurring_names])
@pytest.mark.parametrize("family", FAMILIES)
def test_half_a_million_characters_are_read_in_the_promised_time(family, function):
    piece = FAMILIES[family]
    # The foreign character ends every text, and for one family only there it stops the scan.
    assert seconds(function, piece * (SIZE // len(piece)) + "§") < PROMISED_SECONDS
