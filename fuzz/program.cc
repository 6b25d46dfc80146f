#include "fuzz/program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/crash_note.h"
#include "fuzz/flags.h"
#include "fuzz/kernel_fuzz.h"

namespace warpgauge {
namespace {

// GoogleTest takes the flags that start with --gtest_; the rest is ours.
struct Arguments {
  std::vector<char*> googletest, ours;

  Arguments(int argc, char** argv) : googletest{argv[0]}, ours{argv[0]} {
    for (int n = 1; n < argc; ++n)
      (std::string_view(argv[n]).starts_with("--gtest_") ? googletest : ours).push_back(argv[n]);
    googletest.push_back(nullptr);  // as argv ends: GoogleTest moves it along with what it takes out
  }
};

// How many kernels are wanted.
int register_kernels(std::span<const Kernel* const> kernels, const Flags& flags, Shared& shared) {
  int wanted = 0;
  for (const Kernel* kernel : kernels) {
    if (!is_wanted(*kernel, flags)) continue;
    ++wanted;
    std::string name = kernel->id();
    std::replace(name.begin(), name.end(), '/', '_');
    testing::RegisterTest(
        "fuzz", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [kernel, &flags, &shared]() -> testing::Test* { return new KernelFuzz(*kernel, flags, shared); });
  }
  return wanted;
}

bool skip_is_failure() {
  const char* setting = std::getenv("WARPGAUGE_REQUIRE_GPU");
  return setting && std::string_view(setting) == "1";
}

int run_tests() {
  if (RUN_ALL_TESTS() != 0) return kWrong;
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  if (tests.skipped_test_count() > 0 && skip_is_failure()) {
    std::cerr << "fuzz: " << tests.skipped_test_count()
              << " kernels were skipped, and WARPGAUGE_REQUIRE_GPU=1 forbids that\n";
    return kWrong;
  }
  if (tests.successful_test_count() > 0) return kRight;
  std::cerr << "fuzz: nothing was checked\n";
  return skip_is_failure() ? kWrong : kNothingChecked;
}

}  // namespace

int run_fuzz(int argc, char** argv, std::span<const Kernel* const> kernels, std::string (*lost)(Backend)) {
  Arguments arguments(argc, argv);
  const auto [flags, exit_code] = parse_flags(arguments.ours);
  if (exit_code) return *exit_code;
  install_crash_notes("fuzz");
  if (const std::string reason = oracle_unavailable(flags.oracle); !reason.empty()) {
    std::cerr << "fuzz: --oracle cublas: " << reason << "\n";
    return skip_is_failure() ? kWrong : kNothingChecked;
  }
  int count = static_cast<int>(arguments.googletest.size()) - 1;
  testing::InitGoogleTest(&count, arguments.googletest.data());
  if (count > 1) {
    std::cerr << "fuzz: GoogleTest does not know " << arguments.googletest[1] << "\n";
    return kUsage;
  }
  Shared shared{.lost = lost, .cache = ReferenceCache(), .lost_by = {}};
  if (register_kernels(kernels, flags, shared) == 0) {
    std::cerr << "fuzz: nothing was checked: no kernel is meant by --kernel or --replay; there are";
    for (const Kernel* kernel : kernels) std::cerr << " " << kernel->id();
    std::cerr << "\n";
    return skip_is_failure() ? kWrong : kNothingChecked;
  }
  return run_tests();
}

}  // namespace warpgauge
