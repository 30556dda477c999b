"""A short run of the fuzzer (see `fuzz.py`, which also runs for as long as one likes)."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).with_name("fuzz.py")


@pytest.fixture(scope="module")
def fuzz():
    spec = importlib.util.spec_from_file_location("language_fuzz", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_but_our_own_errors_comes_out(fuzz):
    outcomes, failures, (seconds, text) = fuzz.fuzz(2_500, seed=20)
    assert failures == []
    assert outcomes["answered"] > 300
    assert len(outcomes) > 15
    # Under the bound of a second, with room for a busy machine.
    assert seconds < 5 * fuzz.SLOW, text


def test_the_fuzzer_sees_a_failure(fuzz, monkeypatch):
    def broken(text, dialect):
        if "sum" in text:
            raise ValueError("not ours")

    monkeypatch.setattr(fuzz, "evaluate", broken)
    _, failures, _ = fuzz.fuzz(200, seed=1)
    assert failures
    assert "ValueError: not ours" in failures[0][1]


def test_the_same_seed_gives_the_same_texts(fuzz):
    one, two = fuzz.Texts(7), fuzz.Texts(7)
    assert [one.program() for _ in range(50)] == [two.program() for _ in range(50)]


def test_the_first_texts_can_be_left_out(fuzz, monkeypatch):
    tried = []
    monkeypatch.setattr(fuzz, "evaluate", lambda text, dialect: tried.append(text))
    monkeypatch.setattr(fuzz, "read", tried.append)
    fuzz.fuzz(30, seed=3)
    whole, tried[:] = list(tried), []
    fuzz.fuzz(30, seed=3, first=20)
    assert tried == whole[20:]


@pytest.mark.parametrize("text", ["matrix_transpose(2)", "y2 = .5./.5<=matrix_transpose(1e3)"])
def test_what_a_long_run_found_is_refused(fuzz, text):
    """Seed 2026, between the texts 400,000 and 450,000: an AttributeError of a plain float."""
    with pytest.raises(fuzz.GradcliError, match="matrix_transpose"):
        fuzz.evaluate(text, fuzz.Dialect.NUMPY)
