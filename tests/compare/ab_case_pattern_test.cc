#include "compare/ab/case_pattern.h"

#include <gtest/gtest.h>
#include <regex.h>

#include <random>
#include <regex>

namespace warpgauge {
namespace {

// Google Benchmark may use POSIX extended expressions.
bool posix_matches(const std::string& pattern, const std::string& name) {
  regex_t compiled;
  EXPECT_EQ(regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB), 0) << pattern;
  const bool found = regexec(&compiled, name.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return found;
}

void expect_selects_exactly(const std::vector<std::string>& chosen, const std::vector<std::string>& others) {
  const std::string pattern = case_pattern(chosen);
  const std::regex ecmascript(pattern, std::regex::ECMAScript);
  for (const std::string& name : chosen) {
    EXPECT_TRUE(std::regex_search(name, ecmascript)) << pattern << " should find " << name;
    EXPECT_TRUE(posix_matches(pattern, name)) << pattern << " should find " << name;
  }
  for (const std::string& name : others) {
    EXPECT_FALSE(std::regex_search(name, ecmascript)) << pattern << " should not find " << name;
    EXPECT_FALSE(posix_matches(pattern, name)) << pattern << " should not find " << name;
  }
}

TEST(case_pattern, selects_exactly_the_names) {
  expect_selects_exactly({"BM_f/8", "BM_f/64"}, {"BM_f/6", "BM_f/648", "aBM_f/8", "BM_f/", ""});
}

TEST(case_pattern, a_name_that_is_a_prefix_of_another_is_distinguished) {
  expect_selects_exactly({"f", "f/8", "f/8/x"}, {"f/", "f/8/"});
  expect_selects_exactly({"f/8/x"}, {"f", "f/8"});
}

TEST(case_pattern, special_characters_are_escaped) {
  expect_selects_exactly({"a.b", "f<int>(x)[2]{3}", "x|y", "a+b*c?", "^$", "back\\slash"},
                         {"aab", "x", "y", "f<int>x", "", "aab"});
}

TEST(case_pattern, random_subsets_of_a_matrix) {
  std::mt19937_64 random(3);
  for (int n = 0; n < 50; ++n) {
    std::vector<std::string> chosen, others;
    for (const char* kernel : {"cpu/blas", "cpu/naive", "cpu/naive2"})
      for (int s : {64, 128, 512, 640, 6400})
        for (int causal : {0, 1}) {
          const std::string name =
              std::string(kernel) + "/f32/S:" + std::to_string(s) + "/causal:" + std::to_string(causal);
          (random() % 3 == 0 ? chosen : others).push_back(name);
        }
    expect_selects_exactly(chosen, others);
  }
}

TEST(case_pattern, no_case_selects_none) {
  EXPECT_FALSE(std::regex_search(std::string("x"), std::regex(case_pattern({}))));
}

std::vector<std::string> joined(const std::vector<std::vector<std::string>>& parts) {
  std::vector<std::string> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(pattern_parts, a_thousand_names_are_one_part_and_more_are_several_of_one_size) {
  std::vector<std::string> many;
  for (int n = 0; n < 1201; ++n) many.push_back("f/" + std::to_string(n));
  const auto parts = pattern_parts(many);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].size(), 600u);
  EXPECT_EQ(parts[1].size(), 601u);
  EXPECT_EQ(joined(parts), many);
  many.resize(1000);
  ASSERT_EQ(pattern_parts(many).size(), 1u);
  EXPECT_EQ(pattern_parts(many).front(), many);
  EXPECT_EQ(pattern_parts({}).size(), 1u);
}

TEST(pattern_parts, long_names_make_smaller_parts_that_compile) {
  std::mt19937_64 random(5);
  std::vector<std::string> names(900);
  for (std::string& name : names)
    for (int i = 0; i < 200; ++i) name += static_cast<char>('!' + random() % 94);
  const auto parts = pattern_parts(names);
  EXPECT_GT(parts.size(), 2u);
  EXPECT_EQ(joined(parts), names);
  for (const auto& part : parts) EXPECT_LE(case_pattern(part).size(), kMostPatternBytes);
  expect_selects_exactly(parts.front(), parts.back());
}

TEST(pattern_parts, a_name_that_is_too_long_is_selected_by_its_beginning) {
  const std::string name(200'000, 'x');
  EXPECT_EQ(pattern_parts({name, "y"}).size(), 2u);
  const std::string pattern = case_pattern({name});
  EXPECT_LE(pattern.size(), kMostPatternBytes);
  EXPECT_TRUE(posix_matches(pattern, name));
  EXPECT_FALSE(posix_matches(pattern, "x"));
}

TEST(case_pattern, a_thousand_names_compile) {
  std::vector<std::string> names;
  for (int n = 0; n < 1000; ++n) names.push_back("cpu/blas/f32/B:" + std::to_string(n * 7919 % 100003));
  expect_selects_exactly(names, {"cpu/blas/f32/B:x"});
}

}  // namespace
}  // namespace warpgauge
