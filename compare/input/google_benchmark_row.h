// One entry of `benchmarks` as it is in the file, without a check: which fields matter is known only after
// all of them are read.
#pragma once

#include <cstddef>
#include <optional>
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
  Field metric;                                 // the number that is compared
  Field samples_ns;                             // if present; its numbers are in `samples`
  std::vector<double> samples;                  // NaN for an item that is not a number
  std::vector<std::string_view> other_numbers;  // other numeric fields
  std::vector<std::string_view> not_finite;     // those of them that are NaN or infinite
  bool has_time = false;                        // has real_time; otherwise it may be a complexity fit

  // A complexity fit (BigO, RMS): coefficients, not a measurement.
  [[nodiscard]] bool is_complexity() const;

  // Converts to "benchmarks[4] NAME.field", for messages. The field may be empty.
  struct Place {
    const GoogleBenchmarkRow& row;
    std::string_view field;
    explicit operator std::string() const;
  };
  [[nodiscard]] Place place(std::string_view field) const { return {*this, field}; }
};

// Takes the next value of `json`, an object, as the entry `index`. Replaces the content of `row`.
void read_row(JsonReader& json, std::string_view file, std::string_view metric, std::size_t index,
              GoogleBenchmarkRow& row);

}  // namespace warpgauge
