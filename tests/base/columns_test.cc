#include "base/columns.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(Columns, PaddingCountsCodePoints) {
  EXPECT_EQ(padded_left("ä", 3), "  ä");
  EXPECT_EQ(padded_right("ä", 3), "ä  ");
  EXPECT_EQ(padded_right("long", 3), "long");
}

TEST(Columns, LinesBreakAtSpacesAndWithinLongWordsOnly) {
  const std::string word(40, 'x');
  EXPECT_EQ(wrapped(word + " " + word + " " + word, 2), "  " + word + " " + word + "\n  " + word + "\n");
  EXPECT_EQ(wrapped(std::string(150, 'y'), 0), std::string(100, 'y') + "\n" + std::string(50, 'y') + "\n");
  EXPECT_EQ(wrapped(std::string(97, 'z') + " 1 %", 0), std::string(97, 'z') + "\n1 %\n");
  EXPECT_EQ(wrapped("", 4), "");
}

}  // namespace
}  // namespace warpgauge
