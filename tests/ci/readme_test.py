#!/usr/bin/python3
"""Tests the README: a comment in front of every fenced block of commands or code says how it is tested.

flags     each program has the flags in the block, and the case and the kernel exist
help      each line is run with --help; ci/fresh-machine.sh runs these lines in full
run       run as one script, with a copy of ci/ and the programs under test; must end with 0
run, any verdict   the same; 0, 1 and 4 are accepted, because the machine may be busy
kernel    saved as kernels/cpu/mine.cc in a copy of the tree
list      added to the list of kernels there; the kernel is built, found by name, and compared with cpu/naive
presets   shows presets; each preset in a block exists, and the README names all that exist

Arguments: the root of the tree, the folder with the programs, the CMake and the C++ compiler to use.
"""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT, BIN = [os.path.abspath(path) for path in sys.argv[1:3]]
CMAKE, COMPILER = [shutil.which(tool) for tool in sys.argv[3:5]]
BLOCK = re.compile(r"(?:<!-- tested: ([^\n]*?) -->\n)?```(\w+)\n(.*?)^```$", re.S | re.M)

MAIN = """
#include <cmath>
#include <cstdio>
#include <vector>
#include "kernels/kernel.h"
using namespace warpgauge;
int main() {
  const Kernel* kernels[] = {find_kernel("cpu/mine"), find_kernel("cpu/naive")};
  if (!kernels[0]) return std::puts("cpu/mine is not in the registry"), 1;
  Problem p{.batch = 2, .heads = 4, .kv_heads = 2, .seq_q = 9, .seq_k = 5, .head_dim = 8, .mask = Mask::causal, .scale = .3};
  if (const std::string reason = kernels[0]->supports(p, packed_tensors(p)); !reason.empty()) return std::puts(reason.c_str()), 1;
  std::vector<float> q(query_elements(p)), k(key_elements(p)), v(key_elements(p)), o[2], lse[2];
  unsigned state = 1;
  for (auto* tensor : {&q, &k, &v})
    for (float& x : *tensor) x = float((state = state * 1664525u + 1013904223u) >> 8) / float(1 << 23) - 1;
  for (int n = 0; n < 2; ++n) {
    o[n].assign(q.size(), NAN), lse[n].assign(lse_elements(p), NAN);
    const Strides sq = packed_strides(p.heads, p.seq_q, p.head_dim), sk = packed_strides(p.kv_heads, p.seq_k, p.head_dim);
    kernels[n]->launch(p, {q.data(), k.data(), v.data(), o[n].data(), lse[n].data(), sq, sk, sk, sq}, {});
  }
  for (std::size_t i = 0; i < o[0].size(); ++i)
    if (!(std::fabs(o[0][i] - o[1][i]) < 1e-5f)) return std::printf("O[%zu]: %g, not %g\\n", i, o[0][i], o[1][i]), 1;
  for (std::size_t i = 0; i < lse[0].size(); ++i)
    if (!(lse[0][i] == lse[1][i] || std::fabs(lse[0][i] - lse[1][i]) < 1e-5f))
      return std::printf("LSE[%zu]: %g, not %g\\n", i, lse[0][i], lse[1][i]), 1;
}
"""


def blocks():
    with open(os.path.join(ROOT, "README.md")) as file:
        return [(kind, language, text) for kind, language, text in BLOCK.findall(file.read())]


def of_kind(kind):
    found = [text for k, _, text in blocks() if k == kind]
    assert found, f"README.md has no block 'tested: {kind}'"
    return found


class Readme(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.work)

    def run_or_fail(self, command, accepted=(0,), **kwargs):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)
        self.assertIn(done.returncode, accepted, f"{command}\n{done.stdout}")
        return done.stdout

    def test_every_block_says_how_it_is_tested(self):
        for kind, language, text in blocks():
            if language != "text":
                self.assertIn(kind, ("help", "flags", "run", "run, any verdict", "kernel", "list", "presets"), text)

    def test_the_first_screen_names_commands_that_exist(self):
        for line in of_kind("help")[0].splitlines():
            self.run_or_fail(line.split("#")[0].split() + ["--help"], cwd=ROOT)

    def test_the_daily_commands_have_their_flags(self):
        os.makedirs(os.path.join(self.work, "build/release"))
        os.symlink(BIN, os.path.join(self.work, "build/release/bin"))
        os.symlink(os.path.join(ROOT, "ci"), os.path.join(self.work, "ci"))
        for line in of_kind("flags")[0].replace("&&", "\n").splitlines():
            program, *words = shlex.split(line, comments=True)
            flags = [word.split("=")[0] for word in words if word.startswith("--")]
            name = os.path.basename(program)
            if name == "cmake":  # without a folder, `cmake --build` prints its usage and fails
                known = self.run_or_fail([CMAKE, "--build"], (0, 1)) + "--build"
            else:
                known = self.run_or_fail([program, *(words[:1] if name == "compare" else []), "--help"], cwd=self.work)
            for flag in flags:
                self.assertRegex(known, rf"{flag}\b", line)
            lists = {"bench": "--benchmark_list_tests", "fuzz": "--gtest_list_tests"}.get(name)
            if lists:
                self.assertIn("cpu", self.run_or_fail([program, *words, lists], cwd=self.work), line)

    def test_the_examples_work_in_their_order(self):
        shutil.copytree(os.path.join(ROOT, "ci"), os.path.join(self.work, "ci"))
        programs = os.path.join(self.work, "build/release/bin")
        os.makedirs(programs)
        os.makedirs(os.path.join(self.work, "baselines"))
        for name in ("fuzz", "compare"):
            os.symlink(os.path.join(BIN, name), os.path.join(programs, name))
        with open(os.path.join(programs, "bench"), "w") as file:  # to save time
            file.write(f"#!/bin/sh\nexec {shlex.quote(os.path.join(BIN, 'bench'))} \"$@\" --process-seconds=1\n")
        os.chmod(os.path.join(programs, "bench"), 0o755)
        subprocess.run(["git", "init", "--quiet"], cwd=self.work, check=True)
        environment = dict(os.environ, WARPGAUGE_BIN=programs)
        for kind, _, text in blocks():
            if kind.startswith("run"):
                accepted = (0,) if kind == "run" else (0, 1, 4)
                self.run_or_fail(["bash", "-euo", "pipefail", "-c", text], accepted, cwd=self.work, env=environment)
        blessed = glob.glob(os.path.join(self.work, "baselines/*/*"))
        self.assertEqual([os.path.basename(path) for path in blessed], ["ci.json"])  # not the round of another matrix

    def test_the_kernel_that_it_adds_is_found_and_right(self):
        for folder in filter(lambda name: os.path.isdir(os.path.join(ROOT, name)), ("base", "kernels", "cmake")):
            shutil.copytree(os.path.join(ROOT, folder), os.path.join(self.work, folder))
        with open(os.path.join(self.work, "kernels/cpu/mine.cc"), "w") as file:
            file.write(of_kind("kernel")[0])
        path = os.path.join(self.work, "kernels/CMakeLists.txt")
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(text.replace("    cpu/naive\n", "    cpu/naive\n" + of_kind("list")[0], 1))
        with open(os.path.join(self.work, "main.cc"), "w") as file:
            file.write(MAIN)
        with open(os.path.join(ROOT, "CMakeLists.txt")) as file:
            text = re.sub(r"(?m)^ *add_subdirectory\((?!base|kernels).*\n", "", file.read())
        with open(os.path.join(self.work, "CMakeLists.txt"), "w") as file:
            file.write(text + "add_executable(try_mine main.cc)\n"
                              "target_link_libraries(try_mine PRIVATE warpgauge::kernels)\n")
        build = os.path.join(self.work, "build")
        self.run_or_fail([CMAKE, "-S", self.work, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={COMPILER}",
                          f"-DCMAKE_PREFIX_PATH={ROOT}/.deps/prefix/usr", "-DWARPGAUGE_CUDA=OFF", "-DWARPGAUGE_TESTS=OFF"])
        self.run_or_fail([CMAKE, "--build", build, "--target", "try_mine"])
        self.run_or_fail([os.path.join(build, "bin/try_mine")])

    def test_the_presets_exist(self):
        with open(os.path.join(ROOT, "CMakePresets.json")) as file:
            known = {preset["name"] for preset in json.load(file)["configurePresets"] if not preset.get("hidden")}
        self.assertTrue(of_kind("presets"))
        for _, _, text in blocks():
            self.assertLessEqual(set(re.findall(r"--preset (\S+)", text)), known, text)
        with open(os.path.join(ROOT, "README.md")) as file:
            told = file.read().split("Presets:")[1].split("Installed names:")[0]
        self.assertEqual({name for name in re.findall(r"`([^`/]+)`", told)}, known)
        script = self.run_or_fail([os.path.join(ROOT, "ci/test.sh"), "--help"])
        for name in known:
            self.assertRegex(script, rf"--preset .*\b{name}\b")


unittest.main(argv=sys.argv[:1] + sys.argv[5:], verbosity=2)
