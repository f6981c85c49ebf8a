"""An engine without a model: its predictions depend on the last tokens alone."""

from pathlib import Path

import numpy as np

from corpora import figures
from restyle.pipeline import Arranger
from restyle.style.style import Style
from restyle.tokens import vocabulary as v


class FakeLane:
    """Remembers what it was fed; the logits are random, but the same for the same two tokens."""

    def __init__(self, context: int):
        self.context, self.tokens, self.history = context, [], []

    @property
    def room(self) -> int:
        return self.context - len(self.tokens)

    def feed(self, ids) -> np.ndarray:
        self.tokens += [int(t) for t in np.asarray(ids).ravel()]
        assert len(self.tokens) <= self.context
        style = next((t for t in reversed(self.tokens) if t in v.STYLE or t == v.EXAMPLE), 0)
        rng = np.random.default_rng([*self.tokens[-2:], style])
        return rng.normal(0, 2, (1, v.SIZE)).astype(np.float32)

    def rewind(self, length: int) -> None:
        self.history.append(list(self.tokens))
        self.tokens = self.tokens[:length]

    def kept(self) -> list[int]:
        return list(self.tokens)

    def restore(self, memory: list[int]) -> None:
        self.history.append(list(self.tokens))
        self.tokens = list(memory)

    def forget(self, *stretches: tuple[int, int]) -> None:
        self.history.append(list(self.tokens))
        for begin, end in reversed(stretches):
            del self.tokens[begin:end]


class FakeEngine:
    folder = None

    def __init__(self, context: int = 512):
        self.context, self.lanes = context, []

    def lane(self, batch: int = 1) -> FakeLane:
        self.lanes.append(FakeLane(self.context))
        return self.lanes[-1]


def fake_arranger(context: int = 512) -> Arranger:
    """An arranger of the styles a (bass) and b (drums, bass) whose notes mean nothing."""
    band = Arranger.__new__(Arranger)
    band.folder = Path()
    band.styles = {
        "a": Style("a", 0, figures(0, ["bass"])),
        "b": Style("b", 1, figures(1, ["drums", "bass"])),
    }
    for style in band.styles.values():
        style.figures["bands"] = [[list(style.parts), 6]]
    band.engine = FakeEngine(context)
    band.profiles, band.knows_examples = {}, False
    return band
