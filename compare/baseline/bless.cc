#include "compare/baseline/bless.h"

#include <fmt/format.h>

#include <algorithm>

namespace warpgauge {
namespace {

BaselineEvent event_of(std::string action, std::vector<std::string> cases, std::string reason,
                       const BaselineRound& round) {
  return {std::move(action), std::move(cases), std::move(reason), round.date, round.commit};
}

// Names may contain '=': OLD ends at the first one that makes it a case of the baseline.
std::optional<std::pair<std::string, std::string>> split_rename(const std::string& text,
                                                                const Baseline& baseline) {
  for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1))
    if (baseline.cases.contains(text.substr(0, at)))
      return std::pair(text.substr(0, at), text.substr(at + 1));
  return std::nullopt;
}

std::optional<EditProblem> rename(Baseline& baseline, const std::string& text, const std::string& reason,
                                  const BaselineRound& round) {
  using namespace edit_problem;
  const auto names = split_rename(text, baseline);
  if (!names) return NothingToRename{text};
  const auto& [from, to] = *names;
  if (to.empty()) return EmptyNewName{text};
  if (baseline.cases.contains(to)) return NewNameTaken{text, to};
  auto entry = baseline.cases.extract(from);
  entry.key() = to;
  baseline.cases.insert(std::move(entry));
  baseline.history.push_back(event_of("rename", {from, to}, reason, round));
  return std::nullopt;
}

std::vector<std::string> matching(const Baseline& baseline, const NameFilter& filter) {
  std::vector<std::string> names;
  for (const auto& [name, numbers] : baseline.cases)
    if (filter.keeps(name)) names.push_back(name);
  return names;
}

void erase_cases(Baseline& baseline, const std::vector<std::string>& names, const char* action,
                 const std::string& reason, const BaselineRound& round) {
  for (const std::string& name : names) baseline.cases.erase(name);
  baseline.history.push_back(event_of(action, names, reason, round));
}

bool counts(const std::optional<double>& number) {
  return number.has_value();
}

// Removes rounds that count for no case, then cases without a number.
void drop_what_is_empty(Baseline& baseline, const BaselineRound& now) {
  for (std::size_t i = baseline.rounds.size(); i-- > 0;) {
    const bool used = std::any_of(baseline.cases.begin(), baseline.cases.end(),
                                  [i](const auto& entry) { return counts(entry.second[i]); });
    if (used && baseline.rounds.size() <= kMaxRounds) continue;
    if (used && i > 0) continue;  // of too many rounds, the oldest is dropped
    baseline.rounds.erase(baseline.rounds.begin() + static_cast<std::ptrdiff_t>(i));
    for (auto& [name, numbers] : baseline.cases)
      numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(i));
  }
  std::vector<std::string> gone;
  for (const auto& [name, numbers] : baseline.cases) {
    if (std::none_of(numbers.begin(), numbers.end(), counts)) gone.push_back(name);
  }
  if (gone.empty()) return;
  erase_cases(baseline, gone, "remove", fmt::format("not measured in the last {} rounds", kMaxRounds), now);
}

}  // namespace

std::optional<EditProblem> edit_baseline(Baseline& baseline, const BlessEdits& edits,
                                         const std::set<std::string>& measured, const BaselineRound& round) {
  using namespace edit_problem;
  for (const std::string& text : edits.renames)
    if (auto problem = rename(baseline, text, edits.reason, round)) return problem;
  if (edits.remove) {
    const auto names = matching(baseline, *edits.remove);
    if (names.empty()) return MatchesNothing{Flag::remove};
    for (const std::string& name : names)
      if (measured.contains(name)) return StillMeasured{name};
    erase_cases(baseline, names, "remove", edits.reason, round);
  }
  if (edits.accept) {
    const auto names = matching(baseline, *edits.accept);
    if (names.empty()) return MatchesNothing{Flag::accept};
    for (const std::string& name : names)
      if (!measured.contains(name)) return NotMeasured{name};
    erase_cases(baseline, names, "accept", edits.reason, round);
  }
  return std::nullopt;
}

void add_round(Baseline& baseline, const BaselineRound& round, const Comparison& comparison) {
  for (auto& [name, numbers] : baseline.cases) numbers.push_back(std::nullopt);
  baseline.rounds.push_back(round);
  std::vector<std::string> tightened;
  for (const Cell& cell : comparison.cells) {
    if (!cell.head.value) continue;
    auto& numbers = baseline.cases[cell.name];
    if (cell.verdict == CellVerdict::improvement) {
      std::fill(numbers.begin(), numbers.end(), std::nullopt);
      tightened.push_back(cell.name);
    }
    numbers.resize(baseline.rounds.size());
    numbers.back() = cell.head.value;
  }
  if (!tightened.empty()) {
    std::sort(tightened.begin(), tightened.end());
    baseline.history.push_back(event_of("tighten", tightened, "confirmed improvement", round));
  }
  drop_what_is_empty(baseline, round);
}

}  // namespace warpgauge
