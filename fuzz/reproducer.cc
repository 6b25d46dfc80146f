#include "fuzz/reproducer.h"

#include <fmt/format.h>

#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "base/diagnostic.h"
#include "base/flag_value.h"
#include "kernels/case_key.h"

namespace warpgauge {
namespace {

constexpr int kMostThreads = 4096;

template <class Value, class Values, class Name>
Value named_value(std::string_view text, std::string_view kind, const Values& values, Name name_of) {
  std::vector<std::string> names;
  for (const Value value : values) names.emplace_back(name_of(value));
  return values[one_of(text, names, kind)];
}

void apply_setting(std::string_view name, std::string_view value, FuzzCase& fuzz_case) {
  if (name == "seed")
    fuzz_case.seed = whole_number<std::uint64_t>(value, 0, UINT64_MAX);
  else if (name == "threads")
    fuzz_case.threads = whole_number(value, 1, kMostThreads);
  else if (name == "family")
    fuzz_case.family = named_value<InputFamily>(value, "a family", all_families(), family_name);
  else if (name == "layout")
    fuzz_case.layout = named_value<Layout>(value, "a layout", all_layouts(), layout_name);
  else if (name == "guard")
    fuzz_case.guard = named_value<Guard>(value, "a guard", all_guards(), guard_name);
  else
    throw std::invalid_argument("is not a setting; write seed=, family=, layout=, guard= or threads=");
}

// `setting` is one word of the line: "seed=7".
void apply_setting(const std::string& setting, FuzzCase& fuzz_case) {
  const std::size_t equals = setting.find('=');
  const std::string_view name = std::string_view(setting).substr(0, equals);
  const std::string_view value =
      equals == std::string::npos ? "" : std::string_view(setting).substr(equals + 1);
  try {
    apply_setting(name, value, fuzz_case);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", printable(name), error.what()));
  }
}

}  // namespace

std::string format_reproducer(std::string_view kernel, const FuzzCase& c) {
  const std::string problem = kernel.empty() ? format_problem(c.problem) : format_case(kernel, c.problem);
  const std::string guard = c.guard == Guard::bands ? "" : fmt::format(" guard={}", guard_name(c.guard));
  return fmt::format("{} seed={} family={} layout={}{} threads={}", problem, c.seed, family_name(c.family),
                     layout_name(c.layout), guard, c.threads);
}

bool Reproducer::applies_to(std::string_view id) const {
  return kernel.empty() || kernel == id || id.substr(id.find('/') + 1) == kernel;
}

Reproducer parse_reproducer(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string word;
  if (!(words >> word)) throw bad_value(line, "is empty", "write CASE [seed=N] [family=NAME] [layout=NAME]");
  ParsedCase parsed = parse_case(word);
  Reproducer reproducer{std::move(parsed.kernel), {.problem = parsed.problem}};
  while (words >> word) apply_setting(word, reproducer.fuzz_case);
  return reproducer;
}

}  // namespace warpgauge
