"""The networks of a lead sheet in plain numpy: several tunes at once, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.composer.engine import sigmoid
from restyle.composer.lead import events as e
from restyle.composer.weights import Arrays

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
CHORD_FIELDS = ("chord", "phase", "left")
ABOUT = ("style", "meter", "minor")


@dataclass(frozen=True)
class State:
    """What the layers of an LSTM remember: each (rows, hidden)."""

    h: tuple[Floats, ...]
    c: tuple[Floats, ...]

    def rows(self, which: Any) -> State:
        """The state of some rows, in that order."""
        return State(tuple(x[which] for x in self.h), tuple(x[which] for x in self.c))

    def put(self, which: Any, other: State) -> State:
        """This state with some rows from another."""
        h, c = [x.copy() for x in self.h], [x.copy() for x in self.c]
        for mine, theirs in zip((*h, *c), (*other.h, *other.c), strict=True):
            mine[which] = theirs
        return State(tuple(h), tuple(c))


class Lstm:
    """The layers of an LSTM."""

    def __init__(self, w: Arrays, name: str):
        self.layers: list[tuple[Floats, Floats, Floats]] = []
        while f"{name}.weight_ih_l{len(self.layers)}" in w:
            i = len(self.layers)
            self.layers.append(
                (
                    np.ascontiguousarray(w[f"{name}.weight_ih_l{i}"].T),
                    np.ascontiguousarray(w[f"{name}.weight_hh_l{i}"].T),
                    w[f"{name}.bias_ih_l{i}"] + w[f"{name}.bias_hh_l{i}"],
                )
            )
        self.hidden = self.layers[0][1].shape[0]

    def start(self, rows: int) -> State:
        blank = tuple(np.zeros((rows, self.hidden), np.float32) for _ in self.layers)
        return State(blank, blank)

    def step(self, state: State, x: Floats) -> State:
        """The state after an input (rows, size)."""
        n = self.hidden
        hs, cs = [], []
        for (into, own, bias), h, c in zip(self.layers, state.h, state.c, strict=True):
            gates = x @ into + h @ own + bias
            kept = sigmoid(gates[:, n : 2 * n]) * c
            c = kept + sigmoid(gates[:, :n]) * np.tanh(gates[:, 2 * n : 3 * n])
            x = sigmoid(gates[:, 3 * n :]) * np.tanh(c)
            hs.append(x)
            cs.append(c)
        return State(tuple(hs), tuple(cs))


class _Net:
    """An LSTM over tables of what is known."""

    def __init__(self, arrays: Arrays, name: str):
        self.w = {n.removeprefix(name): a for n, a in arrays.items() if n.startswith(name)}
        self.lstm = Lstm(self.w, "lstm")

    def start(self, rows: int) -> State:
        return self.lstm.start(rows)

    def _step(
        self, state: State, names: Sequence[str], known: Sequence[Ints], about: tuple[int, int, int]
    ) -> State:
        """The state after what is known by row, in a song that is known so."""
        parts = [self._table(name)[value] for name, value in zip(names, known, strict=True)]
        for name, value in zip(ABOUT, about, strict=True):
            parts.append(np.repeat(self._table(name)[value][None], len(known[0]), 0))
        return self.lstm.step(state, np.concatenate(parts, 1))

    def _table(self, name: str) -> Floats:
        return self.w[f"tables.{name}.weight"]

    def _dense(self, name: str, x: Floats) -> Floats:
        return np.asarray(x @ self.w[f"{name}.weight"].T + self.w[f"{name}.bias"])


class TuneNet(_Net):
    """Predicts the next note's place, then its pitch, then its length."""

    def __init__(self, arrays: Arrays):
        super().__init__(arrays, "tune.")

    def listen(self, state: State, events: Ints, about: tuple[int, int, int]) -> State:
        """The state after an event (rows, fields) of a song that is known so."""
        return self._step(state, e.FIELDS, list(events.T), about)

    def places(self, state: State) -> Floats:
        """Log-odds of the place of the next note, or of the bar line; (rows, places)."""
        return self._dense("place", state.h[-1])

    def pitches(self, state: State, place: Ints, chord: Ints, coming: Ints) -> Floats:
        """Log-odds of its pitch, (rows, pitches + 1), where it is known when it sounds."""
        return self._mixed("pitch", state, place=place, chord=chord, coming=coming)

    def lengths(self, state: State, place: Ints, pitch: Ints) -> Floats:
        """Log-odds of its length, (rows, lengths)."""
        return self._mixed("length", state, place=place, pitch=pitch)

    def _mixed(self, name: str, state: State, **known: Ints) -> Floats:
        tables = [self._table(field)[value] for field, value in known.items()]
        mixed = self._dense(f"{name}_mix", np.concatenate([state.h[-1], *tables], 1))
        return self._dense(name, np.maximum(mixed, 0))


class ChordNet(_Net):
    """Predicts the chord of the next half bar."""

    def __init__(self, arrays: Arrays):
        super().__init__(arrays, "chords.")

    def listen(
        self, state: State, before: Ints, phase: int, left: int, about: tuple[int, int, int]
    ) -> State:
        """The state that predicts the chord of a half bar, after the chords before it (rows,)."""
        known = (before, np.full_like(before, phase), np.full_like(before, left))
        return self._step(state, CHORD_FIELDS, known, about)

    def chords(self, state: State) -> Floats:
        """Log-odds of the chord; (rows, chords)."""
        return self._dense("next", state.h[-1])


def log_softmax(x: Floats) -> Floats:
    """Log-probabilities along the last axis."""
    top = x - x.max(-1, keepdims=True)
    return np.asarray(top - np.log(np.exp(top).sum(-1, keepdims=True)))


def draw(
    logits: Floats, rng: np.random.Generator, temperature: float = 1.0, top_p: float = 1.0
) -> Ints:
    """One choice a row, of the likeliest that together have a share of `top_p`."""
    p = np.exp(log_softmax(logits / max(temperature, 1e-3))).astype(np.float64)
    order = np.argsort(-p, axis=-1, kind="stable")
    sorted_p = np.take_along_axis(p, order, -1)
    before = np.cumsum(sorted_p, -1) - sorted_p
    sorted_p[before >= top_p] = 0.0
    edges = np.cumsum(sorted_p, -1)
    at = (edges < rng.random((len(p), 1)) * edges[:, -1:]).sum(-1)
    return np.take_along_axis(order, np.minimum(at, p.shape[1] - 1)[:, None], -1)[:, 0]
