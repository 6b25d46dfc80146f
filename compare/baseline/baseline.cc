#include "compare/baseline/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/field_reader.h"
#include "base/json_text.h"
#include "base/number_format.h"

namespace warpgauge {
namespace {

constexpr std::string_view kSchema = "warpgauge/baseline/1";

OrderedJson round_json(const BaselineRound& round) {
  OrderedJson json = {{"round", round.round},         {"boot", round.boot},
                      {"date", round.date},           {"commit", round.commit},
                      {"reason", round.reason},       {"statistic", round.statistic},
                      {"processes", round.processes}, {"state", round.state}};
  if (round.samples > 0) json["samples"] = round.samples;
  return json;
}

OrderedJson case_json(const std::pair<const std::string, std::vector<std::optional<double>>>& entry) {
  const auto& [name, numbers] = entry;
  OrderedJson array = OrderedJson::array();
  for (const auto& number : numbers) array.push_back(number ? OrderedJson(*number) : OrderedJson(nullptr));
  return {{"name", name}, {"numbers", array}};
}

OrderedJson event_json(const BaselineEvent& event) {
  return {{"action", event.action},
          {"cases", event.cases},
          {"reason", event.reason},
          {"date", event.date},
          {"commit", event.commit}};
}

// A case as it is in the file.
struct NamedNumbers {
  std::string name;
  std::vector<std::optional<double>> numbers;  // [round]
};

void read_metric(FieldReader& in, Metric& metric) {
  in.object({{"name", read::name(metric.name)},
             {"better",
              read::one_of<Better>(metric.better, {{"lower", Better::lower}, {"higher", Better::higher}})}});
}

void read_round(FieldReader& in, BaselineRound& round) {
  std::vector<std::string_view> statistics;
  for (const Statistic one : kStatistics) statistics.push_back(statistic_name(one));
  in.object({{"round", read::text(round.round)},
             {"boot", read::text(round.boot)},
             {"date", read::text(round.date)},
             {"commit", read::text(round.commit)},
             {"reason", read::text(round.reason)},
             {"statistic", read::word(round.statistic, statistics)},
             {"processes", read::whole(round.processes, std::int64_t{1}, kMostExact)},
             {"state", read::texts(round.state)},
             {"samples", read::whole(round.samples, std::int64_t{1}, kMostExact), Presence::optional}});
}

void read_case(FieldReader& in, NamedNumbers& one) {
  const auto number = [](FieldReader& at, std::optional<double>& item) {
    read::nullable(item, read::positive)(at);
  };
  in.object({{"name", read::name(one.name)}, {"numbers", read::list(one.numbers, number)}});
}

void read_event(FieldReader& in, BaselineEvent& event) {
  in.object({{"action", read::word(event.action, {"accept", "remove", "rename", "tighten"})},
             {"cases", read::texts(event.cases)},
             {"reason", read::text(event.reason)},
             {"date", read::text(event.date)},
             {"commit", read::text(event.commit)}});
  if (event.action == "rename" && event.cases.size() != 2)
    in.fail_at("cases", fmt::format("expected the old and the new name, found {}",
                                    format_count(std::ssize(event.cases), "names")));
}

void check_rounds(const FieldReader& in, const std::vector<BaselineRound>& rounds) {
  if (rounds.empty()) in.fail_at("rounds", "is empty");
  for (std::size_t i = 1; i < rounds.size(); ++i) {
    if (rounds[i].statistic != rounds[0].statistic)
      in.fail_at(fmt::format("rounds[{}].statistic", i),
                 fmt::format("is {}, but rounds[0] has {}", rounds[i].statistic, rounds[0].statistic));
  }
}

void take_cases(const FieldReader& in, std::vector<NamedNumbers>& cases, Baseline& baseline) {
  for (std::size_t i = 0; i < cases.size(); ++i) {
    auto& [name, numbers] = cases[i];
    const std::string place = fmt::format("cases[{}] {}", i, printable(name));
    if (numbers.size() != baseline.rounds.size())
      in.fail_at(place + ".numbers",
                 fmt::format("expected one number for each of {}, found {}",
                             format_count(std::ssize(baseline.rounds), "rounds"), numbers.size()));
    if (std::ranges::none_of(numbers, [](const auto& number) { return number.has_value(); }))
      in.fail_at(place + ".numbers", "all numbers are null");
    if (!baseline.cases.emplace(name, std::move(numbers)).second)
      in.fail_at(place, "an earlier case has the same name");
  }
}

}  // namespace

std::string format_baseline(const Baseline& baseline) {
  const char* better = baseline.metric.better == Better::lower ? "lower" : "higher";
  return fmt::format(
      "{{\"schema\": \"{}\",\n \"metric\": {},\n \"identity\": {},\n \"rounds\": {},\n \"cases\": {},\n "
      "\"history\": {}}}\n",
      kSchema, json_text({{"name", baseline.metric.name}, {"better", better}}), json_text(baseline.identity),
      json_lines(baseline.rounds, round_json), json_lines(baseline.cases, case_json),
      json_lines(baseline.history, event_json));
}

Baseline parse_baseline(std::string_view text, const std::string& file, std::string_view hint) {
  Baseline baseline;
  std::vector<NamedNumbers> cases;
  FieldReader in(text, file, {.schema = kSchema, .unknown_keys = UnknownKeys::refused, .hint = hint});
  in.document({{"metric", [&](FieldReader& at) { read_metric(at, baseline.metric); }},
               {"identity", read::texts(baseline.identity)},
               {"rounds", read::list(baseline.rounds, read_round, kMaxRounds)},
               {"cases", read::list(cases, read_case)},
               {"history", read::list(baseline.history, read_event)}});
  check_rounds(in, baseline.rounds);
  take_cases(in, cases, baseline);
  return baseline;
}

StoredSide side_of(const Baseline& baseline, const std::string& file) {
  const BaselineRound& last = baseline.rounds.back();
  Process process;
  process.file = file;
  process.context.fingerprinted = true;
  process.context.identity = process.context.derived_identity = baseline.identity;
  process.context.state = last.state;
  process.context.info = {{"commit", last.commit}, {"date", last.date}};
  for (const auto& [name, numbers] : baseline.cases) {
    Case stored{.name = name, .raw_name = name, .repetitions = {}, .failure = {}, .skip_reason = {}};
    for (const auto& number : numbers) {
      if (number) stored.repetitions.push_back({.value = *number, .samples = {}});
    }
    process.cases.push_back(std::move(stored));
  }
  StoredSide side{.results = {{std::move(process)}},
                  .metric = baseline.metric,
                  .statistic = statistic_of(baseline),
                  .numbers = {},
                  .samples = last.samples};
  for (const auto& [name, unused] : baseline.cases)
    side.numbers.emplace(name, stored_numbers(baseline, name));
  return side;
}

std::vector<double> stored_numbers(const Baseline& baseline, const std::string& name) {
  std::vector<double> numbers;
  for (const auto& number : baseline.cases.at(name)) {
    const double log = number ? std::log(*number) : std::nan("");
    numbers.push_back(baseline.metric.better == Better::higher ? -log : log);
  }
  return numbers;
}

Statistic statistic_of(const Baseline& baseline) {
  return *parse_statistic(baseline.rounds.back().statistic);
}

}  // namespace warpgauge
