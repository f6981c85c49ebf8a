"""Lyrics, titles, composers and code pages: read from MIDI, and carried the whole way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tinymidi import chunk, meta, meter, midi, name, note

from restyle.analysis import listen
from restyle.io import read_lead, write, write_lead
from restyle.io.midi.midi import midi_song
from restyle.io.midi.text import code_page, decode_text
from restyle.music.lead import lead_song
from restyle.music.song import TICKS, Lyric, Song

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def tune(*texts: bytes, kind: int = 5, first: str = "Tune") -> bytes:
    """A track of quarters, each with one of the texts."""
    events = []
    for i, text in enumerate(texts):
        events.append((0, meta(kind, text)))
        events += note(SCALE[i % 8])
    return chunk(name(first), *events)


def song_of(*chunks: bytes) -> Song:
    return midi_song(midi(*chunks), "song.mid")


def words(song: Song) -> list[tuple[int, str]]:
    return [(word.start // TICKS, word.text) for word in song.lyrics]


@pytest.mark.parametrize(
    "texts",
    [
        (b"Hel", b"lo ", b"world ", b"now"),
        (b"Hel", b"lo", b" world", b" now"),
        (b"Hel-", b"lo ", b"world\r", b"now"),
        (b"Hel-", b"lo", b"world", b"now"),
        (b"\nHel", b"lo ", b"world\r\n", b"now"),
    ],
    ids=["space after", "space before", "both", "hyphens alone", "line ends"],
)
def test_lyric_events_are_syllables(texts: tuple[bytes, ...]) -> None:
    assert words(song_of(tune(*texts))) == [(0, "Hel-"), (1, "lo"), (2, "world"), (3, "now")]


def test_karaoke_text_is_sung_and_what_begins_with_at_is_not() -> None:
    head = chunk(name("Soft Karaoke"), (0, meta(1, b"@KMIDI KARAOKE FILE")))
    titles = [(0, meta(1, text)) for text in (b"@LENGL", b"@TA Tune", b"@TA Writer")]
    sung = [
        (0 if i == 0 else 480, meta(1, text))
        for i, text in enumerate((b"\\One ", b"lit", b"tle", b"/line"))
    ]
    song = song_of(head, chunk(name("Words"), *titles, *sung), tune(b"", b"", b"", b""))
    assert (song.title, song.composer) == ("A Tune", "A Writer")
    assert words(song) == [(0, "One"), (1, "lit-"), (2, "tle"), (3, "line")]


def test_a_riff_file_says_its_title_and_who_wrote_it() -> None:
    inner = midi(tune(b"la "))
    info = b"INFOINAM\x07\0\0\0A Song\0\0IART\x06\0\0\0Writer"
    content = b"RMIDLIST" + len(info).to_bytes(4, "little") + info
    content += b"data" + len(inner).to_bytes(4, "little") + inner
    song = midi_song(b"RIFF" + len(content).to_bytes(4, "little") + content, "x.rmi")
    assert (song.title, song.composer) == ("A Song", "Writer")


def test_remarks_of_other_files_are_not_sung() -> None:
    assert song_of(tune(b"Verse 1", b"guitar comes in", b"fill", kind=1)).lyrics == ()


@pytest.mark.parametrize(
    ("text", "writer"),
    [
        (b"Composer: Ann Other", "Ann Other"),
        (b"Words and music by Ann Other", "Ann Other"),
        (b"Sequenced by Ann Other", ""),
        (b"Composed with a computer", ""),
    ],
)
def test_who_wrote_it_is_what_a_text_says(text: bytes, writer: str) -> None:
    assert song_of(chunk((0, meta(1, text)), *note(60))).composer == writer


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Größe, über alles", "cp1252"),
        ("Größe, über alles", "cp850"),
        ("Être où l\u2019été", "cp1252"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("Миллион алых роз", "cp1251"),
        ("Миллион алых роз", "koi8_r"),
        ("Миллион алых роз", "cp866"),
        ("Τα παιδιά του Πειραιά", "cp1253"),  # noqa: RUF001
        ("上を向いて歩こう", "shift_jis"),
        ("ピアノ", "shift_jis"),
        ("アリラン さくら", "euc_jp"),
        ("아리랑 고개로 넘어간다", "euc_kr"),
        ("月亮代表我的心", "gb18030"),
        ("Größe", "utf-8"),
    ],
)
def test_the_code_page_is_the_one_that_makes_words(text: str, page: str) -> None:
    raw = text.encode(page)
    assert decode_text(raw, code_page([b"Piano", raw])) == text


def test_all_texts_of_a_file_are_in_one_code_page() -> None:
    song = song_of(chunk(name("Песня", "cp1251")), tune(b"\xec\xee-", b"\xf0\xe5"))
    assert song.title == "Песня" and words(song) == [(0, "мо-"), (1, "ре")]  # noqa: RUF001


SUNG = (b"Hel-", b"lo ", b"you ", b"there ", b"how ", b"are ", b"things ", b"now ")


def sung_song() -> Song:
    head = chunk(name("A Song"), (0, meta(1, b"Composer: Ann Other")), (0, meter(4, 2)))
    return song_of(head, tune(*SUNG * 4))


def test_lyrics_come_through_hearing_on_the_notes_that_they_are_sung_to() -> None:
    lead = listen(sung_song()).lead
    assert (lead.title, lead.composer) == ("A Song", "Ann Other")
    assert [w.text for w in lead.lyrics[:4]] == ["Hel-", "lo", "you", "there"]
    assert {w.start for w in lead.lyrics} == set(lead.melody["start"].tolist())


def test_lyrics_of_a_song_played_freely_follow_its_notes() -> None:
    """The file's beat means nothing: 138 quarters a minute written at 120, notes a little late."""
    rng = np.random.default_rng(1)
    at = np.rint(np.arange(64) * 480 * 120 / 138 + rng.integers(0, 12, 64)).astype(int)
    events: list[tuple[int, bytes]] = []
    now = 0
    for i, start in enumerate(at.tolist()):
        events.append((start - now, meta(5, SUNG[i % 8])))
        events += note(SCALE[i * 3 % 8], 300)
        now = start + 300
    lead = listen(song_of(chunk(*events))).lead
    starts = set(lead.melody["start"].tolist())
    assert np.mean([w.start in starts for w in lead.lyrics]) > 0.95


@pytest.mark.parametrize("ending", [".mid", ".musicxml"])
def test_results_keep_title_composer_and_lyrics(ending: str, tmp_path: Path) -> None:
    from restyle.io import read

    song = lead_song(listen(sung_song()).lead)
    path = tmp_path / f"x{ending}"
    write(song, path)
    again = read(path)
    assert (again.title, again.composer, again.lyrics) == (song.title, song.composer, song.lyrics)


@pytest.mark.parametrize("ending", [".json", ".musicxml", ".mid"])
def test_lead_sheets_keep_title_composer_and_lyrics(ending: str, tmp_path: Path) -> None:
    lead = listen(sung_song()).lead
    path = tmp_path / f"x{ending}"
    write_lead(lead, path)
    again = read_lead(path)
    assert again is not None
    assert (again.title, again.composer, again.lyrics) == (lead.title, lead.composer, lead.lyrics)


def test_lead_sheets_in_abc_have_words_under_the_notes(tmp_path: Path) -> None:
    lead = listen(sung_song()).lead
    path = tmp_path / "x.abc"
    write_lead(lead, path)
    text = path.read_text(encoding="utf-8")
    assert "C:Ann Other" in text
    assert "w: Hel-lo you there how are things now" in text


def test_a_part_of_a_lead_sheet_has_its_own_lyrics() -> None:
    lead = listen(sung_song()).lead
    second = lead.part(1, 2)
    assert [(w.start, w.text) for w in second.lyrics][:2] == [(0, "how"), (12, "are")]
    whole = lead.part(0, 1).followed_by(second)
    assert whole.lyrics == lead.part(0, 2).lyrics


def test_a_swung_tune_takes_its_words_along() -> None:
    from restyle.style.render import _swung

    lead = listen(sung_song()).lead
    early = [Lyric(6, "off"), *lead.lyrics]
    melody = lead.melody.copy()
    melody["start"][1] = 6
    melody = np.sort(melody, order=["start", "pitch"])
    from dataclasses import replace

    words_ = lead_song(replace(lead, melody=melody, lyrics=tuple(early[:1]))).lyrics
    assert _swung(words_, replace(lead, melody=melody), 2.0)[0].start == 320


def test_moving_bends_are_said_to_be_left_out() -> None:
    bends = [(60, bytes([0xE0, 0, 64 + i])) for i in range(3)]
    song = song_of(chunk((0, b"\x90\x3c\x40"), *bends, (60, b"\x80\x3c\x00")))
    assert song.warnings == ("3 pitch bends were left out.",)
