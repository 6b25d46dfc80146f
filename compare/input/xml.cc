#include "compare/input/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/diagnostic.h"
#include "base/text.h"

namespace warpgauge {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kNotXml = "not XML: was the file edited, cut off, or mixed with other output?";

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto rest = [&](int shift) { add(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) return add(code);
  if (code < 0x800) return add(0xc0 | code >> 6), rest(0);
  if (code < 0x10000) return add(0xe0 | code >> 12), rest(6), rest(0);
  add(0xf0 | code >> 18), rest(12), rest(6), rest(0);
}

// The character that "&name;" stands for, added to `text`; false if there is none.
bool append_entity(std::string& text, std::string_view name) {
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [known, character] : kNamed) {
    if (name == known) return text += character, true;
  }
  if (!name.starts_with('#')) return false;
  const bool hex = name.starts_with("#x");
  const std::string_view digits = name.substr(hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (error != std::errc() || stop != digits.data() + digits.size() || code == 0 || code > 0x10ffff ||
      is_surrogate)
    return false;
  append_utf8(text, code);
  return true;
}

}  // namespace

const std::string* XmlTag::find(std::string_view attribute) const {
  const auto found =
      std::ranges::find_if(attributes, [&](const auto& one) { return one.first == attribute; });
  return found == attributes.end() ? nullptr : &found->second;
}

void XmlReader::fail(std::size_t at, std::string_view what) const {
  const TextPosition position = position_of(text_, at);
  throw syntax_diagnostic(file_, position.line, position.column, what, kNotXml);
}

void XmlReader::skip_past(std::string_view end, std::string_view what) {
  const std::size_t found = text_.find(end, at_);
  if (found == std::string_view::npos) fail(at_, fmt::format("{} does not end", what));
  at_ = found + end.size();
}

void XmlReader::skip_blanks() {
  at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
}

// Past text, comments and instructions. False at the end of the file.
bool XmlReader::skip_to_tag() {
  for (;;) {
    const std::size_t tag = text_.find('<', at_);
    const std::string_view between = text_.substr(at_, tag - at_);
    if (const std::size_t word = between.find_first_not_of(kBlanks);
        open_.empty() && word != std::string_view::npos)
      fail(at_ + word, "text outside of the root element");
    if (tag == std::string_view::npos) {
      at_ = text_.size();
      return false;
    }
    at_ = tag;
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("<!--"))
      skip_past("-->", "a comment");
    else if (rest.starts_with("<![CDATA["))
      skip_past("]]>", "a CDATA section");
    else if (rest.starts_with("<?"))
      skip_past("?>", "an instruction");
    else if (rest.starts_with("<!"))
      skip_past(">", "a declaration");
    else
      return true;
  }
}

std::string_view XmlReader::name() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
  if (at_ == begin) fail(at_, "expected a name");
  return text_.substr(begin, at_ - begin);
}

std::string XmlReader::value() {
  if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) fail(at_, "expected a quoted value");
  const std::size_t end = text_.find(text_[at_], at_ + 1);
  if (end == std::string_view::npos) fail(at_, "a value does not end");
  std::string resolved;
  for (++at_; at_ < end; ++at_) {
    if (text_[at_] == '<') fail(at_, "'<' in a value");
    if (text_[at_] != '&') {
      resolved += text_[at_];
      continue;
    }
    const std::size_t semicolon = text_.find(';', at_);
    if (semicolon >= end || !append_entity(resolved, text_.substr(at_ + 1, semicolon - at_ - 1)))
      fail(at_, "an unknown entity");
    at_ = semicolon;
  }
  ++at_;
  return resolved;
}

XmlTag XmlReader::start_tag() {
  const std::size_t begin = at_++;
  XmlTag tag{.name = name(), .at = begin};
  if (open_.empty() && has_root_) fail(begin, "a second root element");
  has_root_ = true;
  if (open_.size() == kMaxDepth) fail(begin, fmt::format("nested deeper than {} levels", kMaxDepth));
  open_.push_back(tag.name);
  for (;;) {
    skip_blanks();
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with('>') || rest.starts_with("/>")) {
      closes_itself_ = rest.starts_with('/');
      at_ += closes_itself_ ? 2 : 1;
      return tag;
    }
    const std::size_t place = at_;
    const std::string_view attribute = name();
    if (tag.find(attribute)) fail(place, fmt::format("attribute \"{}\" occurs twice", printable(attribute)));
    skip_blanks();
    if (!text_.substr(at_).starts_with('=')) fail(at_, "expected '='");
    ++at_;
    skip_blanks();
    tag.attributes.emplace_back(attribute, value());
  }
}

XmlTag XmlReader::end_tag() {
  const std::size_t begin = at_;
  at_ += 2;
  const std::string_view ended = name();
  if (open_.empty() || open_.back() != ended)
    fail(begin, fmt::format("expected </{}>, found </{}>", open_.empty() ? "" : printable(open_.back()),
                            printable(ended)));
  skip_blanks();
  if (!text_.substr(at_).starts_with('>')) fail(at_, "expected '>'");
  ++at_;
  open_.pop_back();
  return {.name = ended, .is_end = true};
}

std::optional<XmlTag> XmlReader::next() {
  if (closes_itself_) {
    closes_itself_ = false;
    const std::string_view ended = open_.back();
    open_.pop_back();
    return XmlTag{.name = ended, .is_end = true};
  }
  if (skip_to_tag()) return text_.substr(at_).starts_with("</") ? end_tag() : start_tag();
  if (!open_.empty()) fail(at_, fmt::format("the file ends within <{}>", printable(open_.back())));
  return std::nullopt;
}

bool is_xml(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return false;
  const std::string_view rest = text.substr(begin);
  return rest.starts_with("<?xml") || rest.starts_with("<Catch");
}

}  // namespace warpgauge
