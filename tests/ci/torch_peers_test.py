#!/usr/bin/python3
"""torch_peers_test.py ROOT COMPARE - ci/torch_peers.py without PyTorch or a GPU: the shapes that it takes from case names, the
reasons for skipped shapes, its counts, and that compare reads its output. A stand-in of its class Gpu has launches with given
times."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT, COMPARE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
SCRIPT = ROOT / "ci" / "torch_peers.py"
sys.path.insert(0, str(SCRIPT.parent))
sys.dont_write_bytecode = True
import torch_peers  # noqa: E402

NAMES = ["cuda/flash_mma/f16/B:2/H:32/Hkv:8/S:2048/D:128/causal:1", "cuda/cublas/f16/B:2/H:32/Hkv:8/S:2048/D:128/causal:1",
         "cuda/cublas/bf16/B:4/H:16/S:256/Sk:2048/D:128/causal:1/manual_time", "cuda/naive/f32/B:1/H:1/S:64/D:64/causal:0",
         "warpgauge-bench: cuda kernels are skipped: no CUDA device"]


class StandInGpu:
    """Launches take 1, 2, 3, .. microseconds. A back end in `refused` fails."""

    def __init__(self, refused=()):
        self.refused = refused

    def attention(self, shape, backend):
        if backend in self.refused:
            raise RuntimeError("No available kernel. Aborting execution.\nfurther lines")
        return lambda: None

    def samples_ns(self, work, seconds):
        work()
        return [1000.0 * n for n in range(1, 22)]


class Shapes(unittest.TestCase):
    def test_each_shape_once_without_its_kernel(self):
        shapes = torch_peers.shapes_of(NAMES)
        self.assertEqual([s.text for s in shapes], ["f16/B:2/H:32/Hkv:8/S:2048/D:128/causal:1",
                                                    "bf16/B:4/H:16/S:256/Sk:2048/D:128/causal:1", "f32/B:1/H:1/S:64/D:64/causal:0"])
        gqa, longer = shapes[:2]
        self.assertEqual((gqa.batch, gqa.heads, gqa.kv_heads, gqa.seq_q, gqa.seq_k, gqa.head_dim), (2, 32, 8, 2048, 2048, 128))
        self.assertEqual((gqa.dtype, gqa.causal, gqa.scale), ("f16", True, None))
        self.assertEqual((longer.kv_heads, longer.seq_k), (16, 2048))
        self.assertEqual(torch_peers.shapes_of(["x/f16/B:1/H:1/S:8/D:64/causal:0/scale:0.25"])[0].scale, 0.25)

    def test_an_unsupported_shape_has_a_reason(self):
        gqa, longer, single = torch_peers.shapes_of(NAMES)
        self.assertEqual(gqa.unsupported(), "")
        self.assertIn("top left", longer.unsupported())
        self.assertIn("f32", single.unsupported())

    def test_a_shape_with_variants_is_not_taken_for_the_plain_one(self):
        plain = "x/f16/B:1/H:2/S:8/D:64/causal:1"
        lines = [plain, "x/f16/B:1/H:2/S:8/D:64/Dv:32/causal:1"] + [plain + v for v in (
            "/window:3,0/softcap:50/sinks:1/scale:0.5", "/bias:alibi", "/bias:tensor/manual_time")]
        shapes = torch_peers.shapes_of(lines)
        self.assertEqual([s.variants for s in shapes],
                         ["", "Dv:32", "window:3,0/softcap:50/sinks:1", "bias:alibi", "bias:tensor"])
        self.assertEqual([s.text for s in shapes], [line.removeprefix("x/").removesuffix("/manual_time") for line in lines])
        self.assertEqual(shapes[2].scale, 0.5)
        self.assertEqual(shapes[0].unsupported(), "")
        for shape in shapes[1:]:
            self.assertIn(shape.variants + ": this script times attention without variants", shape.unsupported())

    def test_flops_and_bytes_equal_those_of_bench(self):
        full, causal = torch_peers.shapes_of([f"x/f16/B:2/H:4/Hkv:2/S:8/D:64/causal:{c}" for c in (0, 1)])
        self.assertEqual(full.flops(), 4 * 2 * 4 * 8 * 8 * 64)
        self.assertEqual(causal.flops(), 4 * 2 * 4 * 36 * 64)
        self.assertEqual(full.bytes(), 2 * 64 * (2 * 2 * 4 * 8 + 2 * 2 * 2 * 8) + 4 * 2 * 4 * 8)


class Rows(unittest.TestCase):
    def setUp(self):
        self.shapes = torch_peers.shapes_of(NAMES)

    def rows(self, seconds=60, **gpu):
        return {row["name"]: row for row in torch_peers.measure(StandInGpu(**gpu), self.shapes, seconds)}

    def test_the_time_is_the_median(self):
        row = self.rows()["peer/torch_flash/f16/B:2/H:32/Hkv:8/S:2048/D:128/causal:1"]
        self.assertEqual((row["real_time"], row["time_unit"], row["iterations"]), (11000.0, "ns", 21))
        self.assertAlmostEqual(row["tflops"], 4 * 2 * 32 * 128 * 2048 * 2049 / 2 / 11e-6 / 1e12)

    def test_a_skipped_shape_is_a_row_with_the_reason(self):
        rows = self.rows(refused=("efficient",))
        self.assertEqual(len(rows), 4 * 3)
        gqa = "f16/B:2/H:32/Hkv:8/S:2048/D:128/causal:1"
        self.assertEqual(rows[f"peer/torch_efficient/{gqa}"]["skip_message"], "No available kernel. Aborting execution.")
        self.assertNotIn("skipped", rows[f"peer/torch_math/{gqa}"])
        self.assertTrue(all(row["skipped"] for name, row in rows.items() if gqa not in name))
        late = self.rows(seconds=-1)
        self.assertIn("no time left", late[f"peer/torch_flash/{gqa}"]["skip_message"])

    def test_compare_reads_them(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "peers.json")
            context = {"date": "2026-01-01T00:00:00+00:00", "host_name": "none", "executable": "torch_peers", "num_cpus": 2,
                       "caches": [], "load_avg": [0.0], "torch": "2", "matmul_bf16_8192_tflops": 600.0}
            torch_peers.write(path, {"context": context, "benchmarks": list(self.rows().values())})
            self.assertEqual(os.listdir(folder), ["peers.json"])
            said = subprocess.run([COMPARE, path, path, "--json", f"{folder}/verdict.json"], capture_output=True, text=True)
            verdict = json.loads(pathlib.Path(folder, "verdict.json").read_text(encoding="utf-8"))
        self.assertIn(said.returncode, (0, 4), said.stderr)
        self.assertEqual([round(cell["base"]["value"]) for cell in verdict["cells"]], [6000] * 4)  # the first quartile of the samples


class Program(unittest.TestCase):
    def run_script(self, *arguments, torch):
        """Runs the script with these lines as the module torch."""
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "torch.py").write_text(torch, encoding="utf-8")
            pathlib.Path(folder, "cases.txt").write_text("\n".join(NAMES), encoding="utf-8")
            pathlib.Path(folder, "none.txt").write_text("no name of a case\n", encoding="utf-8")
            return subprocess.run([sys.executable, SCRIPT, *arguments], cwd=folder, env=os.environ | {"PYTHONPATH": folder},
                                  capture_output=True, text=True)

    def test_a_skip_prints_its_reason(self):
        arguments = ("--cases", "cases.txt", "--out", "peers.json")
        absent = self.run_script(*arguments, torch="raise ImportError('libcudart.so.13 is missing')")
        self.assertEqual((absent.returncode, absent.stdout),
                         (77, "torch_peers.py: skipped: PyTorch is not installed: libcudart.so.13 is missing\n"))
        no_gpu = self.run_script(*arguments, torch="class cuda:\n  is_available = staticmethod(lambda: False)")
        self.assertEqual(no_gpu.returncode, 77)
        self.assertIn("finds no usable GPU", no_gpu.stdout)

    def test_usage(self):
        for arguments in ((), ("--cases", "no-file", "--out", "x"), ("--cases", "none.txt", "--out", "x")):
            self.assertEqual(self.run_script(*arguments, torch="").returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
