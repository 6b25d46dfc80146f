#!/usr/bin/env bash
# The Python files of ci/ are those of this list. Setup, build and stages are shell; decisions, and reading or writing
# comparisons, are in compare. A new Python file needs a reason that neither fits.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

allowed=$(
  sed 's/ .*//' <<'FILES' | sort
attestation.py      reads and writes in-toto statements (JSON)
comment.py          calls GitHub's API: finds a pull request, writes its comment
coverage_report.py  reads gcov's JSON and text
github_api.py       calls GitHub's API
notify.py           calls GitHub's API: opens and closes issues
profile_words.py    reads the CSV of Nsight Compute and perf
safe_text.py        what the others print: escapes it as base/escape.cc does
torch_peers.py      runs PyTorch
workflow_rules.py   reads workflows with PyYAML
FILES
)
found=$(find "$root/ci" -name '*.py' -printf '%P\n' | sort)
[[ $found == "$allowed" ]] || fail "ci/ has other Python files (>) than this test allows (<): $(diff <(echo "$allowed") <(echo "$found"))"

# Python inside a script counts too. gpu-gate.sh looks for a failed row after exit
# code 1 of bench, lib-cuda.sh and setup.sh look for modules.
inline=$(cd "$root/ci" && grep -lE 'python3?"? -c' ./*.sh | sed 's#./##' | paste -sd ' ')
[[ $inline == 'gpu-gate.sh lib-cuda.sh setup.sh' ]] || fail "scripts with Python inside: $inline"
finish
