// The rows that violate one property, reported as one line: the worst row, and how many rows there are.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace warpgauge {

class RowFailures {
 public:
  // Elements of a row come one after the other; the row counts once. `describe` is called only if this
  // element is the worst so far.
  template <class Describe>
  void add(std::int64_t row, double badness, Describe describe) {
    const bool is_first = rows_ == 0;
    if (row != last_row_) ++rows_;
    last_row_ = row;
    if (!is_first && !(badness > worst_)) return;
    worst_ = badness;
    message_ = describe();
  }

  [[nodiscard]] bool any() const { return rows_ > 0; }
  [[nodiscard]] std::string message() const {
    return rows_ == 1 ? message_ : fmt::format("{}; {} rows like this", message_, rows_);
  }

 private:
  std::int64_t rows_ = 0, last_row_ = -1;
  double worst_ = 0;
  std::string message_;
};

}  // namespace warpgauge
