"""The networks in plain numpy: one step of an LSTM at a time, without torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.composer.vocabulary import METERS, PHASES
from restyle.composer.weights import Arrays, Card

Floats = NDArray[np.float32]
TABLES = ("note", "length", "step", "low", "phase", "meter", "kind")


class Network:
    """A network and its state. `listen` takes in one step, `log_notes` and `log_rhythm` predict."""

    def __init__(self, arrays: Arrays, card: Card):
        self.card = card
        self.w = arrays
        layers = range(card.layers)
        self._in = [np.ascontiguousarray(arrays[f"lstm.weight_ih_l{i}"].T) for i in layers]
        self._own = [np.ascontiguousarray(arrays[f"lstm.weight_hh_l{i}"].T) for i in layers]
        self._bias = [arrays[f"lstm.bias_ih_l{i}"] + arrays[f"lstm.bias_hh_l{i}"] for i in layers]
        self._dense = np.ascontiguousarray(arrays["dense.weight"].T)
        self._mix = np.ascontiguousarray(arrays["mix.weight"].T)
        self.clear()

    def clear(self) -> None:
        """Forget everything heard."""
        hidden = self.card.hidden
        self._h = [np.zeros(hidden, np.float32) for _ in self._in]
        self._c = [np.zeros(hidden, np.float32) for _ in self._in]

    def listen(self, known: NDArray[np.int64]) -> None:
        """Take in one step, a row of the seven columns of `corpus.number`."""
        x = self._input(known)
        for i in range(len(self._in)):
            x = self._step(i, x @ self._in[i] + self._bias[i])

    def hear_all(self, rows: NDArray[np.int64]) -> None:
        """Start afresh and take in many steps."""
        self.clear()
        xs = np.stack([self._input(row) for row in rows])
        for i in range(len(self._in)):  # what a layer takes in from below is one product for all
            entering = xs @ self._in[i] + self._bias[i]
            xs = np.stack([self._step(i, row) for row in entering])

    def _step(self, i: int, entering: Floats) -> Floats:
        """Move the state of layer `i` on by one step, and return its output."""
        n = self.card.hidden
        gates = entering + self._h[i] @ self._own[i]
        new = np.tanh(gates[2 * n : 3 * n])
        gates = sigmoid(gates)
        self._c[i] = gates[n : 2 * n] * self._c[i] + gates[:n] * new
        self._h[i] = gates[3 * n :] * np.tanh(self._c[i])
        return self._h[i]

    def _input(self, known: NDArray[np.int64]) -> Any:
        if self.card.variant != "embedding":
            return np.array([known[0] / len(self.card.symbols)], np.float32)
        limits = {"phase": PHASES - 1, "meter": METERS - 1}
        parts = [
            self.w[f"tables.{name}.weight"][min(int(known[i]), limits.get(name, 1 << 30))]
            for i, name in enumerate(TABLES)
        ]
        return np.concatenate(parts)

    def log_notes(self) -> Floats:
        """Unnormalised log-probabilities of the next note or chord."""
        return np.asarray(self._h[-1] @ self._dense + self.w["dense.bias"])

    def log_rhythm(self, note: int) -> tuple[Floats, Floats, Floats]:
        """The same of the note's length, its step to the next onset, and its lowest pitch.

        Those of the step are a row a length.
        """
        z = self._h[-1] @ self._mix + self.w["mix.bias"] + self.w["chosen.weight"][note]
        z = np.maximum(z, 0.0)
        length = self.w["length.weight"] @ z + self.w["length.bias"]
        step = self.w["step.weight"] @ z + self.w["step.bias"]
        low = self.w["low.weight"] @ z + self.w["low.bias"]
        return length, step + self.w["step_after.weight"], low


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), which cannot overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))
