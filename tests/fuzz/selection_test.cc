#include "fuzz/selection.h"

#include <gmock/gmock.h>

#include "base/usage_error.h"

namespace warpgauge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

const std::vector<std::string> kUnbuilt{"cuda/naive", "cuda/flash_mma"};

// Parses flags, and selects among the kernels of this build, cpu/naive and cpu/blas among them.
KernelSelection select(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "fuzz");
  return select_kernels(all_kernels(), kUnbuilt, read_flags(arguments).flags);
}

std::vector<std::string> ids(const KernelSelection& selection) {
  std::vector<std::string> all;
  for (const Kernel* kernel : selection.kernels) all.push_back(kernel->id());
  return all;
}

TEST(Selection, ByExpressionAndByReproducer) {
  EXPECT_THAT(ids(select({})), testing::SizeIs(all_kernels().size()));
  EXPECT_THAT(ids(select({"--kernel=^cpu/"})), ElementsAre("cpu/naive", "cpu/blas"));
  EXPECT_THAT(ids(select({"--replay=cpu/blas/f32/B:1/H:1/S:1/D:8/causal:0"})), ElementsAre("cpu/blas"));
  EXPECT_THAT(ids(select({"--kernel=naive", "--replay=f32/B:1/H:1/S:1/D:8/causal:0"})),
              testing::Contains("cpu/naive"));
}

TEST(Selection, AKernelThatIsNotInThisBuildIsNoTypo) {
  const KernelSelection flash = select({"--kernel=^cuda/flash"});
  EXPECT_THAT(flash.unbuilt, ElementsAre("cuda/flash_mma"));
  const KernelSelection naive = select({"--replay", "naive/f32/B:1/H:1/S:1/D:8/causal:0"});
  EXPECT_THAT(ids(naive), testing::Contains("cpu/naive"));
  EXPECT_THAT(naive.unbuilt, ElementsAre("cuda/naive"));
  EXPECT_THAT(select({"--kernel=^cpu/"}).unbuilt, IsEmpty());
}

TEST(Selection, AnUnknownKernelIsAnErrorWithTheKnownOnes) {
  EXPECT_THAT(
      [] { (void)select({"--kernel=cpu/naife"}); },
      ThrowsMessage<UsageError>(
          AllOf(HasSubstr("--kernel: 'cpu/naife' matches no kernel; did you mean cpu/naive? the kernels are"),
                HasSubstr("cpu/blas"), HasSubstr("cuda/flash_mma"))));
  EXPECT_THAT([] { (void)select({"--replay=cpu/mine/f32/B:1/H:1/S:1/D:8/causal:0"}); },
              ThrowsMessage<UsageError>(HasSubstr("--replay: 'cpu/mine' is not a kernel; ")));
}

TEST(Selection, FlagsThatExcludeEachOtherAreAnError) {
  EXPECT_THAT(
      [] {
        (void)select({"--kernel=naive", "--replay=cpu/blas/f32/B:1/H:1/S:1/D:8/causal:0"});
      },
      ThrowsMessage<UsageError>(HasSubstr("--kernel: 'naive' excludes every kernel of --replay")));
}

}  // namespace
}  // namespace warpgauge
