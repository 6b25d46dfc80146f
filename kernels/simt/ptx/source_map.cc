#include "kernels/simt/ptx/source_map.h"

#include "kernels/simt/ptx/numbers.h"

namespace warpgauge::ptx {

void SourceMap::read_file(Lexer& lexer) {
  const int number = read_int(lexer);
  const Token name = lexer.next();
  if (name.kind != TokenKind::string)
    lexer.fail(name.position, "expected a file's name", "write .file 1 \"name\"");
  files_[number] = name.text;
  if (lexer.peek().kind == TokenKind::string)  // clang: .file 1 "folder" "name"
    files_[number] += "/" + std::string(lexer.next().text);
  for (int i = 0; i < 2 && lexer.peek().is(','); ++i) {  // time and size
    lexer.next();
    lexer.next();
  }
}

SourceMap::Place SourceMap::read_place(Lexer& lexer) {
  Place place;
  place.file = read_int(lexer);
  place.line = read_int(lexer);
  place.column = read_int(lexer);
  return place;
}

int SourceMap::number_of(const Location& location) {
  const auto [found, is_new] = numbers_.try_emplace(location, static_cast<int>(locations_.size()));
  if (is_new) locations_.push_back(location);
  last_at_[location.place] = found->second;
  return found->second;
}

int SourceMap::read_location(Lexer& lexer) {
  Location location{read_place(lexer), {}, -1};
  while (lexer.peek().is(',')) {
    lexer.next();
    const Token attribute = lexer.next();
    if (attribute.text == "function_name") {
      location.function = lexer.next().text;
      if (lexer.peek().is('+')) {
        lexer.next();
        lexer.next();
      }
    } else if (attribute.text == "inlined_at") {
      const Place caller = read_place(lexer);
      const auto known = last_at_.find(caller);
      location.inlined_at = known != last_at_.end() ? known->second : number_of({caller, {}, -1});
    } else {
      lexer.fail(attribute.position, "an unknown attribute of .loc",
                 "function_name and inlined_at are known");
    }
  }
  return number_of(location);
}

void SourceMap::read_section(Lexer& lexer) {
  const Token name = lexer.next();
  if (!lexer.next().is('{')) lexer.fail(name.position, "expected { after the name of a section");
  if (name.text != ".debug_str") return lexer.skip_braces();
  std::string* string = nullptr;
  while (!lexer.peek().is('}')) {
    const Token token = lexer.next();
    if (token.kind == TokenKind::end) lexer.fail(name.position, "the section has no end", "add }");
    if (token.kind == TokenKind::identifier && lexer.peek().is(':')) {
      string = &strings_[token.text];
    } else if (token.kind == TokenKind::number && string) {
      const auto byte = parse_integer(token.text);
      if (byte && *byte != 0) string->push_back(static_cast<char>(*byte));
    }
  }
  lexer.next();
}

std::vector<SourceLine> SourceMap::lines(int location) const {
  std::vector<SourceLine> chain;
  while (location >= 0) {
    const Location& at = locations_[static_cast<std::size_t>(location)];
    const auto file = files_.find(at.place.file);
    const auto function = strings_.find(at.function);
    if (at.place.line > 0)
      chain.push_back({file == files_.end() ? "?" : file->second, at.place.line, at.place.column,
                       function == strings_.end() ? std::string() : function->second});
    // A location names only earlier ones, so that the chain ends.
    location = at.inlined_at < location ? at.inlined_at : -1;
  }
  return chain;
}

}  // namespace warpgauge::ptx
