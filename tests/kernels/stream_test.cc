#include <gtest/gtest.h>

#include <stdexcept>

#include "kernels/backend.h"

namespace warpgauge {
namespace {

TEST(Stream, IsNullOnTheCpu) {
  EXPECT_EQ(Stream(Backend::cpu).get(), nullptr);
}

TEST(Stream, OfTheEmulatorIsTheNewestOfItsThread) {
  EXPECT_EQ(emulated_stream(), nullptr);
  const Stream outer(Backend::simt);
  EXPECT_NE(outer.get(), nullptr);
  {
    const Stream inner(Backend::simt);
    EXPECT_NE(inner.get(), outer.get());
    EXPECT_EQ(emulated_stream(), inner.get());
  }
  EXPECT_EQ(emulated_stream(), outer.get());
}

class CudaStream : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty())
      GTEST_SKIP() << reason;
  }
};

TEST_F(CudaStream, IsHeldDuringLook) {
  const Stream stream(Backend::cuda);
  EXPECT_NE(stream.get(), nullptr);
  int looked = 0;
  EXPECT_TRUE(stream.hold_while([] {}, [&] { ++looked; }));
  EXPECT_EQ(looked, 1);
}

TEST_F(CudaStream, IsReleasedByTheTimeLimitIfTheLaunchSynchronises) {
  const Stream stream(Backend::cuda);
  EXPECT_FALSE(stream.hold_while([] { synchronize(Backend::cuda); }, [] {}));
  EXPECT_TRUE(stream.hold_while([] {}, [] {})) << "the stream must be usable afterwards";
}

TEST_F(CudaStream, IsReleasedByAnException) {
  const Stream stream(Backend::cuda);
  EXPECT_THROW(stream.hold_while([] { throw std::runtime_error("planted"); }, [] {}), std::runtime_error);
  EXPECT_NO_THROW(synchronize(Backend::cuda));
}

}  // namespace
}  // namespace warpgauge
