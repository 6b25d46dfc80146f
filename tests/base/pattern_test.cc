#include "base/pattern.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace warpgauge {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Pattern, IsFoundAnywhere) {
  EXPECT_TRUE(Pattern("blas").is_found_in("cpu/blas/f32"));
  EXPECT_TRUE(Pattern("^cpu/(naive|blas)$").is_found_in("cpu/blas"));
  EXPECT_FALSE(Pattern("^blas").is_found_in("cpu/blas"));
}

TEST(Pattern, SaysWhatIsWrong) {
  for (const char* text : {"(", "[a", "[z-a]", "*a", "\\1"})
    EXPECT_THAT([&] { (void)Pattern(text); }, ThrowsMessage<std::invalid_argument>(HasSubstr(
                                                  fmt::format("'{}' is not a regular expression: ", text))));
}

// std::regex overflows its stack on each of these.
TEST(Pattern, NothingThatAUserWritesOverflowsTheStack) {
  const std::string nested = std::string(20'000, '(') + "a" + std::string(20'000, ')');
  EXPECT_TRUE(Pattern(nested).is_found_in("a"));
  EXPECT_TRUE(Pattern("(a|b)*c").is_found_in(std::string(1'000'000, 'a') + "c"));
  EXPECT_FALSE(Pattern("(a*)*b").is_found_in(std::string(100'000, 'a')));
  EXPECT_THAT([] { (void)Pattern(std::string(kLongestPattern + 1, 'a')); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("has 1048577 characters")));
}

TEST(Pattern, AListOfTwentyThousandNamesCompiles) {
  std::string names;
  for (int i = 0; i < 20'000; ++i) names += fmt::format("{}cpu/blas/f32/B:1/H:8/S:{}/D:64", i ? "|" : "", i);
  const Pattern pattern("^(" + names + ")$");
  EXPECT_TRUE(pattern.is_found_in("cpu/blas/f32/B:1/H:8/S:19999/D:64"));
  EXPECT_FALSE(pattern.is_found_in("cpu/blas/f32/B:1/H:8/S:20000/D:64"));
}

}  // namespace
}  // namespace warpgauge
