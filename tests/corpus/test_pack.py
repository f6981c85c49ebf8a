"""A corpus that travels comes out as it went in."""

import numpy as np
import pytest

from restyle.data.pack import pack, unpack
from restyle.data.shards import INDEX
from restyle.errors import RestyleError


def test_there_and_back(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / INDEX).write_text("{}")
    tokens = np.random.default_rng(0).integers(0, 300, 5000).astype("<u2").tobytes()
    (corpus / "tokens-000.bin").write_bytes(tokens)
    (corpus / "tokens-001.bin").write_bytes(tokens[:100])
    size = pack(corpus, tmp_path / "packed")
    assert size == sum(f.stat().st_size for f in (tmp_path / "packed").iterdir())
    unpack(tmp_path / "packed", tmp_path / "again")
    for file in corpus.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_what_is_no_corpus_is_named(tmp_path):
    with pytest.raises(RestyleError, match="not a corpus"):
        pack(tmp_path, tmp_path / "out")
    with pytest.raises(RestyleError, match="no packed corpus"):
        unpack(tmp_path, tmp_path / "out")
