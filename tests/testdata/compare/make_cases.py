#!/usr/bin/env python3
"""Writes the inputs (base*.json, head*.json, args, ...) of the cases in this folder; the foreign one is a recording.

What a case must print is in its stdout and exit, written by tests/compare/run_case.sh --update and read by people."""
import json

import baseline_cases
import metric_cases
import suite_cases
import variant_cases
from case_folder import HERE, THREE, TWO, case, of, three
from documents import (ELSEWHERE, OF_BENCH, TFLOPS, TIMES_NS, aggregates, context, document, failing, fingerprinted, nvbench,
                       one_row_a_line, skipping, warpgauge, without)


def pair(**head):
    return {"base.json": document(1), "head.json": document(2, **head)}


REPORTS = " --json $OUT/comparison.json --markdown $OUT/comment.md --junit $OUT/junit.xml --github"
HOSTILE = ["a|b`c``d", "<img src=x onerror=alert(1)>", "@everyone #1 [x](http://evil)", "::error::injected",
           "##[error]old", "esc\x1b[31mred\x1b[0m", "bidi\u202etxt", "line\nbreak", "quote'\"&;$(rm)", "x" * 300]


def two_sides():
    case("identical", TWO, {"base.json": document(1), "head.json": document(1)})
    case("slower_by_half", TWO + REPORTS, pair(scale={"naive": 1.5}))
    case("faster_by_fifth", THREE, three(scale={"": 0.8}))
    case("three_processes", THREE + REPORTS, three(scale={"blas/S:512": 1.08, "flash/S:128": 0.9}))
    case("strict_inconclusive", TWO + " --strict", pair())
    case("missing", TWO, {"base.json": document(1), "head.json": without(document(2), "blas/S:128")})
    case("missing_allowed", TWO + " --allow-missing",
         {"base.json": document(1), "head.json": without(document(2), "blas/S:128")})
    case("new", TWO, {"base.json": without(document(1), "flash/S:512"), "head.json": document(2)})
    case("base_errored", TWO, {"base.json": failing(document(1), "blas/S:128", "out of memory"),
                               "head.json": document(2)})
    case("head_failed", TWO, {"base.json": document(1),
                              "head.json": failing(document(2), "blas/S:128", "wrong: row 3 is NaN")})
    case("failed_on_both_sides", TWO, {"base.json": failing(document(1), "blas/S:128", "no device"),
                                       "head.json": failing(document(2), "blas/S:128", "no device")})
    case("head_failed_allowed", of("head_failed", TWO) + " --allow-failed '^blas/'", {})
    case("head_failed_policy", of("head_failed", TWO) + " --policy policy.json",
         {"policy.json": '{"schema": "warpgauge/policy/1", "allow_failed": ["^blas/S:128$"]}'})
    case("usage_allow_failed", of("head_failed", TWO) + " --allow-failed '['", {})
    case("skipped_in_head", TWO, {"base.json": document(1),
                                  "head.json": skipping(without(document(2), "blas/S:128"), "blas/S:128", "no device")})
    case("skipped_on_both_sides", TWO, {"base.json": skipping(skipping(document(1), "gpu/a", "no device"), "gpu/b", "no device"),
                                        "head.json": skipping(skipping(document(2), "gpu/a", "no device"), "gpu/b", "no device")})
    many = {f"case/{i:03}": 1e3 + i for i in range(150)}
    case("many_cases", THREE, {f"{side}{i}.json": document(seed + i, times=many, repetitions=3, scale=scale)
                               for side, seed, scale in (("base", 10, {}), ("head", 20, {"case/0": 1.4})) for i in range(3)})
    empty = TIMES_NS | {"empty/a": 0.31, "empty/b": 0.47, "empty/c": 0.49}
    case("below_resolution", TWO + " --strict --same-within 25% --fail-above 25% --json $OUT/comparison.json",
         {"base.json": document(1, times=empty), "head.json": document(2, times=empty, scale={"empty/a": 1.4, "empty/c": 1.4})})
    case("regression_beats_missing", TWO, {"base.json": document(1),
                                           "head.json": without(document(2, scale={"naive": 2}), "blas/S:128")})
    case("disjoint", TWO, {"base.json": document(1), "head.json": document(2, times={"other/S:1": 1e3})})
    case("empty", TWO, {"base.json": document(1), "head.json": ""})
    case("truncated", TWO, {"base.json": document(1), "head.json": one_row_a_line(document(2))[:2000]})
    case("no_such_file", "base.json nowhere.json", {"base.json": document(1)})
    case("aggregates_only", TWO, {"base.json": aggregates(document(1)),
                                  "head.json": aggregates(document(2, scale={"naive": 1.5}))})
    case("cpu_time", TWO + " --metric cpu_time", pair(scale={"naive": 1.5}))
    for name, scale in (("higher_is_better", 2.0), ("higher_is_better_gain", 0.5)):
        case(name, TWO + " --metric tflops", {"base.json": document(1, metrics=TFLOPS),
                                              "head.json": document(2, metrics=TFLOPS, scale={"naive": scale})})
    case("metric_unknown", TWO + " --metric nonsense --better lower", pair())
    case("metric_of_unknown_direction", of("metric_unknown", TWO) + " --metric arithmetic_intensity", {})
    shares = {"metrics": {"roofline_pct": lambda ns: 1e7 / ns}}
    case("metric_roofline", TWO + " --metric roofline_pct",
         {"base.json": document(1, **shares), "head.json": document(2, **shares, scale={"naive": 2})})
    for name, count, slow in (("two_speeds_of_head", 12, (1, 6)), ("one_slow_process_of_eight", 8, (3,))):
        files = {f"base{i:02}.json": document(10 + i) for i in range(count)}
        files |= {f"head{i:02}.json": document(40 + i, scale={"": 1.5 if i in slow else 1}) for i in range(count)}
        case(name, "gate --base base??.json --head head??.json --strict", files)
    # Base and head drew two speeds of the machine unevenly.
    speeds = {f"base{i}.json": document(10 + i, scale={"": 1.2 if i < 3 else 1}) for i in range(8)}
    speeds |= {f"head{i}.json": document(20 + i, scale={"": 1.2 if i < 5 else 1}) for i in range(8)}
    case("two_speeds_of_either", "gate --base base?.json --head head?.json", speeds)
    case("filter", TWO + " --filter '^blas/'", pair(scale={"naive": 2}))
    case("usage_filter_matches_nothing", of("filter", TWO) + " --filter '^nobody/'", {})
    hostile = {name: 1e3 * (i + 1) for i, name in enumerate(HOSTILE)}
    case("hostile_names", TWO + REPORTS, {"base.json": document(1, times=hostile),
                                          "head.json": document(2, times=hostile, scale={"": 2})})
    case("process_cv", TWO + " --process-cv 1%", pair(scale={"naive": 1.2}))
    case("better_higher", TWO + " --metric score --better higher", {
        "base.json": document(1, metrics={"score": lambda ns: 1e6 / ns}),
        "head.json": document(2, metrics={"score": lambda ns: 1e6 / ns}, scale={"naive": 2})})
    case("one_repetition", TWO, {"base.json": document(1, repetitions=1), "head.json": document(2, repetitions=1)})
    case("unchanged_beside_the_margin", THREE + " --same-within 0.45%", three(noise=0.006))
    # `samples_ns` count, and not the rows' own times.
    sampled = three(scale={"naive": 1.2})
    for name, doc in sampled.items():
        for row in doc["benchmarks"]:
            row["samples_ns"] = [row["real_time"] * factor for factor in (1, 1.01, 1.02, 1.3)]
            row["real_time"] *= 1 if name.startswith("base") else 3
    case("samples", THREE, sampled)
    case("a_case_that_some_processes_lack", THREE, three() | {"head1.json": without(document(21), "naive/S:128")})


def noise_of_the_measurement():
    # A process settled on one iteration of one case.
    files = {f"base{i}.json": document(10 + i) for i in range(8)}
    files |= {f"head{i}.json": document(40 + i, scale={"naive/S:128": 1.11}) for i in range(8)}
    for row in files["head3.json"]["benchmarks"]:
        if row["name"] == "naive/S:128":
            row.update(iterations=1, real_time=row["real_time"] * 50, cpu_time=row["cpu_time"] * 50)
    case("one_bad_measurement", "gate --base base?.json --head head?.json", files)
    case("all_slower", TWO + REPORTS, pair(scale={"": 1.2}))
    many = {f"case/{i:02}": 1e3 * (i + 1) for i in range(40)}
    case("scatter_over_the_cases", TWO, {f"{side}.json": document(i, times=many, noise=0.15, repetitions=1)
                                         for i, side in enumerate(("base", "head"))})
    busy = pair()
    for row in busy["head.json"]["benchmarks"]:
        row["real_time"] = row["cpu_time"] * 1.3
    case("busy_machine", TWO, busy)
    case("nvbench_noisy", TWO, {"base.json": nvbench(noise="0.14", samples="10"),
                                "head.json": nvbench(1.13, noise="0.14", samples="10")})


def identities():
    here, there = context(warpgauge()), context(warpgauge(identity=ELSEWHERE))
    for name, flag in (("other_hardware", ""), ("other_hardware_allowed", " --allow-hardware-mismatch")):
        case(name, TWO + flag, {"base.json": document(1, where=here),
                                "head.json": document(2, where=there, scale={"": 2})})
    case("other_compiler", TWO, {"base.json": document(1, where=here),
                                 "head.json": document(2, where=context(warpgauge(state={"compiler": "g++ 13"})))})
    case("fingerprint", "fingerprint head.json", {"head.json": fingerprinted(2)})


def policies():
    case("policy_rules", THREE + " --policy policy.json", three(scale={"": 1.04}) | {"policy.json": {
        "schema": "warpgauge/policy/1", "defaults": {"fail_above": "1%"},
        "rules": [{"match": "^naive/", "fail_above": "10%", "same_within": "9%"}]}})
    case("policy_rules_json", of("policy_rules", THREE) + " --policy ../policy_rules/policy.json --json -", {})
    case("policy_rule_and_flag", of("policy_rules", THREE) + " --policy ../policy_rules/policy.json --fail-above 1%", {})
    case("policy_controls", of("policy_rules", THREE) + " --policy policy.json", {
        "policy.json": {"schema": "warpgauge/policy/1", "controls": ["^blas/"]}})
    case("policy_max_mde", THREE + " --strict --policy policy.json", three() | {"policy.json": {
        "schema": "warpgauge/policy/1", "max_mde": "0.1%"}})
    case("policy_unknown_key", TWO + " --policy policy.json", pair() | {"policy.json": {
        "schema": "warpgauge/policy/1", "command": "rm -rf /"}})
    case("policy_unreachable_margin", TWO + " --policy policy.json", pair() | {"policy.json": {
        "schema": "warpgauge/policy/1", "rules": [{"match": "^naive/", "same_within": 0}]}})
    case("policy_and_flags",
         of("policy_rules", THREE) + " --policy policy.json --alpha 5% --fail-above 10% --same-within 9% --strict",
         {"policy.json": {"schema": "warpgauge/policy/1", "alpha": 0.001}})
    case("strict_max_mde_of_nothing", TWO + " --strict --policy ../policy_max_mde/policy.json",
         {"base.json": document(1), "head.json": document(2, times={"other/S:1": 1e3})})


def other_programs():
    case("nvbench", TWO + REPORTS, {"base.json": nvbench(), "head.json": nvbench(1.2)})
    case("nvbench_rate", TWO + " --metric nv/cold/bw/global/bytes_per_second --better higher",
         {"base.json": nvbench(), "head.json": nvbench(1.2)})
    case("nvbench_against_google_benchmark", TWO, {"base.json": document(1), "head.json": nvbench()})
    case("nvbench_item_rate", TWO + " --metric nv/cold/bw/item_rate", {"base.json": nvbench(), "head.json": nvbench(2)})


def reports():
    case("json_to_stdout", of("strict_inconclusive", TWO) + " --json -", {})
    for name, words in (("two_reports", "--json - --markdown -"), ("report_and_github", "--junit - --github")):
        case("usage_stdout_" + name, f"{TWO} {words}", {})
    case("statistic", of("policy_max_mde", THREE) + " --statistic min --json -", {})
    case("output_unwritable", TWO + " --json nowhere/comparison.json", pair())


def usage():
    case("usage_one_file", "base.json", {})
    case("usage_threshold", TWO + " --fail-above 3", {})
    case("usage_unknown_flag", TWO + " --fail-over 3%", {})
    case("usage_nothing", "", {})
    case("usage_no_fingerprint", "gate --baseline $OUT/baselines --head head.json", {"head.json": document(2)})
    case("usage_ab_stdout", "ab args args --json - --junit -", {})
    for name, words in (("better", "--better faster"), ("statistic", "--statistic mean"), ("process_cv", "--process-cv 0"),
                        ("process_cv_tiny", "--process-cv 1e-200"), ("alpha", "--alpha 0"), ("alpha_large", "--alpha 100%"),
                        ("alpha_tiny", "--alpha 1e-300"), ("same_within", "--same-within 0"), ("filter", "--filter '('"),
                        ("twice_base", "--base base.json"), ("twice_head", "--head head.json"),
                        ("files_and_baseline", "--baseline $OUT"), ("run_and_files", "--run $OUT")):
        case("usage_" + name, f"{TWO} {words}", {})
    for name, words in (("run_and_base", "--base a.json"), ("run_and_head", "--head a.json"), ("run_and_filter", "--filter x"),
                        ("run_and_baseline", "--baseline b"), ("run_and_decision", "--strict")):
        case("usage_" + name, f"gate --run $OUT {words}", {})
    case("run_none", "gate --run $OUT", {})
    case("usage_no_side", "gate --head head.json", {})
    case("usage_both_bases", "gate --base base.json --baseline b --head head.json", {})
    case("usage_no_command", "gaet", {})
    case("usage_command_with_a_control_character", "\"$(printf 'g\\033[31mt')\"", {})
    case("usage_fingerprint_name", "gate --baseline $OUT --head head.json --fingerprint ../x", {"head.json": document(2)})
    case("usage_matrix_name", "gate --baseline $OUT --head head.json --matrix a/b", {"head.json": fingerprinted(2)})
    case("matrix_name_in_the_results", "gate --baseline $OUT --head head.json",
         {"head.json": fingerprinted(2, where=context(warpgauge(matrix="../x")))})
    for name, words in (("blocks", "--blocks 6.."), ("blocks_many", "--blocks 6..2000"), ("blocks_few", "--blocks 1..6"),
                        ("statistic", "--statistic min"), ("process_seconds", "--process-seconds 0"),
                        ("process_cv", "--process-cv 1%")):
        case("usage_ab_" + name, f"ab args args {words}", {})
    case("usage_ab_head", "ab args nowhere", {})
    case("usage_trend_name", "trend --baseline $OUT --matrix a/b", {})
    case("trend_no_folder", "trend --baseline $OUT/nowhere", {})
    case("trend_no_file", "trend --baseline $OUT --fingerprint lab", {})


def showing():
    times = {**TIMES_NS, "flash/f16/" + "/".join(f"AXIS_{i}:{i}" for i in range(12)): 41e3}
    files = {f"head{i}.json": skipping(fingerprinted(20 + i, times=times, metrics=OF_BENCH), "flash/f64/S:128", "f32 and f16 only")
             for i in range(2)}
    failing(files["head1.json"], "naive/S:128", "wrong: row 3 is NaN")
    failing(files["head1.json"], "naive/S:512", "the child of this case was killed by signal 11 (Segmentation fault) "
                                                "while it computed row 3 of the output")
    del files["head1.json"]["benchmarks"][0:3]  # of one case
    case("show", "show head0.json head1.json", files)
    case("show_filter_and_counter", "show ../show/head0.json --filter=-naive --metric tflops", {})
    case("show_hostile_names", "show ../hostile_names/head.json --metric cpu_time", {})
    case("show_nvbench", "show ../nvbench/base.json", {})
    case("show_medians", "show ../aggregates_only/base.json", {})
    case("usage_show_filter", "show ../nvbench/base.json --filter nobody", {})
    case("usage_show_nothing", "show", {})


def nights():
    """A small series: in night 2 a case is twice as slow, in night 3 it is back."""
    dates = [context(date=f"2026-11-{day:02}T01:00:00+00:00") for day in (1, 2, 3, 4)]
    scales = ({}, {}, {"naive/S:128": 2}, {})
    # The order is that of the dates, and not that of the names.
    case("nightly", "nightly .", {f"{'dabc'[i]}.json": document(60 + i, where=dates[i], scale=scales[i]) for i in range(4)})
    case("nightly_higher_is_better", "nightly ../nightly_higher_is_better --metric tflops --filter S:128", {
        f"{i}.json": document(60 + i, metrics=TFLOPS, scale=scales[i]) for i in range(4)})
    case("nightly_one_file", "nightly ../empty_night", {})
    case("nightly_no_folder", "nightly nowhere", {})
    (HERE / "empty_night").mkdir(exist_ok=True)
    (HERE / "empty_night" / "one.json").write_text(one_row_a_line(document(1)))


def settling():
    red, three = "../slower_by_half/out/comparison.json", "../three_processes/out/comparison.json"
    case("settle_open", f"settle open {red} cases.txt", {"cases.txt": "naive/S:512/repeats:3\n"})
    case("settle_open_nothing", "settle open ../settle_merge/out/merged.json", {})
    case("settle_merge", f"settle merge {red} {three} -o $OUT/merged.json", {})
    case("settle_merge_without_a_run", f"settle merge {red} -o $OUT/merged.json", {})
    case("settle_note_in_doubt", f"settle note {three} 'head was interrupted' --doubt -o $OUT/noted.json", {})
    case("settle_estimate", f"settle estimate {red} ci/gate.sh -- --matrix seed", {})
    case("settle_estimate_nothing", f"settle estimate {three} ci/gate.sh", {})
    case("settle_worst", f"settle worst {three} 1", {})
    case("usage_settle", "settle", {})
    case("usage_settle_worst", f"settle worst {three} many", {})
    case("settle_no_comparison", "settle open ../slower_by_half/base.json", {})
    run = {"run": {"created_at": "2026-11-20T10:00:00Z", "conclusion": "success"}, "jobs": [
        {"name": "measure", "conclusion": "success", "started_at": "2026-11-20T10:02:00Z",
         "completed_at": "2026-11-20T10:04:10Z", "steps": [
             {"name": "Measure, compare, profile", "conclusion": "success", "started_at": "2026-11-20T10:02:10Z",
              "completed_at": "2026-11-20T10:04:05Z"}]}]}
    case("comment", f"comment {three} --timeline run.json --head 0123456789abcdef", {"run.json": json.dumps(run) + "\n"})
    case("comment_hostile_names", "comment ../hostile_names/out/comparison.json", {})
    case("comment_no_comparison", "comment nowhere.json --head 0123abc", {})
    case("comment_failure", "comment --failure 'the run left no comparison' --timeline ../comment/run.json", {})
    case("comment_bad_timeline", f"comment {three} --timeline ../comment_bad_timeline/run.json", {"run.json": "[]\n"})
    case("usage_comment", "comment", {})
    case("usage_comment_head", f"comment {three} --head main", {})


def main():
    # Some cases take the files of those before them.
    for cases in (two_sides, noise_of_the_measurement, identities, policies, other_programs, reports, usage,
                  *baseline_cases.ALL, showing, nights, settling, *metric_cases.ALL, *suite_cases.ALL,
                  variant_cases.variants):
        cases()


if __name__ == "__main__":
    main()
