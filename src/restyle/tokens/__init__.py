"""Tokens: the vocabulary, the codec between songs and tokens, the grammar of what can follow."""

from restyle.tokens.codec import (
    Decoded,
    Heading,
    decode,
    decode_bar,
    encode,
    encode_arrangement,
    encode_lead,
    heading_of,
)
from restyle.tokens.grammar import Grammar

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
