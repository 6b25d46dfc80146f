// escape_lines: answers of base/escape.cc, for the test that compares them with those of ci/safe_text.py.
// Reads texts as hexadecimal digits, one per line. Prints two such lines for each: visible() and
// safe_lines().
#include "base/escape.h"

#include <cstdio>
#include <iostream>
#include <string>

namespace {

std::string from_hex(const std::string& digits) {
  std::string text;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    text += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return text;
}

void print_hex(const std::string& text) {
  for (const char c : text) std::printf("%02x", static_cast<unsigned char>(c));
  std::printf("\n");
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const std::string text = from_hex(line);
    print_hex(warpgauge::visible(text));
    print_hex(warpgauge::safe_lines(text));
  }
  return std::cout.good() ? 0 : 1;
}
