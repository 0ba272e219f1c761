"""BCH(127, 36): 36 bits in 127, of which any 15 may be wrong; more where doubt is known.

Bose and Ray-Chaudhuri, "On a Class of Error Correcting Binary Group Codes" (1960); soft decoding
by ordered statistics, Fossorier and Lin, "Soft-Decision Decoding of Linear Block Codes Based on
Ordered Statistics" (1995), of order 2.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

LENGTH, BITS = 127, 36
VERSION = 1
"""Of the mark, the highest four bits of a message; what reads as another is no mark."""
IDENTIFIER_BITS = 32
_CHECKS = LENGTH - BITS
_PRIMITIVE = 0b10001001
"""x^7 + x^3 + 1, of GF(2^7)."""
_CORRECTED = 15

Floats = np.ndarray[Any, np.dtype[np.float64]]


def encode(identifier: int) -> Floats:
    """float64 [127] of ±1, +1 for a zero: the word of the version and 32 bits, `identifier`."""
    word = 0
    for place, row in enumerate(_rows()):
        word ^= row if _message(identifier) >> place & 1 else 0
    found: Floats = _signs([word])[0]
    return found


def known() -> Floats:
    """Of the word of every message: ±1 at the places that the version alone decides, else 0."""
    found = encode(0)
    found[: _CHECKS + IDENTIFIER_BITS] = 0.0
    return found


def decode(soft: Floats) -> tuple[int, float]:
    """The likeliest identifier for `soft` [127], positive where a zero is likelier, and the
    correlation of its word with `soft` over the length of `soft`: at most √127 ≈ 11.3.

    Words of other versions are not asked: what is looked for is known to that extent.
    """
    length = float(np.linalg.norm(soft))
    if not np.isfinite(length) or length == 0.0:
        return 0, 0.0
    order = np.argsort(-np.abs(soft), kind="stable")
    signs, pivots = _reduced(order)
    version = _of_version()[order]
    sorted_soft = soft[order] * version
    wrong = sorted_soft[pivots] < 0
    first = np.prod(signs[wrong], axis=0) if wrong.any() else np.ones(LENGTH)
    # Pairs [32, 32] of flipped basis bits at once; on the diagonal they cancel: none is flipped.
    met = first * sorted_soft
    pairs = (signs * met) @ signs.T
    single = signs @ met
    one = int(np.argmax(single))
    two = np.unravel_index(int(np.argmax(pairs)), pairs.shape)
    best = float(pairs[two])
    word = first * signs[two[0]] * signs[two[1]]
    if single[one] > best:
        best, word = float(single[one]), first * signs[one]
    found = np.empty(LENGTH)
    found[order] = word
    return _identifier(found), best / length


def _message(identifier: int) -> int:
    return VERSION << IDENTIFIER_BITS | identifier


def _identifier(word: Floats) -> int:
    """The systematic bits are the highest ones."""
    bits = word[_CHECKS : _CHECKS + IDENTIFIER_BITS] < 0
    return sum(1 << place for place, bit in enumerate(bits.tolist()) if bit)


@cache
def _of_version() -> Floats:
    return encode(0)


@cache
def _rows() -> list[int]:
    """The systematic generator, a row for each bit of the message: x^(91 + i) + its remainder."""
    generator = _generator()
    rows = []
    for place in range(BITS):
        rest = 1 << (_CHECKS + place)
        for high in range(_CHECKS + place, _CHECKS - 1, -1):
            if rest >> high & 1:
                rest ^= generator << (high - _CHECKS)
        rows.append(rest | 1 << (_CHECKS + place))
    return rows


def _generator() -> int:
    """The product of the minimal polynomials of α to α^30 over GF(2)."""
    powers = [1]
    while len(powers) < LENGTH:
        doubled = powers[-1] << 1
        powers.append(doubled ^ _PRIMITIVE if doubled >> 7 else doubled)
    logarithm = {value: power for power, value in enumerate(powers)}

    def times(a: int, b: int) -> int:
        return powers[(logarithm[a] + logarithm[b]) % LENGTH] if a and b else 0

    roots = {power * 2**k % LENGTH for power in range(1, 2 * _CORRECTED + 1) for k in range(7)}
    product = [1]
    for power in sorted(roots):
        shifted = [0, *product]
        scaled = [*(times(each, powers[power]) for each in product), 0]
        product = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return sum(each << place for place, each in enumerate(product))


def _reduced(order: np.ndarray[Any, np.dtype[np.intp]]) -> tuple[Floats, list[int]]:
    """What the identifier adds to a word, ±1 [32, 127] with its columns in `order`, so that each
    row alone has a one in a column of its own: the first 32 that are independent, and those."""
    sorted_bits = np.packbits(_identifier_bits()[:, order], axis=1)
    # The first column is the highest bit.
    rows = [int.from_bytes(row.tobytes(), "big") for row in sorted_bits]
    pivots: list[int] = []
    for column in range(LENGTH):
        at = len(pivots)
        if at == IDENTIFIER_BITS:
            break
        mask = 1 << (LENGTH - column)
        found = next((n for n in range(at, IDENTIFIER_BITS) if rows[n] & mask), None)
        if found is None:
            continue
        rows[at], rows[found] = rows[found], rows[at]
        pivot = rows[at]
        rows = [row ^ pivot if row & mask and n != at else row for n, row in enumerate(rows)]
        pivots.append(column)
    return _signs([row >> 1 for row in rows], highest_first=True), pivots


@cache
def _identifier_bits() -> np.ndarray[Any, np.dtype[np.bool_]]:
    """[32, 127], the lowest bit first."""
    found: np.ndarray[Any, np.dtype[np.bool_]] = _signs(_rows()[:IDENTIFIER_BITS]) < 0
    return found


def _signs(words: list[int], highest_first: bool = False) -> Floats:
    """[n, 127] of ±1, the lowest bit first unless said otherwise."""
    data = b"".join(word.to_bytes(16, "little") for word in words)
    raw = np.frombuffer(data, np.uint8).reshape(len(words), 16)
    bits = np.unpackbits(raw, axis=1, bitorder="little")[:, :LENGTH]
    found: Floats = 1.0 - 2.0 * bits.astype(np.float64)
    return found[:, ::-1] if highest_first else found
