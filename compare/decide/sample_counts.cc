#include "compare/decide/sample_counts.h"

#include <algorithm>

#include "base/diagnostic.h"
#include "compare/report/format.h"

namespace warpgauge {
namespace {

constexpr std::int64_t kEnough = 20;  // of so many, quantiles are what they are of more

std::int64_t samples_a_process(const SideSummary& side) {
  return side.samples && side.processes && *side.processes > 0 ? *side.samples / *side.processes : 0;
}

bool are_unequal(std::int64_t a, std::int64_t b) {
  const auto [few, many] = std::minmax(a, b);
  return few > 0 && few < kEnough && many > 2 * few;
}

}  // namespace

std::int64_t fewest_samples(std::span<const Cell> cells) {
  std::int64_t fewest = 0;
  for (const Cell& cell : cells) {
    const std::int64_t samples = samples_a_process(cell.head);
    if (samples > 0 && (fewest == 0 || samples < fewest)) fewest = samples;
  }
  return fewest;
}

bool lost_samples(const CaseNumbers& numbers) {
  return numbers.samples_taken > 0 &&
         are_unequal(samples_a_process(numbers.base.summary), samples_a_process(numbers.head.summary));
}

std::string lost_samples_note(std::int64_t cases, const std::string& name, const CaseNumbers& first) {
  return "of " + format_count(cases, "cases") +
         " the processes of one side have more than twice the samples of the other's (" + printable(name) +
         ": base " + std::to_string(samples_a_process(first.base.summary)) + ", head " +
         std::to_string(samples_a_process(first.head.summary)) + "); all were cut to the fewer";
}

std::string unequal_samples_note(std::span<const Cell> cells, const StoredSide& stored_side) {
  if (stored_side.statistic == Statistic::median) return "";
  const std::int64_t stored = stored_side.samples, head = fewest_samples(cells);
  if (!are_unequal(stored, head)) return "";
  return "a process of head has " + format_count(head, "samples") +
         " of a case, one of the last stored round " + std::to_string(stored) + ": " +
         statistic_name(stored_side.statistic) +
         " is larger where there are fewer; measure as the baseline was";
}

}  // namespace warpgauge
