"""Proof of origin: an XMP packet that says what made a picture, written and read back.

IPTC Photo Metadata 2025.1 asks that pictures made by a trained model say so in
`Iptc4xmpExt:DigitalSourceType`; Dublin Core holds creator and rights; the recipe of
a Piece travels in a name space of this program, so that the file can be opened again,
and so does a hash of the pixels, which tells when another hand has changed them since.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from studio.engine.dataset.decoding.packets import Packets
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
_ELSEWHERE = {
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "TC260": "http://www.tc260.org.cn/ns/AIGC/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
}
_WANTED = {
    "digital_source_type": ("Iptc4xmpExt", "DigitalSourceType"),
    "creator": ("dc", "creator"),
    "rights": ("dc", "rights"),
    "title": ("dc", "title"),
    "identifier": ("dc", "identifier"),
    "tool": ("xmp", "CreatorTool"),
    "recipe": ("latentstudio", "Recipe"),
    "pixels": ("latentstudio", "PixelsSHA256"),
    "ai_system": ("Iptc4xmpExt", "AISystemUsed"),
    "ai_version": ("Iptc4xmpExt", "AISystemVersionUsed"),
    "ai_prompt": ("Iptc4xmpExt", "AIPromptInformation"),
    "data_mining": ("plus", "DataMining"),
    "aigc": ("TC260", "AIGC"),
    "credit": ("photoshop", "Credit"),
    "training_data": ("latentstudio", "TrainingData"),
}
_FURTHER: dict[str, tuple[str, tuple[str, ...]]] = {
    "xmpRights": ("http://ns.adobe.com/xap/1.0/rights/", ()),
    "plus": (_ELSEWHERE["plus"], ()),
    "cc": ("http://creativecommons.org/ns#", ()),
    "tdm": ("http://www.w3.org/ns/tdmrep/", ()),
    "photoshop": (_ELSEWHERE["photoshop"], ("Credit", "Source", "AuthorsPosition")),
    "dc": (_SPACES["dc"], ("contributor", "publisher", "source")),
    "Iptc4xmpExt": (
        _SPACES["Iptc4xmpExt"],
        (
            "ArtworkOrObject", "AISystemUsed", "AISystemVersionUsed", "AIPromptInformation",
            "AIPromptWriterName",
        ),
    ),
    "TC260": (_ELSEWHERE["TC260"], ()),
    "latentstudio": (_SPACES["latentstudio"], ("TrainingData",)),
}  # fmt: skip
"""What goes on with a picture: name spaces with their properties, all where none are named.
Nothing here says where a picture was taken."""
_LONGEST_STATEMENT = 8000
_DEFAULT, _LANGUAGE = "x-default", "{http://www.w3.org/XML/1998/namespace}lang"
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
        with Image.open(trial, formats=[str(options["format"])]) as made:
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
    creators = (origin.creator,) if isinstance(origin.creator, str) else origin.creator
    names = "".join(f"<rdf:li>{_text(name)}</rdf:li>" for name in creators if name)
    if names:
        parts.append(f"<dc:creator><rdf:Seq>{names}</rdf:Seq></dc:creator>")
    if origin.rights:
        parts.append(f"<dc:rights>{_alternatives(origin.rights)}</dc:rights>")
    if origin.identifier:
        parts.append(f"<dc:identifier>{_text(origin.identifier)}</dc:identifier>")
    if origin.recipe:
        recipe = _text(json.dumps(origin.recipe, ensure_ascii=False, sort_keys=True))
        parts.append(f"<latentstudio:Recipe>{recipe}</latentstudio:Recipe>")
    if pixels:
        parts.append(f"<latentstudio:PixelsSHA256>{pixels}</latentstudio:PixelsSHA256>")
    inside = "".join((*parts, *origin.further))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        f'xmlns:rdf="{_SPACES["rdf"]}"><rdf:Description rdf:about="" {spaces}>{inside}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _text(value: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", value))


def _alternatives(value: str | Mapping[str, str]) -> str:
    spoken = {_DEFAULT: value} if isinstance(value, str) else value
    lines = (
        f"<rdf:li xml:lang={quoteattr(_FORBIDDEN.sub('', language))}>{_text(line)}</rdf:li>"
        for language, line in spoken.items()
    )
    return f"<rdf:Alt>{''.join(lines)}</rdf:Alt>"


def facts_in(packets: Packets, path: Path) -> dict[str, Any]:
    """What the words of the file at `path` say: `digital_source_type, creator, rights, title,
    identifier, tool, recipe, pixels, ai_system, ai_version, ai_prompt, data_mining, aigc, credit,
    training_data`, those that are there; XMP goes before EXIF and IPTC.
    Several creators are a list besides, `creators`, and rights in several languages
    `rights_by_language`.

    :class:`StudioError` when all that it says is damaged, or a packet is huge.
    """
    roots, damage = _roots(packets, path)
    found: dict[str, Any] = {}
    for root in roots:
        found = _facts_of(root) | found
    if packets.authors and "creator" not in found:
        found |= _creators(packets.authors)
    if packets.rights:
        found.setdefault("rights", packets.rights)
    if damage and not found:
        raise damage
    return _with_recipe(found)


def further_in(packets: Packets, path: Path) -> tuple[str, ...]:
    """Other statements of rights, as elements: terms, licences, marks against training."""
    found: dict[str, str] = {}
    for root in _roots(packets, path)[0]:
        for described in root.iter(f"{{{_SPACES['rdf']}}}Description"):
            for name, xml in _statements(described):
                if _is_further(name) and len(xml) <= _LONGEST_STATEMENT:
                    found.setdefault(name, xml)
    return tuple(found.values())


def _statements(described: Element) -> Iterator[tuple[str, str]]:
    """Properties by their full names, as XML; plain ones may be attributes."""
    from xml.etree import ElementTree

    for prefix, (space, _) in _FURTHER.items():
        ElementTree.register_namespace(prefix, space)
    for name, value in described.attrib.items():
        single = ElementTree.Element(name)
        single.text = value
        yield name, ElementTree.tostring(single, "unicode")
    for each in described:
        each.tail = None
        yield each.tag, ElementTree.tostring(each, "unicode")


def _is_further(name: str) -> bool:
    space, _, tag = name.removeprefix("{").partition("}")
    return any(space == place and (not tags or tag in tags) for place, tags in _FURTHER.values())


def _roots(packets: Packets, path: Path) -> tuple[list[Element], StudioError | None]:
    """Every packet that can be read, and what was wrong with another."""
    roots, damage = [], None
    for packet in packets.xmp:
        if len(packet) > LARGEST_PACKET:
            raise StudioError(
                "The metadata of {path} is larger than {n} MB.", path=path, n=LARGEST_PACKET >> 20
            )
        try:
            roots += [_root_of(packet, path)] if packet else []
        except StudioError as error:
            damage = error
    return roots, damage


def _root_of(packet: bytes, path: Path) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(_unicode(packet.strip(b"\x00 \t\r\n")), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise StudioError(
            "The metadata of {path} is damaged: its origin cannot be read.", repr(error), path=path
        ) from error
    return root


def _unicode(packet: bytes) -> bytes:
    """As it is, unless it is in Latin-1, as the plain texts of a PNG are by their format."""
    try:
        packet.decode("utf-16" if packet[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError:
        return packet.decode("latin-1").encode()
    return packet


def _facts_of(root: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, (space, tag) in _WANTED.items():
        values = _values(root, f"{{{(_SPACES | _ELSEWHERE)[space]}}}{tag}")
        if key == "creator":
            found |= _creators([text for _, text in values])
        elif values:
            spoken = dict(reversed(values))
            found[key] = spoken.get(_DEFAULT, values[0][1])
            if key == "rights" and len(spoken) > 1:
                found["rights_by_language"] = dict(values) | spoken
    return found


def _creators(names: Sequence[str]) -> dict[str, Any]:
    listed = list(dict.fromkeys(names))
    found: dict[str, Any] = {"creator": "; ".join(listed)} if listed else {}
    return found | ({"creators": listed} if len(listed) > 1 else {})


def _values(root: Element, name: str) -> list[tuple[str, str]]:
    """The texts of a property with their languages: entries of a list, the text of an element,
    or an attribute, as other programs rewrite plain ones."""
    element = root.find(f".//{name}")
    if element is not None:
        entries = list(element.iter(f"{{{_SPACES['rdf']}}}li")) or [element]
        found = [(each.get(_LANGUAGE, ""), "".join(each.itertext()).strip()) for each in entries]
        return [(language, text) for language, text in found if text]
    described = root.iter(f"{{{_SPACES['rdf']}}}Description")
    said = next((each.attrib[name] for each in described if name in each.attrib), "").strip()
    return [("", said)] if said else []


def _with_recipe(found: dict[str, Any]) -> dict[str, Any]:
    """The recipe as values; one that is not a JSON object is left out."""
    try:
        recipe = json.loads(found.pop("recipe", "null"))
    except (ValueError, RecursionError):
        return found
    return {**found, "recipe": recipe} if isinstance(recipe, dict) else found
