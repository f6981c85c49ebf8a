"""The page of many results, what else a result can be written as, progress in logs."""

from __future__ import annotations

import re
import weakref
from pathlib import Path

import pytest
from typer.testing import CliRunner

from restyle import __version__
from restyle.cli import many, terminal
from restyle.cli.beside import Beside
from restyle.cli.commands import app
from restyle.cli.listing import check_listing, write_listing
from restyle.cli.outputs import make_folder, result_paths
from restyle.errors import RestyleError
from restyle.io import read, write
from restyle.io.audio import audio
from restyle.pipeline import Arranger


def test_the_page_lists_what_is_there_and_needs_nothing_else(
    examples: Path, tmp_path: Path
) -> None:
    song = read(examples / "auld-lang-syne.mid")
    names = ["a & b.jazz.mid", "<i>.jazz.mid", "lost.jazz.mid"]
    for name in names[:2]:
        write(song, tmp_path / name)
    (tmp_path / "a & b.jazz.png").write_bytes(b"png")
    (tmp_path / "a & b.pop.mid").write_bytes(b"another")
    told: list[tuple[int, int]] = []
    results = [(Path(name), tmp_path / name) for name in names]
    page = write_listing(results, "jazz", lambda done, all_: told.append((done, all_)))
    html = page.read_text(encoding="utf-8")
    assert page == tmp_path / "index.html" and told == [(1, 2), (2, 2)]
    assert html.count("<audio") == 2 and html.count("<img") == 1 and "2 songs: jazz" in html
    assert "<i>" not in html and "lost" not in html and "pop.mid" not in html
    links = re.findall(r'(?:src|href)="([^"]{0,40})', html)
    assert links and all(link.startswith("data:") or ":" not in link for link in links)
    assert 'href="a%20%26%20b.jazz.mid"' in html


def test_each_take_has_a_player_of_what_was_written(examples: Path, tmp_path: Path) -> None:
    song = read(examples / "auld-lang-syne.mid")
    takes = [tmp_path / "a.mp3", tmp_path / "a.take2.mp3"]
    for take in takes:
        write(song, take)
    html = write_listing([(Path("a.abc"), take) for take in takes], "jazz", None).read_text("utf-8")
    assert html.count("<audio") == 2 and "1 song: jazz" in html
    assert html.count('href="a.mp3"') == html.count('href="a.take2.mp3"') == 1


def test_a_page_of_somebody_elses_is_not_written_over(examples: Path, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    check_listing(page)
    out = tmp_path / "a.jazz.mid"
    write(read(examples / "auld-lang-syne.mid"), out)
    assert write_listing([(Path("a.mid"), out)], "jazz", None) == page
    check_listing(page)  # our own
    page.write_text("<html>My home page</html>")
    song = examples / "greensleeves.abc"
    words = ["transfer", str(song), "--to", "jazz", "--index", "-o", str(tmp_path)]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, RestyleError) and "is not restyle's" in str(done.exception)
    assert page.read_text() == "<html>My home page</html>"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jazz.mid", "index.html"]


def test_several_songs_make_their_folder(tmp_path: Path) -> None:
    songs = [tmp_path / "a.mid", tmp_path / "b.mid"]
    make_folder(songs[:1], songs[:1], tmp_path / "one")  # one song: one.mid
    make_folder(songs, songs, tmp_path / "two.mid")
    assert list(tmp_path.iterdir()) == []
    make_folder(songs, songs, tmp_path / "two")
    make_folder([tmp_path], songs[:1], tmp_path / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "two"]
    with pytest.raises(RestyleError, match="cannot be made"):
        make_folder(songs, songs, tmp_path / "not" / "there")


def test_a_sound_is_played_with_the_soundfont_asked_for(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song, asked = read(examples / "auld-lang-syne.mid"), []
    monkeypatch.setattr(audio, "write_audio", lambda *words, **_: asked.append(words[1:]))
    font = tmp_path / "better.sf2"
    Beside(soundfont=font).write_song(song, tmp_path / "a.ogg")
    assert asked == [(tmp_path / "a.ogg", font)]
    with pytest.raises(RestyleError, match=r"better\.sf2"):
        Beside(soundfont=font).check(tmp_path / "a.ogg")


@pytest.mark.parametrize("ending", [".mp3", ".pdf", ".png", ".musicxml", ".mid"])
def test_a_result_can_be_written_as(ending: str) -> None:
    assert result_paths([Path("a.mid")], "jazz", Path(f"b{ending}")) == [Path(f"b{ending}")]
    with pytest.raises(RestyleError, match=r"\.mp3"):
        result_paths([Path("a.mid")], "jazz", Path("b.docx"))


def test_a_pdf_is_pages_alone(examples: Path, tmp_path: Path) -> None:
    write(read(examples / "when-the-saints.musicxml"), tmp_path / "saints.pdf")
    assert (tmp_path / "saints.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(tmp_path.iterdir())) == 1


def test_the_version_and_the_choices_are_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"restyle {__version__}\n"
    told = CliRunner().invoke(app, ["transfer", "--help"]).output
    assert "keep|enrich|reharmonise" in told and "keep|drop" in told
    assert "Exit status" in CliRunner().invoke(app, ["--help"]).output


def test_what_was_done_earlier_is_not_taken_for_quick(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "watched", lambda: False)
    clock = iter([0.0, 20.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    with terminal.progress("learning", quiet=False, begins=20) as on_step:
        assert on_step is not None
        on_step(22, 80)
    assert capsys.readouterr().err == "learning: 22 of 80, about 10 minutes left\n"


def test_a_log_has_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "watched", lambda: False)
    clock = iter([0.0, 5.0, 20.0, 21.0, 60.0, 61.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    with terminal.progress("arranging", quiet=False) as on_bar:
        assert on_bar is not None
        for done in (1, 2, 3, 12, 24):
            on_bar(done, 24)
    assert capsys.readouterr().err.splitlines() == [
        "arranging: 2 of 24, about 4 minutes left",
        "arranging: 12 of 24, about 60 s left",
    ]


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 2), (64, 3)])
def test_a_folder_is_made_by_a_process_a_core_that_we_may_use(
    cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def parallel(work: object, jobs: object, workers: int, batch: int) -> list[many.Told]:
        asked.append(workers)
        return []

    monkeypatch.setattr(many, "parallel", parallel)
    monkeypatch.setattr("joblib.cpu_count", lambda: cores)
    assert list(many.make_all([(Path("a"), Path("b"))] * 3, lambda *_: None)) == []
    assert asked == [workers]


def test_the_model_is_let_go_of_before_sound_is_rendered(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models, alive = [], []
    transfer = Arranger.transfer

    def noted(self: Arranger, *words: object) -> object:
        models.append(weakref.ref(self))
        return transfer(self, *words)  # type: ignore[arg-type]

    def write_audio(*_: object, **__: object) -> None:
        alive.append(models[0]() is not None)

    monkeypatch.setattr(Arranger, "transfer", noted)
    monkeypatch.setattr(audio, "write_audio", write_audio)
    song, out = str(examples / "greensleeves.abc"), str(tmp_path / "a.mid")
    words = ["transfer", song, "--to", "pop", "--candidates", "1", "--audio", "-o", out, "--quiet"]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    assert alive == [False]
