#!/usr/bin/env bash
# ci/lib-stage.sh: each stage has its own time limit. After each stage the archive holds all results so far, also if the script
# is terminated.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

cp -R "$root/ci" "$work/ci"
cat >"$work/ci/stages.sh" <<'SCRIPT'
#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/lib.sh"
source "$root/ci/lib-stage.sh"
open_stages "$1" "$root/.warpgauge/raw" "$root/out"
stage slow 1 bash -c 'echo so far; sleep 100'
stage last 50 bash -c "tar -tzf '$root/out/results.tar.gz'; $2"
stage never 50 true
exit "$failed"
SCRIPT
chmod +x "$work/ci/stages.sh"
summary() { grep -qE "$1" "$work/out/summary.txt" || fail "no '$1' in: $(cat "$work/out/summary.txt")"; }
in_archive() { tar -xzOf "$work/out/results.tar.gz" "raw/$1" | grep -qE "$2" || fail "the archive's $1 has no '$2'"; }

expect 1 "" "$work/ci/stages.sh" 60 'echo all is well'
summary '^slow +failed +[12]s  stopped after [12] s: so far'
summary '^last +ok +[0-9]+s  all is well'
in_archive last.log '^raw/slow.log$'
in_archive summary.txt '^never +ok'
[[ $(ls -A "$work/out") == $'results.tar.gz\nsummary.txt' ]] || fail "left in the folder: $(ls -A "$work/out")"

# The time of all stages limits each of them.
expect 1 "" "$work/ci/stages.sh" 4 'sleep 50'
summary '^last +failed +[234]s  stopped after [234] s'
summary '^never +failed +0s  no time left'

# If a file grows while it is packed (exit code 1 of tar), the archive is kept. If tar fails, the stages go on, and the last
# archive stays.
mkdir "$work/tools"
cat >"$work/tools/tar" <<STAND_IN
#!/usr/bin/env bash
[[ \$TAR_EXIT -eq 2 ]] || $(command -v tar) "\$@"
[[ \$* != *-czf* ]] || exit "\$TAR_EXIT"
STAND_IN
chmod +x "$work/tools/tar"
rm "$work/out/results.tar.gz"
expect 1 "" env "PATH=$work/tools:$PATH" TAR_EXIT=1 "$work/ci/stages.sh" 60 true
in_archive summary.txt '^never +ok'
expect 1 "results.tar.gz could not be refreshed" env "PATH=$work/tools:$PATH" TAR_EXIT=2 "$work/ci/stages.sh" 60 true
summary '^never +ok'
in_archive summary.txt '^never +ok'

# A note is the line with what was found or checked, not the last line of a test program.
found='echo "cuda/mine is wrong"; echo "  smallest: fuzz --replay x"; echo "[  FAILED  ] 1 test"; echo; echo " 1 FAILED TEST"; exit 1'
expect 1 "" "$work/ci/stages.sh" 60 "$found"
summary '^last +failed +[0-9]+s  exit code 1: smallest: fuzz --replay x$'
expect 1 "" "$work/ci/stages.sh" 60 'echo "cpu/mine: 5 cases, 9 rows compared, largest error 0.5 of its bound"; echo "[  PASSED  ] 1 test."'
summary '^last +ok +[0-9]+s  cpu/mine: 5 cases, 9 rows compared, largest error 0.5 of its bound$'
expect 1 "" "$work/ci/stages.sh" 60 'echo "a.cu(3): error: no such thing"; echo "ninja: build stopped"; exit 1'
summary '^last +failed +[0-9]+s  exit code 1: a.cu\(3\): error: no such thing$'

# Terminated; 124 is the exit code of timeout.
expect 124 "" timeout 4 "$work/ci/stages.sh" 60 'echo half of it; exec sleep 50'
summary '^last +failed +[0-9]+s  terminated from outside: half of it'
in_archive last.log '^half of it'
in_archive summary.txt '^slow +failed'
finish
