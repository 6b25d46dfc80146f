# shellcheck shell=bash
# Stages: commands that run one after the other, each with its own time limit. A failed stage does not stop the next one.
# The script may be terminated at any moment: after every stage, two files hold all results so far. Sourced, after lib.sh.

# open_stages SECONDS RAW OUT: SECONDS is the time for all stages. Logs and results go to the folder RAW. After every stage,
# OUT/summary.txt and OUT/results.tar.gz are refreshed from it.
open_stages() {
  deadline=$((SECONDS + $1)) raw=$2 out=$3
  # shellcheck disable=SC2034  # the script reads it
  failed=0
  current='' running=''
  fresh_folder "$raw"
  mkdir -p "$out"
  : >"$raw/summary.txt"
  trap cut_off INT TERM
}

# left RESERVE: seconds until the end, minus a reserve for later stages.
left() {
  local seconds=$((deadline - SECONDS - $1))
  echo $((seconds > 0 ? seconds : 0))
}

least() { echo $(($1 < $2 ? $1 : $2)); }
between() { echo $(($2 < $1 ? $1 : $2 > $3 ? $3 : $2)); } # LOW VALUE HIGH

# pack: refreshes OUT from RAW. The archive is renamed into place, so an incomplete one never replaces a complete one. Exit
# code 1 of tar means that a file changed while it was read; the archive is kept.
pack() {
  cp "$raw/summary.txt" "$out/summary.txt"
  if tar -C "$(dirname "$raw")" -czf "$out/.results.tar.gz.part" "$(basename "$raw")" || [[ $? -eq 1 ]]; then
    mv "$out/.results.tar.gz.part" "$out/results.tar.gz"
  else
    say "results.tar.gz could not be refreshed; the previous one is kept"
  fi
}

# report NAME STATUS SECONDS NOTE
report() {
  printf '%-26s %-8s %4ss  %s\n' "$@" | tee -a "$raw/summary.txt"
  pack
}

# last_words LOG: the last line with a failure or with the number of checked cases; without one, the last line that is not
# empty. The very last lines of GoogleTest and ninja are only counts of failures.
last_words() {
  { grep -E 'replay:|smallest:| is wrong|error:|cases, .* of its bound' "$1" || grep -v '^[[:space:]]*$' "$1"; } |
    tail -n 1 | sed 's/^[[:space:]]*//' | cut -c 1-200 || true
}

# stage NAME LIMIT_S COMMAND...: runs COMMAND for at most LIMIT_S seconds, or until the end. Its output goes to NAME.log.
stage() {
  local name=$1 limit log=$raw/$1.log begin=$SECONDS code=0 status=ok note
  limit=$(least "$2" "$(left 0)")
  shift 2
  if [[ $limit -le 0 ]]; then
    failed=1
    report "$name" failed 0 "no time left"
    return
  fi
  current=$name
  timeout --kill-after=5 "$limit" "$@" >"$log" 2>&1 &
  running=$!
  wait "$running" || code=$? # bash runs a trap during wait at once, but only after a command in the foreground
  running=''
  note=$(last_words "$log")
  # GoogleTest ends with 0 if every test was skipped.
  if [[ $code -eq 77 ]] || { [[ $code -eq 0 ]] && grep -q '^\[  SKIPPED \]' "$log"; }; then
    status=skipped
  elif [[ $code -eq 124 || $code -eq 137 ]]; then
    status=failed note="stopped after $((SECONDS - begin)) s: $note"
  elif [[ $code -ne 0 ]]; then
    status=failed note="exit code $code: $note"
  fi
  # shellcheck disable=SC2034
  [[ $status == ok ]] || failed=1
  report "$name" "$status" $((SECONDS - begin)) "$note"
}

# skip NAME REASON: reports a stage that this machine cannot run.
skip() { report "$1" skipped 0 "$2"; }

# cut_off: somebody terminates this script. The output of the running stage is kept.
cut_off() {
  trap '' INT TERM
  [[ -z $running ]] || kill "$running" 2>/dev/null || true
  [[ -z $running ]] || wait "$running" || true
  report "${current:-begin}" failed "$SECONDS" "terminated from outside: $(last_words "$raw/$current.log" 2>/dev/null)"
  exit 1
}
