#include "compare/input/nvbench.h"

#include <array>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "base/diagnostic.h"
#include "base/fields.h"

namespace warpgauge {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

struct State {
  std::string place;  // "benchmarks[1].states[4]"
  std::string name;   // BENCH/AXIS:VALUE/...
  std::string device;
  std::map<std::string, JsonValue> summaries;  // tag -> its "value"
  bool skipped = false;
  std::string skip_reason;
};

// The tags that may stand for `metric`, best first.
std::array<std::string, 2> tags_of(const std::string& metric) {
  if (metric == "real_time") return {"nv/cold/time/gpu/mean", "nv/cpu_only/time/cpu/mean"};
  if (metric == "cpu_time") return {"nv/cold/time/cpu/mean", "nv/cpu_only/time/cpu/mean"};
  return {metric, metric};
}

// Numbers stand in strings, so that int64 survives readers that know only doubles.
double decimal_field(const JsonValue& value, std::string_view file, std::string_view place) {
  if (value.type == JsonType::number) return number_of(value.text);
  const std::string_view text = string_field(value, file, place);
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) {
    throw meaning_diagnostic(file, place, "\"" + printable(text) + "\" is not a number",
                             "no nvbench writes that: was the file edited?");
  }
  return number;
}

class DocumentReader {
 public:
  DocumentReader(JsonReader& json, const std::string& file, const ReadOptions& options)
      : json_(json), file_(file), options_(options) {}
  Process read();

 private:
  void read_version();
  void read_devices();
  void read_benchmark(const std::string& place);
  void read_states(const std::string& place);
  State read_state(const std::string& place);
  std::string read_axis_values(const std::string& place);
  void read_summaries(State& state);
  std::optional<JsonValue> read_summary_value();
  Case case_of(const State& state, bool name_device);
  bool begin_array_or_null(const std::string& place);

  JsonReader& json_;
  const std::string& file_;
  const ReadOptions& options_;
  std::map<std::string, std::string> devices_;  // id -> what it is
  std::vector<State> states_;
  Process process_;
};

Process DocumentReader::read() {
  process_.file = file_;
  bool has_benchmarks = false;
  json_.begin_object();
  while (const auto key = json_.next_key()) {
    if (*key == "devices") {
      read_devices();
    } else if (*key == "benchmarks") {
      has_benchmarks = true;
      std::size_t index = 0;
      if (!begin_array_or_null("benchmarks")) continue;
      while (json_.next_item()) read_benchmark("benchmarks[" + std::to_string(index++) + "]");
    } else {
      json_.value();
    }
  }
  json_.finish();
  if (!has_benchmarks)
    throw meaning_diagnostic(file_, "", "has no `benchmarks`", "write it with --json FILE");

  std::set<std::string> used;
  for (const State& state : states_) used.insert(state.device);
  std::set<std::string> names;
  std::string hardware;
  for (const std::string& id : used) {
    const auto device = devices_.find(id);
    if (device == devices_.end()) continue;
    hardware.append(hardware.empty() ? "" : ", ").append(device->second);
  }
  if (!hardware.empty()) process_.context.derived_identity["gpu"] = hardware;
  process_.context.identity = process_.context.derived_identity;

  for (const State& state : states_) {
    Case measured = case_of(state, used.size() > 1);
    if (measured.name.empty()) continue;
    if (!names.insert(measured.name).second) {
      throw meaning_diagnostic(file_, state.place + " " + printable(measured.name), "is there already",
                               "two benchmarks share this name");
    }
    process_.cases.push_back(std::move(measured));
  }
  return std::move(process_);
}

// nlohmann writes an array that got no element as null.
bool DocumentReader::begin_array_or_null(const std::string& place) {
  if (json_.peek() == JsonType::null) {
    json_.value();
    return false;
  }
  expect_type(json_.peek(), JsonType::array, file_, place);
  json_.begin_array();
  return true;
}

void DocumentReader::read_devices() {
  if (!begin_array_or_null("devices")) return;
  while (json_.next_item()) {
    expect_type(json_.peek(), JsonType::object, file_, "devices[]");
    std::map<std::string_view, std::string_view> texts;
    json_.begin_object();
    while (const auto key = json_.next_key()) texts[*key] = json_.value().text;
    std::string& device = devices_[std::string(texts["id"])];
    device.append(texts["name"]).append(" (").append(texts["number_of_sms"]).append(" SMs, sm ");
    device.append(texts["sm_version"]).append(", ").append(texts["global_memory_size"]).append(" B, ECC ");
    device.append(texts["ecc_state"]).append(")");
  }
}

void DocumentReader::read_benchmark(const std::string& place) {
  expect_type(json_.peek(), JsonType::object, file_, place);
  const std::size_t first = states_.size();
  std::string name;
  json_.begin_object();
  while (const auto key = json_.next_key()) {
    if (*key == "name") {
      name = string_field(json_.value(), file_, place + ".name");
    } else if (*key == "states") {
      read_states(place + ".states");
    } else {
      json_.value();
    }
  }
  if (name.empty())
    throw meaning_diagnostic(file_, place + ".name", "is missing",
                             "no nvbench writes that: was the file edited?");
  for (std::size_t i = first; i < states_.size(); ++i) states_[i].name.insert(0, name);
}

void DocumentReader::read_states(const std::string& place) {
  if (!begin_array_or_null(place)) return;
  std::size_t index = 0;
  while (json_.next_item()) states_.push_back(read_state(place + '[' + std::to_string(index++) + ']'));
}

State DocumentReader::read_state(const std::string& place) {
  expect_type(json_.peek(), JsonType::object, file_, place);
  State state;
  state.place = place;
  json_.begin_object();
  while (const auto key = json_.next_key()) {
    if (*key == "axis_values") {
      state.name = read_axis_values(place + ".axis_values");
    } else if (*key == "summaries") {
      read_summaries(state);
    } else if (*key == "is_skipped") {
      state.skipped = boolean_field(json_.value(), file_, place + ".is_skipped");
    } else if (*key == "skip_reason") {
      state.skip_reason = json_.value().text;
    } else if (*key == "device") {
      state.device = json_.value().text;
    } else {
      json_.value();
    }
  }
  return state;
}

std::string DocumentReader::read_axis_values(const std::string& place) {
  std::string name;
  if (!begin_array_or_null(place)) return name;
  while (json_.next_item()) {
    expect_type(json_.peek(), JsonType::object, file_, place + "[]");
    std::string_view axis, value;
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      const JsonValue field = json_.value();
      if (*key == "name") axis = field.text;
      if (*key == "value") value = field.text;
    }
    name.append("/").append(axis).append(":").append(value);
  }
  return name;
}

void DocumentReader::read_summaries(State& state) {
  const std::string place = state.place + ".summaries";
  if (json_.peek() == JsonType::object) {
    throw meaning_diagnostic(file_, place, "is an object: written by an nvbench of 2021",
                             "a newer nvbench writes summaries with tags");
  }
  if (!begin_array_or_null(place)) return;
  while (json_.next_item()) {
    expect_type(json_.peek(), JsonType::object, file_, place + "[]");
    std::string tag;
    std::optional<JsonValue> value;
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      if (*key == "tag") {
        tag = json_.value().text;
      } else if (*key == "data") {
        value = read_summary_value();
      } else {
        json_.value();
      }
    }
    if (value) state.summaries.emplace(std::move(tag), *value);
  }
}

// "data": [{"name": "value", "type": "float64", "value": "1.25e-05"}]; numbers are strings there.
std::optional<JsonValue> DocumentReader::read_summary_value() {
  std::optional<JsonValue> found;
  if (!begin_array_or_null("data")) return found;
  while (json_.next_item()) {
    expect_type(json_.peek(), JsonType::object, file_, "data[]");
    std::string_view name;
    JsonValue value;
    json_.begin_object();
    while (const auto key = json_.next_key()) {
      const JsonValue field = json_.value();
      if (*key == "name") name = field.text;
      if (*key == "value") value = field;
    }
    if (name == "value") found = value;
  }
  return found;
}

// Without a name when the filter drops it.
Case DocumentReader::case_of(const State& state, bool name_device) {
  Case measured;
  std::string name = state.name;
  if (name_device) name.append("/device:").append(state.device);
  if (!options_.keeps(name, name)) return measured;
  measured.name = measured.raw_name = name;
  measured.aggregate_only = true;
  if (state.skipped) {
    // nvbench skips a state that threw, too, and says so with these words.
    const bool threw = state.skip_reason.starts_with("Unexpected error");
    (threw ? measured.failure : measured.skip_reason) =
        state.skip_reason.empty() ? "skipped without a message" : state.skip_reason;
    return measured;
  }
  const std::string& metric = options_.metric.name;
  const std::string place = state.place + ' ' + printable(name) + '.' + printable(metric);
  for (const std::string& tag : tags_of(metric)) {
    const auto summary = state.summaries.find(tag);
    if (summary == state.summaries.end()) continue;
    const double number = decimal_field(summary->second, file_, place);
    const bool is_time = tag != metric;
    Repetition mean;
    mean.value = is_time ? number * kNanosecondsPerSecond : number;
    check_positive(mean.value, summary->second.text, file_, place);
    measured.repetitions.push_back(std::move(mean));
    return measured;
  }
  throw meaning_diagnostic(
      file_, place, "is missing: the state has no such summary",
      "a metric of nvbench is real_time, cpu_time or a tag such as nv/batch/time/gpu/mean");
}

}  // namespace

Process read_nvbench(JsonReader& json, const std::string& file, const ReadOptions& options) {
  return DocumentReader(json, file, options).read();
}

}  // namespace warpgauge
