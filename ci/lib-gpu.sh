# shellcheck shell=bash
# For scripts that run programs built elsewhere, on a machine that only one of them may use at a time. Sourced, after lib.sh.

# unpack DIR: extracts the programs from DIR/programs.tar of ci/build-programs.sh into DIR. Other members are ignored.
unpack() {
  local program
  if [[ -f $1/programs.tar ]]; then
    tar -C "$1" --no-same-owner --no-same-permissions -xf "$1/programs.tar" bench fuzz compare
  fi
  for program in bench compare; do
    [[ -f $1/$program && -x $1/$program ]] || usage_error "there is no program $1/$program; ci/build-programs.sh packs it"
    if have ldd && ldd "$1/$program" 2>/dev/null | grep -F 'not found' >&2; then
      die "this machine lacks libraries of $program (above); run ci/setup.sh, on the distribution that built the programs"
    fi
  done
}

# take_machine SECONDS: waits for the lock of the machine and holds it until this script ends. The lock belongs to the
# machine, not to a checkout. A script that is called by a holder does not take it again.
take_machine() {
  [[ -z ${WARPGAUGE_MACHINE_TAKEN:-} ]] || return 0
  local lock=${WARPGAUGE_MACHINE_LOCK:-/run/lock/warpgauge.lock}
  exec 9>>"$lock" || die "cannot open the lock $lock"
  flock --wait "$1" 9 || die "another measurement has held $lock for $1 s"
  export WARPGAUGE_MACHINE_TAKEN=1
  touch "$lock" # runner.sh sleep looks at its age
}
