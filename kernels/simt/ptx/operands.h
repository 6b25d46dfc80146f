// The operands of instructions.
#pragma once

#include <string_view>
#include <vector>

#include "kernels/simt/ptx/lexer.h"
#include "kernels/simt/ptx/module.h"
#include "kernels/simt/ptx/scope.h"

namespace warpgauge::ptx {

class OperandReader {
 public:
  OperandReader(Lexer& lexer, const Module& module, Function& function, Scopes& scopes)
      : lexer_(lexer), module_(module), function_(function), scopes_(scopes) {}

  Operand read();

  // Reads ".branchtargets $L1, $L2;" or a prototype of calls, as Function::tables.
  void read_table(std::string_view name);

  // Replaces the names that were unknown when they were read by the labels that were read later. An unknown
  // name is an error.
  void resolve_labels();

 private:
  struct PendingTable {
    std::size_t table = 0;
    std::vector<Operand> targets;
    int block = 0;
  };

  Operand primary();
  Operand composed(const Token& begin);
  Operand number(bool minus);
  Operand name();
  Operand known_name(const Token& token) const;
  Operand special(const Token& token);
  Operand memory();
  Operand elements(Operand::Kind kind, char end);
  void add_offset(Operand& operand);
  void resolve(Operand& operand);
  int label(const Operand& name) const;

  Lexer& lexer_;
  const Module& module_;
  Function& function_;
  Scopes& scopes_;
  std::vector<PendingTable> tables_;
  int depth_ = 0;  // of the operand that is being read
};

}  // namespace warpgauge::ptx
