"""Run by `accelerate launch` in `test_launch.py`: a whole run, and one that is broken off.

    two_processes.py CORPUS OUT

Every process writes its weights after the whole run, and after the run that went on.
"""

import sys
from pathlib import Path

from safetensors.torch import save_file
from tiny_training import OPTIONS, STYLES

from restyle.data.shards import open_corpus
from restyle.model import train
from restyle.model.train import Run

BROKEN_OFF = 5  # one step after a checkpoint


def main() -> None:
    train.fast_bf16 = lambda: False  # as the test, which compares digits that bfloat16 has not
    corpus, out = open_corpus(Path(sys.argv[1])), Path(sys.argv[2])
    whole = run(corpus, out / "whole", OPTIONS.steps)
    assert whole.accelerator.num_processes == 2
    write(whole, out / "whole")
    run(corpus, out / "broken", BROKEN_OFF)
    again = Run(corpus, STYLES, out / "broken", OPTIONS)
    assert again.step == BROKEN_OFF - 1
    while again.step < OPTIONS.steps:
        again.advance()
    write(again, out / "broken")


def run(corpus, out: Path, steps: int) -> Run:
    made = Run(corpus, STYLES, out, OPTIONS)
    while made.step < steps:
        made.advance()
    return made


def write(run: Run, folder: Path) -> None:
    weights = {name: weight.contiguous() for name, weight in run.raw.named_parameters()}
    save_file(weights, str(folder / f"rank{run.accelerator.process_index}.safetensors"))


main()
