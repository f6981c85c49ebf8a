"""Fit what hears the melody: which track it is, and which notes where one player plays all.

    python benchmarks/fit_melody.py --data FOLDER [--only tracks|voice] [--songs N]
                                    [-o src/restyle/pretrained]

FOLDER holds STYLE/SOURCE/*.mid. Tracks: nets are fitted on one half of the titles or the other, so
that each song can be measured with those that have not met it. Voice: on the fitting half. About
ten minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as binary_loss

from harmony_truth import FITTING, HELD_OUT, Named, as_solo, merged, named
from restyle.analysis.topvoice import PASSES, describe_again, describe_notes
from restyle.analysis.tracks import FAMILIES, describe
from restyle.music.song import sort_notes

Tables = dict[str, NDArray[np.float32]]

HIDDEN = 32
NETS_A_HALF = 2
SOURCES = {
    "OpenScore-Lieder": 0.7, "POP909": 0.5, "MidiJamboree": 2.0, "MidKar": 1.5, "MIDI_1": 0.1,
    "mc906-film": 1.0, "game-pool": 0.6,
}  # fmt: skip
"""How much each source counts, whatever its number of songs."""
ONE_PLAYER = ("POP909", "OpenScore-Lieder")
"""Sources of a voice over one piano, that become a piano solo when they are merged."""


def with_one_piano(song: Named) -> Named | None:
    """The same song, the melody played by whoever plays most chords: as in a piano trio."""
    busiest = max(
        (i for i, right in zip(song.candidates, song.right, strict=True) if not right),
        key=lambda i: len(song.song.tracks[i].notes),
        default=None,
    )
    if busiest is None or len(song.candidates) < 4:
        return None
    melody = [i for i, right in zip(song.candidates, song.right, strict=True) if right]
    tracks = list(song.song.tracks)
    both = sort_notes(np.concatenate([tracks[busiest].notes, tracks[melody[0]].notes]))
    tracks[busiest] = replace(tracks[busiest], notes=both)
    left = [i for i in song.candidates if i not in melody]
    right = np.array([i == busiest for i in left])
    return replace(song, song=song.song.with_tracks(tracks), candidates=left, right=right)


def fit_tracks(songs: list[Named], steps: int = 1500) -> Tables:
    """Nets that put a named track above the others of its song (a softmax over its tracks)."""
    trios = [with_one_piano(s) for s in songs if s.source not in ONE_PLAYER]
    songs = songs + [s for s in trios if s is not None][::2]
    size = max(len(s.candidates) for s in songs)
    figures = [describe(s.song, s.candidates) for s in songs]
    width = figures[0][0].shape[1]
    rows = np.zeros((len(songs), size, width), dtype=np.float32)
    families = np.zeros((len(songs), size, FAMILIES), dtype=np.float32)
    right, there = np.zeros((2, len(songs), size), dtype=bool)
    for i, (song, (own, family)) in enumerate(zip(songs, figures, strict=True)):
        count = len(own)
        rows[i, :count], families[i, :count] = own, family
        right[i, :count], there[i, :count] = song.right, True
    mean, scale = rows[there].mean(axis=0), rows[there].std(axis=0) + 1e-6
    rows = np.clip((rows - mean) / scale, -4, 4)
    counts = Counter(s.source for s in songs)
    share = np.array([SOURCES.get(s.source, 0.0) / counts[s.source] for s in songs])
    half = np.array([s.half for s in songs])
    nets, halves = [], []
    for seed in range(2 * NETS_A_HALF):
        own_half = (FITTING, HELD_OUT)[seed % 2]
        chance = np.where(half == own_half, share, 0)
        rng = np.random.default_rng(seed)
        torch.manual_seed(seed)
        net = nn.Sequential(
            nn.Linear(width + FAMILIES, HIDDEN), nn.ReLU(), nn.Dropout(0.2), nn.Linear(HIDDEN, 1)
        )
        optimiser = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=0.3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for _ in range(steps):
            batch = rng.choice(len(songs), 96, p=chance / chance.sum())
            noise = 0.15 * rng.standard_normal(rows[batch].shape, dtype=np.float32)
            # The program is weak evidence, and always the same in some sources: often left out.
            known = (rng.random((96, 1, 1)) < 0.6).astype(np.float32)
            inputs = np.concatenate([rows[batch] + noise, families[batch] * known], axis=2)
            scores = net(torch.from_numpy(inputs))[..., 0]
            scores = scores.masked_fill(~torch.from_numpy(there[batch]), -1e9)
            good = scores.masked_fill(~torch.from_numpy(right[batch]), -1e9)
            loss = (scores.logsumexp(1) - good.logsumexp(1)).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"  net {seed}, half {own_half}: {loss.item():.3f} nats a song", flush=True)
        nets.append([p.detach().numpy() for p in net.parameters()])
        halves.append(own_half)
    return {
        "mean": mean, "scale": scale, "half": np.array(halves, dtype=np.float32),
        "hidden": np.stack([n[0].T for n in nets]), "hidden_bias": np.stack([n[1] for n in nets]),
        "out": np.stack([n[2][0] for n in nets]),
        "out_bias": np.array([n[3][0] for n in nets], dtype=np.float32),
    }  # fmt: skip


def fit_voice(songs: list[Named], steps: int = 800) -> Tables:
    """Three passes of a net over single notes, each after the first with what the last one said."""
    rng = np.random.default_rng(1)
    torch.manual_seed(1)
    songs = [s for s in songs if s.source in ONE_PLAYER and s.right.sum() == 1]
    songs = [s for s in songs if s.half == FITTING and len(s.candidates) == 3]
    tables: Tables = {}
    around, sung, lieder = [], [], []
    notes_of = []
    for song in songs:
        # A voice in the middle of a piano, or one that the piano was arranged around.
        shape = as_solo if rng.random() < 0.6 else merged
        notes, label = shape(song.song, song.candidates[int(song.right.argmax())])
        # How loud the voice is says little, and nothing in scores: as often as not all the same.
        if rng.random() < 0.5:
            notes["velocity"] = 80
        around.append(describe_notes(notes, song.song.bar_starts()).astype(np.float32))
        sung.append(label)
        lieder.append(np.full(len(notes), song.source != "POP909"))
        notes_of.append(notes)
    voice, lied = np.concatenate(sung).astype(np.float32), np.concatenate(lieder)
    edges = np.cumsum([len(n) for n in notes_of])[:-1]
    print(f"voice: {len(songs)} songs, {len(voice):,} notes", flush=True)
    rows = np.concatenate(around)
    for turn in range(PASSES):
        net, guess = _fit_pass(rows, voice, lied, steps, rng)
        tables |= {f"{name}{turn}" if name in ("mean", "scale") else f"{name[0]}{turn}{name[1]}": t
                   for name, t in net.items()}  # fmt: skip
        again = [
            describe_again(notes, likely)
            for notes, likely in zip(notes_of, np.split(guess, edges), strict=True)
        ]
        rows = np.hstack([np.concatenate(around), np.concatenate(again).astype(np.float32)])
    return tables


def _fit_pass(
    rows: NDArray[np.float32],
    label: NDArray[np.float32],
    lied: NDArray[np.bool_],
    steps: int,
    rng: np.random.Generator,
) -> tuple[Tables, NDArray[np.float64]]:
    """Tables of one pass, and how likely it finds each note."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    known = torch.from_numpy(np.clip((rows - mean) / scale, -5, 5))
    labels = torch.from_numpy(label)
    pools = np.flatnonzero(lied), np.flatnonzero(~lied)
    layers = nn.Linear(rows.shape[1], HIDDEN), nn.Linear(HIDDEN, 16), nn.Linear(16, 1)
    net = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])
    optimiser = torch.optim.AdamW(net.parameters(), 4e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        batch = torch.from_numpy(np.concatenate([rng.choice(p, 3500) for p in pools if len(p)]))
        loss = binary_loss(net(known[batch])[:, 0], labels[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    print(f"  {loss.item():.3f} nats a note", flush=True)
    with torch.no_grad():
        guess = torch.sigmoid(net(known))[:, 0].numpy().astype(np.float64)
    tables = {"mean": mean, "scale": scale}
    for layer, part in enumerate(layers):
        tables[f"w{layer}"] = part.weight.detach().numpy().T
        tables[f"b{layer}"] = part.bias.detach().numpy()
    return tables, guess


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=("tracks", "voice"))
    parser.add_argument("--songs", type=int, default=sys.maxsize, help="at most so many a source")
    parser.add_argument("-o", type=Path, default=Path("src/restyle/pretrained"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    songs = list(named(options.data, options.songs, ONE_PLAYER if options.only == "voice" else ()))
    print(f"{len(songs)} songs", flush=True)
    if options.only in (None, "tracks"):
        np.savez(options.o / "tracks.npz", **fit_tracks(songs))  # type: ignore[arg-type]
    if options.only in (None, "voice"):
        np.savez(options.o / "voice.npz", **fit_voice(songs))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
