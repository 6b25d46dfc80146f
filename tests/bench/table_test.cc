#include "bench/table.h"

#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

#include "base/escape.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

using ::testing::HasSubstr;

Kernel named(std::string_view name, Backend backend) {
  return {.name = name,
          .backend = backend,
          .summary = "",
          .deterministic = true,
          .supports = supports_every_problem,
          .workspace_bytes = nullptr,
          .launch = nullptr};
}

const Kernel kBlas = named("blas", Backend::cpu), kDecode = named("decode_split_kv", Backend::cuda);

CaseResult result(const Kernel& kernel, const Problem& problem) {
  CaseResult result{.measured = {&kernel, problem, format_case(kernel.id(), problem), {}}};
  result.accuracy.err_over_bound = 0.25;
  return result;
}

// 2 TFLOP in the problem of these tests would take 1 s at half of this machine's peak.
BackendRuntimes runtimes() {
  BackendRuntimes all;
  for (const Backend backend : {Backend::cpu, Backend::cuda}) {
    all[backend].ceilings = {.flops_per_s = {{Dtype::f32, {4e12, 0}}},
                             .read_bytes_per_s = {{Ceilings::kMemory, {1e15, 0}}}};
    all[backend].cache = CacheMode::warm;
  }
  return all;
}

std::string table(const std::vector<CaseResult>& results) {
  std::string text = table_of(results, runtimes());
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 100u) << line;
  return text;
}

const Problem kProblem{.batch = 1, .heads = 4, .kv_heads = 4, .seq_q = 128, .seq_k = 128, .head_dim = 64};

// The problem has 4 x 4 x 128 x 128 x 64 = 16.8 MFLOP.
TEST(Table, HasTimeThroughputShareOfTheCeilingAndCheck) {
  CaseResult timed = result(kBlas, kProblem);
  timed.repetitions = {{.samples_ns = {8e3, 9e3}}, {.samples_ns = {7e3}}};
  const std::string text = table({timed});
  EXPECT_THAT(text, testing::StartsWith(
                        "case                                          time  TFLOP/s  ceiling  checked\n"
                        "cpu/blas/f32/B:1/H:4/S:128/D:64/causal:0  8.000 us     2.10     52 %  ok 0.25\n"));
  EXPECT_THAT(text, HasSubstr("\ntime: median of all samples. ceiling: "));
}

TEST(Table, AMedianOfOneSecondIsWrittenInSeconds) {
  CaseResult timed = result(kBlas, kProblem);
  timed.repetitions = {{.samples_ns = {999.96e6}}};
  EXPECT_THAT(table({timed}), HasSubstr("  1.000 s  "));
}

TEST(Table, ACaseWithoutTimeHasDashes) {
  EXPECT_THAT(table({result(kBlas, kProblem)}), HasSubstr("causal:0         -        -        -  ok 0.25\n"));
}

TEST(Table, AFailureShowsTheBeginningAndTheEndOfItsFirstLine) {
  CaseResult wrong = result(kBlas, kProblem);
  wrong.fail(
      "wrong: output (normal): O is 0 at b=0 h=0 q=0 of 128 keys, d=3, expected 0.12: error 0.12, bound "
      "1e-6\n"
      "lse (normal): second line");
  const std::string text = table({wrong});
  EXPECT_THAT(text, HasSubstr("causal:0  wrong: output (normal): O is"));
  EXPECT_THAT(text, HasSubstr("bound 1e-6\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("second line")));
}

TEST(Table, ASkippedCaseShowsTheReason) {
  CaseResult skipped = result(kBlas, kProblem);
  skipped.measured.unsupported = "D is not 32";
  EXPECT_THAT(table({skipped}), HasSubstr("causal:0  skipped: D is not 32\n"));
}

TEST(Table, ALongerNameHasItsValuesInTheNextLine) {
  Problem gemma = kProblem;
  gemma.mask = Mask::causal, gemma.window = {4095, 0}, gemma.softcap = 50, gemma.sinks = true;
  CaseResult timed = result(kDecode, gemma), plain = result(kBlas, kProblem);
  timed.repetitions = plain.repetitions = {{.samples_ns = {8e3}}};
  EXPECT_THAT(
      table({plain, timed}),
      testing::StartsWith("case                                          time  TFLOP/s  ceiling  checked\n"
                          "cpu/blas/f32/B:1/H:4/S:128/D:64/causal:0  8.000 us     2.10     52 %  ok 0.25\n" +
                          timed.measured.name +
                          "\n"
                          "                                          8.000 us     1.06     26 %  ok 0.25\n"));
}

TEST(Table, ModelsStandBelowOncePerProblem) {
  CaseResult one = result(kBlas, kProblem), other = result(kDecode, kProblem);
  one.measured.source = other.measured.source = "Llama 3 8B, prefill; Qwen 3 8B, prefill";
  EXPECT_THAT(table({one, other}), testing::EndsWith("which is at most 1.\n"
                                                     "models:\n"
                                                     "  f32/B:1/H:4/S:128/D:64/causal:0\n"
                                                     "    Llama 3 8B, prefill; Qwen 3 8B, prefill\n"));
}

TEST(Table, TheLongestNamesFitAHundredColumns) {
  Problem longest = kProblem;
  longest.batch = 32, longest.heads = 32, longest.kv_heads = 8;
  longest.seq_q = 1, longest.seq_k = 4096, longest.head_dim = 128, longest.dtype = Dtype::f16;
  longest.scale = default_scale(longest.head_dim);
  CaseResult timed = result(kDecode, longest);
  timed.repetitions = {{.samples_ns = {123.4e3}}};
  CaseResult wrong = result(kDecode, longest);
  wrong.fail("failed: " + std::string(200, 'x'));
  EXPECT_THAT(table({timed, wrong}), HasSubstr(timed.measured.name + " 123.4 us"));
}

}  // namespace
}  // namespace warpgauge::bench
