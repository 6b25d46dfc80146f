# shellcheck shell=bash
# Programs that were built elsewhere, and the machine that they are to have for themselves. Sourced, after lib.sh.

# unpack DIR: DIR/programs.tar, as ci/build-programs.sh packs it, becomes programs in DIR; no other member is looked at.
unpack() {
  local program
  if [[ -f $1/programs.tar ]]; then
    tar -C "$1" --no-same-owner --no-same-permissions -xf "$1/programs.tar" bench fuzz compare
  fi
  for program in bench compare; do
    [[ -f $1/$program && -x $1/$program ]] || die "$1 holds no program '$program'; ci/build-programs.sh packs them"
    if have ldd && ldd "$1/$program" 2>/dev/null | grep -F 'not found' >&2; then
      exit_code=1 die "this machine lacks libraries of $program (above); its image is made with ci/setup.sh, on the \
distribution that built the programs"
    fi
  done
}

# take_machine SECONDS: nothing else measures here until this script ends. The lock is the machine's, not a checkout's. A
# script that is called by one which holds it, holds it too.
take_machine() {
  [[ -z ${WARPGAUGE_MACHINE_TAKEN:-} ]] || return 0
  local lock=${WARPGAUGE_MACHINE_LOCK:-/run/lock/warpgauge.lock}
  exec 9>>"$lock" || exit_code=1 die "cannot open $lock"
  flock --wait "$1" 9 || exit_code=1 die "another measurement has held $lock for $1 seconds"
  export WARPGAUGE_MACHINE_TAKEN=1
  touch "$lock" # runner.sh sleep looks at its age
}
