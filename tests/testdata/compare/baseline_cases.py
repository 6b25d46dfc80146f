"""Cases of gate and bless with a stored baseline."""
import json

from case_folder import THREE, TWO, case, of, three
from documents import (ELSEWHERE, TFLOPS, TIMES_NS, aggregates, baseline, context, document, drifting, failing, fingerprinted,
                       late_joiner, outlying_round, second_version, two_speeds, warpgauge, without)

STORED = "before/baselines/cpu-intel-6-143-8-2t-c6a4e752/ci.json"
AGAINST = "gate --baseline $OUT/baselines --head head0.json head1.json head2.json"
BLESS = AGAINST.replace("gate", "bless")
SLOWER = {f"head{i}.json": fingerprinted(20 + i, scale={"naive/S:128": 1.3}) for i in range(3)}


def baselines():
    case("baseline_none", AGAINST.replace("$OUT/baselines", "$OUT"), SLOWER)
    case("baseline_no_such_folder", of("baseline_none", AGAINST.replace("$OUT/baselines", "nowhere")), {})
    case("baseline", AGAINST, SLOWER | {STORED: baseline(10, TIMES_NS)})
    case("baseline_unblessed", AGAINST, SLOWER | {STORED.replace("baselines", ".warpgauge"): baseline(1, TIMES_NS)})
    case("baseline_conflict", AGAINST, SLOWER | {STORED: "<<<<<<< HEAD\n" + json.dumps(baseline(1, TIMES_NS))})
    case("usage_baseline_filter_matches_nothing", of("baseline", AGAINST) + " --filter '^nobody/'", {STORED: baseline(10, TIMES_NS)})
    case("baseline_filter", of("baseline", AGAINST) + " --filter '^naive/'", {STORED: baseline(10, TIMES_NS)})
    # The stored side knows no settings: what a filter finds by them alone would be "new".
    settings = {f"{name}/repeats:3": ns for name, ns in TIMES_NS.items()}
    case("baseline_filter_on_settings", AGAINST.replace(" head1.json head2.json", "") + " --filter 'repeats:3$|^blas/'",
         {"head0.json": fingerprinted(20, times=settings), STORED: baseline(10, TIMES_NS)})
    case("baseline_one_round", of("baseline", AGAINST), {STORED: baseline(1, TIMES_NS)})
    case("baseline_named", AGAINST.replace("--head", "--fingerprint lab --matrix m --head"),
         {f"head{i}.json": document(20 + i) for i in range(3)} | {"before/baselines/lab/m.json": baseline(2, TIMES_NS)})
    case("baseline_other_metric", of("baseline", AGAINST) + " --metric cpu_time", {STORED: baseline(10, TIMES_NS)})
    case("baseline_other_direction", of("baseline", AGAINST) + " --metric real_time",
         {STORED: {**baseline(10, TIMES_NS), "metric": {"name": "real_time", "better": "higher"}}})
    case("baseline_other_statistic", of("baseline", AGAINST) + " --statistic min", {STORED: baseline(10, TIMES_NS)})
    case("baseline_other_machine", of("baseline", AGAINST), {STORED: baseline(10, TIMES_NS, identity=ELSEWHERE)})
    case("baseline_joined_later", of("baseline", AGAINST), {STORED: late_joiner(baseline(4, TIMES_NS))})
    case("baseline_outlying_round", of("baseline", AGAINST), {STORED: outlying_round(baseline(10, TIMES_NS))})
    failed = {f"head{i}.json": failing(fingerprinted(20 + i), "naive/S:128", "wrong: row 3 is NaN") for i in range(3)}
    case("baseline_none_and_a_failure", AGAINST.replace("$OUT/baselines", "$OUT"), failed)
    case("bless_failed", of("baseline_none_and_a_failure", BLESS) + " --reason first", {})
    stored = second_version(baseline(10, TIMES_NS))
    stored["rounds"][-1]["failed"] = ["naive/S:128", "other/S:1"]
    case("baseline_failed_in_both", of("baseline_none_and_a_failure", AGAINST), {STORED: stored})
    case("baseline_fixed", AGAINST, {f"head{i}.json": fingerprinted(20 + i, times=TIMES_NS | {"other/S:1": 700})
                                     for i in range(3)} | {STORED: stored})
    case("baseline_failed_filter", of("baseline_fixed", AGAINST) + " --filter '^blas/'", {STORED: stored})
    case("baseline_failed_in_head", of("baseline_none_and_a_failure", AGAINST), {STORED: baseline(10, TIMES_NS)})
    case("bless_failed_allowed", of("baseline_none_and_a_failure", BLESS) + " --reason known --allow-failed '^naive/S:128$'",
         {STORED: baseline(10, TIMES_NS)})
    rates = baseline(10, {name: 1e6 / ns for name, ns in TIMES_NS.items()})
    measured = {f"head{i}.json": fingerprinted(20 + i, metrics=TFLOPS, scale={"naive/S:128": 1.3}) for i in range(3)}
    case("baseline_higher_is_better", AGAINST + " --metric tflops",
         measured | {STORED: {**rates, "metric": {"name": "tflops", "better": "higher"}}})
    case("baseline_round_lacks_a_case", of("baseline", AGAINST).replace("../baseline/head1", "head1")
         + " --allow-missing", {"head1.json": without(fingerprinted(21, hour="9", where=context(
             warpgauge("9"), date="2026-11-20T18:00:00+00:00")), "naive/S:512"), STORED: baseline(10, TIMES_NS)})


def blessing():
    case("bless_red", BLESS + " --reason try", SLOWER | {STORED: baseline(10, TIMES_NS)})
    case("bless_accept", BLESS + " --reason 'more accurate' --accept '^naive/S:128$'",
         SLOWER | {STORED: baseline(10, TIMES_NS)})
    case("bless_first", BLESS + " --reason first", SLOWER)
    known = {STORED: two_speeds(baseline(10, TIMES_NS), "naive/S:128", 1.3)}
    case("baseline_two_speeds", of("bless_red", AGAINST) + " --json $OUT/comparison.json", known)
    case("bless_two_speeds", of("bless_red", BLESS) + " --reason nightly", known)
    case("bless_noise", of("bless_red", BLESS) + " --reason 'busy machine' --noise '^naive/S:128$'",
         {STORED: baseline(10, TIMES_NS)})
    case("bless_noise_of_all", of("bless_red", BLESS) + " --reason 'busy machine' --noise .", {STORED: baseline(10, TIMES_NS)})
    case("usage_bless_noise_nothing", of("bless_red", BLESS) + " --reason x --noise nobody", {STORED: baseline(10, TIMES_NS)})
    case("usage_bless_noise_accepted", of("bless_red", BLESS) + " --reason x --noise naive --accept '^naive/S:128$'",
         {STORED: baseline(10, TIMES_NS)})
    quiet = {f"head{i}.json": fingerprinted(20 + i) for i in range(3)}
    bless = of("bless_missing", BLESS)
    gone = {STORED: baseline(3, {**TIMES_NS, "old/S:128": 1e3})}
    case("bless_missing", BLESS + " --reason nightly", quiet | gone)
    case("bless_json_to_stdout", bless + " --reason nightly --json -", {STORED: baseline(3, TIMES_NS)})
    case("bless_refused_json_to_stdout", bless + " --reason nightly --json -", gone)
    case("usage_bless_stdout", bless + " --reason nightly --json - --github", {})
    case("bless_remove", bless + " --reason gone --remove '^old/'", gone)
    case("bless_rename", bless.replace("--head", "--rename old/S:128=flash/S:512 --rename naive/S:128=naive/S:1 --head")
         + " --reason clearer --allow-missing", {STORED: baseline(3, {k: v for k, v in {**TIMES_NS, "old/S:128": 31e4}.items()
                                                                             if k != "flash/S:512"})})
    case("bless_rename_onto_another", bless.replace("--head", "--rename old/S:128=flash/S:512 --head") + " --reason x", gone)
    case("bless_remove_nothing", bless + " --reason x --remove nobody", gone)
    case("bless_too_early", bless + " --reason again", {
        STORED: {**baseline(1, TIMES_NS), "rounds": [{**baseline(1, TIMES_NS)["rounds"][0], "boot": "b007",
                                                      "round": "b007-0", "date": "2026-11-20T09:30:00+00:00"}]}})
    last = {"round": "b007-1", "boot": "b007", "date": "2026-11-20T10:00:00+00:00"}
    case("bless_again", bless + " --reason again",
         {STORED: {**baseline(1, TIMES_NS), "rounds": [{**baseline(1, TIMES_NS)["rounds"][0], **last}]}})
    case("bless_too_early_of_an_unknown_boot", bless + " --reason again", {
        STORED: {**baseline(1, TIMES_NS), "rounds": [{**baseline(1, TIMES_NS)["rounds"][0], "boot": "", "round": "",
                                                      "date": "2026-11-20T09:30:00+00:00"}]}})
    nothing = document(1)
    for row in nothing["benchmarks"]:
        row.update(skipped=True, skip_message="no GPU here")
    case("bless_nothing_measured", "bless --baseline $OUT/baselines --fingerprint lab --head head.json --reason first",
         {"head.json": nothing})
    case("bless_without_fingerprint",
         "bless --baseline $OUT/baselines --fingerprint lab --head ../baseline_named/head0.json --reason first", {})
    case("usage_bless_hardware", bless + " --reason other --allow-hardware-mismatch",
         {STORED: baseline(3, TIMES_NS, identity=ELSEWHERE)})
    case("usage_bless_blank_reason", bless + " --reason ' '", {STORED: baseline(3, TIMES_NS)})
    of_smoke = {"head1.json": fingerprinted(21, where=context(warpgauge(matrix="smoke")), times={"other/S:1": 1e3})}
    for name, words in (("bless", bless + " --reason nightly"), ("gate", bless.replace("bless", "gate", 1))):
        case(f"usage_{name}_two_matrices", words.replace("../bless_missing/head1", "../usage_bless_two_matrices/head1"),
             {STORED: baseline(3, TIMES_NS)} | (of_smoke if name == "bless" else {}))
    case("bless_statistic", bless + " --reason first --statistic min --metric cpu_time", {})
    case("bless_matrix_smoke", bless + " --reason first --matrix smoke", {})
    case("usage_bless_nowhere", "bless --head head0.json --reason x", {})
    case("usage_bless_margin", "bless --baseline $OUT --head head0.json --reason x --margin 10%", {})
    case("usage_bless_expression", bless + " --reason x --accept '('", {})


def drifts():
    # Each round passes, and after ten of them a case is a fifth slower than in the first.
    slower = {f"head{i}.json": fingerprinted(20 + i, scale={"naive": 1.02 ** 10}) for i in range(3)}
    drifted = {STORED: drifting(baseline(10, TIMES_NS), "naive")}
    case("baseline_drift", AGAINST, slower | drifted)
    # The head is the last stored round: it does not count twice.
    blessed = drifting(baseline(11, TIMES_NS), "naive")
    blessed["rounds"][-1] |= {"round": "b007-1", "boot": "b007", "date": "2026-11-20T10:00:00+00:00"}
    case("baseline_drift_blessed", of("baseline_drift", AGAINST), {STORED: blessed})
    bless = of("baseline_drift", BLESS)
    case("bless_drift", bless + " --reason nightly", drifted)
    case("bless_drift_accept", bless + " --reason 'more accurate' --accept '^naive/'", drifted)


def undated():
    # nvbench tells no date: the first round is one, a second could be the first again.
    lab = "before/baselines/lab/default.json"
    undated = baseline(1, {"copy/Elements:65536": 4.1e3, "copy/Elements:1048576": 2.72e4, "reduce/Elements:1048576": 1.83e4},
                       identity={"gpu": "NVIDIA H200 (132 SMs, sm 900, 150109880320 B, ECC true)"})
    undated["rounds"][0] |= {"round": "", "boot": "", "date": "", "statistic": "q50"}
    bless_nvbench = "bless --baseline $OUT/baselines --fingerprint lab --head ../nvbench/base.json --reason nightly"
    case("bless_undated_first", bless_nvbench, {})
    case("bless_undated_again", bless_nvbench, {lab: undated})
    case("bless_undated_with_a_date", bless_nvbench + " --date 2026-12-01T10:00:00+01:00", {lab: undated})
    case("usage_bless_date", bless_nvbench + " --date yesterday", {})
    case("usage_bless_date_year_9999", bless_nvbench + " --date 9999-11-20T10:00:00Z", {})
    case("usage_bless_date_no_time", bless_nvbench + " --date 2026-11-20T25:61:61Z", {})
    case("usage_bless_rename_not_utf8", bless_nvbench + " --rename \"$(printf 'a=\\377')\"", {})
    taken = "check-baseline ../bless_json_to_stdout/out/" + STORED.removeprefix("before/")
    before = "../bless_json_to_stdout/" + STORED
    case("check_baseline", taken, {})
    case("check_baseline_after", f"{taken} --after {before}", {})
    case("check_baseline_several", f"{taken} --first", {})
    case("check_baseline_same", f"check-baseline {before} --after {before}", {})
    case("check_baseline_stub", "check-baseline stub.json", {"stub.json": {"schema": "warpgauge/baseline/1"}})
    case("usage_check_baseline_both", f"{taken} --first --after {before}", {})
    case("usage_bless_date_told", of("bless_missing", BLESS) + " --reason x --date 2026-12-01T10:00:00+01:00", {})


def numbers_of_other_samples():
    """Held against a low quantile of ten repetitions a process: medians, or the same quantile of three."""
    stored = baseline(10, TIMES_NS)
    for one in stored["rounds"]:
        one["samples"] = 10
    of_ten = {STORED: stored}
    medians = {f"head{i}.json": aggregates(fingerprinted(20 + i)) for i in range(3)}
    case("usage_baseline_and_medians", AGAINST, medians | of_ten)
    case("usage_bless_medians", of("usage_baseline_and_medians", BLESS) + " --reason nightly", of_ten)
    case("usage_bless_first_medians", of("usage_baseline_and_medians", BLESS) + " --reason first --statistic min", {})
    case("bless_first_of_medians", of("usage_baseline_and_medians", BLESS) + " --reason first", {})
    case("baseline_of_more_samples", AGAINST, {f"head{i}.json": fingerprinted(20 + i) for i in range(3)} | of_ten)
    more = three() | {f"base{i}.json": document(10 + i, repetitions=10) for i in range(3)}
    case("more_samples_in_base", THREE, more)
    case("aggregates_in_head", TWO + " --statistic min", {"base.json": document(1, repetitions=10),
                                                          "head.json": aggregates(document(2, scale={"naive": 1.5}))})


def smoke():
    smoke = {f"head{i}.json": fingerprinted(20 + i, metrics=TFLOPS) for i in range(2)}
    bless_smoke = "bless --baseline $OUT/baselines --smoke --reason smoke --head head0.json head1.json"
    case("bless_smoke", bless_smoke, smoke)
    case("bless_smoke_margin", of("bless_smoke", bless_smoke) + " --margin 50%", {})
    case("usage_bless_smoke_margin", of("bless_smoke", bless_smoke) + " --margin 100%", {})
    case("usage_bless_smoke_margin_text", of("bless_smoke", bless_smoke) + " --margin lots", {})
    for flag in ("accept", "remove", "rename"):
        case("usage_bless_smoke_" + flag, f"{bless_smoke} --{flag} x=y", {})
    case("usage_bless_smoke_failed", of("bless_smoke", bless_smoke).replace("../bless_smoke/head1", "head1"),
         {"head1.json": failing(fingerprinted(21, metrics=TFLOPS), "naive/S:128", "wrong: row 3 is NaN")})
    case("usage_bless_smoke_no_tflops", of("bless_missing", bless_smoke), {})
    case("usage_bless_smoke_other_machine", of("bless_smoke", bless_smoke).replace("../bless_smoke/head0", "head0"),
         {"head0.json": fingerprinted(20, metrics=TFLOPS, where=context(warpgauge(identity=ELSEWHERE)))})
    case("usage_bless_smoke_not_in_both", of("bless_smoke", bless_smoke).replace("../bless_smoke/head0", "head0"),
         {"head0.json": without(fingerprinted(20, metrics=TFLOPS), "naive/S:128")})


ALL = (baselines, blessing, drifts, undated, numbers_of_other_samples, smoke)
