#include "base/flag_value.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace warpgauge {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(WholeNumber, TakesDigitsWithinItsRangeOnly) {
  EXPECT_EQ(whole_number("42", 1, 4096), 42);
  EXPECT_EQ(whole_number<std::uint64_t>("18446744073709551615", 0, UINT64_MAX), UINT64_MAX);
  for (const char* text :
       {"", "0", "-1", "4097", "x", "4x", " 4", "+4", "1.5", "1e3", "99999999999999999999"})
    EXPECT_THAT([&] { (void)whole_number(text, 1, 4096); },
                ThrowsMessage<std::invalid_argument>(
                    fmt::format("'{}' is not a valid number; give a whole number from 1 to 4096", text)))
        << text;
}

TEST(DecimalNumber, TakesFiniteNumbersWithinItsRangeOnly) {
  EXPECT_EQ(decimal_number("2.5", 0.001, 60, "seconds"), 2.5);
  EXPECT_EQ(decimal_number("1e-2", 0.001, 60, "seconds"), 0.01);
  for (const char* text : {"", "0", "-1", "61", "soon", "1s", "nan", "inf", "1e300", "1e999"})
    EXPECT_THAT([&] { (void)decimal_number(text, 0.001, 60, "seconds"); },
                ThrowsMessage<std::invalid_argument>(
                    fmt::format("'{}' is not a valid number; give seconds from 0.001 to 60", text)))
        << text;
}

TEST(TruthValue, TakesTheWordsOfGoogleBenchmark) {
  for (const char* text : {"true", "TRUE", "yes", "on", "1", "t", "y"})
    EXPECT_TRUE(truth_value(text)) << text;
  for (const char* text : {"false", "No", "off", "0", "f", "n"}) EXPECT_FALSE(truth_value(text)) << text;
  for (const char* text : {"", "maybe", "-1", "2"})
    EXPECT_THROW((void)truth_value(text), std::invalid_argument) << text;
}

TEST(OneOf, NamesWhatThereIsAndWhatIsSimilar) {
  const std::vector<std::string> names{"smoke", "ci"};
  EXPECT_EQ(one_of("ci", names, "a matrix"), 1u);
  EXPECT_THAT(
      [&] { (void)one_of("smok", names, "a matrix"); },
      ThrowsMessage<std::invalid_argument>("'smok' is not a matrix; did you mean smoke? give smoke or ci"));
  EXPECT_THAT([&] { (void)one_of("", names, "a matrix"); },
              ThrowsMessage<std::invalid_argument>("'' is not a matrix; give smoke or ci"));
}

}  // namespace
}  // namespace warpgauge
