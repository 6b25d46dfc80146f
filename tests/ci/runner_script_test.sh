#!/usr/bin/env bash
# ci/runner.sh with stand-ins for the machine: waking with a time limit, sleeping only when the machine is unused, and wiping
# the workspace of a job before and after it.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

export WARPGAUGE_MACHINE_LOCK=$work/lock
runner=$root/ci/runner.sh

# The machine answers two attempts after it was woken.
attempts=$work/attempts
wake="echo 0 >$attempts"
ready="n=\$((\$(cat $attempts) + 1)); echo \$n >$attempts; test \$n -gt 2"
expect 0 "awake after" env RUNNER_WAKE="$wake" RUNNER_READY="$ready" "$runner" wake --every 0
[[ $(cat "$attempts") -eq 3 ]] || fail "asked $(cat "$attempts") times, not 3"
expect 1 "the machine is not ready 1 s after RUNNER_WAKE" env RUNNER_WAKE=true RUNNER_READY=false "$runner" wake --every 1 --limit 1
expect 1 "RUNNER_WAKE failed with exit code 7" env RUNNER_WAKE="exit 7" "$runner" wake
expect 1 "RUNNER_WAKE failed with exit code 124" env RUNNER_WAKE="sleep 9" "$runner" wake --limit 1
expect 0 "the machine is assumed to be awake" env -u RUNNER_WAKE "$runner" wake

export RUNNER_SLEEP="touch $work/asleep"
expect 0 "used in the last 15 minutes" "$runner" sleep # the first call counts as a use
touch -d '-20 minutes' "$WARPGAUGE_MACHINE_LOCK"
expect 0 "a job is running" env RUNNER_BUSY=true "$runner" sleep
expect 0 "used in the last 30 minutes" "$runner" sleep --idle 30
(
  exec 9>>"$WARPGAUGE_MACHINE_LOCK"
  flock 9
  expect 1 "a measurement is running" "$runner" sleep
  finish >/dev/null
) || fail "it slept during a measurement"
[[ ! -e $work/asleep ]] || fail "it slept while it was used"
touch -d '-20 minutes' "$WARPGAUGE_MACHINE_LOCK"
expect 0 "" "$runner" sleep
[[ -e $work/asleep ]] || fail "it did not sleep"
touch -d '-20 minutes' "$WARPGAUGE_MACHINE_LOCK"
expect 0 "used in the last 15 minutes" "$runner" sleep # it was woken for a job that has not started yet
touch -d '-20 minutes' "$WARPGAUGE_MACHINE_LOCK"
rm "$work/asleep"
expect 0 "" "$runner" sleep
[[ -e $work/asleep ]] || fail "it did not sleep a second time"
expect 1 "failed" env RUNNER_SLEEP="exit 3" "$runner" sleep --idle 0
expect 2 "needs RUNNER_SLEEP" env -u RUNNER_SLEEP "$runner" sleep

# Somebody put links in the place of the files: what they point to stays as it was.
echo precious >"$work/thesis"
for link in "$WARPGAUGE_MACHINE_LOCK" "$WARPGAUGE_MACHINE_LOCK.asleep"; do
  mv "$WARPGAUGE_MACHINE_LOCK" "$work/lock.kept"
  rm -f "$WARPGAUGE_MACHINE_LOCK.asleep"
  ln -s "$work/thesis" "$link"
  expect 1 "$link is a link" "$runner" sleep --idle 0
  rm "$link"
  mv "$work/lock.kept" "$WARPGAUGE_MACHINE_LOCK"
done
[[ $(cat "$work/thesis") == precious ]] || fail "a link was followed"

# A measurement counts as a use.
cat >"$work/measure.sh" <<'SCRIPT'
source "$1/ci/lib.sh"
source "$1/ci/lib-gpu.sh"
take_machine 1
SCRIPT
touch -d '-20 minutes' "$WARPGAUGE_MACHINE_LOCK"
bash "$work/measure.sh" "$root"
expect 0 "used in the last" "$runner" sleep
(
  exec 9>>"$WARPGAUGE_MACHINE_LOCK"
  flock 9
  expect 1 "another measurement has held" bash "$work/measure.sh" "$root"
  finish >/dev/null
) || fail "two measurements ran at once"

# One job. Root is refused; as root, this part runs as another user if possible.
workspace=$work/workspace
mkdir -p "$workspace/.left"
echo secret >"$workspace/.left/over"
job="test -z \"\$(ls -A)\" && mkdir -p .a/b && touch .a/b/c && ln -s $root link"
as_user=()
if [[ $EUID -eq 0 ]]; then
  expect 1 "a job must not run as root" env RUNNER_JOB="$job" "$runner" one-job --workspace "$workspace"
  if setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$runner" 2>/dev/null; then
    chown -R 65534:65534 "$work"
    as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$work")
  fi
fi
if [[ $EUID -ne 0 || ${#as_user[@]} -gt 0 ]]; then
  expect 0 "" "${as_user[@]}" env RUNNER_JOB="$job" "$runner" one-job --workspace "$workspace"
  [[ -z $(ls -A "$workspace") ]] || fail "the job left $(ls -A "$workspace")"
  [[ -e $runner ]] || fail "a link was followed"
  expect 1 "RUNNER_JOB ended with exit code 5" "${as_user[@]}" env RUNNER_JOB="touch x; exit 5" "$runner" one-job --workspace "$workspace"
  [[ -z $(ls -A "$workspace") ]] || fail "a failed job left $(ls -A "$workspace")"
  expect 2 "expected a folder that this user owns, found '/usr'" "${as_user[@]}" env RUNNER_JOB=true "$runner" one-job --workspace /usr
  expect 2 "must not be wiped" "${as_user[@]}" env HOME="$workspace" RUNNER_JOB=true "$runner" one-job --workspace "$workspace"
fi
expect 2 "one-job needs RUNNER_JOB" "$runner" one-job --workspace "$workspace"
expect 1 "the workspace is not an empty folder" "$runner" check --workspace "$work/none"
expect 2 "ACTION is missing" "$runner"
finish
