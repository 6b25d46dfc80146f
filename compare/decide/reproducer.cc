#include "compare/decide/reproducer.h"

#include <fmt/format.h>

#include "base/escape.h"

namespace warpgauge {

std::string reproducer(const MeasuredCase& one) {
  const Context& context = one.process->context;
  const auto executable = context.info.find("executable");
  if (executable == context.info.end()) return "";
  // warpgauge-bench finds a case only in its matrix.
  const auto matrix = context.settings.find("matrix");
  return fmt::format("{}{} {}", shell_word(executable->second),
                     matrix == context.settings.end() ? "" : " --matrix " + shell_word(matrix->second),
                     shell_word("--benchmark_filter=^" + regex_literal(one.measured->raw_name) + "$"));
}

}  // namespace warpgauge
