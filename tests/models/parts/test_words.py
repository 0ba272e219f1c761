"""Words and their encoding: of every script, of nothing, and of far too much."""

from __future__ import annotations

import pytest

from models.parts.byte_pairs import END, encoded, learnt
from models.parts.words import counted, nearest, words_of

CAPTIONS = ["red heart", "blue heart", "heart suit", "red apple", "flag of Chad"]


def decoded(numbers: list[int], merges: list[tuple[int, int]]) -> list[str]:
    """The words again."""

    def parts(number: int) -> list[int]:
        if number <= END:
            return [number]
        return [part for each in merges[number - END - 1] for part in parts(each)]

    flat = [part for number in numbers for part in parts(number)]
    text = bytes(32 if part == END else part for part in flat).decode()
    return text.split()


def test_frequent_words_become_one_number_and_every_text_comes_back() -> None:
    merges = learnt(CAPTIONS, 100)
    assert len(encoded("heart", merges, 32)) == 1
    assert len(encoded("hearty", merges, 32)) > 1
    for text in ("red heart", "Chad of apples", "naïve 红心", ""):
        assert decoded(encoded(text, merges, 99), merges) == words_of(text)
    assert learnt(CAPTIONS, 100) == learnt(list(reversed(CAPTIONS)), 100)
    assert learnt(CAPTIONS, 3) == merges[:3]
    assert learnt([], 10) == []


def test_a_caption_of_ten_thousand_words_is_cut() -> None:
    long = " ".join(f"word{number}" for number in range(10_000))
    assert len(encoded(long, learnt(CAPTIONS, 50), 32)) == 32
    assert len(words_of(long)) == 10_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Red, RED-heart!", ["red", "red", "heart"]), ("ＦＵＬＬ width", ["full", "width"]),
        ("红心 heart", ["红", "心", "heart"]), ("  \n\t", []), ("a_b", ["a", "b"]),
    ],
)  # fmt: skip
def test_a_text_falls_into_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_the_nearest_captions_share_most_of_their_words() -> None:
    assert nearest("a red heart", CAPTIONS, 2) == ["red heart", "blue heart"]
    assert nearest("dragon", CAPTIONS, 3) == []
    assert next(iter(counted(CAPTIONS))) == "heart"
    assert counted(["no no no", "no"]) == {"no": 2}
