"""Conversions of 32-bit words for ptx_isa_vectors.py."""
import math
import struct

WORD = 0xFFFFFFFF
WARP = 32  # lanes
LANES = range(WARP)


def float_of(word):
    return struct.unpack("<f", struct.pack("<I", word))[0]


def word_of(value):
    """The bits of the nearest float, ties to even. Overflow gives infinity."""
    try:
        return struct.unpack("<I", struct.pack("<f", value))[0]
    except OverflowError:
        return 0x7F800000 if value > 0 else 0xFF800000


def f16_of(bits):
    return struct.unpack("<e", struct.pack("<H", bits))[0]


def bf16_of(bits):
    return float_of(bits << 16)


def to_f16(value):
    try:
        return struct.unpack("<H", struct.pack("<e", value))[0]
    except OverflowError:
        return 0x7C00 if value > 0 else 0xFC00


def to_bf16(value):
    word = word_of(value)
    if math.isnan(value):
        return word >> 16 | 0x40
    half, rest = word >> 16, word & 0xFFFF
    return half + (rest > 0x8000 or (rest == 0x8000 and half & 1))


def halves(word):
    return word & 0xFFFF, word >> 16


def bits(draw):
    return draw.getrandbits(32)
