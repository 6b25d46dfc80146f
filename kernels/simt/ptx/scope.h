// The names that a body of a function declares, by block: "{ .reg .b32 t; ... }".
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "kernels/simt/ptx/module.h"

namespace warpgauge::ptx {

class Scopes {
 public:
  // Names are added to the newest open block. `function` gets the registers and variables.
  explicit Scopes(Function& function) : function_(function) { open(); }

  void open();
  void close();
  int depth() const { return static_cast<int>(open_.size()); }

  void add_register(std::string_view name, Type type);
  // "%r<4>": %r0 to %r3.
  void add_registers(std::string_view prefix, int count, Type type);
  void add_variable(Variable variable);
  // False if the block has this label.
  bool add_label(std::string_view name, int instruction);

  // The index in Function::registers or Function::variables, of the innermost block that declares the name.
  std::optional<int> find_register(std::string_view name) const;
  std::optional<int> find_variable(std::string_view name) const;

  // The open block. Labels are looked up from it after the body was read, because they may follow their use.
  int block() const { return open_.back(); }
  std::optional<int> find_label(std::string_view name, int block) const;

 private:
  struct Range {
    int first = 0, count = 0;  // of registers
  };
  struct Block {
    int parent = -1;
    std::map<std::string_view, int> registers = {}, variables = {}, labels = {};
    std::map<std::string_view, Range> ranges = {};
  };

  Function& function_;
  std::vector<Block> blocks_ = {};
  std::vector<int> open_ = {};
};

}  // namespace warpgauge::ptx
