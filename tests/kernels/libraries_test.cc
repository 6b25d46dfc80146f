#include "kernels/libraries.h"

#include <gmock/gmock.h>

namespace warpgauge {
namespace {

TEST(Libraries, VersionsOfAllLibraries) {
  EXPECT_THAT(library_versions(), testing::ContainsRegex("^OpenBLAS [0-9]+[.][0-9]+"));
#if defined(LIBRARIES_WITH_CUDA)
  EXPECT_THAT(library_versions(), testing::ContainsRegex("; cuBLAS [0-9]+[.][0-9]+[.][0-9]+$"));
#endif
}

}  // namespace
}  // namespace warpgauge
