"""What a picture file says about its own rights: author, licence, and "do not train".

Metadata is as untrusted as pixels: it is searched by bounded patterns in the decoding
process and never parsed as XML.
"""

from __future__ import annotations

import contextlib
import html
import re
from typing import Literal

from PIL import Image

from studio.engine.dataset.index.facts import Facts

_LARGEST = 1 << 20
_LONGEST = 300
_ARTIST, _COPYRIGHT, _XMP_TAG = 0x013B, 0x8298, 700

# PLUS License Data Format, property Data Mining, which IPTC Photo Metadata 2023.1 adopts.
_PROHIBITED = re.compile(rb"DMI-PROHIBITED[A-Z-]{0,60}")
# W3C community group, TDM Reservation Protocol, section 8: the same property in XMP.
_RESERVED = re.compile(rb"tdm:reservation\s*(?:=\s*[\"']|>)\s*1\s*[\"'<]")
_Field = Literal["author", "licence"]
_XMP_FIELDS: dict[_Field, re.Pattern[bytes]] = {
    "licence": re.compile(
        rb"(?:cc:license|xmpRights:WebStatement|plus:LicensorURL|dc:rights)\b"
        rb"(?:[^>]{0,40}rdf:resource=\"|=\"|>(?:\s*<rdf:\w+[^>]{0,80}>){0,2}\s*)([^<\"]{1,300})"
    ),
    "author": re.compile(
        rb"dc:creator\s*>\s*<rdf:\w+[^>]{0,80}>\s*<rdf:li[^>]{0,80}>([^<]{1,300})"
    ),
}
_EXIF_FIELDS: dict[_Field, int] = {"author": _ARTIST, "licence": _COPYRIGHT}


def rights_facts(image: Image.Image) -> Facts:
    """`no_training` (the mark), `author` and `licence` of an opened picture, where stated."""
    facts = Facts()
    packet = _xmp(image)
    if packet:
        mark = _PROHIBITED.search(packet)
        if mark:
            facts["no_training"] = mark.group().decode("ascii")
        elif _RESERVED.search(packet):
            facts["no_training"] = "tdm:reservation"
        for name, pattern in _XMP_FIELDS.items():
            found = pattern.search(packet)
            if found:
                _state(facts, name, found.group(1).decode("utf-8", "replace"))
    with contextlib.suppress(Exception):  # damaged EXIF must not cost a mark in the XMP
        tags = image.getexif()
        for name, tag in _EXIF_FIELDS.items():
            if name not in facts:
                _state(facts, name, tags.get(tag))
    return facts


def _state(facts: Facts, name: _Field, value: object) -> None:
    if isinstance(value, str):
        text = " ".join(html.unescape(value).replace("\0", "").split())[:_LONGEST]
        if text:
            facts[name] = text


def _xmp(image: Image.Image) -> bytes:
    """The XMP packet as single bytes, empty where there is none."""
    found: object = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if found is None and hasattr(image, "tag_v2"):
        found = image.tag_v2.get(_XMP_TAG)
    if isinstance(found, tuple) and found:
        found = found[0]
    if isinstance(found, str):
        found = found.encode("utf-8", "replace")
    if not isinstance(found, bytes):
        return b""
    return found[:_LARGEST].replace(b"\0", b"")  # UTF-16 becomes readable too
