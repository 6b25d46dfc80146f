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

// All at once, because a new name may be another one's old name.
void rename_keys(CaseValues& table, const NewNames& renamed) {
  std::vector<CaseValues::node_type> entries;
  for (const auto& [from, to] : renamed) {
    if (auto entry = table.extract(from)) {
      entry.key() = to;
      entries.push_back(std::move(entry));
    }
  }
  for (auto& entry : entries) table.insert(std::move(entry));
}

std::optional<EditProblem> rename(Baseline& baseline, const std::string& text, const std::string& reason,
                                  const BaselineRound& round) {
  std::set<std::string> names;
  for (const auto& [name, values] : baseline.cases) names.insert(name);
  const auto changes = new_names(Rename(text), names);
  if (const auto* problem = std::get_if<RenameProblem>(&changes))
    return std::visit([](const auto& one) { return EditProblem(one); }, *problem);
  const auto& renamed = std::get<NewNames>(changes);
  for (CaseValues* table : tables_of(baseline)) rename_keys(*table, renamed);
  for (BaselineRound& one : baseline.rounds) {
    for (auto* listed : {&one.noise, &one.failed}) {
      for (std::string& name : *listed)
        if (const auto found = renamed.find(name); found != renamed.end()) name = found->second;
      std::ranges::sort(*listed);
    }
  }
  for (const auto& [from, to] : renamed)
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

// The values of a metric, which the baseline need not hold yet.
CaseValues& table_of(Baseline& baseline, const Metric& metric) {
  if (baseline.metric == metric) return baseline.cases;
  const auto found = std::ranges::find(baseline.others, metric, &OtherMetric::metric);
  if (found != baseline.others.end()) return found->cases;
  return baseline.others.emplace_back(OtherMetric{metric, {}}).cases;
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
  for (const auto& [name, unused] : baseline.cases) {
    const bool counting = std::ranges::any_of(tables_of(baseline), [&, &of = name](const CaseValues* table) {
      const auto found = table->find(of);
      return found != table->end() && has_counting(baseline, of, found->second);
    });
    if (!counting) gone.push_back(name);
  }
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

// A proved improvement drops the case's older rounds of that metric.
void tighten(std::vector<std::optional<double>>& values) {
  std::fill(values.begin(), values.end() - 1, std::nullopt);
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

namespace {

bool has_failed(const BaselineRound& round, const std::string& name) {
  return std::ranges::binary_search(round.failed, name);
}

}  // namespace

void set_state(BaselineRound& round, const Comparison& comparison, const std::set<std::string>& noise,
               bool accepted) {
  round.state = accepted ? RoundState::accepted : RoundState::refused;
  std::set<std::string> measured, disturbed, failed;
  for (const Cell& cell : comparison.cells) {
    const auto* failure = std::get_if<Failed>(&cell.why);
    const bool has_failed = failure && (failure->side == Side::head || failure->on_both_sides);
    if (has_failed) failed.insert(cell.name);
    if (has_failed || !cell.head.value) continue;
    measured.insert(cell.name);
    const auto* why = std::get_if<NotProved>(&cell.why);
    if (noise.contains(cell.name) || (why && why->two_speeds)) disturbed.insert(cell.name);
  }
  round.noise.assign(disturbed.begin(), disturbed.end());
  round.failed.assign(failed.begin(), failed.end());
  if (accepted && disturbed.size() == measured.size()) round.state = RoundState::noise;
  if (round.state != RoundState::accepted) round.noise.clear();
}

void add_round(Baseline& baseline, const BaselineRound& round, const Comparison& comparison) {
  const auto metric_of_cell = [&](const Cell& cell) {
    if (cell.metric.empty()) return only_metric(baseline, comparison.policy);
    const auto& metrics = comparison.policy.metrics;
    return Metric{cell.metric, std::ranges::find(metrics, cell.metric, &AppliedMetric::name)->better};
  };
  for (std::size_t i = baseline.rounds.size(); i-- > 0;)
    if (baseline.rounds[i].state == RoundState::refused && is_repeated_by(baseline.rounds[i], round))
      erase_round(baseline, i);
  baseline.rounds.push_back(round);
  for (CaseValues* table : tables_of(baseline))
    for (auto& [name, values] : *table) values.push_back(std::nullopt);
  std::set<std::string> tightened;
  for (const Cell& cell : comparison.cells) {
    if (!cell.head.value || has_failed(round, cell.name)) continue;
    const bool counting = counts(round, cell.name);
    if (!counting && !baseline.cases.contains(cell.name)) continue;
    baseline.cases[cell.name].resize(baseline.rounds.size());
    auto& values = table_of(baseline, metric_of_cell(cell))[cell.name];
    values.resize(baseline.rounds.size());
    values.back() = cell.head.value;
    if (!counting || cell.verdict != CellVerdict::improvement) continue;
    tighten(values);
    tightened.insert(cell.name);
  }
  if (!tightened.empty())
    baseline.history.push_back(
        event_of("tighten", {tightened.begin(), tightened.end()}, "confirmed improvement", round));
  drop_oldest(baseline);
  drop_what_is_empty(baseline, round);
}

}  // namespace warpgauge
