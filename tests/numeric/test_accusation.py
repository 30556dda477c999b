"""The examination of one entry: every witness must agree before a claim is called wrong."""

import math

import numpy as np
import pytest

from gradcli.numeric import accusation
from gradcli.numeric.accusation import Witness, examine
from gradcli.numeric.noise import evaluation_noise
from gradcli.numeric.probe import Probe
from gradcli.numeric.section import Coordinate
from gradcli.numeric.slopes import Kind, slope


@pytest.fixture
def section():
    return Coordinate(Probe(np.sin, (np.array(1.0),), (0,)), 0, 0)


def first(section):
    found = slope(section, evaluation_noise(section))
    return Witness(float(found.value[0]), float(found.error[0]), float(found.step[0]))


@pytest.mark.parametrize("claim", [-math.cos(1), 2 * math.cos(1), 1.001 * math.cos(1), math.nan])
def test_the_families_have_disjoint_steps(section, claim):
    ruling = examine(section, first(section), Kind.SETTLED, claim, 0.0, True)
    assert ruling.decision == "wrong"
    distance = math.log2(ruling.first.step / ruling.second.step)
    assert abs(distance - round(distance)) > 1e-3
    assert distance > 0


def test_every_witness_covers_the_truth(section):
    ruling = examine(section, first(section), Kind.SETTLED, 0.0, 0.0, True)
    for witness in (ruling.first, ruling.second, ruling.left, ruling.right):
        assert abs(witness.value - math.cos(1)) <= witness.error < 1e-2


@pytest.mark.parametrize("name", ["_second", "_side"])
def test_one_dissenting_witness_is_enough_to_acquit(section, monkeypatch, name):
    dissenter = Witness(0.7, 1e-3, 1e-5)
    monkeypatch.setattr(accusation, name, lambda *given: dissenter)
    ruling = examine(section, first(section), Kind.SETTLED, -1.0, 0.0, True)
    assert ruling.decision == "inconclusive"
    assert "disagree" in ruling.reason


def test_a_silent_witness_is_enough_to_acquit(section, monkeypatch):
    monkeypatch.setattr(accusation, "_second", lambda *given: Witness(math.nan, math.inf))
    ruling = examine(section, first(section), Kind.SETTLED, -1.0, 0.0, True)
    assert ruling.decision == "inconclusive"


@pytest.mark.parametrize("kind", [Kind.UNSETTLED, Kind.TREAD, Kind.ONE_SIDED, Kind.SILENT])
def test_unsettled_quotients_accuse_nobody(section, kind):
    ruling = examine(section, first(section), kind, -1.0, 0.0, True)
    assert ruling.decision == "inconclusive"
    assert "settle" in ruling.reason


def test_an_infinite_claim_needs_an_informative_estimate(section):
    witness = first(section)
    assert examine(section, witness, Kind.SETTLED, math.inf, 0.0, True).decision == "wrong"
    assert examine(section, witness, Kind.SETTLED, math.inf, 0.0, False).decision != "wrong"
