"""A worker process: `python -m restyle.studio.worker`. A task is a line of JSON on its input, what
it has to say are lines of JSON on its output; {"cancel": true} stops the task at the next bar.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from restyle.errors import RestyleError
from restyle.io.files import save
from restyle.music.song import Song
from restyle.studio import engine
from restyle.studio.limits import Limits
from restyle.studio.mending import Mends
from restyle.studio.songs import Json, dumps, song_json, song_of, whole_json

if TYPE_CHECKING:
    from restyle.studio.making import Made

Say = Callable[[Json], None]
SOURCE = "source.song"
"""What a song that somebody brought is called on disk, whatever it was called before."""


class Cancelled(Exception):
    """The user wants no more of it."""


class Desk:
    """Where tasks come in: a thread reads, so that a cancellation is seen while one is done."""

    def __init__(self, lines: IO[str]):
        self._lines = lines
        self._tasks: list[Json | None] = []
        self._ready = threading.Condition()
        self._cancelled: set[str] = set()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._lines:
            data = json.loads(line)
            with self._ready:
                if "cancel" in data:
                    self._cancelled.add(data["cancel"])
                else:
                    self._tasks.append(data)
                self._ready.notify()
        with self._ready:
            self._tasks.append(None)
            self._ready.notify()
        os._exit(0)  # the server has gone: nobody wants what is being made

    def tasks(self) -> Iterator[Json]:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: bool(self._tasks))
                task = self._tasks.pop(0)
            if task is None:
                return
            yield task

    def check(self, job: str) -> None:
        """Raise Cancelled where the job is."""
        if job in self._cancelled:
            raise Cancelled


def main() -> None:
    """Do tasks until the input ends."""
    voice = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what libraries print is no event
    with contextlib.suppress(AttributeError, OSError):
        os.nice(8)  # the page is to answer while bars are made
    if "--warm" in sys.argv:
        engine.warm()
    desk = Desk(sys.stdin)
    for task in desk.tasks():
        job = task["job"]

        def say(event: Json, job: str = job) -> None:
            desk.check(job)
            voice.write(dumps(event) + "\n")
            voice.flush()

        try:
            end: Json = {"end": "done", "result": _TASKS[task["kind"]](task, say)}
        except Cancelled:
            end = {"end": "cancelled"}
        except RestyleError as error:
            said = str(error).replace(SOURCE, task.get("title") or "The file")
            end = {"end": "failed", "message": said}
        except MemoryError:
            end = {"end": "failed", "message": "That song needs more memory than there is here."}
        except Exception as error:  # a fault of ours must not take the worker with it
            print(f"{task['kind']}: {type(error).__name__}: {error}", file=sys.stderr)
            end = {"end": "failed", "message": "That went wrong inside restyle: please report it."}
        voice.write(dumps({**end, "memory": _memory()}) + "\n")
        voice.flush()


def _memory() -> int:
    """Most bytes that this process has used so far."""
    try:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(peak) * (1 if sys.platform == "darwin" else 1024)
    except ImportError:
        return 0


def _counter(say: Say) -> Callable[[int, int], None]:
    return lambda done, count: say({"event": "bar", "done": int(done), "all": int(count)})


def _hear(task: Json, say: Say) -> Json:
    from restyle.io.leads.json import lead_to_json

    folder = Path(task["folder"])
    mends = mends_of(task["mends"])
    lead, shown = engine.hear(Path(task["file"]), task["title"], mends, Limits())
    shown |= {"mends": task["mends"], "title": shown["title"] or task["title"]}
    save(folder / "lead.json", lead_to_json(lead))
    save(folder / "heard.json", dumps(shown))
    return {}


def mends_of(data: Json) -> Mends:
    """The mends that the page sent."""
    key, meter = data.get("key"), data.get("meter")
    return Mends(
        key=(key["tonic"], key["mode"]) if key else None,
        meter=(meter[0], meter[1]) if meter else None,
        bar_at=data.get("bar_at"),
        melody=data.get("melody"),
        tempo=data.get("tempo"),
        chords=tuple((row["start"], row["chord"]) for row in data.get("chords", [])),
    )


def _make(task: Json, say: Say) -> Json:
    from restyle.io import read_lead
    from restyle.studio import making

    folder, said = Path(task["folder"]), task["wish"]
    lead = read_lead(task["lead"])
    assert lead is not None  # we wrote it
    options = making.options_of(said, task["takes"])
    earlier = making.sounding(_song(task["earlier"])) if task.get("earlier") else None
    if options.keep and not task["redo"]:
        mends = mends_of(_told(folder / "base.json")["mends"])
        kept = making.kept_of(Path(task["source"]), options.keep, mends)
        options = replace(options, kept=kept)
    like = Path(task["like"]) if task["like"] else None
    wish = making.Wish(options, like, task["redo"], earlier, tuple(said["locked"]))
    say({"event": "plan", **asdict(making.plan(lead, wish))})

    def on_music(take: int, bar: int, tracks: list[Json]) -> None:
        say({"event": "music", "take": take, "bar": bar, "tracks": tracks})

    made = making.make(lead, wish, _counter(say), on_music)
    _write(folder, made)
    return {}


def _write(folder: Path, made: Made) -> None:
    """Put the takes of a result on disk, and say that it is done."""
    from restyle.studio import making

    told = _told(folder / "result.json")
    count_in = told["settings"].get("count_in", False)
    for number, song in enumerate(made.takes):
        shown = song_json(making.sounding(song, count_in))
        shown |= {
            "bars": making.dressed(song, count_in).bar_starts().tolist(),
            "before": made.before + making.lead_in(song, count_in),
            "score": made.scores[number],
        }
        save(folder / f"take-{number}.song.json", dumps(whole_json(song)))
        save(folder / f"take-{number}.json", dumps(shown))
    told |= {
        "state": "done",
        "takes": len(made.takes),
        "scores": list(made.scores),
        "style": made.style,
        "swing": made.swing,
        "notes": list(made.notes),
    }
    save(folder / "result.json", dumps(told))


def _told(path: Path) -> Json:
    told: Json = json.loads(path.read_text(encoding="utf-8"))
    return told


def _song(path: str) -> Song:
    """A song that was written down as JSON."""
    return song_of(_told(Path(path)))


def _compose(task: Json, say: Say) -> Json:
    from restyle.composer.lead.song import LeadOptions
    from restyle.io.leads.json import lead_to_json
    from restyle.studio import making

    same = ("style", "bars", "form", "key", "tempo", "meter", "temperature", "seed")
    chords, prime = (Path(task[name]) if task[name] else None for name in ("chords", "prime"))
    options = LeadOptions(**{name: task[name] for name in same}, chords=chords, prime=prime)
    piece = making.compose(options, task["solo"], task["takes"], _counter(say))
    save(Path(task["file"]), lead_to_json(piece.lead))
    _hear({**task, "title": piece.lead.title, "mends": {}}, say)
    folder = Path(task["result_folder"])
    for name, called in (("lead.json", "lead.json"), ("heard.json", "base.json")):
        shutil.copy(Path(task["folder"]) / name, folder / called)
    notes = (*piece.remarks, *piece.made.notes)
    _write(folder, replace(piece.made, notes=notes))
    return {}


def _notes(task: Json, say: Say) -> Json:
    from restyle.io.midi.write import midi_bytes

    prime = Path(task["prime"]) if task.get("prime") else None
    song = engine.compose_notes(
        task["style"], task["notes"], task["seed"], task["temperature"], prime, _counter(say)
    )
    save(Path(task["file"]), midi_bytes(song))
    return _hear({**task, "title": song.title, "mends": {}}, say)


def _report(task: Json, say: Say) -> Json:
    engine.report(Path(task["file"]), Path(task["out"]), tuple(task["targets"]), _counter(say))
    return {}


def _export(task: Json, say: Say) -> Json:
    from restyle.studio.exports import write_file
    from restyle.studio.making import dressed, sounding

    base = _song(task["base"]) if task.get("base") else None
    folder = Path(task["folder"])
    folder.mkdir(exist_ok=True)
    song = _song(task["song"])
    paper, played = (form(song, task["count_in"]) for form in (dressed, sounding))
    write_file(paper, played, base, task["swing"], task["name"], folder)
    return {}


_TASKS: dict[str, Callable[[Json, Say], Json]] = {
    "hear": _hear,
    "make": _make,
    "compose": _compose,
    "notes": _notes,
    "report": _report,
    "export": _export,
}

if __name__ == "__main__":
    main()
