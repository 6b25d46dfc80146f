#!/usr/bin/env bash
# ci/attest.sh [FLAGS] DIR [PROGRAM...] - signs what a measurement left in DIR: hashes of all files and of the programs, commit,
# hardware, state and rule, as an in-toto statement. Writes DIR/attestation.json and DIR/attestation.json.sig.
#
#   DIR           a folder with results
#   PROGRAM       programs that made them, for example build/release/bin/bench
#   --key FILE    the ssh key that signs: a private key, or a public one whose private key an agent holds
#   --commit NAME the commit that was measured (HEAD of this tree; with `-changed` if files of it have changed)
#   --help
#
# ci/verify.sh checks it. Exit: 0; 1 not signed; 2 usage; 3 a file cannot be read; 5 a file cannot be written.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

key='' commit='' folder='' programs=()
parse_arguments "$@" <<'TABLE'
--key     key       text required
--commit  commit    text
DIR       folder    folder required
PROGRAM   programs  rest
TABLE
[[ -f $key ]] || usage_error "--key: '$key' is no file"
have ssh-keygen || die "ssh-keygen is not installed; install openssh-client"
if [[ -z $commit ]]; then
  commit=$(git -C "$root" rev-parse HEAD) || die "this tree has no commit; give --commit"
  [[ -z $(git -C "$root" --no-optional-locks status --porcelain --untracked-files=no) ]] || commit+=-changed
fi

"$root/ci/attestation.py" write "$folder" "$commit" "${programs[@]}"
rm -f "$folder/attestation.json.sig"
ssh-keygen -Y sign -n warpgauge -f "$key" "$folder/attestation.json" </dev/null 2>/dev/null ||
  die "'$key' did not sign; is it an ssh key without a passphrase, or in an agent?"
say "signed $folder/attestation.json with $key"
