"""What all routes share: the visits, the jobs, and what is done when a job ends."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from restyle.io.files import save
from restyle.studio import engine
from restyle.studio.jobs import Jobs
from restyle.studio.limits import Limits
from restyle.studio.process import Job
from restyle.studio.visits import Visits, read_json

Json = dict[str, Any]
STATIC = Path(__file__).parent / "static"
EXAMPLES = STATIC / "examples"


@dataclass
class Studio:
    """A studio at work."""

    visits: Visits
    limits: Limits
    jobs: Jobs = field(init=False)

    @cached_property
    def about(self) -> Json:
        """What the page needs to know before anything else."""
        return {
            "styles": engine.styles(),
            "parts": engine.parts(),
            "instruments": engine.instruments(),
            "keys": engine.key_names(),
            "harmonies": engine.harmonies(),
            "words": engine.words(),
            "compose": engine.composers(),
            "files": engine.FILES,
            "examples": [
                {"name": path.stem, "title": engine.example_title(path)}
                for path in sorted(EXAMPLES.iterdir())
            ],
            "limits": {
                "upload_bytes": self.limits.upload_bytes,
                "song_bars": self.limits.song_bars,
                "takes": self.limits.takes,
                "compose_notes": self.limits.compose_notes,
            },
        }

    def hear(self, visit: str, song: str, folder: Path, title: str, mends: Json) -> Job:
        """Have a song heard, for the first time or with mends. Raises Busy."""
        task = {
            "file": str(folder / "source.song"),
            "folder": str(folder),
            "title": title,
            "mends": mends,
        }
        return self.jobs.add(visit, "hear", task, {"song": song})

    def ended(self, job: Job) -> None:
        """Write down how a job ended, where its worker could not."""
        about = job.about
        if job.kind in ("make", "compose") and job.state != "done" and "result" in about:
            self._mark(self.visits.root / job.visit / "results" / about["result"], job)
        if job.kind in ("hear", "compose", "notes"):
            folder = self.visits.root / job.visit / "songs" / about["song"]
            if job.state != "done" and not (folder / "heard.json").is_file():
                shutil.rmtree(folder, ignore_errors=True)
            elif job.state == "done" and (folder / "song.json").is_file():
                self._heard(folder)

        if job.kind == "report" and job.state == "done":
            path = self.visits.root / job.visit / "songs" / about["song"] / "song.json"
            if path.is_file():
                save(path, json.dumps({**read_json(path, "song"), "report": True}))

    def _mark(self, folder: Path, job: Job) -> None:
        path = folder / "result.json"
        if path.is_file():
            data = json.loads(path.read_text(encoding="utf-8"))
            state = "stopped" if job.state == "cancelled" else "failed"
            save(path, json.dumps({**data, "state": state, "message": job.message}))

    def _heard(self, folder: Path) -> None:
        data = read_json(folder / "song.json", "song")
        heard = read_json(folder / "heard.json", "song")
        short = {name: heard[name] for name in ("key", "meter", "bpm", "bar_count", "title")}
        save(folder / "song.json", json.dumps({**data, **short, "state": "heard"}))


def new_result(folder: Path, song: str, title: str, settings: Json, bars: Json | None) -> Json:
    """Note down a result that is to be made."""
    told = {
        "result": folder.name,
        "song": song,
        "title": title,
        "settings": settings,
        "bars": bars,
        "made": now(),
        "state": "making",
        "takes": 0,
    }
    save(folder / "result.json", json.dumps(told))
    return told


def now() -> float:
    return round(time.time(), 3)


def title_of(name: str) -> str:
    """What a song is called whose file was called so: letters and spaces, never a path."""
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    words = re.sub(r"[^\w '\u2019&+-]+|_", " ", stem)
    return " ".join(words.split())[:60] or "A song"
