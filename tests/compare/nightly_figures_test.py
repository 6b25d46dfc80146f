#!/usr/bin/python3
"""What `compare nightly` reports of 13 nights of a public project (tests/testdata/nightly): how often unchanged code fails, and how
often a planted slow-down is found. The figures are those of compare/README.md, "What to expect on a noisy runner".

usage: nightly_figures_test.py COMPARE NIGHTS.tsv [--keep DIR]   (--keep writes the result files to DIR, and runs nothing)
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

COMPARE, NIGHTS = sys.argv[1:3]


def nights(table):
    """[(date, rows)] of the table: a line per case, a column per night, each real_time/cpu_time in ns."""
    head, *cases = [line.split("\t") for line in pathlib.Path(table).read_text().splitlines()]
    for column, date in enumerate(head[1:], 1):
        rows = []
        for case in cases:
            real, cpu = map(float, case[column].split("/"))
            rows.append({"name": case[0], "run_type": "iteration", "iterations": 1, "threads": 1, "real_time": real,
                         "cpu_time": cpu, "time_unit": "ns"})
        yield date, rows


def write(folder):
    for number, (date, rows) in enumerate(nights(NIGHTS)):
        text = json.dumps({"context": {"date": date, "num_cpus": 4}, "benchmarks": rows})
        (pathlib.Path(folder) / f"night-{number:02}.json").write_text(text)


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            write(folder)
            cls.report = subprocess.run([COMPARE, "nightly", folder], capture_output=True, text=True, check=True).stdout
        print(cls.report)

    def numbers(self, pattern):
        found = re.search(pattern, " ".join(self.report.split()))
        self.assertIsNotNone(found, pattern)
        return [int(number) for number in found.groups()]

    def test_unchanged_code_fails_at_most_once_of_twelve_and_nothing_is_back(self):
        for series in ("each night against the one before", "against the baseline, then blessed"):
            failed, of, back = self.numbers(series + r" (\d+) of (\d+) [\d.]+ \d+ (\d+)")
            self.assertEqual(of, 12)
            self.assertLessEqual(failed, 1, series)
            self.assertEqual(back, 0, series)

    def test_a_doubling_is_found_in_at_least_ten_of_twelve_pairs(self):
        fewest, of = self.numbers(r"a night against the one before, 100 % slower: found in (\d+) of (\d+)")
        self.assertEqual(of, 12)
        self.assertGreaterEqual(fewest, 10)

    def test_thirty_percent_is_found_in_each_case_and_split_with_five_nights_per_side(self):
        fewest, of, cases = self.numbers(r"5 nights against 5 later ones, 30.0 % slower: found in (\d+) of (\d+) comparisons or more; "
                                         r"(\d+) of 20")
        self.assertEqual(of, 10)
        self.assertEqual(fewest, 10)
        self.assertEqual(cases, 20)


if __name__ == "__main__":
    if sys.argv[3:4] == ["--keep"]:
        pathlib.Path(sys.argv[4]).mkdir(parents=True, exist_ok=True)
        write(sys.argv[4])
    else:
        unittest.main(argv=sys.argv[:1])
