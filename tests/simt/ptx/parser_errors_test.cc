#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "kernels/simt/ptx/parser.h"

namespace warpgauge::ptx {
namespace {

std::string error_of(const std::string& text) {
  try {
    parse(text, "a.ptx");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// The text after the header begins in line 2.
std::string error_after_header(std::string_view text) {
  return error_of(".version 8.0 .target sm_80 .address_size 64\n" + std::string(text));
}

std::string error_in_body(std::string_view text) {
  return error_after_header(".entry k(.param .u64 p) {\n" + std::string(text) + "}");
}

TEST(PtxErrors, OfTheWholeText) {
  EXPECT_EQ(error_of(""), "a.ptx:1:1: this is no PTX: it does not begin with .version");
  EXPECT_EQ(error_of("\x7f"
                     "ELF"),
            "a.ptx:1:1: this is no PTX: it does not begin with .version");
  EXPECT_EQ(error_of(".version nine"), "a.ptx:1:10: 'nine' is no version of PTX");
  EXPECT_EQ(error_of(".version 7.0\n.address_size 32"),
            "a.ptx:2:15: only addresses of 64 bits are supported; compile with -m64");
  EXPECT_EQ(error_of(".version 7.0\n/* no end"), "a.ptx:2:1: the comment has no end; add */");
  EXPECT_EQ(error_after_header(".file 1 \"a.cu\n"), "a.ptx:2:9: the string has no end; add \"");
  EXPECT_EQ(error_after_header(".section .debug_info { {"), "a.ptx:2:24: a section has no end; add }");
}

TEST(PtxErrors, OfDeclarations) {
  EXPECT_EQ(error_after_header(".global .texref t;"),
            "a.ptx:2:9: '.texref' is not supported in a declaration");
  EXPECT_EQ(error_after_header(".tex .u64 t;"), "a.ptx:2:1: '.tex' is not supported");
  EXPECT_EQ(error_after_header(".global x;"), "a.ptx:2:9: expected a type; for example .b32");
  EXPECT_EQ(error_after_header(".global .b32 x"),
            "a.ptx:2:15: expected ';' after a declaration, found 'the end of the text'");
  EXPECT_EQ(error_after_header(".global .b32 x[2] = {1, 2, 3};"),
            "a.ptx:2:28: 'x' has more initial values than elements");
  EXPECT_EQ(error_after_header(".global .b32 x = y;"),
            "a.ptx:2:14: the address of 'y' as an initial value needs 8 bytes");
  EXPECT_EQ(error_after_header(".global .b8 x[2147483647][2147483647];"),
            "a.ptx:2:37: the array is too large");
  EXPECT_EQ(error_after_header(".entry k() .reqnctapercluster 2 { ret; }"),
            "a.ptx:2:12: the directive '.reqnctapercluster' of a function is not supported");
  EXPECT_EQ(error_after_header(".entry k() { ret; } .entry k() { ret; }"),
            "a.ptx:2:28: the function 'k' is defined twice");
  EXPECT_EQ(error_after_header(".entry k(.reg .b32 r) { ret; }"),
            "a.ptx:2:10: expected .param, found '.reg'");
}

TEST(PtxErrors, OfBodies) {
  EXPECT_EQ(error_in_body("bra NOWHERE;"), "a.ptx:3:5: 'NOWHERE' is not declared");
  EXPECT_EQ(error_in_body("{ L: ret; }\nbra L;"), "a.ptx:4:5: 'L' is not declared");
  EXPECT_EQ(error_in_body("L: ret;\nL: ret;"), "a.ptx:4:1: the label 'L' occurs twice");
  EXPECT_EQ(error_in_body("@%p1 ret;"), "a.ptx:3:2: the predicate '%p1' is not declared");
  EXPECT_EQ(error_in_body(".reg .b32 %r<2>;\nmov.b32 %r1, 0xZZ;"),
            "a.ptx:4:14: expected a number, found '0xZZ'");
  EXPECT_EQ(error_in_body(".reg .b32 r;\nmov.b32 r, ;"), "a.ptx:4:12: expected an operand, found ';'");
  EXPECT_EQ(error_in_body(".reg .b32 r;\nmov.b32 r 5;"),
            "a.ptx:4:11: expected ';' after the operands, found '5'");
  EXPECT_EQ(error_in_body(".reg .v4 .f32 r;"), "a.ptx:3:6: registers of type '.v4' are not supported");
  EXPECT_EQ(error_in_body(".reg .b32 %r<2000000000>;"), "a.ptx:3:11: too many registers");
  EXPECT_EQ(error_in_body(".tex .u64 t;"), "a.ptx:3:1: the directive '.tex' is not supported in a function");
  EXPECT_EQ(error_in_body("ret;\n+"), "a.ptx:4:1: unexpected '+'");
  EXPECT_EQ(error_after_header(".entry k() {\nret;\n"), "a.ptx:4:1: the function has no end");
  EXPECT_EQ(error_in_body(std::string(64, '{')), "a.ptx:3:64: blocks are nested too deeply");
  EXPECT_EQ(error_in_body(".loc 1 2 3, color 4"),
            "a.ptx:3:13: an unknown attribute of .loc; function_name and inlined_at are known");
}

// Operands nest without a limit in the grammar, but not on the stack.
TEST(PtxErrors, OperandsThatNestTooDeeply) {
  EXPECT_EQ(error_in_body("mov.b32 " + std::string(100000, '{')),
            "a.ptx:3:73: operands are nested too deeply");
  EXPECT_EQ(error_after_header(".global .b32 x[2] = " + std::string(100000, '{')),
            "a.ptx:2:85: an initial value is nested too deeply");
}

}  // namespace
}  // namespace warpgauge::ptx
