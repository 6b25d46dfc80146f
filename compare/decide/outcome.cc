#include "compare/decide/outcome.h"

#include <cmath>

#include "base/escape.h"

namespace warpgauge {
namespace {

CellVerdict verdict_of(Decided decided) {
  switch (decided) {
    case Decided::regression:
      return CellVerdict::regression;
    case Decided::improvement:
      return CellVerdict::improvement;
    case Decided::unchanged:
      return CellVerdict::unchanged;
    case Decided::inconclusive:
      break;
  }
  return CellVerdict::inconclusive;
}

std::array<double, 2> ratios(double log_low, double log_high) {
  return {std::exp(log_low), std::exp(log_high)};
}

}  // namespace

void take_decision(const Decision& decision, Cell& cell) {
  cell.verdict = verdict_of(decision.decided);
  cell.reason = decision.reason;
  cell.withheld = decision.withheld;
  cell.blocks = decision.blocks;
  if (decision.blocks == 0) return;  // nothing was measured: the rest means nothing
  cell.ratio = std::exp(decision.log_ratio);
  cell.ci = ratios(decision.log_ci_low, decision.log_ci_high);
  cell.p = decision.p;
  cell.p_adjusted = decision.p_adjusted;
  if (std::isfinite(decision.mde)) cell.mde = decision.mde;
  cell.more_blocks = decision.more_blocks;
}

void take_outcome(const Outcome& outcome, Comparison& comparison) {
  comparison.policy.method = outcome.method;
  comparison.notes.insert(comparison.notes.end(), outcome.notes.begin(), outcome.notes.end());
  if (std::isfinite(outcome.mde)) comparison.mde = outcome.mde;
  if (outcome.shared) {
    comparison.common_shift = {.verdict = verdict_of(outcome.shared->decided),
                               .ratio = std::exp(outcome.shared->log_ratio),
                               .p = outcome.shared->p,
                               .ci = ratios(outcome.shared->log_ci_low, outcome.shared->log_ci_high)};
  }
}

std::map<std::string, std::string> reported_context(const Context& context) {
  std::map<std::string, std::string> reported = context.info;
  for (const auto* part : {&context.identity, &context.state, &context.settings}) {
    reported.insert(part->begin(), part->end());
  }
  return reported;
}

std::string reproduction(const MeasuredCase& one) {
  const auto executable = one.process->context.info.find("executable");
  if (executable == one.process->context.info.end()) return "";
  // Ours knows a case only within its matrix.
  const auto matrix = one.process->context.settings.find("matrix");
  const bool known = matrix != one.process->context.settings.end();
  return shell_word(executable->second) + (known ? " --matrix " + shell_word(matrix->second) : "") + " " +
         shell_word("--benchmark_filter=^" + regex_literal(one.measured->raw_name) + "$");
}

}  // namespace warpgauge
