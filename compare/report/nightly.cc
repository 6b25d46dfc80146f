#include "compare/report/nightly.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/columns.h"
#include "base/escape.h"
#include "base/number_format.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostNames = 3;
constexpr std::size_t kIndent = 4;
// Without --all: together with the lines around them at most kMostLines.
constexpr std::size_t kMostNightLines = 8, kMostMissedLines = 6;

std::string series_line(const char* name, const JudgedSeries& series) {
  const std::size_t rounds = series.nights.size();
  const double per_hundred = 100 * static_cast<double>(series.failed()) / static_cast<double>(rounds);
  return fmt::format("  {:<38} {:>8} {:>8.1f} {:>9} {:>6}\n", name,
                     fmt::format("{} of {}", series.failed(), rounds), per_hundred, series.flagged(),
                     series.back());
}

// The first lines, and the number of the others.
std::string limited(const std::string& lines, std::size_t most, bool all) {
  const std::size_t count = line_count(lines);
  if (all || count <= most) return lines;
  std::size_t end = 0;
  for (std::size_t i = 0; i < most; ++i) end = lines.find('\n', end) + 1;
  return lines.substr(0, end) + fmt::format("    ... and {} more lines; --all shows them\n", count - most);
}

std::string night_lines(const char* title, const JudgedSeries& series, bool all) {
  std::string lines;
  for (const JudgedNight& night : series.nights) {
    if (night.flagged.empty()) continue;
    std::string text = visible(night.name) + ": ";
    for (std::size_t i = 0; i < std::min(night.flagged.size(), kMostNames); ++i) {
      const FlaggedCase& one = night.flagged[i];
      text += fmt::format("{}{} {}{}", i > 0 ? ", " : "", visible(one.name), format_change(one.ratio),
                          one.is_back.value_or(false) ? " (back)" : "");
    }
    if (night.flagged.size() > kMostNames)
      text += fmt::format(" and {} more", night.flagged.size() - kMostNames);
    lines += wrapped(text, kIndent);
  }
  return lines.empty() ? "" : fmt::format("  failed, {}:\n{}", title, limited(lines, kMostNightLines, all));
}

std::string sides_of(ComparedSides compared) {
  switch (compared) {
    case ComparedSides::before_and_after:
      return fmt::format("{0} nights against {0} later ones", kFilesPerSide);
    case ComparedSides::drawn:
      return fmt::format("{0} nights against {0}, drawn at random", kFilesPerSide);
    case ComparedSides::neighbours:
      break;
  }
  return "a night against the one before";
}

std::string planted_lines(const PlantedSeries& series, bool all) {
  std::size_t fewest = series.comparisons, always = 0;
  for (const PlantedCase& one : series.cases) {
    fewest = std::min(fewest, one.found);
    always += one.found == series.comparisons;
  }
  std::string out = wrapped(
      fmt::format("{}, {} slower: found in {} of {} or more; {} of {} in all. Without it {} of {} failed",
                  sides_of(series.compared), format_change(series.factor).substr(1), fewest,
                  format_count(static_cast<std::int64_t>(series.comparisons), "comparisons"), always,
                  format_count(static_cast<std::int64_t>(series.cases.size()), "cases"),
                  series.failed_without, series.comparisons),
      2);
  std::string missed;
  for (const PlantedCase& one : series.cases) {
    if (one.found == series.comparisons) continue;
    missed += wrapped(fmt::format("{} of {}  {} (deviation {})", one.found, series.comparisons,
                                  visible(one.name), format_percent(one.deviation)),
                      kIndent);
  }
  return out + limited(missed, kMostMissedLines, all);
}

}  // namespace

std::string nightly_report(const NightlyResult& result, bool all) {
  std::string out =
      fmt::format("{}, {} in all of them ({})\n\n  {:<38} {:>8} {:>8} {:>9} {:>6}\n",
                  format_count(static_cast<std::int64_t>(result.nights), "nights"),
                  format_count(static_cast<std::int64_t>(result.cases), "cases"), visible(result.metric),
                  "unchanged code", "failed", "per 100", "flagged", "back");
  out += series_line("each night against the one before", result.neighbours);
  out += series_line("against the baseline, then blessed", result.baseline);
  out += night_lines("against the night before", result.neighbours, all);
  out += night_lines("against the baseline", result.baseline, all);
  out +=
      fmt::format("  back: within {} of the old number in the next night\n\n", format_percent(kBackWithin));
  out += fmt::format("  one case made slower in head, in turn each of the {} with the least scatter:\n",
                     format_count(static_cast<std::int64_t>(result.planted.front().cases.size()), "cases"));
  for (const PlantedSeries& series : result.planted) out += planted_lines(series, all);
  return out;
}

}  // namespace warpgauge
