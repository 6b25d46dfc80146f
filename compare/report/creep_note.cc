#include "compare/report/creep_note.h"

#include <algorithm>

#include "base/escape.h"
#include "compare/baseline/bless.h"
#include "compare/report/format.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostLines = 20;

}  // namespace

std::vector<Creep> creep_with(Baseline baseline, const std::optional<BaselineRound>& round,
                              const Comparison& comparison, const GateOptions& options) {
  if (round) add_round(baseline, *round, comparison);
  const auto fail_above = [&](const std::string& name) { return options.policy.margins_of(name).fail_above; };
  return crept_cases(baseline, fail_above, options.policy.alpha.value_or(kAlpha));
}

note::Drift creep_note(const std::vector<Creep>& crept) {
  return {static_cast<std::int64_t>(crept.size()), crept.front().name, crept.front().ratio,
          static_cast<std::int64_t>(crept.front().rounds)};
}

std::string creep_refusal(const std::vector<Creep>& crept) {
  std::string text = "the baseline would creep up; the latest round against the oldest:\n";
  for (std::size_t i = 0; i < std::min(crept.size(), kMostLines); ++i) {
    text += "  " + format_change(crept[i].ratio) + " over " +
            format_count(static_cast<std::int64_t>(crept[i].rounds), "rounds") + "  " +
            visible(crept[i].name) + "\n";
  }
  if (crept.size() > kMostLines) text += "  and " + std::to_string(crept.size() - kMostLines) + " more\n";
  return text + "find what made them slower; --accept RE lets in what is meant, and restarts these cases\n";
}

}  // namespace warpgauge
