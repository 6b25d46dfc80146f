#!/usr/bin/env bash
# attestation_test.sh ROOT - ci/verify.sh accepts what ci/attest.sh signed, and refuses every kind of tampering.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"
command -v ssh-keygen >/dev/null || { echo "skipped: ssh-keygen is not installed"; exit 77; }

results=$work/results program=$work/bench
mkdir -p "$results/raw"
cat >"$results/bench.json" <<'JSON'
{"context": {"warpgauge": {"schema": "warpgauge/context/1", "identity": {"cpu": "x"}, "state": {"governor": "performance"},
  "settings": {"seconds": 2}, "info": {"commit": "y"}}}, "benchmarks": []}
JSON
echo '{"schema": "warpgauge/comparison/1", "policy": {"fail_above": 0.02}}' >"$results/comparison.json"
echo 'no json' >"$results/raw/broken.json"
printf 'samples' >"$results/raw/a sample: 1.txt"
printf 'program' >"$program"
for name in known other; do ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$work/$name"; done
echo "bot@example.org namespaces=\"warpgauge\" $(cat "$work/known.pub")" >"$work/signers"
cp -r "$results" "$work/original"

attest=("$root/ci/attest.sh" --key "$work/known" --commit abc "$results" "$program")
verify=("$root/ci/verify.sh" --signers "$work/signers" "$results")
expect 0 "attested 5 files and programs" "${attest[@]}"
expect 0 "is what bot@example.org signed" "${verify[@]}" "$program"
expect 0 "not compared, because no --program names them: program:bench" "${verify[@]}"

# The statement holds what the results say, and is an in-toto statement.
python3 - "$results/attestation.json" <<'PYTHON' || fail "the statement is not as expected"
import json, sys
statement = json.load(open(sys.argv[1], encoding="utf-8"))
assert statement["_type"] == "https://in-toto.io/Statement/v1", statement
assert sorted(one["name"] for one in statement["subject"]) == [
    "bench.json", "comparison.json", "program:bench", "raw/a sample: 1.txt", "raw/broken.json"], statement
predicate = statement["predicate"]
assert predicate["commit"] == "abc", predicate
assert predicate["contexts"] == [{"identity": {"cpu": "x"}, "settings": {"seconds": 2}, "state": {"governor": "performance"}}], predicate
assert predicate["rules"] == [{"fail_above": 0.02}], predicate
PYTHON

# tamper CODE TEXT COMMAND...: after the command, verify.sh ends with the code and prints the text.
tamper() {
  rm -rf "$results"
  cp -r "$work/original" "$results"
  "${attest[@]}" >/dev/null
  "${@:3}"
  expect "$1" "$2" "${verify[@]}" "$program"
}
append() { printf ' ' >>"$1"; }
edit_statement() { sed -i 's/"abc"/"abd"/' "$results/attestation.json"; }
sign_again() { "$root/ci/attest.sh" --key "$work/other" --commit abc "$results" "$program" >/dev/null; }
swap_signature() {
  cp "$results/attestation.json.sig" "$work/old.sig"
  append "$results/bench.json"
  "${attest[@]}" >/dev/null
  cp "$work/old.sig" "$results/attestation.json.sig"
}
other_namespace() { rm "$results/attestation.json.sig" && ssh-keygen -q -Y sign -n git -f "$work/known" "$results/attestation.json" 2>/dev/null; }
no_statement() { echo '[]' >"$results/attestation.json" && rm "$results/attestation.json.sig" && ssh-keygen -q -Y sign -n warpgauge -f "$work/known" "$results/attestation.json" 2>/dev/null; }

tamper 0 "is what bot@example.org signed" true
tamper 1 "bench.json: changed" append "$results/bench.json"
tamper 1 "raw/a sample: 1.txt: missing" rm "$results/raw/a sample: 1.txt"
tamper 1 "raw/more: added, not attested" touch "$results/raw/more"
tamper 1 "program:bench: changed" append "$program"
tamper 1 "the signature does not fit attestation.json" edit_statement
tamper 1 "the signature does not fit attestation.json" swap_signature
tamper 1 "signed with a key that is not in" sign_again
tamper 1 "the signature does not fit attestation.json" other_namespace
tamper 1 "has no attestation.json.sig" rm "$results/attestation.json.sig"
tamper 1 "has no attestation.json;" rm "$results/attestation.json"
tamper 3 "raw/link: not a regular file" ln -s /etc/passwd "$results/raw/link"
tamper 3 "not a statement of attest.sh" no_statement
tamper 1 "raw/broken.json: missing" mv "$results/raw/broken.json" "$results/raw/renamed.json"

expect 2 "--key: '/no/key' is no file" "$root/ci/attest.sh" --key /no/key "$results"
expect 1 "did not sign" "$root/ci/attest.sh" --key "$work/signers" "$results"
finish
