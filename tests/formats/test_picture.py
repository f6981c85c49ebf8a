"""Piano rolls: sizes read back, systems hold every bar once, names do not touch, colours."""

import struct
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from restyle.errors import RestyleError
from restyle.io import read
from restyle.io.pianoroll.layout import chord_places, number_step, roll_of, systems_of
from restyle.io.pianoroll.picture import COLOURS, draw, picture
from restyle.music.classes import PARTS
from restyle.music.song import TICKS, Chord, Meter, Song, Track, notes_array

ROOM = 1124.0


def song(bars: int, numerator: int = 4, denominator: int = 4, pickup: int = 0) -> Song:
    meter = Meter(0, numerator, denominator)
    length = meter.bar_length(TICKS)
    tune = notes_array((i * length, length, 60 + i % 12, 80) for i in range(bars))
    bass = notes_array((i * length, length, 36, 80) for i in range(bars))
    drums = notes_array((i * length, 10, 38, 80) for i in range(bars))
    return Song(
        tracks=(
            Track("Melody", 0, tune),
            Track("Bass", 33, bass),
            Track("Kit", 0, drums, is_drum=True),
        ),
        meters=(meter,),
        chords=tuple(Chord(i * length // 2, i % 12, "m7") for i in range(2 * bars)),
        pickup=pickup,
    )


def pixels(png: bytes) -> np.ndarray:
    """(height, width, 4) of a PNG, by its own rules; matplotlib writes 8-bit RGBA."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    from io import BytesIO

    from matplotlib.image import imread

    out = (imread(BytesIO(png)) * 255).round().astype(int)
    assert out.shape == (height, width, 4)
    assert zlib.crc32(b"IEND") == struct.unpack(">I", png[-4:])[0]
    return out


@pytest.mark.parametrize("bars", [1, 16, 82, 200])
def test_a_picture_is_1200_pixels_wide_and_as_high_as_it_must_be(bars):
    one = song(bars)
    image = pixels(picture([("the song", one), ("jazz", one)]))
    assert image.shape[1] == 1200
    systems = len(systems_of(one, None, ROOM))
    assert 150 * systems < image.shape[0] < 500 * systems + 60


@pytest.mark.parametrize(
    "case", [(16, 4, 4), (17, 4, 4), (41, 3, 4), (43, 6, 8), (82, 4, 4), (165, 4, 4), (400, 2, 4)]
)
def test_systems_hold_every_bar_once_and_none_is_left_over(case):
    one = song(*case)
    systems = systems_of(one, None, ROOM)
    lines = [line for system in systems for line in system.lines]
    assert lines == one.bar_starts()[:-1].tolist()
    assert [s.first for s in systems] == [1 + lines.index(s.lines[0]) for s in systems]
    counts = [len(system.lines) for system in systems]
    assert len(set(counts[:-1])) <= 1 and counts[-1] >= counts[0] / 2
    assert max(system.pixels for system in systems) == pytest.approx(ROOM)


def test_a_pickup_bar_is_not_counted_among_the_sixteen():
    systems = systems_of(song(33, pickup=TICKS), None, ROOM)
    assert [len(system.lines) for system in systems] == [17, 16]


def test_bars_asked_for_are_the_bars_shown():
    (system,) = systems_of(song(40), (9, 24), ROOM)
    assert (system.first, len(system.lines), system.left) == (9, 16, 8 * 4 * TICKS)
    (system,) = systems_of(song(4), (3, 99), ROOM)
    assert (system.first, len(system.lines)) == (3, 2)


@pytest.mark.parametrize("bars", [8, 16, 60, 165])
def test_chord_names_do_not_touch_and_every_bar_has_its_first_where_there_is_room(bars):
    one = song(bars)
    for system in systems_of(one, None, ROOM):
        places = chord_places(one, system)
        begins = [system.pixel(place * TICKS) for place, _ in places]
        ends = [b + 5.5 * len(name) for b, (_, name) in zip(begins, places, strict=True)]
        assert all(end < begin for end, begin in zip(ends, begins[1:], strict=False))
        if ROOM / len(system.lines) > 40:
            shown = {round(place * TICKS) for place, _ in places}
            assert set(system.lines) <= shown
        assert number_step(system) * system.pixels / len(system.lines) >= 30


def test_each_part_has_a_colour_of_its_own_and_the_melody_stays_on_top():
    assert {"melody", *PARTS} <= COLOURS.keys()
    assert len(set(COLOURS.values())) == len(COLOURS)
    one = song(8)
    same = Track("Piano", 0, one.tracks[0].notes)  # the piano doubles the tune
    image = pixels(picture([("x", replace(one, tracks=(*one.tracks, same)))]))[40:]

    def count(part: str) -> int:
        wanted = [int(COLOURS[part][i : i + 2], 16) for i in (1, 3, 5)]
        blended = np.array([round(0.9 * c + 0.1 * 255) for c in wanted])
        return int((np.abs(image[..., :3] - blended).max(axis=-1) <= 2).sum())

    assert count("bass") > 500 and count("drums") > 20
    near_red = (image[..., 0] > 190) & (image[..., 1] < 90) & (image[..., 2] < 90)
    assert near_red.sum() > 500
    assert count("piano") == 0


def test_drums_have_lanes_and_pitches_a_range():
    roll = roll_of(song(12))
    assert list(roll.parts) == ["melody", "drums", "bass"] or set(roll.parts) == {
        "melody", "bass", "drums",
    }  # fmt: skip
    assert roll.low < 36 and roll.high > 71
    assert roll.lanes(np.array([36, 38, 45, 42, 51, 80])).tolist() == [0, 1, 2, 3, 4, 4]


def test_svg_is_well_formed_and_the_same_each_time(examples, tmp_path):
    one = read(examples / "auld-lang-syne.mid")
    draw([("the song", one)], tmp_path / "a.svg")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert root.tag.endswith("svg") and root.get("width", "").startswith("864")  # points
    assert picture([("x", one)]) == picture([("x", one)])


def test_a_song_without_notes_has_an_empty_picture(tmp_path):
    empty = Song(tracks=())
    draw([("nothing", empty)], tmp_path / "x.png")
    assert pixels((tmp_path / "x.png").read_bytes()).shape[1] == 1200
    with pytest.raises(RestyleError, match=r"\.png"):
        draw([("nothing", empty)], tmp_path / "x.gif")
