#!/usr/bin/env bash
# ci/runner.sh - the machine with the GPU: wakes it when it is needed, lets it sleep, runs one job on it and no more.
#
#   wake               run $RUNNER_WAKE, then try $RUNNER_READY until it succeeds; without $RUNNER_WAKE it is awake already
#   sleep              run $RUNNER_SLEEP when nobody has measured for --idle minutes and $RUNNER_BUSY fails; else do nothing
#   one-job            on the machine itself: one ephemeral job as this user, in a workspace that is wiped before and after
#   check              on the machine itself: is it hardened? Lists what is not
#   --limit SECONDS    how long `wake` waits (300)
#   --every SECONDS    how often it tries (5)
#   --idle MINUTES     how long nobody must have used the machine before it sleeps (15)
#   --workspace DIR    of `one-job` and `check` ($RUNNER_WORKSPACE_DIR)
#   --help
#
# The commands are one line of shell each, and know the provider; nothing here does. ci/runner.md tells how to set it up.
# `one-job` runs $RUNNER_JOB, which fetches a registration token and starts the runner with --ephemeral.
# Exit: 0; 1 a command failed, the machine did not wake in time, or is not hardened; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

action='' limit=300 every=5 idle=15 workspace=${RUNNER_WORKSPACE_DIR:-}
while [[ $# -gt 0 ]]; do
  case $1 in
    wake | sleep | one-job | check) action=$1 ;;
    --limit) limit=$(value_of "$@"); shift ;;
    --every) every=$(value_of "$@"); shift ;;
    --idle) idle=$(value_of "$@"); shift ;;
    --workspace) workspace=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ $limit =~ ^[0-9]+$ && $every =~ ^[0-9]+$ && $idle =~ ^[0-9]+$ ]] || die "--limit, --every and --idle take whole numbers"
readonly lock=${WARPGAUGE_MACHINE_LOCK:-/run/lock/warpgauge.lock}

wake() {
  if [[ -z ${RUNNER_WAKE:-} ]]; then
    say "no RUNNER_WAKE: taken to be awake"
    return
  fi
  local deadline=$((SECONDS + limit))
  timeout "$limit" bash -c "$RUNNER_WAKE" || exit_code=1 die "the command to wake it failed (exit $?)"
  until timeout 30 bash -c "${RUNNER_READY:-true}" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || exit_code=1 die "it is not ready $limit seconds after it was woken"
    sleep "$every"
  done
  say "awake after $((SECONDS - deadline + limit)) s"
}

# let_sleep: the lock's file is as old as the last measurement (take_machine). The first call after boot makes it, and the
# first one after a sleep makes it new: the machine was woken for a job that is still on its way.
let_sleep() {
  [[ -n ${RUNNER_SLEEP:-} ]] || die "sleep needs RUNNER_SLEEP; see ci/runner.md"
  if [[ ! -e $lock || -e $lock.asleep ]]; then
    rm -f "$lock.asleep"
    (umask 0 && touch "$lock") # for the user who measures, too
  fi
  if [[ $(($(date +%s) - $(stat -c %Y "$lock"))) -lt $((idle * 60)) ]]; then
    say "used in the last $idle minutes: stays awake"
  elif bash -c "${RUNNER_BUSY:-false}" >/dev/null 2>&1; then
    say "a job is running: stays awake"
  else
    : >"$lock.asleep"
    flock --nonblock "$lock" timeout "$limit" bash -c "$RUNNER_SLEEP" || {
      rm -f "$lock.asleep"
      exit_code=1 die "a measurement is running, or the command to let it sleep failed"
    }
  fi
}

# wipe: everything below the workspace, links not followed, hidden names too.
wipe() { find "$workspace" -mindepth 1 -delete; }

one_job() {
  [[ -n ${RUNNER_JOB:-} ]] || die "one-job needs RUNNER_JOB; see ci/runner.md"
  [[ -d $workspace && ! -L $workspace && -O $workspace ]] || die "--workspace is '$workspace'; it takes a folder of this user's own"
  [[ $(realpath "$workspace") != "$(realpath ~)" && $(realpath "$workspace") != / ]] || die "the workspace is wiped; it is not to be '$workspace'"
  [[ $EUID -ne 0 ]] || exit_code=1 die "a job never runs as root"
  wipe
  local code=0
  (cd "$workspace" && bash -c "$RUNNER_JOB") || code=$?
  wipe
  [[ $code -eq 0 ]] || exit_code=1 die "the job's runner ended with $code"
}

# unhardened: what is wrong with this machine as a runner, one line each.
unhardened() {
  [[ $EUID -ne 0 ]] || echo "this user is root"
  ! sudo -n true 2>/dev/null || echo "this user may use sudo without a password"
  local group
  for group in docker lxd sudo wheel disk; do
    ! id -nG | grep -qw "$group" || echo "this user is in the group $group, which is as good as root"
  done
  [[ ! -e ~/.ssh && ! -e ~/.aws && ! -e ~/.config/gh && ! -e ~/.netrc && ! -e ~/.docker/config.json ]] ||
    echo "this user's home holds credentials"
  [[ -n $workspace && -d $workspace && -z $(find "$workspace" -mindepth 1 -print -quit) ]] || echo "the workspace is not an empty folder"
  (: >>"$lock") 2>/dev/null || echo "the machine's lock $lock cannot be opened"
  have nvidia-smi || echo "nvidia-smi is not here: is there a GPU?"
}

check() {
  local found
  found=$(unhardened)
  [[ -z $found ]] || { printf '%s\n' "$found" && exit_code=1 die "not hardened; see ci/runner.md"; }
  say "hardened"
}

case $action in
  wake) wake ;;
  sleep) let_sleep ;;
  one-job) one_job ;;
  check) check ;;
  *) die "what? wake, sleep, one-job or check; see $self --help" ;;
esac
