"""What tests of the engine have in common: a model of one layer that was written by hand."""

import pytest
from one_layer import written

from restyle.decoding.session import Session


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def session(folder):
    return Session.load(folder)
