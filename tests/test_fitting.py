"""Fitting the habits of a style of one's own."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from corpora import arrangement, figures, lead_sheet
from restyle.data.shards import Entry, open_corpus, write_corpus
from restyle.decoding.habit_counts import count_habits
from restyle.decoding.habits import Habits
from restyle.model.llama import SIZES, build, save
from restyle.style.fitting import FitOptions, fit_own, opening, refit
from restyle.tokens import encode, encode_arrangement, heading_of


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """An untrained model of the style "a" and a newly learnt "walk"."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    save(build(replace(SIZES["tiny"], context=256)), folder)
    styles = {"a": figures(0, ["bass"]), "walk": figures(1, ["bass"])}
    (folder / "styles.json").write_text(json.dumps(styles))
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(3)
    made = []
    for number in range(4):
        lead = lead_sheet(rng)
        band = arrangement(lead, "b")
        tokens = np.array(encode(lead, band, heading_of(lead, band.names, 0, "swing")))
        entry = Entry(f"{number}", f"{number}", "walk", "train", "made", 0, 0, len(tokens))
        made.append((entry, tokens.astype(np.uint16)))
    write_corpus(folder, made, {"walk": figures(0, ["bass"])}, {})
    return folder


def test_an_own_style_gets_habits_marks_and_lengths_and_the_others_stay(model, corpus):
    before = json.loads((model / "styles.json").read_text())
    counted: list[tuple[int, int]] = []
    options = FitOptions(rounds=1, sheets=2)
    fit_own(model, corpus, "walk", "a", options, lambda done, every: counted.append((done, every)))
    after = json.loads((model / "styles.json").read_text())
    assert counted == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert after["a"] == before["a"]
    new = after["walk"].keys() - before["walk"].keys()
    assert new == {"habits", "marks", "lengths"}
    assert Habits([(after["walk"]["habits"], 1.0)]).nats("bass", "part", 48, -1) is not None


def test_songs_that_play_as_the_samples_do_change_nothing(corpus):
    opened = open_corpus(corpus)
    songs = [opening(opened.tokens(entry)) for entry in opened.entries]
    made = count_habits([(s.lead, encode_arrangement(s.arrangement, s.lead)) for s in songs])
    fitted = refit({"slot": 1}, made, made)
    assert fitted["slot"] == 1
    assert not any(fitted["habits"].values())
