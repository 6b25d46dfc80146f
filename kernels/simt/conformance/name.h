// Names of primitives that are templates.
#pragma once

#include <string_view>

namespace warpgauge::simt::conformance {

// A string that is built at compile time.
class Name {
 public:
  constexpr Name& operator<<(std::string_view part) {
    for (char c : part) text_[length_++] = c;
    return *this;
  }
  constexpr Name& operator<<(int number) {
    if (number >= 10) *this << number / 10;
    text_[length_++] = static_cast<char>('0' + number % 10);
    return *this;
  }
  constexpr const char* text() const { return text_; }

 private:
  char text_[96] = {};
  int length_ = 0;
};

}  // namespace warpgauge::simt::conformance
