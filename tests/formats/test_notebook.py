"""What Jupyter shows of a song and a lead sheet: each thing in it read back."""

import re
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import soundfile

from restyle.io import read, read_lead
from restyle.io.audio.preview import beginning
from restyle.music.song import Song, Track, notes_array


def contents(html: str) -> dict[str, list[bytes]]:
    out: dict[str, list[bytes]] = {}
    for kind, data in re.findall(r'"data:([a-z/+]+);base64,([^"]+)"', html):
        out.setdefault(kind, []).append(b64decode(data))
    return out


def test_a_lead_sheet_is_read_looked_at_and_heard(examples):
    lead = read_lead(examples / "greensleeves.abc")
    assert lead is not None
    html = lead._repr_html_()
    found = contents(html)
    assert "Greensleeves" in html and "6/8" in html and "A minor" in html
    assert found["image/png"][0].startswith(b"\x89PNG")
    sound, rate = soundfile.read(BytesIO(found["audio/mpeg"][0]))
    assert len(sound) / rate > 10
    for page in found.get("image/svg+xml", []):
        assert ElementTree.fromstring(page).tag.endswith("svg")


def test_a_song_says_who_plays_and_a_hostile_name_stays_text(examples):
    song = read(examples / "auld-lang-syne.mid")
    html = song._repr_html_()
    assert song.tracks[0].name in html
    nasty = replace(song, title="<script>alert(1)</script>", tracks=song.tracks[:1])
    assert "<script>" not in nasty._repr_html_()


def test_an_empty_song_has_a_picture_and_no_player():
    found = contents(Song(tracks=())._repr_html_())
    assert "audio/mpeg" not in found and found["image/png"]


def test_a_long_song_stays_small_in_a_notebook():
    rng = np.random.default_rng(3)
    rows = [(at * 120, 240, int(rng.integers(40, 80)), 80) for at in range(3000)]
    band = tuple(Track(f"Piano {n}", 0, notes_array(rows)) for n in range(4))
    html = Song(band, title="Long")._repr_html_()
    assert len(html) < 300_000
    sound, rate = soundfile.read(BytesIO(contents(html)["audio/mpeg"][0]))
    assert 38 < len(sound) / rate < 42


def test_a_preview_begins_where_the_song_does():
    rows = [(480 * at, 480, 60, 90) for at in range(64)]
    song = Song((Track("Piano", 0, notes_array(rows)),))
    assert beginning(song, 4.0).note_count == 8  # 120 a minute: two notes a second
    assert beginning(song, 100.0) is song
