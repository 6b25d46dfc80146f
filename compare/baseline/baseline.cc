#include "compare/baseline/baseline.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/diagnostic.h"
#include "base/json.h"
#include "base/text.h"

namespace warpgauge {
namespace {

constexpr std::string_view kSchema = "warpgauge/baseline/1";
constexpr std::string_view kRestoreHint = "restore the file from git, or bless anew";

std::string dumped(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

template <class Items, class Format>
std::string lines(const Items& items, Format format) {
  std::string out = "[";
  const char* separator = "\n  ";
  for (const auto& item : items) {
    out += separator + dumped(format(item));
    separator = ",\n  ";
  }
  return out + "]";
}

nlohmann::ordered_json round_json(const BaselineRound& round) {
  nlohmann::ordered_json json = {{"round", round.round},         {"boot", round.boot},
                                 {"date", round.date},           {"commit", round.commit},
                                 {"reason", round.reason},       {"statistic", round.statistic},
                                 {"processes", round.processes}, {"state", round.state}};
  if (round.samples > 0) json["samples"] = round.samples;
  return json;
}

nlohmann::ordered_json case_json(
    const std::pair<const std::string, std::vector<std::optional<double>>>& entry) {
  nlohmann::ordered_json numbers = nlohmann::ordered_json::array();
  for (const auto& number : entry.second) {
    numbers.push_back(number ? nlohmann::ordered_json(*number) : nlohmann::ordered_json(nullptr));
  }
  return {{"name", entry.first}, {"numbers", numbers}};
}

nlohmann::ordered_json event_json(const BaselineEvent& event) {
  return {{"action", event.action},
          {"cases", event.cases},
          {"reason", event.reason},
          {"date", event.date},
          {"commit", event.commit}};
}

// Reads the file's JSON and names the place of what is not as it should be.
class BaselineParser {
 public:
  BaselineParser(std::string_view text, const std::string& file)
      : json_(checked_text(text, file), file), file_(file) {}

  Baseline parse() {
    object("", {{"schema", [&] { schema(); }},
                {"metric", [&] { metric(); }},
                {"identity", [&] { baseline_.identity = texts("identity"); }},
                {"rounds", [&] { each("rounds", [&](const std::string& at) { round(at); }); }},
                {"cases", [&] { each("cases", [&](const std::string& at) { one_case(at); }); }},
                {"history", [&] { each("history", [&](const std::string& at) { event(at); }); }}});
    json_.finish();
    check();
    return std::move(baseline_);
  }

 private:
  using Members = std::map<std::string_view, std::function<void()>>;

  [[noreturn]] void fail(const std::string& place, const std::string& what) const {
    throw meaning_diagnostic(file_, place, what, kRestoreHint);
  }

  void object(const std::string& place, const Members& members, const Members& optional = {}) {
    std::size_t seen = 0;
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      if (const auto member = optional.find(*key); member != optional.end()) {
        member->second();
        continue;
      }
      const auto member = members.find(*key);
      if (member == members.end()) fail(place, "unknown key \"" + printable(*key) + "\"");
      member->second();
      ++seen;
    }
    if (seen != members.size()) fail(place, "a key is missing, of " + std::to_string(members.size()));
  }

  void each(const std::string& name, const std::function<void(const std::string&)>& read) {
    json_.begin_array();
    for (std::size_t i = 0; json_.next_item(); ++i) read(name + "[" + std::to_string(i) + "]");
  }

  std::string string(const std::string& place) {
    const JsonValue value = json_.value();
    if (value.type != JsonType::string)
      fail(place, std::string("expected a string, found ") + json_type_name(value.type));
    return std::string(value.text);
  }

  double positive(const std::string& place, const JsonValue& value) {
    const double number = value.type == JsonType::number ? number_of(value.text) : 0;
    if (!(number > 0) || !std::isfinite(number))
      fail(place, "expected a positive number, found " + printable(value.text));
    return number;
  }

  std::int64_t count(const std::string& place) {
    return static_cast<std::int64_t>(positive(place, json_.value()));
  }

  void schema() {
    const std::string found = string("schema");
    if (found != kSchema)
      fail("schema", "expected \"" + std::string(kSchema) + "\", found \"" + printable(found) + "\"");
  }

  void metric() {
    std::string better;
    object("metric", {{"name", [&] { baseline_.metric.name = string("metric.name"); }},
                      {"better", [&] { better = string("metric.better"); }}});
    if (better != "lower" && better != "higher") fail("metric.better", "expected \"lower\" or \"higher\"");
    baseline_.metric.better = better == "lower" ? Better::lower : Better::higher;
  }

  std::map<std::string, std::string> texts(const std::string& place) {
    std::map<std::string, std::string> texts;
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      const std::string name(*key);
      texts[name] = string(place + "." + printable(name));
    }
    return texts;
  }

  void round(const std::string& at) {
    BaselineRound round;
    object(at,
           {{"round", [&] { round.round = string(at + ".round"); }},
            {"boot", [&] { round.boot = string(at + ".boot"); }},
            {"date", [&] { round.date = string(at + ".date"); }},
            {"commit", [&] { round.commit = string(at + ".commit"); }},
            {"reason", [&] { round.reason = string(at + ".reason"); }},
            {"statistic", [&] { round.statistic = string(at + ".statistic"); }},
            {"processes", [&] { round.processes = count(at + ".processes"); }},
            {"state", [&] { round.state = texts(at + ".state"); }}},
           {{"samples", [&] { round.samples = count(at + ".samples"); }}});
    if (!parse_statistic(round.statistic))
      fail(at + ".statistic", "unknown: \"" + printable(round.statistic) + "\"");
    baseline_.rounds.push_back(std::move(round));
  }

  void one_case(const std::string& at) {
    std::string name;
    std::vector<std::optional<double>> numbers;
    object(at, {{"name", [&] { name = string(at + ".name"); }},
                {"numbers", [&] {
                   each(at + ".numbers", [&](const std::string& place) {
                     const JsonValue value = json_.value();
                     numbers.push_back(value.type == JsonType::null ? std::nullopt
                                                                    : std::optional(positive(place, value)));
                   });
                 }}});
    if (!baseline_.cases.emplace(name, std::move(numbers)).second)
      fail(at, "\"" + printable(name) + "\" stands twice");
  }

  void event(const std::string& at) {
    BaselineEvent event;
    object(at,
           {{"action", [&] { event.action = string(at + ".action"); }},
            {"cases",
             [&] { each(at + ".cases", [&](const std::string& p) { event.cases.push_back(string(p)); }); }},
            {"reason", [&] { event.reason = string(at + ".reason"); }},
            {"date", [&] { event.date = string(at + ".date"); }},
            {"commit", [&] { event.commit = string(at + ".commit"); }}});
    baseline_.history.push_back(std::move(event));
  }

  void check() const {
    if (baseline_.rounds.empty()) fail("rounds", "there is none");
    if (baseline_.rounds.size() > kMaxRounds) fail("rounds", "more than " + std::to_string(kMaxRounds));
    for (const BaselineRound& round : baseline_.rounds) {
      if (round.statistic != baseline_.rounds.front().statistic)
        fail("rounds", "they are of different statistics");
    }
    for (const auto& [name, numbers] : baseline_.cases) {
      if (numbers.size() != baseline_.rounds.size()) {
        fail("cases \"" + printable(name) + "\".numbers",
             "expected one for each of the " + std::to_string(baseline_.rounds.size()) + " rounds, found " +
                 std::to_string(numbers.size()));
      }
      if (std::none_of(numbers.begin(), numbers.end(),
                       [](const auto& number) { return number.has_value(); })) {
        fail("cases \"" + printable(name) + "\".numbers", "none of them is a number");
      }
    }
  }

  JsonReader json_;
  const std::string& file_;
  Baseline baseline_;
};

StoredBaseline stored_baseline(const std::filesystem::path& path, std::optional<std::string> text) {
  StoredBaseline stored{.path = path, .text = std::move(text), .baseline = {}};
  if (stored.text) stored.baseline = parse_baseline(*stored.text, path.string());
  return stored;
}

// As any input is read. A link that leads nowhere is there, and cannot be opened.
std::optional<std::string> input_if_there(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::symlink_status(path, error).type() == std::filesystem::file_type::not_found)
    return std::nullopt;
  return read_file(path.string());
}

}  // namespace

std::string format_baseline(const Baseline& baseline) {
  const char* better = baseline.metric.better == Better::lower ? "lower" : "higher";
  return "{\"schema\": \"" + std::string(kSchema) +
         "\",\n \"metric\": " + dumped({{"name", baseline.metric.name}, {"better", better}}) +
         ",\n \"identity\": " + dumped(baseline.identity) +
         ",\n \"rounds\": " + lines(baseline.rounds, round_json) +
         ",\n \"cases\": " + lines(baseline.cases, case_json) +
         ",\n \"history\": " + lines(baseline.history, event_json) + "}\n";
}

Baseline parse_baseline(std::string_view text, const std::string& file) {
  return BaselineParser(text, file).parse();
}

StoredSide side_of(const Baseline& baseline, const std::string& file) {
  const BaselineRound& last = baseline.rounds.back();
  Process process;
  process.file = file;
  process.context.fingerprinted = true;
  process.context.identity = process.context.derived_identity = baseline.identity;
  process.context.state = last.state;
  process.context.info = {{"commit", last.commit}, {"date", last.date}};
  for (const auto& [name, numbers] : baseline.cases) {
    Case stored{.name = name, .raw_name = name, .repetitions = {}, .failure = {}, .skip_reason = {}};
    for (const auto& number : numbers) {
      if (number) stored.repetitions.push_back({.value = *number, .samples = {}});
    }
    process.cases.push_back(std::move(stored));
  }
  StoredSide side{.results = {{std::move(process)}},
                  .metric = baseline.metric,
                  .statistic = statistic_of(baseline),
                  .numbers = {},
                  .samples = last.samples};
  for (const auto& [name, unused] : baseline.cases)
    side.numbers.emplace(name, stored_numbers(baseline, name));
  return side;
}

std::vector<double> stored_numbers(const Baseline& baseline, const std::string& name) {
  std::vector<double> numbers;
  for (const auto& number : baseline.cases.at(name)) {
    const double log = number ? std::log(*number) : std::nan("");
    numbers.push_back(baseline.metric.better == Better::higher ? -log : log);
  }
  return numbers;
}

Statistic statistic_of(const Baseline& baseline) {
  return *parse_statistic(baseline.rounds.back().statistic);
}

std::string baseline_file_name(const std::string& matrix) {
  return (matrix == "smoke" ? "smoke-rounds" : matrix) + ".json";
}

StoredBaseline read_baseline(const std::filesystem::path& directory, const std::string& fingerprint,
                             const std::string& matrix) {
  const std::filesystem::path path = directory / fingerprint / baseline_file_name(matrix);
  return stored_baseline(path, read_if_there(path));
}

StoredBaseline find_baseline(const std::filesystem::path& directory, const std::string& fingerprint,
                             const std::string& matrix) {
  const auto look_up = [&](const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / fingerprint / baseline_file_name(matrix);
    return stored_baseline(path, input_if_there(path));
  };
  StoredBaseline stored = look_up(directory);
  if (stored.baseline) return stored;
  // "baselines/" and "baselines" mean the same folder.
  const std::filesystem::path named = (directory / "").parent_path();
  StoredBaseline unblessed = look_up(named.parent_path() / ".warpgauge");
  unblessed.blessed = false;
  return unblessed.baseline ? unblessed : stored;
}

}  // namespace warpgauge
