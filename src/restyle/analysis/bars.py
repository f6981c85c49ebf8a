"""Bar lines on known beats: the meter, where its bars begin, and where it changes.

A small trained net says of each beat whether it sounds like a downbeat, a bar's middle or
neither; a Viterbi search over bars of two, three and four beats finds the sequence of bars that
explains them all (after the down-beat trackers of Böck, Krebs & Widmer 2016).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.accents import Frames, at_times
from restyle.analysis.ear import Ear

DOWNBEAT, MIDDLE, OTHER = range(3)
PLACES: dict[int, tuple[int, ...]] = {
    2: (DOWNBEAT, OTHER),
    3: (DOWNBEAT, OTHER, OTHER),
    4: (DOWNBEAT, OTHER, MIDDLE, OTHER),
}
"""What each beat of a bar is, by beats in the bar."""

AROUND = 8
"""Beats before and after a beat that the net sees."""
_PRIORS = {2: 0.1, 3: 0.2, 4: 0.7}
_CHANGE = -7.0  # nats for a bar that has not as many beats as the one before
_ORIGIN = 3.0  # nats for a bar line where the file begins
_SURE = 30.0  # nats by which bars must fit better than others to be plainly so
_PLAIN = 0.4  # nats a beat by which they must
_WINDOW = 24  # beats of a passage
_NEARLY_ALL = 0.8  # share of the passages in which they must
_TRUST = 0.7  # share of the places' frequency to take out of the net's outputs

Seconds = NDArray[np.float64]
Scores = NDArray[np.float64]


def surroundings(frames: Frames, beats: Seconds) -> NDArray[np.float32]:
    """What the net sees of each beat: accents on it, on its off-beat and on the beats around.

    (beats, measures * (2 * AROUND + 2)), relative to the mean beat of the song.
    """
    half = beats + np.append(np.diff(beats), np.diff(beats)[-1:]) / 2
    on, off = (np.log1p(np.maximum(at_times(frames, t), 0)) for t in (beats, half))
    on, off = on - on.mean(axis=0), off - off.mean(axis=0)
    near = np.clip(np.arange(len(beats))[:, None] + np.arange(-AROUND, AROUND + 1), 0, len(on) - 1)
    seen = np.concatenate((on[near].reshape(len(beats), -1), off), axis=1)
    return np.asarray(seen, dtype=np.float32)


def place_scores(frames: Frames, beats: Seconds, ear: Ear) -> Scores:
    """Nats for each beat's being downbeat, middle or other, (beats, 3)."""
    first, first_bias, second, second_bias = ear.bar
    hidden = np.maximum(surroundings(frames, beats) @ first + first_bias, 0)
    logits = (hidden @ second + second_bias).astype(np.float64)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return np.asarray(logits - _TRUST * ear.places)


def find_bars(
    scores: Scores, counts: tuple[int, ...] = (2, 3, 4), origin: int | None = None
) -> tuple[NDArray[np.int64], int]:
    """Index of every downbeat (the first may be below 0: a pickup), and beats in the last bar.

    `scores` are those of `place_scores`, `counts` the numbers of beats that a bar may have.
    `origin` is how many beats after a likely bar line (the beginning of the file) beat 0 lies.
    """
    states = [(count, k) for count in counts for k in range(count)]
    place = np.array([PLACES[count][k] for count, k in states])
    ends = [states.index((count, count - 1)) for count in counts]
    begins = [states.index((count, 0)) for count in counts]
    change = np.array([[0.0 if a == b else _CHANGE for b in counts] for a in counts])
    best = np.array([np.log(_PRIORS[count] / count) for count, _ in states]) + scores[0][place]
    if origin is not None:
        best += [_ORIGIN if (origin - k) % count == 0 else 0.0 for count, k in states]
    came = np.zeros((len(scores), len(states)), dtype=np.int8)
    follow = np.arange(len(states)) - 1
    columns = np.arange(len(counts))
    for t in range(1, len(scores)):
        came[t] = follow
        step = best[follow]
        into = best[ends][:, None] + change
        source = into.argmax(axis=0)
        step[begins] = into[source, columns]
        came[t, begins] = np.array(ends)[source]
        best = step + scores[t][place]
    state = int(best.argmax())
    last = states[state][0]
    downbeats = []
    for t in range(len(scores) - 1, -1, -1):
        if states[state][1] == 0:
            downbeats.append(t)
        if t == 0 and states[state][1]:
            downbeats.append(-states[state][1])
        state = int(came[t, state])
    return np.array(downbeats[::-1]), last


def place_fits(scores: Scores, count: int) -> Scores:
    """Nats of each beat in bars of `count` beats, (count, beats): row k has k beats before its
    first downbeat."""
    place = np.array(PLACES[count])
    beat = np.arange(len(scores))
    return np.stack([scores[beat, place[(beat - ahead) % count]] for ahead in range(count)])


def place_contrast(scores: Scores, count: int) -> float:
    """How plainly bars of `count` beats are heard: nats a beat by which they fit better where they
    fit best than they do on average wherever they begin."""
    fits = place_fits(scores, count).mean(axis=1)
    return float(fits.max() - fits.mean())


def plainly_better(fits: Scores, than: Scores) -> bool:
    """Whether some bars fit the beats of a song better than others, and nearly everywhere in it.

    Both are rows of `place_fits`. A net that is a little surer of one place of the bar than of
    another adds up to many nats over a long song: so much a beat counts, and in each passage.
    """
    gain = fits - than
    windows = np.array_split(gain, max(len(gain) // _WINDOW, 1))
    wins = np.mean([float(window.sum()) > 0 for window in windows])
    return bool(gain.sum() >= max(_SURE, _PLAIN * len(gain)) and wins >= _NEARLY_ALL)
