#!/usr/bin/python3
"""Compares the CPU oracle with numpy in float64, on the problems and the operands' bits that oracle_dump writes. What is
computed here follows the formulas of kernels/attention.h and the definitions of the types, and shares no code with the oracle.

usage: oracle_numpy_test.py ORACLE_DUMP   (77: numpy is missing)
"""
import collections
import copy
import subprocess
import sys

try:
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}; install python3-numpy")
    sys.exit(77)

PROBLEMS, LEAST = 200, 20
FEATURES = ("causal, Sq != Sk", "window", "softcap", "sinks", "bias:alibi", "bias:tensor", "Dv", "e4m3", "kv:e4m3",
            "lengths", "page")


def e4m3_values():
    """OFP8 section 5.2: 4 exponent bits of bias 7, 3 fraction bits, NaN at the largest magnitude."""
    code = np.arange(256)
    exponent, fraction = code >> 3 & 15, code & 7
    magnitude = np.where(exponent == 0, fraction * 2.0 ** -9, (1 + fraction / 8) * 2.0 ** (exponent - 7))
    magnitude[exponent * 8 + fraction == 127] = np.nan
    return np.where(code < 128, magnitude, -magnitude)


E4M3 = e4m3_values()
READ = {"f64": ("<f8", lambda bits: bits),
        "f32": ("<f4", lambda bits: bits.astype(np.float64)),
        "f16": ("<f2", lambda bits: bits.astype(np.float64)),
        "bf16": ("<u2", lambda bits: (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64)),
        "e4m3": ("u1", lambda bits: E4M3[bits]),
        "s32": ("<i4", lambda bits: bits)}


def problems(stream):
    """Yields (key, arrays by name) of each problem."""
    while line := stream.readline().decode():
        word, key = line.split()
        assert word == "problem", line
        arrays = {}
        while (line := stream.readline().decode()) != "end\n":
            _, name, kind, count = line.split()
            dtype, widen = READ[kind]
            size = int(count) * np.dtype(dtype).itemsize
            bits = np.frombuffer(stream.read(size), dtype)
            assert bits.size == int(count), f"{key}: {name} is cut off"
            arrays[name] = widen(bits)
        yield key, arrays


class Problem:
    def __init__(self, key):
        self.dtype, *axes = key.split("/")
        axis = dict(part.split(":") for part in axes)
        self.B, self.H, self.Sq, self.D = (int(axis[name]) for name in ("B", "H", "S", "D"))
        self.Hkv, self.Sk = int(axis.get("Hkv", self.H)), int(axis.get("Sk", self.Sq))
        self.Dv = int(axis.get("Dv", self.D))
        self.causal = axis["causal"] == "1"
        self.left, self.right = (int(side) for side in axis.get("window", "-1,-1").split(","))
        self.softcap = float(axis.get("softcap", 0))
        self.sinks, self.bias = axis.get("sinks") == "1", axis.get("bias")
        self.kv = axis.get("kv", self.dtype)
        self.lengths, self.page = "lengths" in axis, int(axis.get("page", 0))
        self.scale = float(axis["scale"]) if "scale" in axis else 1 / np.sqrt(np.float64(self.D))

    def features(self):
        has = (self.causal and self.Sq != self.Sk, (self.left, self.right) != (-1, -1), self.softcap != 0, self.sinks,
               self.bias == "alibi", self.bias == "tensor", self.Dv != self.D, self.dtype == "e4m3", self.kv != self.dtype,
               self.lengths, self.page > 0)
        return [name for name, is_there in zip(FEATURES, has) if is_there]

    def sequence(self, arrays, b):
        """The problem of sequence b. Sq and Sk are its lengths."""
        one = copy.copy(self)
        if self.lengths:
            one.Sq, one.Sk = (int(arrays[name][b + 1] - arrays[name][b]) for name in ("q_starts", "k_starts"))
        return one

    def keys(self, arrays, name, b, kv):
        """[Sk, D] of sequence b: through the page table, or in a row."""
        one, dim = self.sequence(arrays, b), {"k": self.D, "v": self.Dv}[name]
        if not self.page:
            return arrays[name].reshape(self.B, self.Hkv, self.Sk, dim)[b, kv, :one.Sk]
        pool = arrays[name].reshape(-1, self.Hkv, self.page, dim)
        key = np.arange(one.Sk)
        return pool[arrays["table"].reshape(self.B, -1)[b, key // self.page], kv, key % self.page]

    def ahead(self):
        """[Sq, Sk]: the position of each key less that of the query."""
        return np.arange(self.Sk)[None, :] - (np.arange(self.Sq)[:, None] + self.Sk - self.Sq)

    def visible(self):
        ahead = self.ahead()
        seen = np.full(ahead.shape, True)
        if self.causal:
            seen &= ahead <= 0
        if self.left >= 0:
            seen &= -ahead <= self.left
        if self.right >= 0:
            seen &= ahead <= self.right
        return seen


def attend(batch, arrays, b, h):
    """O [Sq, Dv] and LSE [Sq] of one head, and the magnitudes of the terms of each row's logits and outputs."""
    p = batch.sequence(arrays, b)
    kv = h // (p.H // p.Hkv)
    q = arrays["q"].reshape(p.B, p.H, batch.Sq, p.D)[b, h, :p.Sq]
    k, v = (batch.keys(arrays, name, b, kv) for name in ("k", "v"))
    factor = {name: arrays[name].reshape(p.B, p.Hkv)[b, kv] if arrays[name].size else 1.0
              for name in ("q_descale", "k_descale", "v_descale")}
    scale = p.scale * factor["q_descale"] * factor["k_descale"]
    s = scale * (q @ k.T)
    size = np.abs(scale) * (np.abs(q) @ np.abs(k).T)
    if p.softcap:
        s = p.softcap * np.tanh(s / p.softcap)
    if p.bias == "alibi":
        s = s - arrays["slopes"][h] * np.abs(p.ahead())
    if p.bias == "tensor":
        s = s + arrays["bias"].reshape(p.B, p.H, batch.Sq, batch.Sk)[b, h, :p.Sq, :p.Sk]
    seen = p.visible()
    s = np.where(seen, s, -np.inf)
    size = np.where(seen, size + np.where(seen, np.abs(s), 0), 0)
    sink = arrays["sinks"][h] if p.sinks else -np.inf
    top = np.maximum(s.max(axis=1, initial=-np.inf), sink)
    base = np.where(np.isfinite(top), top, 0)[:, None]
    weights = np.exp(s - base)
    total = weights.sum(axis=1) + np.exp(sink - base[:, 0])
    with np.errstate(divide="ignore"):
        lse = base[:, 0] + np.log(total)
    weights = weights / np.where(total == 0, 1, total)[:, None]
    magnitude = 10 + size.max(axis=1, initial=0) + (abs(sink) if p.sinks else 0)
    return (factor["v_descale"] * (weights @ v), lse, magnitude, np.abs(factor["v_descale"]) * (weights @ np.abs(v)))


def compare(key, arrays):
    """The largest error over its tolerance."""
    p = Problem(key)
    outputs, lses = arrays["output"].reshape(-1, p.Dv), arrays["lse"]  # the rows that the sequences have
    worst, row = 0.0, 0
    for b in range(p.B):
        for h in range(p.H):
            expected, expected_lse, magnitude, mass = attend(p, arrays, b, h)
            output, lse = outputs[row:row + expected_lse.size], lses[row:row + expected_lse.size]
            row += expected_lse.size
            # A logit is a sum of D products, and f64 rounds by 1.1e-16.
            tolerance = 4e-15 * magnitude
            is_empty = np.isinf(expected_lse)
            assert (np.isinf(lse) == is_empty).all(), f"{key}: LSE of rows without keys, b={b} h={h}"
            with np.errstate(invalid="ignore"):
                errors = np.where(is_empty, 0, np.abs(lse - expected_lse)) / tolerance
            errors = np.append(errors, np.abs(output - expected) / (tolerance[:, None] * (1e-3 + mass)))
            worst = max(worst, errors.max(initial=0))
    assert row == lses.size, f"{key}: {lses.size} rows"
    return worst


def main(dump):
    met = collections.Counter()
    worst, count = 0.0, 0
    with subprocess.Popen([dump], stdout=subprocess.PIPE) as process:
        for key, arrays in problems(process.stdout):
            error = compare(key, arrays)
            assert error <= 1, f"{key}: the oracle differs from numpy by {error:.3g} of the tolerance"
            worst = max(worst, error)
            count += 1
            met.update(Problem(key).features())
    assert process.returncode == 0, f"{dump} ended with {process.returncode}"
    assert count == PROBLEMS, f"{count} problems"
    for feature in FEATURES:
        assert met[feature] >= LEAST, f"{feature}: only {met[feature]} problems"
    print(f"{count} problems, largest error {worst:.3f} of the tolerance;", dict(met))


main(sys.argv[1])
