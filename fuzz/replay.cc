#include "fuzz/replay.h"

#include <charconv>
#include <cstdint>
#include <sstream>
#include <stdexcept>

#include "kernels/case_key.h"

namespace warpgauge {
namespace {

constexpr int kMostThreads = 4096;  // more than machines have, and few enough to start

[[noreturn]] void reject(const std::string& setting, const char* expected) {
  throw std::invalid_argument("replay: '" + setting + "' is not understood; expected " + expected);
}

template <class Number>
Number parse_number(const std::string& setting, std::string_view text, Number least, Number most,
                    const char* expected) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    reject(setting, expected);
  return value;
}

template <class Value>
Value require(const std::optional<Value>& value, const std::string& setting, const char* expected) {
  if (!value) reject(setting, expected);
  return *value;
}

void apply_setting(const std::string& setting, FuzzCase& fuzz_case) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos) reject(setting, "NAME=VALUE");
  const std::string_view name = std::string_view(setting).substr(0, equals);
  const std::string_view value = std::string_view(setting).substr(equals + 1);
  if (name == "seed")
    fuzz_case.seed = parse_number<std::uint64_t>(setting, value, 0, UINT64_MAX, "a number of 64 bits");
  else if (name == "threads")
    fuzz_case.threads = parse_number<int>(setting, value, 1, kMostThreads, "threads=1 to 4096");
  else if (name == "family")
    fuzz_case.family = require(parse_family(value), setting, "a family of fuzz/inputs.h");
  else if (name == "layout")
    fuzz_case.layout = require(parse_layout(value), setting, "layout=packed, padded, interleaved or mixed");
  else
    reject(setting, "seed=, family=, layout= or threads=");
}

}  // namespace

std::string format_replay(std::string_view kernel, const FuzzCase& c) {
  const std::string problem = kernel.empty() ? format_problem(c.problem) : format_case(kernel, c.problem);
  return problem + " seed=" + std::to_string(c.seed) + " family=" + family_name(c.family) +
         " layout=" + layout_name(c.layout) + " threads=" + std::to_string(c.threads);
}

Replay parse_replay(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string word;
  if (!(words >> word))
    throw std::invalid_argument("replay: the line is empty; expected CASE [seed=N] [family=NAME]");
  ParsedCase parsed = parse_case(word);
  Replay replay{std::move(parsed.kernel), {.problem = parsed.problem}};
  while (words >> word) apply_setting(word, replay.fuzz_case);
  return replay;
}

}  // namespace warpgauge
