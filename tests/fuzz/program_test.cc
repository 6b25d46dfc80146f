// The fuzzer as a program: exit codes, what a failure prints, and that the printed line fails again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <regex>
#include <string>

#include "kernels/backend.h"
#include "tests/fuzz/fatal_kernels.h"

namespace {

using testing::HasSubstr;
using testing::Not;

struct Finished {
  int exit_code;       // of a program that a signal ended: 128 + the signal, as a shell has it
  std::string output;  // stdout and stderr
};

Finished run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  std::array<char, 4096> chunk;
  while (const std::size_t read = fread(chunk.data(), 1, chunk.size(), pipe))
    output.append(chunk.data(), read);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), output};
}

const std::string kFuzz = WARPGAUGE_FUZZ, kFaulty = FAULTY_FUZZ;

TEST(Program, RightKernelGivesZero) {
  const Finished fuzz = run(kFuzz + " --kernel cpu/ --seeds 3");
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("[       OK ] fuzz.cpu_naive"));
  EXPECT_THAT(fuzz.output, HasSubstr("rows compared"));
}

TEST(Program, WrongKernelGivesOneAndLinesThatFailAgain) {
  const Finished fuzz = run(kFaulty + " --kernel drops_last_key --seeds 50");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  std::smatch found;
  for (const char* label : {"replay:   ", "smallest: "}) {
    ASSERT_TRUE(
        std::regex_search(fuzz.output, found, std::regex(std::string(label) + "fuzz (--replay '[^']+')")))
        << fuzz.output;
    const Finished again = run(kFaulty + " " + found[1].str());
    EXPECT_EQ(again.exit_code, 1) << again.output;
    EXPECT_THAT(again.output, Not(HasSubstr("fuzz.cpu_zeros"))) << "only the kernel that the line names";
  }
}

TEST(Program, SmallestCaseOfADroppedKeyIsOneKey) {
  EXPECT_THAT(run(kFaulty + " --kernel drops_last_key --seeds 50").output,
              HasSubstr("smallest: fuzz --replay 'cpu/drops_last_key/f32/B:1/H:1/S:1/D:8/causal:0 "));
}

TEST(Program, RegressionsAreReplayedWithoutAnySeed) {
  EXPECT_EQ(run(kFaulty + " --kernel top_left_causal --seeds 0").exit_code, 1);
  EXPECT_EQ(run(kFaulty + " --kernel cpu/right --seeds 0").exit_code, 0);
}

TEST(Program, WrongUsageGivesTwoAndSaysWhat) {
  for (const char* flags :
       {"--bogus", "--seeds x", "--kernel '('", "--replay 'cpu/naive/f32/B:1'", "--seconds -1",
        "--replay 'f32/B:1/H:1/S:1/D:8/causal:0 sed=1'", "--oracle magic", "--gtest_bogus"}) {
    const Finished fuzz = run(kFuzz + " " + flags);
    EXPECT_EQ(fuzz.exit_code, 2) << flags << "\n" << fuzz.output;
    EXPECT_FALSE(fuzz.output.empty()) << flags;
  }
}

TEST(Program, ImpossibleSizesAreUsage) {
  const Finished fuzz =
      run(kFuzz + " --replay 'cpu/naive/f32/B:4611686018427387904/H:4611686018427387904/S:1/D:64/causal:0'");
  EXPECT_EQ(fuzz.exit_code, 2) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("Q and O have more than 2^60 bytes"));
}

TEST(Program, ProblemThatDoesNotFitIsNotCheckedAndNotWrong) {
  const std::string huge = " --replay 'cpu/naive/f32/B:1/H:1/S:1099511627776/D:64/causal:0'";
  const Finished fuzz = run(kFuzz + huge);
  EXPECT_EQ(fuzz.exit_code, 77) << fuzz.output;
  EXPECT_THAT(fuzz.output,
              HasSubstr("cpu/naive was not checked: takes about 2633728 GiB of memory, of which "));
  EXPECT_THAT(fuzz.output, Not(HasSubstr("is wrong")));
  EXPECT_EQ(run(kFuzz + huge + " --replay 'cpu/naive/f32/B:1/H:1/S:2/D:64/causal:0'").exit_code, 0)
      << "another case was checked";
}

// Without a device every launch fails: of a smaller case, and of the next kernel too.
TEST(Program, LostDeviceIsToldByTheCaseThatLostIt) {
  const Finished fuzz = run(kFaulty + " --kernel '^cpu/(loses_device|right|zeros)$' --seeds 50");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  const std::string line = "fuzz --replay 'cpu/loses_device/f32/B:1/H:1/S:5/Sk:3/D:8/causal:1 seed=1 ";
  EXPECT_THAT(fuzz.output, HasSubstr("  replay:   " + line));
  EXPECT_THAT(fuzz.output, HasSubstr("the device was lost by " + line));
  EXPECT_THAT(fuzz.output, HasSubstr(": planted loss"));
  EXPECT_THAT(fuzz.output, Not(HasSubstr("smallest:")));
  EXPECT_THAT(fuzz.output, HasSubstr("[  SKIPPED ] fuzz.cpu_right"));
  EXPECT_THAT(fuzz.output, HasSubstr("[  SKIPPED ] fuzz.cpu_zeros"));
}

// The same on a real one, and kernels of the host are then held against the oracle of the CPU.
TEST(Program, LostGpuIsToldAndHindersNoKernelOfTheHost) {
  if (!warpgauge::backend_unavailable(warpgauge::Backend::cuda).empty())
    GTEST_SKIP() << "there is no GPU here";
  const Finished fuzz = run(kFaulty + " --kernel '^(cuda/loses_device|cpu/right)$' --seeds 3");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("the device was lost by fuzz --replay 'cuda/loses_device/"));
  EXPECT_THAT(fuzz.output, Not(HasSubstr("smallest:")));
  EXPECT_THAT(fuzz.output, HasSubstr("[       OK ] fuzz.cpu_right"));
}

// A crash names the kernel and the case; the line makes it crash again.
class ProgramThatCrashes : public testing::TestWithParam<warpgauge::faulty::Fatal> {};

TEST_P(ProgramThatCrashes, TellsItsReplayLineFirst) {
  const std::string name(GetParam().kernel.name), no_core = "ulimit -c 0; ";
  const Finished fuzz = run(no_core + kFaulty + " --kernel 'cpu/" + name + "$' --seeds 1");
  EXPECT_THAT(fuzz.output, HasSubstr("fuzz: SIG"));
  std::smatch found;
  ASSERT_TRUE(std::regex_search(fuzz.output, found,
                                std::regex(" in cpu/" + name + "\n  replay:   fuzz (--replay 'cpu/[^']+')")))
      << fuzz.output;
  const Finished again = run(no_core + kFaulty + " " + found[1].str());
  EXPECT_THAT(again.output, HasSubstr(found[0].str()));
#if !defined(__SANITIZE_ADDRESS__)  // it has handlers of its own, which end the program another way
  EXPECT_EQ(fuzz.exit_code, 128 + GetParam().signal) << fuzz.output;
#endif
}

std::string fatal_name(const testing::TestParamInfo<warpgauge::faulty::Fatal>& info) {
  return std::string(info.param.kernel.name);
}
INSTANTIATE_TEST_SUITE_P(Program, ProgramThatCrashes, testing::ValuesIn(warpgauge::faulty::kFatal),
                         fatal_name);

TEST(Program, AWrongKernelIsToldBeforeASmallerCaseIsLookedFor) {
  const Finished cut_off = run("timeout 2 " + kFaulty + " --kernel slow_and_wrong_once --seeds 1");
  EXPECT_EQ(cut_off.exit_code, 124) << cut_off.output;
  EXPECT_THAT(cut_off.output, HasSubstr("cpu/slow_and_wrong_once is wrong\n"));
  EXPECT_THAT(cut_off.output, HasSubstr("  replay:   fuzz --replay 'cpu/slow_and_wrong_once/"));
  EXPECT_THAT(cut_off.output, HasSubstr("fuzz: SIGTERM in cpu/slow_and_wrong_once\n"));
  EXPECT_THAT(cut_off.output, Not(HasSubstr("  smallest: ")));
}

// A dozen simpler cases are there to be tried, of two launches of a third of a second each.
TEST(Program, SecondsBoundTheLookForASmallerCaseToo) {
  const auto begin = std::chrono::steady_clock::now();
  const Finished fuzz = run(kFaulty + " --kernel slow_and_wrong_once --seconds 1");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("  smallest: fuzz --replay 'cpu/slow_and_wrong_once/"));
  EXPECT_LT(took.count(), 4) << "seconds";
}

TEST(Program, HelpGivesZero) {
  const Finished fuzz = run(kFuzz + " --help");
  EXPECT_EQ(fuzz.exit_code, 0);
  EXPECT_THAT(fuzz.output, HasSubstr("--replay"));
}

TEST(Program, NothingCheckedGives77) {
  for (const char* flags : {"--kernel no_such_kernel", "--gtest_filter=nothing",
                            "--replay 'cpu/no_such_kernel/f32/B:1/H:1/S:1/D:8/causal:0'"})
    EXPECT_EQ(run(kFuzz + " " + flags).exit_code, 77) << flags;
}

TEST(Program, RequireGpuMakesNothingCheckedAFailure) {
  EXPECT_EQ(run("WARPGAUGE_REQUIRE_GPU=1 " + kFuzz + " --kernel no_such_kernel").exit_code, 1);
  EXPECT_EQ(run("WARPGAUGE_REQUIRE_GPU=0 " + kFuzz + " --kernel no_such_kernel").exit_code, 77);
}

TEST(Program, OracleThatIsNotHereChecksNothingAndSaysWhy) {
  const std::string reason = warpgauge::backend_unavailable(warpgauge::Backend::cuda);
  if (reason.empty()) GTEST_SKIP() << "there is a GPU here";
  const Finished fuzz = run(kFuzz + " --oracle cublas --seeds 1");
  EXPECT_EQ(fuzz.exit_code, 77);
  EXPECT_THAT(fuzz.output, HasSubstr(reason));
  EXPECT_EQ(run("WARPGAUGE_REQUIRE_GPU=1 " + kFuzz + " --oracle cublas --seeds 1").exit_code, 1);
}

TEST(Program, CudaKernelWithoutAGpuIsSkippedWithAReason) {
  const std::string reason = warpgauge::backend_unavailable(warpgauge::Backend::cuda);
  if (reason.empty()) GTEST_SKIP() << "there is a GPU here";
  const Finished fuzz = run(kFuzz + " --kernel ^cuda/ --seeds 1");
  EXPECT_EQ(fuzz.exit_code, 77);
}

TEST(Program, SecondsEndARunWithoutSeeds) {
  const Finished fuzz = run(kFuzz + " --kernel cpu/naive --seconds 0.5");
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.output;
}

}  // namespace
