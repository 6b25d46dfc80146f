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
    Json json{{"kind", "not_proved"}, {"deviation_assumed", why.deviation_assumed}};
    if (why.two_speeds)
      json["two_speeds"] = {
          {"fast", why.two_speeds->fast}, {"slow", why.two_speeds->slow}, {"rounds", why.two_speeds->rounds}};
    if (why.named_noise) json["named_noise"] = true;
    return json;
  }
  Json operator()(const ChangeProved& why) const {
    Json json{
        {"kind", "change_proved"},
        {"margin", why.margin},
        {"relative_ratio", why.relative_log_ratio ? ratio_json(*why.relative_log_ratio) : Json(nullptr)}};
    if (why.separated) json["separated"] = true;
    return json;
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
  Json operator()(const ByDifference& why) const {
    return {{"kind", "by_difference"}, {"exact", why.exact}, {"limit", why.limit}};
  }
  Json operator()(const DifferenceOpen& why) const {
    return {{"kind", "difference_open"}, {"too_few_units", why.too_few_units}};
  }
  Json operator()(const ExactVaries& why) const {
    return {{"kind", "exact_varies"}, {"side", side_name(why.side)}, {"low", why.low}, {"high", why.high}};
  }
  Json operator()(const AllExcluded&) const { return {{"kind", "all_excluded"}}; }
  Json operator()(const NotAnalysed&) const { return {{"kind", "not_analysed"}}; }
  Json operator()(const NoTime&) const { return {{"kind", "no_time"}}; }
  Json operator()(const BelowResolution& why) const {
    return {{"kind", "below_resolution"}, {"resolution_ns", why.resolution_ns}};
  }
  Json operator()(const Dropped& why) const {
    return {{"kind", "dropped"}, {"side", side_name(why.side)}, {"cause", why.cause}};
  }
  Json operator()(const Failed& why) const {
    Json json{
        {"kind", "failed"}, {"side", side_name(why.side)}, {"file", why.file}, {"message", why.message}};
    if (why.on_both_sides) json["on_both_sides"] = true;
    if (why.allowed) json["allowed"] = true;
    return json;
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

// The log whose exp() is `ratio`, which std::log misses by a few units in the last place.
double log_of(double ratio) {
  const double log = std::log(ratio);
  double below = log, above = log;
  for (int step = 0; step < 8; ++step) {
    if (std::exp(below) == ratio) return below;
    if (std::exp(above) == ratio) return above;
    below = std::nextafter(below, -HUGE_VAL);
    above = std::nextafter(above, HUGE_VAL);
  }
  return log;
}

ReadValue log_ratio(double& into) {
  return [&into](FieldReader& in) {
    double ratio = 1;
    read::positive(ratio)(in);
    into = log_of(ratio);
  };
}

ReadValue side(Side& into) {
  return read::one_of<Side>(into, {{"base", Side::base}, {"head", Side::head}});
}

ReadValue margin(double& into) {
  return read::number(into, {.low = 0});
}

ReadValue decided(Decided& into) {
  std::vector<std::pair<std::string_view, Decided>> choices;
  for (const Decided one :
       {Decided::regression, Decided::improvement, Decided::unchanged, Decided::inconclusive})
    choices.emplace_back(decided_name(one), one);
  return read::one_of<Decided>(into, choices);
}

ReadValue count(std::size_t& into) {
  return read::whole(into, std::size_t{1}, static_cast<std::size_t>(kMostExact));
}

void read_excluded(FieldReader& in, ExcludedUnits& one) {
  const auto number = [](FieldReader& at, std::size_t& item) { count(item)(at); };
  in.object({{"side", side(one.side)},
             {"slower", read::boolean(one.slower)},
             {"numbers", read::list(one.numbers, number)},
             {"units", count(one.units)},
             {"ratio", log_ratio(one.log_shift)}});
  if (one.numbers.empty()) in.fail_at("numbers", "is empty");
}

// The fields of each kind, beside "kind" itself.
void read_kind(FieldReader& in, NotProved& why) {
  in.object({{"deviation_assumed", read::boolean(why.deviation_assumed)},
             {"two_speeds",
              [&why](FieldReader& at) {
                TwoSpeeds& speeds = why.two_speeds.emplace();
                at.object({{"fast", read::positive(speeds.fast)},
                           {"slow", read::positive(speeds.slow)},
                           {"rounds", count(speeds.rounds)}});
              },
              Presence::optional},
             {"named_noise", read::boolean(why.named_noise), Presence::optional}});
}
void read_kind(FieldReader& in, ChangeProved& why) {
  in.object({{"margin", margin(why.margin)},
             {"relative_ratio", read::nullable(why.relative_log_ratio, log_ratio)},
             {"separated", read::boolean(why.separated), Presence::optional}});
}
void read_kind(FieldReader& in, SameProved& why) {
  in.object({{"margin", margin(why.margin)}});
}
void read_kind(FieldReader& in, DependsOnExclusion& why) {
  in.object({{"otherwise", decided(why.otherwise)},
             {"ratio_with_excluded", log_ratio(why.log_ratio_with_excluded)},
             {"excluded", read::list(why.excluded, read_excluded)}});
}
void read_kind(FieldReader& in, NullControlFailed& why) {
  in.object({{"otherwise", decided(why.otherwise)}});
}
ReadValue any_finite(double& into) {
  return read::number(into, {.low = -NumberRange().high});
}
void read_kind(FieldReader& in, ByDifference& why) {
  in.object({{"exact", read::boolean(why.exact)}, {"limit", margin(why.limit)}});
}
void read_kind(FieldReader& in, DifferenceOpen& why) {
  in.object({{"too_few_units", read::boolean(why.too_few_units)}});
}
void read_kind(FieldReader& in, ExactVaries& why) {
  in.object({{"side", side(why.side)}, {"low", any_finite(why.low)}, {"high", any_finite(why.high)}});
}
void read_kind(FieldReader& in, AllExcluded&) {
  in.object({});
}
void read_kind(FieldReader& in, NotAnalysed&) {
  in.object({});
}
void read_kind(FieldReader& in, NoTime&) {
  in.object({});
}
void read_kind(FieldReader& in, BelowResolution& why) {
  in.object({{"resolution_ns", read::positive(why.resolution_ns)}});
}
void read_kind(FieldReader& in, Dropped& why) {
  in.object({{"side", side(why.side)}, {"cause", read::text(why.cause)}});
}
void read_kind(FieldReader& in, Failed& why) {
  in.object({{"side", side(why.side)},
             {"file", read::text(why.file)},
             {"message", read::text(why.message)},
             {"on_both_sides", read::boolean(why.on_both_sides), Presence::optional},
             {"allowed", read::boolean(why.allowed), Presence::optional}});
}
void read_kind(FieldReader& in, Absent& why) {
  in.object({{"side", side(why.side)}});
}
void read_kind(FieldReader& in, Skipped& why) {
  in.object({{"side", side(why.side)}, {"file", read::text(why.file)}, {"message", read::text(why.message)}});
}
void read_kind(FieldReader& in, OtherMachine&) {
  in.object({});
}
void read_kind(FieldReader& in, Accepted& why) {
  in.object({{"before", read::nullable(why.before, any_finite)}});
}

template <class Kind>
Why read_as(FieldReader& in) {
  Kind kind;
  read_kind(in, kind);
  return kind;
}

using ReadKind = Why (*)(FieldReader&);
const std::vector<std::pair<std::string_view, ReadKind>>& kinds() {
  static const std::vector<std::pair<std::string_view, ReadKind>> all = {
      {"not_proved", read_as<NotProved>},
      {"change_proved", read_as<ChangeProved>},
      {"same_proved", read_as<SameProved>},
      {"depends_on_exclusion", read_as<DependsOnExclusion>},
      {"null_control_failed", read_as<NullControlFailed>},
      {"by_difference", read_as<ByDifference>},
      {"difference_open", read_as<DifferenceOpen>},
      {"exact_varies", read_as<ExactVaries>},
      {"all_excluded", read_as<AllExcluded>},
      {"not_analysed", read_as<NotAnalysed>},
      {"no_time", read_as<NoTime>},
      {"below_resolution", read_as<BelowResolution>},
      {"dropped", read_as<Dropped>},
      {"failed", read_as<Failed>},
      {"absent", read_as<Absent>},
      {"skipped", read_as<Skipped>},
      {"other_machine", read_as<OtherMachine>},
      {"accepted", read_as<Accepted>}};
  return all;
}

}  // namespace

nlohmann::ordered_json why_json(const Why& why) {
  return std::visit(Writer{}, why);
}

// Twice over the same object: which fields it has depends on its kind.
ReadValue why_field(Why& into) {
  return [&into](FieldReader& in) {
    into = std::monostate();
    if (in.take_null()) return;
    const std::string_view object = in.value(JsonType::object).text;
    ReadKind read_fields = nullptr;
    in.again(object, [&](FieldReader& at) {
      at.object({{"kind", read::one_of<ReadKind>(read_fields, kinds())}});
    });
    in.again(object, [&](FieldReader& at) { into = read_fields(at); });
  };
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
