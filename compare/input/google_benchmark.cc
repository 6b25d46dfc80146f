#include "compare/input/google_benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/quantile.h"
#include "compare/input/context.h"
#include "compare/input/google_benchmark_row.h"
#include "compare/input/metric.h"
#include "compare/input/names.h"
#include "compare/input/untyped_aggregates.h"

namespace warpgauge {
namespace {

constexpr const char* kForeign = "Google Benchmark does not write such a row: was the file edited?";

// 0 for a unit that Google Benchmark does not have.
double nanoseconds_per(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  return 0;
}

// What the rows of a document say about one of its metrics.
class MetricReader {
 public:
  // `row` holds one row after the other. All outlive the reader.
  MetricReader(GoogleBenchmarkRow& row, std::size_t metric, const std::string& file,
               const ReadOptions& options)
      : row_(row), metric_(metric), file_(file), options_(options), is_time_(is_time(options.metric)) {
    process_.file = file;
  }

  void take_row();
  Process finish(const Context& context);

 private:
  static constexpr std::size_t kDropped = SIZE_MAX;  // by the filter

  // A row with a repetition_index.
  struct Numbered {
    std::size_t case_index;
    std::int64_t repetition;
    std::size_t row;
    auto key() const { return std::tuple(case_index, repetition, row); }
  };
  struct ZeroTime {
    std::string raw_name, text, place;
  };
  struct Unused {
    std::string first_place;
    std::size_t rows = 0;
  };

  void take_iteration(Case& measured, std::size_t case_index);
  void take_median(Case& measured);
  std::size_t case_of(std::string_view raw_name);
  std::string_view aggregate_run_name() const;
  Repetition repetition();
  double metric_value();
  Diagnostic metric_missing() const;
  double time_scale();
  Diagnostic wrong(std::string_view field, std::string_view what, std::string_view hint) const;
  void refuse_repeated_rows();
  void skip_cases_without_median();
  bool lacks_metric(Case& measured);
  void drop_lacking();
  void refuse_zero_times();
  void warn_of_unused();

  const GoogleBenchmarkRow::Field& metric() const { return row_.metrics[metric_]; }

  GoogleBenchmarkRow& row_;
  std::size_t metric_;
  const std::string& file_;
  const ReadOptions& options_;
  bool is_time_;
  Process process_;
  std::unordered_map<std::string_view, std::size_t> case_indices_;    // by raw name
  std::pair<std::string_view, std::size_t> last_case_{{}, kDropped};  // the repetitions of a case follow it
  std::vector<Numbered> numbered_;
  std::map<std::string_view, std::string> aggregates_;  // run name -> place, if without a median so far
  UntypedAggregates untyped_;
  std::vector<ZeroTime> zero_times_;
  std::map<std::string_view, Unused> not_finite_;
  std::size_t rows_without_unit_ = 0;
};

Process MetricReader::finish(const Context& context) {
  process_.context = context;
  refuse_repeated_rows();
  skip_cases_without_median();
  refuse_zero_times();
  untyped_.remove_from(process_, [&](std::string_view run) { return case_indices_.contains(run); });
  warn_of_unused();
  drop_lacking();
  return std::move(process_);
}

void MetricReader::take_row() {
  if (!row_.name) throw wrong("name", "is missing", kForeign);
  const std::string_view name = string_field(*row_.name, file_, row_.place("name"));
  if (name.empty()) throw wrong("name", "is empty", kForeign);
  if (row_.run_name) string_field(*row_.run_name, file_, row_.place("run_name"));
  if (row_.is_complexity()) return;
  if (!row_.run_type && untyped_.see(name, row_)) {
    case_of(name);  // is removed later, with the other aggregates
    return;
  }

  const std::string_view run_type =
      row_.run_type ? string_field(*row_.run_type, file_, row_.place("run_type")) : "iteration";
  if (run_type == "iteration") {
    const std::size_t index = case_of(row_.run_name ? row_.run_name->text : name);
    if (index != kDropped) take_iteration(process_.cases[index], index);
  } else if (run_type == "aggregate") {
    const std::string_view run_name = aggregate_run_name();
    const bool is_median = row_.aggregate_name && row_.aggregate_name->text == "median";
    if (is_median) {
      const std::size_t index = case_of(run_name);
      if (index != kDropped) take_median(process_.cases[index]);
    } else if (!case_indices_.contains(run_name)) {
      aggregates_.emplace(run_name, std::string(row_.place("")));
    }
  } else {
    throw wrong("run_type", fmt::format("\"{}\" is neither iteration nor aggregate", printable(run_type)),
                kForeign);
  }
}

void MetricReader::take_iteration(Case& measured, std::size_t case_index) {
  if (measured.aggregate_only) {
    measured.aggregate_only = false;
    measured.repetitions.clear();
  }
  if (row_.repetition_index) {
    numbered_.push_back(
        {case_index, count_field(*row_.repetition_index, file_, row_.place("repetition_index")), row_.index});
  }
  const auto message_or = [&](const GoogleBenchmarkRow::Field& field, const char* otherwise) {
    const bool known = field && field->type == JsonType::string && !field->text.empty();
    return std::string(known ? field->text : otherwise);
  };
  if (row_.error_occurred && boolean_field(*row_.error_occurred, file_, row_.place("error_occurred"))) {
    if (measured.failure.empty())
      measured.failure = message_or(row_.error_message, "failed without a message");
    return;
  }
  if (row_.skipped && boolean_field(*row_.skipped, file_, row_.place("skipped"))) {
    if (measured.skip_reason.empty())
      measured.skip_reason = message_or(row_.skip_message, "skipped without a message");
    return;
  }
  for (const std::string_view key : row_.not_finite) {
    if (key == options_.metric.name) continue;
    Unused& unused = not_finite_[key];
    if (unused.rows++ == 0) unused.first_place = std::string(row_.place(key));
  }
  if (!lacks_metric(measured)) measured.repetitions.push_back(repetition());
}

void MetricReader::take_median(Case& measured) {
  if (measured.aggregate_only) {
    throw wrong("", "a second median row of this case", "give each process in its own file");
  }
  if (!measured.repetitions.empty() || !measured.failure.empty() || !measured.skip_reason.empty()) return;
  measured.aggregate_only = true;
  if (!lacks_metric(measured)) measured.repetitions.push_back(repetition());
}

// The index of the case, which is added if it is new, or kDropped.
std::size_t MetricReader::case_of(std::string_view raw_name) {
  if (last_case_.first.data() != nullptr && raw_name == last_case_.first) return last_case_.second;
  const auto [entry, is_new] = case_indices_.try_emplace(raw_name, process_.cases.size());
  if (is_new) {
    std::string name = strip_settings(raw_name);
    if (!options_.keeps(name, raw_name)) {
      entry->second = kDropped;
    } else {
      const std::size_t likely = process_.cases.empty() ? 0 : process_.cases.back().repetitions.size();
      Case& added = process_.cases.emplace_back();
      added.repetitions.reserve(likely);
      added.name = std::move(name);
      added.raw_name = raw_name;
    }
  }
  last_case_ = *entry;
  return entry->second;
}

std::string_view MetricReader::aggregate_run_name() const {
  if (row_.run_name) return row_.run_name->text;
  std::string_view name = row_.name->text;
  if (row_.aggregate_name && name.ends_with(row_.aggregate_name->text)) {
    name.remove_suffix(row_.aggregate_name->text.size());
    if (name.ends_with('_')) name.remove_suffix(1);
  }
  return name;
}

Repetition MetricReader::repetition() {
  Repetition taken;
  taken.value = metric_value();
  taken.counters = row_.counters;
  if (row_.threads == 1 && row_.real_time > 0 && row_.cpu_time > 0)
    taken.real_per_cpu = row_.real_time / row_.cpu_time;
  if (row_.iterations > 0) taken.iterations = row_.iterations;
  if (row_.samples_ns && options_.metric.name == "real_time") {
    if (row_.samples_ns->type != JsonType::array)
      throw wrong("samples_ns", "is not an array",
                  "it holds the times of single launches, as `bench` writes them");
    for (std::size_t i = 0; i < row_.samples.size(); ++i) {
      if (is_positive(row_.samples[i])) continue;
      throw wrong(fmt::format("samples_ns[{}]", i), "is not a finite number greater than 0",
                  "the measurement failed: run it again, or exclude the case with --filter");
    }
    taken.samples = std::move(row_.samples);
  }
  return taken;
}

Diagnostic MetricReader::metric_missing() const {
  const std::string& metric = options_.metric.name;
  if (is_time_) return wrong(metric, "is missing", "select rows that were timed with --filter");
  std::string known;
  for (const std::string_view key : row_.other_numbers) known.append(known.empty() ? "" : ", ").append(key);
  return wrong(
      metric, "is missing: the row has no such counter",
      fmt::format("its numbers are {}; select cases that have the counter with --filter", printable(known)));
}

// Whether the row has to be left out, because the case may lack the metric.
bool MetricReader::lacks_metric(Case& measured) {
  if (metric() || is_time_ || !options_.may_lack_metric) return false;
  if (process_.lacking.empty()) process_.lacking = metric_missing().what();
  measured.lacks_metric = true;
  return true;
}

void MetricReader::drop_lacking() {
  for (const Case& one : process_.cases) {
    if (!one.lacks_metric || one.repetitions.empty()) continue;
    throw meaning_diagnostic(
        file_, printable(one.raw_name),
        fmt::format("only some rows of the case have {}", printable(options_.metric.name)),
        "exclude the case with --filter");
  }
  std::erase_if(process_.cases, [](const Case& one) {
    return one.lacks_metric && one.failure.empty() && one.skip_reason.empty();
  });
}

double MetricReader::metric_value() {
  const std::string& name = options_.metric.name;
  const GoogleBenchmarkRow::Field& field = metric();
  if (!field) throw metric_missing();
  if (!is_time_) return counter_field(*field, file_, row_.place(name));
  const bool no_digit = field->text.find_first_of("-123456789") == std::string_view::npos;
  if (field->type == JsonType::number && no_digit && number_of(field->text) == 0) {
    zero_times_.push_back({std::string(row_.run_name ? row_.run_name->text : row_.name->text),
                           std::string(field->text), std::string(row_.place(name))});
    return kLeastTime_ns;
  }
  const double value = positive_field(*field, file_, row_.place(name)) * time_scale();
  check_positive(value, field->text, file_, row_.place(name));
  return value;
}

// Google Benchmark always writes a unit; other writers of its format do not.
double MetricReader::time_scale() {
  if (!row_.time_unit) {
    ++rows_without_unit_;
    return 1;
  }
  const std::string_view unit = string_field(*row_.time_unit, file_, row_.place("time_unit"));
  const double scale = nanoseconds_per(unit);
  if (scale == 0)
    throw wrong("time_unit", fmt::format("unknown unit \"{}\"", printable(unit)), "use ns, us, ms or s");
  return scale;
}

Diagnostic MetricReader::wrong(std::string_view field, std::string_view what, std::string_view hint) const {
  return meaning_diagnostic(file_, std::string(row_.place(field)), what, hint);
}

void MetricReader::refuse_repeated_rows() {
  const auto before = [](const auto& a, const auto& b) { return a.key() < b.key(); };
  if (!std::ranges::is_sorted(numbered_, before)) std::ranges::sort(numbered_, before);
  const auto twice = std::adjacent_find(numbered_.begin(), numbered_.end(), [](const auto& a, const auto& b) {
    return a.case_index == b.case_index && a.repetition == b.repetition;
  });
  if (twice == numbered_.end()) return;
  const std::string& name = process_.cases[twice->case_index].raw_name;
  throw meaning_diagnostic(
      file_, fmt::format("benchmarks[{}] {}", (twice + 1)->row, printable(name)),
      fmt::format("repetition {} occurs twice, first as benchmarks[{}]", twice->repetition, twice->row),
      "two benchmarks have this name, or two files were joined: give each process in its own file");
}

// It costs the case, and not the file: the others are complete.
void MetricReader::skip_cases_without_median() {
  for (const auto& [run_name, place] : aggregates_) {
    if (case_indices_.contains(run_name)) continue;
    const std::size_t index = case_of(run_name);
    if (index != kDropped)
      process_.cases[index].skip_reason =
          place +
          ": only aggregate rows, without a median; run it without --benchmark_report_aggregates_only";
  }
}

// A case whose times are mostly above a clock cycle cannot take no time at all.
void MetricReader::refuse_zero_times() {
  const double cycle = process_.context.cycle_ns > 0 ? process_.context.cycle_ns : kShortestCycle_ns;
  for (const ZeroTime& zero : zero_times_) {
    const auto found = case_indices_.find(zero.raw_name);
    if (found == case_indices_.end() || found->second == kDropped) continue;
    std::vector<double> times;
    for (const Repetition& row : process_.cases[found->second].repetitions) times.push_back(row.value);
    if (median(times) > cycle) throw not_positive(0, zero.text, file_, zero.place);
  }
}

void MetricReader::warn_of_unused() {
  for (const auto& [key, unused] : not_finite_) {
    const std::string rows = unused.rows > 1 ? fmt::format(" ({} rows)", unused.rows) : "";
    process_.warnings.push_back(
        fmt::format("{}: {}: not a finite number; not used{}", file_, unused.first_place, rows));
  }
  if (rows_without_unit_ > 0) {
    process_.warnings.push_back(
        fmt::format("{}: {} rows have no time_unit; nanoseconds are assumed", file_, rows_without_unit_));
  }
}

// Calls take_row(index) for each row, which it reads.
template <class TakeRow>
Context read_document(JsonReader& json, const std::string& file, TakeRow take_row) {
  std::optional<Context> context;
  bool has_benchmarks = false;
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "context") {
      context = read_context(json, file);
    } else if (*key == "benchmarks") {
      expect_type(json.peek(), JsonType::array, file, "benchmarks");
      json.begin_array();
      for (std::size_t index = 0; json.next_item(); ++index) take_row(index);
      has_benchmarks = true;
    } else {
      json.value();
    }
  }
  json.finish();
  const char* const missing = !has_benchmarks ? "benchmarks" : !context ? "context" : nullptr;
  if (missing != nullptr) {
    throw meaning_diagnostic(file, "", fmt::format("has no `{}`", missing),
                             "write it with --benchmark_out=FILE --benchmark_out_format=json");
  }
  return std::move(*context);
}

}  // namespace

std::vector<Process> read_google_benchmark(JsonReader& json, const std::string& file,
                                           const std::vector<ReadOptions>& metrics) {
  GoogleBenchmarkRow row;
  std::vector<MetricReader> readers;
  RowFields fields{{}, metrics.front().counters};
  for (const ReadOptions& one : metrics) {
    fields.metrics.push_back(one.metric.name);
    readers.emplace_back(row, readers.size(), file, one);
  }
  const auto take_row = [&](std::size_t index) {
    read_row(json, file, fields, index, row);
    for (MetricReader& reader : readers) reader.take_row();
  };
  const Context context = read_document(json, file, take_row);
  std::vector<Process> processes;
  for (MetricReader& reader : readers) processes.push_back(reader.finish(context));
  return processes;
}

}  // namespace warpgauge
