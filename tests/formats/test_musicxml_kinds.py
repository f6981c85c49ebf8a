"""What a MusicXML file says of its notes, kind by kind: inputs written here, values by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import CHORD, START, STOP, attributes, drum, harmony, instrument, note, rest, score

from restyle.analysis import listen
from restyle.errors import RestyleError, UnreadableSong
from restyle.io import read, read_lead
from restyle.io.musicxml.song import musicxml_song
from restyle.io.musicxml.source import decode
from restyle.music.song import Chord, Key, Lyric, Song
from restyle.reading import open_example

BACK = "<backup><duration>48</duration></backup>"


def song_of(*bars: str, listed: str = "", name: str = "A") -> Song:
    return musicxml_song(score((name, listed, list(bars))).encode(), "x")


def pitches(song: Song, track: int = 0) -> list[int]:
    return [int(p) for p in song.tracks[track].notes["pitch"]]


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int]]:
    return [tuple(row)[:3] for row in song.tracks[track].notes.tolist()]


def says(text: str, more: str = "") -> str:
    return f"<direction><direction-type><words>{text}</words></direction-type>{more}</direction>"


def transpose(chromatic: int, octaves: int = 0, staff: str = "") -> str:
    own = f' number="{staff}"' if staff else ""
    return (
        f"<transpose{own}><chromatic>{chromatic}</chromatic>"
        f"<octave-change>{octaves}</octave-change></transpose>"
    )


# --- pitch


def test_transposition_changes_within_a_part() -> None:
    song = song_of(
        attributes(0, 4) + note("C", 5, 48),
        f"<attributes><key><fifths>2</fifths></key>{transpose(-2)}</attributes>"
        + harmony("D", "major")
        + note("D", 5, 48),
        f"<attributes>{transpose(0, -1)}</attributes>" + note("C", 5, 48),
    )
    assert pitches(song) == [72, 72, 60]
    assert song.keys == ((0, Key(0)),)  # D major as written is C major as heard
    assert song.chords == (Chord(1920, 0),)


def test_transposition_of_one_staff() -> None:
    bar = attributes(0, 4, "<staves>2</staves>" + transpose(0, -1, "2"))
    song = song_of(bar + note("C", 5, 48, staff=1) + BACK + note("C", 5, 48, staff=2))
    assert pitches(song) == [60, 72]


def test_clefs_and_octave_lines_leave_the_pitch_alone() -> None:
    clef = "<clef><sign>G</sign><line>2</line><clef-octave-change>-1</clef-octave-change></clef>"
    line = '<direction><direction-type><octave-shift type="down" size="8"/></direction-type>'
    assert pitches(song_of(attributes(0, 4, clef) + line + "</direction>" + note("C", 5, 48))) == [
        72
    ]


@pytest.mark.parametrize(("alter", "pitch"), [("0.5", 60), ("-0.5", 60), ("2", 62), ("-1.5", 59)])
def test_alterations(alter: str, pitch: int) -> None:
    text = note("C", 4, 48).replace("<alter>0<", f"<alter>{alter}<")
    assert pitches(song_of(attributes(0, 4) + text)) == [pitch]


def test_a_key_of_steps_is_valid_and_no_key_of_ours() -> None:
    odd = "<key><key-step>B</key-step><key-alter>-1</key-alter></key>"
    bar = attributes(0, 4).replace("<key><fifths>0</fifths></key>", odd)
    song = song_of(bar + note("G", 4, 48))
    assert (pitches(song), song.keys) == ([67], ())


@pytest.mark.parametrize(
    ("fifths", "mode", "key"),
    [(0, "dorian", Key(2, "minor")), (-2, "mixolydian", Key(5)), (3, "minor", Key(6, "minor"))],
)
def test_modes(fifths: int, mode: str, key: Key) -> None:
    song = song_of(attributes(fifths, 4, mode=mode) + note("G", 4, 48))
    assert song.keys == ((0, key),)


# --- what sounds


def test_cue_and_grace_notes_do_not_sound() -> None:
    cue = note("C", 6, 24).replace("<note>", "<note><cue/>")
    grace = note("B", 4, 0, "<grace/>") + note("D", 5, 0, "<grace/>", CHORD)
    song = song_of(attributes(0, 4) + cue + grace + note("C", 5, 24))
    assert rows(song) == [(960, 960, 72)]


def test_ties() -> None:
    """A tie joins equal pitches that touch; a slurred-looking one without a partner does not."""
    song = song_of(
        attributes(0, 4) + note("C", 5, 24, START) + note("C", 5, 24, STOP, START),
        note("C", 5, 12, STOP)
        + note("D", 5, 12, START)
        + note("E", 5, 12)
        + note("D", 5, 12, STOP),
    )
    assert rows(song) == [
        (0, 2400, 72), (2400, 480, 74), (2880, 480, 76), (3360, 480, 74)
    ]  # fmt: skip


def test_printed_ties_count_where_nothing_is_said_of_the_sound() -> None:
    def tied(kind: str) -> str:
        mark = f'<notations><tied type="{kind}"/></notations></note>'
        return note("C", 5, 24).replace("</note>", mark)

    assert rows(song_of(attributes(0, 4) + tied("start") + tied("stop"))) == [(0, 1920, 72)]


def test_a_tie_crosses_voices_and_chords() -> None:
    song = song_of(
        attributes(0, 4) + note("C", 5, 48, START) + note("E", 5, 48, START, CHORD),
        note("E", 5, 24, STOP) + rest(24) + BACK + note("C", 5, 48, STOP, voice=2),
    )
    assert rows(song) == [(0, 3840, 72), (0, 2880, 76)]


def test_tuplets_are_exact_and_divisions_may_change() -> None:
    song = song_of(
        attributes(0, 4).replace(">12<", ">7<") + note("C", 5, 1) * 7 + note("D", 5, 21),
        "<attributes><divisions>3</divisions></attributes>" + note("E", 5, 1) * 12,
        "<attributes><divisions>0.5</divisions></attributes>" + note("F", 5, 2),
    )
    starts = song.tracks[0].notes["start"].tolist()
    assert starts[:8] == [0, 69, 137, 206, 274, 343, 411, 480]
    assert starts[8:12] == [1920, 2080, 2240, 2400]
    assert rows(song)[-1] == (3840, 1920, 77)


def test_voices_and_forward() -> None:
    forward = "<forward><duration>12</duration></forward>"
    song = song_of(attributes(0, 4) + note("C", 5, 48) + BACK + forward + note("E", 4, 36, voice=2))
    assert rows(song) == [(0, 1920, 72), (480, 1440, 64)]


def test_notes_that_sound_in_one_pass_only() -> None:
    once = note("E", 5, 24).replace("<note>", '<note time-only="2">')
    again = '<barline><repeat direction="backward"/></barline>'
    song = song_of(attributes(0, 4) + note("C", 5, 24) + once + again)
    assert rows(song) == [(0, 960, 72), (1920, 960, 72), (2880, 960, 76)]


def test_a_measure_that_repeats_the_one_before() -> None:
    sign = "<attributes><measure-style><measure-repeat type='{}'>1</measure-repeat>"
    sign += "</measure-style></attributes>"
    song = song_of(
        attributes(0, 4) + note("C", 5, 24) + note("D", 5, 24),
        sign.format("start") + rest(48, bar=True),
        sign.format("stop") + note("E", 5, 48),
    )
    assert pitches(song) == [72, 74, 72, 74, 76]


# --- instruments


def test_drums_sound_as_their_instrument_whatever_their_place() -> None:
    def entry(ident: str, key: int) -> str:
        return (
            f'<midi-instrument id="{ident}"><midi-channel>10</midi-channel>'
            f"<midi-unpitched>{key}</midi-unpitched></midi-instrument>"
        )

    bar = attributes(0, 4) + drum("G", 5, 24, "a") + drum("G", 5, 24, "b")
    text = score(
        ("One", entry("a", 43) + entry("b", 47), [bar]),
        ("Two", entry("a", 50) + entry("b", 52), [bar]),  # the same ids mean others here
    )
    song = musicxml_song(text.encode(), "x")
    assert [(t.name, t.is_drum) for t in song.tracks] == [("Drums", True)]
    assert rows(song) == [(0, 960, 42), (0, 960, 49), (960, 960, 46), (960, 960, 51)]


def test_drums_by_name_and_by_place() -> None:
    bar = attributes(0, 4) + drum("E", 4, 48, "none")
    assert pitches(song_of(bar, name="Triangle")) == [81]
    assert pitches(song_of(attributes(0, 4) + drum("F", 4, 48, "none"))) == [36]
    cross = drum("G", 5, 48, "none").replace("</note>", "<notehead>x</notehead></note>")
    assert pitches(song_of(attributes(0, 4) + cross)) == [42]


def test_spoken_notes_of_a_voice_are_no_drums() -> None:
    spoken = drum("B", 4, 24, "none").replace('<instrument id="none"/>', "")
    song = song_of(attributes(0, 4) + note("C", 5, 24) + spoken, name="Voice")
    assert [(t.is_drum, t.program) for t in song.tracks] == [(False, 52)]
    assert rows(song) == [(0, 960, 72)]


def test_programs_change_within_a_part() -> None:
    change = '<sound><midi-instrument id="P1-I"><midi-program>74</midi-program></midi-instrument>'
    song = song_of(
        attributes(0, 4) + note("C", 5, 48),
        change + "</sound>" + note("D", 5, 48),
        listed=instrument("P1-I", 41),
    )
    assert [(t.program, rows(song, i)) for i, t in enumerate(song.tracks)] == [
        (40, [(0, 1920, 72)]),
        (73, [(1920, 1920, 74)]),
    ]


def test_two_instruments_of_one_part() -> None:
    second = note("D", 5, 24).replace("</note>", '<instrument id="b"/></note>')
    listed = instrument("a", 74) + instrument("b", 73).replace(">x<", ">Piccolo<")
    song = song_of(attributes(0, 4) + note("C", 5, 24) + second, listed=listed, name="Flute")
    assert [(t.name, t.program) for t in song.tracks] == [("Flute", 73), ("Piccolo", 72)]


@pytest.mark.parametrize(
    ("name", "program"),
    [("Violine I", 40), ("Klarinette in B", 71), ("Corno 2", 60), ("Violoncello", 42),
     ("Contrabass", 43), ("Bass Guitar", 33), ("Alto Sax", 65), ("Klavier", 0), ("Tenor", 52)],
)  # fmt: skip
def test_instruments_by_name(name: str, program: int) -> None:
    assert song_of(attributes(0, 4) + note("C", 4, 48), name=name).tracks[0].program == program


def test_loudness() -> None:
    """By time over both staves; accents, loudness in figures, and the mixer's faders."""
    piano = "<direction><direction-type><dynamics><p/></dynamics></direction-type></direction>"
    figures = '<direction><direction-type/><sound dynamics="100"/></direction>'
    accent = "<notations><articulations><accent/></articulations></notations></note>"
    bar = (
        attributes(0, 4)
        + note("C", 5, 24)
        + note("D", 5, 24).replace("</note>", accent)
        + BACK
        + note("C", 3, 24, voice=2)
        + piano
        + note("D", 3, 24, voice=2)
    )
    loud = figures + note("E", 5, 24) + note("F", 5, 24).replace("<note>", '<note dynamics="50">')
    song = song_of(bar, loud)
    assert song.tracks[0].notes["velocity"].tolist() == [80, 80, 52, 64, 90, 45]


def test_volume_of_the_parts() -> None:
    def part(volume: int) -> tuple[str, str, list[str]]:
        listed = instrument("I", 1).replace("</midi-program>", f"</midi-program><volume>{volume}"
                                            "</volume>")  # fmt: skip
        return ("A", listed, [attributes(0, 4) + note("C", 5, 48)])

    song = musicxml_song(score(part(80), part(40), part(0)).encode(), "x")
    assert [int(t.notes["velocity"][0]) for t in song.tracks] == [80, 40, 1]


# --- time


@pytest.mark.parametrize(
    ("marks", "bpm"),
    [
        ('<sound tempo="90"/>', 90),
        ("{half60}", 120),
        ('{half60}<sound tempo="90"/>', 90),
        ("{dotted}", 120),
        ("{about}", 108),
        ('<sound tempo="0"/>', 120),
        ('<sound tempo="inf"/>', 120),
    ],
)
def test_tempo(marks: str, bpm: float) -> None:
    def metronome(unit: str, count: str) -> str:
        return (
            f"<direction-type><metronome><beat-unit>{unit}</beat-unit>"
            f"<per-minute>{count}</per-minute></metronome></direction-type>"
        )

    told = marks.format(
        half60=metronome("half", "60"),
        dotted=metronome("quarter", "80").replace("</beat-unit>", "</beat-unit><beat-unit-dot/>"),
        about=metronome("quarter", "ca. 108-116"),
    )
    song = song_of(attributes(0, 4) + f"<direction>{told}</direction>" + note("C", 5, 48))
    assert [t.bpm for t in song.tempos] == [bpm]


def test_a_metric_modulation() -> None:
    equal = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
        "<beat-unit>quarter</beat-unit></metronome></direction-type></direction>"
    )
    song = song_of(attributes(0, 4) + '<sound tempo="90"/>' + note("C", 5, 48), equal + rest(48))
    assert [(t.start, t.bpm) for t in song.tempos] == [(0, 90), (1920, 60)]


@pytest.mark.parametrize(
    ("beats", "meter"), [("3+2", "5/8"), ("2", "2/8"), ("12", "12/8"), ("0", "4/4")]
)
def test_meters(beats: str, meter: str) -> None:
    time_ = f"<time><beats>{beats}</beats><beat-type>8</beat-type></time>"
    bar = f"<attributes><divisions>12</divisions>{time_}</attributes>"
    length = sum(int(n) for n in beats.split("+")) * 6 or 48
    assert song_of(bar + note("C", 5, length), note("C", 5, length)).meters[0].name == meter


def test_the_length_of_a_bar_that_parts_do_not_agree_on() -> None:
    """A part with a beat missing does not shorten the bar, and no whole rest makes it longer."""
    first = [attributes(0, 3) + note("C", 5, 36), note("D", 5, 24), note("E", 5, 36)]
    second = [attributes(0, 3) + rest(48, bar=True), note("C", 4, 36), rest(48)]
    song = musicxml_song(score(("A", "", first), ("B", "", second)).encode(), "x")
    assert [m.name for m in song.meters] == ["3/4"]
    assert rows(song) == [(0, 1440, 72), (1440, 960, 74), (2880, 1440, 76)]


def test_durations_that_were_rounded_make_no_meter_of_their_own() -> None:
    bars = [attributes(0, 3) + note("C", 5, 36), note("D", 5, 37), note("E", 5, 36)]
    song = song_of(*bars)
    assert [m.name for m in song.meters] == ["3/4"]
    assert song.tracks[0].notes["start"].tolist() == [0, 1440, 2880]


def test_of_tempos_at_one_place_the_last_counts() -> None:
    def at(bpm: int) -> str:
        return f'<sound tempo="{bpm}"/>'

    song = song_of(attributes(0, 4) + at(120) + at(100) + note("C", 5, 48))
    assert [t.bpm for t in song.tempos] == [100]


# --- swing


def swing(bar: str) -> float:
    return song_of(attributes(0, 4) + bar + note("C", 5, 48)).swing


@pytest.mark.parametrize(
    "words",
    ["Swing", "Medium Up Swing", "Up Tempo Swing", "Med. Swing", "Easy Swing", "swung 8ths",
     "Bright swing feel", "Slow Blues Shuffle", "SWING!"],
)  # fmt: skip
def test_words_that_ask_for_swing(words: str) -> None:
    assert swing(says(words)) == 2.0


@pytest.mark.parametrize(
    "words",
    ["Straight, no swing", "No swing", "Swinging", "not swung", "Even 8ths",
     "this tune was written for a swing band in the spring of 1938"],
)  # fmt: skip
def test_words_that_do_not(words: str) -> None:
    assert swing(says(words)) == 1.0


def test_titles_and_lyrics_are_no_swing_marks() -> None:
    sung = note("C", 5, 48).replace("</note>", "<lyric><text>Swing</text></lyric></note>")
    text = score(("A", "", [attributes(0, 4) + sung]), title="Swing")
    assert musicxml_song(text.encode(), "x").swing == 1.0


def test_sound_says_how_far_it_swings() -> None:
    def sound(inner: str) -> str:
        return f"<sound><swing>{inner}</swing></sound>"

    assert swing(sound("<first>3</first><second>2</second>")) == 1.5
    assert swing(says("Swing", sound("<straight/>"))) == 1.0
    assert swing(sound("<first>0</first><second>0</second>")) == 1.0


def test_a_band_that_is_asked_to_swing_is_heard_so() -> None:
    eighths = "".join(note(step, 5, 6) for step in "CDEFGFED")
    bars = [attributes(0, 4) + says("Swing") + eighths, *[eighths] * 3]
    text = score(("A", "", bars), ("B", "", [note("C", 3, 48)] * 4))
    song = musicxml_song(text.encode(), "x")
    assert song.tracks[0].notes["start"][1] == 240  # straight on paper
    assert listen(song).lead.swing == 2.0


# --- chord charts and chord symbols

SLASHED = note("B", 4, 12).replace("</note>", "<notehead>slash</notehead></note>") * 4


def test_slashes_are_a_chord_chart(tmp_path: Path) -> None:
    style = '<attributes><measure-style><slash type="{}"/></measure-style></attributes>'
    bars = [
        attributes(0, 4) + harmony("C", "major") + SLASHED,
        style.format("start") + harmony("G", "dominant") + note("B", 4, 48),
        style.format("stop") + harmony("C", "major") + rest(48),
    ]
    file = tmp_path / "chart.musicxml"
    file.write_text(score(("A", "", bars)))
    song = read(file)
    assert song.tracks == ()
    assert song.chords == (Chord(0, 0), Chord(1920, 7, "7"), Chord(3840, 0))
    lead = read_lead(file)
    assert lead is not None
    assert (len(lead.melody), lead.bars) == (0, 3)
    with pytest.raises(RestyleError, match="is a chord chart"):
        open_example(file)


def test_slashes_without_chords_hold_nothing() -> None:
    with pytest.raises(UnreadableSong, match="only slashes, without chord symbols"):
        song_of(attributes(0, 4) + SLASHED)


@pytest.mark.parametrize(
    ("inner", "chord"),
    [
        ("<function>IV</function><kind>major</kind>", Chord(0, 7)),
        ("<function>ii7</function>", Chord(0, 4, "m7")),
        ("<function>V7/V</function>", Chord(0, 4, "7")),
        ("<function>bVII</function>", Chord(0, 0)),
        ("<function>vii</function>", Chord(0, 1, "dim")),
        ("<numeral><numeral-root>6</numeral-root></numeral>", Chord(0, 11, "min")),
        (
            "<numeral><numeral-root>2</numeral-root><numeral-alter>-1</numeral-alter></numeral>"
            "<kind>major</kind><inversion>1</inversion>",
            Chord(0, 3, "maj", 7),
        ),
        (
            "<numeral><numeral-root>5</numeral-root><numeral-key><numeral-fifths>0"
            "</numeral-fifths><numeral-mode>major</numeral-mode></numeral-key></numeral>"
            "<kind>dominant</kind>",
            Chord(0, 7, "7"),
        ),
        ("<root><root-step>C</root-step></root><kind>none</kind>", Chord(0, -1)),
        ('<root><root-step>F</root-step></root><kind text="7sus4">suspended-fourth</kind>',
         Chord(0, 5, "7sus")),
        ('<root><root-step>F</root-step></root><kind text="m7b5">other</kind>',
         Chord(0, 5, "hdim7")),
    ],
)  # fmt: skip
def test_harmony(inner: str, chord: Chord) -> None:
    song = song_of(attributes(2, 4) + f"<harmony>{inner}</harmony>" + note("D", 5, 48))
    assert song.chords == (chord,)


def test_a_harmony_of_nothing_is_left_out() -> None:
    bar = attributes(0, 4) + "<harmony><function>?</function></harmony>" + note("D", 5, 48)
    assert song_of(bar).chords == ()


# --- words


def test_title_composer_and_words() -> None:
    def sung(step: str, *verses: tuple[str, str]) -> str:
        lyrics = "".join(
            f'<lyric number="{i}"><syllabic>{kind}</syllabic><text>{text}</text></lyric>'
            for i, (kind, text) in enumerate(verses, 1)
        )
        return note(step, 5, 24).replace("</note>", lyrics + "</note>")

    bar = (
        attributes(0, 4)
        + sung("C", ("begin", "Lau"), ("single", "Still"))
        + sung("D", ("end", "ter"), ("single", "jetzt"))
        + '<barline><repeat direction="backward"/></barline>'
    )
    text = score(("Voice", "", [bar]), title="Lieder, op. 4").replace(
        "<part-list>",
        "<movement-title>3. Am Wasser</movement-title><identification>"
        '<creator type="lyricist">N. N.</creator><creator type="composer">A. Musterfrau</creator>'
        "</identification><part-list>",
        1,
    )
    song = musicxml_song(text.encode(), "x")
    assert (song.title, song.composer) == ("3. Am Wasser", "A. Musterfrau")
    assert song.lyrics == (
        Lyric(0, "Lau-"), Lyric(960, "ter"), Lyric(1920, "Still"), Lyric(2880, "jetzt"),
    )  # fmt: skip


def test_a_file_name_is_no_title() -> None:
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]), title="Real Title")
    text = text.replace("<part-list>", "<movement-title>draft2.mscz</movement-title><part-list>", 1)
    assert musicxml_song(text.encode(), "x").title == "Real Title"


def test_what_is_only_printed_on_the_first_page() -> None:
    def credit(size: int, side: str, text: str, page: int = 1) -> str:
        return (
            f'<credit page="{page}"><credit-words font-size="{size}" justify="{side}">{text}'
            "</credit-words></credit>"
        )

    credits = credit(14, "center", "A Waltz") + credit(24, "center", "Blue\nin E") + credit(
        12, "right", "A. Musterfrau") + credit(8, "right", "© 1999") + credit(
        40, "center", "Page two", 2)  # fmt: skip
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]))
    song = musicxml_song(text.replace("<part-list>", credits + "<part-list>", 1).encode(), "x")
    assert (song.title, song.composer) == ("Blue", "A. Musterfrau")


# --- files


def test_the_encoding_that_the_file_declares() -> None:
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]), title="Café Łódź")
    for encoding, title in (
        ("iso-8859-1", "Café"), ("iso-8859-2", "Łódź"), ("windows-1252", "Café"),
        ("utf-16", "Café Łódź"), ("utf-8", "Café Łódź"), ("shift_jis", "Cafe"),
    ):  # fmt: skip
        declared = text.replace("UTF-8", encoding).replace("Café Łódź", title)
        assert musicxml_song(declared.encode(encoding), "x").title == title
    wrong = text.replace("Café Łódź", "Café").encode("latin-1")  # it says UTF-8
    assert musicxml_song(wrong, "x").title == "Café"


@pytest.mark.parametrize("name", ["zlib", "punycode", "unicode_escape", "rot13", "nonsense"])
def test_what_is_no_encoding_of_text_is_not_used(name: str) -> None:
    assert "Ab" in decode(f'<?xml version="1.0" encoding="{name}"?>Ab'.encode())


def test_a_score_by_measures() -> None:
    measure = '<measure number="{}"><part id="P1">{}</part><part id="P2">{}</part></measure>'
    text = (
        '<score-timewise><part-list><score-part id="P1"><part-name>Flute</part-name></score-part>'
        '<score-part id="P2"><part-name>Cello</part-name></score-part></part-list>'
        + measure.format(1, attributes(0, 4) + note("C", 5, 48), attributes(0, 4) + rest(48))
        + measure.format(2, note("D", 5, 48), note("C", 3, 48))
        + "</score-timewise>"
    )
    song = musicxml_song(text.encode(), "x")
    assert [(t.name, rows(song, i)) for i, t in enumerate(song.tracks)] == [
        ("Flute", [(0, 1920, 72), (1920, 1920, 74)]),
        ("Cello", [(1920, 1920, 48)]),
    ]


def test_namespaces_are_no_matter() -> None:
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]))
    spaced = text.replace("<score-partwise ", '<score-partwise xmlns="http://example.org/m" ')
    assert pitches(musicxml_song(spaced.encode(), "x")) == [72]


@pytest.mark.parametrize(
    "bad",
    [
        "<note/>",
        "<note><pitch/><duration>4</duration></note>",
        "<note><pitch><step>H</step><octave>4</octave></pitch><duration>4</duration></note>",
        "<note><pitch><step>C</step><octave>9e99</octave></pitch><duration>4</duration></note>",
        "<backup><duration>9999</duration></backup>",
        "<backup/><forward/><harmony/><direction/><sound/><barline/><attributes/>",
        "<attributes><divisions>0</divisions><time/><key/><transpose/></attributes>",
        "<attributes><divisions>nan</divisions></attributes>",
        '<barline><repeat direction="backward" times="99999999999"/></barline>',
        '<barline><ending type="start"/><ending number="9-1" type="start"/></barline>',
        "<harmony><function>" + "V/" * 50_000 + "V</function></harmony>",
    ],
)
def test_what_makes_no_sense_is_passed_over(bad: str) -> None:
    song = song_of(attributes(0, 4) + bad + note("C", 5, 12))
    assert 72 in pitches(song)


def test_deep_and_crowded_files_are_refused_soon() -> None:
    deep = "<score-partwise>" + "<a>" * 300_000 + "</a>" * 300_000 + "</score-partwise>"
    with pytest.raises(UnreadableSong, match="holds no notes"):
        musicxml_song(deep.encode(), "x")
    crowd = "<score-partwise>" + "<a/>" * 6_000_001 + "</score-partwise>"
    with pytest.raises(UnreadableSong, match="more than any song needs"):
        musicxml_song(crowd.encode(), "x")


def test_twice_the_score_takes_about_twice_the_work() -> None:
    """No step of reading looks at all that was read before (counted in calls, not seconds)."""
    import cProfile
    import pstats

    def calls(bars: int) -> int:
        music = [attributes(0, 4) + note("C", 5, 12, START) * 4, *[note("D", 5, 12) * 4] * bars]
        data = score(("A", "", music)).encode()
        profile = cProfile.Profile()
        profile.runcall(musicxml_song, data, "x")
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    few, many = calls(200), calls(400)
    assert many < 2.2 * few
