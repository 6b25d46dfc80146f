#include "kernels/simt/ptx/parser.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace warpgauge::ptx {
namespace {

using Kind = Operand::Kind;

constexpr std::string_view kHeader = ".version 8.0\n.target sm_80\n.address_size 64\n";

Module parse_declarations(std::string_view text) {
  return parse(std::string(kHeader) + std::string(text), "test.ptx");
}

// A kernel with this body.
struct Body {
  explicit Body(std::string_view text, std::string_view before = "")
      : module(parse_declarations(std::string(before) + ".visible .entry k(.param .u64 p)\n{\n" +
                                  std::string(text) + "\n}\n")),
        function(module.functions.back()) {}

  const Operand& operand(std::size_t instruction, std::size_t index) const {
    return function.code.at(instruction).operands.at(index);
  }
  const Register& reg(const Operand& operand) const {
    EXPECT_EQ(operand.kind, Kind::reg);
    return function.registers.at(static_cast<std::size_t>(operand.index));
  }

  Module module;
  const Function& function;
};

std::vector<std::uint8_t> bytes(std::initializer_list<int> values) {
  return {values.begin(), values.end()};
}

TEST(PtxParser, ReadsTheHeader) {
  const Module module = parse(".version 9.1\n.target sm_90a, debug\n.address_size 64\n", "x");
  EXPECT_EQ(module.version_major, 9);
  EXPECT_EQ(module.version_minor, 1);
  EXPECT_EQ(module.target, "sm_90a");
}

TEST(PtxParser, ReadsOpcodesWithTheirModifiers) {
  const Body body(
      ".reg .b32 %r<3>; .reg .b64 %rd<2>;\n ld.global.nc.L2::128B.v2.f32 {%r1, %r2}, [%rd1+-16];\n ret;");
  ASSERT_EQ(body.function.code.size(), 2u);
  const Instruction& load = body.function.code[0];
  EXPECT_EQ(load.opcode, "ld");
  EXPECT_EQ(load.text(), "ld.global.nc.L2::128B.v2.f32");
  EXPECT_TRUE(load.has("v2"));
  EXPECT_FALSE(load.has("v4"));
  ASSERT_EQ(load.operands.size(), 2u);
  ASSERT_EQ(load.operands[0].kind, Kind::vector);
  EXPECT_EQ(body.reg(load.operands[0].parts.at(1)).name, "%r2");
  ASSERT_EQ(load.operands[1].kind, Kind::memory);
  EXPECT_EQ(load.operands[1].offset, -16);
  EXPECT_EQ(body.reg(load.operands[1].parts.at(0)).name, "%rd1");
  EXPECT_EQ(load.position, (Position{7, 2}));
  EXPECT_TRUE(body.function.code[1].operands.empty());
}

TEST(PtxParser, ReadsGuards) {
  const Body body(".reg .pred %p<3>;\n@%p1 exit;\n@!%p2 exit;\nexit;");
  EXPECT_EQ(body.function.registers.at(static_cast<std::size_t>(body.function.code[0].guard)).name, "%p1");
  EXPECT_FALSE(body.function.code[0].guard_negated);
  EXPECT_EQ(body.function.registers.at(static_cast<std::size_t>(body.function.code[1].guard)).name, "%p2");
  EXPECT_TRUE(body.function.code[1].guard_negated);
  EXPECT_EQ(body.function.code[2].guard, -1);
}

TEST(PtxParser, ReadsConstants) {
  const Body body(
      ".reg .b32 a;\nmov.b32 a, -5; mov.b32 a, 0x1FU; mov.b32 a, 0b101; mov.b32 a, 017;\n"
      "mov.f32 a, 0f3F800000; mov.f64 a, 0d3FF0000000000000; mov.f64 a, 1.5; mov.f32 a, -0f3F800000; mov.b32 "
      "a, WARP_SZ;");
  EXPECT_EQ(static_cast<std::int64_t>(body.operand(0, 1).bits), -5);
  EXPECT_EQ(body.operand(1, 1).bits, 31u);
  EXPECT_EQ(body.operand(2, 1).bits, 5u);
  EXPECT_EQ(body.operand(3, 1).bits, 15u);
  EXPECT_EQ(body.operand(4, 1).kind, Kind::real32);
  EXPECT_EQ(body.operand(4, 1).bits, 0x3F800000u);
  EXPECT_EQ(body.operand(5, 1).kind, Kind::real64);
  EXPECT_EQ(body.operand(5, 1).bits, 0x3FF0000000000000u);
  EXPECT_EQ(body.operand(6, 1).bits, 0x3FF8000000000000u);
  EXPECT_EQ(body.operand(7, 1).bits, 0xBF800000u);
  EXPECT_EQ(body.operand(8, 1).bits, 32u);
}

TEST(PtxParser, ReadsSpecialRegistersPairsAndSinks) {
  const Body body(
      ".reg .b32 %r<3>; .reg .pred %p<3>;\n"
      "mov.u32 %r1, %tid.x;\nmov.u32 %r1, %laneid;\nsetp.lt.and.s32 %p1|_, %r1, %r2, !%p2;");
  EXPECT_EQ(body.operand(0, 1).kind, Kind::special);
  EXPECT_EQ(body.operand(0, 1).name, "%tid.x");
  EXPECT_EQ(body.operand(1, 1).name, "%laneid");
  const Operand& pair = body.operand(2, 0);
  ASSERT_EQ(pair.kind, Kind::pair);
  EXPECT_EQ(body.reg(pair.parts.at(0)).name, "%p1");
  EXPECT_EQ(pair.parts.at(1).kind, Kind::sink);
  EXPECT_TRUE(body.operand(2, 3).negated);
}

TEST(PtxParser, FindsLabelsThatFollowTheirUse) {
  const Body body("bra END;\nBACK: bra BACK;\nEND:\nret;");
  EXPECT_EQ(body.operand(0, 0).kind, Kind::label);
  EXPECT_EQ(body.operand(0, 0).index, 2);
  EXPECT_EQ(body.operand(1, 0).index, 1);
}

TEST(PtxParser, HidesNamesOfABlockOutsideOfIt) {
  const Body body(
      ".reg .b32 t; { .reg .b64 t; mov.b64 t, 1; L: bra L; { mov.b64 t, 2; } } { L: bra L; } mov.b32 t, 3;");
  EXPECT_EQ(body.reg(body.operand(0, 0)).type, Type::b64);
  EXPECT_EQ(body.operand(1, 0).index, 1);
  EXPECT_EQ(body.reg(body.operand(2, 0)).type, Type::b64);
  EXPECT_EQ(body.operand(3, 0).index, 3);
  EXPECT_EQ(body.reg(body.operand(4, 0)).type, Type::b32);
}

TEST(PtxParser, RegistersOfARangeAndAloneAreDifferent) {
  const Body body(".reg .b32 %r<2>; .reg .f32 %r7, %r01; mov.b32 %r1, 0; mov.b32 %r7, 0; mov.b32 %r01, 0;");
  EXPECT_EQ(body.reg(body.operand(0, 0)).type, Type::b32);
  EXPECT_EQ(body.reg(body.operand(1, 0)).name, "%r7");
  EXPECT_EQ(body.reg(body.operand(2, 0)).type, Type::f32);
}

TEST(PtxParser, ReadsVariablesAndParametersOfABody) {
  const Body body(
      ".shared .align 16 .f32 tile[4][8]; .local .b8 depot[40]; .reg .b64 a;\n"
      "mov.u64 a, tile;\nld.param.u64 a, [p+8];\nst.local.u64 [depot+32], a;");
  ASSERT_EQ(body.function.variables.size(), 2u);
  const Variable& tile = body.function.variables[0];
  EXPECT_EQ(tile.space, Space::shared);
  EXPECT_EQ(tile.alignment, 16);
  EXPECT_EQ(tile.bytes, 128);
  EXPECT_EQ(body.function.variables[1].alignment, 1);
  EXPECT_EQ(body.operand(0, 1).kind, Kind::local);
  EXPECT_EQ(body.operand(1, 1).parts.at(0).kind, Kind::parameter);
  EXPECT_EQ(body.operand(1, 1).parts.at(0).index, 0);
  EXPECT_EQ(body.operand(1, 1).offset, 8);
  EXPECT_EQ(body.operand(2, 0).parts.at(0).index, 1);
}

TEST(PtxParser, ReadsCoordinatesOfTensorCopies) {
  const Body body(
      ".reg .b64 m; .reg .b32 "
      "%r<4>;\ncp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes "
      "[%r1], [m, {%r2, %r3}], [%r1+8];");
  const Operand& source = body.operand(0, 1);
  ASSERT_EQ(source.parts.size(), 2u);
  EXPECT_EQ(source.parts[1].kind, Kind::vector);
  EXPECT_EQ(source.parts[1].parts.size(), 2u);
  EXPECT_EQ(body.function.code[0].modifiers.at(6), "mbarrier::complete_tx::bytes");
}

TEST(PtxParser, ReadsCalls) {
  const Body body(
      ".reg .b32 %r<2>;\n{ .param .b32 a; .param .b32 r; st.param.b32 [a], %r1; call.uni (r), f, (a); "
      "ld.param.b32 %r1, [r]; }\n"
      "{ .param .b32 a; st.param.b32 [a], 1; call g, (a); }",
      ".func (.param .b32 result) f(.param .b32 n) { st.param.b32 [result+0], 1; ret; }\n.extern .func "
      "g(.param .b32 n);\n");
  const Instruction& call = body.function.code.at(1);
  ASSERT_EQ(call.operands.size(), 3u);
  EXPECT_EQ(call.operands[0].kind, Kind::list);
  EXPECT_EQ(call.operands[1].kind, Kind::function);
  EXPECT_EQ(body.module.functions.at(static_cast<std::size_t>(call.operands[1].index)).name, "f");
  EXPECT_EQ(call.operands[2].parts.at(0).kind, Kind::local);
  // The parameter of the second block is another one.
  EXPECT_NE(body.operand(3, 0).parts.at(0).index, body.operand(0, 0).parts.at(0).index);
  EXPECT_FALSE(body.module.functions.at(1).is_defined);
  EXPECT_EQ(body.module.functions[0].code[0].operands[0].parts[0].index, -1);  // the first result
}

TEST(PtxParser, ReadsIndirectBranchesAndCalls) {
  const Body body(
      ".reg .b32 i; .reg .b64 f;\nbrx.idx i, TABLE;\nA: ret;\nB: ret;\nTABLE: .branchtargets A, B;\n"
      "P: .callprototype (.param .b32 _) _ (.param .b64 _, .param .b64 _);\n{ .param .b32 r; call (r), f, "
      "(), P; }");
  EXPECT_EQ(body.operand(0, 1).kind, Kind::table);
  ASSERT_EQ(body.function.tables.size(), 2u);
  EXPECT_EQ(body.function.tables[0].targets, (std::vector<int>{1, 2}));
  EXPECT_EQ(body.operand(3, 3).kind, Kind::table);
  EXPECT_EQ(body.operand(3, 3).index, 1);
}

TEST(PtxParser, ReadsInitialValues) {
  const Module module = parse_declarations(
      ".global .align 4 .u16 n[3] = {1, -2};\n.const .f32 f = 0f40490FDB;\n.global .b8 two[2][2] = {{1, 2}, "
      "{3, 4}};\n"
      ".global .u64 a[4] = {n+2, generic(n), 7, generic(two+1)};\n.extern .shared .align 16 .b8 dynamic[];\n"
      ".global .attribute(.managed) .f64 d = 0d3FF0000000000000;");
  EXPECT_EQ(module.variables.at(0).initial, bytes({1, 0, 0xfe, 0xff}));
  EXPECT_EQ(module.variables[0].bytes, 6);
  EXPECT_EQ(module.variables.at(1).initial, bytes({0xdb, 0x0f, 0x49, 0x40}));
  EXPECT_EQ(module.variables[1].space, Space::constant);
  EXPECT_EQ(module.variables.at(2).initial, bytes({1, 2, 3, 4}));
  const Variable& a = module.variables.at(3);
  ASSERT_EQ(a.addresses.size(), 3u);
  EXPECT_EQ(a.addresses[0].symbol, "n");
  EXPECT_EQ(a.addresses[0].addend, 2);
  EXPECT_FALSE(a.addresses[0].generic);
  EXPECT_TRUE(a.addresses[1].generic);
  EXPECT_EQ(a.addresses[1].offset, 8);
  EXPECT_EQ(a.addresses[2].offset, 24);
  EXPECT_EQ(a.addresses[2].addend, 1);
  EXPECT_EQ(a.initial.at(16), 7);
  EXPECT_TRUE(module.variables.at(4).is_extern);
  EXPECT_EQ(module.variables[4].bytes, 0);
  EXPECT_EQ(module.variables.at(5).initial.size(), 8u);
}

TEST(PtxParser, ReadsLimitsOfKernels) {
  const Module module = parse_declarations(
      ".visible .entry k()\n.maxntid 128, 2\n.minnctapersm 3\n{ ret; }\n"
      ".entry l()\n.reqntid 64, 1, 1\n{ ret; }\n");
  EXPECT_EQ(module.functions.at(0).maximum_threads, (std::array{128, 2, 1}));
  EXPECT_EQ(module.functions[0].minimum_blocks, 3);
  EXPECT_EQ(module.functions.at(1).required_threads, (std::array{64, 1, 1}));
  EXPECT_EQ(module.functions[1].maximum_threads, (std::array{0, 0, 0}));
}

TEST(PtxParser, ADefinitionReplacesItsDeclaration) {
  const Module module = parse_declarations(
      ".func f(.param .b32 n);\n.entry k() { ret; }\n.func f(.param .b32 n) { ret; }\n"
      ".extern .global .b32 v;\n.global .b32 v = 3;\n");
  EXPECT_EQ(module.functions.size(), 2u);
  EXPECT_TRUE(module.functions[0].is_defined);
  EXPECT_EQ(module.variables.size(), 1u);
  EXPECT_FALSE(module.variables[0].is_extern);
  EXPECT_EQ(module.find_function("k"), 1);
  EXPECT_EQ(module.find_function("none"), -1);
}

TEST(PtxParser, ReadsSourceLinesOfInlinedFunctions) {
  const Body body(
      ".loc 1 10 3\nmov.b32 a, 1;\n.loc 2 20 5, function_name NAME, inlined_at 1 10 3\nmov.b32 a, 2;\n"
      ".loc 2 30 1, function_name OTHER+4, inlined_at 2 20 5\nmov.b32 a, 3;\n.loc 1 0 3\nmov.b32 a, 4;",
      ".file 1 \"k.cu\"\n.file 2 \"folder\" \"h.h\", 0, 12\n.section .debug_str { NAME: .b8 102,0\nOTHER: "
      ".b8 103\n.b8 104,0 }\n"
      ".section .debug_abbrev { .b8 1\n { .b32 2 } }\n.global .b32 a;\n");
  const auto lines = [&](std::size_t i) {
    return body.module.source_map.lines(body.function.code.at(i).location);
  };
  EXPECT_EQ(lines(0), (std::vector<SourceLine>{{"k.cu", 10, 3, ""}}));
  EXPECT_EQ(lines(1), (std::vector<SourceLine>{{"folder/h.h", 20, 5, "f"}, {"k.cu", 10, 3, ""}}));
  EXPECT_EQ(lines(2), (std::vector<SourceLine>{
                          {"folder/h.h", 30, 1, "gh"}, {"folder/h.h", 20, 5, "f"}, {"k.cu", 10, 3, ""}}));
  EXPECT_TRUE(lines(3).empty());
  EXPECT_TRUE(body.module.source_map.lines(-1).empty());
}

TEST(PtxParser, SkipsComments) {
  const Body body("// mov\n/* bra\n} */ ret; // ret;");
  ASSERT_EQ(body.function.code.size(), 1u);
  EXPECT_EQ(body.function.code[0].position.line, 8);
}

}  // namespace
}  // namespace warpgauge::ptx
