#include "compare/input/executables.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/diagnostic.h"
#include "base/json.h"
#include "compare/input/catch2.h"
#include "compare/input/xml.h"

namespace warpgauge {
namespace {

using Names = std::set<std::string>;

// With slashes, without "./" and without Windows' extension, so that base and head of two systems agree.
std::string plain_path(std::string path) {
  std::ranges::replace(path, '\\', '/');
  for (const std::string_view extension : {".exe", ".EXE"})
    if (path.ends_with(extension)) path.resize(path.size() - extension.size());
  return std::filesystem::path(path).lexically_normal().generic_string();
}

// The last `parts` components.
std::string last_parts(std::string_view path, std::size_t parts) {
  std::size_t begin = path.size();
  while (parts-- > 0 && begin > 0) {
    const std::size_t slash = path.rfind('/', begin - 1);
    if (slash == std::string_view::npos || slash == 0) return std::string(path.substr(slash == 0 ? 1 : 0));
    begin = slash;
  }
  return std::string(path.substr(std::min(begin + 1, path.size())));
}

Names shortened(const Names& paths, std::size_t parts) {
  Names names;
  for (const std::string& path : paths) names.insert(last_parts(path, parts));
  return names;
}

// The fewest parts of a path by which the paths of each side differ.
std::size_t telling_parts(const Names& base, const Names& head) {
  std::size_t most = 1;
  for (const Names* side : {&base, &head})
    for (const std::string& path : *side)
      most = std::max(most, 1 + static_cast<std::size_t>(std::ranges::count(path, '/')));
  const auto tells = [](const Names& side, std::size_t parts) {
    return shortened(side, parts).size() == side.size();
  };
  std::size_t parts = 1;
  while (parts < most && !(tells(base, parts) && tells(head, parts))) ++parts;
  return parts;
}

// By the name without directories: the parts of the path that are shown.
class PartsOfNames {
 public:
  PartsOfNames(const std::vector<ResultOrigin>& base, const std::vector<ResultOrigin>& head) {
    for (const auto& [name, sides] : grouped(base, head)) {
      const auto& [in_base, in_head] = sides;
      const std::size_t parts = telling_parts(in_base, in_head);
      const Names of_base = shortened(in_base, parts), of_head = shortened(in_head, parts);
      const auto is_common = [&](const std::string& one) { return of_head.contains(one); };
      const bool meaningless =
          parts > 1 && !in_base.empty() && !in_head.empty() && std::ranges::none_of(of_base, is_common);
      parts_[name] = meaningless ? 1 : parts;
      if (meaningless)
        remarks.push_back(fmt::format(
            "executables called '{}' in several directories ({} of base, {} of head), none in both; they are "
            "taken for one executable",
            printable(name), in_base.size(), in_head.size()));
    }
  }
  std::string name_of(const std::string& executable) const {
    const std::string path = plain_path(executable);
    return last_parts(path, parts_.at(last_parts(path, 1)));
  }
  std::vector<std::string> remarks;

 private:
  using Sides = std::map<std::string, std::pair<Names, Names>>;
  static Sides grouped(const std::vector<ResultOrigin>& base, const std::vector<ResultOrigin>& head) {
    Sides sides;
    const auto add = [&](const std::vector<ResultOrigin>& origins, Names std::pair<Names, Names>::*side) {
      for (const ResultOrigin& one : origins) {
        if (one.executable.empty()) continue;
        const std::string path = plain_path(one.executable);
        (sides[last_parts(path, 1)].*side).insert(path);
      }
    };
    add(base, &std::pair<Names, Names>::first);
    add(head, &std::pair<Names, Names>::second);
    return sides;
  }
  std::map<std::string, std::size_t> parts_;
};

// The name of a file without its extension and without the number of a process.
std::string stem_of(const std::string& file) {
  std::string stem = std::filesystem::path(file).filename().stem().string();
  std::size_t end = stem.size();
  while (end > 0 && stem[end - 1] >= '0' && stem[end - 1] <= '9') --end;
  if (end == 0) return "";
  if (end < stem.size() && (stem[end - 1] == '-' || stem[end - 1] == '_' || stem[end - 1] == '.')) --end;
  return stem.substr(0, end);
}

Names stems_of(const std::vector<ResultOrigin>& origins) {
  Names stems;
  for (const ResultOrigin& one : origins)
    if (one.executable.empty()) stems.insert(stem_of(one.file));
  return stems;
}

// The values of `key` until `found` returns true.
template <class Found>
void until_key(JsonReader& json, std::string_view key, Found found) {
  json.begin_object();
  while (const auto next = json.next_key()) {
    if (*next == key) return found();
    json.value();
  }
}

std::string executable_in_json(std::string_view text) {
  JsonReader json(text, "");
  std::string executable;
  const auto take = [&] {
    if (const JsonValue value = json.value(); value.type == JsonType::string) executable = value.text;
  };
  json.begin_object();
  while (const auto key = json.next_key()) {
    if (*key == "context" && json.peek() == JsonType::object) {
      until_key(json, "executable", take);
      return executable;
    }
    if (*key == "meta" && json.peek() == JsonType::object) {  // nvbench
      until_key(json, "argv", [&] {
        if (json.peek() != JsonType::array) return;
        json.begin_array();
        if (json.next_item()) take();
      });
      return executable;
    }
    json.value();
  }
  return executable;
}

}  // namespace

ExecutableNames name_executables(const std::vector<ResultOrigin>& base,
                                 const std::vector<ResultOrigin>& head) {
  const PartsOfNames parts(base, head);
  const Names base_stems = stems_of(base), head_stems = stems_of(head);
  const bool by_stem = base_stems.size() > 1 && base_stems == head_stems;
  const auto names_of = [&](const std::vector<ResultOrigin>& origins) {
    std::vector<std::string> names;
    for (const ResultOrigin& one : origins)
      names.push_back(!one.executable.empty() ? parts.name_of(one.executable)
                      : by_stem               ? stem_of(one.file)
                                              : "");
    return names;
  };
  return {names_of(base), names_of(head), parts.remarks};
}

std::string executable_in(std::string_view text) {
  try {
    return is_xml(text) ? catch2_executable(text) : executable_in_json(text);
  } catch (const Diagnostic&) {
    return "";  // reading the file reports it
  }
}

std::string qualified_name(std::string_view executable, std::string_view name) {
  return fmt::format("{}:{}", executable, name);
}

}  // namespace warpgauge
