#include "compare/report/unit_words.h"

#include "base/number_format.h"

namespace warpgauge {

const char* unit_name(Unit unit) {
  switch (unit) {
    case Unit::process:
      return "processes";
    case Unit::round:
      return "rounds";
    case Unit::block:
      break;
  }
  return "blocks";
}

std::string format_units(std::int64_t count, Unit unit) {
  return format_count(count, unit_name(unit));
}

std::string format_used_units(std::int64_t count, Unit unit) {
  switch (unit) {
    case Unit::process:
      return format_units(count, unit) + " per side";
    case Unit::round:
      return format_count(count, "new rounds");
    case Unit::block:
      break;
  }
  return format_units(count, unit);
}

std::string method_words(Unit unit) {
  switch (unit) {
    case Unit::process:
      return "unpaired over processes per side; two-way model, variances moderated over cases; Holm over all "
             "cases";
    case Unit::round:
      return "unpaired over new rounds; two-way model, variances moderated over cases; Holm over all cases";
    case Unit::block:
      break;
  }
  return "blocks of base, head, head, base; two-way model, variances moderated over cases; Holm over all "
         "cases at "
         "each interim analysis, alpha spent as (t/B)^2.5";
}

}  // namespace warpgauge
