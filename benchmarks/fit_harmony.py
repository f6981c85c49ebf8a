"""Fit what hears chords and keys, on one half of POP909 and on made-up songs.

    python benchmarks/fit_harmony.py --data FOLDER [--only chords|key] [--songs N] [--steps N]
                                     [-o src/restyle/pretrained]

FOLDER holds STYLE/SOURCE/*.mid and POP909's label files. Only the odd numbers of POP909 are used;
`benchmarks/hearing.py` reports on the even ones. About ten minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from harmony_textures import accompany, progression, tune_over
from harmony_truth import FITTING, Labelled, half_of, pop909, title_of
from restyle.analysis.chord_net import KINDS, NO_CHORD, describe_beats
from restyle.analysis.chords import find_chords
from restyle.analysis.chroma import Beats, beats_of
from restyle.analysis.key import describe_key
from restyle.analysis.tracks import tops_of_chords
from restyle.errors import RestyleError
from restyle.io import read
from restyle.music.chord import TRIAD_OF
from restyle.music.song import TICKS, Chord, Key, Meter, Notes, Song, Track, sort_notes

HIDDEN = 32
UNKNOWN = -1


@dataclass(frozen=True)
class Case:
    """The beats of one song, described, and the state that each is labelled with."""

    turned: NDArray[np.float16]
    plain: NDArray[np.float32]
    states: NDArray[np.int64]


def case_of(rest: Notes, tune: Notes, beats: Beats, chords: dict[int, Chord]) -> Case:
    turned, plain = describe_beats(rest, tune, beats)
    states = np.full(len(beats), UNKNOWN)
    for beat, chord in chords.items():
        at = int(np.searchsorted(beats.starts, beat * TICKS))
        if at < len(beats):
            states[at] = state_of(chord)
    return Case(turned.astype(np.float16), plain, states)


def state_of(chord: Chord) -> int:
    if chord.root < 0:
        return NO_CHORD
    kind = "sus2" if chord.quality == "sus2" else TRIAD_OF[chord.quality]
    return 12 * KINDS.index(kind) + chord.root


def cases(folder: Path, songs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Each song as it is, thinned out, and its tune over a made-up accompaniment; made-up songs."""
    count = 0
    for song in pop909(folder, songs, FITTING):
        beats = beats_of(song.song)
        tune, rest = apart(song)
        yield case_of(rest, tune, beats, song.chords)
        yield case_of(*thinned(rest, tune, rng), beats, song.chords)
        other = accompany(song.chords, rng)
        tune = tune if rng.random() < 0.8 else tune[:0]
        yield case_of(*hidden(other, tune, rng), beats, song.chords)
        count += 1
    for _ in range(2 * count):
        yield made(rng)


def apart(song: Labelled) -> tuple[Notes, Notes]:
    """The notes of the track MELODY, and all others."""
    tune = [t.notes for t in song.song.tracks if t.name == "MELODY"]
    rest = [t.notes for t in song.song.tracks if t.name != "MELODY"]
    return sort_notes(np.concatenate(tune)), sort_notes(np.concatenate(rest))


def made(rng: np.random.Generator) -> Case:
    """A made-up song of 96 beats."""
    bar = 3 if rng.random() < 0.25 else 4
    chords, scale = progression(rng, 96, bar)
    rest, tune = accompany(chords, rng), tune_over(chords, scale, rng)
    song = Song((Track("", 0, rest),), (Meter(0, bar, 4),))
    if rng.random() < 0.15:
        tune = tune[:0]
    return case_of(*hidden(rest, tune, rng), beats_of(song), chords)


def hidden(rest: Notes, tune: Notes, rng: np.random.Generator) -> tuple[Notes, Notes]:
    """The same notes, at times told apart as they are when the melody is not known."""
    draw = rng.random()
    if draw > 0.3:
        return rest, tune
    notes = sort_notes(np.concatenate([rest, tune]))
    if draw > 0.15:
        return notes, notes[:0]
    mask = np.zeros(len(notes), dtype=bool)
    mask[tops_of_chords(notes)] = True
    return notes[~mask], notes[mask]


def thinned(rest: Notes, tune: Notes, rng: np.random.Generator) -> tuple[Notes, Notes]:
    """Shorter, longer or fewer notes, in another octave, at times without the tune."""
    rest, tune = rest.copy(), tune.copy()
    draw = rng.random()
    if draw < 0.5:
        stretch = rng.uniform(0.3, 0.8) if draw < 0.3 else rng.uniform(1.1, 1.8)
        rest["duration"] = np.maximum(40, rest["duration"] * stretch)
    if rng.random() < 0.5:
        rest = rest[rng.random(len(rest)) < rng.uniform(0.6, 0.95)]
    octave = int(rng.choice([-12, 0, 0, 12]))
    if len(rest) and rest["pitch"].min() > 12 and rest["pitch"].max() < 115:
        rest["pitch"] += octave
    if rng.random() < 0.3:
        tune = tune[:0]
    return hidden(rest, tune, rng)


class ChordNet(nn.Module):
    """What `chord_net.chord_scores` runs in numpy, with weights to fit."""

    def __init__(self, rows: int, plain: int) -> None:
        super().__init__()
        self.turned = nn.Parameter(torch.randn(rows, 12, HIDDEN) * 0.08)
        self.bias = nn.Parameter(torch.zeros(HIDDEN))
        self.plain = nn.Linear(plain, HIDDEN, bias=False)
        self.hidden = nn.Linear(HIDDEN, HIDDEN)
        self.out = nn.Linear(HIDDEN, len(KINDS))
        self.silent = nn.Linear(plain, 8)
        self.silent_out = nn.Linear(8, 1)

    def forward(self, turned: torch.Tensor, plain: torch.Tensor) -> torch.Tensor:
        pitch = torch.arange(12)
        rooted = self.turned[:, (pitch[:, None] - pitch[None]) % 12]
        flat = turned.flatten(1) @ rooted.reshape(-1, 12 * HIDDEN)
        hidden = flat.reshape(-1, 12, HIDDEN) + self.bias + self.plain(plain)[:, None]
        kinds = self.out(torch.relu(self.hidden(torch.relu(hidden))))
        silent = self.silent_out(torch.relu(self.silent(plain)))
        return torch.cat([kinds.transpose(1, 2).flatten(1), silent], dim=1)


def fit_chords(folder: Path, songs: int, steps: int) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(1)
    torch.manual_seed(1)
    found = list(cases(folder, songs, rng))
    known = [c.states != UNKNOWN for c in found]
    turned = np.concatenate([c.turned[k] for c, k in zip(found, known, strict=True)])
    plain = np.concatenate([c.plain[k] for c, k in zip(found, known, strict=True)])
    states = np.concatenate([c.states[k] for c, k in zip(found, known, strict=True)])
    del found
    print(f"chords: {len(states):,} beats", flush=True)
    size = turned[:: len(turned) // 50_000 + 1].astype(np.float32).std(axis=(0, 2)) + 1e-4
    mean, scale = plain.mean(axis=0), plain.std(axis=0) + 1e-4
    plain = (plain - mean) / scale
    net = ChordNet(turned.shape[1], plain.shape[1])
    optimiser = torch.optim.AdamW(net.parameters(), 4e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps)
    for step in range(steps):
        batch = rng.integers(0, len(states), 2048)
        rows = torch.from_numpy(turned[batch].astype(np.float32) / size[:, None])
        guess = net(rows, torch.from_numpy(plain[batch]))
        loss = cross_entropy(guess, torch.from_numpy(states[batch]), label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 0:
            print(f"  step {step}: {loss.item():.3f} nats a beat", flush=True)
    tables = {name.replace(".", "_"): p.detach().numpy() for name, p in net.named_parameters()}
    tables["turned"] = tables["turned"] / size[:, None, None]
    renamed = {
        "turned": tables["turned"], "bias": tables["bias"], "plain": tables["plain_weight"].T,
        "hidden": tables["hidden_weight"].T, "hidden_bias": tables["hidden_bias"],
        "out": tables["out_weight"].T, "out_bias": tables["out_bias"],
        "silent": tables["silent_weight"].T, "silent_bias": tables["silent_bias"],
        "silent_out": tables["silent_out_weight"].T,
        "silent_out_bias": tables["silent_out_bias"][0],
        "plain_mean": mean, "plain_scale": scale,
    }  # fmt: skip
    return {name: np.asarray(table, dtype=np.float32) for name, table in renamed.items()}


def fit_key(folder: Path, songs: int) -> dict[str, NDArray[np.float32]]:
    """Profiles under which POP909's labelled keys, and the signatures of other files, win."""
    rows, right, weight = [], [], []
    for known in pop909(folder, songs, FITTING):
        rows.append(described(known.song))
        right.append([known.key])
        weight.append(1.0)
    for song, keys in signed(folder, songs):
        rows.append(described(song))
        right.append(keys)
        weight.append(0.5)
    print(f"key: {len(rows)} songs", flush=True)
    above = (np.arange(12)[:, None] + np.arange(12)) % 12
    turned = torch.tensor(np.stack([r[:, above].transpose(1, 0, 2) for r in rows]).astype("f4"))
    size = turned.flatten(0, 1).std(dim=0) + 1e-4
    wanted = torch.zeros(len(rows), 24, dtype=torch.bool)
    for i, keys in enumerate(right):
        for key in keys:
            wanted[i, 2 * key.tonic + (key.mode == "minor")] = True
    scale = torch.tensor(weight)
    profiles = torch.zeros(*size.shape, 2, requires_grad=True)
    bias = torch.zeros(2, requires_grad=True)
    optimiser = torch.optim.Adam([profiles, bias], 0.01)
    for _ in range(300):
        scores = torch.einsum("ntri,rim->ntm", turned / size, profiles) + bias
        logs = torch.log_softmax(scores.flatten(1), dim=1)
        found = torch.logsumexp(logs.masked_fill(~wanted, -1e9), dim=1)
        loss = -(scale * found).mean() + 10 * (profiles**2).sum() / size.numel()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(f"  {loss.item():.3f} nats a song", flush=True)
    tables = {"profiles": (profiles / size[..., None]).detach(), "bias": bias.detach()}
    return {name: table.numpy().astype(np.float32) for name, table in tables.items()}


def described(song: Song) -> NDArray[np.float64]:
    return describe_key(song, find_chords(song))


def signed(folder: Path, songs: int) -> Iterator[tuple[Song, list[Key]]]:
    """Songs of the fitting half that state one signature and mean it, with its two keys."""
    for source in sorted(p for p in folder.glob("*/*") if p.is_dir() and p.name != "POP909"):
        for file in sorted(source.glob("*.mid"))[:songs]:
            if half_of(source.name, title_of(file)) != FITTING:
                continue
            try:
                song = read(file)
            except RestyleError:
                continue
            stated = {key.fifths for _, key in song.keys}
            # Most files state C major only because something must be stated.
            if len(stated) != 1 or (stated == {0} and source.name != "piano-midi.de"):
                continue
            tonic = stated.pop() * 7 % 12
            yield song, [Key(tonic), Key((tonic + 9) % 12, "minor")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=("chords", "key"))
    parser.add_argument("--songs", type=int, default=sys.maxsize, help="at most so many a source")
    parser.add_argument("--steps", type=int, default=2500, help="of fitting the chord net")
    parser.add_argument("-o", type=Path, default=Path("src/restyle/pretrained"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.only in (None, "chords"):
        chords = fit_chords(options.data, options.songs, options.steps)
        np.savez(options.o / "chords.npz", **chords)  # type: ignore[arg-type]
    if options.only in (None, "key"):
        key = fit_key(options.data, options.songs)
        np.savez(options.o / "key.npz", **key)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
