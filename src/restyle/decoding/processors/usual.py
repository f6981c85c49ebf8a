"""A part plays as parts of the style do once a song has begun, not as in an introduction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band, Player
from restyle.decoding.cursor import DENSITY, FIGURE, Cursor, asked_attribute
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import State
from restyle.music.classes import CHORDAL_PARTS
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
LINES = ("line", "pedal", "octaves")
"""Figures that do not say a chord."""
_KINDS = (v.DENSITY, v.SIZE_OF_CHORDS, v.REGISTER, v.FIGURE)


class UsualPlaying:
    """Where the lead sheet has chords, rare values of how a part plays its phrase are as good as
    out of the question: they belong to introductions, breaks and odd songs, and what a section is
    begun with holds until the form changes. Nobody rests two phrases on end. Likely ones are chosen
    more surely than notes are: they are what a style is known by."""

    name = "usual"

    def __init__(self, sheet: Sheet, band: Band):
        self._chords = [sheet.chords_in[first:last].any() for first, last in sheet.phrases]
        self._phrase_of = sheet.phrase_of
        self._begins = [int(sheet.lines[first]) for first, _ in sheet.phrases]
        self._bias = {
            player.number: _bias(band.usual[player.part], player, band)
            for player in band.players
            if player.part in band.usual
        }

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        for row in (cursor.state <= State.REGISTER).nonzero()[0].tolist():
            which = asked_attribute(cursor, row)
            bias = self._bias.get(int(cursor.part[row]))
            if which is not None and bias and self._chords[self._phrase_of[cursor.bar[row]]]:
                kind = _KINDS[which]
                playing = int(which == DENSITY)  # whether it plays at all is asked as it stands
                asked = logits[row, kind.first + playing : kind.end]
                asked[:] = _surer(asked)
                logits[row, kind.first : kind.end] += bias[which]
                if playing and self._has_rested(cursor, row):
                    logits[row, v.DENSITY[0]] -= np.float32(FIGURES.unusual)
        return logits

    def _has_rested(self, cursor: Cursor, row: int) -> bool:
        """Whether the part that is asked did not play in the phrase before this one."""
        phrase = int(self._phrase_of[cursor.bar[row]])
        if not phrase:
            return False
        begin = self._begins[phrase - 1]
        return bool((cursor.struck[row, int(cursor.part[row])] < begin).all())

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass


def _surer(logits: Logits) -> Logits:
    """The same logits at a lower temperature, which all together are as likely as before."""
    out = logits / np.float32(FIGURES.how_temperature)
    return np.asarray(out + np.logaddexp.reduce(logits) - np.logaddexp.reduce(out))


def _bias(shares: tuple[tuple[float, ...], ...], player: Player, band: Band) -> list[Logits]:
    """What is added to the logits of each attribute's values: 0 for usual ones."""
    carries = player.number in band.carrying
    out = []
    for which, values in enumerate(shares):
        share = np.array(values)
        usual = _middle(share) if which == DENSITY else _commonest(share)
        if which == DENSITY and not carries:
            usual[0] = True  # others may rest for a phrase
        out.append(np.where(usual, 0.0, -FIGURES.unusual).astype(np.float32))
    if carries and player.part in CHORDAL_PARTS:
        out[FIGURE][[v.FIGURES.index(name) for name in LINES]] -= np.float32(FIGURES.alone)
    return out


def _middle(share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """All but the lowest and the highest values, by share of the phrases."""
    below = np.cumsum(share)
    return np.asarray((below > FIGURES.sparsest) & (below - share < FIGURES.densest))


def _commonest(share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The commonest values that hold most of the phrases."""
    order = np.argsort(-share, kind="stable")
    before = np.cumsum(share[order]) - share[order]
    out = np.zeros(len(share), dtype=bool)
    out[order[before < FIGURES.common]] = True
    return out
