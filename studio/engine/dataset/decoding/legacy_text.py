"""Text from before UTF-8: which code page bytes without a statement of it were written in.

What is valid UTF-8 is UTF-8, as chance hardly ever makes it so. Otherwise every code page that
can read all of it is weighed by how usual the letters are that come out.
"""

from __future__ import annotations

from collections.abc import Sequence

_ASIAN = ("gb18030", "cp932", "big5")
WESTERN_TEXT = ("cp1252",)
"""What Windows writes into files."""
WESTERN_NAMES = ("cp437", "cp850", "cp1252")
"""What zip archives hold: by APPNOTE.TXT (D.1) the first, by many programs the others."""
_MOST_BYTES = 1 << 16

# Lead bytes of the characters in daily use: GB/T 2312 level 1, JIS X 0208 level 1, Big5 level 1.
_USUAL = {"gb18030": (0xB0, 0xD7), "cp932": (0x88, 0x97), "big5": (0xA4, 0xC6)}
_SECOND = {"gb18030": (0xA1, 0xF7), "cp932": (0x81, 0x9F), "big5": (0xA1, 0xF9)}


def code_page(samples: Sequence[bytes], western: Sequence[str] = WESTERN_TEXT) -> str:
    """The codec of texts that were written by one program; the first of `western` in doubt."""
    raw = [sample for sample in samples if not sample.isascii()]
    if all(_reads(sample, "utf-8") for sample in raw):
        return "utf-8"
    best, most = western[0], -10.0
    for codec in (*western, *_ASIAN):
        if all(_reads(sample, codec) for sample in raw):
            weight = _weight(raw, codec)
            if weight > most:
                best, most = codec, weight
    return best


def text_of(data: bytes, western: Sequence[str] = WESTERN_TEXT) -> str:
    """The text of one file or name."""
    return data.decode(code_page([data], western), "replace")


def _reads(sample: bytes, codec: str) -> bool:
    try:
        sample.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _weight(samples: Sequence[bytes], codec: str) -> float:
    """How usual the letters outside ASCII are on average, from about -3 to 3."""
    total = count = 0.0
    for sample in samples:
        text = sample[:_MOST_BYTES].decode(codec, "ignore")
        for before, letter, after in zip(" " + text[:-1], text, text[1:] + " ", strict=True):
            if not letter.isascii():
                total += _usual(letter, codec)
                count += 1
                # A lone ideograph within a word is an accented letter misread.
                if codec in _ASIAN and before.isascii() and before.isalpha():
                    total -= 2 * (after.isascii() and after.isalpha())
    return total / max(count, 1)


def _usual(letter: str, codec: str) -> float:
    if codec not in _ASIAN:
        if (letter.isalpha() and "À" <= letter <= "ž") or letter in "–—’‘“”„…€°©®«»§´·":
            return 1.0
        return -2.0
    written = letter.encode(codec, "ignore")
    if codec == "cp932" and "ぁ" <= letter <= "ヿ":
        return 3.0
    if len(written) != 2:
        return -2.0
    low, high = _USUAL[codec]
    if low <= written[0] <= high and (codec != "gb18030" or written[1] >= 0xA1):
        return 2.0 if codec == "gb18030" else 1.5
    low, high = _SECOND[codec]
    return 0.5 if low <= written[0] <= high and written[1] >= 0xA1 else -1.0
