"""What bands of real songs do that the decoder was told: the numbers in its docstrings.

    python benchmarks/habits.py CORPUS [--styles classical,pop,jazz,rock,soul,film] [--songs 150]

By style, over songs of the training split, a song having one vote:
* returns: bars in stretches that come back (`tokens.returns`) in which a part plays as before;
* walked: swinging songs whose bass walks (`data.playing`);
* doubled: notes struck with a note of the tune, of its pitch class;
* rubs: notes that begin a half step from the tune's, or a minor ninth;
* above a low tune: of the time that a tune sounds below F sharp 4 (`low_tune`), that in which a
  part of the band sounds above it; above a high tune: the same of the other tunes;
* with the piano: strokes of strings most of whose notes a piano, guitar or organ strikes with them;
* shared: notes of a part with chords that another part with chords sounds as well, where both play;
* on the bass: single notes of a part that are the bass' note, where there is a bass;
* the bar before: bars that have the rhythm of the bar before;
* above: notes higher than where the instrument is comfortable;
* a step: strokes of a piano beside which a note sounds a step away, below middle C, and is held.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from restyle.data.playing import KINDS, describe_walking, share_walking
from restyle.data.shards import open_corpus
from restyle.decoding.figures import FIGURES
from restyle.music.classes import CHORDAL_PARTS, PARTS, class_named, usual_class
from restyle.music.instruments import instrument
from restyle.music.lead import LeadSheet
from restyle.music.playability import MIDDLE
from restyle.music.song import Notes
from restyle.style.release import STEP
from restyle.tokens import decode, encode_arrangement, encode_lead
from restyle.tokens import vocabulary as v
from restyle.tokens.codec import Decoded
from restyle.tokens.returns import returns

ALIKE = 0.6
"""Share of a stroke's notes that another part strikes, too, from which on the two are alike."""
Shares = Iterator[tuple[str, float]]
"""What is counted and its share in a song."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--styles", default="classical,pop,jazz,rock,soul,film")
    parser.add_argument("--songs", type=int, default=150)
    asked = parser.parse_args()
    corpus = open_corpus(asked.corpus)
    print("| style | what | songs | share |")
    print("|---|---|---|---|")
    for style in asked.styles.split(","):
        entries = corpus.select("train", style)
        drawn = np.random.default_rng(0).permutation(len(entries))[: asked.songs]
        found: dict[str, list[float]] = defaultdict(list)
        for number in drawn:
            for name, share in shares(decode(corpus.tokens(entries[number]).tolist())):
                found[name].append(share)
        walked = [share_walking(corpus.tokens(entry)) for entry in entries]
        print(f"| {style} | walked | {len(entries)} | {describe_walking(walked):.3f} |")
        for name, values in sorted(found.items()):
            print(f"| {style} | {name} | {len(values)} | {np.mean(values):.4f} |", flush=True)


def shares(song: Decoded) -> Shares:
    """All that is counted in a song."""
    yield from returned(song)
    yield from above_the_tune(song)
    yield from with_the_piano(song.arrangement.parts)
    yield from beside_others(song.arrangement.parts)
    for part, notes in song.arrangement.parts.items():
        yield from the_bar_before(part, notes, song.lead)
        if part == "drums" or not len(notes):
            continue
        yield f"doubled, {part}", doubled(notes, song.lead)
        yield f"rubs, {part}", rubs(notes, song.lead)
        named = song.arrangement.classes.get(part) or usual_class(part).name
        high = instrument(class_named(named).programs[0]).comfortable_high
        yield f"above, {named}", float((notes["pitch"] > high).mean())
        if part == "piano":
            yield "a step, piano", held_a_step(notes)


def returned(song: Decoded) -> Shares:
    """Of each part that plays in bars that return, the share in which it plays as before."""
    sources = returns(encode_lead(song.lead))
    bars = [_by_part(bar) for bar in encode_arrangement(song.arrangement, song.lead)]
    same: dict[int, list[bool]] = defaultdict(list)
    for bar, source in enumerate(sources):
        for part in bars[bar].keys() | bars[source].keys() if source >= 0 else ():
            same[part].append(bars[bar].get(part) == bars[source].get(part))
    for part, found in same.items():
        yield f"returns, {PARTS[part]}", float(np.mean(found))


def _by_part(bar: list[int]) -> dict[int, list[int]]:
    """What each part plays in a bar, without what is said of how it plays."""
    out: dict[int, list[int]] = {}
    for token in bar:
        if token in v.PART:
            part = v.PART.value(token)
        elif not any(token in kind for kind in KINDS):
            out.setdefault(part, []).append(token)
    return out


def doubled(notes: Notes, lead: LeadSheet) -> float:
    """Share of the notes that are struck with one of the tune's, of its pitch class."""
    sung = dict(zip(lead.melody["start"].tolist(), lead.melody["pitch"].tolist(), strict=True))
    struck = zip(notes["start"].tolist(), notes["pitch"].tolist(), strict=True)
    return float(np.mean([(sung[s] - p) % 12 == 0 if s in sung else False for s, p in struck]))


def rubs(notes: Notes, lead: LeadSheet) -> float:
    """Share of the notes that begin a half step from what the tune has there, or a minor ninth."""
    tune = np.zeros(max(lead.length, int(notes["start"].max(initial=0)) + 1), dtype=np.int64)
    for note in lead.melody:
        tune[note["start"] : note["start"] + note["duration"]] = note["pitch"]
    sung = tune[notes["start"]]
    apart = np.abs(sung - notes["pitch"].astype(np.int64))
    return float(((sung > 0) & (apart % 12 == 1)).mean())


def above_the_tune(song: Decoded) -> Shares:
    """Of the time that a low tune sounds, and a high one, the share under a part of the band."""
    pitched = [notes for part, notes in song.arrangement.parts.items() if part != "drums"]
    voices = [song.lead.melody, *pitched]
    end = max(int((notes["start"] + notes["duration"]).max(initial=0)) for notes in voices)
    tune, top = np.zeros(end, dtype=np.int64), np.zeros(end, dtype=np.int64)
    for highest, some in ((tune, voices[:1]), (top, pitched)):
        for note in (note for notes in some for note in notes):
            there = highest[note["start"] : note["start"] + note["duration"]]
            np.maximum(there, note["pitch"], out=there)
    low = tune < FIGURES.low_tune
    for name, sung in (("low", (tune > 0) & low), ("high", ~low)):
        if sung.any():
            yield f"above a {name} tune", float((top > tune)[sung].mean())


def with_the_piano(parts: Mapping[str, Notes]) -> Shares:
    """Share of the strings' strokes that another part with chords strikes, too, note for note."""
    others = [_strokes(parts[part]) for part in CHORDAL_PARTS if part in parts]
    strings = _strokes(parts["strings"]) if "strings" in parts and others else {}
    if strings:
        same = [
            any(len(struck & other.get(at, set())) >= ALIKE * len(struck) for other in others)
            for at, struck in strings.items()
        ]
        yield "with the piano, strings", float(np.mean(same))


def _strokes(notes: Notes) -> dict[int, set[int]]:
    """The pitches that begin at each place."""
    out: dict[int, set[int]] = defaultdict(set)
    for start, pitch in zip(notes["start"].tolist(), notes["pitch"].tolist(), strict=True):
        out[start].add(pitch)
    return out


def beside_others(parts: Mapping[str, Notes]) -> Shares:
    """What a part with chords strikes of what other parts sound."""
    playing = {part: notes for part, notes in parts.items() if len(notes)}
    end = max((int((n["start"] + n["duration"]).max()) for n in playing.values()), default=0)
    sounding = {}
    for part, notes in playing.items():
        sounding[part] = roll = np.zeros((end, 128), dtype=bool)
        for note in notes:
            roll[note["start"] : note["start"] + note["duration"], note["pitch"]] = True
    for part in (name for name in playing if name in CHORDAL_PARTS):
        notes = playing[part]
        others = [sounding[name] for name in playing if name in CHORDAL_PARTS and name != part]
        if others:
            every = np.logical_or.reduce(others)[notes["start"]]
            there = every.any(axis=1)
            same = every[np.arange(len(notes)), notes["pitch"]][there]
            yield f"shared, {part}", float(same.mean()) if len(same) else 0.0
        if "bass" in sounding:
            starts, first, count = np.unique(notes["start"], return_index=True, return_counts=True)
            bass = sounding["bass"][starts[count == 1]]
            pitch = notes["pitch"][first[count == 1]]
            same = bass[bass.any(axis=1)].argmax(axis=1) % 12 == pitch[bass.any(axis=1)] % 12
            if len(same):
                yield f"on the bass, {part}", float(same.mean())


def the_bar_before(part: str, notes: Notes, lead: LeadSheet) -> Shares:
    """Share of the bars that begin their notes where the bar before does, both playing."""
    lines = lead.bar_starts().tolist()
    begun = [
        set((notes["start"][(notes["start"] >= a) & (notes["start"] < b)] - a).tolist())
        for a, b in pairwise(lines)
    ]
    alike = [a == b for a, b in pairwise(begun) if a and b]
    if alike:
        yield f"the bar before, {part}", float(np.mean(alike))


def held_a_step(notes: Notes) -> float:
    """Share of the onsets at which a held note lies a step from a struck one, below middle C."""
    faults = []
    ends = notes["start"] + notes["duration"]
    for at in np.unique(notes["start"]):
        struck = notes["pitch"][notes["start"] == at].astype(int)
        held = notes["pitch"][(notes["start"] < at) & (ends > at)].astype(int)
        apart = np.abs(held[:, None] - struck[None])
        low = np.minimum(held[:, None], struck[None]) < MIDDLE
        faults.append(bool((low & (apart > 0) & (apart <= STEP)).any()))
    return float(np.mean(faults))


if __name__ == "__main__":
    main()
