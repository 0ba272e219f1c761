"""What a picture file says about itself: author, licence, "do not train", made by a model.

Metadata is as untrusted as pixels: it is searched by bounded patterns in the decoding
process and never parsed as XML.
"""

from __future__ import annotations

import html
import re
from typing import IO, Literal

from PIL import Image

from studio.engine.dataset.decoding.packets import packets_of
from studio.engine.dataset.index.facts import Facts

LARGEST = 4 << 20
"""Bytes of XMP that are searched."""
_LONGEST = 300
_CREATORS = 4000

# PLUS License Data Format, property Data Mining, which IPTC Photo Metadata 2023.1 adopts.
_PROHIBITED = re.compile(rb"DMI-PROHIBITED[A-Z-]{0,60}")
# W3C community group, TDM Reservation Protocol, section 8: the same property in XMP.
_PREFIX = re.compile(rb"xmlns:([\w.-]{1,40})\s{0,9}=\s{0,9}[\"'][^\"'<>]{0,80}tdmrep")
_RESERVED = re.compile(rb"([\w.-]{1,40}):reservation\s*(?:=\s*[\"']|>)\s*1\s*[\"'<]")
# C2PA 2.x and CAWG 1.1, assertion "training and data mining": CBOR or JSON maps of entries.
_NOT_ALLOWED = re.compile(
    rb"(?:c2pa|cawg)\.(?:ai_generative_training|ai_training|data_mining)"
    rb"[^.]{0,60}?use[^.]{0,6}?(?:notAllowed|constrained)", re.DOTALL
)  # fmt: skip
# GB 45438-2025, appendix E: 1 is made by AI, 2 maybe, 3 supposed to be; JSON, escaped as XML.
_AIGC = re.compile(rb"\bAIGC\b.{0,80}?Label(?:\"|&quot;|&#34;)?\s{0,9}:\s{0,9}"
                   rb"(?:\"|&quot;|&#34;)?[123]", re.DOTALL)  # fmt: skip
# IPTC NewsCodes "Digital Source Type", in XMP and in the actions of Content Credentials.
_TRAINED = re.compile(rb"(?:trained|compositeWithTrained)AlgorithmicMedia", re.IGNORECASE)
_LICENCE = re.compile(
    rb"(?:cc:license|xmpRights:WebStatement|plus:LicensorURL|dc:rights)\b"
    rb"(?:[^>]{0,40}rdf:resource=\"|=\"|>(?:\s*<rdf:\w+[^>]{0,80}>){0,2}\s*)([^<\"]{1,300})"
)
_CREATOR = re.compile(rb":creator\s*>")
_ENTRY = re.compile(rb"<[\w.-]{1,20}:li[^<>]{0,80}>([^<]{1,300})")
_Field = Literal["author", "licence"]


def rights_facts(
    image: Image.Image,
    stream: IO[bytes] | None = None,
    sidecar: bytes = b"",
    credentials: bytes = b"",
) -> Facts:
    """`no_training` and `made_by_model` (the marks), `author` and `licence` of an opened picture,
    where stated.

    `stream` is its file; `sidecar`, an XMP packet, and `credentials`, C2PA, lie beside it.
    """
    facts = Facts()
    packets = packets_of(image, stream)
    for packet in filter(None, (*packets.xmp, sidecar)):
        _search(facts, packet[:LARGEST].replace(b"\0", b""))  # UTF-16 becomes readable too
    for signed in filter(None, (packets.content_credentials, credentials)):
        if "no_training" not in facts and (mark := _NOT_ALLOWED.search(signed)):
            facts["no_training"] = mark.group().split(b".")[0].decode() + ".training-mining"
        if "made_by_model" not in facts and (mark := _TRAINED.search(signed)):
            facts["made_by_model"] = f"C2PA {mark.group().decode()}"
    _state(facts, "author", "; ".join(packets.authors))
    _state(facts, "licence", packets.rights)
    return facts


def _search(facts: Facts, packet: bytes) -> None:
    if "no_training" not in facts:
        if mark := _PROHIBITED.search(packet):
            facts["no_training"] = mark.group().decode("ascii")
        elif _is_reserved(packet):
            facts["no_training"] = "tdm:reservation"
    if "made_by_model" not in facts:
        if mark := _TRAINED.search(packet):
            facts["made_by_model"] = mark.group().decode()
        elif _AIGC.search(packet):
            facts["made_by_model"] = "TC260:AIGC"
    if found := _LICENCE.search(packet):
        _state(facts, "licence", found.group(1).decode("utf-8", "replace"))
    if found := _CREATOR.search(packet):
        inside = packet[found.end() : found.end() + _CREATORS].split(b":creator", 1)[0]
        names = [each.strip().decode("utf-8", "replace") for each in _ENTRY.findall(inside)]
        _state(facts, "author", "; ".join(names))


def _is_reserved(packet: bytes) -> bool:
    prefixes = {b"tdm", *_PREFIX.findall(packet)}
    return any(each.group(1) in prefixes for each in _RESERVED.finditer(packet))


def _state(facts: Facts, name: _Field, value: str) -> None:
    text = " ".join(html.unescape(value).replace("\0", "").split())[:_LONGEST]
    if text and name not in facts:
        facts[name] = text
