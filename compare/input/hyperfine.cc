#include "compare/input/hyperfine.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/field_reader.h"
#include "base/fields.h"
#include "compare/input/repeated_cases.h"

namespace warpgauge {
namespace {

constexpr Format kHyperfineFormat = {.schema = "",
                                     .unknown_keys = UnknownKeys::ignored,
                                     .hint = "hyperfine does not write this: was the file edited?"};

struct HyperfineResult {
  std::string command;
  std::vector<double> times;  // seconds, one per run
  std::optional<double> mean, user, system;
};

ReadValue seconds(std::optional<double>& into) {
  return [&into](FieldReader& in) {
    if (!in.take_null()) read::number(into.emplace(), {.low = 0})(in);
  };
}

HyperfineResult read_run(FieldReader& in) {
  HyperfineResult result;
  const auto times = [&](FieldReader& at) {
    if (!at.take_null()) at.elements([&] { read::positive(result.times.emplace_back())(at); });
  };
  in.object({{"command", read::name(result.command)},
             {"times", times, Presence::optional},
             {"mean", seconds(result.mean), Presence::optional},
             {"user", seconds(result.user), Presence::optional},
             {"system", seconds(result.system), Presence::optional}});
  return result;
}

class HyperfineReader {
 public:
  HyperfineReader(JsonReader& json, const std::string& file, const ReadOptions& options)
      : in_(json, file, "", kHyperfineFormat), json_(json), options_(options), cases_(process_) {
    process_.file = file;
  }

  Process read() {
    const auto results = [&](FieldReader& in) { in.elements([&] { take(in, read_run(in)); }); };
    in_.object({{"results", results}});
    json_.finish();
    cases_.warn();
    return std::move(process_);
  }

 private:
  void take(FieldReader& in, const HyperfineResult& result) {
    if (!options_.keeps(result.command, result.command)) return;
    const std::string& metric = options_.metric.name;
    if (metric != "real_time" && metric != "cpu_time")
      in.fail_at(metric, "is missing", "metrics of hyperfine are real_time and cpu_time");
    std::vector<double> values;
    std::optional<double> aggregate = result.mean;
    if (metric == "real_time") {
      values = result.times;
    } else {
      aggregate = std::nullopt;
      if (result.user && result.system) aggregate = *result.user + *result.system;
    }
    const bool has_aggregate_only = values.empty();
    if (has_aggregate_only && aggregate) values.push_back(*aggregate);
    if (values.empty()) in.fail_at(metric == "real_time" ? "times" : "user", "is missing");
    Case& measured = cases_.called(result.command);
    measured.aggregate_only = has_aggregate_only;
    for (const double value : values) {
      Repetition repetition;
      repetition.value = value * kNanosecondsPerSecond;
      if (!is_positive(repetition.value))
        in.fail_at(metric, why_not_positive(repetition.value, fmt::format("{}", value)));
      measured.repetitions.push_back(std::move(repetition));
    }
  }

  FieldReader in_;
  JsonReader& json_;
  const ReadOptions& options_;
  Process process_;
  RepeatedCases cases_;
};

}  // namespace

Process read_hyperfine(JsonReader& json, const std::string& file, const ReadOptions& options) {
  return HyperfineReader(json, file, options).read();
}

}  // namespace warpgauge
