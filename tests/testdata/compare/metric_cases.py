"""Cases with several metrics, with exact ones, and with numbers that are not above 0."""
from case_folder import THREE, TWO, case, of
from baseline_cases import AGAINST, BLESS, STORED
from documents import TIMES_NS, baseline, context, document, fingerprinted, without

REPORTS = " --json $OUT/comparison.json --markdown $OUT/comment.md --junit $OUT/junit.xml --github"
ALLOCS = "naive/S:128"
POLICY = {"schema": "warpgauge/policy/2", "metrics": [
    {"metric": "allocs_per_iter", "better": "lower", "fail_above": "0"},
    {"metric": "real_time", "fail_above": {"relative": "2%", "absolute": "30ns"}}]}
NEGATIVE = {"balance": lambda ns: -5 if ns > 1e5 else 5}


def counted(doc, metric="allocs_per_iter", values=None):
    """The document with a counter: `values` by case, else 0."""
    for row in doc["benchmarks"]:
        row[metric] = (values or {}).get(row["name"], 0)
    return doc


def two(base=None, head=None, metric="allocs_per_iter", **how):
    return {"base.json": counted(document(1), metric, base), "head.json": counted(document(2, **how), metric, head)}


def three_of(metric, base, head, **how):
    """Three files per side. base, head: the values of the counter, one document per file."""
    files = {f"base{i}.json": counted(document(10 + i), metric, base[i]) for i in range(3)}
    return files | {f"head{i}.json": counted(document(20 + i, **how), metric, head[i]) for i in range(3)}


def several():
    files = three_of("allocs_per_iter", [{ALLOCS: 3}] * 3, [{ALLOCS: 3, "blas/S:128": 2}] * 3, scale={"flash/S:512": 1.2})
    case("metrics_policy", THREE + " --policy policy.json" + REPORTS, files | {"policy.json": POLICY})
    case("metrics_flags", of("metrics_policy", THREE) + " --metric allocs_per_iter --metric real_time", {})
    case("metrics_one_of_the_policy", of("metrics_policy", THREE) + " --policy ../metrics_policy/policy.json --metric real_time", {})
    case("metrics_comment", "comment ../metrics_policy/out/comparison.json", {})
    case("metrics_settle_merge",
         "settle merge ../metrics_policy/out/comparison.json ../metrics_policy/out/comparison.json -o $OUT/merged.json", {})
    case("metrics_settle_worst", "settle worst ../metrics_policy/out/comparison.json 5", {})
    # Both cases are 20 % slower. 20 % of 100 ns are less than 30 ns.
    small = {"small": 100, "large": 1e5, "a": 1e4, "b": 2e4, "c": 3e4, "d": 4e4}
    slower = {f"{side}{i}.json": document(seed + i, times=small, noise=0.001,
                                          scale={"small": 1.2, "large": 1.2} if side == "head" else None)
              for side, seed in (("base", 10), ("head", 20)) for i in range(3)}
    case("limit_absolute", THREE + " --fail-above 2%,30ns --json $OUT/comparison.json", slower)
    case("limit_relative_only", of("limit_absolute", THREE) + " --fail-above 2%", {})
    case("usage_limit_of_a_counter", of("metrics_policy", THREE) + " --metric allocs_per_iter --fail-above 2%,30ns", {})
    case("usage_limit_without_unit", of("limit_absolute", THREE) + " --fail-above 2%,30", {})
    lacking = two({ALLOCS: 3}, {ALLOCS: 3})
    for doc in lacking.values():
        for row in doc["benchmarks"]:
            if row["name"].startswith("flash"):
                del row["allocs_per_iter"]
    del lacking["head.json"]["benchmarks"][0]["allocs_per_iter"]
    for row in lacking["head.json"]["benchmarks"]:
        if row["name"] == "blas/S:128":
            row.pop("allocs_per_iter", None)
    case("metrics_that_some_cases_lack", TWO + " --metric allocs_per_iter --metric real_time", lacking)
    case("metrics_that_no_case_has", of("metrics_that_some_cases_lack", TWO) + " --metric real_time --metric max_bytes_used", {})
    gone = {**two({ALLOCS: 3}, {ALLOCS: 3})}
    gone["head.json"] = without(gone["head.json"], "blas/S:128")
    case("metrics_missing_once", TWO + " --metric allocs_per_iter --metric real_time", gone)


def exact():
    """One file per side: an exact metric needs no more."""
    case("exact_worse", TWO + " --metric allocs_per_iter", two({ALLOCS: 3}, {ALLOCS: 4, "blas/S:128": 2}))
    case("exact_better", TWO + " --metric allocs_per_iter", two({ALLOCS: 3}, {ALLOCS: 2}))
    case("exact_within_the_limit", of("exact_worse", TWO) + " --metric allocs_per_iter --fail-above 0%,2", {})
    varying = three_of("allocs_per_iter", [{ALLOCS: 3}] * 3, [{ALLOCS: 3 + i} for i in range(3)])
    case("exact_varies", THREE + " --metric allocs_per_iter --json $OUT/comparison.json", varying)
    case("exact_not_declared", of("exact_varies", THREE) + " --policy policy.json", {"policy.json": {
        "schema": "warpgauge/policy/2", "metrics": [{"metric": "allocs_per_iter", "exact": False}]}})
    declared = two({ALLOCS: 3}, {ALLOCS: 4}, metric="widgets")
    for doc in declared.values():
        doc["context"] = context(exact_counters="widgets,gadgets")
    case("exact_by_the_producer", TWO + " --metric widgets --better lower", declared)


def without_logs():
    case("zero_to_two", TWO + " --metric widgets --better lower", two({}, {ALLOCS: 2}, metric="widgets"))
    case("zero_to_two_is_better", of("zero_to_two", TWO) + " --metric widgets --better higher", {})
    flaky = three_of("widgets", [{ALLOCS: i} for i in range(3)], [{ALLOCS: 2 - i} for i in range(3)])
    case("zero_now_and_then", THREE + " --metric widgets --better lower", flaky)
    case("zero_now_and_then_one_file", of("zero_now_and_then", "base0.json head0.json") + " --metric widgets --better lower", {})
    grown = three_of("widgets", [{ALLOCS: -10 + 0.1 * i} for i in range(3)], [{ALLOCS: 5 + 0.1 * i} for i in range(3)])
    case("negative", THREE + " --metric widgets --better lower --json $OUT/comparison.json", grown)


def stored():
    heads = {f"head{i}.json": counted(fingerprinted(20 + i), values={ALLOCS: 3}) for i in range(3)}
    case("bless_metrics", BLESS + " --reason first --policy policy.json", heads | {"policy.json": POLICY})
    slower = {f"head{i}.json": counted(fingerprinted(30 + i, hour="9", where=None), values={ALLOCS: 4}) for i in range(3)}
    held = baseline(5, TIMES_NS)
    two_metrics = {"schema": "warpgauge/baseline/2",
                   "metrics": [held["metric"], {"name": "allocs_per_iter", "better": "lower"}],
                   "identity": held["identity"],
                   "rounds": [{"state": "accepted", **{k: v for k, v in one.items() if k != "state"},
                               "environment": one["state"]} for one in held["rounds"]],
                   "cases": [{"name": one["name"], "values": {"real_time": one["numbers"], "allocs_per_iter": [
                       3 if one["name"] == ALLOCS else 0] * 5}} for one in held["cases"]],
                   "history": []}
    case("baseline_metrics", AGAINST + " --policy policy.json", slower | {"policy.json": POLICY, STORED: two_metrics})
    case("baseline_metrics_filter", of("baseline_metrics", AGAINST) + " --filter=-128 "
         "--policy ../baseline_metrics/policy.json", {STORED: two_metrics})
    case("bless_metrics_red", of("baseline_metrics", BLESS) + " --reason nightly --policy ../baseline_metrics/policy.json",
         {STORED: two_metrics})
    case("bless_metrics_accept", of("baseline_metrics", BLESS) + " --reason 'needs one more' --accept '^naive/S:128$' "
         "--policy ../baseline_metrics/policy.json", {STORED: two_metrics})
    case("baseline_new_metric", of("baseline_metrics", AGAINST) + " --policy ../baseline_metrics/policy.json", {STORED: held})


ALL = (several, exact, without_logs, stored)
