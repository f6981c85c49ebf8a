"""Chroma, groove and entropy on cases worked out by hand."""

import numpy as np
import pytest
from evaluation_songs import notes

from restyle.metrics.chroma import (
    bar_chroma_similarity,
    chroma,
    chroma_cosine,
    groove_consistency,
    groove_similarity,
    pitch_class_entropy,
)
from restyle.metrics.repetition import share_over

LINES = np.array([0, 48, 96])


def test_chroma_counts_what_sounds():
    found = chroma(notes((0, 2, 60), (1, 2, 72)), 4)
    assert found[0].tolist() == [1, 2, 1, 0]
    assert found.sum() == 4


def test_chroma_cosine_by_hand():
    # two beats of C against two beats of C and E: both windows 1 / sqrt 2
    one, two = notes((0, 24, 60)), notes((0, 24, 48), (0, 24, 64))
    assert chroma_cosine(one, two) == pytest.approx(np.sqrt(0.5))
    assert chroma_cosine(one, one) == pytest.approx(1.0)
    assert chroma_cosine(one, notes((0, 24, 61))) == 0.0
    assert chroma_cosine(notes(), notes()) == 1.0
    # the first window is shared, the second and third are the longer one's alone
    longer = notes((0, 36, 60))
    assert chroma_cosine(notes((0, 12, 60)), longer) == pytest.approx(1 / 3)


def test_octaves_do_not_matter_and_lengths_do_not_in_bars():
    a, b = notes((0, 12, 60), (48, 12, 62)), notes((0, 48, 72), (48, 3, 50))
    assert bar_chroma_similarity(a, b, LINES) == pytest.approx(1.0)
    assert bar_chroma_similarity(a, notes((0, 12, 60)), LINES) == pytest.approx(0.5)
    assert bar_chroma_similarity(notes(), notes(), LINES) == 1.0


def test_groove_similarity_by_hand():
    a = notes((0, 3, 60), (12, 3, 60))
    b = notes((0, 3, 40), (24, 3, 40))
    assert groove_similarity(a, b, LINES) == pytest.approx(0.5)
    assert groove_similarity(a, notes((1, 3, 40), (14, 3, 40)), LINES) == pytest.approx(1.0)


def test_entropies_by_hand():
    four = notes((0, 12, 60), (12, 12, 62), (24, 12, 64), (36, 12, 65))
    assert pitch_class_entropy(four, LINES) == pytest.approx(2.0)
    both = notes((0, 12, 60), (48, 12, 62))
    assert pitch_class_entropy(both, LINES, 1) == pytest.approx(0.0)
    assert pitch_class_entropy(both, LINES, 2) == pytest.approx(1.0)
    assert pitch_class_entropy(notes(), LINES) == 0.0
    assert pitch_class_entropy(both, LINES, 4) == 0.0


def test_groove_consistency_by_hand():
    same = notes((0, 12, 60), (48, 12, 72))
    assert groove_consistency(same, LINES) == 1.0
    other = notes((0, 12, 60), (54, 12, 72))
    assert groove_consistency(other, LINES) == pytest.approx(1 - 2 / 48)
    assert groove_consistency(notes((0, 1, 60)), np.array([0, 48])) == 1.0


def test_over_repetition_begins_after_six_bars_and_four_pairs():
    assert share_over("AAAAAA") == 0.0
    assert share_over("AAAAAAA") == 1.0
    assert share_over("xABABABABy") == 0.0
    assert share_over("xABABABABABy") == pytest.approx(10 / 12)
    assert share_over([None] * 9 + ["A"]) == 0.0
    assert share_over([]) == 0.0
