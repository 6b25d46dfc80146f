#!/usr/bin/env bash
# ci/fresh-machine.sh [COMMAND...] - runs the first commands of the README on a new Debian 12 that has only git and apt.
#
#   COMMAND        what to run (default: the commands of the README's first block)
#   --user         run them as an ordinary user with sudo, not as root
#   --keep DIR     make the system in DIR and keep it; by default, it is in a temporary folder and is deleted
#   --help
#
# The system is a chroot with a clone of the commit that is checked out here. Needs root, a package registry and debootstrap,
# which is installed if it is missing. Uses the name servers of this machine. If this machine is a Debian 12, also uses its
# package sources.
# Exit: 0 all commands succeeded; that of the first command that failed; 1 the system could not be made; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

user=root keep='' commands=()
parse_arguments "$@" <<'TABLE'
--user   user      yes
--keep   keep      output
COMMAND  commands  rest
TABLE
[[ $user != yes ]] || user=developer
if [[ ${#commands[@]} -eq 0 ]]; then
  mapfile -t commands < <(sed -n '/^<!-- tested: help -->$/,/^```$/{/^\.\//{s/ *\(#.*\)\{0,1\}$//;p}}' "$root/README.md")
  [[ ${#commands[@]} -gt 0 ]] || usage_error "README.md has no command under 'tested: help'; name a COMMAND"
fi
[[ $EUID -eq 0 ]] || usage_error "this script needs root; run it with sudo"

# Only this process sees the mounts below, and they disappear with it. So the deletion at the end cannot reach the host.
if [[ -z ${WARPGAUGE_OWN_MOUNTS:-} ]]; then
  WARPGAUGE_OWN_MOUNTS=yes exec unshare --mount --propagation private -- "$root/$script" "${command_line[@]}"
fi

if ! have debootstrap; then
  say "installing debootstrap with apt-get"
  apt-get -qq update || true
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install debootstrap >/dev/null ||
    die "apt-get could not install debootstrap"
fi

machine=${keep:-$(mktemp -d)}
mkdir -p "$machine"
chmod 755 "$machine"
clean_up() {
  umount --lazy "$machine/proc" "$machine/dev/ptmx" "$machine/dev/pts" 2>/dev/null || true
  [[ -n $keep ]] || rm -rf --one-file-system "$machine"
}
trap clean_up EXIT

say "making a Debian 12 in $machine"
debootstrap --variant=minbase --include=ca-certificates,git,sudo bookworm "$machine" >"$machine.log" 2>&1 || {
  tail -n 5 "$machine.log" >&2
  die "debootstrap failed; see $machine.log"
}
rm -f "$machine.log"
mount -t devpts devpts "$machine/dev/pts" -o newinstance,ptmxmode=0666,mode=620
mount --bind "$machine/dev/pts/ptmx" "$machine/dev/ptmx"
mount -t proc proc "$machine/proc" # debootstrap has made the device nodes, so the host's /dev is not needed
cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
if grep -qx 'VERSION_CODENAME=bookworm' /etc/os-release; then
  rm -f "$machine/etc/apt/sources.list"
  [[ ! -e /etc/apt/sources.list ]] || cp /etc/apt/sources.list "$machine/etc/apt/"
  cp -R /etc/apt/sources.list.d /etc/apt/apt.conf.d "$machine/etc/apt/"
fi

home=$(chroot "$machine" sh -c "[ $user = root ] || useradd --create-home --shell /bin/bash $user; eval echo ~$user")
[[ $user == root ]] || echo "$user ALL=(ALL) NOPASSWD: ALL" >"$machine/etc/sudoers.d/$user"
git -c safe.directory="$root" clone --quiet --no-hardlinks "$root" "$machine$home/warpgauge"
chroot "$machine" chown -R "$user:" "$home/warpgauge"

for command in "${commands[@]}"; do
  say "running $command as $user"
  read -ra words <<<"$command"
  chroot "$machine" sudo -u "$user" -H env -C "$home/warpgauge" "${words[@]}"
done
say "all commands succeeded"
