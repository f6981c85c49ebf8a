"""Fit the ear: the weights with which `hearing` tells beats and downbeats from accents.

    python benchmarks/fit_hearing.py --data FOLDER [--songs N] [-o src/restyle/pretrained/ear.npz]

FOLDER holds STYLE/SOURCE/*.mid. Beats and bars are known from POP909's labels, and elsewhere from
files that sit on their own beat and state their meter. Only one half of the songs is used (see
`in_fitting_half`); `benchmarks/hearing.py` reports on the other. --songs does not limit POP909.
Takes about ten minutes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from hearing_truth import Truth, truths
from restyle.analysis.accents import MEASURES, accents
from restyle.analysis.bars import AROUND, DOWNBEAT, MIDDLE, OTHER, surroundings
from restyle.analysis.ear import PHASES, Ear
from restyle.analysis.tracking import profile, taps, track

HIDDEN = 32
LABELLED_WEIGHT = 3.0  # POP909's beats were set by people to playing; elsewhere a quarter is a beat
WARM_UP = 200  # songs for the first round of weights, which only has to find likely mistakes


@dataclass(frozen=True)
class Case:
    """One song to learn beats from: profiles of ways to tap, their tempo, and which are right."""

    profiles: NDArray[np.float32]
    seconds: NDArray[np.float64]
    right: NDArray[np.bool_]
    weight: float


def agreement(truth: NDArray[np.float64], beats: NDArray[np.float64], window: float) -> float:
    """Beat F-measure within `window` seconds, for beats that are further apart than that."""
    found = np.searchsorted(beats, truth)
    before = np.abs(truth - beats[np.maximum(found - 1, 0)])
    after = np.abs(truth - beats[np.minimum(found, len(beats) - 1)])
    return float(2 * np.sum(np.minimum(before, after) <= window) / (len(truth) + len(beats)))


def case_of(truth: Truth, ear: Ear | None) -> Case | None:
    """Ways to tap to a song: those around its true beats, and those around the tracked pulse."""
    frames = accents(truth.song)
    period = float(np.median(np.diff(truth.beats)))
    count = len(truth.beats)
    pulse = truth.beats
    while period > 0.68:
        pulse = np.interp(np.arange(0, count - 0.9, 0.5), np.arange(count), pulse)
        period, count = period / 2, len(pulse)
    ways = taps(pulse)
    place = np.arange(len(truth.beats))
    ways += [np.interp(place[:-1] + i / PHASES, place, truth.beats) for i in range(PHASES)]
    if ear is not None:
        ways += taps(track(frames, ear))
    right = np.array([agreement(truth.beats, way, 0.035) > 0.85 for way in ways])
    if not right.any():
        return None
    return Case(
        np.stack([profile(frames, way) for way in ways]),
        np.array([np.median(np.diff(way)) for way in ways]),
        right,
        LABELLED_WEIGHT if truth.source == "POP909" else 1.0,
    )


def fit_beats(cases: list[Case]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights under which the right ways to tap outscore the others (conditional logit)."""
    size = max(len(case.right) for case in cases)
    profiles = torch.zeros(len(cases), size, PHASES, len(MEASURES))
    pace = torch.zeros(len(cases), size, 3)
    right = torch.zeros(len(cases), size, dtype=torch.bool)
    there = torch.zeros(len(cases), size, dtype=torch.bool)
    for i, case in enumerate(cases):
        n = len(case.right)
        profiles[i, :n] = torch.from_numpy(case.profiles)
        log = torch.from_numpy(np.log(case.seconds / 0.6)).float()
        pace[i, :n] = torch.stack((log, log**2, log.clamp(min=0) ** 3), dim=1)
        right[i, :n], there[i, :n] = torch.from_numpy(case.right), True
    weight = torch.tensor([case.weight for case in cases])
    table = torch.zeros(PHASES, len(MEASURES), requires_grad=True)
    tempo = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([table, tempo], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = (profiles * table).sum((2, 3)) + pace @ tempo
        scores = scores.masked_fill(~there, -1e9)
        good = scores.masked_fill(~right, -1e9).logsumexp(1) - scores.logsumexp(1)
        value = -(good * weight).sum() / weight.sum() + 3e-4 * (table**2).sum()
        value.backward()
        return value

    optimiser.step(loss)
    print(f"  beats: {loss().item():.3f} nats a song over {len(cases)} songs")
    return table.detach().numpy(), tempo.detach().numpy()


def places_of(truth: Truth) -> NDArray[np.int64]:
    """What each beat is: downbeat, the middle of a bar of four, or another."""
    places = np.full(len(truth.beats), OTHER)
    starts = np.flatnonzero(truth.down)
    for start, beats in zip(starts, np.diff(np.append(starts, len(places))), strict=True):
        places[start] = DOWNBEAT
        if beats in (4, 6, 8):
            places[start + beats // 2 if beats == 4 else start + 4] = MIDDLE
        if beats == 6 and truth.source == "POP909":  # a bar of four and half a bar
            places[start + 2], places[start + 4] = MIDDLE, DOWNBEAT
    return places


def fit_bars(songs: list[Truth], rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """The net of `bars.place_scores`, every song of equal weight, cross-entropy and AdamW."""
    seen = [surroundings(accents(t.song), t.beats) for t in songs]
    place = [places_of(t) for t in songs]
    share = np.concatenate([np.full(len(p), 1.0 / len(p)) for p in place])
    inputs, targets = (
        torch.from_numpy(np.concatenate(seen)),
        torch.from_numpy(np.concatenate(place)),
    )
    torch.manual_seed(1)
    first = torch.nn.Linear(len(MEASURES) * (2 * AROUND + 2), HIDDEN)
    second = torch.nn.Linear(HIDDEN, 3)
    net = torch.nn.Sequential(first, torch.nn.ReLU(), torch.nn.Dropout(0.2), second)
    steps = 6000
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    edges = np.cumsum(share / share.sum())
    for _ in range(steps):
        batch = torch.from_numpy(np.searchsorted(edges, rng.random(1024)).clip(max=len(edges) - 1))
        optimiser.zero_grad()
        value = cross_entropy(net(inputs[batch]), targets[batch])
        value.backward()
        optimiser.step()
        schedule.step()
    print(f"  bars: {value.item():.3f} nats a beat over {len(songs)} songs")
    counts = np.bincount(np.concatenate(place), share, 3)
    tables = (first.weight.T, first.bias, second.weight.T, second.bias)
    out = {f"bar{i}": t.detach().numpy().astype(np.float32) for i, t in enumerate(tables)}
    return out | {"places": np.log(counts / counts.sum()).astype(np.float32)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=160, help="at most so many a source")
    parser.add_argument("-o", type=Path, default=Path("src/restyle/pretrained/ear.npz"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    songs = [t for t in truths(options.data, options.songs) if t.fitting]
    print(f"{len(songs)} songs")
    none = np.zeros(0, dtype=np.float32)
    bars = fit_bars(songs, np.random.default_rng(1))
    ear: Ear | None = None
    # The second time with the mistakes of the first among the ways to tap.
    for part in (songs[:: max(len(songs) // WARM_UP, 1)], songs):
        cases = [case for t in part if (case := case_of(t, ear)) is not None]
        beat, pace = fit_beats(cases)
        ear = Ear(beat, pace, (none,) * 4, none)
    np.savez(options.o, beat=beat, pace=pace, **bars)  # type: ignore[arg-type]
    print(f"written to {options.o}")


if __name__ == "__main__":
    main()
