#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(Diagnostics, SyntaxNamesLineAndColumn) {
  EXPECT_STREQ(syntax_diagnostic("a.json", 3, 17, "expected ':'", "a hint").what(),
               "a.json:3:17: expected ':'; a hint");
  EXPECT_STREQ(syntax_diagnostic("a.json", 1, 1, "what", "").what(), "a.json:1:1: what");
}

TEST(Diagnostics, MeaningNamesThePlaceInTheData) {
  EXPECT_STREQ(meaning_diagnostic("a.json", "benchmarks[4] BM.real_time", "is missing", "measure it").what(),
               "a.json: benchmarks[4] BM.real_time: is missing; measure it");
  EXPECT_STREQ(meaning_diagnostic("a.json", "", "is empty", "").what(), "a.json: is empty");
}

TEST(Diagnostics, PrintableKeepsTextAndShowsTheRestAsHex) {
  EXPECT_EQ(printable("BM_f/8 \xc3\xa4"), "BM_f/8 \xc3\xa4");
  EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), "a\\x0ab\\x1b[31m\\x7f");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
}

TEST(Diagnostics, PrintableCutsLongText) {
  EXPECT_EQ(printable(std::string(120, 'x')), std::string(120, 'x'));
  EXPECT_EQ(printable(std::string(121, 'x')), std::string(120, 'x') + "...");
}

}  // namespace
}  // namespace warpgauge
