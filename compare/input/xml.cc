#include "compare/input/xml.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>

#include "base/diagnostic.h"
#include "base/text.h"

namespace warpgauge {
namespace {

static_assert(kMaxFileBytes <= std::numeric_limits<int>::max());  // of XML_Parse

constexpr std::string_view kNotXml = "not XML: was the file edited, cut off, or mixed with other output?";

class XmlReader {
 public:
  // Both outlive the reader.
  XmlReader(std::string_view text, std::string_view file, const XmlHandler& handler)
      : text_(text), file_(file), handler_(handler), parser_(XML_ParserCreate("UTF-8"), XML_ParserFree) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_begin, on_end);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_document_type);
  }

  void read() {
    const XML_Status status =
        XML_Parse(parser_.get(), text_.data(), static_cast<int>(text_.size()), XML_TRUE);
    if (thrown_) std::rethrow_exception(thrown_);
    if (status == XML_STATUS_OK || stopped_) return;
    const XML_Error error = XML_GetErrorCode(parser_.get());
    if (error == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
    fail(XML_ErrorString(error));
  }

 private:
  // No exception may pass through expat, which is C. `work` returns whether to read on.
  template <class Work>
  static void guarded(void* reader, Work work) {
    auto& self = *static_cast<XmlReader*>(reader);
    if (self.stopped_) return;  // expat still reports the end of <name/>
    try {
      self.stopped_ = !work(self);
    } catch (...) {
      self.thrown_ = std::current_exception();
      self.stopped_ = true;
    }
    if (self.stopped_) XML_StopParser(self.parser_.get(), XML_FALSE);
  }

  static void on_begin(void* reader, const char* name, const char** attributes) {
    guarded(reader, [&](XmlReader& self) {
      if (self.depth_++ == kMaxXmlDepth) self.fail(fmt::format("nested deeper than {} levels", kMaxXmlDepth));
      XmlTag tag{.name = name, .line = XML_GetCurrentLineNumber(self.parser_.get())};
      for (; *attributes; attributes += 2) tag.attributes.emplace(attributes[0], attributes[1]);
      return self.handler_.begin(tag);
    });
  }

  static void on_end(void* reader, const char* name) {
    guarded(reader, [&](XmlReader& self) {
      --self.depth_;
      self.handler_.end(name);
      return true;
    });
  }

  static void on_document_type(void* reader, const char*, const char*, const char*, int) {
    guarded(reader, [](XmlReader& self) -> bool { self.fail("a document type, which may define entities"); });
  }

  [[noreturn]] void fail(std::string_view what) const {
    const auto at = static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()));
    const TextPosition position = position_of(text_, std::min(at, text_.size()));
    throw syntax_diagnostic(file_, position.line, position.column, what, kNotXml);
  }

  std::string_view text_, file_;
  const XmlHandler& handler_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser_;
  std::size_t depth_ = 0;
  bool stopped_ = false;
  std::exception_ptr thrown_;
};

}  // namespace

const std::string* XmlTag::find(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? nullptr : &found->second;
}

void read_xml(std::string_view text, std::string_view file, const XmlHandler& handler) {
  XmlReader(text, file, handler).read();
}

bool is_xml(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  const std::string_view rest = text.substr(begin);
  return rest.starts_with("<?xml") || rest.starts_with("<Catch");
}

}  // namespace warpgauge
