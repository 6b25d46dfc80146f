#include "compare/baseline/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/field_reader.h"
#include "base/fields.h"
#include "base/json_text.h"
#include "base/number_format.h"
#include "compare/input/metric.h"

namespace warpgauge {
namespace {

constexpr std::string_view kSchema = "warpgauge/baseline/2", kSchemaOne = "warpgauge/baseline/1";

OrderedJson metric_json(const Metric& metric) {
  return {{"name", metric.name}, {"better", better_name(metric.better)}};
}

OrderedJson metrics_json(const Baseline& baseline) {
  OrderedJson json = OrderedJson::array({metric_json(baseline.metric)});
  for (const OtherMetric& other : baseline.others) json.push_back(metric_json(other.metric));
  return json;
}

OrderedJson round_json(const BaselineRound& round) {
  OrderedJson json = {{"state", round_state_name(round.state)},
                      {"round", round.round},
                      {"boot", round.boot},
                      {"date", round.date},
                      {"commit", round.commit},
                      {"reason", round.reason},
                      {"statistic", round.statistic},
                      {"processes", round.processes},
                      {"environment", round.environment}};
  if (round.samples > 0) json["samples"] = round.samples;
  if (!round.noise.empty()) json["noise"] = round.noise;
  if (!round.failed.empty()) json["failed"] = round.failed;
  return json;
}

OrderedJson values_json(const std::vector<std::optional<double>>& values) {
  OrderedJson array = OrderedJson::array();
  for (const auto& value : values) array.push_back(value ? OrderedJson(*value) : OrderedJson(nullptr));
  return array;
}

OrderedJson case_json(const Baseline& baseline, const std::string& name) {
  OrderedJson values = {{baseline.metric.name, values_json(baseline.cases.at(name))}};
  for (const OtherMetric& other : baseline.others)
    if (const auto found = other.cases.find(name); found != other.cases.end())
      values[other.metric.name] = values_json(found->second);
  return {{"name", name}, {"values", values}};
}

OrderedJson event_json(const BaselineEvent& event) {
  return {{"action", event.action},
          {"cases", event.cases},
          {"reason", event.reason},
          {"date", event.date},
          {"commit", event.commit}};
}

// A case as it is in the file.
struct StoredCase {
  std::string name;
  CaseValues values;  // by metric
};

// The same in version 1, which has one metric.
struct StoredCaseOne {
  std::string name;
  std::vector<std::optional<double>> numbers;
};

void read_metric(FieldReader& in, Metric& metric) {
  in.object({{"name", read::name(metric.name)},
             {"better",
              read::one_of<Better>(metric.better, {{"lower", Better::lower}, {"higher", Better::higher}})}});
}

// What the rounds of both versions have.
std::vector<Field> round_fields(BaselineRound& round) {
  std::vector<std::string_view> statistics;
  for (const Statistic one : kStatistics) statistics.push_back(statistic_name(one));
  return {{"round", read::text(round.round)},
          {"boot", read::text(round.boot)},
          {"date", read::text(round.date)},
          {"commit", read::text(round.commit)},
          {"reason", read::text(round.reason)},
          {"statistic", read::word(round.statistic, statistics)},
          {"processes", read::whole(round.processes, std::int64_t{1}, kMostExact)},
          {"samples", read::whole(round.samples, std::int64_t{1}, kMostExact), Presence::optional}};
}

void read_round_one(FieldReader& in, BaselineRound& round) {
  std::vector<Field> fields = round_fields(round);
  fields.push_back({"state", read::texts(round.environment)});
  in.object(fields);
}

void read_round(FieldReader& in, BaselineRound& round) {
  std::vector<Field> fields = round_fields(round);
  fields.push_back({"environment", read::texts(round.environment)});
  fields.push_back({"state", read::one_of<RoundState>(round.state, {{"accepted", RoundState::accepted},
                                                                    {"refused", RoundState::refused},
                                                                    {"noise", RoundState::noise}})});
  fields.push_back({"noise", read::texts(round.noise), Presence::optional});
  fields.push_back({"failed", read::texts(round.failed), Presence::optional});
  in.object(fields);
  if (!round.noise.empty() && round.state != RoundState::accepted)
    in.fail_at("noise", "names cases, but no value of the round counts");
  for (auto* names : {&round.noise, &round.failed}) std::ranges::sort(*names);
}

void read_positive(FieldReader& in, std::optional<double>& value) {
  read::nullable(value, read::positive)(in);
}

// A counter may be 0 or negative.
void read_value(FieldReader& in, std::optional<double>& value) {
  read::nullable(value, [](double& into) { return read::number(into, {.low = -NumberRange().high}); })(in);
}

void read_case_one(FieldReader& in, StoredCaseOne& one) {
  in.object({{"name", read::name(one.name)}, {"numbers", read::list(one.numbers, read_positive)}});
}

void read_case(FieldReader& in, StoredCase& one) {
  in.object({{"name", read::name(one.name)}, {"values", [&](FieldReader& at) {
                                                at.members([&](std::string_view metric) {
                                                  read::list(one.values[std::string(metric)], read_value)(at);
                                                });
                                              }}});
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
  const auto accepted = std::ranges::count(rounds, RoundState::accepted, &BaselineRound::state);
  if (!rounds.empty() && accepted == 0) in.fail_at("rounds", "none is accepted");
  for (const auto& [count, of] : {std::pair(accepted, "accepted"), {std::ssize(rounds) - accepted, "other"}})
    if (count > static_cast<std::ptrdiff_t>(kMaxRounds))
      in.fail_at("rounds", fmt::format("has {} {} rounds, more than {}", count, of, kMaxRounds));
}

// The name of a key for the values of a case, which version 1 does not have.
std::string place_of_values(const std::string& metric, bool one) {
  return one ? ".numbers" : fmt::format(".values.{}", printable(metric));
}

void check_values(const FieldReader& in, const std::string& place, const Baseline& baseline,
                  const std::string& name, const Metric& metric, bool may_be_null,
                  const std::vector<std::optional<double>>& values) {
  if (values.size() != baseline.rounds.size())
    in.fail_at(place, fmt::format("expected one number for each of {}, found {}",
                                  format_count(std::ssize(baseline.rounds), "rounds"), values.size()));
  bool has_counting = false, has_any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    if (is_time(metric) && !is_positive(*values[i]))
      in.fail_at(fmt::format("{}[{}]", place, i),
                 why_not_positive(*values[i], fmt::format("{}", *values[i])));
    has_any = true;
    has_counting |= counts(baseline.rounds[i], name);
  }
  if (has_counting || (!has_any && may_be_null)) return;
  in.fail_at(place, has_any ? "no number is of an accepted round" : "all numbers are null");
}

void take_cases(const FieldReader& in, std::vector<StoredCase>& cases, Baseline& baseline, bool one) {
  std::vector<std::pair<const Metric*, CaseValues*>> tables{{&baseline.metric, &baseline.cases}};
  for (OtherMetric& other : baseline.others) tables.emplace_back(&other.metric, &other.cases);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    StoredCase& stored = cases[i];
    const std::string place = fmt::format("cases[{}] {}", i, printable(stored.name));
    if (baseline.cases.contains(stored.name)) in.fail_at(place, "an earlier case has the same name");
    if (!stored.values.contains(baseline.metric.name))
      in.fail_at(place + place_of_values(baseline.metric.name, one), "is missing");
    const bool has_others = stored.values.size() > 1;
    for (const auto& [metric, table] : tables) {
      auto found = stored.values.extract(metric->name);
      if (found.empty()) continue;
      check_values(in, place + place_of_values(metric->name, one), baseline, stored.name, *metric,
                   has_others && metric == &baseline.metric, found.mapped());
      table->emplace(stored.name, std::move(found.mapped()));
    }
    if (!stored.values.empty())
      in.fail_at(place + place_of_values(stored.values.begin()->first, one), "is not one of the metrics");
  }
}

void take_metrics(const FieldReader& in, const std::vector<Metric>& metrics, Baseline& baseline) {
  if (metrics.empty()) in.fail_at("metrics", "is empty");
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k)
      if (metrics[k].name == metrics[i].name)
        in.fail_at(fmt::format("metrics[{}]", i), "an earlier metric has the same name");
    if (i > 0) baseline.others.push_back({metrics[i], {}});
  }
  baseline.metric = metrics.front();
}

Baseline parse_version_one(FieldReader& in) {
  Baseline baseline;
  std::vector<StoredCaseOne> numbered;
  in.document({{"metric", [&](FieldReader& at) { read_metric(at, baseline.metric); }},
               {"identity", read::texts(baseline.identity)},
               {"rounds", read::list(baseline.rounds, read_round_one, kMaxRounds)},
               {"cases", read::list(numbered, read_case_one)},
               {"history", read::list(baseline.history, read_event)}});
  std::vector<StoredCase> cases;  // afterwards: in the file, the metric may follow the cases
  for (StoredCaseOne& one : numbered)
    cases.push_back({one.name, {{baseline.metric.name, std::move(one.numbers)}}});
  check_rounds(in, baseline.rounds);
  take_cases(in, cases, baseline, true);
  return baseline;
}

Baseline parse_version_two(FieldReader& in) {
  Baseline baseline;
  std::vector<StoredCase> cases;
  std::vector<Metric> metrics;
  in.document({{"metrics", read::list(metrics, read_metric)},
               {"identity", read::texts(baseline.identity)},
               {"rounds", read::list(baseline.rounds, read_round, 2 * kMaxRounds)},
               {"cases", read::list(cases, read_case)},
               {"history", read::list(baseline.history, read_event)}});
  take_metrics(in, metrics, baseline);
  check_rounds(in, baseline.rounds);
  take_cases(in, cases, baseline, false);
  return baseline;
}

}  // namespace

const char* round_state_name(RoundState state) {
  switch (state) {
    case RoundState::refused:
      return "refused";
    case RoundState::noise:
      return "noise";
    case RoundState::accepted:
      break;
  }
  return "accepted";
}

std::string format_baseline(const Baseline& baseline) {
  const auto one_case = [&](const CaseValues::value_type& entry) { return case_json(baseline, entry.first); };
  return fmt::format(
      "{{\"schema\": \"{}\",\n \"metrics\": {},\n \"identity\": {},\n \"rounds\": {},\n \"cases\": {},\n "
      "\"history\": {}}}\n",
      kSchema, json_text(metrics_json(baseline)), json_text(baseline.identity),
      json_lines(baseline.rounds, round_json), json_lines(baseline.cases, one_case),
      json_lines(baseline.history, event_json));
}

Baseline parse_baseline(std::string_view text, const std::string& file, std::string_view hint) {
  const bool one = schema_of(text, file) == kSchemaOne;
  FieldReader in(text, file,
                 {.schema = one ? kSchemaOne : kSchema, .unknown_keys = UnknownKeys::refused, .hint = hint});
  return one ? parse_version_one(in) : parse_version_two(in);
}

}  // namespace warpgauge
