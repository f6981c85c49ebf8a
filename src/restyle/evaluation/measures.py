"""All measures of one result, under the names that reports and docs/measures.md use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from restyle.evaluation.chroma import (
    bar_chroma_similarity,
    chroma_cosine,
    groove_consistency,
    groove_similarity,
    pitch_class_entropy,
)
from restyle.evaluation.features import features
from restyle.evaluation.harmony import chord_agreement
from restyle.evaluation.judge import Judge
from restyle.evaluation.musicality import (
    longest_one_note,
    polyphony,
    scale_consistency,
    share_outside,
    share_with_sevenths,
)
from restyle.evaluation.originality import part_moves, share_known
from restyle.evaluation.played import Played
from restyle.evaluation.profile import Profile, profile, similarity
from restyle.evaluation.reference import Reference
from restyle.evaluation.repetition import over_repetition

Figures = dict[str, float]


@dataclass(frozen=True)
class Measure:
    """One column of a report."""

    name: str
    subject: str
    """content, style, musicality, originality or speed."""
    title: str
    unit: str
    """share (0..1), cosine, bits, bars, notes, moves, or seconds."""


MEASURES = (
    Measure("melody_kept", "content", "melody kept", "F1"),
    Measure("chord_root", "content", "chords: same root", "share"),
    Measure("chord_third", "content", "chords: same root and third", "share"),
    Measure("chroma", "content", "chroma cosine", "cosine"),
    Measure("bar_chroma", "content", "bar chroma similarity", "cosine"),
    Measure("groove", "content", "groove similarity", "cosine"),
    Measure("recognised", "style", "recognised as the target", "share"),
    Measure("recognised_no_swing", "style", "recognised without swing", "share"),
    Measure("chance_of_target", "style", "judge's probability of the target", "share"),
    Measure("closer", "style", "closer to the target than the base", "share"),
    Measure("macro", "style", "style profile, whole style", "cosine"),
    Measure("macro_time_pitch", "style", "its intervals in time", "cosine"),
    Measure("macro_onset_duration", "style", "its onsets and durations", "cosine"),
    Measure("macro_onset_drum", "style", "its drums", "cosine"),
    Measure("nano", "style", "style profile, one real song", "cosine"),
    Measure("outside", "musicality", "notes outside chord and scale", "share"),
    Measure("over_repetition", "musicality", "over-repetition", "share"),
    Measure("one_note", "musicality", "longest run on one note", "bars"),
    Measure("sevenths", "musicality", "bars with sevenths", "share"),
    Measure("entropy_1", "musicality", "H1, pitch classes in a bar", "bits"),
    Measure("entropy_4", "musicality", "H4, pitch classes in four bars", "bits"),
    Measure("groove_consistency", "musicality", "GS, groove consistency", "share"),
    Measure("polyphony", "musicality", "polyphony", "notes"),
    Measure("scale_consistency", "musicality", "scale consistency", "share"),
    Measure("notes_a_bar", "musicality", "notes a bar, drums too", "notes"),
    Measure("known_runs", "originality", "runs of 16 moves known from training", "share"),
    Measure("longest_shared", "originality", "longest run shared with training", "moves"),
    Measure("seconds", "speed", "seconds to arrange", "seconds"),
)
"""What a report has; `longest_shared` only beside a corpus, `seconds` and `melody_kept` only of
results."""


@dataclass(frozen=True)
class Judges:
    """The judge of style and the one that does not hear swing."""

    full: Judge
    no_swing: Judge

    @staticmethod
    def load() -> Judges:
        return Judges(Judge.load(), Judge.load("no-swing"))


@dataclass(frozen=True)
class Setting:
    """What a song is measured against."""

    base: Played
    target: str
    partner: Played | None
    """A real song of the target style, for the nano profile."""
    among: tuple[str, ...]
    """The styles that the judge chooses from."""


def measured(
    song: Played, setting: Setting, reference: Reference, judges: Judges, real: bool = False
) -> tuple[Figures, str]:
    """All measures of a song that stands for a result, and the judge's verdict.

    `real` is for a real song of the style: then content is not compared with the base, and its
    chords are held against its own.
    """
    style, verdict = _style(song, setting, reference, judges)
    lead = song.lead
    out = {**_content(song, setting.base, real), **style, **_music(song)}
    parts = part_moves(song.arrangement)
    out["known_runs"] = share_known(parts, reference.moves, reference.keep)
    count = sum(len(notes) for notes in song.arrangement.parts.values())
    out["notes_a_bar"] = count / max(lead.bars, 1)
    return out, verdict


def _content(song: Played, base: Played, real: bool) -> Figures:
    root, third = chord_agreement(song, (song if real else base).lead.chords)
    out = {"chord_root": root, "chord_third": third}
    if real:
        return out
    a, b, lines = base.notes, song.notes, base.lines
    return {
        **out,
        "chroma": chroma_cosine(a, b),
        "bar_chroma": bar_chroma_similarity(a, b, lines),
        "groove": groove_similarity(a, b, lines),
    }


def _style(
    song: Played, setting: Setting, reference: Reference, judges: Judges
) -> tuple[Figures, str]:
    row = features(song, drums=True)
    found = judges.full.classify_features(row, setting.among)
    deaf = judges.no_swing.classify_features(row, setting.among)
    verdict = max(found, key=found.__getitem__)
    out = {
        "recognised": float(verdict == setting.target),
        "recognised_no_swing": float(max(deaf, key=deaf.__getitem__) == setting.target),
        "chance_of_target": found[setting.target],
    }
    own = profile(song)
    whole = reference.profiles.get(setting.target)
    if whole is not None:
        out |= _macro(own, profile(setting.base), whole)
    if setting.partner is not None:
        out["nano"] = similarity(own, profile(setting.partner))["all"]
    return out, verdict


def _macro(own: Profile, base: Profile, whole: Profile) -> Figures:
    near, before = similarity(own, whole), similarity(base, whole)
    return {
        "macro": near["all"],
        "closer": float(near["all"] > before["all"]),
        **{f"macro_{name}": near[name] for name in own},
    }


def _music(song: Played) -> Figures:
    band = song.without_melody.notes
    lead, lines = song.lead, song.lines
    pitched = [notes for part, notes in song.arrangement.parts.items() if part != "drums"]
    return {
        "outside": share_outside(song.arrangement, lead),
        "over_repetition": over_repetition(song),
        "one_note": float(max((longest_one_note(notes, lead) for notes in pitched), default=0)),
        "sevenths": share_with_sevenths(song.arrangement, lead),
        "entropy_1": pitch_class_entropy(band, lines),
        "entropy_4": pitch_class_entropy(band, lines, 4),
        "groove_consistency": groove_consistency(band, lines),
        "polyphony": polyphony(song.notes),
        "scale_consistency": scale_consistency(band),
    }


def names(rows: Sequence[Figures]) -> list[Measure]:
    """The measures that any of the rows has, in their order."""
    return [m for m in MEASURES if any(m.name in row for row in rows)]
