"""The three networks in torch: `last`, `sequence` and `embedding`. Imported for training only."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from restyle.composer.vocabulary import LENGTHS, LONGEST_STEP, METERS, PHASES

VARIANTS = ("last", "sequence", "embedding")
COLUMNS = ("note", "length", "step", "low", "phase", "meter", "kind")
"""What is known of every step, in the order of the last axis of a batch."""
_WIDTHS = {"note": 64, "length": 12, "step": 20, "low": 16, "phase": 24, "meter": 6, "kind": 16}
_SIZES = {
    "length": len(LENGTHS), "step": LONGEST_STEP + 1, "low": 128, "phase": PHASES,
    "meter": METERS,
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """The size of a network."""

    variant: str = "embedding"
    vocabulary: int = 1
    hidden: int = 256
    layers: int = 1
    dropout: float = 0.25
    rhythm: int = 96
    styles: int = 1


class Composer(nn.Module):
    """LSTM, dropout and dense layers over the last note (or the last notes and their rhythm).

    `last` and `sequence` see one number a step, the note's integer in [0, 1); `embedding` sees
    learnt vectors of the note, its length, the step to the next onset, that onset's place in
    the bar, the meter, and the style with its mode. The note comes first; its length, its step to
    the next note and a chord's lowest pitch are then predicted from the state and the note chosen.
    """

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        width = 1
        if shape.variant == "embedding":
            sizes = {**_SIZES, "note": shape.vocabulary, "kind": 2 * shape.styles}
            self.tables = nn.ModuleDict(
                {name: nn.Embedding(sizes[name], _WIDTHS[name]) for name in COLUMNS}
            )
            width = sum(_WIDTHS.values())
        self.lstm = nn.LSTM(
            width, shape.hidden, shape.layers, batch_first=True,
            dropout=shape.dropout if shape.layers > 1 else 0.0,
        )  # fmt: skip
        self.dropout = nn.Dropout(shape.dropout)
        self.dense = nn.Linear(shape.hidden, shape.vocabulary)
        self.chosen = nn.Embedding(shape.vocabulary, shape.rhythm)
        self.mix = nn.Linear(shape.hidden, shape.rhythm)
        self.low = nn.Linear(shape.rhythm, 128)
        self.length = nn.Linear(shape.rhythm, len(LENGTHS))
        self.step = nn.Linear(shape.rhythm, LONGEST_STEP + 1)
        self.step_after = nn.Embedding(len(LENGTHS), LONGEST_STEP + 1)
        nn.init.zeros_(self.step_after.weight)

    def states(self, known: torch.Tensor) -> torch.Tensor:
        """Hidden states (batch, steps, hidden) of known columns (batch, steps, columns)."""
        if self.shape.variant == "embedding":
            parts = [self.tables[name](known[..., i]) for i, name in enumerate(COLUMNS)]
            x = torch.cat(parts, -1)
        else:
            x = known[..., :1].float() / self.shape.vocabulary
        out: torch.Tensor = self.lstm(x)[0]
        return out

    def losses(self, known: torch.Tensor, aims: torch.Tensor) -> dict[str, torch.Tensor]:
        """Mean cross entropies in nats of note, length, step and (of chords) low pitch.

        `aims` (batch, steps, 4) holds the next note, length, step and low (-1 for single notes).
        `last` predicts at the end of the window only; the others at every step.
        """
        h = self.states(known)
        if self.shape.variant == "last":
            h, aims = h[:, -1:], aims[:, -1:]
        h = self.dropout(h)
        note, length, step, low = (aims[..., i].reshape(-1) for i in range(4))
        z = torch.relu(self.mix(h) + self.chosen(aims[..., 0]))
        cross = nn.functional.cross_entropy
        losses = {
            # the mean of -log softmax at the target: one-hot targets without writing the zeros
            "note": cross(self.dense(h).flatten(0, 1), note),
            "length": cross(self.length(z).flatten(0, 1), length),
            "step": cross((self.step(z) + self.step_after(aims[..., 1])).flatten(0, 1), step),
        }
        if bool((low >= 0).any()):
            losses["low"] = cross(self.low(z).flatten(0, 1), low, ignore_index=-1)
        return losses
