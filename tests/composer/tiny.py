"""Songs and networks small enough for tests, made from nothing but a seed."""

import numpy as np

from restyle.composer.model import Composer, Shape
from restyle.composer.notes import ELEMENT, chord_symbol, note_symbol
from restyle.composer.pieces import Piece
from restyle.composer.train import arrays_of
from restyle.composer.vocabulary import note_set
from restyle.composer.weights import Arrays, Card, Style
from restyle.music.song import TICKS, Song, Track, notes_array


def piece(seed: int = 0, count: int = 120, style: str = "test") -> Piece:
    """A piece in C: broken chords, a chord on every bar."""
    rng = np.random.default_rng(seed)
    rows, t = [], 0
    for i in range(count):
        if i % 8 == 0:
            low = int(rng.choice([48, 53, 55]))
            rows.append((chord_symbol([low, low + 4, low + 7]), t, 24, low))
        else:
            pitch = int(rng.choice([60, 62, 64, 65, 67, 69, 71]))
            rows.append((note_symbol(pitch), t, 6, pitch))
            t += 6
    bars = np.arange(0, t + 48, 48)
    return Piece(np.array(rows, ELEMENT), bars, style=style, source="tests")


def song(seed: int = 0, count: int = 160) -> Song:
    """A tune in G of eighths over a bass of whole notes."""
    rng = np.random.default_rng(seed)
    half = TICKS // 2
    tune = [
        (i * half, half, int(rng.choice([67, 69, 71, 72, 74, 76, 78])), 80) for i in range(count)
    ]
    bass = [(i * 4 * TICKS, 4 * TICKS, (43, 48, 50)[i % 3], 70) for i in range(count // 8)]
    return Song((Track("Tune", 0, notes_array(tune)), Track("Bass", 32, notes_array(bass))))


def network(variant: str = "embedding", seed: int = 0, layers: int = 1) -> tuple[Arrays, Card]:
    """An untrained network with its card."""
    import torch

    torch.manual_seed(seed)
    notes = note_set(piece(i).symbols for i in range(3))
    model = Composer(Shape(variant, len(notes), 16, layers, rhythm=12, styles=2))
    styles = (Style("test"), Style("other", swing=2.0, meters=((36, 1.0),), shifts=(2,)))
    card = Card(variant, 16, layers, 12, 20, notes.symbols, styles)
    return arrays_of(model.state_dict()), card
