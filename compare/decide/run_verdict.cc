#include "compare/decide/run_verdict.h"

#include <algorithm>

namespace warpgauge {
namespace {

bool has_common_case(const Matching& matching) {
  return std::ranges::any_of(matching.pairs, [](const CasePair& pair) {
    return pair.presence == Presence::both || pair.presence == Presence::failed ||
           pair.presence == Presence::errored;
  });
}

bool too_insensitive(const Comparison& comparison, const std::optional<double>& max_mde) {
  return max_mde && (!comparison.mde || *comparison.mde > *max_mde);
}

}  // namespace

void take_run_verdict(const Matching& matching, const GateOptions& options, bool comparable,
                      Comparison& comparison) {
  sort_worst_first(comparison.cells);
  const auto counts = comparison.counts();
  const auto count = [&](CellVerdict verdict) { return counts[static_cast<std::size_t>(verdict)]; };
  const bool common = has_common_case(matching);
  bool undecided = !comparable;
  const auto keep = [&](bool when, const char* why) {
    if (when) comparison.notes.emplace_back(why);
    undecided = undecided || when;
  };
  keep(!common && !options.allow_disjoint, "no case is on both sides; were they filtered or renamed?");
  keep(count(CellVerdict::errored) > 0, "cases failed in base: they cannot be compared");
  keep(common && count(CellVerdict::missing) > 0 && !options.allow_missing,
       "cases of base are missing from head; --allow-missing lets them go");
  keep(options.strict && count(CellVerdict::inconclusive) > 0, "--strict: inconclusive cases");
  keep(options.strict && too_insensitive(comparison, options.policy.max_mde),
       "--strict: the smallest detectable change is above the policy's max_mde");
  const bool red = count(CellVerdict::regression) + count(CellVerdict::failed) > 0;
  comparison.verdict = red ? RunVerdict::regression : undecided ? RunVerdict::undecided : RunVerdict::pass;
  comparison.exit_code = red ? 1 : undecided ? 4 : 0;
}

}  // namespace warpgauge
