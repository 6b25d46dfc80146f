#include "compare/report/trend.h"

#include "compare/report/baseline_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/columns.h"
#include "base/escape.h"
#include "base/number_format.h"
#include "compare/statistics/decision.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostBars = 40, kFewestBars = 6;
constexpr std::size_t kFigures = 2 + 9 + 2 + 10 + 2;  // columns in front of the bars
// Without --all: together with the lines around them at most kMostLines.
constexpr std::size_t kMostCases = 29, kMostEvents = 4, kMostNames = 3, kMostNotes = 3;
constexpr std::size_t kDate = 10, kCommit = 10;

// One bar is the geometric mean of the numbers of `per_bar` rounds that follow one another. If a number is
// not above 0, it is the arithmetic mean, as a share of the largest number.
std::vector<std::optional<double>> heights_of(const std::vector<std::optional<double>>& numbers,
                                              std::size_t per_bar) {
  bool by_log = true;
  double largest = 0;
  for (const auto& number : numbers) {
    by_log &= !number || *number > 0;
    largest = std::max(largest, number ? std::abs(*number) : 0);
  }
  const auto height = [&](double number) {
    return by_log ? std::log(number) : largest > 0 ? number / largest : 0;
  };
  std::vector<std::optional<double>> bars;
  for (std::size_t begin = 0; begin < numbers.size(); begin += per_bar) {
    double sum = 0, count = 0;
    for (std::size_t i = begin; i < std::min(begin + per_bar, numbers.size()); ++i) {
      if (!numbers[i]) continue;
      sum += height(*numbers[i]);
      ++count;
    }
    bars.push_back(count > 0 ? std::optional(sum / count) : std::nullopt);
  }
  return bars;
}

// From the lowest bar to the highest. What may differ and still be called unchanged fills half of the height
// at most: otherwise noise would look like a trend.
std::string sparkline(const std::vector<std::optional<double>>& bars) {
  static constexpr std::array kHeights = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const auto& bar : bars) {
    if (!bar) continue;
    low = std::min(low, *bar);
    high = std::max(high, *bar);
  }
  const double least = 4 * Margins().same_within, middle = (low + high) / 2;
  const double range = std::max(high - low, least), bottom = middle - range / 2;
  std::string line;
  for (const auto& bar : bars) {
    const double height = bar ? (*bar - bottom) / range * kHeights.size() : 0;
    line += bar ? kHeights[std::min(static_cast<std::size_t>(height), kHeights.size() - 1)] : "·";
  }
  return line;
}

std::string fitted(const std::string& line) {
  return shortened(line, kColumns) + "\n";
}

// Drift and name of each case; those with fewer than two numbers last.
std::vector<std::pair<std::optional<double>, std::string>> worst_first(const BaselineTrend& trend) {
  std::vector<std::pair<std::optional<double>, std::string>> cases;
  for (const auto& [name, numbers] : trend.cases)
    cases.emplace_back(drift_ratio(numbers, trend.metric.better), name);
  std::stable_sort(cases.begin(), cases.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  return cases;
}

std::string case_lines(const BaselineTrend& trend, bool all) {
  const std::size_t per_bar = (trend.rounds.size() + kMostBars - 1) / kMostBars;
  const std::size_t width = std::max(kFewestBars, (trend.rounds.size() + per_bar - 1) / per_bar);
  const auto line = [&](const std::string& change, const std::string& value, const std::string& bars,
                        const std::string& name) {
    return "  " + padded_left(change, 9) + "  " + padded_left(value, 10) + "  " + bars +
           std::string(width - display_width(bars), ' ') + "  " +
           shortened(name, kColumns - kFigures - width - 2) + "\n";
  };
  std::string out = line("drift", "latest", per_bar == 1 ? "rounds" : "1:" + std::to_string(per_bar),
                         "case (" + visible(trend.metric.name) + ")");
  const auto cases = worst_first(trend);
  const std::size_t shown = all ? cases.size() : std::min(cases.size(), kMostCases);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [change, name] = cases[i];
    const auto& numbers = trend.cases.at(name);
    const auto latest = std::find_if(numbers.rbegin(), numbers.rend(), [](const auto& n) { return n; });
    out += line(change ? format_change(*change) : kUnknown, format_value(**latest, trend.metric.name),
                sparkline(heights_of(numbers, per_bar)), visible(name));
  }
  if (shown < cases.size())
    out += fitted("  ... and " + std::to_string(cases.size() - shown) + " more; --all shows them");
  return out + fitted("drift: latest against oldest, + is worse");
}

// The latest events, if not `all`.
std::string event_lines(const std::vector<TrendEvent>& events, bool all) {
  std::string out;
  const std::size_t shown = all ? events.size() : std::min(events.size(), kMostEvents);
  if (shown < events.size())
    out += fitted("  " + std::to_string(events.size() - shown) + " earlier ones; --all shows them");
  for (std::size_t i = events.size() - shown; i < events.size(); ++i) {
    const auto& [event, commit] = events[i];
    out += fitted("  " + visible(event.date.substr(0, kDate)) + "  " +
                  (commit.empty() ? "uncommitted" : commit.substr(0, kCommit)) + "  " +
                  visible(event.action) + ": " + visible(event.reason));
    const std::size_t names = all ? event.cases.size() : std::min(event.cases.size(), kMostNames);
    for (std::size_t n = 0; n < names; ++n) out += fitted("      " + visible(event.cases[n]));
    if (names < event.cases.size())
      out += fitted("      ... and " + std::to_string(event.cases.size() - names) + " more");
  }
  return out.empty()
             ? out
             : "\naccepted, tightened, removed and renamed, with the first commit known to hold it\n" + out;
}

}  // namespace

std::string trend_report(const std::string& path, const BaselineTrend& trend, bool all) {
  const auto day = [](const BaselineRound& round) { return visible(round.date.substr(0, kDate)); };
  std::string out =
      fitted(visible(path) + ": " + format_count(static_cast<std::int64_t>(trend.rounds.size()), "rounds") +
             ", " + day(trend.rounds.front()) + " to " + day(trend.rounds.back()));
  out += case_lines(trend, all) + event_lines(trend.events, all);
  const std::size_t notes = all ? trend.notes.size() : std::min(trend.notes.size(), kMostNotes);
  if (notes < trend.notes.size())
    out += fitted("note: " + std::to_string(trend.notes.size() - notes) + " more notes; --all shows them");
  for (const HistoryNote& note : std::span(trend.notes).first(notes))
    out += fitted("note: " + history_note_text(note));
  return out;
}

}  // namespace warpgauge
