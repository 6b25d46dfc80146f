// The lines of source code from which the compiler made instructions: the directives .file and .loc, and the
// names of inlined functions in the section .debug_str (PTX ISA, "Debugging Directives").
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/simt/ptx/lexer.h"

namespace warpgauge::ptx {

// One line of source code of a chain, innermost first.
struct SourceLine {
  std::string file = {};
  int line = 0;
  int column = 0;
  std::string inlined_function = {};  // mangled; empty in the outermost line

  bool operator==(const SourceLine&) const = default;
};

class SourceMap {
 public:
  // Each reads the directive, whose first word was read.
  void read_file(Lexer& lexer);
  void read_section(Lexer& lexer);
  int read_location(Lexer& lexer);  // returns its number, for lines()

  // The line of a location, and of the calls that inlined it. Empty for -1 and for line 0, which the compiler
  // gives to instructions of its own.
  std::vector<SourceLine> lines(int location) const;

 private:
  struct Place {
    int file = 0, line = 0, column = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Location {
    Place place;
    std::string_view function = {};  // a label in .debug_str
    int inlined_at = -1;
    auto operator<=>(const Location&) const = default;
  };

  static Place read_place(Lexer& lexer);
  int number_of(const Location& location);

  std::map<int, std::string> files_ = {};
  std::vector<Location> locations_ = {};
  std::map<Location, int> numbers_ = {};
  std::map<Place, int> last_at_ = {};  // the last location that was read with this place
  std::map<std::string_view, std::string> strings_ = {};
};

}  // namespace warpgauge::ptx
