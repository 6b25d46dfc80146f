#include "compare/decide/sample_counts.h"

#include <algorithm>

namespace warpgauge {
namespace {

constexpr std::int64_t kEnough = 20;  // from this number on, a quantile hardly depends on it

bool are_unequal(std::int64_t a, std::int64_t b) {
  const auto [few, many] = std::minmax(a, b);
  return few > 0 && few < kEnough && many > 2 * few;
}

}  // namespace

std::int64_t samples_per_process(const SideSummary& side) {
  return side.samples && side.processes && *side.processes > 0 ? *side.samples / *side.processes : 0;
}

std::int64_t fewest_samples(std::span<const Cell> cells) {
  std::int64_t fewest = 0;
  for (const Cell& cell : cells) {
    const std::int64_t samples = samples_per_process(cell.head);
    if (samples > 0 && (fewest == 0 || samples < fewest)) fewest = samples;
  }
  return fewest;
}

bool were_samples_cut(const CaseNumbers& numbers) {
  return numbers.samples_taken > 0 &&
         are_unequal(samples_per_process(numbers.base.summary), samples_per_process(numbers.head.summary));
}

std::optional<note::SamplesDiffer> samples_differ(std::span<const Cell> cells, const StoredSide& stored) {
  const std::int64_t head = fewest_samples(cells);
  if (stored.statistic == Statistic::median || !are_unequal(stored.samples, head)) return std::nullopt;
  return note::SamplesDiffer{stored.samples, head, stored.statistic};
}

}  // namespace warpgauge
