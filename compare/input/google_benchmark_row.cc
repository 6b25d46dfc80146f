#include "compare/input/google_benchmark_row.h"

#include <fmt/format.h>

#include <limits>

#include "base/diagnostic.h"
#include "base/fields.h"

namespace warpgauge {
namespace {

// The field of `row` for `key`; null for counters and other keys.
GoogleBenchmarkRow::Field* field_of(GoogleBenchmarkRow& row, std::string_view key) {
  struct Known {
    std::string_view key;
    GoogleBenchmarkRow::Field GoogleBenchmarkRow::*field;
  };
  static constexpr Known kFields[] = {
      {"name", &GoogleBenchmarkRow::name},
      {"run_name", &GoogleBenchmarkRow::run_name},
      {"run_type", &GoogleBenchmarkRow::run_type},
      {"repetition_index", &GoogleBenchmarkRow::repetition_index},
      {"aggregate_name", &GoogleBenchmarkRow::aggregate_name},
      {"aggregate_unit", &GoogleBenchmarkRow::aggregate_unit},
      {"error_occurred", &GoogleBenchmarkRow::error_occurred},
      {"error_message", &GoogleBenchmarkRow::error_message},
      {"skipped", &GoogleBenchmarkRow::skipped},
      {"skip_message", &GoogleBenchmarkRow::skip_message},
      {"time_unit", &GoogleBenchmarkRow::time_unit},
  };
  for (const Known& known : kFields) {
    if (known.key == key) return &(row.*known.field);
  }
  return nullptr;
}

// Numbers that are read whatever the metric is; null for other keys.
double* number_of_key(GoogleBenchmarkRow& row, std::string_view key) {
  if (key == "real_time") return &row.real_time;
  if (key == "cpu_time") return &row.cpu_time;
  if (key == "threads") return &row.threads;
  if (key == "iterations") return &row.iterations;
  return nullptr;
}

void read_samples(JsonReader& json, std::vector<double>& samples) {
  json.begin_array();
  while (json.next_item()) {
    const JsonValue sample = json.value();
    samples.push_back(sample.type == JsonType::number ? number_of(sample.text)
                                                      : std::numeric_limits<double>::quiet_NaN());
  }
}

bool is_finite_text(std::string_view number) {
  return number.back() != 'N' && number.back() != 'y';
}  // NaN, Infinity

}  // namespace

bool GoogleBenchmarkRow::is_complexity() const {
  if (has_time) return false;
  for (const std::string_view key : other_numbers) {
    if (key == "rms" || key == "real_coefficient") return true;
  }
  return false;
}

GoogleBenchmarkRow::Place::operator std::string() const {
  std::string text = fmt::format("benchmarks[{}]", row.index);
  if (row.name && row.name->type == JsonType::string) text.append(" ").append(printable(row.name->text));
  if (!field.empty()) text.append(".").append(printable(field));
  return text;
}

void read_row(JsonReader& json, std::string_view file, const RowFields& fields, std::size_t index,
              GoogleBenchmarkRow& row) {
  std::vector<std::string_view> numbers = std::move(row.other_numbers);
  numbers.clear();
  row = GoogleBenchmarkRow{};
  row.index = index;
  row.other_numbers = std::move(numbers);
  row.metrics.assign(fields.metrics.size(), std::nullopt);
  row.counters.assign(fields.counters.size(), std::numeric_limits<double>::quiet_NaN());

  expect_type(json.peek(), JsonType::object, file, row.place(""));
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "samples_ns" && json.peek() == JsonType::array) {
      read_samples(json, row.samples);
      row.samples_ns = JsonValue{JsonType::array, {}};
      continue;
    }
    const JsonValue value = json.value();
    for (std::size_t m = 0; m < fields.metrics.size(); ++m)
      if (*key == fields.metrics[m]) row.metrics[m] = value;
    for (std::size_t i = 0; i < fields.counters.size(); ++i) {
      if (*key == fields.counters[i] && value.type == JsonType::number)
        row.counters[i] = number_of(value.text);
    }
    if (*key == "real_time") row.has_time = true;
    if (double* const number = number_of_key(row, *key); number != nullptr && value.type == JsonType::number)
      *number = number_of(value.text);
    if (GoogleBenchmarkRow::Field* const field = field_of(row, *key)) {
      *field = value;
    } else if (*key == "samples_ns") {
      row.samples_ns = value;
    } else if (value.type == JsonType::number) {
      row.other_numbers.push_back(*key);
      if (!is_finite_text(value.text)) row.not_finite.push_back(*key);
    }
  }
}

}  // namespace warpgauge
