#include "base/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/usage_error.h"

namespace warpgauge {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Pattern::Pattern(std::string_view text) {
  if (text.size() > kLongestPattern)
    throw bad_value(fmt::format("{}...", text.substr(0, 40)),
                    fmt::format("has {} characters, more than {}", text.size(), kLongestPattern),
                    "give a shorter expression");
  re2::RE2::Options options;
  options.set_log_errors(false);  // the caller reports them
  options.set_never_capture(true);
  options.set_max_mem(std::int64_t{64} << 20);  // of a list of many names
  const auto compiled = std::make_shared<re2::RE2>(piece(text), options);
  if (!compiled->ok())
    throw bad_value(text, "is not a regular expression: " + compiled->error(),
                    "write RE2 syntax, with \\ before a literal special character");
  expression_ = compiled;
}

bool Pattern::is_found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(piece(text), *expression_);
}

}  // namespace warpgauge
