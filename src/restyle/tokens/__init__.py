"""Tokens: the vocabulary, the codec between songs and tokens, the grammar of what can follow."""

from restyle.tokens.codec import (
    Decoded,
    decode,
    decode_bar,
    encode,
    encode_arrangement,
    encode_lead,
)
from restyle.tokens.grammar import Grammar
from restyle.tokens.heading import Heading, heading_of

__all__ = [
    "Decoded",
    "Grammar",
    "Heading",
    "decode",
    "decode_bar",
    "encode",
    "encode_arrangement",
    "encode_lead",
    "heading_of",
]
