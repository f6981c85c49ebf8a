"""The studio's API with the real engine: bring, hear, mend, make, make anew, take away."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from visitor import Visitor

from restyle.io import read
from restyle.music.song import Song


@pytest.fixture
def guest(real: TestClient) -> Visitor:
    return Visitor(real)


@pytest.fixture(scope="module")
def made(real: TestClient, examples: Path) -> tuple[Visitor, str, str]:
    """A visitor, a song and a result of it."""
    visitor = Visitor(real)
    song = visitor.heard((examples / "auld-lang-syne.mid").read_bytes(), "Auld_lang-syne.mid")
    begun = visitor.make(song, seed=3, parts=["bass", "drums"]).json()
    assert visitor.end(begun["job"])["state"] == "done"
    return visitor, song, begun["result"]


def song_at(visitor: Visitor, path: str, tmp_path: Path) -> Song:
    """A file of the API, read."""
    answer = visitor.http.get(f"{visitor.at}{path}")
    assert answer.status_code == 200, answer.text
    file = tmp_path / Path(path).name
    file.write_bytes(answer.content)
    return read(file)


def test_heard_song_has_what_the_page_shows(guest: Visitor, examples: Path) -> None:
    song = guest.heard((examples / "auld-lang-syne.mid").read_bytes(), "../../etc/Auld <b>.mid")
    data = guest.http.get(f"{guest.at}/songs/{song}").json()
    assert data["key"]["name"] == "F major"
    assert data["meter"] == "4/4"
    assert data["bar_count"] == len(data["bars"]) - 1 == 17
    assert data["tracks"][0]["name"] == "Melody"
    assert data["chords"][1][:2] == [1920, "F"]
    assert [letter for _, letter in data["sections"]] == ["A", "B", "A", "B"]
    listed = guest.http.get(guest.at).json()["songs"][0]
    assert listed["state"] == "heard"


def test_chord_key_and_tempo_are_mended(guest: Visitor, examples: Path) -> None:
    song = guest.heard((examples / "auld-lang-syne.mid").read_bytes())
    mends = {
        "key": {"tonic": 2, "mode": "minor"},
        "tempo": 120,
        "chords": [{"start": 48, "chord": "Dm7"}, {"start": 96, "chord": ""}],
    }
    begun = guest.http.put(f"{guest.at}/songs/{song}/mends", json=mends).json()
    assert guest.end(begun["job"])["state"] == "done"
    data = guest.http.get(f"{guest.at}/songs/{song}").json()
    assert data["key"]["name"] == "D minor"
    assert data["bpm"] == 120
    assert [row[1] for row in data["chords"] if 1920 <= row[0] < 5760] == ["Dm7"]
    assert data["mends"] == mends


def test_bar_lines_and_meter_are_mended(guest: Visitor, examples: Path) -> None:
    song = guest.heard((examples / "auld-lang-syne.mid").read_bytes())
    before = guest.http.get(f"{guest.at}/songs/{song}").json()
    beat, line = 12, before["bars"][2] // before["step"]
    for mends, pickup in (({"bar_at": line - beat}, 0), ({"bar_at": line, "meter": [3, 4]}, 960)):
        begun = guest.http.put(f"{guest.at}/songs/{song}/mends", json=mends).json()
        assert guest.end(begun["job"])["state"] == "done"
        data = guest.http.get(f"{guest.at}/songs/{song}").json()
        # the line that was clicked is a bar line now, and the tune has moved with it
        clicked = mends["bar_at"] * data["step"] + data["shift"]
        assert clicked in data["bars"]
        assert data["pickup"] == pickup
        first = data["tracks"][0]["notes"][0][0]
        assert first - before["tracks"][0]["notes"][0][0] == data["shift"]
    assert data["meter"] == "3/4"


def test_another_track_has_the_tune(guest: Visitor, examples: Path) -> None:
    song = guest.heard((examples / "auld-lang-syne.mid").read_bytes())
    before = guest.http.get(f"{guest.at}/songs/{song}").json()
    names = [source["name"] for source in before["sources"]]
    begun = guest.http.put(
        f"{guest.at}/songs/{song}/mends", json={"melody": names.index("Bass")}
    ).json()
    assert guest.end(begun["job"])["state"] == "done"
    data = guest.http.get(f"{guest.at}/songs/{song}").json()
    assert data["melody"] == names.index("Bass")
    assert max(note[2] for note in data["tracks"][0]["notes"]) < 60


def test_wrong_mends_are_refused_and_nothing_changes(guest: Visitor, examples: Path) -> None:
    song = guest.heard((examples / "greensleeves.abc").read_bytes())
    before = guest.http.get(f"{guest.at}/songs/{song}").json()
    for mends in ({"chords": [{"start": 0, "chord": "Q7"}]}, {"bar_at": 12}, {"melody": 99}):
        begun = guest.http.put(f"{guest.at}/songs/{song}/mends", json=mends).json()
        end = guest.end(begun["job"])
        assert end["state"] == "failed"
        assert end["message"].endswith(".")
        assert guest.http.get(f"{guest.at}/songs/{song}").json() == before


def test_bars_are_told_as_they_stand(made: tuple[Visitor, str, str]) -> None:
    visitor, song, _ = made
    begun = visitor.make(song, seed=5, parts=["bass"]).json()
    events = visitor.events(begun["job"])
    music = [event for event in events if event["event"] == "music"]
    assert [event["bar"] for event in music] == [1, 5, 9, 13, 17]
    told = [note[:3] for event in music for note in event["tracks"][-1]["notes"]]
    take = visitor.http.get(f"{visitor.at}/results/{begun['result']}/takes/0").json()
    bass = next(track for track in take["tracks"] if track["part"] == "bass")
    assert [row[2] for row in told] == [note[2] for note in bass["notes"]]
    for row, note in zip(told, bass["notes"], strict=True):  # told on the grid, played with touch
        assert abs(row[0] - note[0]) <= 40


def test_the_same_wish_gives_the_same_song(made: tuple[Visitor, str, str]) -> None:
    visitor, song, result = made
    begun = visitor.make(song, seed=3, parts=["bass", "drums"]).json()
    assert visitor.end(begun["job"])["state"] == "done"
    takes = [
        visitor.http.get(f"{visitor.at}/results/{name}/takes/0").json()
        for name in (result, begun["result"])
    ]
    assert takes[0] == takes[1]


def test_bars_of_one_part_are_made_anew(made: tuple[Visitor, str, str]) -> None:
    visitor, _, result = made
    wish = {"first": 5, "last": 8, "parts": ["bass"], "seed": 9}
    begun = visitor.http.post(f"{visitor.at}/results/{result}/redo", json=wish).json()
    assert visitor.end(begun["job"])["state"] == "done"
    old, new = (
        {
            track["part"]: track["notes"]
            for track in visitor.http.get(f"{visitor.at}/results/{name}/takes/0").json()["tracks"]
        }
        for name in (result, begun["result"])
    )
    assert new["drums"] == old["drums"]
    assert new["melody"] == old["melody"]
    begin, end = 4 * 1920 - 20, 8 * 1920 - 20  # the first note of a bar may come a little early
    outside = [[n for n in x["bass"] if not begin <= n[0] < end] for x in (old, new)]
    assert outside[0] == outside[1]
    assert [n for n in old["bass"] if begin <= n[0] < end] != [
        n for n in new["bass"] if begin <= n[0] < end
    ]


def test_files_are_what_they_say(made: tuple[Visitor, str, str], tmp_path: Path) -> None:
    visitor, _, result = made
    files = f"/results/{result}/files"
    played = song_at(visitor, f"{files}/song.mid", tmp_path)
    assert [track.is_melody for track in played.tracks] == [True, False, False]
    assert song_at(visitor, f"{files}/song.musicxml", tmp_path).note_count
    assert [t.is_melody for t in song_at(visitor, f"{files}/track-1.mid", tmp_path).tracks] == [
        True
    ]
    starts = {"score.pdf": b"%PDF", "roll.png": b"\x89PNG", "score.svg": b"<svg"}
    for name, start in starts.items():
        answer = visitor.http.get(f"{visitor.at}{files}/{name}")
        assert answer.content.startswith(start), name
    archive = visitor.http.get(f"{visitor.at}{files}/tracks.zip")
    assert "auld-lang-syne.jazz.tracks.zip" in archive.headers["content-disposition"]
    names = zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    assert [name.split()[0] for name in names] == ["1", "2", "3"]
    assert all(name.endswith(".mid") for name in names)
    assert visitor.http.get(f"{visitor.at}{files}/track-9.mid").status_code == 422
    assert visitor.http.get(f"{visitor.at}{files}/result.json").status_code == 404


def test_a_result_keeps_the_base_it_was_made_of(
    made: tuple[Visitor, str, str], examples: Path
) -> None:
    visitor, _, result = made
    base = visitor.http.get(f"{visitor.at}/results/{result}/base").json()
    assert base["key"]["name"] == "F major"
    told = visitor.http.get(f"{visitor.at}/results/{result}").json()
    assert told["settings"]["seed"] == 3
    assert told["state"] == "done"
    assert json.dumps(told)


def test_parts_stay_and_instruments_are_chosen(made: tuple[Visitor, str, str]) -> None:
    visitor, song, result = made
    wish = {"seed": 8, "parts": ["bass", "drums"], "keep": ["drums"], "earlier": result}
    begun = visitor.make(song, **wish, instruments={"bass": 35, "melody": 56}, feel=0).json()
    assert visitor.end(begun["job"])["state"] == "done"
    old, new = (
        {track["part"]: track for track in
         visitor.http.get(f"{visitor.at}/results/{name}/takes/0").json()["tracks"]}
        for name in (result, begun["result"])
    )  # fmt: skip
    assert new["drums"]["notes"] == old["drums"]["notes"]
    assert new["bass"]["notes"] != old["bass"]["notes"]
    assert (new["bass"]["program"], new["melody"]["program"]) == (35, 56)
    # a result with parts that stayed can be made anew in turn
    wish = {"first": 2, "last": 3, "seed": 1}
    begun = visitor.http.post(f"{visitor.at}/results/{begun['result']}/redo", json=wish).json()
    assert visitor.end(begun["job"])["state"] == "done"


def test_a_chord_chart_is_a_song(guest: Visitor) -> None:
    song = guest.heard(b"Key: F\nTempo: 120\n| F | Dm | Gm7 | C7 |\n" * 2)
    begun = guest.make(song).json()
    assert guest.end(begun["job"])["state"] == "done"


def test_a_composed_tune_is_a_song(guest: Visitor) -> None:
    wish = {"style": "jazz", "notes": 40, "seed": 2}
    begun = guest.http.post(f"{guest.at}/compose", json=wish).json()
    assert guest.end(begun["job"])["state"] == "done"
    data = guest.http.get(f"{guest.at}/songs/{begun['song']}").json()
    assert data["bar_count"] > 1
    assert sum(len(track["notes"]) for track in data["tracks"]) >= 40
