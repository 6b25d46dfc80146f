#include "base/console.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace warpgauge {
namespace {

TEST(Console, LinesAreMadeSafeAndDocumentsAreNot) {
  testing::internal::CaptureStdout();
  print("::error::\x1b[31mx\n");
  print("\x1b[31mred\x1b[2J\n", Colours::kept);
  print_document("::error::ours\n");
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            ":\\x3aerror::\\x1b[31mx\n\x1b[31mred\\x1b[2J\n::error::ours\n");
}

TEST(Console, WhatALibraryPrintedComesFirst) {
  testing::internal::CaptureStdout();
  std::printf("first\n");
  print("second\n");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "first\nsecond\n");
}

TEST(Console, StatusLinesReplaceOneAnother) {
  testing::internal::CaptureStderr();
  show_status("1 of 2\x1b[2J");
  show_status("");
  print_to_stderr("##[error]x\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "\r\033[K1 of 2\\x1b[2J\r\033[K##\\x5berror]x\n");
}

}  // namespace
}  // namespace warpgauge
