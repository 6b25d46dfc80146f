// PTX text, parsed: variables, functions and their instructions. Names are resolved; instructions are not
// decoded. All string_views are parts of Module::text.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/simt/ptx/lexer.h"
#include "kernels/simt/ptx/source_map.h"
#include "kernels/simt/ptx/type.h"

namespace warpgauge::ptx {

enum class Space : std::uint8_t { constant, global, shared, local, param };

// A part of an initial value that is the address of a variable or a function, in 8 bytes at `offset`.
struct AddressValue {
  std::int64_t offset = 0;
  std::string_view symbol = {};
  std::int64_t addend = 0;
  bool generic = false;  // the generic address; otherwise the one within the space of the symbol
};

struct Variable {
  std::string_view name = {};
  Space space = Space::global;
  Type type = Type::b8;
  std::int64_t alignment = 1;  // in bytes
  std::int64_t bytes = 0;      // 0: of unknown size, as of dynamic shared memory
  bool is_extern = false;
  std::vector<std::uint8_t> initial = {};    // the first bytes; the rest is 0
  std::vector<AddressValue> addresses = {};  // written over `initial`
  Position position = {};
};

struct Register {
  std::string name = {};  // "%r12"
  Type type = Type::b32;
};

struct Operand {
  enum class Kind : std::uint8_t {
    reg,        // index; negated: "!%p1"
    special,    // name: "%tid.x"
    integer,    // bits: two's complement
    real32,     // bits: of an f32
    real64,     // bits: of an f64
    parameter,  // index in Function::parameters or, below 0, -1 - index in Function::results; offset
    local,      // index in Function::variables; offset
    global,     // index in Module::variables; offset
    function,   // index in Module::functions
    label,      // index of an instruction
    table,      // index in Function::tables: labels of brx.idx, or the prototype of a call
    memory,     // "[a+8]": parts[0] is the address without its offset; parts[1], if there, the coordinates
    vector,     // "{a, b}": parts
    pair,       // "a|b": two parts
    list,       // "(a, b)" of a call: parts
    sink,       // "_"
  };

  Kind kind = Kind::sink;
  bool negated = false;
  int index = 0;
  std::uint64_t bits = 0;
  std::int64_t offset = 0;
  std::string_view name = {};
  std::vector<Operand> parts = {};
  Position position = {};
};

struct Instruction {
  std::string_view opcode = {};                  // "ld"
  std::vector<std::string_view> modifiers = {};  // "global", "v4", "f32", "L2::128B"
  int guard = -1;                                // register of "@%p1"; -1: none
  bool guard_negated = false;
  std::vector<Operand> operands = {};
  Position position = {};
  int location = -1;  // in Module::source_map; -1: unknown

  bool has(std::string_view modifier) const;
  std::string text() const;  // "ld.global.v4.f32"
};

// The labels that brx.idx and indirect calls name.
struct LabelTable {
  std::string_view name = {};
  std::vector<int> targets = {};  // instructions; empty for a prototype
};

struct Function {
  std::string_view name = {};
  bool is_kernel = false;
  bool is_defined = false;  // has a body
  std::vector<Variable> parameters = {}, results = {};
  std::vector<Variable> variables = {};  // shared, local, and parameters of calls
  std::vector<Register> registers = {};
  std::vector<Instruction> code = {};
  std::vector<LabelTable> tables = {};
  std::array<int, 3> maximum_threads{0, 0, 0};   // .maxntid; 0: none
  std::array<int, 3> required_threads{0, 0, 0};  // .reqntid; 0: none
  int minimum_blocks = 0;                        // .minnctapersm
  Position position = {};
};

struct Module {
  std::shared_ptr<const std::string> text = {};
  std::string name = {};  // for messages
  int version_major = 0, version_minor = 0;
  std::string_view target = {};  // "sm_80"
  std::vector<Variable> variables = {};
  std::vector<Function> functions = {};
  SourceMap source_map = {};

  // Index in `functions` or `variables`; -1: none.
  int find_function(std::string_view function) const;
  int find_variable(std::string_view variable) const;
};

}  // namespace warpgauge::ptx
