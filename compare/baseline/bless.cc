#include "compare/baseline/bless.h"

#include <fmt/format.h>

#include <algorithm>

#include "compare/baseline/round.h"

namespace warpgauge {
namespace {

BaselineEvent event_of(std::string action, std::vector<std::string> cases, std::string reason,
                       const BaselineRound& round) {
  return {std::move(action), std::move(cases), std::move(reason), round.date, round.commit};
}

// The values of each metric.
std::vector<CaseValues*> tables_of(Baseline& baseline) {
  std::vector<CaseValues*> tables{&baseline.cases};
  for (OtherMetric& other : baseline.others) tables.push_back(&other.cases);
  return tables;
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
  for (CaseValues* table : tables_of(baseline)) {
    auto entry = table->extract(from);
    if (entry.empty()) continue;
    entry.key() = to;
    table->insert(std::move(entry));
  }
  for (BaselineRound& one : baseline.rounds) {
    for (auto* listed : {&one.noise, &one.failed}) {
      std::ranges::replace(*listed, from, to);
      std::ranges::sort(*listed);
    }
  }
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
  for (const std::string& name : names) {
    for (CaseValues* table : tables_of(baseline)) table->erase(name);
    for (BaselineRound& one : baseline.rounds)
      for (auto* listed : {&one.noise, &one.failed}) std::erase(*listed, name);
  }
  baseline.history.push_back(event_of(action, names, reason, round));
}

void erase_round(Baseline& baseline, std::size_t place) {
  const auto at = static_cast<std::ptrdiff_t>(place);
  baseline.rounds.erase(baseline.rounds.begin() + at);
  for (CaseValues* table : tables_of(baseline))
    for (auto& [name, values] : *table) values.erase(values.begin() + at);
}

// Of accepted rounds, and of the others, the oldest ones beyond kMaxRounds.
void drop_oldest(Baseline& baseline) {
  for (const bool accepted : {true, false}) {
    const auto is_kind = [&](const BaselineRound& round) {
      return (round.state == RoundState::accepted) == accepted;
    };
    while (std::ranges::count_if(baseline.rounds, is_kind) > static_cast<std::ptrdiff_t>(kMaxRounds))
      erase_round(baseline, static_cast<std::size_t>(std::ranges::find_if(baseline.rounds, is_kind) -
                                                     baseline.rounds.begin()));
  }
}

bool has_counting(const Baseline& baseline, const std::string& name,
                  const std::vector<std::optional<double>>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] && counts(baseline.rounds[i], name)) return true;
  return false;
}

// Removes cases without a value that counts, then rounds without any value.
void drop_what_is_empty(Baseline& baseline, const BaselineRound& now) {
  std::vector<std::string> gone;
  for (const auto& [name, values] : baseline.cases)
    if (!has_counting(baseline, name, values)) gone.push_back(name);
  if (!gone.empty())
    erase_cases(baseline, gone, "remove", fmt::format("not measured in the last {} rounds", kMaxRounds), now);
  for (OtherMetric& other : baseline.others)
    std::erase_if(other.cases,
                  [&](const auto& one) { return !has_counting(baseline, one.first, one.second); });
  for (std::size_t i = baseline.rounds.size(); i-- > 0;) {
    const bool used = std::ranges::any_of(tables_of(baseline), [&](const CaseValues* table) {
      return std::ranges::any_of(*table, [&](const auto& one) { return one.second[i].has_value(); });
    });
    if (!used) erase_round(baseline, i);
  }
}

// A proved improvement drops the case's older rounds.
void tighten(Baseline& baseline, std::vector<std::string> names, const BaselineRound& round) {
  if (names.empty()) return;
  for (CaseValues* table : tables_of(baseline)) {
    for (const std::string& name : names) {
      const auto found = table->find(name);
      if (found != table->end()) std::fill(found->second.begin(), found->second.end() - 1, std::nullopt);
    }
  }
  std::ranges::sort(names);
  baseline.history.push_back(event_of("tighten", std::move(names), "confirmed improvement", round));
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
    for (const std::string& name : names) {
      if (!measured.contains(name)) return NotMeasured{name};
      if (edits.noise && edits.noise->keeps(name)) return AcceptedNoise{name};
    }
    erase_cases(baseline, names, "accept", edits.reason, round);
  }
  if (edits.noise && noise_cases(baseline, edits, measured).empty()) return MatchesNothing{Flag::noise};
  return std::nullopt;
}

std::set<std::string> noise_cases(const Baseline& baseline, const BlessEdits& edits,
                                  const std::set<std::string>& measured) {
  std::set<std::string> names;
  if (edits.noise)
    for (const std::string& name : matching(baseline, *edits.noise))
      if (measured.contains(name)) names.insert(name);
  return names;
}

void set_state(BaselineRound& round, const Comparison& comparison, const std::set<std::string>& noise,
               bool accepted) {
  round.state = accepted ? RoundState::accepted : RoundState::refused;
  round.noise.clear();
  round.failed.clear();
  std::size_t measured = 0;
  for (const Cell& cell : comparison.cells) {
    if (cell.verdict == CellVerdict::failed) round.failed.push_back(cell.name);
    if (!cell.head.value) continue;
    ++measured;
    const auto* why = std::get_if<NotProved>(&cell.why);
    if (noise.contains(cell.name) || (why && why->two_speeds)) round.noise.push_back(cell.name);
  }
  for (auto* names : {&round.noise, &round.failed}) std::ranges::sort(*names);
  if (accepted && round.noise.size() == measured) round.state = RoundState::noise;
  if (round.state != RoundState::accepted) round.noise.clear();
}

void add_round(Baseline& baseline, const BaselineRound& round, const Comparison& comparison) {
  for (std::size_t i = baseline.rounds.size(); i-- > 0;)
    if (baseline.rounds[i].state == RoundState::refused && is_repeated_by(baseline.rounds[i], round))
      erase_round(baseline, i);
  baseline.rounds.push_back(round);
  for (CaseValues* table : tables_of(baseline))
    for (auto& [name, values] : *table) values.push_back(std::nullopt);
  std::vector<std::string> tightened;
  for (const Cell& cell : comparison.cells) {
    if (!cell.head.value) continue;
    const bool counting = counts(round, cell.name);
    if (!counting && !baseline.cases.contains(cell.name)) continue;
    auto& values = baseline.cases[cell.name];
    values.resize(baseline.rounds.size());
    values.back() = cell.head.value;
    if (counting && cell.verdict == CellVerdict::improvement) tightened.push_back(cell.name);
  }
  tighten(baseline, std::move(tightened), round);
  drop_oldest(baseline);
  drop_what_is_empty(baseline, round);
}

}  // namespace warpgauge
