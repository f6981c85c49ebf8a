"""The networks of a lead sheet, in torch: one that writes chords, one that writes the tune."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from restyle.composer.lead import events as e

SIZES = {"place": 32, "pitch": 48, "length": 24, "chord": 32, "coming": 32, "phase": 12,
         "left": 8, "lag": 8}  # fmt: skip
ABOUT = {"style": 16, "meter": 8, "minor": 4}


def table_sizes(styles: int) -> dict[str, tuple[int, int]]:
    """Rows and columns of each table of vectors."""
    rows = {"place": e.POSITIONS + 1, "pitch": e.PITCHES + 1, "length": e.LENGTHS,
            "chord": e.CHORDS, "coming": e.CHORDS, "phase": e.PHASES, "left": e.LEFT,
            "lag": len(e.LAGS), "style": styles, "meter": len(e.METERS), "minor": 2}  # fmt: skip
    return {name: (rows[name], size) for name, size in {**SIZES, **ABOUT}.items()}


class Tune(nn.Module):
    """An LSTM over events. Place, then pitch, then length of the next note are predicted, each
    knowing those before it; the pitch knows the chords under it."""

    def __init__(self, styles: int, hidden: int = 256, layers: int = 2, dropout: float = 0.15):
        super().__init__()
        sizes = table_sizes(styles)
        self.tables = nn.ModuleDict({name: nn.Embedding(*size) for name, size in sizes.items()})
        self.lstm = nn.LSTM(
            sum(size for _, size in sizes.values()), hidden, layers, batch_first=True,
            dropout=dropout,
        )  # fmt: skip
        self.drop = nn.Dropout(dropout)
        self.place = nn.Linear(hidden, e.POSITIONS + 1)
        self.pitch_mix = nn.Linear(hidden + 32 + 32 + 32, 160)
        self.pitch = nn.Linear(160, e.PITCHES + 1)
        self.length_mix = nn.Linear(hidden + 32 + 48, 96)
        self.length = nn.Linear(96, e.LENGTHS)

    def vector(self, events: Tensor, about: Tensor) -> Tensor:
        """Inputs (batch, steps, size) of events (batch, steps, fields) and (batch, 3)."""
        parts = [self.tables[name](events[..., i]) for i, name in enumerate(e.FIELDS)]
        wide = about[:, None].expand(-1, events.shape[1], -1)
        parts += [self.tables[name](wide[..., i]) for i, name in enumerate(ABOUT)]
        return torch.cat(parts, -1)

    def forward(self, events: Tensor, about: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of place, pitch and length of events 1 to the last, from those before."""
        seen, coming = events[:, :-1], events[:, 1:]
        h, _ = self.lstm(self.drop(self.vector(seen, about)))
        h = self.drop(h)
        place = self.tables["place"](coming[..., 0])
        chords = [self.tables["chord"](coming[..., 3]), self.tables["coming"](coming[..., 4])]
        mixed = torch.relu(self.pitch_mix(torch.cat([h, place, *chords], -1)))
        pitch = self.tables["pitch"](coming[..., 1])
        after = torch.relu(self.length_mix(torch.cat([h, place, pitch], -1)))
        return self.place(h), self.pitch(mixed), self.length(after)


class Chords(nn.Module):
    """An LSTM over half bars: the next chord, from those before and the place in the phrase."""

    def __init__(self, styles: int, hidden: int = 128, dropout: float = 0.2):
        super().__init__()
        self.tables = nn.ModuleDict(
            {
                "chord": nn.Embedding(e.CHORDS + 1, 32),
                "phase": nn.Embedding(2 * e.PHASES, 12),
                "left": nn.Embedding(e.LEFT, 8),
                "style": nn.Embedding(styles, 16),
                "meter": nn.Embedding(len(e.METERS), 8),
                "minor": nn.Embedding(2, 4),
            }
        )
        self.lstm = nn.LSTM(80, hidden, 1, batch_first=True)
        self.drop = nn.Dropout(dropout)
        self.next = nn.Linear(hidden, e.CHORDS)

    def forward(self, rows: Tensor, about: Tensor) -> Tensor:
        """Logits of a chord for each row (chord before, phase and bars left of its own)."""
        wide = about[:, None].expand(-1, rows.shape[1], -1)
        parts = [self.tables[n](rows[..., i]) for i, n in enumerate(("chord", "phase", "left"))]
        parts += [self.tables[n](wide[..., i]) for i, n in enumerate(ABOUT)]
        h, _ = self.lstm(self.drop(torch.cat(parts, -1)))
        out: Tensor = self.next(self.drop(h))
        return out
