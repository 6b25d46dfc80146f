#include "compare/input/context.h"

#include <fmt/format.h>

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
  in.object({{"schema", read::schema(kContextFormat.schema)},
             {"round", read::nullable(context.round, read::text), Presence::optional},
             {"identity", read::scalars(context.identity)},
             {"state", read::scalars(state), Presence::optional},
             {"info", read::scalars(info), Presence::optional},
             {"settings", read::scalars(context.settings), Presence::optional}});
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

void take_scalar(Context& context, std::string_view key, std::string_view text) {
  if (key == "host_name") {
    context.host_name = text;
  } else if (key == "num_cpus") {
    context.derived_identity["num_cpus"] = text;
  } else if (key == "cpu_scaling_enabled" || key == "aslr_enabled" || key == "library_build_type") {
    context.state.emplace(key, text);
  } else {
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
