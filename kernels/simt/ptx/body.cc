#include "kernels/simt/ptx/body.h"

#include <fmt/format.h>

#include <utility>

#include "kernels/simt/ptx/declarations.h"
#include "kernels/simt/ptx/numbers.h"
#include "kernels/simt/ptx/operands.h"
#include "kernels/simt/ptx/scope.h"

namespace warpgauge::ptx {
namespace {

// The registers of one declaration. A kernel has at most 255 per thread after allocation; before it some
// thousands.
constexpr int kMaximumRegisters = 1 << 20;
constexpr int kMaximumBlocks = 64;  // of nested blocks

class BodyReader {
 public:
  BodyReader(Lexer& lexer, Module& module, Function& function)
      : lexer_(lexer),
        module_(module),
        function_(function),
        scopes_(function),
        operands_(lexer, module, function, scopes_) {}

  void read() {
    while (scopes_.depth() > 0) statement();
    operands_.resolve_labels();
  }

 private:
  void statement() {
    const Token token = lexer_.next();
    if (token.is('{')) return open(token);
    if (token.is('}')) return scopes_.close();
    if (token.is(';')) return;
    if (token.is('@')) return guarded();
    if (token.kind == TokenKind::directive) return directive(token);
    if (token.kind != TokenKind::identifier)
      lexer_.fail(token.position, token.kind == TokenKind::end ? std::string("the function has no end")
                                                               : fmt::format("unexpected '{}'", token.text));
    if (!accept(lexer_, ':')) return instruction(token, {});
    label(token);
  }

  void open(const Token& token) {
    if (scopes_.depth() == kMaximumBlocks) lexer_.fail(token.position, "blocks are nested too deeply");
    scopes_.open();
  }

  void label(const Token& name) {
    const Token& next = lexer_.peek();
    if (next.is_directive(".branchtargets") || next.is_directive(".callprototype") ||
        next.is_directive(".calltargets"))
      return operands_.read_table(name.text);
    if (!scopes_.add_label(name.text, static_cast<int>(function_.code.size())))
      lexer_.fail(name.position, fmt::format("the label '{}' occurs twice", name.text));
  }

  void directive(const Token& token) {
    if (token.text == ".loc") {
      location_ = module_.source_map.read_location(lexer_);
    } else if (token.text == ".reg") {
      registers();
    } else if (token.text == ".pragma") {
      lexer_.next();
      expect(lexer_, ';', ".pragma");
    } else if (const auto space = parse_space(token.text)) {
      for (Variable& variable : read_variables(lexer_, *space, false))
        scopes_.add_variable(std::move(variable));
    } else {
      lexer_.fail(token.position,
                  fmt::format("the directive '{}' is not supported in a function", token.text));
    }
  }

  void registers() {
    const Token word = lexer_.next();
    const auto type = word.kind == TokenKind::directive ? parse_type(word.text.substr(1)) : std::nullopt;
    if (!type) lexer_.fail(word.position, fmt::format("registers of type '{}' are not supported", word.text));
    do {
      const Token name = lexer_.next();
      if (name.kind != TokenKind::identifier)
        lexer_.fail(name.position, fmt::format("expected a register's name, found '{}'", name.text));
      if (!accept(lexer_, '<')) {
        scopes_.add_register(name.text, *type);
        continue;
      }
      const int count = read_int(lexer_);
      expect(lexer_, '>', "the number of registers");
      if (count < 0 || count > kMaximumRegisters) lexer_.fail(name.position, "too many registers");
      scopes_.add_registers(name.text, count, *type);
    } while (accept(lexer_, ','));
    expect(lexer_, ';', "registers");
  }

  void guarded() {
    Instruction guarded;
    guarded.guard_negated = accept(lexer_, '!');
    const Token name = lexer_.next();
    const auto found = scopes_.find_register(name.text);
    if (!found) lexer_.fail(name.position, fmt::format("the predicate '{}' is not declared", name.text));
    guarded.guard = *found;
    instruction(lexer_.next(), std::move(guarded));
  }

  void instruction(const Token& opcode, Instruction instruction) {
    if (opcode.kind != TokenKind::identifier)
      lexer_.fail(opcode.position, fmt::format("expected an instruction, found '{}'", opcode.text));
    instruction.opcode = opcode.text;
    instruction.position = opcode.position;
    instruction.location = location_;
    while (lexer_.peek().kind == TokenKind::directive && !lexer_.peek().after_space)
      instruction.modifiers.push_back(lexer_.next().text.substr(1));
    if (!lexer_.peek().is(';')) {
      do instruction.operands.push_back(operands_.read());
      while (accept(lexer_, ','));
    }
    expect(lexer_, ';', "the operands");
    function_.code.push_back(std::move(instruction));
  }

  Lexer& lexer_;
  Module& module_;
  Function& function_;
  Scopes scopes_;
  OperandReader operands_;
  int location_ = -1;
};

}  // namespace

void read_body(Lexer& lexer, Module& module, Function& function) {
  BodyReader(lexer, module, function).read();
}

}  // namespace warpgauge::ptx
