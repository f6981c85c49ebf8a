"""The studio's API with the real engine: bring, hear, mend, make, make anew, take away."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

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
    assert [letter for _, letter in data["sections"]] == ["A", "A"]
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


@pytest.mark.slow
def test_parts_stay_and_instruments_are_chosen(made: tuple[Visitor, str, str]) -> None:
    visitor, song, result = made
    wish = {"seed": 8, "parts": ["bass", "drums"], "locked": ["drums"], "earlier": result}
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
    begun = guest.http.post(f"{guest.at}/compose/notes", json=wish).json()
    assert guest.end(begun["job"])["state"] == "done"
    data = guest.http.get(f"{guest.at}/songs/{begun['song']}").json()
    assert data["bar_count"] > 1
    assert sum(len(track["notes"]) for track in data["tracks"]) >= 40


@pytest.mark.slow
def test_a_composed_song_has_its_band_and_is_made_again_exactly(guest: Visitor) -> None:
    chords = "| C | Am | F | G7 | C | Am | Dm G7 | C |"
    wish = {"style": "pop", "chords": chords, "tempo": 100, "seed": 4}
    begun = guest.http.post(f"{guest.at}/compose", json=wish).json()
    assert guest.end(begun["job"])["state"] == "done"
    data = guest.http.get(f"{guest.at}/songs/{begun['song']}").json()
    assert (data["key"]["name"], data["bpm"], data["lead_sheet"]) == ("C major", 100, True)
    roots = [row[1][:2].rstrip("m7") for row in data["chords"]]
    assert roots[:4] == ["C", "Am"[:1], "F", "G"]
    take = take_of(guest, begun["result"])
    assert {"melody", "bass", "drums"} <= {track["part"] for track in take["tracks"]}
    told = guest.http.get(f"{guest.at}/results/{begun['result']}").json()
    again = guest.http.post(
        f"{guest.at}/songs/{begun['song']}/results", json=told["settings"]
    ).json()
    assert guest.end(again["job"])["state"] == "done"
    other = take_of(guest, again["result"])
    assert [t["notes"] for t in other["tracks"]] == [t["notes"] for t in take["tracks"]]


@pytest.mark.slow
def test_introduction_count_in_and_ending(made: tuple[Visitor, str, str], tmp_path: Path) -> None:
    visitor, song, _ = made
    wish = {"parts": ["bass", "drums"], "intro": 4, "count_in": True, "ending": "ritardando"}
    begun = visitor.make(song, **wish).json()
    events = visitor.events(begun["job"])
    assert events[-1]["state"] == "done"
    planned = next(event for event in events if event["event"] == "plan")
    bar = 1920
    assert planned["before"] == 3 * bar  # the pickup's bar is one of the four
    assert len(planned["bars"]) == 17 + 3 + 1
    base = visitor.http.get(f"{visitor.at}/songs/{song}").json()
    take = take_of(visitor, begun["result"])
    assert take["before"] == 4 * bar
    first = [
        next(t for t in x["tracks"] if t["part"] == "melody")["notes"][0][0] for x in (base, take)
    ]
    assert abs(first[1] - take["before"] - first[0]) <= 40
    slowest = min(tempo for _, tempo in take["tempos"])
    assert slowest < 0.8 * take["tempos"][0][1]
    strokes = next(t for t in take["tracks"] if t["drum"])["notes"]
    assert [n[2] for n in strokes if n[0] < bar - 40] == [37] * 4
    # bars of it are made anew without the count-in, which is put on last
    redo = {"first": 4, "last": 5, "seed": 3}
    again = visitor.http.post(f"{visitor.at}/results/{begun['result']}/redo", json=redo).json()
    assert visitor.end(again["job"])["state"] == "done"
    other = take_of(visitor, again["result"])
    assert other["bars"] == take["bars"]
    outside = [[n for t in x["tracks"] if t["part"] == "bass" for n in t["notes"]
                if not 4 * bar - 40 <= n[0] < 6 * bar] for x in (take, other)]  # fmt: skip
    assert outside[0] == outside[1]
    file = song_at(visitor, f"/results/{again['result']}/files/song.mid", tmp_path)
    assert json.loads(file.made_with)["frame"]["count_in"] is True


@pytest.mark.slow
def test_sections_have_their_own_style_and_energy(guest: Visitor, examples: Path) -> None:
    song = guest.heard((examples / "when-the-saints.musicxml").read_bytes(), "saints.xml")
    data = guest.http.get(f"{guest.at}/songs/{song}").json()
    assert data["sections"] == [[0, "A"], [9, "B"]]
    wish = {"to": "A:pop,B:rock/ballad", "energy": "A:0.2,B:0.9", "enter": "drums:B"}
    for intro in (0, 4):
        begun = guest.make(song, **wish, intro=intro).json()
        assert guest.end(begun["job"])["state"] == "done"
        take = take_of(guest, begun["result"])
        drums = next(t for t in take["tracks"] if t["drum"])["notes"]
        later = drums[0][0] - take["before"] - data["bars"][9]
        assert -1920 <= later <= 1920, "they come in with the B, or a fill before it"
    redo = {"first": 14, "last": 15, "parts": ["bass"], "seed": 3}
    again = guest.http.post(f"{guest.at}/results/{begun['result']}/redo", json=redo).json()
    assert guest.end(again["job"])["state"] == "done"


def test_parts_play_as_they_are_told(made: tuple[Visitor, str, str]) -> None:
    visitor, song, _ = made
    wish = {"to": "jazz/ballad", "parts": ["bass", "piano"], "figure": {"bass": "walking"},
            "density": {"piano": "sparse"}, "level": "easy", "melody": "ornament"}  # fmt: skip
    begun = visitor.make(song, **wish).json()
    assert visitor.end(begun["job"])["state"] == "done"
    tracks = {t["part"]: t["notes"] for t in take_of(visitor, begun["result"])["tracks"]}
    assert len(tracks["bass"]) > 40
    begun = visitor.make(song, figure={"piano": "nonsense"}).json()
    assert visitor.end(begun["job"])["message"].startswith("'nonsense' is no figure")


@pytest.mark.slow
def test_tracks_of_the_song_stay(made: tuple[Visitor, str, str], tmp_path: Path) -> None:
    visitor, song, _ = made
    base = visitor.http.get(f"{visitor.at}/songs/{song}").json()
    bass = next(track for track in base["tracks"] if track["part"] == "bass")
    number = str(bass["source"] + 1)
    begun = visitor.make(song, keep=[number], seed=2).json()
    assert visitor.end(begun["job"])["state"] == "done"
    take = take_of(visitor, begun["result"])
    kept = next(track for track in take["tracks"] if track["part"] == "bass")
    assert kept["notes"] == bass["notes"]
    # it is whole in the file, and stays where bars are made anew
    file = song_at(visitor, f"/results/{begun['result']}/files/song.mid", tmp_path)
    assert any(t.notes["pitch"].tolist() == [n[2] for n in bass["notes"]] for t in file.tracks)
    redo = {"first": 3, "last": 4, "seed": 3}
    again = visitor.http.post(f"{visitor.at}/results/{begun['result']}/redo", json=redo).json()
    assert visitor.end(again["job"])["state"] == "done"
    parts = {t["part"]: t["notes"] for t in take_of(visitor, again["result"])["tracks"]}
    assert parts["bass"] == bass["notes"]


def test_locked_parts_that_would_not_fit_are_refused(made: tuple[Visitor, str, str]) -> None:
    visitor, song, result = made
    wish = {"parts": ["bass", "drums"], "locked": ["drums"], "earlier": result, "intro": 2}
    begun = visitor.make(song, **wish).json()
    assert visitor.end(begun["job"])["message"].startswith("What is locked stays where it is")


def take_of(visitor: Visitor, result: str) -> dict[str, Any]:
    data: dict[str, Any] = visitor.http.get(f"{visitor.at}/results/{result}/takes/0").json()
    return data
