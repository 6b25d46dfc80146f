"""The sm_90a primitives for ptx_isa_vectors.py, derived from the text, tables and figures of the PTX ISA."""
import itertools
import math

from ptx_isa_words import LANES, WARP, WORD, bf16_of, bits, f16_of, halves, to_bf16, to_f16, word_of

SYNC = "Parallel Synchronization and Communication Instructions: "
MOVE = "Data Movement and Conversion Instructions: "
WGMMA = "Asynchronous Warpgroup Level Matrix Multiply-Accumulate Instructions: wgmma.mma_async"


def all_words(rows):
    return [word for row in rows for word in row]


def all_halves(words):
    return [half for word in words for half in halves(word)]


def rows_of(elements, words_of_row):
    words = [low | high << 16 for low, high in zip(elements[::2], elements[1::2])]
    return [words[i : i + words_of_row] for i in range(0, len(words), words_of_row)]


def phases(rows):
    return [[(rows[who][0] + phase) & WORD for phase in range(3)] for _, who in rows]


def handover(rows):
    return [[(rows[WARP + who][0] + 1) & WORD if t < WARP else rows[who][0]] for t, (_, who) in enumerate(rows)]


# TMA: a tensor with rows of 52 elements at a stride of 72, and a box of 16 rows. The last four operands of the block are the
# coordinates of the box.
THREADS, TENSOR_WORDS, ROW = 128, 9, 72
EXTENTS = {2: [52, 18, 1, 1], 3: [52, 5, 5, 1], 4: [52, 5, 3, 2]}
BOXES = {2: [16, 1, 1], 3: [4, 4, 1], 4: [4, 2, 2]}


def box_of(rank, swizzled):
    return [64 if swizzled else 48] + BOXES[rank]


def draw_box(rank, swizzled, words_of_thread):
    def operands(draw, thread):
        words = [bits(draw) for _ in range(words_of_thread)]
        if thread == THREADS - 1:
            words[-4:] = [draw.randint(0, e) - b // 2 & WORD for e, b in zip(EXTENTS[rank], box_of(rank, swizzled))]
        return words

    return operands


def box_places(rank, swizzled, coordinates):
    """Yields (index in the tensor, index in shared memory) for each element of the box; None outside the tensor."""
    extent, box = EXTENTS[rank], box_of(rank, swizzled)
    at = [(word ^ 1 << 31) - (1 << 31) for word in coordinates[:rank]] + [0] * (4 - rank)
    strides = [1, ROW, ROW * extent[1], ROW * extent[1] * extent[2]]
    for row, (w, z, y) in enumerate(itertools.product(*(range(size) for size in box[:0:-1]))):
        for x in range(box[0]):
            index = [a + i for a, i in zip(at, (x, y, z, w))]
            inside = all(0 <= i < size for i, size in zip(index, extent))
            chunk = x // 8 ^ (row % 8 if swizzled else 0)
            yield sum(i * s for i, s in zip(index, strides)) if inside else None, row * box[0] + chunk * 8 + x % 8


def tma_load(rank, swizzled):
    def evaluate(rows):
        words = all_words(rows)
        tensor, size = all_halves(words), 16 * box_of(rank, swizzled)[0]
        tile = [0] * size
        for source, target in box_places(rank, swizzled, words[-4:]):
            tile[target] = 0 if source is None else tensor[source]
        return rows_of(tile, size // 2 // THREADS)

    return evaluate


def tma_store(rank, swizzled):
    def evaluate(rows):
        words = all_words(rows)
        tile, tensor = all_halves(words), [0] * (2 * TENSOR_WORDS * THREADS)
        for target, source in box_places(rank, swizzled, words[-4:]):
            if target is not None:
                tensor[target] = tile[source]
        return rows_of(tensor, TENSOR_WORDS)

    return evaluate


def store_matrices(count, transposed):
    """The inverse of ldmatrix: row r of matrix m is stored to the row of lane 8 m + r."""

    def evaluate(rows):
        turn = rows[0][count]
        memory = [[0] * 8 for _ in LANES]
        for lane in LANES:
            for m in range(count):
                for i, half in enumerate(halves(rows[lane][m])):
                    row, column = lane // 4, lane % 4 * 2 + i
                    if transposed:
                        row, column = column, row
                    memory[8 * m + row ^ turn][column] = half
        return [rows_of(row, 4)[0] for row in memory]

    return evaluate


def draw_product(to_type, kind, columns):
    """A [64][16], then B [N][16], two elements per word."""
    of_thread = -(-(512 + 8 * columns) // THREADS)

    def operands(draw, thread):
        value = {"whole": lambda: float(draw.randint(-8, 8)), "fractions": lambda: draw.uniform(-2, 2)}.get(kind)
        if value:
            return [to_type(value()) | to_type(value()) << 16 for _ in range(of_thread)]
        of_f16 = [0x0001, 0x8001, 0x03FF, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0x0400]
        of_bf16 = [0x0080, 0x8080, 0x3F81, 0x5F7F, 0x7F80, 0xFF80, 0x7FC0, 0x0100]
        special, one = of_f16 if to_type is to_f16 else of_bf16, to_type(1.0)
        index = range(thread * of_thread, (thread + 1) * of_thread)
        return [one | one << 16 if i >= 512 else 0 if i % 8 else draw.choice(special) for i in index]

    return operands


def product(value_of, kind, columns):
    """D = 2 A B. d[i] of thread t: row 16 (t / 32) + (t % 32) / 4 + 8 (i / 2 % 2), column 8 (i / 4) + 2 (t % 4) + i % 2."""

    def evaluate(rows):
        values = [value_of(half) for half in all_halves(all_words(rows))]
        a = [values[16 * i : 16 * i + 16] for i in range(64)]
        b = [values[1024 + 16 * j : 1024 + 16 * j + 16] for j in range(columns)]
        result = []
        for t in range(THREADS):
            d = []
            for i in range(columns // 2):
                row, column = 16 * (t // WARP) + t % WARP // 4 + 8 * (i // 2 % 2), 8 * (i // 4) + 2 * (t % 4) + i % 2
                terms = [2 * x * y for x, y in zip(a[row], b[column])]
                special = [term for term in terms if not math.isfinite(term)]
                d.append(sum(special) if special else math.fsum(terms))
            if kind == "whole":
                sums = [sum((i // 4 + 1) * int(d[i]) for i in range(q, len(d), 4)) for q in range(4)]
                result.append([total & WORD for total in sums])
            else:
                result.append([word_of(x) for x in d])
        return result

    return evaluate


# name: (instruction, section, threads of the grid, random operands of a thread, evaluate)
PRIMITIVES = {
    "mbarrier_phases": ("mbarrier.init .arrive .try_wait.parity", SYNC + "mbarrier", 2 * WARP,
                        lambda d, t: [bits(d), d.randrange(2 * WARP)], phases),
    "mbarrier_handover": ("mbarrier.init .arrive .try_wait.parity .inval", SYNC + "mbarrier", 2 * WARP,
                          lambda d, t: [bits(d), d.randrange(WARP)], handover),
    "elect_one": ("elect.sync", SYNC + "elect.sync", WARP, lambda d, t: [bits(d)], lambda rows: [[rows[0][0], 1]] * WARP),
    "set_max_registers": ("setmaxnreg.dec .inc.sync.aligned.u32", "Miscellaneous Instructions: setmaxnreg", 384,
                          lambda d, t: [bits(d), bits(d)],
                          lambda rows: [[rows[t ^ 1][0], rows[t ^ 2][1]] for t in range(len(rows))]),
}
for count in (1, 2, 4):
    for transposed in (False, True):
        PRIMITIVES[f"store_matrices_x{count}" + "_trans" * transposed] = (
            "stmatrix.sync.aligned.m8n8.shared.b16", "Warp-level matrix store instruction: stmatrix", WARP,
            lambda d, t, count=count: [bits(d) for _ in range(count)] + [d.randrange(WARP)], store_matrices(count, transposed))
for rank in (2, 3, 4):
    for swizzled in (False, True):
        shape = f"{rank}d" + "_swizzled" * swizzled
        box_words = box_of(rank, swizzled)[0] * 8 // THREADS
        PRIMITIVES["tma_load_" + shape] = (
            f"cp.async.bulk.tensor.{rank}d.shared::cluster.global.mbarrier::complete_tx::bytes",
            MOVE + "cp.async.bulk.tensor; Tensors: swizzling modes", THREADS,
            draw_box(rank, swizzled, TENSOR_WORDS), tma_load(rank, swizzled))
        PRIMITIVES["tma_store_" + shape] = (
            f"cp.async.bulk.tensor.{rank}d.global.shared::cta.bulk_group",
            MOVE + "cp.async.bulk.tensor; Tensors: swizzling modes", THREADS,
            draw_box(rank, swizzled, box_words + 1), tma_store(rank, swizzled))
for name, columns, a, b, kind in (
        ("f16", 8, "k", "k", "whole"), ("f16", 64, "k", "k", "whole"), ("bf16", 256, "k", "k", "whole"),
        ("bf16", 64, "k", "mn", "whole"), ("f16", 176, "k", "mn", "whole"), ("f16", 72, "mn", "k", "whole"),
        ("bf16", 128, "mn", "mn", "whole"), ("f16", 24, "registers", "k", "whole"),
        ("bf16", 256, "registers", "mn", "whole"), ("f16", 16, "k", "k", "fractions"),
        ("bf16", 16, "k", "mn", "fractions"), ("f16", 16, "registers", "mn", "fractions"),
        ("bf16", 16, "registers", "k", "fractions"), ("f16", 8, "k", "k", "special"),
        ("bf16", 8, "registers", "k", "special")):
    to_type, value_of = (to_f16, f16_of) if name == "f16" else (to_bf16, bf16_of)
    PRIMITIVES[f"wgmma_{name}_n{columns}_{a}_{b}_{kind}"] = (
        f"wgmma.mma_async.sync.aligned.m64n{columns}k16.f32.{name}.{name}", WGMMA, THREADS,
        draw_product(to_type, kind, columns), product(value_of, kind, columns))
