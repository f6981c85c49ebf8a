"""MusicXML files to an element tree: unpacked, decoded, and guarded against what is no score."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from restyle.errors import UnreadableSong
from restyle.io.files import LIMIT
from restyle.io.foreign import refusal

UNPACKED = 4 * LIMIT
"""Bytes that the score inside an .mxl file may have."""
MOST_TAGS = 6_000_000
"""Tags that a score may have; a symphony has a third of that."""
_TEXT_CODECS = ("utf", "iso8859", "cp", "koi8", "mac", "shift_jis", "euc", "gb", "big5", "ascii")
_ROOT = re.compile(r"<(?:[\w.-]+:)?score-(?:partwise|timewise)\b")


def score_tree(data: bytes, name: str) -> Element:
    """The `score-partwise` element of a MusicXML or .mxl file, names without namespaces.

    Raises UnreadableSong, with `name` in the sentence.
    """
    text = decode(_unpack(data, name) if data[:4] == b"PK\x03\x04" else data)
    damaged = UnreadableSong(f"{name} is damaged: it cannot be read as MusicXML.")
    if "\0" in text:
        raise damaged
    if "<!ENTITY" in text:
        raise UnreadableSong(f"{name} is MusicXML of a kind that restyle does not read.")
    if text.count("<") > MOST_TAGS:
        raise UnreadableSong(f"{name} holds more than any song needs.")
    parser = ElementTree.XMLParser()
    try:
        parser.feed(text.lstrip())
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):
        raise damaged from None
    _drop_namespaces(root)
    if root.tag == "score-timewise":
        return _partwise(root)
    if root.tag != "score-partwise":
        raise damaged
    return root


def _drop_namespaces(root: Element) -> None:
    if root.tag.startswith("{"):
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]


def is_score(text: str) -> bool:
    """Whether text (or its beginning) is a MusicXML score."""
    return _ROOT.search(text) is not None


def decode(data: bytes) -> str:
    """The text of an XML file: by its byte order mark, by what it declares, UTF-8, or Latin-1."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if data[:4] in (b"<\0?\0", b"\0<\0?"):
        order = "le" if data[:1] == b"<" else "be"
        return data.decode(f"utf-16-{order}", errors="replace")
    if data[:3] != b"\xef\xbb\xbf":
        declared = re.match(rb"\s*<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.:-]+)", data[:400])
        codec = _codec(declared[1].decode()) if declared else None
        if codec is not None and not codec.startswith("utf-16"):
            try:
                return data.decode(codec)
            except (UnicodeDecodeError, LookupError):
                pass  # it says what it is not
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _codec(name: str) -> str | None:
    """Python's name of a text encoding; None for what is none (zlib, punycode, escapes)."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if found.startswith(_TEXT_CODECS) else None


def _unpack(data: bytes, name: str) -> bytes:
    """The MusicXML inside an .mxl file."""
    no_music = refusal(name, data, "is an archive without music in it")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner = _inner(archive)
            if inner is None:
                raise no_music
            if inner.file_size > UNPACKED:
                raise UnreadableSong(f"{name} unpacks to more than any song needs.")
            with archive.open(inner) as stream:
                unpacked = stream.read(UNPACKED)
    except UnreadableSong:
        raise
    except Exception:  # zipfile raises many kinds for damaged archives
        raise UnreadableSong(f"{name} is damaged: it cannot be unpacked.") from None
    if not is_score(decode(unpacked[:65536])):
        raise no_music
    return unpacked


def _inner(archive: zipfile.ZipFile) -> zipfile.ZipInfo | None:
    """The file that the container names, else the first XML file."""
    files = {info.filename: info for info in archive.infolist()}
    container = files.get("META-INF/container.xml")
    if container is not None and container.file_size < 2**16:
        listed = decode(archive.read(container))
        for path in re.findall(r"full-path\s*=\s*[\"']([^\"']+)", listed):
            if path in files and path.lower().endswith((".xml", ".musicxml")):
                return files[path]
    for path, info in files.items():
        if path.lower().endswith((".xml", ".musicxml")) and not path.startswith("META-INF"):
            return info
    return None


def _partwise(root: Element) -> Element:
    """A score whose measures hold parts, as one whose parts hold measures."""
    out = Element("score-partwise", root.attrib)
    parts: dict[str, Element] = {}
    for child in root:
        if child.tag != "measure":
            out.append(child)
            continue
        for held in child.iterfind("part"):
            part = parts.setdefault(held.get("id", ""), Element("part", held.attrib))
            measure = Element("measure", child.attrib)
            measure.extend(held)
            part.append(measure)
    out.extend(parts.values())
    return out
