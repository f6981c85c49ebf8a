"""The networks of lead sheets: learnt from a small corpus, they predict the same in plain numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from corpora import tiny_corpus
from restyle.composer.lead.corpus import stretches
from restyle.composer.lead.engine import ChordNet, TuneNet
from restyle.composer.lead.network import Chords, Tune
from restyle.composer.lead.train import about, chord_table, train
from restyle.composer.lead.weights import read


@pytest.mark.slow
def test_torch_and_plain_networks_predict_the_same(tmp_path: Path) -> None:
    corpus = tiny_corpus(tmp_path / "corpus")
    said: list[str] = []
    losses = train(corpus, tmp_path / "model", minutes=0.02, told=said.append)
    assert sorted(losses) == ["chords a", "chords b", "tune a", "tune b"] and said
    arrays, card = read(tmp_path / "model")
    assert card.styles == ("a", "b") and set(card.trained["habits"]) == {"a", "b"}
    tune, chords = Tune(2).eval(), Chords(2).eval()
    for name, model in (("tune.", tune), ("chords.", chords)):
        own = {n.removeprefix(name): a for n, a in arrays.items() if n.startswith(name)}
        model.load_state_dict({n: torch.from_numpy(a) for n, a in own.items()})
    stretch = stretches(corpus, "valid", ["a", "b"])[-1]
    known = torch.tensor([about(stretch)])

    events = stretch.events.astype(np.int64)
    wanted = [x[0].detach().numpy() for x in tune(torch.from_numpy(events[None]), known)]
    plain = TuneNet(arrays)
    state = plain.start(1)
    for i, (seen, coming) in enumerate(zip(events[:-1], events[1:, None], strict=True)):
        state = plain.listen(state, seen[None], about(stretch))
        place, pitch = coming[:, 0], coming[:, 1]
        found = (
            plain.places(state),
            plain.pitches(state, place, coming[:, 3], coming[:, 4]),
            plain.lengths(state, place, pitch),
        )
        for ours, torchs in zip(found, wanted, strict=True):
            np.testing.assert_allclose(ours[0], torchs[i], atol=1e-4)

    rows, _ = chord_table(stretch)
    logits = chords(torch.from_numpy(rows[None]), known)[0].detach().numpy()
    net = ChordNet(arrays)
    state = net.start(1)
    for row, torchs in zip(rows, logits, strict=True):
        state = net.listen(state, row[:1], int(row[1]), int(row[2]), about(stretch))
        np.testing.assert_allclose(net.chords(state)[0], torchs, atol=1e-4)
