#!/usr/bin/env python3
"""Test vectors for the primitives, derived from the text and tables of the PTX ISA, independently of the emulator.

    ptx_isa_vectors.py DIR           writes DIR/PRIMITIVE.json in the format of kernels/simt/conformance/vectors.h
    ptx_isa_vectors.py --check DIR   fails if a file differs from what would be written

They are used until vectors have been recorded on a GPU (simt_conformance --record).
"""
import argparse
import json
import math
import pathlib
import random
import struct
import sys

sys.dont_write_bytecode = True
from ptx_isa_words import LANES, WARP, WORD, bf16_of, bits, f16_of, float_of, halves, to_bf16, to_f16, word_of
import ptx_isa_hopper


# Each function below maps the operands of all threads (a list of words per thread) to their results.


def indices(_):
    rows = []
    for z in range(3):
        for y in range(2):
            rows += [[t, t % WARP, t // WARP, 0, y, z, 1, 2, 3] for t in range(2 * WARP)]
    return rows


def exchange_words_and_halves(rows):
    return [[rows[who][0], rows[who][0] & 0xFFFF] for _, who in rows]


def exchange_between_warps(rows):
    return [[rows[(WARP if t < WARP else 0) + who][0]] for t, (_, who) in enumerate(rows)]


def exchange_in_warp(rows):
    return [[rows[who][0]] for _, who in rows]


def shuffle(source):
    """shfl.sync with all lanes in one segment. A source lane outside it gives the lane's own value."""

    def evaluate(rows):
        result = []
        for lane in LANES:
            j = source(lane, rows[lane][1] % WARP)
            result.append([rows[j if 0 <= j < WARP else lane][0]])
        return result

    return evaluate


def votes(rows):
    ballot = sum(1 << lane for lane in LANES if rows[lane][0])
    one_is_zero = int(any(row[1] == 0 for row in rows))
    return [[ballot, one_is_zero, 1 - one_is_zero]] * WARP


def reductions(rows):
    values = [row[0] for row in rows]
    return [[sum(values) & WORD, min(values), max(values)]] * WARP


def atomics(rows):
    signed = lambda word: word - (1 << 32) if word >> 31 else word
    total = sum(b for _, b in rows) & WORD
    result = []
    for a, b in rows:
        greater = a if signed(a) >= signed(b) else b
        swapped = 42 if a == b else a
        result.append([a, (a + b) & WORD, a, max(a, b), greater, a, swapped, word_of(float_of(a) + 1.5), total, (a + b) & WORD])
    return result


def copied(words, count):
    """The words with all but the first `count` bytes set to zero."""
    size = 4 * len(words)
    data = struct.pack(f"<{len(words)}I", *words)[:count].ljust(size, b"\0")
    return list(struct.unpack(f"<{len(words)}I", data))


def load_matrices(count, transposed):
    """Lane 8 m + r passes the address of row r of matrix m. Register m of a lane holds two neighbours of row lane / 4."""

    def evaluate(rows):
        result = []
        for lane in LANES:
            registers = []
            for m in range(count):
                matrix = []
                for r in range(8):
                    row = rows[rows[8 * m + r][4]]
                    matrix.append([half for word in row[:4] for half in halves(word)])
                i, j = lane // 4, lane % 4 * 2
                low, high = (matrix[j][i], matrix[j + 1][i]) if transposed else (matrix[i][j], matrix[i][j + 1])
                registers.append(low | high << 16)
            result.append(registers)
        return result

    return evaluate


def multiply(value_of):
    """mma.m16n8k16, with the fragment tables element by element."""

    def evaluate(rows):
        a = [[0.0] * 16 for _ in range(16)]
        b = [[0.0] * 8 for _ in range(16)]
        for lane in LANES:
            group, thread = lane >> 2, lane % 4
            for i in range(8):
                row = group if 0 <= i < 2 or 4 <= i < 6 else group + 8
                column = thread * 2 + (i & 1) + (8 if i >= 4 else 0)
                a[row][column] = value_of(halves(rows[lane][i // 2])[i % 2])
            for i in range(4):
                b[thread * 2 + (i & 1) + (8 if i >= 2 else 0)][group] = value_of(halves(rows[lane][4 + i // 2])[i % 2])
        result = []
        for lane in LANES:
            words = []
            for i in range(4):
                row, column = (lane >> 2) + (0 if i < 2 else 8), lane % 4 * 2 + (i & 1)
                terms = [float_of(rows[lane][6 + i])] + [a[row][k] * b[k][column] for k in range(16)]
                special = [t for t in terms if not math.isfinite(t)]
                words.append(word_of(sum(special) if special else math.fsum(terms)))
            result.append(words)
        return result

    return evaluate


def exp2(rows):
    def of(x):
        if math.isnan(x):
            return math.nan
        if abs(x) < 2.0**-126:
            return 1.0  # .ftz flushes subnormal operands
        y = 2.0**x if x < 1024 else math.inf
        return y if y >= 2.0**-126 else 0.0  # .ftz flushes subnormal results

    return [[word_of(of(float_of(x)))] for (x,) in rows]


def pack(to_type):
    return lambda rows: [[to_type(float_of(low)) | to_type(float_of(high)) << 16] for low, high in rows]


def draw_exchange(threads):
    return lambda draw, _: [bits(draw), draw.randrange(threads)]


def draw_multiply(to_type, kind):
    def operands(draw, thread):
        whole = lambda: float(draw.randint(-8, 8))
        fraction = lambda: draw.uniform(-2, 2)
        value = {"whole": whole, "fractions": fraction}.get(kind)
        if value:
            pairs = [to_type(value()) | to_type(value()) << 16 for _ in range(6)]
            return pairs + [word_of(value() * (1 if kind == "whole" else 2)) for _ in range(4)]
        of_f16 = [0x0001, 0x8001, 0x03FF, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0x0400]
        of_bf16 = [0x0080, 0x8080, 0x3F81, 0x5F7F, 0x7F80, 0xFF80, 0x7FC0, 0x0100]
        first = draw.choice(of_f16 if to_type is to_f16 else of_bf16) if thread % 4 == 0 else 0
        one = to_type(1.0)
        return [first, 0, 0, 0, one | one << 16, one | one << 16, 0, 0, 0, 0]

    return operands


def draw_exp2(draw, thread):
    special = [0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, -120.5, -125.5, -126.0, -128.0, 128.0, 2.0**-149]
    return [word_of(special[thread] if thread < len(special) else draw.uniform(-130, 130))]


def draw_pack(fraction_bits, low, high):
    """Half of the values are ties between two neighbours of the type."""

    def operands(draw, thread):
        special = [0, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F7FFFFF]
        words = []
        for _ in range(2):
            exponent = draw.randint(low, high) + 127
            word = draw.getrandbits(1) << 31 | exponent << 23 | draw.getrandbits(23)
            tie = 1 << (22 - fraction_bits)
            words.append(word & ~(2 * tie - 1) | tie if draw.getrandbits(1) else word)
        return [special[thread]] * 2 if thread < len(special) else words

    return operands


MOVE = "Data Movement and Conversion Instructions: "
SYNC = "Parallel Synchronization and Communication Instructions: "
MATRIX = "Matrix Fragments for mma.m16n8k16 with floating point type"

# name: (instruction, section, threads of the grid, random operands of a thread, evaluate)
PRIMITIVES = {
    "indices": ("mov %tid %ctaid %nctaid", "Special Registers: %tid, %ctaid, %nctaid", 384, lambda d, t: [0], indices),
    "syncthreads": ("bar.sync 0", SYNC + "bar, barrier", 96, draw_exchange(96), exchange_words_and_halves),
    "named_barriers": ("bar.arrive, bar.sync", SYNC + "bar, barrier", 2 * WARP, draw_exchange(WARP), exchange_between_warps),
    "syncwarp": ("bar.warp.sync", SYNC + "bar.warp.sync", WARP, draw_exchange(WARP), exchange_in_warp),
    "shuffle_xor": ("shfl.sync.bfly.b32", MOVE + "shfl.sync", WARP, draw_exchange(WARP), shuffle(lambda i, b: i ^ b)),
    "shuffle": ("shfl.sync.idx.b32", MOVE + "shfl.sync", WARP, draw_exchange(2 * WARP), shuffle(lambda i, b: b)),
    "shuffle_up": ("shfl.sync.up.b32", MOVE + "shfl.sync", WARP, draw_exchange(WARP), shuffle(lambda i, b: i - b)),
    "shuffle_down": ("shfl.sync.down.b32", MOVE + "shfl.sync", WARP, draw_exchange(WARP), shuffle(lambda i, b: i + b)),
    "votes": ("vote.sync.ballot .any .all", SYNC + "vote.sync", WARP,
              lambda d, t: [d.getrandbits(1), d.randrange(48)], votes),
    "reductions": ("redux.sync.add .min .max .u32", SYNC + "redux.sync", WARP, lambda d, t: [bits(d)], reductions),
    "atomics": ("atom.add .max .cas", SYNC + "atom", WARP,
                lambda d, t: [d.choice([7, word_of(d.uniform(-9, 9))]), d.choice([7, bits(d)])], atomics),
    "copy_async_16": ("cp.async.cg.shared.global 16", MOVE + "cp.async", WARP,
                      lambda d, t: [bits(d) for _ in range(8)] + [d.randint(0, 16) for _ in range(4)],
                      lambda rows: [copied(r[:4], r[8]) + copied(r[4:8], r[9]) for r in rows]),
    "copy_async_4": ("cp.async.ca.shared.global 4", MOVE + "cp.async", WARP,
                     lambda d, t: [bits(d), d.randint(0, 4)], lambda rows: [copied(r[:1], r[1]) for r in rows]),
    "wide_words": ("ld, st .v4 .v2 .u32", MOVE + "ld, st", WARP, lambda d, t: [bits(d) for _ in range(4)],
                   lambda rows: [[r[2], r[3], r[0], r[1], r[3], r[2], r[1], r[0]] for r in rows]),
    "exp2_approx": ("ex2.approx.ftz.f32", "Floating Point Instructions: ex2", WARP, draw_exp2, exp2),
    "pack_f16": ("cvt.rn.f16x2.f32", MOVE + "cvt", WARP, draw_pack(10, -27, 17), pack(to_f16)),
    "pack_bf16": ("cvt.rn.bf16x2.f32", MOVE + "cvt", WARP, draw_pack(7, -126, 127), pack(to_bf16)),
}
for count in (1, 2, 4):
    for transposed in (False, True):
        PRIMITIVES[f"load_matrices_x{count}" + "_trans" * transposed] = (
            "ldmatrix.sync.aligned.m8n8.shared.b16", "Warp-level matrix load instruction: ldmatrix", WARP,
            lambda d, t: [bits(d) for _ in range(4)] + [d.randrange(WARP) for _ in range(4)],
            load_matrices(count, transposed))
for name, to_type, value_of in (("f16", to_f16, f16_of), ("bf16", to_bf16, bf16_of)):
    for kind in ("whole", "fractions", "special"):
        PRIMITIVES[f"multiply_{name}_{kind}"] = (f"mma.sync.aligned.m16n8k16.row.col.f32.{name}.{name}.f32", MATRIX, WARP,
                                                 draw_multiply(to_type, kind), multiply(value_of))
PRIMITIVES.update(ptx_isa_hopper.PRIMITIVES)


def file_text(name):
    instruction, section, threads, operands, evaluate = PRIMITIVES[name]
    draw = random.Random(name)
    lines = lambda rows: [" ".join(f"{word:08x}" for word in row) for row in rows]
    vectors = []
    for _ in range(1 if threads > 64 else 2):
        rows = [operands(draw, thread) for thread in range(threads)]
        vectors.append({"in": lines(rows), "out": lines(evaluate(rows))})
    file = {"primitive": name, "instruction": instruction, "source": f'PTX ISA section "{section}"', "vectors": vectors}
    return json.dumps(file, indent=1) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.folder
    if not arguments.check:
        folder.mkdir(parents=True, exist_ok=True)
    for name in PRIMITIVES:
        path = folder / f"{name}.json"
        if not arguments.check:
            path.write_text(file_text(name))
        elif not path.exists() or path.read_text() != file_text(name):
            sys.exit(f"{path} is not up to date; run {parser.prog} {folder}")


if __name__ == "__main__":
    main()
