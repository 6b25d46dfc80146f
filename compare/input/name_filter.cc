#include "compare/input/name_filter.h"

#include <re2/re2.h>

#include "base/usage_error.h"

namespace warpgauge {

NameFilter::NameFilter(std::string_view expression) : inverted_(expression.starts_with('-')) {
  if (inverted_) expression.remove_prefix(1);
  re2::RE2::Options options;
  options.set_log_errors(false);  // the caller reports them
  options.set_never_capture(true);
  const auto compiled =
      std::make_shared<re2::RE2>(re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    throw bad_value(expression, "is not a regular expression: " + compiled->error(),
                    "write RE2 syntax, with \\ before a literal special character");
  }
  expression_ = compiled;
}

bool NameFilter::keeps(std::string_view name) const {
  return keeps(name, name);
}

bool NameFilter::keeps(std::string_view name, std::string_view raw_name) const {
  const auto found = [&](std::string_view text) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
  };
  return (found(name) || (raw_name != name && found(raw_name))) != inverted_;
}

}  // namespace warpgauge
