#include "bench/environment.h"

#include <gmock/gmock.h>

#include <optional>

#include "bench/gpu.h"

namespace warpgauge::bench {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

constexpr char kX86[] =
    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\nmodel name\t: "
    "Xeon\nstepping\t: 8\n"
    "cpu MHz\t\t: 2000.000\nflags\t\t: fpu sse sse2 avx2 fma avx512f amx_tile ibrs\n\n"
    "processor\t: 1\nvendor_id\t: Other\n";

std::string with_flags(const std::string& flags) {
  std::string text = kX86;
  const std::string old = "fpu sse sse2 avx2 fma avx512f amx_tile ibrs";
  return text.replace(text.find(old), old.size(), flags);
}

TEST(Environment, CpuIdentityIsThatOfTheFirstProcessor) {
  EXPECT_THAT(cpu_identity(kX86), AllOf(Contains(Pair("cpu_vendor", "GenuineIntel")),
                                        Contains(Pair("cpu_family", "6")), Contains(Pair("cpu_model", "143")),
                                        Contains(Pair("cpu_stepping", "8")), Contains(Key("cpu_isa_hash"))));
}

TEST(Environment, DependsOnInstructionSetsButNotOnMitigationsOrOrder) {
  const std::string hash = cpu_identity(kX86).at("cpu_isa_hash");
  EXPECT_EQ(cpu_identity(with_flags("amx_tile avx512f fma avx2 sse2 sse")).at("cpu_isa_hash"), hash);
  EXPECT_EQ(cpu_identity(with_flags("fpu sse sse2 avx2 fma avx512f amx_tile stibp")).at("cpu_isa_hash"),
            hash);
  EXPECT_NE(cpu_identity(with_flags("fpu sse sse2 avx2 fma amx_tile")).at("cpu_isa_hash"), hash);
}

TEST(Environment, ReadsTheFieldNamesOfArm) {
  const KeyValues identity = cpu_identity(
      "processor\t: 0\nBogoMIPS\t: 2100.00\nFeatures\t: fp asimd sve bf16\nCPU implementer\t: 0x41\n"
      "CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0xd4f\nCPU revision\t: 1\n");
  EXPECT_THAT(identity, AllOf(Contains(Pair("cpu_vendor", "0x41")), Contains(Pair("cpu_model", "0xd4f")),
                              Contains(Key("cpu_isa_hash"))));
}

TEST(Environment, AcceptsTextWithoutFields) {
  EXPECT_THAT(cpu_identity("garbage\n:\n"), Not(Contains(Key("cpu_vendor"))));
}

class DescribedEnvironment : public testing::Test {
 protected:
  Environment take(bool cpu, std::optional<GpuInfo> gpu = std::nullopt) {
    options_.matrix = find_matrix("smoke");
    return describe_environment({.options = options_,
                                 .threads = 2,
                                 .cpus_allowed = 4,
                                 .cpu_cases = cpu,
                                 .gpu = gpu ? &*gpu : nullptr,
                                 .nvml = nullptr});
  }
  Options options_;
};

TEST_F(DescribedEnvironment, IdentityHoldsTheHardwareAndSettingsThatDetermineTimes) {
  options_.cache = CacheMode::cold;
  const Environment f = take(true);
  EXPECT_THAT(f.identity, AllOf(Contains(Pair("threads", "2")), Contains(Pair("cpus_allowed", "4")),
                                Contains(Pair("cpu_cache", "cold")), Contains(Key("cpu_architecture")),
                                Contains(Key("cpu_clock"))));
  EXPECT_THAT(f.state, AllOf(Contains(Key("kernel")), Contains(Key("compiler")), Contains(Key("flags")),
                             Contains(Key("governor")), Contains(Key("smt"))));
  EXPECT_THAT(f.info, AllOf(Contains(Key("commit")), Contains(Key("host")), Contains(Key("mhz"))));
  EXPECT_THAT(f.settings, AllOf(Contains(Pair("matrix", "smoke")), Contains(Pair("process_seconds", "1.5"))));
}

TEST_F(DescribedEnvironment, HostDateAndCommitAreNotIdentity) {
  const Environment f = take(true);
  for (const char* key : {"host", "mhz", "date", "commit", "kernel"})
    EXPECT_THAT(f.identity, Not(Contains(Key(key))));
}

TEST_F(DescribedEnvironment, ProcessesOfOneHourShareTheRound) {
  EXPECT_EQ(take(true).round, take(true).round);
}

TEST_F(DescribedEnvironment, TheSameGpuUnderAnotherDriverIsTheSame) {
  constexpr std::int64_t kMib = 1 << 20;
  GpuInfo gpu;
  gpu.memory_bytes = 81079 * kMib;
  gpu.cuda_driver = "13.0";
  GpuInfo updated = gpu;
  updated.memory_bytes -= 30 * kMib;
  updated.cuda_driver = "13.1";
  EXPECT_EQ(take(false, gpu).identity, take(false, updated).identity);
  EXPECT_NE(take(false, gpu).state, take(false, updated).state);
  updated.memory_bytes = 40536 * kMib;  // a smaller board
  EXPECT_NE(take(false, gpu).identity, take(false, updated).identity);
}

TEST_F(DescribedEnvironment, ABackendThatWasNotMeasuredIsNotIdentity) {
  EXPECT_THAT(take(false).identity, IsEmpty());
}

}  // namespace
}  // namespace warpgauge::bench
