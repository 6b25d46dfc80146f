// What the flags mean. program_test.cc has a table of bad values.
#include "fuzz/flags.h"

#include <gmock/gmock.h>

#include "fuzz/program.h"
#include "tests/base/flag_table_checks.h"

namespace warpgauge {
namespace {

ParsedFlags parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "build/bin/fuzz");
  return read_flags(arguments);
}

TEST(Flags, DefaultsAre500SeedsPerKernelWithoutATimeLimit) {
  const ParsedFlags parsed = parse({});
  ASSERT_FALSE(parsed.exit_code);
  EXPECT_EQ(parsed.flags.program, "build/bin/fuzz");
  EXPECT_EQ(parsed.flags.seeds, 500u);
  EXPECT_EQ(parsed.flags.first_seed, 1u);
  EXPECT_EQ(parsed.flags.seconds, 0);
}

TEST(Flags, SecondsWithoutSeedsRunUntilThen) {
  EXPECT_EQ(parse({"--seconds", "1.5"}).flags.seeds, kUnlimitedSeeds);
  EXPECT_EQ(parse({"--seconds=1.5"}).flags.seconds, 1.5);
  EXPECT_EQ(parse({"--seconds=1.5", "--seeds=7"}).flags.seeds, 7u);
}

TEST(Flags, EveryFlagIsRead) {
  const ParsedFlags parsed = parse({"--kernel=^cpu/", "--seed", "9", "--oracle=cpu", "--replay",
                                    "f32/B:1/H:1/S:1/D:8/causal:0", "--replay=f32/B:1/H:1/S:2/D:8/causal:0"});
  ASSERT_FALSE(parsed.exit_code);
  EXPECT_EQ(parsed.flags.kernel_text, "^cpu/");
  EXPECT_EQ(parsed.flags.first_seed, 9u);
  EXPECT_EQ(parsed.flags.oracle, OracleBackend::cpu);
  EXPECT_EQ(parsed.flags.reproducers.size(), 2u);
}

TEST(Flags, HelpHasEveryFlagOnce) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--bogus", "--help"}).exit_code, kRight);
  const std::string help = testing::internal::GetCapturedStdout();
  EXPECT_THAT(help, testing::HasSubstr("--gtest_filter"));
  Flags flags;
  expect_sound(flag_table(flags), help);
}

}  // namespace
}  // namespace warpgauge
