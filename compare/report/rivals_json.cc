#include <fmt/format.h>

#include "base/json_text.h"
#include "compare/report/note_words.h"
#include "compare/report/rivals.h"

namespace warpgauge {
namespace {

OrderedJson kernel_json(const RivalKernel& kernel) {
  return {{"kernel", kernel.kernel}, {"name", kernel.name},           {"value", kernel.value},
          {"ci", kernel.ci},         {"processes", kernel.processes}, {"samples", kernel.samples}};
}

OrderedJson rival_case_json(const RivalCase& one) {
  return {{"name", one.name},
          {"verdict", rival_verdict_name(one.verdict)},
          {"ratio", one.ratio},
          {"ci", one.ci},
          {"speedup", 1 / one.ratio},
          {"cliffs_delta", one.cliffs_delta},
          {"ours", kernel_json(one.ours)},
          {"peer", kernel_json(one.peer)}};
}

OrderedJson failure_json(const RivalFailure& one) {
  return {{"name", one.name}, {"is_ours", one.is_ours}, {"file", one.file}, {"message", one.message}};
}

OrderedJson differences_json(const Rivals& rivals) {
  OrderedJson differences = OrderedJson::array();
  for (const ContextDifference& one : rivals.differences)
    differences.push_back({{"key", one.key}, {"values", one.head}, {"forbids", one.forbids}});
  return differences;
}

OrderedJson notes_json(const Rivals& rivals) {
  AppliedPolicy policy;
  policy.metric = rivals.metric;
  OrderedJson notes = OrderedJson::array();
  for (const Note& note : rivals.notes) notes.push_back(note_sentence(note, policy));
  return notes;
}

}  // namespace

std::string rivals_json(const Rivals& rivals) {
  const bool any = !rivals.cases.empty();
  const std::pair<const char*, std::string> members[] = {
      {"schema", json_text("warpgauge/rivals/1")},
      {"exit_code", json_text(exit_code_of(rivals))},
      {"metric", json_text(rivals.metric)},
      {"statistic", json_text(rivals.statistic)},
      {"counts", json_text({{"win", rivals.count(RivalVerdict::win)},
                            {"loss", rivals.count(RivalVerdict::loss)},
                            {"undecided", rivals.count(RivalVerdict::undecided)}})},
      {"geometric_mean",
       json_text({{"ratio", any ? OrderedJson(rivals.ratio) : OrderedJson(nullptr)},
                  {"ci", any ? OrderedJson(rivals.ci) : OrderedJson(nullptr)},
                  {"speedup", any ? OrderedJson(1 / rivals.ratio) : OrderedJson(nullptr)}})},
      {"worst", json_text(any ? OrderedJson(rivals.cases.front().name) : OrderedJson(nullptr))},
      {"assumed_deviation",
       json_text(rivals.assumed_deviation ? OrderedJson(*rivals.assumed_deviation) : OrderedJson(nullptr))},
      {"context", json_text({{"values", rivals.context}, {"differences", differences_json(rivals)}})},
      {"command", json_text(rivals.command)},
      {"notes", json_text(notes_json(rivals))},
      {"only_ours", json_text(rivals.only_ours)},
      {"only_peers", json_text(rivals.only_peers)},
      {"failures", json_lines(rivals.failures, failure_json)},
      {"cases", json_lines(rivals.cases, rival_case_json)},
  };
  std::string text = "{";
  const char* separator = "";
  for (const auto& [key, value] : members) {
    text += fmt::format("{}\"{}\": {}", separator, key, value);
    separator = ",\n ";
  }
  return text + "}\n";
}

}  // namespace warpgauge
