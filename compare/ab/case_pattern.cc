#include "compare/ab/case_pattern.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace warpgauge {
namespace {

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

std::string prefix_pattern(const std::string& name) {
  std::string pattern = "^";
  for (std::size_t i = 0; i < name.size() && pattern.size() < kMostPatternBytes - 2; ++i)
    append_escaped(pattern, std::string_view(name).substr(i, 1));
  return pattern;
}

// Halves what has too long a pattern.
void append_parts(std::vector<std::vector<std::string>>& parts, std::span<const std::string> names) {
  std::vector<std::string> part(names.begin(), names.end());
  if (names.size() > 1 && case_pattern(part).size() > kMostPatternBytes) {
    append_parts(parts, names.first(names.size() / 2));
    append_parts(parts, names.subspan(names.size() / 2));
  } else {
    parts.push_back(std::move(part));
  }
}

}  // namespace

std::string case_pattern(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) return "$^";
  std::string pattern = "^(";
  append_alternatives(pattern, names, 0);
  pattern += ")$";
  const bool is_cut = names.size() == 1 && pattern.size() > kMostPatternBytes;
  return is_cut ? prefix_pattern(names.front()) : pattern;
}

std::vector<std::vector<std::string>> pattern_parts(const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> parts;
  const std::size_t count =
      std::max<std::size_t>(1, (names.size() + kMostPatternNames - 1) / kMostPatternNames);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = names.size() * i / count, end = names.size() * (i + 1) / count;
    append_parts(parts, std::span(names).subspan(begin, end - begin));
  }
  return parts;
}

}  // namespace warpgauge
