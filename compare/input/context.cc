#include "compare/input/context.h"

#include <string>

#include "base/diagnostic.h"
#include "base/fields.h"

namespace warpgauge {
namespace {

// The part of `context.warpgauge.schema` that says how to read it.
constexpr std::string_view kSchema = "warpgauge/context/1";

bool is_scalar(JsonType type) {
  return type != JsonType::object && type != JsonType::array;
}

std::map<std::string, std::string> read_texts(JsonReader& json, std::string_view file,
                                              std::string_view place) {
  expect_type(json.peek(), JsonType::object, file, place);
  std::map<std::string, std::string> texts;
  json.begin_object();
  while (const auto key = json.next_key()) texts.emplace(*key, json.value().text);
  return texts;
}

void read_warpgauge(JsonReader& json, std::string_view file, Context& context) {
  const std::string place = "context.warpgauge";
  expect_type(json.peek(), JsonType::object, file, place);
  bool has_schema = false;
  json.begin_object();
  while (const auto key = json.next_key()) {
    const std::string key_place = place + '.' + printable(*key);
    if (*key == "identity") {
      context.identity = read_texts(json, file, key_place);
    } else if (*key == "state") {
      context.state.merge(read_texts(json, file, key_place));
    } else if (*key == "info") {
      context.info.merge(read_texts(json, file, key_place));
    } else if (*key == "settings") {
      context.settings = read_texts(json, file, key_place);
    } else if (*key == "round") {
      context.round = json.value().text;
    } else if (*key == "schema") {
      const JsonValue schema = json.value();
      if (string_field(schema, file, key_place) != kSchema) {
        throw meaning_diagnostic(file, key_place,
                                 "\"" + printable(schema.text) + "\" is not " + std::string(kSchema),
                                 "the file was written by another version of warpgauge");
      }
      has_schema = true;
    } else {
      json.value();
    }
  }
  if (!has_schema)
    throw meaning_diagnostic(file, place + ".schema", "is missing", "expected " + std::string(kSchema));
  context.fingerprinted = true;
}

// "L1 Data 32768 B for 1, L2 Unified ..."
std::string read_caches(JsonReader& json, std::string_view file) {
  expect_type(json.peek(), JsonType::array, file, "context.caches");
  std::string caches;
  json.begin_array();
  while (json.next_item()) {
    expect_type(json.peek(), JsonType::object, file, "context.caches[]");
    JsonValue type, level, size, sharing;
    json.begin_object();
    while (const auto key = json.next_key()) {
      const JsonValue value = json.value();
      if (*key == "type") type = value;
      if (*key == "level") level = value;
      if (*key == "size") size = value;
      if (*key == "num_sharing") sharing = value;
    }
    if (!caches.empty()) caches += ", ";
    caches.append("L").append(level.text).append(" ").append(type.text).append(" ").append(size.text);
    caches.append(" B for ").append(sharing.text);
  }
  return caches;
}

}  // namespace

Context read_context(JsonReader& json, std::string_view file) {
  expect_type(json.peek(), JsonType::object, file, "context");
  Context context;
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "warpgauge" && json.peek() == JsonType::object) {
      read_warpgauge(json, file, context);
      continue;
    }
    if (*key == "caches") {
      if (std::string caches = read_caches(json, file); !caches.empty())
        context.derived_identity["caches"] = caches;
      continue;
    }
    const JsonValue value = json.value();
    if (!is_scalar(value.type)) continue;
    if (*key == "host_name") {
      context.host_name = value.text;
    } else if (*key == "num_cpus") {
      context.derived_identity["num_cpus"] = value.text;
    } else if (*key == "cpu_scaling_enabled" || *key == "aslr_enabled" || *key == "library_build_type") {
      context.state.emplace(*key, value.text);
    } else {
      context.info.emplace(*key, value.text);
    }
  }
  if (!context.fingerprinted) context.identity = context.derived_identity;
  return context;
}

}  // namespace warpgauge
