"""What the channels of a MIDI file are: programs, rhythm parts, muted and transposed parts."""

from __future__ import annotations

import pytest
from tinymidi import chunk, four_notes, midi, name, note, off, on, program

from restyle.io.midi.midi import midi_song
from restyle.music.song import Song

Events = list[tuple[int, bytes]]


def song_of(*chunks: bytes, kind: int = 1) -> Song:
    return midi_song(midi(*chunks, kind=kind), "song.mid")


def control(number: int, value: int, channel: int = 0) -> bytes:
    return bytes([0xB0 | channel, number, value])


def bend(value: int, channel: int = 0) -> bytes:
    """A pitch bend of -8192 to 8191."""
    return bytes([0xE0 | channel, (value + 0x2000) & 0x7F, (value + 0x2000) >> 7])


def exclusive(text: str) -> bytes:
    content = bytes.fromhex(text)
    return b"\xf0" + bytes([len(content)]) + content


def reach(semitones: int, channel: int = 0) -> Events:
    """Sets the pitch bend range."""
    numbers = ((101, 0), (100, 0), (6, semitones), (38, 0))
    return [(0, control(n, v, channel)) for n, v in numbers]


def rock(channel: int, bars: int = 4) -> Events:
    """Kick, snare and closed hi-hat in quavers."""
    out: Events = []
    for beat in range(4 * bars):
        drum = 38 if beat % 2 else 36
        out += [(0, on(drum, channel=channel)), (0, on(42, channel=channel))]
        out += [(240, off(drum, channel)), (0, off(42, channel))]
        out += note(42, 240, channel=channel)
    return out


def pitches(song: Song, track: int = 0) -> list[int]:
    found: list[int] = song.tracks[track].notes["pitch"].tolist()
    return found


def kinds(song: Song) -> list[tuple[int, bool]]:
    return [(track.program, track.is_drum) for track in song.tracks]


def test_a_program_belongs_to_the_channel_whichever_track_sets_it() -> None:
    setup = chunk(name("Setup"), (0, program(73)), (0, program(32, 1)))
    assert kinds(song_of(setup, chunk(*four_notes()), chunk(*four_notes(1)))) == [
        (73, False),
        (32, False),
    ]


def test_tracks_that_share_a_channel_and_set_it_each_keep_their_own_program() -> None:
    tracks = [chunk((0, program(number)), *four_notes()) for number in (73, 32, 24)]
    assert [p for p, _ in kinds(song_of(*tracks))] == [73, 32, 24]


def test_a_program_set_for_a_channel_holds_for_tracks_that_set_none() -> None:
    first = chunk((0, program(73)), *four_notes())
    assert [p for p, _ in kinds(song_of(first, chunk(*four_notes())))] == [73, 73]


@pytest.mark.parametrize("late", [0, 5, 100])
def test_a_program_at_the_first_note_or_a_little_later_counts_for_it(late: int) -> None:
    events = [(0, on(60)), (late, program(73)), (480 - late, off(60)), *four_notes()]
    assert kinds(song_of(chunk(*events))) == [(73, False)]


def test_a_program_that_another_track_changes_in_mid_song_makes_two_players() -> None:
    line = chunk((0, program(73)), (960, program(0)))
    song = song_of(line, chunk(*four_notes()))
    assert {(t.program, len(t.notes)) for t in song.tracks} == {(73, 2), (0, 2)}


def test_one_note_among_a_hundred_makes_no_player() -> None:
    many = [event for _ in range(30) for event in four_notes()]
    song = song_of(chunk((0, program(73)), *many, (0, program(0)), *note(60)))
    assert [(t.program, len(t.notes)) for t in song.tracks] == [(73, 121)]


def test_several_channels_of_one_track_are_several_instruments() -> None:
    events = [(0, program(n, channel)) for channel, n in enumerate((73, 32, 24))]
    song = song_of(chunk(*events, *four_notes(), *four_notes(1), *four_notes(2)))
    assert [p for p, _ in kinds(song)] == [73, 32, 24]


@pytest.mark.parametrize("number", [0, 8, 16, 25, 32, 40, 48])
def test_the_kit_is_kept(number: int) -> None:
    assert kinds(song_of(chunk((0, program(number, 9))), chunk(*rock(9)))) == [(number, True)]


XG = exclusive("43 10 4c 00 00 7e 00 f7")
GS = exclusive("41 10 42 12 40 00 7f 00 41 f7")


@pytest.mark.parametrize(
    "setup",
    [
        [XG, control(0, 127, 10), program(25, 10)],
        [control(0, 127, 10), control(32, 0, 10), program(25, 10)],
        [XG, control(0, 126, 10), program(25, 10)],
        [control(0, 120, 10), program(25, 10)],
        [GS, exclusive("41 10 42 12 40 1a 15 01 10 f7"), program(25, 10)],
        [XG, exclusive("43 10 4c 08 0a 07 02 f7"), program(25, 10)],
    ],
    ids=["XG 127", "no XG message", "XG 126", "GM2", "GS message", "XG message"],
)
def test_rhythm_parts_outside_channel_10(setup: list[bytes]) -> None:
    # toms and cymbals in no rhythm: nothing but the setting tells that they are drums
    song = song_of(chunk(*[(0, event) for event in setup]), chunk(*four_notes(10)))
    assert kinds(song) == [(25, True)]


def test_bank_127_of_gs_is_an_older_sound_module_and_no_kit() -> None:
    events = [(0, GS), (0, control(0, 127, 3)), (0, program(48, 3)), *four_notes(3)]
    assert kinds(song_of(chunk(*events))) == [(48, False)]


def test_a_bank_that_is_left_again_is_no_kit() -> None:
    events = [(0, XG), (0, control(0, 127, 3)), (0, control(0, 0, 3)), (0, program(48, 3))]
    assert kinds(song_of(chunk(*events, *four_notes(3)))) == [(48, False)]


@pytest.mark.parametrize(
    "message",
    ["41 10 42 12 40 10 15 00 1b f7", "43 10 4c 08 09 07 00 f7"],
    ids=["GS", "XG"],
)
def test_a_message_makes_channel_10_melodic(message: str) -> None:
    setup = chunk((0, exclusive(message)), (0, program(72, 9)))
    song = song_of(setup, chunk(*four_notes(9)))
    assert kinds(song) == [(72, False)] and pitches(song) == [60, 62, 64, 65]


def test_a_kit_on_an_ordinary_channel_is_told_by_its_keys_and_rhythm() -> None:
    song = song_of(chunk((0, program(73)), *four_notes()), chunk(*rock(2)))
    assert kinds(song) == [(73, False), (0, True)]


def test_the_name_tells_a_kit_that_lacks_cymbals() -> None:
    hits = [event for _ in range(10) for key in (36, 38) for event in note(key, channel=3)]
    assert kinds(song_of(chunk(name("Drums"), *hits))) == [(0, True)]
    assert kinds(song_of(chunk(name("Bass"), *hits))) == [(0, False)]


def test_a_left_hand_in_the_range_of_the_kit_is_none() -> None:
    scale = (36, 43, 40, 48, 35, 42, 38, 45, 47, 50, 52, 55, 36, 48, 40, 52)
    hand = [event for _ in range(4) for key in scale for event in note(key)]
    chords = []
    for root in (36, 38, 40, 41, 43, 45) * 4:
        chords += [(0, on(root)), (0, on(root + 7)), (480, off(root)), (0, off(root + 7))]
    assert kinds(song_of(chunk(*hand, *chords))) == [(0, False)]


@pytest.mark.parametrize("controller", [7, 11])
def test_a_part_at_volume_0_throughout_does_not_sound(controller: int) -> None:
    mute = chunk((0, control(controller, 0, 1)))
    song = song_of(mute, chunk(name("A"), *four_notes()), chunk(name("B"), *four_notes(1)))
    assert [track.name for track in song.tracks] == ["A"]
    assert song.warnings == ("A part whose volume is 0 was left out.",)


def test_a_part_that_is_faded_in_sounds() -> None:
    faded = [(0, control(7, 0, 1)), (0, on(60, channel=1)), (240, control(7, 90, 1))]
    song = song_of(chunk(*four_notes()), chunk(*faded, (240, off(60, 1)), (0, control(7, 0, 1))))
    assert len(song.tracks) == 2


def test_a_song_of_which_nothing_sounds_is_read_all_the_same() -> None:
    assert song_of(chunk((0, control(7, 0)), *four_notes())).note_count == 4


@pytest.mark.parametrize(
    ("setup", "shift"),
    [
        ([(0, bend(8191))], 2),
        ([(0, bend(-4096))], -1),
        ([*reach(12), (0, bend(8191))], 12),
        ([*reach(12), (0, bend(4779))], 7),
        ([(0, bend(400))], 0),
        ([(0, bend(8191)), (0, bend(0))], 0),
        ([(0, bend(8191)), (0, control(121, 0))], 0),
    ],
)
def test_a_bend_that_stands_still_is_a_transposition_or_a_tuning(setup: Events, shift: int) -> None:
    song = song_of(chunk(*setup, *four_notes()))
    assert pitches(song) == [pitch + shift for pitch in (60, 62, 64, 65)]


def test_a_bend_that_moves_transposes_nothing() -> None:
    inside = [(0, bend(8191)), (0, on(60)), (100, bend(0)), (380, off(60)), *four_notes()]
    between = [(0, bend(8191)), *note(60), (0, bend(0)), *four_notes()]
    for events in (inside, between):
        assert pitches(song_of(chunk(*events))) == [60, 60, 62, 64, 65]


def test_drums_are_not_transposed() -> None:
    assert set(pitches(song_of(chunk((0, bend(8191, 9)), *rock(9))))) == {36, 38, 42}
