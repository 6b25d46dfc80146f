#include "compare/baseline/one_more.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/date.h"
#include "base/escape.h"
#include "base/number_format.h"
#include "compare/baseline/round.h"

namespace warpgauge {
namespace {

using Names = std::set<std::string>;

// The tables of values by metric, the first metric in front.
std::vector<std::pair<std::string, const CaseValues*>> tables_of(const Baseline& baseline) {
  std::vector<std::pair<std::string, const CaseValues*>> tables{{baseline.metric.name, &baseline.cases}};
  for (const OtherMetric& other : baseline.others) tables.emplace_back(other.metric.name, &other.cases);
  return tables;
}

const CaseValues* table_of(const Baseline& baseline, const std::string& metric) {
  for (const auto& [name, table] : tables_of(baseline))
    if (name == metric) return table;
  return nullptr;
}

bool is_refused(const BaselineRound& round) {
  return round.state == RoundState::refused;
}

// Whether both have the same facts. Names of removed cases leave the lists of a round.
bool is_same(const BaselineRound& before, const BaselineRound& after, const Names& removed) {
  const auto left = [&](std::vector<std::string> names) {
    std::erase_if(names, [&](const std::string& name) { return removed.contains(name); });
    return names;
  };
  return before.state == after.state && before.round == after.round && before.boot == after.boot &&
         before.date == after.date && before.commit == after.commit && before.reason == after.reason &&
         before.statistic == after.statistic && before.processes == after.processes &&
         before.samples == after.samples && before.environment == after.environment &&
         left(before.noise) == after.noise && left(before.failed) == after.failed;
}

class Comparer {
 public:
  Comparer(const Baseline& before, const Baseline& after) : before_(before), after_(after) {
    for (const auto& [name, unused] : before.cases)
      if (!after.cases.contains(name)) removed_.insert(name);
  }

  std::string fault() {
    for (const auto check : {&Comparer::head_fault, &Comparer::history_fault, &Comparer::round_fault,
                             &Comparer::case_fault, &Comparer::value_fault})
      if (std::string fault = (this->*check)(); !fault.empty()) return fault;
    return "";
  }

 private:
  std::string head_fault() {
    if (before_.rounds.empty()) {
      return after_.rounds.size() == 1 ? ""
                                       : fmt::format("rounds: has {}, but there was no baseline before",
                                                     format_count(std::ssize(after_.rounds), "rounds"));
    }
    if (before_.identity != after_.identity) return "identity: is that of other hardware";
    if (!(before_.metric == after_.metric)) return "metrics[0]: is another one than before";
    for (const OtherMetric& other : before_.others)
      if (!has_metric(after_, other.metric))
        return fmt::format("metrics: {} is missing or has changed", visible(other.metric.name));
    return "";
  }

  std::string history_fault() {
    if (after_.history.size() < before_.history.size()) return "history: is shorter than before";
    for (std::size_t i = 0; i < after_.history.size(); ++i) {
      const BaselineEvent& now = after_.history[i];
      const std::string place = fmt::format("history[{}]", i);
      if (i >= before_.history.size()) {
        if (now.action != "tighten" && now.action != "remove") return place + ": is an edit that nobody made";
        (now.action == "tighten" ? tightened_ : dropped_).insert(now.cases.begin(), now.cases.end());
        continue;
      }
      const BaselineEvent& was = before_.history[i];
      if (now.action != was.action || now.cases != was.cases || now.reason != was.reason ||
          now.date != was.date || now.commit != was.commit)
        return place + ": was changed";
    }
    return "";
  }

  // Sets old_place_: for each round but the last, its place before.
  std::string round_fault() {
    const std::size_t old_rounds = before_.rounds.size();
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < after_.rounds.size(); ++i) {
      while (at < old_rounds && !is_same(before_.rounds[at], after_.rounds[i], removed_)) {
        if (!may_go(at))
          return fmt::format("rounds[{}]: the round of {} is missing or was changed", i, date_of(at));
        ++at;
      }
      if (at == old_rounds) return fmt::format("rounds[{}]: is no round of before", i);
      old_place_.push_back(at++);
    }
    for (; at < old_rounds; ++at)
      if (!may_go(at)) return fmt::format("rounds: the round of {} is missing or was changed", date_of(at));
    const BaselineRound& last = after_.rounds.back();
    if (!last.date.empty() && !parse_date(last.date)) return "the last round: its date is not one";
    for (const std::size_t kept : old_place_)
      if (!is_refused(before_.rounds[kept]) && is_same(before_.rounds[kept], last, {}))
        return "the last round: is in the baseline already";
    return "";
  }

  std::string date_of(std::size_t place) const { return visible(before_.rounds[place].date); }

  // Whether add_round() drops this round of before.
  bool may_go(std::size_t place) const {
    const BaselineRound& round = before_.rounds[place];
    const BaselineRound& last = after_.rounds.back();
    if (is_refused(round) && is_repeated_by(round, last)) return true;
    const auto is_kind = [&](const BaselineRound& one) {
      return (one.state == RoundState::accepted) == (round.state == RoundState::accepted);
    };
    const auto from = before_.rounds.begin() + static_cast<std::ptrdiff_t>(place);
    const auto newer = std::count_if(from + 1, before_.rounds.end(), is_kind) + (is_kind(last) ? 1 : 0);
    return newer >= static_cast<std::ptrdiff_t>(kMaxRounds) || is_emptied(place);
  }

  bool is_emptied(std::size_t place) const {
    for (const auto& [metric, table] : tables_of(before_))
      for (const auto& [name, values] : *table)
        if (values[place] && !removed_.contains(name) && !tightened_.contains(name)) return false;
    return true;
  }

  std::string case_fault() {
    for (const std::string& name : removed_)
      if (!dropped_.contains(name)) return fmt::format("cases: {} is missing", visible(name));
    return "";
  }

  std::string value_fault() {
    for (const auto& [metric, table] : tables_of(after_)) {
      const CaseValues* old_table = table_of(before_, metric);
      for (const auto& [name, values] : *table) {
        const auto old = old_table ? old_table->find(name) : CaseValues::const_iterator();
        const bool is_known = old_table && old != old_table->end();
        for (std::size_t i = 0; i < old_place_.size(); ++i) {
          const std::optional<double> was = is_known ? old->second[old_place_[i]] : std::nullopt;
          if (values[i] == was || (!values[i] && tightened_.contains(name))) continue;
          return fmt::format("cases {}, {} of the round of {}: was changed", visible(name), visible(metric),
                             date_of(old_place_[i]));
        }
      }
    }
    return "";
  }

  const Baseline& before_;
  const Baseline& after_;
  Names removed_, dropped_, tightened_;
  std::vector<std::size_t> old_place_;
};

}  // namespace

std::string not_one_more(const Baseline& before, const Baseline& after) {
  if (after.rounds.empty()) return "rounds: is empty";
  return Comparer(before, after).fault();
}

}  // namespace warpgauge
