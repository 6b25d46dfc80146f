#include "base/escape.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/json_text.h"
#include "tests/base/hostile_names.h"

namespace warpgauge {
namespace {

bool has_control_byte(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

TEST(Visible, KeepsPlainTextAndForeignLetters) {
  EXPECT_EQ(visible("cpu/blas/f32/S:512 Größe 注意"), "cpu/blas/f32/S:512 Größe 注意");
}

TEST(Visible, ShowsControlBytesAndBadUtf8) {
  EXPECT_EQ(visible("\x1b[31m\n"), "\\x1b[31m\\x0a");
  EXPECT_EQ(visible("\xff\xc0\xaf"), "\\xff\\xc0\\xaf");
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(visible("\xc2\x9b"), "\\x9b");                // C1: a terminal takes it for ESC [
}

TEST(Visible, EscapesCharactersThatReorderOrHideText) {
  EXPECT_EQ(visible("a\u202eb\u200bc\ufeffd"), "a\\u{202e}b\\u{200b}c\\u{feff}d");
}

TEST(Visible, EscapesEachKindButNotItsNeighbours) {
  for (const char* hidden :
       {"\u00ad", "\u061c", "\u200f", "\u2028", "\u2060", "\ufff9", "\uffff", "\U0001fffe", "\U000e0041"})
    EXPECT_TRUE(visible(hidden).starts_with("\\")) << hidden;
  for (const char* plain : {" ", "~", "\u00a0", "\u2010", "\u2030", "\u205f", "\u2070", "\ufffd", "\ue000",
                            "\U0001f600", "\U000f0000"})
    EXPECT_EQ(visible(plain), plain);
}

TEST(Visible, EscapesCommandsOfCiLogs) {
  EXPECT_EQ(visible("##[error]x"), "##\\x5berror]x");
}

std::string percent_decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool encoded = text[i] == '%';
    out += encoded ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
    if (encoded) i += 2;
  }
  return out;
}

// The same table is for ci/safe_text.py.
TEST(Escapes, OfTheTable) {
  std::ifstream file(WARPGAUGE_ESCAPES);
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::string input, shown, lines;
    std::getline(fields, input, '\t');
    std::getline(fields, shown, '\t');
    std::getline(fields, lines, '\t');
    EXPECT_EQ(visible(percent_decoded(input)), percent_decoded(shown)) << input;
    EXPECT_EQ(safe_lines(percent_decoded(input)), percent_decoded(lines)) << input;
    ++rows;
  }
  EXPECT_GT(rows, 30);
}

TEST(Visible, IsIdempotent) {
  for (const std::string& name : kHostileNames) EXPECT_EQ(visible(visible(name)), visible(name));
}

TEST(MarkdownCode, FenceIsLongerThanAnyRunInside) {
  EXPECT_EQ(markdown_code("a`b``c"), "``` a`b``c ```");
  EXPECT_EQ(markdown_code("plain"), "`plain`");
}

TEST(MarkdownCell, PipesDoNotEndIt) {
  EXPECT_EQ(markdown_cell(markdown_code("a|b")), "`a\\|b`");
  EXPECT_EQ(markdown_code("a|b"), "`a|b`");
}

TEST(MarkdownCode, IsNeverEmpty) {
  EXPECT_EQ(markdown_code(""), "(no name)");
  EXPECT_EQ(markdown_code("  "), "(no name)");
}

TEST(MarkdownText, ContainsNoMarkup) {
  for (const std::string& name : kHostileNames) {
    const std::string text = markdown_text(name);
    EXPECT_EQ(text.find_first_of("<>`*_[]|\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("://"), std::string::npos) << text;
  }
  EXPECT_EQ(markdown_text("@a"), "@&#8288;a");
  EXPECT_EQ(markdown_text("verdict: www.x.org http://y"), "verdict: &#119;ww.x.org http&#58;//y");
}

TEST(XmlText, ContainsNoMarkupAndNoControlBytes) {
  for (const std::string& name : kHostileNames) {
    const std::string text = xml_text(name);
    EXPECT_EQ(text.find_first_of("<>\"'"), std::string::npos) << text;
    EXPECT_FALSE(has_control_byte(text)) << text;
  }
  EXPECT_EQ(xml_text("a&b"), "a&amp;b");
}

TEST(Github, DataAndPropertiesStayInTheirPlace) {
  EXPECT_EQ(github_data("50 %: a\nb"), "50 %25: a\\x0ab");
  EXPECT_EQ(github_property("a:b,c%"), "a%3Ab%2Cc%25");
}

// The shell itself is the judge.
TEST(ShellWord, IsOneWordToTheShell) {
  for (const std::string& name : kHostileNames) {
    if (name.find('\0') != std::string::npos) continue;  // no argument can hold it
    const std::string command = "printf '<%s>' " + shell_word(name);
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string seen;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) seen.push_back(static_cast<char>(c));
    pclose(pipe);
    EXPECT_EQ(seen, "<" + name + ">");
  }
}

TEST(RegexLiteral, EscapesEveryOperator) {
  EXPECT_EQ(regex_literal("a.b(c)[d]{2}*+?^$|\\"), R"(a\.b\(c\)\[d\]\{2\}\*\+\?\^\$\|\\)");
}

TEST(Shortened, OmitsTheMiddle) {
  EXPECT_EQ(shortened("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(shortened("abcdefghi", 5), "ab…hi");
  EXPECT_EQ(shortened("äöüäöüäöü", 5), "äö…öü");
}

TEST(SafeLines, KeepsLinesTabsAndColonsWithinThem) {
  const std::string text = "a\tb::c\n  d ::e\n\nf: g\n";
  EXPECT_EQ(safe_lines(text), text);
}

TEST(SafeLines, NoLineBeginsWithAWorkflowCommand) {
  EXPECT_EQ(safe_lines("::error::x"), ":\\x3aerror::x");
  EXPECT_EQ(safe_lines("a\n \t::stop-commands::x\n"), "a\n \t:\\x3astop-commands::x\n");
  EXPECT_EQ(safe_lines("\u00a0\u3000::x"), "\u00a0\u3000:\\x3ax") << "blanks that GitHub trims";
  EXPECT_EQ(safe_lines("\r::x"), "\\x0d:\\x3ax");
  EXPECT_EQ(safe_lines(":::x"), ":\\x3a:x");
  EXPECT_EQ(safe_lines("x ##[error]y\n##[group]"), "x ##\\x5berror]y\n##\\x5bgroup]");
}

TEST(SafeLines, ColoursStayOnlyIfWanted) {
  EXPECT_EQ(safe_lines("\x1b[1;31mred\x1b[0m", Sgr::kept), "\x1b[1;31mred\x1b[0m");
  EXPECT_EQ(safe_lines("\x1b[1;31mred"), "\\x1b[1;31mred");
  EXPECT_EQ(safe_lines("\x1b[2J\x1b]0;title\x07", Sgr::kept), "\\x1b[2J\\x1b]0;title\\x07");
  EXPECT_EQ(safe_lines("\x1b[1m::error::x", Sgr::kept), "\x1b[1m:\\x3aerror::x");
}

TEST(SafeLines, HostileNamesHaveNoEffectAnywhere) {
  for (const std::string& name : kHostileNames) {
    for (const std::string& text : {name, "  " + name, "a\n" + name + "\nb"}) {
      const std::string safe = safe_lines(text);
      EXPECT_EQ(safe.find("##["), std::string::npos) << safe;
      EXPECT_EQ(safe.find('\x1b'), std::string::npos) << safe;
      EXPECT_NE(safe.rfind("::", 0), 0u) << safe;
      EXPECT_EQ(safe.find("\n::"), std::string::npos) << safe;
    }
  }
}

TEST(JsonDocument, HasTheSameValuesAndNothingThatHides) {
  for (const std::string& name : kHostileNames) {
    const std::string json = json_text(OrderedJson{{"name", name}});
    const std::string safe = json_document(json);
    EXPECT_EQ(OrderedJson::parse(safe), OrderedJson::parse(json)) << safe;
    EXPECT_EQ(safe.find("##["), std::string::npos) << safe;
    EXPECT_EQ(safe.find("\u202e"), std::string::npos) << safe;
  }
  EXPECT_EQ(json_document("\"\U000e0041\u009b\""), "\"\\udb40\\udc41\\u009b\"");
  EXPECT_EQ(json_document("\"\xff\""), "\"\xff\"")
      << "the writer of JSON decides about bytes that are no text";
}

}  // namespace
}  // namespace warpgauge
