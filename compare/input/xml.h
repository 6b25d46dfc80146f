// Reads XML forward, one tag at a time: names and attributes of elements, and whether they are closed as they
// were opened. Text, comments and instructions are skipped. For files that other programs write; not for
// documents with entities of their own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warpgauge {

struct XmlTag {
  std::string_view name;
  bool is_end = false;  // </name>, or the end of <name/>
  std::vector<std::pair<std::string_view, std::string>> attributes = {};
  std::size_t at = 0;  // of its '<'

  [[nodiscard]] const std::string* find(std::string_view attribute) const;  // null if it has none
};

class XmlReader {
 public:
  static constexpr std::size_t kMaxDepth = 64;

  // Both outlive the reader. Functions throw Diagnostic with line and column.
  XmlReader(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  // Nothing at the end, where every element is closed.
  [[nodiscard]] std::optional<XmlTag> next();

 private:
  bool skip_to_tag();
  void skip_past(std::string_view end, std::string_view what);
  void skip_blanks();
  std::string_view name();
  std::string value();
  XmlTag start_tag();
  XmlTag end_tag();
  [[noreturn]] void fail(std::size_t at, std::string_view what) const;

  std::string_view text_, file_;
  std::size_t at_ = 0;
  std::vector<std::string_view> open_;
  bool closes_itself_ = false;  // the last tag was <name/>
  bool has_root_ = false;
};

// Whether it begins as XML does, and not as a web page.
[[nodiscard]] bool is_xml(std::string_view text);

}  // namespace warpgauge
