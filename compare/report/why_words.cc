#include "compare/report/why_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/diagnostic.h"
#include "base/number_format.h"
#include "compare/report/format.h"
#include "compare/report/unit_words.h"

namespace warpgauge {
namespace {

// "+2.00 % (95 % interval: -1.00 .. +5.00 %)"
std::string estimate_words(const Cell& cell) {
  if (!cell.ratio || !cell.ci) return "no estimate";
  return fmt::format("{} (95 % interval: {})", format_change(*cell.ratio), format_interval(*cell.ci));
}

// What would resolve an inconclusive case; empty if the deviation is assumed, which a note explains once.
std::string resolution_words(const Cell& cell, Unit unit, const NotProved& why) {
  if (why.deviation_assumed) return "";
  if (cell.more_units.value_or(0) == 0)
    return fmt::format("; more {} are unlikely to resolve this", unit_name(unit));
  return fmt::format("; about {} would resolve this",
                     format_count(*cell.more_units, std::string("more ") + unit_name(unit)));
}

const char* claim(Decided otherwise) {
  switch (otherwise) {
    case Decided::regression:
      return "a regression";
    case Decided::improvement:
      return "an improvement";
    case Decided::unchanged:
    case Decided::inconclusive:
      break;
  }
  return "unchanged";
}

// Words one kind each; `full` with the figures that a table row shows beside them.
struct WhyWords {
  const Cell& cell;
  const AppliedPolicy& policy;
  bool full;
  Unit unit = policy.unit;
  const std::string& metric = metric_of(cell, policy);

  std::string operator()(const std::monostate&) const { return ""; }

  std::string operator()(const ChangeProved& why) const {
    constexpr const char* kSeparated = "all processes of head are beyond all of base";
    if (!full) return why.separated ? kSeparated : "";
    if (!cell.ratio) return "";
    std::string text = fmt::format("{} {}", *cell.ratio > 1 ? "slower:" : "faster:", estimate_words(cell));
    if (why.relative_log_ratio)
      text += fmt::format(", {} against the other cases", format_change(std::exp(*why.relative_log_ratio)));
    if (why.separated) text += fmt::format("; {}", kSeparated);
    return text + fmt::format("; beyond the limit of {}; {}", format_percent(why.margin), used_units());
  }

  // Without the interval, which belongs to another test.
  std::string operator()(const SameProved& why) const {
    if (!full || !cell.ratio) return "";
    return fmt::format("within +-{}: {}; {}", format_percent(why.margin), format_change(*cell.ratio),
                       used_units());
  }

  std::string operator()(const NotProved& why) const {
    if (why.two_speeds) return speed_words(*why.two_speeds);
    if (why.named_noise)
      return full && cell.ratio ? fmt::format("not decided: named as noise: {}", estimate_words(cell))
                                : "named as noise";
    const std::string resolution = resolution_words(cell, unit, why);
    if (full)
      return fmt::format("not decided: {}; {}; minimum detectable effect (MDE): {}{}", estimate_words(cell),
                         used_units(), mde_or_none(), resolution);
    return fmt::format("MDE: {}{}", mde_or_none(), resolution);
  }

  std::string operator()(const DependsOnExclusion& why) const {
    std::size_t count = 0;
    for (const ExcludedUnits& one : why.excluded) count += one.numbers.size();
    return fmt::format("not decided: {} only if {} {} excluded; {} if {} {}", claim(why.otherwise),
                       excluded_words(why.excluded, unit), count == 1 ? "is" : "are",
                       format_change(std::exp(why.log_ratio_with_excluded)), count == 1 ? "it" : "they",
                       count == 1 ? "counts" : "count");
  }

  std::string operator()(const NullControlFailed& why) const {
    return fmt::format("not decided: the null control failed, so {} of {} cannot be claimed",
                       claim(why.otherwise), cell.ratio ? format_change(*cell.ratio) : kUnknown);
  }

  std::string operator()(const ByDifference& why) const {
    if (!full) return why.exact && cell.verdict != CellVerdict::unchanged ? "exact" : "";
    const std::string change = fmt::format("{} -> {}", value(cell.base), value(cell.head));
    const char* const kind = why.exact ? ", an exact metric" : "";
    if (cell.verdict == CellVerdict::unchanged)
      return cell.difference.value_or(0) == 0
                 ? fmt::format("equal: {}{}", value(cell.head), kind)
                 : fmt::format("within the limit of {}: {}{}", limit(why.limit), change, kind);
    return fmt::format("{}: {}{}; beyond the limit of {}",
                       cell.verdict == CellVerdict::regression ? "worse" : "better", change, kind,
                       limit(why.limit));
  }
  std::string operator()(const DifferenceOpen& why) const {
    const char* const cause =
        why.too_few_units
            ? "a number is not above 0, and there are fewer than three processes per side; measure more, or "
              "declare the metric exact in the policy"
            : "a number is not above 0, and the numbers of the processes vary too much";
    return full ? fmt::format("not decided: {}", cause) : cause;
  }
  std::string operator()(const ExactVaries& why) const {
    return fmt::format(
        "not decided: {} is declared exact, but {} has numbers from {} to {}; set \"exact\": false for it in "
        "`metrics` of the policy",
        metric, side_name(why.side), format_value(why.low, metric), format_value(why.high, metric));
  }

  std::string operator()(const AllExcluded&) const {
    return fmt::format("not decided: all {} that one side has of this case were excluded as outliers",
                       unit_name(unit));
  }
  std::string operator()(const NotAnalysed&) const {
    return "not decided: the run ended before its first analysis";
  }
  std::string operator()(const NoTime&) const {
    return "not decided: a process reported no time for this case";
  }
  std::string operator()(const BelowResolution& why) const {
    return fmt::format("below resolution: at most one clock cycle ({}) per iteration on both sides",
                       format_duration(why.resolution_ns));
  }
  std::string operator()(const Dropped& why) const {
    return fmt::format("not decided: removed from the run: {}: {}", side_name(why.side), why.cause);
  }
  std::string operator()(const Failed& why) const {
    return fmt::format("{}{}: {}",
                       why.on_both_sides        ? "failed on both sides: "
                       : why.allowed            ? "failed, which --allow-failed permits: "
                       : why.side == Side::base ? "failed in base: "
                                                : "",
                       why.file, printable(why.message));
  }
  std::string operator()(const Absent& why) const {
    return full ? fmt::format("not in {}", side_name(why.side)) : "";
  }
  std::string operator()(const Skipped& why) const {
    return fmt::format("skipped in {}: {}", why.file, printable(why.message));
  }
  std::string operator()(const OtherMachine&) const {
    return full ? "not compared: the sides were measured on different machines" : "";
  }
  std::string operator()(const Accepted& why) const {
    return "accepted: the case restarts with this round" +
           (why.before ? fmt::format("; before: {}", format_value(*why.before, metric)) : "");
  }

  std::string speed_words(const TwoSpeeds& speeds) const {
    return fmt::format("{}two speeds: {} and {}; head has the slower one, as {} before",
                       full ? "not decided: " : "", format_value(speeds.fast, metric),
                       format_value(speeds.slow, metric),
                       format_count(static_cast<std::int64_t>(speeds.rounds), "rounds"));
  }
  std::string mde_or_none() const { return cell.mde ? format_mde(*cell.mde) : "none"; }
  std::string value(const SideSummary& side) const { return value_or_unknown(side, metric); }
  std::string limit(double size) const { return size == 0 ? "0" : format_value(size, metric); }
  std::string used_units() const { return format_used_units(cell.units.value_or(0), unit); }
};

}  // namespace

std::string why_sentence(const Cell& cell, const AppliedPolicy& policy) {
  return std::visit(WhyWords{cell, policy, true}, cell.why);
}

std::string why_remark(const Cell& cell, const AppliedPolicy& policy) {
  return std::visit(WhyWords{cell, policy, false}, cell.why);
}

std::string shift_words(double log_shift) {
  return fmt::format("{} {}", format_percent(std::abs(std::expm1(log_shift))),
                     log_shift > 0 ? "slower" : "faster");
}

std::string excluded_words(const std::vector<ExcludedUnits>& groups, Unit unit) {
  std::vector<std::string> parts;
  for (const ExcludedUnits& one : groups) {
    parts.push_back(unit == Unit::block
                        ? fmt::format("{} of {}, head {},", one.numbers.size(), format_units(one.units, unit),
                                      shift_words(one.log_shift))
                        : fmt::format("{} of {}'s {}, {},", one.numbers.size(), side_name(one.side),
                                      format_units(one.units, unit), shift_words(one.log_shift)));
  }
  std::ranges::reverse(parts);  // head's first
  return fmt::format("{}", fmt::join(parts, " and "));
}

}  // namespace warpgauge
