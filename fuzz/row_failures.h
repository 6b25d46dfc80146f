// Rows that break one property, told in one line: the worst of them, and how many there are.
#pragma once

#include <cstdint>
#include <string>

namespace warpgauge {

class RowFailures {
 public:
  // Counts a row; `describe` is asked for a message only where the row is worse than all before it.
  template <class Describe>
  void add(double badness, Describe describe) {
    if (rows_++ > 0 && !(badness > worst_)) return;
    worst_ = badness;
    message_ = describe();
  }

  bool any() const { return rows_ > 0; }
  std::string message() const {
    return rows_ == 1 ? message_ : message_ + "; " + std::to_string(rows_) + " rows like this";
  }

 private:
  std::int64_t rows_ = 0;
  double worst_ = 0;
  std::string message_;
};

}  // namespace warpgauge
