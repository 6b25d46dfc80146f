#include "fuzz/fresh_process.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "base/child.h"
#include "fuzz/program.h"

namespace warpgauge {
namespace {

CaseSequence ending_in(const CaseSequence& earlier, const FuzzCase& failing) {
  CaseSequence all = earlier;
  all.push_back(failing);
  return all;
}

// The shortest failing end of `earlier`, of 1, 2, 4, ... cases or all of them.
std::optional<CaseSequence> failing_end(const CaseSequence& earlier, const FuzzCase& failing,
                                        const std::function<bool(const CaseSequence&)>& fails) {
  for (std::size_t count = 1;; count *= 2) {
    const std::size_t length = std::min(count, earlier.size());
    const CaseSequence end(earlier.end() - static_cast<std::ptrdiff_t>(length), earlier.end());
    if (fails(ending_in(end, failing))) return end;
    if (length == earlier.size()) return std::nullopt;
  }
}

CaseSequence without(const CaseSequence& cases, std::size_t first, std::size_t count) {
  CaseSequence fewer = cases;
  const auto begin = fewer.begin() + static_cast<std::ptrdiff_t>(first);
  fewer.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(count, cases.size() - first)));
  return fewer;
}

// Drops parts of `cases`, the largest first, as long as the rest still fails (after Zeller and Hildebrandt
// 2002, "Simplifying and isolating failure-inducing input").
void drop_parts(CaseSequence& cases, const FuzzCase& failing,
                const std::function<bool(const CaseSequence&)>& fails) {
  for (std::size_t part = (cases.size() + 1) / 2; part > 0 && !cases.empty();) {
    bool dropped = false;
    for (std::size_t first = 0; first < cases.size();) {
      const CaseSequence fewer = without(cases, first, part);
      if (fails(ending_in(fewer, failing))) {
        cases = fewer;
        dropped = true;
      } else {
        first += part;
      }
    }
    if (part > 1)
      part /= 2;
    else if (!dropped)
      return;
  }
}

}  // namespace

FreshResult replay_in_fresh_process(const std::vector<std::string>& lines, const std::string& oracle,
                                    double timeout_s) {
  ChildCommand command{
      .executable = std::filesystem::read_symlink("/proc/self/exe"),
      .arguments = {"--oracle", oracle},
      .environment = {"WARPGAUGE_REQUIRE_GPU=0"},  // 1 would make "not checked" look like "wrong"
      .output = {},
      .errors = {},
      .timeout_s = timeout_s};
  for (const std::string& line : lines) command.arguments.insert(command.arguments.end(), {"--replay", line});
  const std::atomic<bool> interrupted = false;
  const ChildResult result = run_child(command, interrupted);
  if (result.end == ChildResult::End::signalled) return FreshResult::wrong;
  if (result.end != ChildResult::End::exited) return FreshResult::not_checked;
  if (result.code == kRight) return FreshResult::right;
  return result.code == kUsage || result.code == kNothingChecked ? FreshResult::not_checked
                                                                 : FreshResult::wrong;
}

std::optional<CaseSequence> shortest_failing_sequence(const CaseSequence& earlier, const FuzzCase& failing,
                                                      const std::function<bool(const CaseSequence&)>& fails) {
  std::optional<CaseSequence> cases;
  try {
    cases = failing_end(earlier, failing, fails);
    if (cases) drop_parts(*cases, failing, fails);
  } catch (const SearchEnded&) {
  }
  if (cases) cases->push_back(failing);
  return cases;
}

}  // namespace warpgauge
