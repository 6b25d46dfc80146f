#!/usr/bin/env bash
# ci/runner.sh ACTION - manages the machine with the GPU: wakes it, puts it to sleep, runs one job on it, checks its settings.
#
#   ACTION             one of these:
#     wake             run $RUNNER_WAKE, then $RUNNER_READY until it succeeds; without $RUNNER_WAKE, do nothing
#     sleep            run $RUNNER_SLEEP if nothing was measured for --idle minutes and $RUNNER_BUSY fails
#     one-job          on the machine itself: run one ephemeral job as this user; wipe the workspace before and after
#     check            on the machine itself: list what is not hardened
#   --limit SECONDS    how long `wake` waits for $RUNNER_READY, in seconds (300)
#   --every SECONDS    how often it tries, in seconds (5)
#   --idle MINUTES     how long the machine must have been unused before `sleep` acts, in minutes (15)
#   --workspace DIR    the workspace of `one-job` and `check` ($RUNNER_WORKSPACE_DIR)
#   --help
#
# The variables $RUNNER_... hold one line of shell each. They depend on the provider of the machine; ci/runner.md has examples.
# `one-job` runs $RUNNER_JOB, which must start the runner with --ephemeral.
# Exit: 0; 1 a command failed, the machine did not wake in time, or is not hardened; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

action='' limit=300 every=5 idle=15 workspace=${RUNNER_WORKSPACE_DIR:-}
parse_arguments "$@" <<'TABLE'
ACTION       action     one-of wake sleep one-job check required
--limit      limit      number 0
--every      every      number 0
--idle       idle       number 0
--workspace  workspace  text
TABLE
readonly lock=${WARPGAUGE_MACHINE_LOCK:-/run/lock/warpgauge.lock}

wake() {
  if [[ -z ${RUNNER_WAKE:-} ]]; then
    say "RUNNER_WAKE is not set; the machine is assumed to be awake"
    return
  fi
  local deadline=$((SECONDS + limit))
  timeout "$limit" bash -c "$RUNNER_WAKE" || die "RUNNER_WAKE failed with exit code $?"
  until timeout 30 bash -c "${RUNNER_READY:-true}" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || die "the machine is not ready $limit s after RUNNER_WAKE"
    sleep "$every"
  done
  say "awake after $((SECONDS - deadline + limit)) s"
}

# no_link FILE: the folder of the lock may be writable by anybody, and this script may run as root. A link there would lead it to
# a file of root.
no_link() { [[ ! -L $1 && (! -e $1 || -f $1) ]] || die "$1 is a link, or no file; remove it"; }

# create FILE: an empty file. Fails if anything is there, a link included.
create() { (set -o noclobber && : >"$1") 2>/dev/null || die "$1 cannot be created, or was created by somebody else"; }

# let_sleep: the file of the lock is as old as the last measurement (take_machine). The first call after boot creates it. The
# first call after a sleep renews it, because the machine was woken for a job that has not started yet.
let_sleep() {
  [[ -n ${RUNNER_SLEEP:-} ]] || usage_error "sleep needs RUNNER_SLEEP; see ci/runner.md"
  no_link "$lock"
  no_link "$lock.asleep"
  [[ -e $lock ]] || (umask 0 && create "$lock") # the user who measures must be able to open it
  if [[ -e $lock.asleep ]]; then
    rm -f "$lock.asleep"
    touch --no-dereference "$lock"
  fi
  if [[ $(($(date +%s) - $(stat -c %Y "$lock"))) -lt $((idle * 60)) ]]; then
    say "the machine stays awake: it was used in the last $idle minutes"
  elif bash -c "${RUNNER_BUSY:-false}" >/dev/null 2>&1; then
    say "the machine stays awake: a job is running"
  else
    create "$lock.asleep"
    flock --nonblock "$lock" timeout "$limit" bash -c "$RUNNER_SLEEP" || {
      rm -f "$lock.asleep"
      die "a measurement is running, or RUNNER_SLEEP failed"
    }
  fi
}

# wipe: deletes everything in the workspace, including hidden files. Does not follow links.
wipe() { find "$workspace" -mindepth 1 -delete; }

one_job() {
  [[ -n ${RUNNER_JOB:-} ]] || usage_error "one-job needs RUNNER_JOB; see ci/runner.md"
  [[ -d $workspace && ! -L $workspace && -O $workspace ]] || usage_error "--workspace: expected a folder that this user owns, found '$workspace'"
  [[ $(realpath "$workspace") != "$(realpath ~)" && $(realpath "$workspace") != / ]] || usage_error "--workspace: '$workspace' must not be wiped"
  [[ $EUID -ne 0 ]] || die "this user is root; a job must not run as root"
  wipe
  local code=0
  (cd "$workspace" && bash -c "$RUNNER_JOB") || code=$?
  wipe
  [[ $code -eq 0 ]] || die "RUNNER_JOB ended with exit code $code"
}

# unhardened: prints what is wrong with this machine as a runner, one line each.
unhardened() {
  [[ $EUID -ne 0 ]] || echo "this user is root"
  ! sudo -n true 2>/dev/null || echo "this user may use sudo without a password"
  local group
  for group in docker lxd sudo wheel disk; do
    ! id -nG | grep -qw "$group" || echo "this user is in the group $group, which can become root"
  done
  [[ ! -e ~/.ssh && ! -e ~/.aws && ! -e ~/.config/gh && ! -e ~/.netrc && ! -e ~/.docker/config.json ]] ||
    echo "the home of this user holds credentials"
  [[ -n $workspace && -d $workspace && -z $(find "$workspace" -mindepth 1 -print -quit) ]] || echo "the workspace is not an empty folder"
  (: >>"$lock") 2>/dev/null || echo "the lock $lock cannot be opened"
  have nvidia-smi || echo "nvidia-smi is not installed: is there a GPU?"
}

check() {
  local found
  found=$(unhardened)
  [[ -z $found ]] || { printf '%s\n' "$found" && die "the machine is not hardened, see above and ci/runner.md"; }
  say "the machine is hardened"
}

case $action in
  wake) wake ;;
  sleep) let_sleep ;;
  one-job) one_job ;;
  check) check ;;
esac
