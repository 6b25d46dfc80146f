// Rows that break one property, told in one line: the worst of them, and how many there are.
#pragma once

#include <cstdint>
#include <string>

namespace warpgauge {

class RowFailures {
 public:
  // Counts a row, once for all of its elements in turn; `describe` is asked for a message only where it is
  // the worst so far.
  template <class Describe>
  void add(std::int64_t row, double badness, Describe describe) {
    const bool is_first = rows_ == 0;
    if (row != last_row_) ++rows_;
    last_row_ = row;
    if (!is_first && !(badness > worst_)) return;
    worst_ = badness;
    message_ = describe();
  }

  bool any() const { return rows_ > 0; }
  std::string message() const {
    return rows_ == 1 ? message_ : message_ + "; " + std::to_string(rows_) + " rows like this";
  }

 private:
  std::int64_t rows_ = 0, last_row_ = -1;
  double worst_ = 0;
  std::string message_;
};

}  // namespace warpgauge
