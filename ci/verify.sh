#!/usr/bin/env bash
# ci/verify.sh [FLAGS] DIR [PROGRAM...] - checks what ci/attest.sh signed: the key is known, and the files of DIR and the programs
# are those of the statement. Prints each that has changed, is missing or was added.
#
#   DIR             the folder
#   PROGRAM         programs to compare, for example build/release/bin/bench; others of the statement are named, not compared
#   --signers FILE  the keys that may sign, one line each: NAME namespaces="warpgauge" ssh-ed25519 AAAA...
#                   (ALLOWED SIGNERS in `man ssh-keygen`)
#   --help
#
# Exit: 0 as signed; 1 a difference, or the signature is missing, wrong or by another key; 2 usage; 3 a file cannot be read.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

signers='' folder='' programs=()
parse_arguments "$@" <<'TABLE'
--signers  signers   text required
DIR        folder    folder required
PROGRAM    programs  rest
TABLE
[[ -f $signers ]] || usage_error "--signers: '$signers' is no file"
have ssh-keygen || die "ssh-keygen is not installed; install openssh-client"
statement=$folder/attestation.json signature=$folder/attestation.json.sig
[[ -f $statement ]] || die "$folder has no attestation.json; ci/attest.sh writes it"
[[ -f $signature ]] || die "$folder has no attestation.json.sig; ci/attest.sh writes it"

signer=$(ssh-keygen -Y find-principals -s "$signature" -f "$signers" 2>/dev/null | head -n 1) || true
[[ -n $signer ]] || die "the statement is signed with a key that is not in $signers"
ssh-keygen -Y verify -n warpgauge -f "$signers" -I "$signer" -s "$signature" <"$statement" >/dev/null 2>&1 ||
  die "the signature does not fit attestation.json: one of them has changed"
code=0
"$root/ci/attestation.py" check "$folder" "${programs[@]}" || code=$?
[[ $code -eq 0 ]] || die_with "$code" "$folder is not what $signer signed, see above"
say "$folder is what $signer signed"
say "that shows where the results come from, and that they have not changed since. It does not show that they are true"
