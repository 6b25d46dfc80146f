#include "compare/report/why_json.h"

#include <cmath>

namespace warpgauge {
namespace {

using Json = nlohmann::ordered_json;

Json ratio_json(double log_ratio) {
  return std::exp(log_ratio);
}

Json excluded_json(const std::vector<ExcludedUnits>& groups) {
  Json array = Json::array();
  for (const ExcludedUnits& one : groups)
    array.push_back({{"side", side_name(one.side)},
                     {"slower", one.slower},
                     {"numbers", one.numbers},
                     {"units", one.units},
                     {"ratio", ratio_json(one.log_shift)}});
  return array;
}

struct Writer {
  Json operator()(const std::monostate&) const { return nullptr; }
  Json operator()(const NotProved& why) const {
    return {{"kind", "not_proved"}, {"deviation_assumed", why.deviation_assumed}};
  }
  Json operator()(const ChangeProved& why) const {
    return {{"kind", "change_proved"},
            {"margin", why.margin},
            {"relative_ratio", why.relative_log_ratio ? ratio_json(*why.relative_log_ratio) : Json(nullptr)}};
  }
  Json operator()(const SameProved& why) const { return {{"kind", "same_proved"}, {"margin", why.margin}}; }
  Json operator()(const DependsOnExclusion& why) const {
    return {{"kind", "depends_on_exclusion"},
            {"otherwise", decided_name(why.otherwise)},
            {"ratio_with_excluded", ratio_json(why.log_ratio_with_excluded)},
            {"excluded", excluded_json(why.excluded)}};
  }
  Json operator()(const NullControlFailed& why) const {
    return {{"kind", "null_control_failed"}, {"otherwise", decided_name(why.otherwise)}};
  }
  Json operator()(const AllExcluded&) const { return {{"kind", "all_excluded"}}; }
  Json operator()(const NotAnalysed&) const { return {{"kind", "not_analysed"}}; }
  Json operator()(const NoTime&) const { return {{"kind", "no_time"}}; }
  Json operator()(const Dropped& why) const {
    return {{"kind", "dropped"}, {"side", side_name(why.side)}, {"cause", why.cause}};
  }
  Json operator()(const Failed& why) const {
    return {{"kind", "failed"}, {"side", side_name(why.side)}, {"file", why.file}, {"message", why.message}};
  }
  Json operator()(const Absent& why) const { return {{"kind", "absent"}, {"side", side_name(why.side)}}; }
  Json operator()(const Skipped& why) const {
    return {{"kind", "skipped"}, {"side", side_name(why.side)}, {"file", why.file}, {"message", why.message}};
  }
  Json operator()(const OtherMachine&) const { return {{"kind", "other_machine"}}; }
  Json operator()(const Accepted& why) const {
    return {{"kind", "accepted"}, {"before", why.before ? Json(*why.before) : Json(nullptr)}};
  }
};

}  // namespace

nlohmann::ordered_json why_json(const Why& why) {
  return std::visit(Writer{}, why);
}

const char* decided_name(Decided decided) {
  switch (decided) {
    case Decided::regression:
      return "regression";
    case Decided::improvement:
      return "improvement";
    case Decided::unchanged:
      return "unchanged";
    case Decided::inconclusive:
      break;
  }
  return "inconclusive";
}

}  // namespace warpgauge
