// Tests of the mutation testing itself. ctest runs simt_mutants for each mutant separately.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "fuzz/check.h"
#include "tests/simt/mutant.h"

namespace warpgauge {

extern const Kernel simt_linear_attention;

namespace {

using testing::HasSubstr;

const Mutant& mutant(std::string_view name) {
  for (const Mutant& candidate : all_mutants())
    if (candidate.name == name) return candidate;
  throw std::runtime_error("no mutant " + std::string(name));
}

// "FILE:N" of the first line that contains the text, or of the nth.
std::string line_of(const std::string& file, const std::string& text, int nth = 1) {
  std::ifstream source(WARPGAUGE_SOURCE "/" + file);
  std::string line;
  for (int number = 1; std::getline(source, line); ++number)
    if (line.find(text) != std::string::npos && --nth == 0) return file + ":" + std::to_string(number);
  return "no line with " + text;
}

TEST(Mutants, record_the_line_of_their_bug) {
  for (const Mutant& m : all_mutants())
    EXPECT_EQ(std::string(m.file) + ":" + std::to_string(m.line), line_of(m.file, m.from)) << m.name;
}

TEST(Mutants, report_counts_a_correct_kernel_as_survivor) {
  const Mutant right{"right", find_kernel("cpu/blas"), detect_attention_bug, "file", 7, "this", "that"};
  std::ostringstream table;
  EXPECT_EQ(report({&right, 1}, 1, table), 1);
  EXPECT_THAT(table.str(), HasSubstr("NOT DETECTED"));
  EXPECT_THAT(table.str(), HasSubstr("file:7  this  ->  that"));
  EXPECT_THAT(table.str(), HasSubstr("1 mutants, 1 survived"));
}

TEST(Mutants, report_lists_detected_and_surviving_sm_90a_mutants) {
  const Mutant mutants[] = {
      mutant("linear_wrong_head"),
      {"right", &simt_linear_attention, detect_linear_attention_bug, "file", 7, "this", "that"},
  };
  std::ostringstream table;
  EXPECT_EQ(report(mutants, 1, table), 1);
  EXPECT_THAT(table.str(), HasSubstr("bound of O"));
  EXPECT_THAT(table.str(), HasSubstr("NOT DETECTED"));
  EXPECT_THAT(table.str(), HasSubstr("2 mutants, 1 survived"));
}

TEST(Mutants, a_missing_barrier_is_reported_as_a_race_with_both_lines) {
  const Problem problem{.seq_q = 70, .seq_k = 201, .dtype = Dtype::f16};
  const std::string found = check(*mutant("flash_key_barrier").kernel, problem, 1, {}).report();
  EXPECT_THAT(found, HasSubstr("data race in flash_mma, block ("));
  EXPECT_THAT(found,
              HasSubstr(line_of("kernels/cuda/flash_tile.h", "simt::load_matrices<true>(pair, v.chunk(")));
  EXPECT_THAT(found, HasSubstr(line_of("kernels/cuda/flash_tile.h", "simt::copy_async_16(target_ +", 2)));
}

}  // namespace
}  // namespace warpgauge
