// Declarations of variables and parameters: ".global .align 8 .b8 name[32] = {...};".
#pragma once

#include <vector>

#include "kernels/simt/ptx/lexer.h"
#include "kernels/simt/ptx/module.h"

namespace warpgauge::ptx {

// ".global" -> Space::global. Empty if the directive is no space of variables.
std::optional<Space> parse_space(std::string_view directive);

// Reads the rest of a declaration whose space was read, one variable for each name, up to and with the
// semicolon.
std::vector<Variable> read_variables(Lexer& lexer, Space space, bool is_extern);

// Reads "(.param .b64 a, .param .align 8 .b8 b[24])", if the next token is a parenthesis.
std::vector<Variable> read_parameters(Lexer& lexer);

// Reads a token that must be this character.
void expect(Lexer& lexer, char punctuation, std::string_view after);

// True, and the character is read, if it is the next token.
bool accept(Lexer& lexer, char punctuation);

}  // namespace warpgauge::ptx
