#include "compare/input/nanobench.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/field_reader.h"
#include "base/fields.h"
#include "compare/input/repeated_cases.h"

namespace warpgauge {
namespace {

constexpr std::string_view kDefaultTitle = "benchmark";
constexpr Format kNanobenchFormat = {.schema = "",
                                     .unknown_keys = UnknownKeys::ignored,
                                     .hint = "nanobench does not write this: was the file edited?"};

struct Measurement {
  double value = 0, iterations = kNotKnown;
};

struct NanobenchResult {
  std::string title, name;
  double batch = 1;
  std::vector<Measurement> measurements;
  std::optional<double> median;
};

class NanobenchReader {
 public:
  NanobenchReader(JsonReader& json, const std::string& file, const ReadOptions& options)
      : in_(json, file, "", kNanobenchFormat), json_(json), options_(options), cases_(process_) {
    process_.file = file;
    is_time_ = options.metric.name == "real_time";
    metric_ = is_time_ ? "elapsed" : options.metric.name;
    median_ = fmt::format("median({})", metric_);
  }

  Process read() {
    const auto results = [&](FieldReader& in) { in.elements([&] { read_result(in); }); };
    in_.object({{"results", results}});
    json_.finish();
    cases_.warn();
    return std::move(process_);
  }

 private:
  void read_measurement(FieldReader& in, Measurement& one) {
    in.object({{metric_, read::positive(one.value)},
               {"iterations",
                [&](FieldReader& at) {
                  if (const JsonValue value = at.value(); value.type == JsonType::number)
                    one.iterations = number_of(value.text);
                },
                Presence::optional}});
  }

  void read_result(FieldReader& in) {
    NanobenchResult result;
    double median = 0;
    const auto measurements = read::list(
        result.measurements, [&](FieldReader& at, Measurement& one) { read_measurement(at, one); });
    in.object({{"name", read::name(result.name)},
               {"title", read::text(result.title), Presence::optional},
               {"batch", read::positive(result.batch), Presence::optional},
               {median_,
                [&](FieldReader& at) {
                  read::positive(median)(at);
                  result.median = median;
                },
                Presence::optional},
               {"measurements", measurements, Presence::optional}});
    take(in, result);
  }

  void take(FieldReader& in, const NanobenchResult& result) {
    const bool titled = !result.title.empty() && result.title != kDefaultTitle;
    const std::string name = titled ? fmt::format("{}/{}", result.title, result.name) : result.name;
    if (!options_.keeps(name, name)) return;
    const double scale = (is_time_ ? kNanosecondsPerSecond : 1) / result.batch;
    Case& measured = cases_.called(name);
    const auto add = [&](double value, double iterations) {
      Repetition repetition;
      repetition.value = value * scale;
      repetition.iterations = iterations;
      if (!is_positive(repetition.value))
        in.fail_at(metric_, fmt::format("{} per unit of the batch cannot be compared", repetition.value));
      measured.repetitions.push_back(std::move(repetition));
    };
    for (const Measurement& one : result.measurements) add(one.value, one.iterations);
    if (!result.measurements.empty()) return;
    if (!result.median)
      in.fail_at(metric_, "is missing: the result has neither measurements nor this median",
                 "metrics of nanobench are real_time and the counters of its measurements");
    measured.aggregate_only = true;
    add(*result.median, kNotKnown);
  }

  FieldReader in_;
  JsonReader& json_;
  const ReadOptions& options_;
  Process process_;
  RepeatedCases cases_;
  bool is_time_ = true;
  std::string metric_, median_;
};

}  // namespace

Process read_nanobench(JsonReader& json, const std::string& file, const ReadOptions& options) {
  return NanobenchReader(json, file, options).read();
}

}  // namespace warpgauge
