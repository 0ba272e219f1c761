"""Proof of origin: an XMP packet that says what made a picture, written and read back.

IPTC Photo Metadata 2023.1 asks that pictures made by a trained model say so in
`Iptc4xmpExt:DigitalSourceType`; Dublin Core holds creator and rights; the recipe of
a Piece travels in a name space of this program, so that the file can be opened again,
and so does a hash of the pixels, which tells when another hand has changed them since.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from studio.engine.errors import StudioError
from studio.engine.pieces.origin import Origin

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from PIL.Image import Image as Picture

LARGEST_PACKET = 4 << 20
_SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "latentstudio": "https://latent.studio/ns/1.0/",
}
_WANTED = {
    "digital_source_type": ("Iptc4xmpExt", "DigitalSourceType"),
    "creator": ("dc", "creator"),
    "rights": ("dc", "rights"),
    "title": ("dc", "title"),
    "tool": ("xmp", "CreatorTool"),
    "recipe": ("latentstudio", "Recipe"),
    "pixels": ("latentstudio", "PixelsSHA256"),
}
# What XML 1.0 cannot hold at all, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def pixels_sha256(picture: Picture) -> str:
    """Hex SHA-256 of size and pixels as RGBA: the same in every format that is lossless."""
    digest = hashlib.sha256(f"{picture.width}x{picture.height}".encode())
    digest.update(picture.convert("RGBA").tobytes())
    return digest.hexdigest()


def written_sha256(picture: Picture, options: Mapping[str, Any]) -> str:
    """The same of a lossy file written with Pillow's `options`: a reader sees other pixels."""
    from PIL import Image

    with io.BytesIO() as trial:
        picture.save(trial, **options)
        with Image.open(trial) as made:
            return pixels_sha256(made)


def xmp_packet(origin: Origin, pixels: str = "") -> bytes:
    """The packet of a picture, UTF-8; `pixels` is :func:`pixels_sha256` of what a reader sees."""
    spaces = " ".join(f'xmlns:{name}="{place}"' for name, place in _SPACES.items())
    parts = [f"<xmp:CreatorTool>Latent Studio {origin.version}</xmp:CreatorTool>"]
    if origin.source_type:
        kind = _text(origin.source_type)
        parts.append(f"<Iptc4xmpExt:DigitalSourceType>{kind}</Iptc4xmpExt:DigitalSourceType>")
    if origin.title:
        parts.append(f"<dc:title>{_alternatives(origin.title)}</dc:title>")
    if origin.creator:
        name = _text(origin.creator)
        parts.append(f"<dc:creator><rdf:Seq><rdf:li>{name}</rdf:li></rdf:Seq></dc:creator>")
    if origin.rights:
        parts.append(f"<dc:rights>{_alternatives(origin.rights)}</dc:rights>")
    if origin.recipe:
        recipe = _text(json.dumps(origin.recipe, ensure_ascii=False, sort_keys=True))
        parts.append(f"<latentstudio:Recipe>{recipe}</latentstudio:Recipe>")
    if pixels:
        parts.append(f"<latentstudio:PixelsSHA256>{pixels}</latentstudio:PixelsSHA256>")
    inside = "".join(parts)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        f'xmlns:rdf="{_SPACES["rdf"]}"><rdf:Description rdf:about="" {spaces}>{inside}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _text(value: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", value))


def _alternatives(value: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{_text(value)}</rdf:li></rdf:Alt>'


def facts_in(packet: bytes, path: Path) -> dict[str, Any]:
    """What the packet of the file at `path` says: `digital_source_type, creator, rights, title,
    tool, recipe, pixels`, those that are there. :class:`StudioError` when it is damaged or huge.
    """
    if len(packet) > LARGEST_PACKET:
        raise StudioError(
            "The metadata of {path} is larger than {n} MB.", path=path, n=LARGEST_PACKET >> 20
        )
    if not packet:
        return {}
    root = _root_of(packet, path)
    return _with_recipe({key: value for key in _WANTED if (value := _value(root, *_WANTED[key]))})


def _root_of(packet: bytes, path: Path) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(packet.strip(b"\x00 \t\r\n"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise StudioError(
            "The metadata of {path} is damaged: its origin cannot be read.", repr(error), path=path
        ) from error
    return root


def _value(root: Element, space: str, tag: str) -> str:
    """A property as an element, or as an attribute, as other programs rewrite plain ones."""
    name = f"{{{_SPACES[space]}}}{tag}"
    element = root.find(f".//{name}")
    if element is not None:
        return "".join(element.itertext()).strip()
    described = root.iter(f"{{{_SPACES['rdf']}}}Description")
    return next((each.attrib[name] for each in described if name in each.attrib), "").strip()


def _with_recipe(found: dict[str, Any]) -> dict[str, Any]:
    """The recipe as values; one that is not a JSON object is left out."""
    try:
        recipe = json.loads(found.pop("recipe", "null"))
    except (ValueError, RecursionError):
        return found
    return {**found, "recipe": recipe} if isinstance(recipe, dict) else found
