// Checks each planted bug as `fuzz` does in ctest, with cheaper problems, and prints a table: the bug, what
// detected it, and after how many problems. Exit 1 if a bug survives, or if the right design is called wrong.
//
//   planted_bugs [address|size|number|state|variant|page|length|fp8|other|right]
//
// Each bug runs in a child process: an access of an inaccessible page ends it.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <set>
#include <string>
#include <string_view>

#include "fuzz/bias.h"
#include "fuzz/check.h"
#include "fuzz/generate.h"
#include "fuzz/recorded_cases.h"
#include "tests/fuzz/faulty_kernels.h"
#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

// Of ctest's fuzz.cpu_*, but with cheaper problems: a bug that needs all 500 would take a minute.
constexpr std::uint64_t kProblems = 500;
constexpr DrawChoice kChoice{.volume = std::int64_t{1} << 19};

// Shared with the child.
struct Progress {
  std::uint64_t problems;  // that were checked, the last one included
  std::uint64_t recorded;  // of them
  bool found;
  char by[160];
};

void note(Progress& progress, const std::string& by) {
  progress.found = true;
  std::snprintf(progress.by, sizeof progress.by, "%s", by.c_str());
}

// "output, lse (normal)"
std::string checks_of(const CheckResult& result) {
  std::set<std::string> names;
  for (const Failure& failure : result.failures) names.insert(property_name(failure.property));
  return fmt::format("{} ({})", fmt::join(names, ", "), family_name(result.failures.front().family));
}

bool detects(const Kernel& kernel, const FuzzCase& c, SignedBias& bias, ReferenceCache& cache,
             Progress& progress) {
  if (!unsupported_reason(kernel, c).empty()) return false;
  ++progress.problems;
  const CheckResult result = check(kernel, c.problem, c.seed,
                                   {.family = c.family,
                                    .layout = c.layout,
                                    .guard = c.guard,
                                    .oracle = OracleBackend::cpu,
                                    .threads = c.threads,
                                    .relaunch = is_relaunched(c),
                                    .cache = &cache});
  bias.add(output_type(c.problem), result.accuracy);
  if (result.is_wrong())
    note(progress, checks_of(result));
  else if (!bias.failure().empty())
    note(progress, "mean signed error");
  return progress.found;
}

void look_for_bug(const Kernel& kernel, Progress& progress) {
  SignedBias bias;
  ReferenceCache cache(std::size_t{32} << 20);
  for (const Reproducer& each : recorded_cases())
    if (each.applies_to(kernel.id()) && detects(kernel, each.fuzz_case, bias, cache, progress)) return;
  progress.recorded = progress.problems;
  for (std::uint64_t n = 0; n < kProblems; ++n)
    if (const auto drawn = random_supported_case(kernel, 1 + n, kChoice))
      if (detects(kernel, *drawn, bias, cache, progress)) return;
}

Progress outcome_of(const Kernel& kernel, Progress& shared) {
  shared = {};
  const pid_t child = fork();
  if (child == 0) {
    look_for_bug(kernel, shared);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
    note(shared, fmt::format("inaccessible page ({})", strsignal(WTERMSIG(status))));
  else if (WEXITSTATUS(status) != 0)  // of AddressSanitizer, which handles the signal
    note(shared, fmt::format("exit code {}", WEXITSTATUS(status)));
  return shared;
}

// Prints a row of the table. Returns whether the bug was found.
bool report(const char* kind, const Kernel& kernel, Progress& shared) {
  const Progress seen = outcome_of(kernel, shared);
  const bool was_recorded = seen.found && seen.recorded == 0;
  std::printf("%s", fmt::format("| {:<26} | {:<32} | {:<44} | {:>4} {} |\n", kind, kernel.name,
                                seen.found ? seen.by : "NOT DETECTED", seen.problems,
                                was_recorded ? "recorded" : "        ")
                        .c_str());
  std::fflush(stdout);
  return seen.found;
}

std::vector<Bug> other_bugs() {
  std::vector<Bug> bugs;
  for (const faulty::Planted& each : faulty::kPlanted)
    bugs.push_back({property_name(each.violated), each.kernel});
  return bugs;
}

std::vector<Bug> bugs_of(std::string_view table) {
  std::vector<Bug> bugs;
  const auto add = [&](std::string_view name, std::vector<Bug> (*of)()) {
    if (!table.empty() && table != name) return;
    for (Bug& bug : of()) bugs.push_back(bug);
  };
  add("address", address_bugs);
  add("size", size_bugs);
  add("number", number_bugs);
  add("state", state_bugs);
  add("variant", variant_bugs);
  add("page", page_bugs);
  add("length", length_bugs);
  add("fp8", fp8_bugs);
  add("other", other_bugs);
  return bugs;
}

int run(std::string_view table) {
  void* memory = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  auto& shared = *new (memory) Progress{};
  std::printf("| %-26s | %-32s | %-44s | problems      |\n|---|---|---|---|\n", "kind", "bug", "detected by");
  if (table == "right") {
    Kernel right = sequence_kernel<Design>("right");
    right.batch_invariant = true;
    return report("none", right, shared) ? 1 : 0;
  }
  const std::vector<Bug> bugs = bugs_of(table);
  const auto survivors = std::count_if(bugs.begin(), bugs.end(),
                                       [&](const Bug& bug) { return !report(bug.kind, bug.kernel, shared); });
  std::printf("%zu bugs, %td survived\n", bugs.size(), survivors);
  return survivors == 0 ? 0 : 1;
}

}  // namespace
}  // namespace warpgauge::planted

int main(int argc, char** argv) {
  return warpgauge::planted::run(argc > 1 ? argv[1] : "");
}
