# shellcheck shell=bash
# Stages: commands one after the other, each with a time of its own, none of which stops the next. Sourced, after
# lib.sh, by a script that may be cut off at any moment: what there is so far lies in two files then.

# open_stages SECONDS RAW OUT: the time for all of them; logs and results go to the folder RAW, and from there, after
# every stage, to OUT/summary.txt and OUT/results.tar.gz.
open_stages() {
  deadline=$((SECONDS + $1)) raw=$2 out=$3
  # shellcheck disable=SC2034  # for the script
  failed=0
  current='' running=''
  fresh_folder "$raw"
  mkdir -p "$out"
  : >"$raw/summary.txt"
  trap cut_off INT TERM
}

# left RESERVE: seconds until all must be over, less what is kept for later stages.
left() {
  local seconds=$((deadline - SECONDS - $1))
  echo $((seconds > 0 ? seconds : 0))
}

least() { echo $(($1 < $2 ? $1 : $2)); }
between() { echo $(($2 < $1 ? $1 : $2 > $3 ? $3 : $2)); } # LOW VALUE HIGH

# pack: OUT holds all that RAW does. Renamed into place: a half-written archive never takes the place of a whole one. A
# file that changed meanwhile (tar's 1) is no reason to have none.
pack() {
  cp "$raw/summary.txt" "$out/summary.txt"
  if tar -C "$(dirname "$raw")" -czf "$out/.results.tar.gz.part" "$(basename "$raw")" || [[ $? -eq 1 ]]; then
    mv "$out/.results.tar.gz.part" "$out/results.tar.gz"
  else
    say "results.tar.gz could not be refreshed"
  fi
}

# report NAME STATUS SECONDS NOTE
report() {
  printf '%-26s %-8s %4ss  %s\n' "$@" | tee -a "$raw/summary.txt"
  pack
}

# last_words LOG: what it says last of what was found, or of how much was checked: GoogleTest and ninja end with a count of
# failures. Else its last line that is not empty.
last_words() {
  { grep -E 'replay:|smallest:| is wrong|error:|cases, .* of its bound' "$1" || grep -v '^[[:space:]]*$' "$1"; } |
    tail -n 1 | sed 's/^[[:space:]]*//' | cut -c 1-200 || true
}

# stage NAME LIMIT_S COMMAND...: at most so many seconds, and no more than are left; its output in NAME.log.
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
  wait "$running" || code=$? # not the command itself: a trap is run at once during wait, and after it otherwise
  running=''
  note=$(last_words "$log")
  # GoogleTest ends with 0 where every test was skipped.
  if [[ $code -eq 77 ]] || { [[ $code -eq 0 ]] && grep -q '^\[  SKIPPED \]' "$log"; }; then
    status=skipped
  elif [[ $code -eq 124 || $code -eq 137 ]]; then
    status=failed note="stopped after $((SECONDS - begin)) s: $note"
  elif [[ $code -ne 0 ]]; then
    status=failed note="exit $code: $note"
  fi
  # shellcheck disable=SC2034
  [[ $status == ok ]] || failed=1
  report "$name" "$status" $((SECONDS - begin)) "$note"
}

# skip NAME REASON: for what this machine cannot be expected to do.
skip() { report "$1" skipped 0 "$2"; }

# cut_off: somebody ends this script; what the stage at work has said so far is kept.
cut_off() {
  trap '' INT TERM
  [[ -z $running ]] || kill "$running" 2>/dev/null || true
  [[ -z $running ]] || wait "$running" || true
  report "${current:-begin}" failed "$SECONDS" "cut off from outside: $(last_words "$raw/$current.log" 2>/dev/null)"
  exit 1
}
