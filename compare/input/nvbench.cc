#include "compare/input/nvbench.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/field_reader.h"
#include "base/fields.h"

namespace warpgauge {
namespace {

constexpr std::string_view kEdited = "nvbench does not write this: was the file edited?";
constexpr Format kNvbenchFormat = {.schema = "", .unknown_keys = UnknownKeys::ignored, .hint = kEdited};

struct State {
  std::string place;  // "benchmarks[1].states[4]"
  std::string name;   // BENCH/AXIS:VALUE/...
  std::string device;
  std::map<std::string, JsonValue> summaries;  // tag -> its "value"
  bool skipped = false;
  std::string skip_reason;
};

// The tags that can give `metric`, best first.
std::array<std::string, 2> tags_of(const std::string& metric) {
  if (metric == "real_time") return {"nv/cold/time/gpu/mean", "nv/cpu_only/time/cpu/mean"};
  if (metric == "cpu_time") return {"nv/cold/time/cpu/mean", "nv/cpu_only/time/cpu/mean"};
  return {metric, metric};
}

// nvbench writes numbers as strings, because many readers keep int64 as double.
double decimal_field(const JsonValue& value, std::string_view file, std::string_view place) {
  if (value.type == JsonType::number) return number_of(value.text);
  const std::string_view text = string_field(value, file, place);
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size())
    throw meaning_diagnostic(file, place, fmt::format("\"{}\" is not a number", printable(text)), kEdited);
  return number;
}

// Any value, as it is written.
ReadValue raw(std::string& into) {
  return [&into](FieldReader& in) { into = in.value().text; };
}

// The library with which nvbench writes turns an empty array into null.
template <class Each>
ReadValue elements(Each each) {
  return [each](FieldReader& in) {
    if (!in.take_null()) in.elements([&] { each(in); });
  };
}

class NvbenchReader {
 public:
  NvbenchReader(JsonReader& json, const std::string& file, const ReadOptions& options)
      : in_(json, file, "", kNvbenchFormat), json_(json), file_(file), options_(options) {}
  Process read();

 private:
  void read_device(FieldReader& in);
  void read_benchmark(FieldReader& in);
  std::set<std::string> take_identity();
  Case case_of(const State& state, bool name_device);
  std::optional<SampleNoise> noise_of(const State& state, std::string_view tag, std::string_view place) const;

  FieldReader in_;
  JsonReader& json_;
  const std::string& file_;
  const ReadOptions& options_;
  std::map<std::string, std::string> devices_;  // id -> description
  std::size_t benchmarks_ = 0;
  std::vector<State> states_;
  Process process_;
};

Process NvbenchReader::read() {
  process_.file = file_;
  bool has_benchmarks = false;
  const ReadValue benchmarks = elements([&](FieldReader& in) { read_benchmark(in); });
  in_.object({{"devices", elements([&](FieldReader& in) { read_device(in); }), Presence::optional},
              {"benchmarks",
               [&](FieldReader& in) {
                 has_benchmarks = true;
                 benchmarks(in);
               },
               Presence::optional}});
  json_.finish();
  if (!has_benchmarks)
    throw meaning_diagnostic(file_, "", "has no `benchmarks`", "write it with --json FILE");

  const std::set<std::string> used = take_identity();
  std::set<std::string> names;
  for (const State& state : states_) {
    Case measured = case_of(state, used.size() > 1);
    if (measured.name.empty()) continue;
    if (!names.insert(measured.name).second)
      throw meaning_diagnostic(file_, fmt::format("{} {}", state.place, printable(measured.name)),
                               "an earlier state has the same name", "rename one of the two benchmarks");
    process_.cases.push_back(std::move(measured));
  }
  return std::move(process_);
}

void NvbenchReader::read_device(FieldReader& in) {
  std::string id, name, sms, sm_version, memory, ecc;
  in.object({{"id", raw(id), Presence::optional},
             {"name", raw(name), Presence::optional},
             {"number_of_sms", raw(sms), Presence::optional},
             {"sm_version", raw(sm_version), Presence::optional},
             {"global_memory_size", raw(memory), Presence::optional},
             {"ecc_state", raw(ecc), Presence::optional}});
  devices_[id] = fmt::format("{} ({} SMs, sm {}, {} B, ECC {})", name, sms, sm_version, memory, ecc);
}

// "/AXIS:VALUE" of one axis.
std::string read_axis_value(FieldReader& in) {
  std::string axis, value;
  in.object({{"name", raw(axis), Presence::optional}, {"value", raw(value), Presence::optional}});
  return fmt::format("/{}:{}", axis, value);
}

// {"tag": "nv/...", "data": [{"name": "value", "type": "float64", "value": "1.25e-05"}]}
void read_summary(FieldReader& in, State& state) {
  std::string tag;
  std::optional<JsonValue> found;
  const auto read_datum = [&](FieldReader& at) {
    std::string name;
    JsonValue value;
    at.object({{"name", raw(name), Presence::optional},
               {"value", [&](FieldReader& field) { value = field.value(); }, Presence::optional}});
    if (name == "value") found = value;
  };
  in.object({{"tag", raw(tag), Presence::optional}, {"data", elements(read_datum), Presence::optional}});
  if (found) state.summaries.emplace(std::move(tag), *found);
}

State read_state(FieldReader& in) {
  State state;
  const auto summaries = [&](FieldReader& at) {
    if (at.peek() == JsonType::object)
      at.fail_at("", "is an object, as nvbench wrote it in 2021",
                 "run it with an nvbench whose summaries have tags");
    elements([&](FieldReader& summary) { read_summary(summary, state); })(at);
  };
  in.object({{"axis_values", elements([&](FieldReader& at) { state.name += read_axis_value(at); }),
              Presence::optional},
             {"summaries", summaries, Presence::optional},
             {"is_skipped", read::boolean(state.skipped), Presence::optional},
             {"skip_reason", raw(state.skip_reason), Presence::optional},
             {"device", raw(state.device), Presence::optional}});
  return state;
}

void NvbenchReader::read_benchmark(FieldReader& in) {
  const std::size_t first = states_.size();
  std::string name;
  in.object({{"name", read::name(name)},
             {"states", elements([&](FieldReader& at) { states_.push_back(read_state(at)); }),
              Presence::optional}});
  for (std::size_t i = first; i < states_.size(); ++i) {
    states_[i].name.insert(0, name);
    states_[i].place = fmt::format("benchmarks[{}].states[{}]", benchmarks_, i - first);
  }
  ++benchmarks_;
}

// From the devices in use, which are returned.
std::set<std::string> NvbenchReader::take_identity() {
  std::set<std::string> used;
  for (const State& state : states_) used.insert(state.device);
  std::string hardware;
  for (const std::string& id : used) {
    const auto device = devices_.find(id);
    if (device != devices_.end()) hardware.append(hardware.empty() ? "" : ", ").append(device->second);
  }
  if (!hardware.empty()) process_.context.derived_identity["gpu"] = hardware;
  process_.context.identity = process_.context.derived_identity;
  return used;
}

// Of the samples behind a mean: nv/cold/time/gpu/mean has nv/cold/time/gpu/stdev/relative and
// nv/cold/sample_size. Nothing if one is missing, or if nvbench could not compute it.
std::optional<SampleNoise> NvbenchReader::noise_of(const State& state, std::string_view tag,
                                                   std::string_view place) const {
  constexpr std::string_view kMean = "/mean", kTime = "/time/";
  const std::size_t time = tag.find(kTime);
  if (!tag.ends_with(kMean) || time == std::string_view::npos) return std::nullopt;
  const std::string stem(tag.substr(0, tag.size() - kMean.size()));
  const auto deviation = state.summaries.find(stem + "/stdev/relative");
  const auto samples = state.summaries.find(std::string(tag.substr(0, time)) + "/sample_size");
  if (deviation == state.summaries.end() || samples == state.summaries.end()) return std::nullopt;
  const SampleNoise noise{decimal_field(deviation->second, file_, place),
                          decimal_field(samples->second, file_, place)};
  if (!(noise.deviation >= 0) || std::isinf(noise.deviation) || !(noise.samples >= 2)) return std::nullopt;
  return noise;
}

// Without a name if the filter drops it, or if it lacks the metric.
Case NvbenchReader::case_of(const State& state, bool name_device) {
  Case measured;
  std::string name = state.name;
  if (name_device) name.append("/device:").append(state.device);
  if (!options_.keeps(name, name)) return measured;
  measured.name = measured.raw_name = name;
  measured.aggregate_only = true;
  if (state.skipped) {
    // nvbench also skips a state that threw, with this text.
    const bool threw = state.skip_reason.starts_with("Unexpected error");
    (threw ? measured.failure : measured.skip_reason) =
        state.skip_reason.empty() ? "skipped without a message" : state.skip_reason;
    return measured;
  }
  const std::string& metric = options_.metric.name;
  const std::string place = fmt::format("{} {}.{}", state.place, printable(name), printable(metric));
  for (const std::string& tag : tags_of(metric)) {
    const auto summary = state.summaries.find(tag);
    if (summary == state.summaries.end()) continue;
    const double number = decimal_field(summary->second, file_, place);
    Repetition mean;
    mean.value = number;
    if (tag != metric) {  // a time in seconds
      mean.value *= kNanosecondsPerSecond;
      check_positive(mean.value, summary->second.text, file_, place);
    } else {
      check_counter(mean.value, summary->second.text, file_, place);
    }
    measured.repetitions.push_back(std::move(mean));
    measured.noise = noise_of(state, tag, place);
    return measured;
  }
  const Diagnostic missing = meaning_diagnostic(
      file_, place, "is missing: the state has no such summary",
      "metrics of nvbench are real_time, cpu_time and tags such as nv/batch/time/gpu/mean");
  if (!options_.may_lack_metric) throw missing;
  if (process_.lacking.empty()) process_.lacking = missing.what();
  return {};
}

}  // namespace

Process read_nvbench(JsonReader& json, const std::string& file, const ReadOptions& options) {
  return NvbenchReader(json, file, options).read();
}

}  // namespace warpgauge
