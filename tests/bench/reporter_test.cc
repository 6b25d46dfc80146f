#include "bench/reporter.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "bench/google_benchmark.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void never_launched(const Problem&, const Tensors&, const Launch&) {}

const Kernel kKernel{.name = "one",
                     .backend = Backend::cpu,
                     .summary = "",
                     .deterministic = true,
                     .supports = supports_every_problem,
                     .workspace_bytes = nullptr,
                     .launch = never_launched};

CaseResult result(std::int64_t seq, std::vector<Repetition> repetitions) {
  const Problem problem{.seq_q = seq, .seq_k = seq};
  CaseResult result{.measured = {&kKernel, problem, format_case("cpu/one", problem), {}}};
  result.repetitions = std::move(repetitions);
  result.accuracy = {
      .max_abs_err = 1e-6, .mean_abs_err = 1e-7, .correlation = 0.5, .err_over_bound = 0.25, .rows = 8};
  return result;
}

// The JSON of results, as text and parsed.
class Reporter : public testing::Test {
 protected:
  Json report(std::vector<CaseResult> results, int repetitions = 2) {
    initialize_google_benchmark("reporter_test");
    std::vector<Case> cases;
    for (const CaseResult& each : results) cases.push_back(each.measured);
    BackendRuntimes runtimes;
    runtimes.emplace(Backend::cpu, BackendRuntime{.pool = OperandPool(Backend::cpu, cases, 1, 1),
                                                  .sampler = make_cpu_sampler(CacheMode::warm),
                                                  .ceilings = {},
                                                  .cache = CacheMode::warm});
    environment_.identity["cpu_vendor"] = "\xff not UTF-8";
    const std::vector<std::pair<std::string, std::string>> context{{"key", "value"}, {"date", "never"}};
    JsonReporter reporter(results, environment_, context);
    report_results(results, runtimes, repetitions, reporter);
    text_ = reporter.text();
    return Json::parse(text_);
  }

  Environment environment_{.round = "r", .identity = {}, .state = {}, .info = {}, .settings = {}};
  std::string text_;
};

TEST_F(Reporter, ARowIsARepetitionWithItsSamples) {
  const Json json = report(
      {result(64, {{.samples_ns = {100, 200, 600}, .cpu_ns = 350}, {.samples_ns = {5, 6, 7}, .cpu_ns = 8}})});
  ASSERT_EQ(json["benchmarks"].size(), 2u);
  const Json& row = json["benchmarks"][0];
  EXPECT_EQ(row["name"], "cpu/one/f32/B:1/H:1/S:64/D:64/causal:0");
  EXPECT_EQ(row["run_name"], row["name"]);
  EXPECT_EQ(row["run_type"], "iteration");
  EXPECT_EQ(row["repetitions"], 2);
  EXPECT_EQ(row["repetition_index"], 0);
  EXPECT_EQ(json["benchmarks"][1]["repetition_index"], 1);
  EXPECT_EQ(row["iterations"], 3);
  EXPECT_NEAR(row["real_time"].get<double>(), 300, 1e-6);
  EXPECT_EQ(row["cpu_time"], 350);
  EXPECT_EQ(row["time_unit"], "ns");
  EXPECT_EQ(row["samples_ns"], Json({100.0, 200.0, 600.0}));
  EXPECT_EQ(row["p50_ns"], 200);
  EXPECT_EQ(row["samples"], 3);
  EXPECT_EQ(row["err_over_bound"], 0.25);
}

TEST_F(Reporter, NamesHoldNoSettingsOfTheMeasurement) {
  report({result(64, {{.samples_ns = {1, 2}}, {.samples_ns = {1, 2}}, {.samples_ns = {1, 2}}})});
  for (const char* suffix : {"iterations:", "repeats:", "manual_time", "min_time"})
    EXPECT_THAT(text_, Not(HasSubstr(suffix)));
}

TEST_F(Reporter, NumbersThatAreNotFiniteAreOmitted) {
  CaseResult one = result(64, {{.samples_ns = {100}}});  // no deviation
  one.accuracy.correlation = std::nan("");
  one.accuracy.max_abs_err = INFINITY;
  const Json json = report({one});
  const Json& row = json["benchmarks"][0];
  for (const char* key : {"cv", "stddev_ns", "correlation", "max_abs_err", "roofline_pct"})
    EXPECT_FALSE(row.contains(key)) << key;
  EXPECT_TRUE(row.contains("tflops"));
  EXPECT_FALSE(row.contains("label"));  // no ceiling, no bottleneck
  EXPECT_THAT(text_, Not(HasSubstr("nan")));
  EXPECT_THAT(text_, Not(HasSubstr("NaN")));
  EXPECT_THAT(text_, Not(HasSubstr("null")));
}

TEST_F(Reporter, TimesOfZeroAreStillJson) {
  const Json json = report({result(64, {{.samples_ns = {0, 0}}})});
  EXPECT_EQ(json["benchmarks"][0]["real_time"], 0);
  EXPECT_FALSE(json["benchmarks"][0].contains("tflops"));
}

TEST_F(Reporter, AFailureIsAnErrorInEveryRepetitionAndNeverANumber) {
  CaseResult wrong = result(32, {});
  wrong.fail("wrong: \"quoted\" \x01 \xff");
  const CaseResult right = result(64, {{.samples_ns = {1}}, {.samples_ns = {1}}, {.samples_ns = {1}}});
  const Json json = report({wrong, right}, 3);
  int errors = 0;
  for (const Json& row : json["benchmarks"]) {
    if (!row.value("error_occurred", false)) continue;
    ++errors;
    EXPECT_THAT(row["error_message"].get<std::string>(), HasSubstr("wrong: \"quoted\""));
    EXPECT_EQ(row["real_time"], 0);
    EXPECT_EQ(row["iterations"], 0);
    for (const char* key : {"samples_ns", "tflops", "p50_ns", "max_abs_err"})
      EXPECT_FALSE(row.contains(key)) << key;
  }
  EXPECT_EQ(errors, 3);
  EXPECT_EQ(json["benchmarks"].size(), 6u);
}

TEST_F(Reporter, ASkippedCaseSaysWhy) {
  CaseResult skipped = result(32, {});
  skipped.measured.unsupported = "D is not 64";
  const Json json = report({skipped, result(64, {{.samples_ns = {1}}})});
  ASSERT_EQ(json["benchmarks"].size(), 2u);
  const Json& row = json["benchmarks"][1];
  EXPECT_EQ(row["skipped"], true);
  EXPECT_EQ(row["skip_message"], "D is not 64");
  EXPECT_FALSE(row.contains("error_occurred"));
}

TEST_F(Reporter, ARowNamesTheModelsOfItsProblem) {
  CaseResult timed = result(64, {{.samples_ns = {1}}}), wrong = result(32, {}), skipped = result(16, {});
  for (CaseResult* each : {&timed, &wrong, &skipped}) each->measured.source = "Llama 3 8B, prefill";
  wrong.fail("wrong");
  skipped.measured.unsupported = "D is not 32";
  const Json json = report({timed, wrong, skipped, result(8, {{.samples_ns = {1}}})}, 1);
  int rows = 0;
  for (const Json& row : json["benchmarks"])
    rows += row["name"] == "cpu/one/f32/B:1/H:1/S:8/D:64/causal:0" ? !row.contains("models")
                                                                   : row["models"] == "Llama 3 8B, prefill";
  EXPECT_EQ(rows, 4);
}

TEST_F(Reporter, TheContextHasTheKeysOfGoogleBenchmarkAndOurs) {
  const Json json = report({result(64, {{.samples_ns = {1}}})});
  const Json& context = json["context"];
  for (const char* key : {"date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "caches", "load_avg"})
    EXPECT_TRUE(context.contains(key)) << key;
  EXPECT_EQ(context["key"], "value");
  EXPECT_NE(context["date"], "never");  // a key of the schema cannot be overwritten
#ifdef NDEBUG
  EXPECT_EQ(context["library_build_type"], "release");
#endif
  EXPECT_EQ(context["warpgauge"]["schema"], "warpgauge/context/1");
  EXPECT_EQ(context["warpgauge"]["round"], "r");
  EXPECT_EQ(context["warpgauge"]["identity"]["cpu_vendor"], "\xef\xbf\xbd not UTF-8");
}

TEST_F(Reporter, NoKeyOccursTwice) {
  report({result(64, {{.samples_ns = {1, 2}}})});
  std::vector<std::set<std::string>> objects;
  const auto callback = [&objects](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) objects.emplace_back();
    if (event == Json::parse_event_t::object_end) objects.pop_back();
    if (event == Json::parse_event_t::key) {
      EXPECT_TRUE(objects.back().insert(parsed.get<std::string>()).second) << parsed;
    }
    return true;
  };
  EXPECT_FALSE(Json::parse(text_, callback).is_null());
}

}  // namespace
}  // namespace warpgauge::bench
