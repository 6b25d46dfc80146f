// What compilers print, parsed.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "kernels/simt/ptx/parser.h"

namespace warpgauge::ptx {
namespace {

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(WARPGAUGE_PTX) + "/" + name);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

Module parse_file(const std::string& name) {
  return parse(text_of(name), name);
}

const Function& function_of(const Module& module, std::string_view name) {
  const int index = module.find_function(name);
  EXPECT_GE(index, 0) << name;
  return module.functions.at(static_cast<std::size_t>(index));
}

const Instruction& instruction_of(const Function& function, const std::string& text) {
  const auto found = std::ranges::find(function.code, text, &Instruction::text);
  EXPECT_NE(found, function.code.end()) << text;
  return *found;
}

TEST(PtxFiles, Nvcc) {
  const Module module = parse_file("mixed.ptx");
  EXPECT_EQ(std::ranges::count(module.functions, true, &Function::is_kernel), 3);
  const Function& mixed = function_of(module, "_Z5mixed7NumbersPi");
  EXPECT_EQ(mixed.maximum_threads, (std::array{128, 1, 1}));
  EXPECT_EQ(mixed.parameters.at(0).bytes, 32);
  EXPECT_EQ(mixed.parameters.at(0).alignment, 8);
  const Function& fibonacci = function_of(module, "_Z9fibonaccii");
  const Instruction& call = instruction_of(fibonacci, "call.uni");
  EXPECT_EQ(module.functions.at(static_cast<std::size_t>(call.operands.at(1).index)).name, "_Z9fibonaccii");

  const int pointer = module.find_variable("pointer");
  ASSERT_GE(pointer, 0);
  const AddressValue& address = module.variables[static_cast<std::size_t>(pointer)].addresses.at(0);
  EXPECT_EQ(address.symbol, "large");
  EXPECT_EQ(address.addend, 8);
}

TEST(PtxFiles, LinesOfInlinedFunctionsFromNvcc) {
  const Module module = parse_file("mixed.ptx");
  const Instruction& atomic =
      instruction_of(function_of(module, "_Z5mixed7NumbersPi"), "atom.global.add.u32");
  const std::vector<SourceLine> lines = module.source_map.lines(atomic.location);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].file, "cuda/include/device_atomic_functions.hpp");
  EXPECT_EQ(lines[1], (SourceLine{"mixed.cu", 21, 3, "_Z14add_to_counteri"}));
  EXPECT_EQ(lines[2].file, "mixed.cu");
  EXPECT_EQ(lines[2].line, 31);
}

// Any text is parsed or refused with its place.
TEST(PtxFiles, EditedText) {
  const std::string text = text_of("mixed.ptx");
  std::minstd_rand random(1);
  int refused = 0;
  for (int edit = 0; edit < 500; ++edit) {
    std::string edited = text;
    const std::size_t at = random() % edited.size();
    switch (random() % 3) {
      case 0:
        edited.erase(at, random() % 8);
        break;
      case 1:
        edited[at] = static_cast<char>(random());
        break;
      default:
        edited.insert(at, text.substr(random() % text.size(), random() % 16));
    }
    try {
      parse(std::move(edited), "edited.ptx");
    } catch (const Error& error) {
      EXPECT_TRUE(std::string_view(error.what()).starts_with("edited.ptx:")) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

TEST(PtxFiles, Clang) {
  const Module module = parse_file("call.ptx");
  const Instruction& call = instruction_of(function_of(module, "call"), "call.uni");
  EXPECT_EQ(call.operands.at(1).kind, Operand::Kind::function);
  EXPECT_EQ(module.source_map.lines(call.location).at(0).file, "source/call.cu");
}

}  // namespace
}  // namespace warpgauge::ptx
