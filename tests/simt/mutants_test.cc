// The hunt for planted bugs itself: it spares right kernels, tells of a survivor, and a race is reported with
// both of its lines. That each mutant is caught, ctest asks simt_mutants.
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

// "FILE:N" of the first line that holds the text.
std::string line_of(const std::string& file, const std::string& text) {
  std::ifstream source(WARPGAUGE_SOURCE "/" + file);
  std::string line;
  for (int number = 1; std::getline(source, line); ++number)
    if (line.find(text) != std::string::npos) return file + ":" + std::to_string(number);
  return "no line with " + text;
}

TEST(Mutants, know_where_their_bug_is) {
  for (const Mutant& m : all_mutants())
    EXPECT_EQ(std::string(m.file) + ":" + std::to_string(m.line), line_of(m.file, m.from)) << m.name;
}

TEST(Mutants, a_survivor_is_told) {
  const Mutant right{"right", find_kernel("cpu/blas"), hunt_attention, "file", 7, "this", "that"};
  std::ostringstream table;
  EXPECT_EQ(report({&right, 1}, 1, table), 1);
  EXPECT_THAT(table.str(), HasSubstr("IT SURVIVED"));
  EXPECT_THAT(table.str(), HasSubstr("file:7  this  ->  that"));
  EXPECT_THAT(table.str(), HasSubstr("1 mutants, 1 survived"));
}

TEST(Mutants, a_survivor_among_those_of_sm_90a_is_told_in_the_same_table) {
  const Mutant mutants[] = {
      mutant("linear_wrong_head"),
      {"right", &simt_linear_attention, hunt_linear_attention, "file", 7, "this", "that"},
  };
  std::ostringstream table;
  EXPECT_EQ(report(mutants, 1, table), 1);
  EXPECT_THAT(table.str(), HasSubstr("bound of O"));
  EXPECT_THAT(table.str(), HasSubstr("IT SURVIVED"));
  EXPECT_THAT(table.str(), HasSubstr("2 mutants, 1 survived"));
}

TEST(Mutants, a_dropped_barrier_is_a_race_between_two_lines) {
  const Problem problem{.seq_q = 70, .seq_k = 201, .dtype = Dtype::f16};
  const std::string found = check(*mutant("flash_second_barrier").kernel, problem, 1, {}).report();
  EXPECT_THAT(found, HasSubstr("data race in flash_mma, block ("));
  EXPECT_THAT(found,
              HasSubstr(line_of("kernels/cuda/flash_tile.h", "simt::load_matrices<false>(pair, k.chunk(")));
  EXPECT_THAT(found, HasSubstr(line_of("kernels/cuda/flash_tile.h", "simt::copy_async_16(tile.chunk(")));
}

}  // namespace
}  // namespace warpgauge
