// The fuzzer as a program: exit codes, messages, and reproducers that fail again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <regex>
#include <string>
#include <vector>

#include "kernels/backend.h"
#include "tests/fuzz/fatal_kernels.h"

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Finished {
  int exit_code;       // of a program that a signal ended: 128 + the signal, as in a shell
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

// The command after `label` in the output.
std::string command_after(const std::string& label, const std::string& output) {
  std::smatch found;
  const bool is_found = std::regex_search(output, found, std::regex(label + "(.+ --replay '[^']+'.*)"));
  return is_found ? found[1].str() : "";
}

TEST(Program, ARightKernelGivesZero) {
  const Finished fuzz = run(kFuzz + " --kernel cpu/ --seeds 3");
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("[       OK ] fuzz.cpu_naive"));
  EXPECT_THAT(fuzz.output, HasSubstr("rows compared"));
}

TEST(Program, AWrongKernelGivesOneAndCommandsThatFailAgain) {
  const Finished fuzz = run(kFaulty + " --kernel drops_last_key --seeds 50");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  for (const char* label : {"  reproducer: ", "  minimized:  "}) {
    const std::string command = command_after(label, fuzz.output);
    ASSERT_THAT(command, StartsWith(kFaulty + " ")) << fuzz.output;
    const Finished again = run(command);
    EXPECT_EQ(again.exit_code, 1) << again.output;
    EXPECT_THAT(again.output, Not(HasSubstr("fuzz.cpu_zeros"))) << "only the kernel that the line names";
  }
}

TEST(Program, AReproducerCanBePastedFromWhereTheProgramWasCalled) {
  const std::size_t slash = kFaulty.rfind('/');
  const std::string folder = "cd '" + kFaulty.substr(0, slash) + "' && ";
  const Finished fuzz =
      run(folder + "." + kFaulty.substr(slash) + " --kernel drops_last_key --seeds 1 --oracle cpu");
  const std::string command = command_after("  reproducer: ", fuzz.output);
  EXPECT_THAT(command, StartsWith("." + kFaulty.substr(slash) + " --replay '"));
  EXPECT_THAT(command, testing::EndsWith("' --oracle cpu"));
  EXPECT_EQ(run(folder + command).exit_code, 1);
}

TEST(Program, TheMinimizedCaseOfADroppedKeyHasOneKey) {
  EXPECT_THAT(
      run(kFaulty + " --kernel drops_last_key --seeds 50").output,
      HasSubstr("  minimized:  " + kFaulty + " --replay 'cpu/drops_last_key/f32/B:1/H:1/S:1/D:8/causal:0 "));
}

// The line of --replay flags that a dependent failure prints, split into its cases.
std::vector<std::string> cases_of(const std::string& command) {
  std::vector<std::string> cases;
  const std::regex replay(" --replay '([^']+)'");
  for (std::sregex_iterator found(command.begin(), command.end(), replay), end; found != end; ++found)
    cases.push_back((*found)[1]);
  return cases;
}

TEST(Program, AFailureThatDependsOnEarlierCasesPrintsTheShortestSequenceThatFails) {
  const Finished fuzz = run(kFaulty + " --kernel wrong_after_others --seeds 100");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  EXPECT_EQ(run(command_after("  reproducer: ", fuzz.output)).exit_code, 0) << "alone it passes";
  EXPECT_THAT(fuzz.output, Not(HasSubstr("  minimized:  ")));
  const std::string command = command_after("  only after these cases: ", fuzz.output);
  const Finished again = run(command);
  EXPECT_EQ(again.exit_code, 1) << again.output;
  EXPECT_THAT(again.output, HasSubstr("  after these cases: " + command));
  const std::vector<std::string> cases = cases_of(command);
  ASSERT_EQ(cases.size(), 3u) << command << "\nof f16, of bf16 with a tail, and of f32";
  for (std::size_t dropped = 0; dropped < cases.size(); ++dropped) {
    std::string fewer = kFaulty;
    for (std::size_t n = 0; n < cases.size(); ++n)
      if (n != dropped) fewer += " --replay '" + cases[n] + "'";
    EXPECT_EQ(run(fewer).exit_code, 0) << fewer;
  }
}

TEST(Program, AFailureThatNoFreshProcessRepeatsIsReportedAsSuch) {
  const Finished fuzz = run(kFaulty + " --kernel wrong_in_one_process --seeds 3");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  EXPECT_THAT(fuzz.output,
              HasSubstr("the reproducer passes in a fresh process, and no sequence of the 0 cases"));
}

TEST(Program, RegressionsAreCheckedWithoutAnySeed) {
  EXPECT_EQ(run(kFaulty + " --kernel top_left_causal --seeds 0").exit_code, 1);
  EXPECT_EQ(run(kFaulty + " --kernel cpu/right --seeds 0").exit_code, 0);
}

struct BadFlag {
  const char* flags;
  const char* message;  // begins with the flag and its value, and says what is expected
};

// Each flag with an empty, a negative, a huge and an unknown value, as far as its kind has them.
constexpr BadFlag kBadFlags[] = {
    {"--kernel=", "--kernel: '' is empty; "},
    {"--kernel='('", "--kernel: '(' is not a regular expression: "},
    {"--kernel='[a'", "--kernel: '[a' is not a regular expression: "},
    {"--kernel=TYPO", "--kernel: 'TYPO' matches no kernel; the kernels are cpu/naive, "},
    {"--kernel=cpu/naife", "--kernel: 'cpu/naife' matches no kernel; did you mean cpu/naive?"},
    {"--kernel", "--kernel: has no value; write --kernel REGEX"},
    {"--replay=", "--replay: '' is empty; "},
    {"--replay=cpu/naive/f32/B:1", "--replay: 'cpu/naive/f32/B:1' "},
    {"--replay='f32/B:-1/H:1/S:1/D:8/causal:0'", "--replay: 'f32/B:-1/H:1/S:1/D:8/causal:0' "},
    {"--replay='f32/B:1/H:1/S:1/D:8/causal:0 sed=1'", "--replay: sed: is not a setting; "},
    {"--replay=cpu/mine/f32/B:1/H:1/S:1/D:8/causal:0", "--replay: 'cpu/mine' is not a kernel; "},
    {"--replay=f32/B:4611686018427387904/H:4611686018427387904/S:1/D:64/causal:0", "2^60 bytes"},
    {"--seeds=", "--seeds: '' is not a valid number; give a whole number from 0 to 18446744073709551615"},
    {"--seeds=-1", "--seeds: '-1' is not a valid number"},
    {"--seeds=1.5", "--seeds: '1.5' is not a valid number"},
    {"--seeds=18446744073709551616", "--seeds: '18446744073709551616' is not a valid number"},
    {"--seeds=x", "--seeds: 'x' is not a valid number"},
    {"--seconds=", "--seconds: '' is not a valid number; give seconds from 0.001 to 1000000"},
    {"--seconds=0", "--seconds: '0' is not a valid number"},
    {"--seconds=-1", "--seconds: '-1' is not a valid number"},
    {"--seconds=1e300", "--seconds: '1e300' is not a valid number"},
    {"--seconds=inf", "--seconds: 'inf' is not a valid number"},
    {"--seconds=nan", "--seconds: 'nan' is not a valid number"},
    {"--seconds=soon", "--seconds: 'soon' is not a valid number"},
    {"--seed=", "--seed: '' is not a valid number; give a whole number from 0 to 18446744073709551615"},
    {"--seed=-1", "--seed: '-1' is not a valid number"},
    {"--seed=1e3", "--seed: '1e3' is not a valid number"},
    {"--cost=", "--cost: '' is not a valid number; give a whole number from 65536 to 268435456"},
    {"--cost=1000", "--cost: '1000' is not a valid number"},
    {"--oracle=", "--oracle: '' is not an oracle; give auto, cpu or cublas"},
    {"--oracle=magic", "--oracle: 'magic' is not an oracle; give auto, cpu or cublas"},
    {"--oracle=cublass", "--oracle: 'cublass' is not an oracle; did you mean cublas?"},
    {"--seed=1 --seed=2", "--seed: is given twice; give it once"},
    {"--sed=1", "--sed: is not a flag; did you mean --seed"},
    {"cpu/naive", "'cpu/naive': is one argument too many; see warpgauge-fuzz --help"},
    {"--gtest_bogus", "--gtest_bogus: GoogleTest does not know this flag"},
    {"--gtest_filter=nothing", "--gtest_filter: 'nothing' matches no kernel; --gtest_list_tests lists them"},
};

TEST(Program, ABadValueOfAnyFlagGivesTwoAndSaysWhatIsExpectedBeforeAnyWork) {
  for (const BadFlag& bad : kBadFlags) {
    const Finished fuzz = run(kFuzz + " " + bad.flags);
    EXPECT_EQ(fuzz.exit_code, 2) << bad.flags << "\n" << fuzz.output;
    EXPECT_THAT(fuzz.output, HasSubstr("warpgauge-fuzz: error: ")) << bad.flags;
    EXPECT_THAT(fuzz.output, HasSubstr(bad.message)) << bad.flags;
    EXPECT_THAT(fuzz.output, Not(HasSubstr("[ RUN"))) << bad.flags;
  }
}

TEST(Program, TheTableOfBadValuesHoldsEveryFlag) {
  const std::string help = run(kFuzz + " --help").output;
  const std::regex flag("\n  (--[a-z]+) [A-Za-z]");
  for (std::sregex_iterator found(help.begin(), help.end(), flag), end; found != end; ++found) {
    const std::string name = (*found)[1];
    EXPECT_TRUE(std::ranges::any_of(kBadFlags, [&](const BadFlag& bad) {
      return std::string(bad.flags).starts_with(name + "=");
    })) << name;
  }
}

TEST(Program, AProblemThatDoesNotFitIsNotCheckedAndNotWrong) {
  const std::string huge = " --replay 'cpu/naive/f32/B:1/H:1/S:1099511627776/D:64/causal:0'";
  const Finished fuzz = run(kFuzz + huge);
  EXPECT_EQ(fuzz.exit_code, 77) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("cpu/naive was not checked: needs about 2633728 GiB of memory, "));
  EXPECT_THAT(fuzz.output, Not(HasSubstr("is wrong")));
  // Another case was checked: still, the kernel did not pass.
  const Finished two = run(kFuzz + huge + " --replay 'cpu/naive/f32/B:1/H:1/S:2/D:64/causal:0'");
  EXPECT_EQ(two.exit_code, 77) << two.output;
  EXPECT_THAT(two.output,
              HasSubstr("1 case right, 1 not checked; the last of these:\ncpu/naive was not checked"));
  EXPECT_THAT(two.output, HasSubstr("[  SKIPPED ] 1 test"));
}

// Without a device every launch fails: of a simpler case, and of the next kernel.
TEST(Program, ALostDeviceIsReportedForTheCaseThatLostIt) {
  const Finished fuzz = run(kFaulty + " --kernel '^cpu/(loses_device|right|zeros)$' --seeds 50");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  const std::string command =
      kFaulty + " --replay 'cpu/loses_device/f32/B:1/H:1/S:5/Sk:3/D:8/causal:1 seed=1 ";
  EXPECT_THAT(fuzz.output, HasSubstr("  reproducer: " + command));
  EXPECT_THAT(fuzz.output, HasSubstr("the device became unusable in " + command));
  EXPECT_THAT(fuzz.output, HasSubstr(": planted loss"));
  EXPECT_THAT(fuzz.output, Not(HasSubstr("minimized:")));
  EXPECT_THAT(fuzz.output, HasSubstr("[  SKIPPED ] fuzz.cpu_right"));
  EXPECT_THAT(fuzz.output, HasSubstr("[  SKIPPED ] fuzz.cpu_zeros"));
}

// The same on a real GPU. Kernels of the host are then compared with the oracle of the CPU.
TEST(Program, ALostGpuIsReportedAndDoesNotAffectKernelsOfTheHost) {
  if (!warpgauge::backend_unavailable(warpgauge::Backend::cuda).empty())
    GTEST_SKIP() << "there is no GPU here";
  const Finished fuzz = run(kFaulty + " --kernel '^(cuda/loses_device|cpu/right)$' --seeds 3");
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  EXPECT_THAT(fuzz.output,
              HasSubstr("the device became unusable in " + kFaulty + " --replay 'cuda/loses_device/"));
  EXPECT_THAT(fuzz.output, Not(HasSubstr("minimized:")));
  EXPECT_THAT(fuzz.output, HasSubstr("[       OK ] fuzz.cpu_right"));
}

// A crash names the kernel and the case. The reproducer crashes again.
class ProgramThatCrashes : public testing::TestWithParam<warpgauge::faulty::Fatal> {};

TEST_P(ProgramThatCrashes, PrintsItsReproducerFirst) {
  const std::string name(GetParam().kernel.name), no_core = "ulimit -c 0; ";
  const Finished fuzz = run(no_core + kFaulty + " --kernel 'cpu/" + name + "$' --seeds 1");
  EXPECT_THAT(fuzz.output, HasSubstr("warpgauge-fuzz: error: SIG"));
  EXPECT_THAT(fuzz.output, HasSubstr(" in cpu/" + name + "\n  reproducer: " + kFaulty));
  const std::string command = command_after("  reproducer: ", fuzz.output);
  EXPECT_THAT(run(no_core + command).output, HasSubstr("  reproducer: " + command));
#if !defined(__SANITIZE_ADDRESS__)  // it has handlers of its own, which end the program in another way
  EXPECT_EQ(fuzz.exit_code, 128 + GetParam().signal) << fuzz.output;
#endif
}

std::string fatal_name(const testing::TestParamInfo<warpgauge::faulty::Fatal>& info) {
  return std::string(info.param.kernel.name);
}
INSTANTIATE_TEST_SUITE_P(Program, ProgramThatCrashes, testing::ValuesIn(warpgauge::faulty::kFatal),
                         fatal_name);

TEST(Program, AWrongKernelIsReportedBeforeItsCaseIsMinimized) {
  const Finished cut_off = run("timeout 2 " + kFaulty + " --kernel slow_and_wrong_once --seeds 1");
  EXPECT_EQ(cut_off.exit_code, 124) << cut_off.output;
  EXPECT_THAT(cut_off.output, HasSubstr("cpu/slow_and_wrong_once is wrong\n"));
  EXPECT_THAT(cut_off.output, HasSubstr("  reproducer: " + kFaulty + " --replay 'cpu/slow_and_wrong_once/"));
  EXPECT_THAT(cut_off.output, HasSubstr("warpgauge-fuzz: error: SIGTERM in cpu/slow_and_wrong_once\n"));
  EXPECT_THAT(cut_off.output, Not(HasSubstr("  minimized: ")));
}

// There are a dozen simpler cases to try, with two launches of a third of a second each.
TEST(Program, SecondsLimitMinimizingToo) {
  const auto begin = std::chrono::steady_clock::now();
  const Finished fuzz = run(kFaulty + " --kernel slow_and_wrong_once --seconds 1");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(fuzz.exit_code, 1) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("  minimized:  " + kFaulty + " --replay 'cpu/slow_and_wrong_once/"));
  EXPECT_LT(took.count(), 4) << "seconds";
}

TEST(Program, HelpAndVersionGiveZero) {
  const Finished help = run(kFuzz + " --help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, HasSubstr("\n  --replay LINE "));
  const Finished version = run(kFuzz + " --version");
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output, testing::MatchesRegex("warpgauge-fuzz [0-9.]+ \\([-0-9A-Za-z._+]+\\)\n"));
}

TEST(Program, AKernelThatSupportsNoneOfTheProblemsGives77) {
  const Finished fuzz = run(kFuzz + " --replay 'simt/flash_mma/f32/B:1/H:1/S:1/D:8/causal:0'");
  EXPECT_EQ(fuzz.exit_code, 77) << fuzz.output;
  EXPECT_THAT(fuzz.output, HasSubstr("supports none of the problems"));
  EXPECT_THAT(fuzz.output, HasSubstr("warpgauge-fuzz: warning: nothing was checked: "));
}

TEST(Program, AKernelThatIsNotHereGives77WithTheReasonAndOneIfAGpuIsRequired) {
  const std::string reason = warpgauge::backend_unavailable(warpgauge::Backend::cuda);
  if (reason.empty()) GTEST_SKIP() << "there is a GPU here";
  for (const std::string flags :
       {"--kernel ^cuda/ --seeds 1", "--replay cuda/naive/f32/B:1/H:1/S:1/D:8/causal:0",
        "--oracle cublas --seeds 1"}) {
    const Finished fuzz = run(kFuzz + " " + flags);
    EXPECT_EQ(fuzz.exit_code, 77) << flags;
    EXPECT_THAT(fuzz.output, HasSubstr(reason)) << flags;
    EXPECT_EQ(run("WARPGAUGE_REQUIRE_GPU=0 " + kFuzz + " " + flags).exit_code, 77) << flags;
    EXPECT_EQ(run("WARPGAUGE_REQUIRE_GPU=1 " + kFuzz + " " + flags).exit_code, 1) << flags;
  }
}

TEST(Program, SecondsEndARunWithoutSeeds) {
  const Finished fuzz = run(kFuzz + " --kernel cpu/naive --seconds 0.5");
  EXPECT_EQ(fuzz.exit_code, 0) << fuzz.output;
}

}  // namespace
