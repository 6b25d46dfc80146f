// warpgauge-fuzz: holds each kernel against the oracle on random problems. One GoogleTest a kernel,
// fuzz.BACKEND_NAME.
#include <gtest/gtest.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <regex>

#include "fuzz/check.h"
#include "fuzz/generate.h"
#include "fuzz/replay.h"
#include "fuzz/shrink.h"

namespace warpgauge {
namespace {

enum Exit { kRight = 0, kWrong = 1, kUsage = 2, kNothingChecked = 77 };

struct Flags {
  std::string kernel = ".";
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 500;
  double seconds = 0;  // a kernel; 0: no limit
  std::vector<std::string> replay;
  OracleBackend oracle = OracleBackend::automatic;
};

// Cases that were once found wrong; the build turns regressions.txt into this list.
constexpr const char* kRegressions[] = {
#include "regressions.inc"
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// One line on a terminal that says how far we are; nothing elsewhere.
class Progress {
 public:
  Progress(std::string name, const Flags& flags) : name_(std::move(name)), flags_(flags) {}
  ~Progress() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
  }
  void show(std::uint64_t done) {
    if (!isatty(STDERR_FILENO) || seconds_since(last_) < 0.2) return;
    last_ = std::chrono::steady_clock::now();
    const double elapsed = seconds_since(start_);
    double left = static_cast<double>(flags_.seeds - done) * elapsed /
                  static_cast<double>(std::max<std::uint64_t>(done, 1));
    if (flags_.seconds > 0) left = std::min(left, flags_.seconds - elapsed);
    std::cerr << "\r\033[K" << name_ << ": " << done << " cases in " << static_cast<int>(elapsed)
              << " s, about " << static_cast<int>(left) << " s left" << std::flush;
    shown_ = true;
  }

 private:
  std::string name_;
  const Flags& flags_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now(), last_ = start_;
  bool shown_ = false;
};

// Every case of one kernel. Fails the running test with a report and a line that reproduces it.
class KernelFuzz : public testing::Test {
 public:
  KernelFuzz(const Kernel& kernel, const Flags& flags, ReferenceCache& cache)
      : kernel_(kernel), flags_(flags), cache_(cache) {}

  void TestBody() override {
    if (const std::string reason = backend_unavailable(kernel_.backend); !reason.empty())
      GTEST_SKIP() << reason;
    if (flags_.replay.empty()) {
      replay({std::begin(kRegressions), std::end(kRegressions)});
      fuzz();
    } else {
      replay(flags_.replay);
    }
    if (HasFailure()) return;
    if (cases_ == 0) GTEST_SKIP() << "supports none of the problems";
    std::cout << kernel_.id() << ": " << cases_ << " cases, " << rows_ << " rows compared, largest error "
              << worst_ << " of its bound\n";
  }

 private:
  void replay(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      const Replay wanted = parse_replay(line);
      if (!wanted.kernel.empty() && find_kernel(wanted.kernel) != &kernel_) continue;
      if (kernel_.supports(wanted.fuzz_case.problem).empty()) run(wanted.fuzz_case, false);
    }
  }

  void fuzz() {
    Progress progress(kernel_.id(), flags_);
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t n = 0; n < flags_.seeds && !HasFailure(); ++n) {
      if (flags_.seconds > 0 && seconds_since(start) > flags_.seconds) break;
      const auto drawn = random_supported_case(kernel_, flags_.first_seed + n);
      if (!drawn) break;
      run(*drawn, true);
      progress.show(n + 1);
    }
  }

  CheckResult check_case(const FuzzCase& c) {
    return check(kernel_, c.problem, c.seed,
                 {.family = c.family,
                  .layout = c.layout,
                  .oracle = flags_.oracle,
                  .threads = c.threads,
                  .probes = false,
                  .repeat = true,
                  .cache = &cache_});
  }

  void run(const FuzzCase& c, bool shrink_failure) {
    const CheckResult result = check_case(c);
    ++cases_;
    rows_ += result.accuracy.rows;
    worst_ = std::max(worst_, result.accuracy.err_over_bound);
    if (result.passed()) return;
    std::string text =
        result.report() + "  reproduce: warpgauge-fuzz --replay '" + format_replay(kernel_.id(), c) + "'";
    if (shrink_failure) {
      const FuzzCase small = shrink(c, [this](const FuzzCase& candidate) {
        return kernel_.supports(candidate.problem).empty() && !check_case(candidate).passed();
      });
      text += "\n  smallest:  warpgauge-fuzz --replay '" + format_replay(kernel_.id(), small) + "'";
    }
    ADD_FAILURE() << kernel_.id() << " is wrong\n" << text;
  }

  const Kernel& kernel_;
  const Flags& flags_;
  ReferenceCache& cache_;
  std::uint64_t cases_ = 0;
  std::int64_t rows_ = 0;
  double worst_ = 0;
};

// GoogleTest takes the flags that start with --gtest_; the rest is ours.
std::pair<std::vector<char*>, std::vector<char*>> split_arguments(int argc, char** argv) {
  std::vector<char*> googletest{argv[0]}, ours{argv[0]};
  for (int n = 1; n < argc; ++n)
    (std::strncmp(argv[n], "--gtest_", 8) == 0 ? googletest : ours).push_back(argv[n]);
  return {googletest, ours};
}

// Reads the flags; throws what CLI11 throws on wrong ones.
Flags parse_flags(CLI::App& app, std::vector<char*>& arguments) {
  Flags flags;
  std::string oracle = "auto";
  app.add_option("--kernel", flags.kernel,
                 "only kernels whose id, as cpu/naive, matches this regular expression");
  auto* seeds = app.add_option("--seeds", flags.seeds, "random cases a kernel")->capture_default_str();
  app.add_option("--seconds", flags.seconds,
                 "stop a kernel after this time; without --seeds, go on until then")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", flags.first_seed, "the first seed; the others follow")->capture_default_str();
  app.add_option("--replay", flags.replay, "check just this case; a line that a failure printed");
  app.add_option("--oracle", oracle, "where the truth is computed: auto, cpu or cublas")
      ->check(CLI::IsMember({"auto", "cpu", "cublas"}))
      ->capture_default_str();
  app.footer(
      "Flags that start with --gtest_ go to GoogleTest, as --gtest_filter and --gtest_output.\n"
      "Exit: 0 right, 1 wrong, 2 usage, 77 nothing was checked (WARPGAUGE_REQUIRE_GPU=1 makes a skip 1).");
  app.parse(static_cast<int>(arguments.size()), arguments.data());
  flags.oracle = *parse_oracle(oracle);
  if (flags.seconds > 0 && seeds->count() == 0) flags.seeds = UINT64_MAX;
  for (const std::string& line : flags.replay) try {
      parse_replay(line);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError("--replay", error.what());
    }
  return flags;
}

// Whether a replay names this kernel, or there is none to ask.
bool is_wanted(const Kernel& kernel, const Flags& flags, const std::regex& name) {
  if (!std::regex_search(kernel.id(), name)) return false;
  if (flags.replay.empty()) return true;
  return std::any_of(flags.replay.begin(), flags.replay.end(), [&](const std::string& line) {
    const std::string wanted = parse_replay(line).kernel;
    return wanted.empty() || find_kernel(wanted) == &kernel;
  });
}

void register_kernels(const Flags& flags, const std::regex& name, ReferenceCache& cache) {
  for (const Kernel* kernel : all_kernels()) {
    if (!is_wanted(*kernel, flags, name)) continue;
    std::string test = kernel->id();
    std::replace(test.begin(), test.end(), '/', '_');
    testing::RegisterTest(
        "fuzz", test.c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [kernel, &flags, &cache]() -> testing::Test* { return new KernelFuzz(*kernel, flags, cache); });
  }
}

int run_tests() {
  if (RUN_ALL_TESTS() != 0) return kWrong;
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  const char* require_gpu = std::getenv("WARPGAUGE_REQUIRE_GPU");
  const bool skip_is_failure = require_gpu && std::strcmp(require_gpu, "1") == 0;
  const int skipped = tests.skipped_test_count(), checked = tests.successful_test_count();
  if (skipped > 0 && skip_is_failure) {
    std::cerr << "warpgauge-fuzz: " << skipped
              << " kernels were skipped, and WARPGAUGE_REQUIRE_GPU=1 forbids it\n";
    return kWrong;
  }
  if (checked > 0) return kRight;
  std::cerr << "warpgauge-fuzz: nothing was checked\n";
  return skip_is_failure ? kWrong : kNothingChecked;
}

int run(int argc, char** argv) {
  auto [googletest, ours] = split_arguments(argc, argv);
  CLI::App app("Holds each attention kernel against an f64 oracle on random and adversarial problems.",
               "warpgauge-fuzz");
  Flags flags;
  std::regex name;
  try {
    flags = parse_flags(app, ours);
    name = std::regex(flags.kernel);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kRight : kUsage;
  } catch (const std::regex_error& error) {
    std::cerr << "--kernel '" << flags.kernel << "' is not a regular expression: " << error.what() << "\n";
    return kUsage;
  }
  if (const std::string reason = oracle_unavailable(flags.oracle); !reason.empty()) {
    std::cerr << "warpgauge-fuzz: --oracle cublas: " << reason << "\n";
    return kNothingChecked;
  }
  int googletest_count = static_cast<int>(googletest.size());
  testing::InitGoogleTest(&googletest_count, googletest.data());
  ReferenceCache cache;
  register_kernels(flags, name, cache);
  return run_tests();
}

}  // namespace
}  // namespace warpgauge

int main(int argc, char** argv) {
  return warpgauge::run(argc, argv);
}
