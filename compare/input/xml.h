// Reads XML with expat: the elements of a file that another program wrote, in their order. Entities do not
// expand, because a document type is refused, and nothing outside of the text is read.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace warpgauge {

inline constexpr std::size_t kMaxXmlDepth = 64;

struct XmlTag {
  std::string name;
  std::map<std::string, std::string> attributes = {};
  std::size_t line = 0;

  [[nodiscard]] const std::string* find(const std::string& attribute) const;  // null if it has none
};

struct XmlHandler {
  std::function<bool(const XmlTag&)> begin;  // false: the rest is not read
  std::function<void(const std::string& name)> end;
};

// Throws Diagnostic with line and column if the text is not well-formed, and whatever the handler throws.
void read_xml(std::string_view text, std::string_view file, const XmlHandler& handler);

// Whether it begins as XML does, and not as a web page.
[[nodiscard]] bool is_xml(std::string_view text);

}  // namespace warpgauge
