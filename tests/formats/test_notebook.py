"""What Jupyter shows of a song and a lead sheet: each thing in it read back."""

import re
from base64 import b64decode
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import soundfile

from restyle.io import read, read_lead
from restyle.music.song import Song


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
    sound, rate = soundfile.read(BytesIO(found["audio/ogg"][0]))
    assert len(sound) / rate > 10
    for page in found.get("image/svg+xml", []):
        assert ElementTree.fromstring(page).tag.endswith("svg")


def test_a_song_says_who_plays_and_a_hostile_name_stays_text(examples):
    song = read(examples / "auld-lang-syne.mid")
    html = song._repr_html_()
    assert song.tracks[0].name in html and "<details>" in html
    nasty = replace(song, title="<script>alert(1)</script>", tracks=song.tracks[:1])
    assert "<script>" not in nasty._repr_html_()


def test_an_empty_song_has_a_picture_and_no_player():
    found = contents(Song(tracks=())._repr_html_())
    assert "audio/ogg" not in found and found["image/png"]
