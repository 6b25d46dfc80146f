// Kernels that cheat get no time. Each test runs the bench program with the cheat linked in.
#include <gmock/gmock.h>
#include <sched.h>

#include "kernels/backend.h"
#include "tests/bench/program.h"

namespace warpgauge {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

struct Cheat {
  const char* name;
  const char* reason;  // a regular expression
  const char* axes = "";
};

void PrintTo(const Cheat& cheat, std::ostream* out) {
  *out << cheat.name;
}

// In a launch that was timed.
constexpr char kTimed[] =
    ": wrong: right in its check, wrong in [0-9]+ of [0-9]+ timed launches that were checked: ";
constexpr char kUnwritten[] = "O was not written when the launch had ended";
constexpr char kMemory[] = ": wrong: writes outside of its outputs";

const Cheat kCheats[] = {
    {"skip", kUnwritten},
    {"replay_by_pointer", kTimed},
    {"replay_by_problem", kTimed},
    {"replay_by_hash_of_a_key", kTimed},
    {"replay_by_hash_of_a_value", kTimed},
    {"keeps_k", kTimed},
    {"keeps_v", kTimed},
    {"keeps_results_in_workspace", kTimed},
    {"output_of_an_earlier_case", ": wrong: output "},
    {"output_of_the_oracle", kTimed},
    {"replays_lse", "LSE is .* expected"},
    {"works_in_the_next_call", kTimed},
    {"works_in_a_thread",
     "O was not written|is not bit-identical|O is .* expected|SIG(SEGV|BUS) (in|after) "},
    {"works_when_idle", kUnwritten},
    {"half_of_the_heads", ": wrong: writes_all "},
    {"half_of_the_heads_when_timed", kUnwritten},
    {"every_second_key", kTimed},
    {"every_second_query", kTimed},
    {"lower_precision", kTimed},
    {"detects_the_warm_up", kUnwritten},
    {"works_in_every_fourth_launch", kUnwritten},
    {"detects_the_inputs_of_the_check", kUnwritten},
    {"sniffs_the_command_line", kUnwritten},
    {"writes_zeros", kTimed},
    {"simplifies_its_inputs", kTimed},
    {"patches_the_clock", ": failed: the clock that times launches and a second clock disagree"},
    {"restores_guard_bands", kMemory},
    {"restores_inputs", kMemory},
    {"frees_an_operand", ": error: SIG(ABRT|SEGV) in "},
    {"resizes_an_operand", ": error: SIG(SEGV|BUS|ABRT) in "},
    {"ends_the_process", ": error: exit in "},
    {"keeps_sinks", kTimed, " --axis sinks=1"},
    {"keeps_slopes", kTimed, " --axis bias=alibi"},
    {"keeps_bias", kTimed, " --axis bias=tensor"},
    {"restores_sinks", ": wrong: writes outside of its outputs: to the sinks", " --axis sinks=1"},
    {"restores_bias", ": wrong: writes outside of its outputs: to the bias", " --axis bias=tensor"},
    {"forgets_the_window", kTimed, " --axis window=20,3"},
    {"forgets_the_soft_cap", kTimed, " --axis softcap=1"},
    {"writes_one_column_less", kTimed, " --axis Dv=24"},
};

class Cheats : public Program {
 protected:
  Finished bench(const std::string& kernel, const std::string& axes = "") {
    return run(BENCH_WITH_CHEATS, std::string(kCase) + "--benchmark_filter=" + kernel + "/" + axes);
  }
  // The medians of the repetitions, in nanoseconds.
  std::vector<double> medians_ns(const std::string& kernel) {
    std::vector<double> medians;
    for (const json& row : rows_of(kernel)) medians.push_back(row.value("p50_ns", 0.0));
    return medians;
  }

  static constexpr char kCase[] =
      "--matrix smoke --axis S=64 --axis H=2 --axis Hkv=2 --axis B=1 --axis Sk=64 --axis causal=0 --threads "
      "1 --process-seconds 0.2 --benchmark_repetitions=3 --benchmark_out=r.json ";
};

class Refused : public Cheats, public testing::WithParamInterface<Cheat> {};

TEST_P(Refused, ByNameAndWithoutATime) {
  const auto [name, reason, axes] = GetParam();
  const Finished done = bench(name, axes);
  EXPECT_NE(done.exit_code, 0);
  EXPECT_THAT(done.err, HasSubstr(std::string("cpu/") + name + "/"));
  EXPECT_THAT(done.err, ContainsRegex(reason));
  if (read("r.json").empty()) return;  // the process ended before it wrote results
  for (const json& row : rows_of(name)) {
    EXPECT_TRUE(row.value("error_occurred", false));
    EXPECT_FALSE(row.contains("samples_ns"));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Refused, testing::ValuesIn(kCheats),
                         [](const auto& cheat) { return std::string(cheat.param.name); });

TEST_F(Cheats, AnHonestKernelIsTimed) {
  for (const char* axes : {"", " --axis bias=alibi,tensor --axis sinks=1 --axis softcap=1 --axis Dv=24"}) {
    const Finished done = bench("honest", axes);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    for (const double median : medians_ns("honest")) EXPECT_GT(median, 0);
  }
}

TEST_F(Cheats, MoreThreadsThanGivenAreRefused) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2) GTEST_SKIP() << "one CPU only";
  const Finished done = bench("more_threads_than_given");
  if (done.exit_code == 0) GTEST_SKIP() << "the other CPU was busy: nothing was gained";
  EXPECT_THAT(done.err,
              ContainsRegex(": failed: a launch takes .* of CPU time, more than 1 threads? can give"));
}

// Its thread has the CPU, and so the work is not descheduled time.
TEST_F(Cheats, WorkingWhileDescheduledGainsNothing) {
  ASSERT_EQ(bench("honest").exit_code, 0);
  const double honest_ns = medians_ns("honest").at(0);
  const Finished done = bench("works_while_descheduled");
  ASSERT_EQ(done.exit_code, 0) << done.err;
  for (const double median : medians_ns("works_while_descheduled")) EXPECT_GT(median, 5 * honest_ns);
}

TEST_F(Cheats, WorkLeftOnAnotherStreamIsRefused) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  const Finished done = bench("left_on_another_stream");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("cuda/left_on_another_stream/"));
}

}  // namespace
}  // namespace warpgauge
