"""Somebody who uses the API, and a studio whose worker pretends."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from restyle.studio.app import create_app
from restyle.studio.limits import Limits

PRETENDS = (sys.executable, str(Path(__file__).parent / "studio_worker.py"))


class Visitor:
    """Somebody who uses the API."""

    def __init__(self, client: TestClient):
        self.http = client
        self.at = f"/api/visits/{client.post('/api/visits').json()['visit']}"

    def bring(self, data: bytes, name: str = "tune.mid") -> Any:
        return self.http.post(f"{self.at}/songs", params={"name": name}, content=data)

    def heard(self, data: bytes, name: str = "tune.mid") -> str:
        """Bring a song and wait until it is heard."""
        begun = self.bring(data, name).json()
        assert self.end(begun["job"])["state"] == "done"
        return str(begun["song"])

    def make(self, song: str, **wish: Any) -> Any:
        return self.http.post(f"{self.at}/songs/{song}/results", json={"to": "jazz", **wish})

    def events(self, job: str) -> list[dict[str, Any]]:
        """All that a job says until it ends."""
        with self.http.stream("GET", f"{self.at}/jobs/{job}/events") as answer:
            lines = [line for line in answer.iter_lines() if line.startswith("data: ")]
        return [json.loads(line[6:]) for line in lines]

    def end(self, job: str) -> dict[str, Any]:
        return self.events(job)[-1]

    def state(self, job: str) -> str:
        return str(self.http.get(f"{self.at}/jobs/{job}").json()["state"])

    def until(self, job: str, *states: str, seconds: float = 20.0) -> str:
        """Wait for a state without listening, as somebody does who only polls."""
        for _ in range(int(seconds / 0.02)):
            if (now := self.state(job)) in states:
                return now
            time.sleep(0.02)
        return self.state(job)


def pretending(root: Path, **limits: Any) -> TestClient:
    """A client of a studio whose worker pretends."""
    app = create_app(root, Limits(**limits), worker=PRETENDS)
    return TestClient(app, base_url="http://127.0.0.1:8000")
