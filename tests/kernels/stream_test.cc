#include <gtest/gtest.h>

#include <stdexcept>

#include "kernels/backend.h"

namespace warpgauge {
namespace {

TEST(Stream, OfTheHostIsNone) {
  EXPECT_EQ(Stream(Backend::cpu).get(), nullptr);
  EXPECT_EQ(Stream(Backend::simt).get(), nullptr);
}

class StreamOfAGpu : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty())
      GTEST_SKIP() << reason;
  }
};

TEST_F(StreamOfAGpu, IsHeldWhileOneLooks) {
  const Stream stream(Backend::cuda);
  EXPECT_NE(stream.get(), nullptr);
  int looked = 0;
  EXPECT_TRUE(stream.hold_while([] {}, [&] { ++looked; }));
  EXPECT_EQ(looked, 1);
}

TEST_F(StreamOfAGpu, IsNotHeldForALaunchThatWaitsForIt) {
  const Stream stream(Backend::cuda);
  EXPECT_FALSE(stream.hold_while([] { synchronize(Backend::cuda); }, [] {}));
  EXPECT_TRUE(stream.hold_while([] {}, [] {})) << "the next time it is held again";
}

TEST_F(StreamOfAGpu, IsLetGoByAnException) {
  const Stream stream(Backend::cuda);
  EXPECT_THROW(stream.hold_while([] { throw std::runtime_error("planted"); }, [] {}), std::runtime_error);
  EXPECT_NO_THROW(synchronize(Backend::cuda));
}

}  // namespace
}  // namespace warpgauge
