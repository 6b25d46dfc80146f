#!/usr/bin/env python3
"""ci/torch_peers.py - times PyTorch's attention on the shapes of bench's cases, for comparison with the kernels.

The file of --cases holds case names, one per line, as `bench --benchmark_list_tests` prints them. Each shape is timed with each
back end of scaled_dot_product_attention. The results are in Google Benchmark's format, as peer/torch_BACKEND/DTYPE/B:...

Inputs are normally distributed. As in bench, L2 is flushed before each launch, the launch is queued behind other work, and CUDA
events time it. real_time is the median. If a shape was not timed (not supported, or the time limit is reached), its row holds
the reason. The context holds the speed of a product of 8192 x 8192 matrices and of a copy of 8 GB.

A causal shape with Sq != Sk is skipped: PyTorch aligns the mask to the top left, bench to the bottom right. So is a shape with
variants: windows, soft caps, sinks, biases, Dv.
Exit: 0; 1 nothing was timed; 2 usage; 77 PyTorch is not installed, or finds no GPU.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import statistics
import sys
import time

import safe_text

CASE = re.compile(r".+?/(f16|bf16|f32)/B:(\d+)/H:(\d+)(?:/Hkv:(\d+))?/S:(\d+)(?:/Sk:(\d+))?/D:(\d+)((?:/Dv:\d+)?)"
                  r"/causal:([01])((?:/(?:window|softcap|sinks|bias|lengths|page|kv):[^/]+)*)(?:/scale:([^/]+))?")
BACKENDS = {"flash": "FLASH_ATTENTION", "cudnn": "CUDNN_ATTENTION", "efficient": "EFFICIENT_ATTENTION", "math": "MATH"}
WARM_UP, LEAST_SAMPLES, MOST_SAMPLES = 3, 20, 50
HIDING_CYCLES = 600_000  # 0.3 ms: longer than the host takes to queue a launch


class Shape:
    """A problem, from the name of a case. `text` is that name without the kernel."""

    def __init__(self, match):
        dtype, batch, heads, kv_heads, seq_q, seq_k, head_dim, value_dim, causal, variants, scale = match.groups()
        self.text = match.group(0)[match.start(1):]
        self.dtype, self.batch, self.heads, self.seq_q, self.head_dim = dtype, int(batch), int(heads), int(seq_q), int(head_dim)
        self.kv_heads, self.seq_k = int(kv_heads or heads), int(seq_k or seq_q)
        self.causal, self.scale = causal == "1", float(scale) if scale else None
        self.variants = (value_dim + variants).lstrip("/")

    def unsupported(self):
        """Why PyTorch cannot compute this shape, or an empty text."""
        if self.dtype == "f32":
            return "f32: PyTorch's fused back ends take only 16-bit types"
        if self.variants:
            return f"{self.variants}: this script times attention without variants"
        if self.causal and self.seq_q != self.seq_k:
            return "causal with Sq != Sk: PyTorch aligns the mask to the top left"
        return ""

    def flops(self):
        pairs = self.seq_q * (self.seq_q + 1) // 2 if self.causal else self.seq_q * self.seq_k
        return 4 * self.batch * self.heads * self.head_dim * pairs

    def bytes(self):
        """Q, K, V and O once each, and LSE, as bench counts."""
        rows = self.batch * self.heads * self.seq_q
        return 2 * (2 * rows + 2 * self.batch * self.kv_heads * self.seq_k) * self.head_dim + 4 * rows


def shapes_of(lines):
    """Each shape once, in the order of the lines. Lines that are not case names are ignored."""
    shapes = {}
    for line in lines:
        if match := CASE.match(line.strip()):
            shape = Shape(match)
            shapes.setdefault(shape.text, shape)
    return list(shapes.values())


def row(name, **fields):
    return {"name": name, "run_name": name, "run_type": "iteration", "repetitions": 1, "repetition_index": 0, "threads": 1,
            "iterations": 0, "real_time": 0.0, "cpu_time": 0.0, "time_unit": "ns"} | fields


def skipped_row(name, reason):
    return row(name, skipped=True, skip_message=reason)


def timed_row(name, shape, samples_ns):
    median = statistics.median(samples_ns)
    return row(name, iterations=len(samples_ns), real_time=median, cpu_time=median, p50_ns=median, samples=len(samples_ns),
               tflops=shape.flops() / median * 1e-3, gbps=shape.bytes() / median, samples_ns=samples_ns)


class Gpu:
    """Times work on PyTorch's current device."""

    def __init__(self, torch):
        self.torch = torch
        l2_bytes = getattr(torch.cuda.get_device_properties(0), "L2_cache_size", 0) or 64 << 20
        self.flushed = torch.empty(2 * l2_bytes, dtype=torch.uint8, device="cuda")

    def sample(self, work):
        """The two events around one launch with a cold cache."""
        begin, end = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
        self.torch.cuda._sleep(HIDING_CYCLES)
        self.flushed.zero_()
        begin.record()
        work()
        end.record()
        return begin, end

    def samples_ns(self, work, seconds, least=LEAST_SAMPLES, most=MOST_SAMPLES):
        for _ in range(WARM_UP):
            work()
        self.torch.cuda.synchronize()
        stop = time.monotonic() + seconds
        samples = []
        while len(samples) < least or (len(samples) < most and time.monotonic() < stop):
            begin, end = self.sample(work)
            end.synchronize()
            samples.append(begin.elapsed_time(end) * 1e6)
        return samples

    def attention(self, shape, backend):
        """A function that launches this shape on new inputs."""
        from torch.nn.attention import SDPBackend, sdpa_kernel
        from torch.nn.functional import scaled_dot_product_attention
        torch = self.torch
        dtype = {"f16": torch.float16, "bf16": torch.bfloat16}[shape.dtype]
        generator = torch.Generator(device="cuda").manual_seed(1)

        def normal(heads, rows):
            size = (shape.batch, heads, rows, shape.head_dim)
            return torch.randn(size, dtype=dtype, device="cuda", generator=generator)

        q = normal(shape.heads, shape.seq_q)
        k, v = normal(shape.kv_heads, shape.seq_k), normal(shape.kv_heads, shape.seq_k)
        options = {"is_causal": shape.causal, "scale": shape.scale}
        if shape.kv_heads != shape.heads:
            options["enable_gqa"] = True

        def launch():
            with torch.no_grad(), sdpa_kernel(getattr(SDPBackend, BACKENDS[backend])):
                scaled_dot_product_attention(q, k, v, **options)
        return launch


def first_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


def ceilings(gpu):
    """TFLOP/s of a matrix product, and GB/s of a copy (bytes read plus bytes written)."""
    torch, found = gpu.torch, {}
    try:
        a, b = (torch.randn(8192, 8192, dtype=torch.bfloat16, device="cuda") for _ in range(2))
        ns = statistics.median(gpu.samples_ns(lambda: torch.matmul(a, b), 0, least=10))
        found["matmul_bf16_8192_tflops"] = 2 * 8192 ** 3 / ns * 1e-3
        del a, b
        source = torch.zeros(8 * 10 ** 9, dtype=torch.uint8, device="cuda")
        target = torch.empty_like(source)
        found["copy_8gb_gbps"] = 16e9 / statistics.median(gpu.samples_ns(lambda: target.copy_(source), 0, least=5))
    except RuntimeError as error:  # for example, out of memory
        found["ceilings_failed"] = first_line(error)
    return found


def measure(gpu, shapes, seconds):
    """A row for each back end and shape. The most important back ends come first, because the time may run out."""
    stop = time.monotonic() + seconds
    for backend in BACKENDS:
        for shape in shapes:
            name = f"peer/torch_{backend}/{shape.text}"
            if reason := shape.unsupported():
                yield skipped_row(name, reason)
            elif time.monotonic() > stop:
                yield skipped_row(name, f"no time left of {seconds:g} s")
            else:
                try:
                    yield timed_row(name, shape, gpu.samples_ns(gpu.attention(shape, backend), 0.2))
                except (RuntimeError, AttributeError, TypeError) as error:  # the last two with an older PyTorch
                    yield skipped_row(name, first_line(error))


def context(torch):
    return {"date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "host_name": os.uname().nodename,
            "executable": "torch_peers", "num_cpus": os.cpu_count(), "mhz_per_cpu": 0, "cpu_scaling_enabled": False,
            "caches": [], "load_avg": list(os.getloadavg()), "library_build_type": "release", "torch": torch.__version__,
            "cuda": str(torch.version.cuda), "device": torch.cuda.get_device_name(0)}


def write(path, document):
    part = path.with_suffix(".part")
    part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def usable_torch():
    """PyTorch and an empty text, or None and the reason."""
    try:
        import torch
    except ImportError as error:
        return None, f"PyTorch is not installed: {error}"
    return (torch, "") if torch.cuda.is_available() else (None, "PyTorch finds no usable GPU")


def main():
    parser = safe_text.ArgumentParser(prog="torch_peers.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=pathlib.Path, required=True, metavar="FILE", help="file with case names")
    parser.add_argument("--out", type=pathlib.Path, required=True, metavar="FILE", help="where the results go")
    parser.add_argument("--seconds", type=float, default=60, metavar="S", help="time for all shapes, in seconds (60)")
    arguments = parser.parse_args()
    try:
        shapes = shapes_of(arguments.cases.read_text(encoding="utf-8").splitlines())
    except OSError as error:
        parser.error(str(error))
    if not shapes:
        parser.error(f"--cases: {arguments.cases} has no case name")
    torch, reason = usable_torch()
    if torch is None:
        safe_text.say(f"torch_peers.py: skipped: {reason}")
        return 77
    begin = time.monotonic()
    gpu = Gpu(torch)
    document = {"context": context(torch) | ceilings(gpu), "benchmarks": []}
    for each in measure(gpu, shapes, arguments.seconds - (time.monotonic() - begin)):
        document["benchmarks"].append(each)
        write(arguments.out, document)
        said = each.get("skip_message") or f"{each['real_time'] * 1e-3:.1f} us, {each['tflops']:.1f} TFLOP/s"
        safe_text.say(f"{each['name']}: {said}")
    timed = sum("skipped" not in each for each in document["benchmarks"])
    safe_text.say(f"torch_peers.py: {timed} of {len(document['benchmarks'])} cases timed in {time.monotonic() - begin:.0f} s")
    return 0 if timed else 1


if __name__ == "__main__":
    sys.exit(main())
