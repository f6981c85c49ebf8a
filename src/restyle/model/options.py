"""How a model is trained, and how it learns a style of one's own; the rate at which it learns."""

from __future__ import annotations

from dataclasses import dataclass, field

from restyle.model.llama import ModelConfig
from restyle.model.windows import WindowOptions


@dataclass(frozen=True)
class TrainOptions:
    """How to train. `steps` and `patience` may be changed between runs; all else belongs to one."""

    steps: int = 2000
    batch: int = 8
    """Windows a step and process."""
    rate: float = 2e-3
    warm_up: int = 50
    decay: float = 0.3
    """Share of the steps over which the rate falls to nothing at the end; constant before, so
    that a run can be prolonged or ended at any step (Hägele et al. 2024)."""
    weight_decay: float = 0.1
    label_smoothing: float = 0.0
    clip: float = 1.0
    seed: int = 0
    save_every: int = 50
    valid_every: int = 100
    valid_windows: int = 16
    """Held-out windows a style."""
    report_every: int = 1
    """Steps between lines of the log."""
    patience: int = 0
    """Held-out measurements in a row without a better one (the mean over styles) after which the
    run ends, with the weights of the best; 0 goes on to the last step."""
    minutes: float = 0.0
    """Minutes that the run may take in all, the rate coming down by their end; 0 goes by steps."""
    workers: int = 0
    """Processes that make batches ahead of time; 0 is a thread."""
    styles: tuple[str, ...] = ()
    """Styles to learn; all of the corpus, and its unsorted songs, when empty."""
    start: str = ""
    """A model folder whose weights a new run starts from; at random when empty."""
    compile: bool = False
    rounded: bool = False
    """Compute with weights rounded to the 4 bits that ship (see `rounding`)."""
    model: ModelConfig = field(default_factory=ModelConfig)
    windows: WindowOptions = field(default_factory=WindowOptions)


@dataclass(frozen=True)
class AdaptOptions:
    """How to learn a style of one's own."""

    steps: int = 80
    """Few songs are soon known by heart: in 160 steps on 50 chorales the held-out loss fell to the
    60th and had risen by the 120th. The weights of the best are kept."""
    batch: int = 6
    """Windows of the new style a step."""
    rehearsed: int = 2
    """Windows a step that are read under another style, to keep that as it was."""
    context: int = 1024
    rate: float = 5e-4
    adapters: int = 0
    """Rank of the adapters; 0 moves all weights."""
    warm_up: int = 10
    decay: float = 0.4
    clip: float = 1.0
    seed: int = 0
    valid_every: int = 20
    valid_windows: int = 8
    windows: WindowOptions = field(default_factory=WindowOptions)


def rate_at(step: int, options: TrainOptions | AdaptOptions, seconds: float = 0.0) -> float:
    """Learning rate: linear warm-up, constant, linear fall over the last part of the steps, or of
    the minutes that the run may take."""
    falling = max(1.0, options.decay * options.steps)
    left = (options.steps - step) / falling
    if isinstance(options, TrainOptions) and options.minutes:
        left = min(left, (1.0 - seconds / (60 * options.minutes)) / max(options.decay, 1e-9))
    return options.rate * min(1.0, (step + 1) / options.warm_up, max(left, 0.0))
