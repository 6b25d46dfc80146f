#include "compare/ab/case_pattern.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace warpgauge {
namespace {

constexpr std::size_t kMostNames = 1000;
constexpr std::size_t kMostBytes = 100 * 1024;

// Escapes the text for both ECMAScript and POSIX extended expressions.
void append_escaped(std::string& pattern, std::string_view text) {
  for (char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
}

// `names` are sorted and distinct. All share their first `from` characters, which the pattern holds already.
// Appends the rest of their common prefix, then one alternative per next character.
void append_alternatives(std::string& pattern, std::span<const std::string> names, std::size_t from) {
  const std::string &first = names.front(), &last = names.back();
  std::size_t shared = from;
  while (shared < first.size() && shared < last.size() && first[shared] == last[shared]) ++shared;
  append_escaped(pattern, std::string_view(first).substr(from, shared - from));
  if (names.size() == 1) return append_escaped(pattern, std::string_view(first).substr(shared));

  pattern += '(';
  const bool one_ends_here = first.size() == shared;
  for (std::size_t begin = one_ends_here ? 1 : 0; begin < names.size();) {
    std::size_t end = begin + 1;
    while (end < names.size() && names[end][shared] == names[begin][shared]) ++end;
    if (begin > (one_ends_here ? 1u : 0u)) pattern += '|';
    append_alternatives(pattern, names.subspan(begin, end - begin), shared);
    begin = end;
  }
  pattern += one_ends_here ? ")?" : ")";  // POSIX leaves an empty alternative undefined
}

}  // namespace

std::string case_pattern(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) return "$^";
  if (names.size() > kMostNames) return ".";
  std::string pattern = "^(";
  append_alternatives(pattern, names, 0);
  pattern += ")$";
  return pattern.size() > kMostBytes ? "." : pattern;
}

}  // namespace warpgauge
