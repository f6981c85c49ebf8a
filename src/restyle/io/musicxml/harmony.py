"""Chord symbols of MusicXML to the chords that restyle knows."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from restyle.io.charts.chordnames import KINDS, parse, quality_of
from restyle.io.musicxml.values import whole
from restyle.music.chord import LETTERS, MAJOR, MINOR, QUALITIES
from restyle.music.song import Chord, Key

"""Letter of a pitch -> semitones above C."""
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7}
_FUNCTION = re.compile(r"([b♭#♯-]*)\s*(VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)(?![A-Za-z])(.*)")
_SPECIAL = {"Neapolitan": "maj", "Italian": "7", "French": "7", "German": "7", "Tristan": "hdim7"}
_INVERTED = ((), (3, 4, 5, 2), (7, 6, 8), (10, 11, 9))


def chord_of(harmony: Element, start: int, key: Key) -> Chord | None:
    """The first chord of a `<harmony>`, as written; `key` is the one it is written in.

    None when it names no chord.
    """
    kind = harmony.find("kind")
    name = (kind.text or "").strip() if kind is not None else ""
    label = (kind.get("text") or "") if kind is not None else ""
    if name == "none":
        return Chord(start, -1)
    root, quality = _root(harmony, key)
    if root is None:
        return None
    if kind is not None and (name or label):
        quality = _quality(name, label, harmony.findall("degree"))
    quality = quality or "maj"
    bass = _pitch_class(harmony, "bass")
    if bass is None:
        bass = (root + _inversion(harmony, quality)) % 12
    return Chord(start, root, quality, bass)


def _root(harmony: Element, key: Key) -> tuple[int | None, str | None]:
    """The root, and the quality that a Roman numeral has by itself."""
    named = _pitch_class(harmony, "root")
    if named is not None:
        return named, None
    function = harmony.findtext("function")
    if function is not None:
        return _of_function(function[:24], key)
    numeral = harmony.find("numeral")
    if numeral is None:
        return None, None
    step = whole(numeral.findtext("numeral-root"))
    if step is None or not 1 <= step <= 7:
        return None, None
    own = numeral.find("numeral-key")
    if own is not None:
        fifths = whole(own.findtext("numeral-fifths")) or 0
        minor = "minor" in (own.findtext("numeral-mode") or "")
        key = Key((fifths * 7 + (9 if minor else 0)) % 12, "minor" if minor else "major")
    alter = whole(numeral.findtext("numeral-alter")) or 0
    return (key.tonic + _scale(key)[step - 1] + alter) % 12, _diatonic(key, step)


def _of_function(text: str, key: Key) -> tuple[int | None, str | None]:
    """The root and quality of a Roman numeral: "IV", "ii7", "bVII", "V7/ii"."""
    chord, _, of = text.strip().partition("/")
    if of and _FUNCTION.match(of.strip()):
        tonic, quality = _of_function(of, key)
        if tonic is None:
            return None, None
        key = Key(tonic, "minor" if quality in ("min", "m7", "dim") else "major")
    found = _FUNCTION.match(chord.strip())
    if found is None:
        return None, None
    signs, numeral, more = found.groups()
    alter = sum(1 if sign in "#♯" else -1 for sign in signs)
    step = _ROMAN[numeral.lower()]
    # an altered numeral counts from the major scale: bVII in minor is the same as in major
    scale = MAJOR if alter else _scale(key)
    written = parse(f"C{'m' if numeral.islower() and more[:1] not in 'o°ø+' else ''}{more.strip()}")
    quality = written.quality if written else "min" if numeral.islower() else "maj"
    if numeral == "vii" and not more and not alter:
        quality = "dim"
    return (key.tonic + scale[step - 1] + alter) % 12, quality


def _scale(key: Key) -> tuple[int, ...]:
    return MINOR if key.mode == "minor" else MAJOR


def _diatonic(key: Key, step: int) -> str:
    """The triad on a degree of the key."""
    scale = _scale(key)
    root = scale[step - 1]
    third, fifth = ((scale[(step - 1 + up) % 7] - root) % 12 for up in (2, 4))
    return "dim" if fifth == 6 else "min" if third == 3 else "maj"


def _pitch_class(harmony: Element, what: str) -> int | None:
    """The pitch class of a `<root>` or `<bass>`; None where there is none."""
    step = LETTERS.get((harmony.findtext(f"{what}/{what}-step") or "").strip().upper())
    if step is None:
        return None
    return (step + (whole(harmony.findtext(f"{what}/{what}-alter")) or 0)) % 12


def _quality(name: str, label: str, degrees: list[Element]) -> str | None:
    written = parse(f"C{label or '?'}")
    kind = KINDS.get(name) or _SPECIAL.get(name.capitalize())
    if written is not None and written.quality == "7sus" and "suspended" in name:
        kind = "7sus"  # MusicXML has no kind of its own for it
    if not degrees:
        return kind or (written.quality if written else None)
    tones = set(QUALITIES[kind or (written.quality if written else "maj")])
    for degree in degrees:
        _change(tones, degree)
    if written is not None and kind is None:
        return written.quality
    return quality_of(tones)


def _change(tones: set[int], degree: Element) -> None:
    """Add, alter or take away a tone of a chord, semitones above the root."""
    value, alter = whole(degree.findtext("degree-value")), whole(degree.findtext("degree-alter"))
    if value is None or not 1 <= value <= 13:
        return
    plain = MAJOR[(value - 1) % 7]
    own = [tone for tone in tones if abs(tone - plain) <= (2 if value == 7 else 1) and tone]
    if value in (3, 5, 7):
        own = [tone for tone in own if tone in {3: (3, 4), 5: (6, 7, 8), 7: (9, 10, 11)}[value]]
    else:
        own = [tone for tone in own if tone in (plain, plain + (alter or 0))]
    kind = (degree.findtext("degree-type") or "add").strip()
    if kind == "subtract":
        tones.difference_update(own)
    elif kind == "alter" and own:
        tones.difference_update(own)
        tones.add((own[0] + (alter or 0)) % 12)
    else:
        # an added seventh is a minor one unless it is altered
        tones.add(((10 if value == 7 else plain) + (alter or 0)) % 12)


def _inversion(harmony: Element, quality: str) -> int:
    """Semitones from the root to the bass that the number of an inversion says."""
    place = whole(harmony.findtext("inversion")) or 0
    tones = QUALITIES[quality]
    wanted = _INVERTED[place] if 0 <= place < len(_INVERTED) else ()
    return next((tone for tone in wanted if tone in tones), 0)
