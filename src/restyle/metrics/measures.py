"""All measures of one result, under the names that reports and docs/measures.md use."""

from __future__ import annotations

from dataclasses import dataclass

from restyle.critic.judge import Judge
from restyle.critic.profile import Profile, profile, similarity
from restyle.critic.reference import Reference
from restyle.metrics.chroma import bar_chroma_similarity, chroma_cosine, groove_similarity
from restyle.metrics.facts import Facts, Figures
from restyle.metrics.harmony import agreement
from restyle.music.classes import PARTS


@dataclass(frozen=True)
class Measure:
    """One column of a report."""

    name: str
    subject: str
    """content, style, musicality, band, originality or speed."""
    title: str
    unit: str
    """share (0..1), cosine, bits, bars, notes, moves, velocity, distance (0..1), or seconds."""


MEASURES = (
    Measure("melody_kept", "content", "melody kept", "F1"),
    Measure("chord_root", "content", "chords: same root", "share"),
    Measure("chord_third", "content", "chords: same root and third", "share"),
    Measure("chroma", "content", "chroma cosine", "cosine"),
    Measure("bar_chroma", "content", "bar chroma similarity", "cosine"),
    Measure("groove", "content", "groove similarity", "cosine"),
    Measure("recognised", "style", "recognised as the target", "share"),
    Measure("recognised_no_swing", "style", "recognised without swing", "share"),
    Measure("recognised_apart", "style", "recognised by a judge of other songs", "share"),
    Measure("chance_of_target", "style", "judge's probability of the target", "share"),
    Measure("of_two", "style", "taken for the target rather than for its own style", "share"),
    Measure("closer", "style", "closer to the target than the base", "share"),
    Measure("macro", "style", "style profile, whole style", "cosine"),
    Measure("macro_time_pitch", "style", "its intervals in time", "cosine"),
    Measure("macro_onset_duration", "style", "its onsets and durations", "cosine"),
    Measure("macro_onset_drum", "style", "its drums", "cosine"),
    Measure("set_macro", "style", "style profile of all together", "cosine"),
    Measure("set_closer", "style", "how much nearer than the bases together", "cosine"),
    Measure("nano", "style", "style profile, one real song", "cosine"),
    Measure("outside", "musicality", "notes outside chord and scale", "share"),
    *(
        Measure(f"outside_{part}", "musicality", f"those of the {part}", "share")
        for part in PARTS
        if part != "drums"
    ),
    Measure("over_repetition", "musicality", "over-repetition", "share"),
    Measure("structure_short", "musicality", "SI short, motifs that come back", "share"),
    Measure("structure_mid", "musicality", "SI mid, phrases that come back", "share"),
    Measure("structure_long", "musicality", "SI long, sections that come back", "share"),
    Measure("one_note", "musicality", "longest run on one note", "bars"),
    Measure("sevenths", "musicality", "bars with sevenths", "share"),
    Measure("entropy_1", "musicality", "H1, pitch classes in a bar", "bits"),
    Measure("entropy_4", "musicality", "H4, pitch classes in four bars", "bits"),
    Measure("groove_consistency", "musicality", "GS, groove consistency", "share"),
    Measure("length_entropy", "musicality", "lengths of a part's notes", "bits"),
    Measure("polyphony", "musicality", "polyphony", "notes"),
    Measure("scale_consistency", "musicality", "scale consistency", "share"),
    Measure("notes_a_bar", "musicality", "notes a bar, drums too", "notes"),
    Measure("tune_in_range", "band", "tune within its instrument", "share"),
    Measure("tune_above", "band", "tune louder than the band by", "velocity"),
    Measure("held_outside", "band", "held notes against chord and scale", "share"),
    Measure("low_intervals", "band", "onsets below a low interval limit", "share"),
    Measure("short_notes", "band", "notes under 60 ms", "share"),
    Measure("fast_notes", "band", "steps under 60 ms", "share"),
    Measure("drum_distance", "band", "drum keys from the style's songs'", "distance"),
    Measure("electric_snare", "band", "strokes on the second snare", "share"),
    Measure("drum_copies", "band", "eight bars of drums that are copies", "share"),
    Measure("drum_strangers", "band", "bars of drums unlike their neighbours", "share"),
    Measure("band_copies", "band", "eight bars of the band that are copies", "share"),
    Measure("band_strangers", "band", "bars of the band unlike their neighbours", "share"),
    Measure("known_runs", "originality", "runs of 16 moves known from training", "share"),
    Measure("longest_shared", "originality", "longest run shared with training", "moves"),
    Measure("seconds", "speed", "seconds to arrange", "seconds"),
)
"""What a report has; `longest_shared` only beside a corpus, `of_two` only where the base's style is
known, `seconds`, `melody_kept` and those of the band only of results (real songs' are
measured once for all, see `benchmarks/band_reference.py`), `set_macro` and `set_closer` only of all
songs together."""


@dataclass(frozen=True)
class Judges:
    """The judge of style, the one that does not hear swing, and the one that learnt from other
    songs than the ear by which results were made (`restyle.critic.ear`)."""

    full: Judge
    no_swing: Judge
    apart: Judge

    @staticmethod
    def load() -> Judges:
        return Judges(Judge.load(), Judge.load("no-swing"), Judge.load("apart"))


@dataclass(frozen=True)
class Setting:
    """What a song is measured against."""

    base: Facts
    base_style: str
    """"" where nobody says."""
    target: str
    partner: Facts | None
    """A real song of the target style, for the nano profile."""
    among: tuple[str, ...]
    """The styles that the judge chooses from."""
    own: Profile | None = None
    """Of a style of one's own, which no judge has learnt: the profile of its accompaniments."""


def measured(
    song: Facts, setting: Setting, reference: Reference, judges: Judges, real: bool = False
) -> tuple[Figures, str]:
    """All measures of a song that stands for a result, and the judge's verdict.

    `real` is for a real song of the style: then content is not compared with the base, and its
    chords are held against its own.
    """
    style, verdict = _style(song, setting, reference, judges)
    return {**_content(song, setting.base, real), **style, **song.music}, verdict


def _content(song: Facts, base: Facts, real: bool) -> Figures:
    chords = (song if real else base).song.lead.chords
    root, third = agreement(chords, song.heard, song.song.lead.length)
    out = {"chord_root": root, "chord_third": third}
    if real:
        return out
    a, b, lines = base.song.notes, song.song.notes, base.song.lines
    return {
        **out,
        "chroma": chroma_cosine(a, b),
        "bar_chroma": bar_chroma_similarity(a, b, lines),
        "groove": groove_similarity(a, b, lines),
    }


def _style(
    song: Facts, setting: Setting, reference: Reference, judges: Judges
) -> tuple[Figures, str]:
    row, target = song.features, setting.target
    found = judges.full.classify_features(row, setting.among)
    deaf = judges.no_swing.classify_features(row, setting.among)
    apart = judges.apart.classify_features(row, setting.among)
    verdict = max(found, key=found.__getitem__)
    if target not in judges.full.styles:
        if setting.own is None:
            return {}, verdict
        alone, before = (profile(one.song.without_melody) for one in (song, setting.base))
        return _macro(alone, before, setting.own), verdict
    out = {
        "recognised": float(verdict == target),
        "recognised_no_swing": float(max(deaf, key=deaf.__getitem__) == target),
        "recognised_apart": float(max(apart, key=apart.__getitem__) == target),
        "chance_of_target": found[target],
    }
    if setting.base_style in judges.full.styles and setting.base_style != target:
        two = judges.full.classify_features(row, (setting.base_style, target))
        out["of_two"] = float(two[target] > two[setting.base_style])
    whole = reference.profiles.get(target)
    if whole is not None:
        out |= _macro(song.profile, setting.base.profile, whole)
    if setting.partner is not None and song is not setting.partner:
        out["nano"] = similarity(song.profile, setting.partner.profile)["all"]
    return out, verdict


def _macro(own: Profile, base: Profile, whole: Profile) -> Figures:
    near, before = similarity(own, whole), similarity(base, whole)
    return {
        "macro": near["all"],
        "closer": float(near["all"] > before["all"]),
        **{f"macro_{name}": near[name] for name in own},
    }
