#include "compare/report/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/columns.h"
#include "base/escape.h"
#include "base/number_format.h"

namespace warpgauge {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kWhyIndent = 4;
constexpr std::size_t kMostWarnings = 3, kLongestWhy = 250;
constexpr std::size_t kTflops = 0, kCeiling = 1, kError = 2;  // in kShownCounters

struct Column {
  std::string title;
  std::function<std::string(const ShownCase&)> text;  // empty: the case lacks it
  std::size_t width = 0;                              // 0: no case has it
};

template <class Number, class Format>
std::string text_if(const std::optional<Number>& number, Format format) {
  return number ? format(*number) : std::string();
}

std::string throughput(double tflops) {
  return fmt::format("{:.{}f}", tflops, tflops >= 100 ? 0 : tflops >= 10 ? 1 : tflops >= 1 ? 2 : 3);
}

std::vector<Column> all_columns(const std::string& metric) {
  const auto counter = [](std::size_t which, auto format) {
    return [=](const ShownCase& one) { return text_if(one.counters[which], format); };
  };
  std::vector<Column> columns{
      {metric == "real_time" ? "time" : visible(metric),
       [metric](const ShownCase& one) {
         return text_if(one.numbers.value, [&](double value) { return format_value(value, metric); });
       }},
      {"cv",
       [](const ShownCase& one) {
         return text_if(one.numbers.cv, [](double cv) { return fmt::format("{:.2f} %", 100 * cv); });
       }},
      {"samples",
       [](const ShownCase& one) {
         return text_if(one.numbers.samples, [](std::int64_t count) { return fmt::format("{}", count); });
       }},
      {"TFLOP/s", counter(kTflops, throughput)},
      {"of ceiling", counter(kCeiling, [](double percent) { return fmt::format("{:.0f} %", percent); })},
      {"error/bound", counter(kError, [](double ratio) { return fmt::format("{:.2f}", ratio); })}};
  if (metric == kShownCounters[kTflops]) columns.erase(columns.begin() + 3);
  return columns;
}

void set_widths(std::vector<Column>& columns, const std::vector<ShownCase>& cases) {
  for (Column& column : columns) {
    for (const ShownCase& one : cases) column.width = std::max(column.width, display_width(column.text(one)));
    if (column.width > 0) column.width = std::max(column.width, display_width(column.title));
  }
  std::erase_if(columns, [](const Column& column) { return column.width == 0; });
}

bool was_measured(const ShownCase& one) {
  return one.failure.empty() && one.skip_reason.empty();
}

std::string row(const ShownCase& one, const std::vector<Column>& columns) {
  std::string line;
  for (const Column& column : columns) {
    const std::string text = was_measured(one) ? column.text(one) : "";
    line += padded_left(text.empty() ? kUnknown : text, column.width) + std::string(kGap, ' ');
  }
  line += visible(one.name) + "\n";
  if (was_measured(one)) return line;
  const std::string why = one.failure.empty() ? "skipped: " + one.skip_reason : "FAILED: " + one.failure;
  return line + wrapped(shortened(visible(why), kLongestWhy), kWhyIndent);
}

// Which rows fit into `room` lines: failed cases first, then skipped ones, then the others.
std::vector<bool> rows_that_fit(const ShownResults& results, const std::vector<Column>& columns,
                                std::size_t room) {
  std::vector<bool> fits(results.cases.size());
  const auto take = [&](auto wanted) {
    for (std::size_t i = 0; i < fits.size(); ++i) {
      if (!wanted(results.cases[i])) continue;
      const std::size_t lines = line_count(row(results.cases[i], columns));
      if (lines > room) return;
      fits[i] = true;
      room -= lines;
    }
  };
  take([](const ShownCase& one) { return !one.failure.empty(); });
  take([](const ShownCase& one) { return one.failure.empty() && !one.skip_reason.empty(); });
  take(was_measured);
  return fits;
}

// Names stand last: they have any length.
std::string table(const ShownResults& results, const std::vector<Column>& columns, std::size_t room) {
  std::string out;
  for (const Column& column : columns)
    out += padded_left(column.title, column.width) + std::string(kGap, ' ');
  out += "case\n";
  const std::vector<bool> fits = rows_that_fit(results, columns, room);
  for (std::size_t i = 0; i < fits.size(); ++i)
    if (fits[i]) out += row(results.cases[i], columns);
  if (const auto left = std::ranges::count(fits, false); left > 0)
    out += fmt::format("... and {}; --all shows them\n", format_count(left, "more cases"));
  return out;
}

// The warnings, at most three if not `all`.
std::string notes(const std::vector<std::string>& warnings, bool all) {
  std::string out;
  const std::size_t shown = all ? warnings.size() : std::min(warnings.size(), kMostWarnings);
  for (std::size_t i = 0; i < shown; ++i) out += wrapped(visible("note: " + warnings[i]), 0);
  if (shown < warnings.size())
    out += fmt::format("note: {} more notes; --all shows them\n", warnings.size() - shown);
  return out;
}

// What the columns hold.
std::string legend(const ShownResults& results, const std::vector<Column>& columns) {
  const auto has = [&](const char* title) { return std::ranges::count(columns, title, &Column::title) > 0; };
  std::string out;
  if (!columns.empty()) {
    out += fmt::format("{} is the median of a process's samples{}", columns.front().title,
                       results.processes > 1
                           ? fmt::format(", averaged over {} processes (geometric mean)", results.processes)
                           : "");
    out = wrapped(out + (has("cv") ? "; cv is their standard deviation / mean" : ""), 0);
  }
  if (has("of ceiling"))
    out += "of ceiling is the share of the machine's measured limit for the case, compute or memory\n";
  if (has("error/bound"))
    out += "error/bound is the largest error divided by its tolerance; at most 1 passes\n";
  return out;
}

std::string summary(const std::vector<ShownCase>& cases) {
  const auto failed = std::ranges::count_if(cases, [](const ShownCase& one) { return !one.failure.empty(); });
  const auto measured = std::ranges::count_if(cases, was_measured);
  const auto skipped = static_cast<std::ptrdiff_t>(cases.size()) - failed - measured;
  std::string out = fmt::format("{}: {} measured",
                                format_count(static_cast<std::int64_t>(cases.size()), "cases"), measured);
  if (failed > 0) out += fmt::format(", {} FAILED", failed);
  if (skipped > 0) out += fmt::format(", {} skipped", skipped);
  return out + "\n";
}

}  // namespace

std::string show_report(const ShownResults& results, bool all) {
  std::vector<Column> columns = all_columns(results.metric);
  set_widths(columns, results.cases);
  const std::string below = legend(results, columns) + notes(results.warnings, all) + summary(results.cases);
  if (results.cases.empty()) return below;
  constexpr std::size_t kAround = 3;  // the head of the table, what it left out, an empty line
  const std::size_t used = std::min(line_count(below) + kAround, kMostLines);
  return table(results, columns, all ? std::string::npos : kMostLines - used) + "\n" + below;
}

}  // namespace warpgauge
