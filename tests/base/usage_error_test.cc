#include "base/usage_error.h"

#include <gtest/gtest.h>

namespace warpgauge {
namespace {

TEST(UsageError, NamesTheFlagTheValueWhatHappenedAndWhatToDo) {
  EXPECT_STREQ(bad_value("3", "is ambiguous", "write 3%").what(), "'3' is ambiguous; write 3%");
  EXPECT_STREQ(bad_flag("--fail-above", "3", "is ambiguous", "write 3%").what(),
               "--fail-above: '3' is ambiguous; write 3%");
  EXPECT_STREQ(bad_value("\x1b[31m", "is red", "x").what(), "'\\x1b[31m' is red; x");
}

}  // namespace
}  // namespace warpgauge
