"""Packets: what others write is read, what is written others read, and what is none is refused."""

from __future__ import annotations

import contextlib
import random
import struct

import pytest
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from studio.engine.live.osc import (
    LARGEST_PACKET,
    Message,
    PacketError,
    read_packet,
    write_bundle,
    write_message,
)


def theirs(address: str, *values: object):
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build()


def test_a_message_of_another_program_is_read():
    sent = theirs("/xy/ü", 0.25, 7, "hello", True, False, 1 << 40)
    assert read_packet(sent.dgram) == [
        Message("/xy/ü", (0.25, 7, "hello", True, False, 1 << 40), None)
    ]


def test_another_program_reads_what_is_written():
    bundle = write_bundle([
        write_message("/a", [0.5, -3, "word", True, 1 << 33]), write_message("/b/c", [])
    ])  # fmt: skip
    first, second = (each.message for each in OscPacket(bundle).messages)
    assert (first.address, first.params) == ("/a", [0.5, -3, "word", True, 1 << 33])
    assert (second.address, second.params) == ("/b/c", [])


def test_bundles_in_bundles_keep_their_order_and_their_times():
    inner = OscBundleBuilder(1_800_000_002.5)
    inner.add_content(theirs("/late", 0.5))
    outer = OscBundleBuilder(1)
    outer.add_content(theirs("/first", 1))
    outer.add_content(inner.build())
    outer.add_content(theirs("/last", 2))
    first, late, last = read_packet(outer.build().dgram)
    assert [first.address, late.address, last.address] == ["/first", "/late", "/last"]
    assert late.at == pytest.approx(1_800_000_002.5, abs=1e-6)
    assert read_packet(write_bundle([write_message("/x", [1])], 5.25))[0].at == 5.25
    assert read_packet(write_bundle([write_message("/x", [1])]))[0].at is None


def test_values_that_nothing_can_be_played_by_are_passed_over():
    builder = OscMessageBuilder("/both")
    builder.add_arg(b"12345")
    builder.add_arg(0.5)
    assert read_packet(builder.build().dgram)[0].arguments == (0.5,)
    assert read_packet(theirs("/blob", b"123").dgram) == []
    assert read_packet(theirs("/button").dgram)[0].arguments == ()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0", b"hello", b"/a", b"/a\0\0\0,f\0\0\0", b"/a\0\0f\0\0\0\0\0\0\0",
        b"\xff\xfe/\0", b"/a\0\0,q\0\0", b"#bundle\0", b"#bundle\0" + bytes(8) + b"\0\0\0\4",
        b"#bundle\0" + bytes(8) + struct.pack(">i", -4) + b"/a\0\0",
        b"/a\0\0,b\0\0" + struct.pack(">i", 1 << 30), b"/a\0\0,b\0\0" + struct.pack(">i", -8),
    ],
)  # fmt: skip
def test_what_is_no_packet_is_refused_in_one_sentence(data):
    with pytest.raises(PacketError, match=rf"^A packet of {len(data)} bytes is no OSC\.$"):
        read_packet(data)


def test_sixty_kilobytes_are_refused():
    with pytest.raises(PacketError, match="60000 bytes was left out"):
        read_packet(b"/a\0\0,b\0\0".ljust(60_000, b"\0"))
    assert len(write_message("/a", ["x" * 20_000])) < LARGEST_PACKET


def test_bundles_without_an_end_are_refused():
    packet = write_message("/a", [1])
    for _ in range(50):
        packet = write_bundle([packet])
    with pytest.raises(PacketError):
        read_packet(packet)


def test_noise_never_raises_anything_else():
    chance = random.Random(7)
    whole = write_bundle([write_message("/latent/seed", [7, 0.5, "x", True])] * 3, 9.0)
    for _ in range(3000):
        data = bytearray(whole[: chance.randrange(len(whole) + 1)])
        for _ in range(chance.randrange(5)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(PacketError):
            read_packet(bytes(data))
