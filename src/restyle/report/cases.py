"""Which songs are restyled for a report, and what they are measured beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from restyle.critic.played import Played, merged, played, played_real
from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, Entry, open_corpus
from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Notes, Song
from restyle.reading import Music, open_lead

LEAST_BARS, LEAST_MELODY = 16, 32
"""A held-out song with fewer bars or melody notes says little."""


@dataclass(frozen=True)
class Case:
    """One song to be restyled, and the real songs that stand beside its results."""

    name: str
    style: str
    """The style that it is of; "" where nobody says."""
    lead: LeadSheet
    base: Played
    partners: dict[str, Played]
    """For each target style a real song of it (empty without a corpus)."""
    other: Arrangement | None = None
    """What a random other real song plays, laid under this one's bars."""


def corpus_cases(
    folder: Path, songs: int, styles: Sequence[str], bars: int, seed: int
) -> list[Case]:
    """Held-out songs of a corpus, as many of each style as of the next, in a stable order.

    The test split first, then the songs held out for the loss; `bars` is how many bars of each are
    taken from its beginning, 0 for all. Raises RestyleError when the corpus has none to offer.
    """
    corpus = open_corpus(folder)
    rng = np.random.default_rng(seed)
    pools = {style: _held_out(corpus, style, rng) for style in styles if style in corpus.styles}
    pools = {style: pool for style, pool in pools.items() if pool}
    if not pools:
        raise RestyleError(f"{folder} has no held-out songs of {', '.join(styles)}.")
    chosen = _spread(pools, songs)
    others = [entry for pool in pools.values() for entry in pool]

    def fetched(entry: Entry) -> Played:
        song = played_tokens(corpus.tokens(entry))
        return song.part(0, min(bars, song.lead.bars)) if bars else song

    cases = []
    for entry in chosen:
        partners = {
            style: fetched(_other_than(entry, pool, rng))
            for style, pool in pools.items()
            if style != entry.style and pool != [entry]
        }
        base = fetched(entry)
        other = fetched(_other_than(entry, others, rng))
        band = laid_under(other, base)
        cases.append(Case(entry.title, entry.style, base.lead, base, partners, band))
    return cases


def file_cases(songs: Sequence[Music], unused: list[str] | None = None) -> list[Case]:
    """Songs, whole. What is said of those that cannot be read or heard is added to `unused`.

    Raises RestyleError for such a song where there is no `unused`, or where no other is left.
    """
    cases: list[Case] = []
    for number, song in enumerate(songs, 1):
        try:
            lead, heard = open_lead(song)
        except RestyleError as error:
            if unused is None or (number == len(songs) and not cases):
                raise
            unused.append(str(error))
            continue
        base = played_real(heard) if heard is not None else played(lead, Arrangement({}))
        title = song.title if isinstance(song, Song | LeadSheet) else Path(song).stem
        cases.append(Case(title or f"song {number}", "", lead, base, {}))
    return cases


def laid_under(song: Played, base: Played) -> Arrangement:
    """What a song plays, bar for bar under another song's bars, from the start again when it ends;
    bars that are longer than the other's end in silence."""
    theirs, ours = song.lines, base.lines
    if len(theirs) < 2:
        return Arrangement({})
    parts: dict[str, list[Notes]] = {name: [] for name in song.arrangement.parts}
    for bar in range(len(ours) - 1):
        begin, end = int(ours[bar]), int(ours[bar + 1])
        source = bar % (len(theirs) - 1)
        first, last = int(theirs[source]), int(theirs[source + 1])
        for name, notes in song.arrangement.parts.items():
            low, high = np.searchsorted(notes["start"], (first, min(last, first + end - begin)))
            some = notes[low:high].copy()
            some["start"] += begin - first
            parts[name].append(some)
    return Arrangement({name: merged(rows) for name, rows in parts.items()})


def _held_out(corpus: Corpus, style: str, rng: np.random.Generator) -> list[Entry]:
    """The style's held-out songs in random order, the test split before the other."""
    out: list[Entry] = []
    for split in ("test", "valid"):
        some = sorted(corpus.select(split, style), key=lambda entry: entry.path)
        out += [some[i] for i in rng.permutation(len(some)) if _says_enough(corpus, some[i])]
    return out


def _says_enough(corpus: Corpus, entry: Entry) -> bool:
    lead = played_tokens(corpus.tokens(entry)).lead
    return lead.bars >= LEAST_BARS and len(lead.melody) >= LEAST_MELODY


def _spread(pools: dict[str, list[Entry]], songs: int) -> list[Entry]:
    """Songs in turn from each style, until there are enough or none are left."""
    out: list[Entry] = []
    turn = 0
    while len(out) < songs and any(turn < len(pool) for pool in pools.values()):
        for pool in pools.values():
            if turn < len(pool) and len(out) < songs:
                out.append(pool[turn])
        turn += 1
    return out


def _other_than(entry: Entry, pool: Sequence[Entry], rng: np.random.Generator) -> Entry:
    rest = [other for other in pool if other.path != entry.path] or list(pool)
    return rest[int(rng.integers(len(rest)))]
