#include "base/build_info.h"

#include <gmock/gmock.h>

namespace warpgauge {
namespace {

TEST(BuildInfo, VersionNamesProgramVersionAndCommit) {
  EXPECT_THAT(version_text("warpgauge-bench"),
              testing::MatchesRegex("warpgauge-bench [0-9]+\\.[0-9]+\\.[0-9]+ \\([-0-9A-Za-z._+]+\\)\n"));
}

}  // namespace
}  // namespace warpgauge
