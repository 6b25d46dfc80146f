#include "compare/input/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/field_reader.h"

namespace warpgauge {
namespace {

constexpr Format kContextFormat = {
    .schema = "warpgauge/context/1",
    .unknown_keys = UnknownKeys::ignored,
    .hint = "correct the file, or write it again with the program that made it"};

bool is_scalar(JsonType type) {
  return type != JsonType::object && type != JsonType::array;
}

void read_warpgauge(FieldReader& in, Context& context) {
  std::map<std::string, std::string> state, info;
  std::vector<std::string> exact;
  in.object({{"schema", read::schema(kContextFormat.schema)},
             {"round", read::nullable(context.round, read::text), Presence::optional},
             {"identity", read::scalars(context.identity)},
             {"state", read::scalars(state), Presence::optional},
             {"info", read::scalars(info), Presence::optional},
             {"settings", read::scalars(context.settings), Presence::optional},
             {"exact_counters", read::texts(exact), Presence::optional}});
  context.exact_counters.insert(exact.begin(), exact.end());
  context.state.merge(state);
  context.info.merge(info);
  context.fingerprinted = true;
}

// "L1 Data 32768 B for 1, L2 Unified ..."
std::string read_caches(FieldReader& in) {
  std::string caches;
  in.elements([&] {
    std::map<std::string, std::string> cache;
    read::scalars(cache)(in);
    caches += fmt::format("{}L{} {} {} B for {}", caches.empty() ? "" : ", ", cache["level"], cache["type"],
                          cache["size"], cache["num_sharing"]);
  });
  return caches;
}

// "allocs,frees": what --benchmark_context=exact_counters=allocs,frees writes.
void take_exact(Context& context, std::string_view names) {
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    if (end > begin) context.exact_counters.emplace(names.substr(begin, end - begin));
    begin = end + 1;
  }
}

// In ns; 0 if the text is no frequency.
double cycle_of(std::string_view mhz) {
  const double number = number_of(mhz);
  return std::isfinite(number) && number > 0 ? 1e3 / number : 0;
}

void take_scalar(Context& context, std::string_view key, std::string_view text) {
  if (key == "host_name") {
    context.host_name = text;
  } else if (key == "exact_counters") {
    take_exact(context, text);
  } else if (key == "num_cpus") {
    context.derived_identity["num_cpus"] = text;
  } else if (key == "cpu_scaling_enabled" || key == "aslr_enabled" || key == "library_build_type") {
    context.state.emplace(key, text);
  } else {
    if (key == "mhz_per_cpu") context.cycle_ns = cycle_of(text);
    context.info.emplace(key, text);
  }
}

}  // namespace

Context read_context(JsonReader& json, std::string_view file) {
  Context context;
  FieldReader in(json, file, "context", kContextFormat);
  in.members([&](std::string_view key) {
    if (key == "warpgauge" && in.peek() == JsonType::object) return read_warpgauge(in, context);
    if (key == "caches") {
      if (std::string caches = read_caches(in); !caches.empty())
        context.derived_identity["caches"] = std::move(caches);
      return;
    }
    const JsonValue value = in.value();
    if (is_scalar(value.type)) take_scalar(context, key, value.text);
  });
  if (!context.fingerprinted) context.identity = context.derived_identity;
  return context;
}

}  // namespace warpgauge
