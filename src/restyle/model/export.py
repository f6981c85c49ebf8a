"""Exporting: from a trainer's folder to what `transfer` runs, a small onnx graph without torch.

onnxruntime-genai's builder writes the graph (weights in 4 bits); here it is given what it wants to
see, its attention is replaced (`shared_prefix`), the result put into one file, described in
restyle.json, and checked against the weights that it came from.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.sampler import Sampling, sample
from restyle.decoding.session import Session
from restyle.errors import BadModel, RestyleError
from restyle.model.checkpoint import has_checkpoint
from restyle.model.llama import WEIGHTS, load
from restyle.model.shape import DESCRIPTION_FILE, FORMAT, GRAPH_FILE, Shape
from restyle.model.shared_prefix import share_prefix
from restyle.tokens import vocabulary

if TYPE_CHECKING:
    from restyle.model.llama import Llama

_NEEDED = ("torch", "transformers", "onnx", "onnx_ir", "onnxruntime_genai")

_COMMON = ("shared_embeddings=false",)
_OPTIONS = {
    # Blocks of 32 weights, even about zero: a zero point of its own (k_quant) makes a step 15 to
    # 20 % slower for a tenth less loss. The last product, which makes the logits, has 8 bits,
    # which halves the loss; embeddings stay as they are. accuracy_level 4 multiplies integers:
    # without it a step takes several times as long.
    "int4": (
        *_COMMON,
        "block_size=32",
        "accuracy_level=4",
        "matmul_mixed_precision=last_matmul:int8",
    ),
    "int8": (*_COMMON, "block_size=32", "accuracy_level=4"),
    "fp32": _COMMON,
}
PRECISIONS = tuple(_OPTIONS)

_HUGGING_FACE = (
    "config.json",
    "generation_config.json",
    "tokenizer*",
    "*_map.json",
    "*.index.json",
)

# The builder insists on a tokenizer, though nothing ever asks it for a token.
_TOKENIZER = {
    "tokenizer.json": {
        "version": "1.0",
        "added_tokens": [],
        "model": {"type": "WordLevel", "vocab": {"<none>": 0}, "unk_token": "<none>"},
    },
    "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"},
}

CHECKED_TOKENS = 192
MOST_DIVERGENCE = 1.0  # nats a token; a sound export in 4 bits is fifty times below


def export(model_folder: Path, out: Path, precision: str = "int4") -> None:
    """Write the model that a training run left in `model_folder` as an engine folder `out`.

    `out` gets model.onnx, restyle.json and every other json or md file that stands beside the
    weights. It appears whole or not at all; an earlier export there is replaced.

    Args:
        precision: of the weights: int4, int8, or fp32 to compare with.

    Raises:
        BadModel: when there is no model, or it cannot be exported.
        RestyleError: when `out` cannot be written or holds something else, or packages lack.
    """
    model_folder, out = Path(model_folder), Path(out)
    if precision not in _OPTIONS:
        raise ValueError(f"precision is one of {', '.join(_OPTIONS)}, not {precision!r}")
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise RestyleError(f"Exporting needs {missing[0]}: pip install 'restyle[train]'.")
    shape = _shape(model_folder, precision)
    _check_free(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as temporary:
            made = _make(model_folder, Path(temporary), shape)
            if out.exists():
                _copy_beside(out, made, ("*.md", "profiles.json"))
                out.rename(Path(temporary) / "before")
            made.rename(out)
    except OSError as error:
        raise RestyleError(f"{out} cannot be written: {error.strerror or error}.") from error


def _shape(folder: Path, precision: str) -> Shape:
    """What the engine must know, from the weights' own config.json. Raises BadModel."""
    if not (folder / WEIGHTS).is_file() and has_checkpoint(folder):
        raise BadModel(
            f"The training in {folder} is not finished: give its command again, and it goes on."
        )
    if not (folder / WEIGHTS).is_file():
        raise BadModel(f"{folder} holds no trained model: 'restyle train arranger' makes one.")
    try:
        llama = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return Shape(
            layers=llama["num_hidden_layers"],
            kv_heads=llama["num_key_value_heads"],
            head_size=llama["head_dim"],
            context=llama["max_position_embeddings"],
            vocab_size=llama["vocab_size"],
            precision=precision,
            vocabulary=vocabulary.VERSION,
            theta=llama["rope_parameters"]["rope_theta"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadModel(f"{folder} has no readable config.json: train the model again.") from error


def _check_free(out: Path) -> None:
    if out.is_file():
        raise RestyleError(f"{out} is a file: name a folder to make.")
    if out.is_dir() and any(out.iterdir()) and not (out / DESCRIPTION_FILE).is_file():
        raise RestyleError(f"{out} holds other things: name a new folder.")


def _make(model_folder: Path, temporary: Path, shape: Shape) -> Path:
    """The whole engine folder, made inside `temporary`."""
    made = temporary / "made"
    made.mkdir()
    model = load(model_folder)  # before the builder, which takes longer to find them damaged
    graph = _build(model_folder, temporary, shape.precision)
    _with_shared_prefix(graph, made / GRAPH_FILE)
    _copy_beside(model_folder, made, ("*.json", "*.md"))
    _describe(made, shape)
    _describe(made, replace(shape, divergence=_checked(model, made)))
    return made


def _staged(model_folder: Path, staged: Path) -> Path:
    """The weights with the files that the builder wants to see beside them."""
    staged.mkdir()
    for name in (WEIGHTS, "config.json"):
        shutil.copy(model_folder / name, staged / name)
    for name, content in _TOKENIZER.items():
        (staged / name).write_text(json.dumps(content), encoding="utf-8")
    return staged


def _build(model_folder: Path, temporary: Path, precision: str) -> Path:
    """Run the builder in a process of its own (it changes sys.path and prints a lot)."""
    staged, built = _staged(model_folder, temporary / "staged"), temporary / "built"
    command = [sys.executable, "-m", "onnxruntime_genai.models.builder"]
    command += ["-i", str(staged), "-o", str(built), "-c", str(temporary / "cache")]
    command += ["-p", precision, "-e", "cpu", "--extra_options", *_OPTIONS[precision]]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=offline, check=False)
    if done.returncode or not (built / GRAPH_FILE).is_file():
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise BadModel(f"{model_folder} could not be exported: {said[-1].strip()}")
    return built / GRAPH_FILE


def _with_shared_prefix(graph: Path, target: Path) -> None:
    """The builder's graph, as it runs here, in one file."""
    import onnx

    model = onnx.load(graph)
    share_prefix(model)
    onnx.save(model, target)


def _copy_beside(source: Path, target: Path, patterns: tuple[str, ...]) -> None:
    """Copy files that the target does not have yet, leaving out Hugging Face's own."""
    for pattern in patterns:
        for path in sorted(source.glob(pattern)):
            known = any(path.match(name) for name in _HUGGING_FACE)
            if path.is_file() and not known and not (target / path.name).exists():
                shutil.copy(path, target / path.name)


def _describe(made: Path, shape: Shape) -> None:
    text = json.dumps({"format": FORMAT, **asdict(shape)}, indent=1)
    (made / DESCRIPTION_FILE).write_text(text + "\n", encoding="utf-8")


def _checked(model: Llama, made: Path) -> float:
    """How far the exported model's predictions are from the weights' own, in nats a token.

    The exported model writes some tokens by itself; over these, the mean Kullback-Leibler
    divergence of its predictions from those of the full-precision model. Raises BadModel when it
    is so large that the export must have gone wrong.
    """
    session = Session.load(made)
    tokens, predicted = _written(session)
    exact = _exact(model, tokens)
    divergence = float((np.exp(exact) * (exact - predicted)).sum(axis=1).mean())
    if not (math.isfinite(divergence) and divergence < MOST_DIVERGENCE):
        raise BadModel(
            "The exported model predicts something else than the trained one: train it longer, "
            "or export it in a higher precision."
        )
    return round(max(divergence, 0.0), 6)


def _written(session: Session) -> tuple[list[int], NDArray[np.float64]]:
    """Tokens that the engine samples from nothing, and its log-probabilities after each."""
    rng = np.random.default_rng(0)
    cache = session.cache()
    tokens, rows = [vocabulary.BOS], []
    for _ in range(min(CHECKED_TOKENS, session.context)):
        rows.append(cache.feed([tokens[-1]])[0])
        tokens.append(sample(rows[-1], None, Sampling(top_p=1.0), rng))
    return tokens[:-1], _log_softmax(np.stack(rows))


def _exact(model: Llama, tokens: list[int]) -> NDArray[np.float64]:
    """Log-probabilities of the full-precision model after each of these tokens."""
    import torch

    with torch.no_grad():
        logits: Any = model.eval()(torch.tensor([tokens]))
    return _log_softmax(logits[0].numpy())


def _log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    scores = logits.astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))
