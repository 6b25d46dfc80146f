#!/usr/bin/env bash
# ci/refresh.sh, ci/propose.sh and ci/nightly.sh with stand-ins for the bench, for `gh` and for the remote: which rounds the
# stored baseline takes, and that every failure has an exit code.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"
compare=$2

export WARPGAUGE_MACHINE_LOCK=$work/lock
bin=$work/bin baselines=$work/baselines
mkdir -p "$bin" "$work/tools"
cp "$compare" "$bin/compare"

# world FACTOR: all cases take FACTOR times as long.
world() {
  { cat "$root/tests/ci/stand_in_bench.py"
    printf '# WORLD: {"commit": "0123456789abcdef", "cases": {"a": %s, "b": %s, "c": %s}, %s "noise": 0.0005}' \
      "$((1000 * $1))" "$((2000 * $1))" "$((500 * $1))" "${2:-}"; } >"$bin/bench"
  chmod +x "$bin/bench"
}
# refresh DATE: one round, measured at this time.
refresh() {
  env STAND_IN_DATE="$1" "$root/ci/refresh.sh" --bin "$bin" --baseline "$baselines" --out "$work/round" --processes 3
}
rounds() { /usr/bin/python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["rounds"]))' "$baselines"/*/ci.json; }
last_round() { /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["rounds"][-1].get(sys.argv[2]))' "$baselines"/*/ci.json "$1"; }
states() { /usr/bin/python3 -c 'import json, sys; print(*[r["state"] for r in json.load(open(sys.argv[1]))["rounds"]])' "$baselines"/*/ci.json; }
expect_states() { [[ $(states) == "$1" ]] || fail "the rounds are $(states), not $1"; }
expect_rounds() { [[ $(rounds) -eq $1 ]] || fail "$(rounds) rounds are stored, not $1"; }

world 1
expect 0 "added one round to" refresh 2026-11-10T08:00:00+00:00
expect_rounds 1
cmp -s "$baselines"/*/ci.json "$work"/round/baselines/*/ci.json || fail "what is handed on is not what was stored"
if "$compare" bless --help | grep -q -- ' --skip-early'; then # less than an hour later
  expect 0 "ci.json is unchanged" refresh 2026-11-10T08:20:00+00:00
  [[ -z $(find "$work/round" -path '*baselines*' -name '*.json') ]] || fail "an early round is handed on"
fi
expect_rounds 1
expect 0 "added one round to" refresh 2026-11-11T08:00:00+00:00
expect_rounds 2
world 2
expect 1 "added one refused round to .*; it does not count" refresh 2026-11-12T08:00:00+00:00 # a doubling
expect_states "accepted accepted refused"
cmp -s "$baselines"/*/ci.json "$work"/round/baselines/*/ci.json || fail "a refused round is not handed on"
cp "$baselines"/*/ci.json "$work/three.json"
world 1 '"wrong": "b",'
expect 1 "a case was wrong" refresh 2026-11-13T08:00:00+00:00
expect_states "accepted accepted refused refused"
[[ $(last_round failed) == "['b']" ]] || fail "the round does not list the failed case"
cp "$baselines"/*/ci.json "$work/before.json"
world 1 '"crash": "b",'
expect 1 "process 1 of 3 crashed" refresh 2026-11-14T08:00:00+00:00
cmp -s "$baselines"/*/ci.json "$work/before.json" || fail "a crash changed the baseline"
sed -i 's/, "b": 2000//; s/"crash": "b", //' "$bin/bench" # a case is missing
expect 4 "the round is not accepted: exit code 4" refresh 2026-11-14T08:00:00+00:00
cmp -s "$baselines"/*/ci.json "$work/before.json" || fail "an undecided round changed the baseline"

# The pull request. gh is a stand-in that records its calls. What is pushed is merged when its checks have passed; the second
# call finds them pending.
cat >"$work/tools/gh" <<'STAND_IN'
#!/usr/bin/env bash
[[ $1 == auth ]] || printf '%s ' "$1 $2" >>"$STAND_IN/gh"
case "$1 $2" in
  "auth git-credential") [[ $3 != get ]] || printf 'username=bot\npassword=%s\n' "$GH_TOKEN" ;;
  "pr list") cat "$STAND_IN/open" 2>/dev/null || true ;;
  "pr create") echo 5 >"$STAND_IN/open" ;;
  "pr view") git -C "$STAND_IN/remote" rev-parse "$3" ;;
  "pr checks")
    [[ ! -e $STAND_IN/checks-fail ]] || { echo "lint fail" && exit 1; }
    [[ -e $STAND_IN/asked ]] || { touch "$STAND_IN/asked" && echo "no checks reported on the '$3' branch" && exit 1; }
    [[ -e $STAND_IN/pending ]] || { touch "$STAND_IN/pending" && exit 8; } ;;
  "pr merge")
    [[ "$*" == *" --match-head-commit $(git -C "$STAND_IN/remote" rev-parse "$3")" ]] || exit 1 ;;
esac
STAND_IN
chmod +x "$work/tools/gh"
git init --quiet --bare --initial-branch=main "$work/remote"
git clone --quiet "$work/remote" "$work/clone" 2>/dev/null
git=(git -C "$work/clone" -c user.name=test -c user.email=test@example.org)
"${git[@]}" switch --quiet --force-create main
cp "$root/.gitignore" "$work/clone/" # git must not ignore a baseline
folder=$(basename "$(dirname "$baselines"/*/ci.json)")
mkdir -p "$work/clone/baselines/$folder"
cp "$work/three.json" "$work/clone/baselines/$folder/ci.json"
"${git[@]}" add .gitignore baselines
"${git[@]}" commit --quiet --message first
"${git[@]}" push --quiet origin main
measured=$("${git[@]}" rev-parse HEAD)
# propose [ARGS]: in a clone at the commit that was measured, as a workflow checks it out.
propose() {
  "${git[@]}" checkout --quiet "$measured"
  : >"$work/gh"
  env "PATH=$work/tools:$PATH" "STAND_IN=$work" "$root/ci/propose.sh" --compare "$compare" --repository "$work/clone" --from "$work/proposal" --every 0 "$@"
}
expect_calls() { [[ $(cat "$work/gh") == "$1" ]] || fail "gh was called with $(cat "$work/gh")"; }

mkdir -p "$work/proposal"
expect 0 "handled 0 baselines" propose
expect_calls ""
cp -R "$baselines" "$work/proposal/"
expect 0 "1 baselines" propose
branch=$("${git[@]}" ls-remote --heads origin 'baseline/*' | sed 's#.*refs/heads/##')
[[ $branch == baseline/cpu-stand-in-2t-*-ci ]] || fail "pushed to '$branch'"
[[ $("${git[@]}" show --name-only --format= "origin/$branch") == baselines/*/ci.json ]] || fail "the commit holds something else"
[[ $("${git[@]}" log -1 --format=%s "origin/$branch") == "Baseline: add a refused round of "* ]] || fail "the commit does not name the state"
expect_calls "pr list pr create pr view pr checks pr view pr checks pr view pr checks pr merge "
expect 0 "1 baselines" propose # again: the open pull request is kept
expect_calls "pr list pr view pr checks pr merge "
touch "$work/checks-fail"
expect 1 "is not merged: a check failed" propose
expect_calls "pr list pr view pr checks "
rm "$work/checks-fail" "$work/pending"
expect 1 "is not merged: .* the checks did not finish within 0 minutes" propose --limit 0
# A remote that asks for credentials, as GitHub does, gets the token of the bot and nothing else.
timeout 60 /usr/bin/python3 - "$work" <<'PYTHON' &
import base64, http.server, pathlib, sys
work = pathlib.Path(sys.argv[1])
class Remote(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        shown = self.headers.get("Authorization")
        self.send_response(403 if shown else 401)
        self.send_header("WWW-Authenticate", 'Basic realm="remote"')
        self.end_headers()
        if shown:
            (work / "shown").write_text(base64.b64decode(shown.removeprefix("Basic ")).decode())
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Remote)
(work / "port").write_text(f"{server.server_address[1]}\n")
server.serve_forever()
PYTHON
remote=$!
until [[ -s $work/port ]]; do sleep 0.1; done
"${git[@]}" remote set-url --push origin "http://127.0.0.1:$(cat "$work/port")/remote"
export GH_TOKEN=token-of-the-bot GIT_TERMINAL_PROMPT=0 no_proxy=127.0.0.1
expect 1 "could not push" propose
[[ $(cat "$work/shown") == bot:token-of-the-bot ]] || fail "the remote was shown '$(cat "$work/shown")'"
kill "$remote"
"${git[@]}" remote set-url --push origin "$work/remote"
pushed=$("${git[@]}" rev-parse "origin/$branch")
git -C "$work/remote" update-ref -d "refs/heads/$branch"
printf '#!/bin/sh\nexit 1\n' >"$work/remote/hooks/pre-receive" && chmod +x "$work/remote/hooks/pre-receive"
expect 1 "could not push" propose # although a pull request is open
expect_calls ""
rm "$work/remote/hooks/pre-receive"
"${git[@]}" push --quiet origin "$pushed:refs/heads/main"
"${git[@]}" fetch --quiet
expect 0 "nothing to propose" propose
cp "$work"/proposal/baselines/*/ci.json "$work/round.json"
echo >>"$(echo "$work"/proposal/baselines/*/ci.json)"
expect 0 "changed on main after the round was measured" propose # otherwise it would undo that change
expect_calls ""
cp "$work/round.json" "$work"/proposal/baselines/*/ci.json

proposed=$work/proposal/baselines/$folder/ci.json
for text in '{"schema": "other"}' '{"schema":"warpgauge/baseline/1"}' '{"schema":"warpgauge/baseline/2"}' '[]' ''; do
  printf '%s' "$text" >"$proposed"
  expect 3 "is not a stored baseline" propose
  expect_calls ""
done
# One that is valid, and is not main's with one round more: two rounds at once, another value, another date.
"${git[@]}" push --quiet --force origin "$measured:refs/heads/main"
"${git[@]}" fetch --quiet --prune
changes=('s/"state":"accepted"/"state":"noise"/' 's/2026-11-11T/2026-11-10T09:30:00+00:00","boot":"x","date":"2026-11-11T/' 's/\[1[0-9.]*,/[7.5,/'
  's/2026-11-13T/9999-11-13T/' 's/"reason":"round of ci"/"reason":"forged"/')
for change in "${changes[@]}"; do
  sed "$change" "$work/round.json" >"$proposed"
  ! cmp -s "$work/round.json" "$proposed" || fail "the edit $change changes nothing"
  expect 3 "is not a stored baseline" propose
  expect_calls ""
done
cp "$work/three.json" "$proposed"
expect 0 "nothing to propose" propose
/usr/bin/python3 - "$work/round.json" >"$proposed" <<'PYTHON'
import json, sys
stored = json.load(open(sys.argv[1]))
again = dict(stored["rounds"][-1], date="2026-11-20T08:00:00+00:00", round="other", boot="other")
stored["rounds"].append(again)
for case in stored["cases"]:
    for values in case["values"].values():
        values.append(values[-1])
print(json.dumps(stored))
PYTHON
expect 3 "is not the baseline before with one round more" propose
expect_calls ""
rm -r "$work/proposal/baselines"
mkdir -p "$work/proposal/baselines/.hidden name"
cp "$baselines"/*/ci.json "$work/proposal/baselines/.hidden name/"
expect 0 "0 baselines" propose
mv "$work/proposal/baselines/.hidden name" "$work/proposal/baselines/a name"
expect 1 "is not the name of a stored baseline" propose
rm -r "$work/proposal/baselines"
mkdir -p "$work/proposal/baselines/name"
ln -s "$baselines"/*/ci.json "$work/proposal/baselines/name/ci.json"
expect 3 "is not a stored baseline: a link" propose

# nightly.sh: fuzz, then the large matrix even if fuzz fails. If nothing could be checked, that is a failure.
world 1
night=("$root/ci/nightly.sh" --bin "$bin" --minutes 1 --seed 7 --out "$work/night" --matrix none)
cat >"$bin/fuzz" <<STAND_IN
#!/bin/sh
[ "\$3" = --gtest_list_tests ] && exit \${FUZZ_LIST_EXIT:-0}
echo "\$@" >$work/fuzz
exit \$(cat $work/fuzz-exit)
STAND_IN
chmod +x "$bin/fuzz"
for code in 0 1 77; do
  echo "$code" >"$work/fuzz-exit"
  expect $((code == 0 ? 0 : 1)) "" "${night[@]}" --kernel '^cuda/'
done
grep -qxF -- "--kernel ^cuda/ --seed 7000000 --seeds 1000000 --seconds 60 --corners" "$work/fuzz" || fail "fuzz was called with $(cat "$work/fuzz")"

# A wrong argument of fuzz or bench leaves the results of the last night as they were.
touch "$work/night/last"
FUZZ_LIST_EXIT=2 expect 2 "^nightly.sh: error: fuzz does not accept these arguments" "${night[@]}" --kernel '['
expect 2 "^nightly.sh: error: bench does not accept these arguments" "${night[@]}" --matrix ci --filter none
[[ -e $work/night/last ]] || fail "a wrong argument deleted the results"
touch "$work/round/last"
expect 2 "^refresh.sh: error: bench does not accept these arguments" "$root/ci/refresh.sh" --bin "$bin" --out "$work/round" --filter none
[[ -e $work/round/last ]] || fail "a wrong argument deleted the results"

# The round of a night joins the baseline of its own matrix, and the next night is compared with it.
night() { env STAND_IN_DATE="$1" "$root/ci/nightly.sh" --bin "$bin" --minutes 1 --out "$work/night" --baseline "$baselines" --matrix seed; }
echo 1 >"$work/fuzz-exit"
expect 1 "added one round to .*seed.json" night 2026-11-20T02:17:00+00:00 # a failure of fuzz does not stop the measurement
echo 0 >"$work/fuzz-exit"
expect 0 "has 2 of at most" night 2026-11-21T02:17:00+00:00
cmp -s "$baselines"/*/seed.json "$work"/night/round/baselines/*/seed.json || fail "the night hands on another baseline"
world 2
expect 1 "the round of matrix seed ended with exit code 1" night 2026-11-22T02:17:00+00:00
cmp -s "$baselines"/*/seed.json "$work"/night/round/baselines/*/seed.json || fail "a refused night is not handed on"
grep -q '"state": *"refused"' "$baselines"/*/seed.json || fail "a night with a regression is not refused"
finish
