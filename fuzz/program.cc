#include "fuzz/program.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/escape.h"
#include "base/message.h"
#include "base/number_format.h"
#include "base/out_of_memory.h"
#include "base/usage_error.h"
#include "fuzz/crash_note.h"
#include "fuzz/flags.h"
#include "fuzz/kernel_fuzz.h"
#include "fuzz/selection.h"
#include "fuzz/unbuilt_kernels.h"

namespace warpgauge {
namespace {

// Flags that begin with --gtest_ go to GoogleTest, all others to read_flags.
struct Arguments {
  std::vector<char*> googletest, ours;

  Arguments(int argc, char** argv) : googletest{argv[0]}, ours{argv[0]} {
    for (int n = 1; n < argc; ++n)
      (std::string_view(argv[n]).starts_with("--gtest_") ? googletest : ours).push_back(argv[n]);
    googletest.push_back(nullptr);  // as argv ends: GoogleTest moves it when it removes its flags
  }
};

bool gpu_is_required() {
  const char* setting = std::getenv("WARPGAUGE_REQUIRE_GPU");
  return setting && std::string_view(setting) == "1";
}

int nothing_checked(const std::string& why) {
  const std::string text = fmt::format("nothing was checked: {}", why);
  if (!gpu_is_required()) {
    print_warning(kFuzzName, text);
    return kNothingChecked;
  }
  print_error(kFuzzName, text + "; WARPGAUGE_REQUIRE_GPU=1 makes this an error");
  return kWrong;
}

int usage_error(const std::string& what) {
  print_error(kFuzzName, what);
  return kUsage;
}

// Passes GoogleTest its flags. Empty if it knows all of them, otherwise the first unknown one.
std::string init_googletest(Arguments& arguments) {
  int count = static_cast<int>(arguments.googletest.size()) - 1;
  testing::InitGoogleTest(&count, arguments.googletest.data());
  return count > 1 ? arguments.googletest[1] : "";
}

void register_kernel(const Kernel& kernel, const Flags& flags, Shared& shared) {
  std::string name = kernel.id();
  std::replace(name.begin(), name.end(), '/', '_');
  testing::RegisterTest(
      "fuzz", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
      [&kernel, &flags, &shared]() -> testing::Test* { return new KernelFuzz(kernel, flags, shared); });
}

int run_tests() {
  if (RUN_ALL_TESTS() != 0) return kWrong;
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  const std::string filter = testing::GTEST_FLAG(filter);
  if (tests.test_to_run_count() == 0 && filter != "*")
    return usage_error(
        bad_flag("--gtest_filter", filter, "matches no kernel", "--gtest_list_tests lists them").what());
  if (tests.skipped_test_count() > 0 && gpu_is_required()) {
    print_error(kFuzzName, fmt::format("{} skipped, for the reasons above; WARPGAUGE_REQUIRE_GPU=1 makes "
                                       "this an error",
                                       format_count(tests.skipped_test_count(), "kernels")));
    return kWrong;
  }
  if (tests.successful_test_count() > 0) return kRight;
  return nothing_checked("all kernels were skipped, for the reasons above");
}

}  // namespace

int run_fuzz(int argc, char** argv, std::span<const Kernel* const> kernels, std::string (*lost)(Backend)) {
  prepare_for_out_of_memory("warpgauge-fuzz: error: out of memory; give a lower --cost\n", 1);
  Arguments arguments(argc, argv);
  const auto [flags, exit_code] = read_flags(arguments.ours);
  if (exit_code) return *exit_code;
  if (const std::string unknown = init_googletest(arguments); !unknown.empty())
    return usage_error(fmt::format("{}: GoogleTest does not know this flag or its value", visible(unknown)));
  KernelSelection selection;
  try {
    selection = select_kernels(kernels, unbuilt_kernels(), flags);
  } catch (const UsageError& error) {
    return usage_error(error.what());
  }
  if (selection.kernels.empty())
    return nothing_checked(fmt::format("this build does not contain {} ({})",
                                       fmt::join(selection.unbuilt, ", "),
                                       backend_unavailable(Backend::cuda)));
  if (const std::string reason = oracle_unavailable(flags.oracle); !reason.empty())
    return nothing_checked(fmt::format("--oracle {}: {}", flags.oracle_text, reason));
  install_crash_notes(kFuzzName);
  Shared shared{.lost = lost, .cache = ReferenceCache(), .lost_by = {}};
  for (const Kernel* kernel : selection.kernels) register_kernel(*kernel, flags, shared);
  return run_tests();
}

}  // namespace warpgauge
