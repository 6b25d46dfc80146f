// One entry of `benchmarks` as it stands in the file, unjudged: which fields matter is known only when all
// are read.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace warpgauge {

struct GoogleBenchmarkRow {
  using Field = std::optional<JsonValue>;

  std::size_t index = 0;  // in `benchmarks`
  Field name, run_name, run_type, repetition_index;
  Field aggregate_name, aggregate_unit;
  Field error_occurred, error_message;  // SkipWithError
  Field skipped, skip_message;          // SkipWithMessage, since 1.8
  Field time_unit;
  std::vector<Field> metrics;                   // of RowFields: the fields that are compared
  std::vector<double> counters;                 // of RowFields, NaN if the row lacks one
  Field samples_ns;                             // set when there; its numbers are in `samples`
  std::vector<double> samples;                  // NaN where an item is not a number
  std::vector<std::string_view> other_numbers;  // numeric fields beside those above
  std::vector<std::string_view> not_finite;     // those of them that are NaN or infinite
  double real_time = 0, cpu_time = 0, threads = 0, iterations = 0;  // 0: missing, or no number
  bool has_time = false;  // real_time is there: else it may be a fit of complexity

  // A fit of complexity (BigO, RMS): coefficients, no measurement.
  bool is_complexity() const;

  // "benchmarks[4] NAME.field", for diagnostics, once a string is made of it; the field may be empty.
  struct Place {
    const GoogleBenchmarkRow& row;
    std::string_view field;
    explicit operator std::string() const;
  };
  Place place(std::string_view field) const { return {*this, field}; }
};

// The fields of a row that are read beside those that every row has.
struct RowFields {
  std::vector<std::string_view> metrics;
  std::span<const std::string> counters;
};

// Takes the next value of `json`, an object, as the entry `index`. What `row` held before is gone.
void read_row(JsonReader& json, std::string_view file, const RowFields& fields, std::size_t index,
              GoogleBenchmarkRow& row);

}  // namespace warpgauge
