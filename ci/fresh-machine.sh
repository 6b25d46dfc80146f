#!/usr/bin/env bash
# ci/fresh-machine.sh [COMMAND...] - the README's first screen on a machine that has git and apt, and nothing else: a new
# Debian 12 in a folder, with a clone of the commit that is checked out here. Without COMMAND: the README's own.
#
#   --user         as an ordinary user who may use sudo, not as root
#   --keep DIR     leave the machine in DIR
#   --help
#
# Needs root, a registry and debootstrap, which is installed where it is missing. Takes this machine's package sources
# and name servers along where it is a Debian 12 itself. Exit: that of the first command that failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

arguments=("$@")
user=root keep=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --user) user=developer ;;
    --keep) keep=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    -*) die "unknown argument '$1'; see $self --help" ;;
    *) break ;;
  esac
  shift
done
commands=("$@")
if [[ $# -eq 0 ]]; then
  mapfile -t commands < <(sed -n '/^<!-- tested: help -->$/,/^```$/{/^\.\//{s/ *\(#.*\)\{0,1\}$//;p}}' "$root/README.md")
  [[ ${#commands[@]} -gt 0 ]] || die "README.md has no command under 'tested: help'; there would be nothing to try"
fi
[[ $EUID -eq 0 ]] || die "a machine in a folder takes root; call it with sudo"

# What is mounted below is seen by this process alone, and is gone with it: nothing can be left behind, and the deletion
# at the end meets nothing of the host's.
if [[ -z ${WARPGAUGE_OWN_MOUNTS:-} ]]; then
  WARPGAUGE_OWN_MOUNTS=yes exec unshare --mount --propagation private -- "$root/ci/$self" "${arguments[@]}"
fi

if ! have debootstrap; then
  say "installing debootstrap with apt-get"
  apt-get -qq update || true
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install debootstrap >/dev/null ||
    exit_code=1 die "apt-get could not install debootstrap"
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
  exit_code=1 die "debootstrap failed; see $machine.log"
}
rm -f "$machine.log"
mount -t devpts devpts "$machine/dev/pts" -o newinstance,ptmxmode=0666,mode=620
mount --bind "$machine/dev/pts/ptmx" "$machine/dev/ptmx"
mount -t proc proc "$machine/proc" # debootstrap has made the device nodes; the host's /dev is no business of ours
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
  say "$command, as $user"
  read -ra words <<<"$command"
  chroot "$machine" sudo -u "$user" -H env -C "$home/warpgauge" "${words[@]}"
done
say "all of it worked"
