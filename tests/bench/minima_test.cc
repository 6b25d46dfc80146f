#include "bench/minima.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/diagnostic.h"
#include "tests/base/temporary_directory.h"

namespace warpgauge::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class MinimaTest : public testing::Test {
 protected:
  Minima read(const std::string& text) {
    std::ofstream(path_) << text;
    return read_minima(path_);
  }
  std::string error_of(const std::string& text) {
    try {
      (void)read(text);
    } catch (const Diagnostic& error) {
      const std::string what = error.what();
      EXPECT_THAT(what, testing::StartsWith(path_ + ":"));
      return what.substr(path_.size());
    }
    return "";
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_ / "smoke.json";
};

constexpr char kValid[] = R"({"schema": "warpgauge/smoke/1", "margin": 0.3, "identity": {"cpu_model": "143"},
 "cases": [{"name": "cpu/one", "min_tflops": 0.5}]})";

TEST_F(MinimaTest, AreReadByCase) {
  const Minima minima = read(kValid);
  EXPECT_THAT(minima.identity, ElementsAre(Pair("cpu_model", "143")));
  EXPECT_THAT(minima.tflops, ElementsAre(Pair("cpu/one", 0.5)));
}

TEST_F(MinimaTest, ErrorsHaveTheirPlace) {
  EXPECT_THAT(error_of("{\n  oops"), testing::StartsWith(":2:3: "));
  EXPECT_THAT(error_of(R"({"cases": []})"),
              HasSubstr(": schema: is missing; expected \"warpgauge/smoke/1\""));
  const std::string begin = R"({"schema": "warpgauge/smoke/1", )";
  EXPECT_THAT(error_of(begin + R"("identity": {}})"), HasSubstr(": cases: is missing"));
  EXPECT_THAT(error_of(begin + R"("identity": {}, "cases": []})"),
              HasSubstr(": cases: is empty: nothing would be checked"));
  EXPECT_THAT(error_of(begin + R"("identity": {"cpu_model": 143}})"),
              HasSubstr(": identity.cpu_model: expected a string, found a number"));
  EXPECT_THAT(error_of(begin + R"("cases": [{"name": "a", "min_tflops": 0}]})"),
              HasSubstr(": cases[0].min_tflops: 0 is not greater than 0; "));
  EXPECT_THAT(error_of(begin + R"("cases": [{"name": "a", "min_tflops": "1"}]})"),
              HasSubstr(": cases[0].min_tflops: expected a number, found a string"));
  EXPECT_THAT(error_of(begin + R"("cases": [{"min_tflops": 1}]})"), HasSubstr(": cases[0].name: is missing"));
  EXPECT_THAT(error_of(begin + R"("cases": [{"name": "a"}]})"),
              HasSubstr(": cases[0].min_tflops: is missing"));
}

class Shortfalls : public testing::Test {
 protected:
  // 16.8 MFLOP in 16.8 us: 1 TFLOP/s.
  Shortfalls() {
    CaseResult result{.measured = {nullptr, problem_, "cpu/one", {}}};
    result.repetitions = {{.samples_ns = {attention_flops(problem_) * 1e-3}}};
    results_.push_back(result);
  }
  std::vector<std::string> of(double least, const std::string& name = "cpu/one") const {
    return shortfalls({.file = "m.json", .identity = identity_, .tflops = {{name, least}}}, results_,
                      identity_);
  }

  const Problem problem_{.heads = 4, .kv_heads = 4, .seq_q = 128, .seq_k = 128};
  const KeyValues identity_{{"cpu_model", "143"}};
  std::vector<CaseResult> results_;
};

TEST_F(Shortfalls, ACaseBelowItsMinimumIsReported) {
  EXPECT_THAT(of(0.99), IsEmpty());
  EXPECT_THAT(of(1.5), ElementsAre("cpu/one: 1.00 TFLOP/s, below the minimum of 1.50 TFLOP/s in m.json"));
}

TEST_F(Shortfalls, ACaseThatWasNotTimedIsReported) {
  EXPECT_THAT(of(1, "cpu/two"), ElementsAre("cpu/two: has a minimum in m.json, but was not timed"));
}

TEST_F(Shortfalls, OtherHardwareIsReported) {
  const Minima minima{.file = "m.json", .identity = {{"gpu_name", "A"}}, .tflops = {{"cpu/one", 1}}};
  EXPECT_THAT(
      shortfalls(minima, results_, identity_),
      ElementsAre("m.json is for other hardware or backends: cpu_model is 143 here and unset in the file"));
}

}  // namespace
}  // namespace warpgauge::bench
