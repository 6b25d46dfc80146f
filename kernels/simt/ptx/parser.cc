#include "kernels/simt/ptx/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kernels/simt/ptx/body.h"
#include "kernels/simt/ptx/declarations.h"
#include "kernels/simt/ptx/numbers.h"

namespace warpgauge::ptx {
namespace {

class ModuleReader {
 public:
  explicit ModuleReader(Module& module) : module_(module), lexer_(*module.text, module.name) {}

  void read() {
    if (!lexer_.peek().is_directive(".version"))
      lexer_.fail(lexer_.peek().position, "this is no PTX: it does not begin with .version");
    while (lexer_.peek().kind != TokenKind::end) statement(lexer_.next());
  }

 private:
  void statement(const Token& token) {
    if (token.text == ".version") return version();
    if (token.text == ".target") return target();
    if (token.text == ".address_size") return address_size();
    if (token.text == ".file") return module_.source_map.read_file(lexer_);
    if (token.text == ".section") return module_.source_map.read_section(lexer_);
    if (token.text == ".pragma") {
      lexer_.next();
      return expect(lexer_, ';', ".pragma");
    }
    declaration(token);
  }

  void version() {
    const Token number = lexer_.next();
    const std::size_t dot = number.text.find('.');
    const auto major = parse_integer(number.text.substr(0, dot));
    const auto minor =
        dot == std::string_view::npos ? std::nullopt : parse_integer(number.text.substr(dot + 1));
    if (!major || !minor) lexer_.fail(number.position, fmt::format("'{}' is no version of PTX", number.text));
    module_.version_major = static_cast<int>(*major);
    module_.version_minor = static_cast<int>(*minor);
  }

  void target() {
    module_.target = lexer_.next().text;
    while (accept(lexer_, ',')) lexer_.next();  // "debug"
  }

  void address_size() {
    const Position at = lexer_.peek().position;
    if (read_int(lexer_) != 64)
      lexer_.fail(at, "only addresses of 64 bits are supported", "compile with -m64");
  }

  void declaration(Token token) {
    bool is_extern = false;
    for (; token.text == ".extern" || token.text == ".visible" || token.text == ".weak" ||
           token.text == ".common";
         token = lexer_.next())
      is_extern = is_extern || token.text == ".extern";
    if (token.text == ".entry" || token.text == ".func") return function(token);
    const auto space = token.kind == TokenKind::directive ? parse_space(token.text) : std::nullopt;
    if (!space) lexer_.fail(token.position, fmt::format("'{}' is not supported", token.text));
    for (Variable& variable : read_variables(lexer_, *space, is_extern)) {
      const int known = module_.find_variable(variable.name);
      if (known < 0)
        module_.variables.push_back(std::move(variable));
      else if (!variable.is_extern)
        module_.variables[static_cast<std::size_t>(known)] = std::move(variable);
    }
  }

  void function(const Token& token) {
    Function function{.is_kernel = token.text == ".entry"};
    while (lexer_.peek().kind == TokenKind::directive) attribute(function);
    if (lexer_.peek().is('(')) function.results = read_parameters(lexer_);
    const Token name = lexer_.next();
    if (name.kind != TokenKind::identifier)
      lexer_.fail(name.position, fmt::format("expected a function's name, found '{}'", name.text));
    function.name = name.text;
    function.position = name.position;
    function.parameters = read_parameters(lexer_);
    while (lexer_.peek().kind == TokenKind::directive) attribute(function);
    const int index = declared(function);
    if (accept(lexer_, ';')) return;
    expect(lexer_, '{', "the parameters of a function");
    function.is_defined = true;
    read_body(lexer_, module_, function);
    module_.functions[static_cast<std::size_t>(index)] = std::move(function);
  }

  // A function may call itself, and others may call one that is only declared yet.
  int declared(const Function& function) {
    const int known = module_.find_function(function.name);
    if (known < 0) {
      module_.functions.push_back(function);
      return static_cast<int>(module_.functions.size()) - 1;
    }
    if (module_.functions[static_cast<std::size_t>(known)].is_defined)
      lexer_.fail(function.position, fmt::format("the function '{}' is defined twice", function.name));
    return known;
  }

  // ".maxntid 128, 1, 1" and others that stand before the body.
  void attribute(Function& function) {
    const Token directive = lexer_.next();
    if (directive.text == ".noreturn" || directive.text == ".blocksareclusters") return;
    if (directive.text == ".maxntid") return read_threads(function.maximum_threads);
    if (directive.text == ".reqntid") return read_threads(function.required_threads);
    if (directive.text == ".minnctapersm") {
      function.minimum_blocks = read_int(lexer_);
      return;
    }
    if (directive.text == ".maxnreg" || directive.text == ".maxnctapersm") {
      read_int(lexer_);
      return;
    }
    if (directive.text == ".pragma") {
      lexer_.next();
      return expect(lexer_, ';', ".pragma");
    }
    lexer_.fail(directive.position,
                fmt::format("the directive '{}' of a function is not supported", directive.text));
  }

  void read_threads(std::array<int, 3>& threads) {
    threads = {read_int(lexer_), 1, 1};
    for (std::size_t i = 1; i < 3 && accept(lexer_, ','); ++i) threads[i] = read_int(lexer_);
  }

  Module& module_;
  Lexer lexer_;
};

}  // namespace

Module parse(std::string text, std::string name) {
  Module module;
  module.text = std::make_shared<const std::string>(std::move(text));
  module.name = std::move(name);
  ModuleReader(module).read();
  return module;
}

}  // namespace warpgauge::ptx
