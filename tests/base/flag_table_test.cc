#include "base/flag_table.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <stdexcept>

#include "base/escape.h"
#include "base/flag_value.h"

namespace warpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// A program with a flag of each kind.
class FlagTableTest : public testing::Test {
 protected:
  Request parse(std::vector<const char*> arguments) { return parse_flags(table_, arguments); }
  void expect_error(std::vector<const char*> arguments, const std::string& text) {
    EXPECT_THAT([&] { (void)parse(arguments); }, ThrowsMessage<std::invalid_argument>(HasSubstr(text)));
  }

  std::string matrix_ = "ci";
  std::vector<std::string> axes_;
  int threads_ = 1;
  bool dry_run_ = false;
  const std::function<void(const std::string&)> ignored_ = [](const std::string&) {};
  const FlagTable table_{
      .usage = "bench [flags]",
      .summary = "Times kernels.",
      .groups = {{"Cases",
                  {{"--matrix", "NAME", "which problems (default: ci)",
                    [this](const std::string& text) { matrix_ = text; }, "FLAG_TABLE_TEST_MATRIX"},
                   {.name = "--axis",
                    .value_name = "NAME=N[,N...]",
                    .help =
                        "replaces one axis of every shape, "
                        "which is a text that is too long for one line of a terminal with a hundred columns",
                    .apply = [this](const std::string& text) { axes_.push_back(text); },
                    .is_repeatable = true},
                   {"--threads-of-the-kernel-on-the-cpu", "N", "threads",
                    [this](const std::string& text) { threads_ = whole_number(text, 1, 8); }},
                   {"--dry-run", "", "measure nothing",
                    [this](const std::string& text) { dry_run_ = truth_value(text); }}}},
                 {"Help", {version_flag(), help_flag()}},
                 {"Without effect", {{"--color", "", "", ignored_}, {"--verbose", "N", "", ignored_}}, true}},
      .footer = "Exit codes: 0.\n"};
};

TEST_F(FlagTableTest, ValuesFollowAnEqualsSignOrASpace) {
  EXPECT_EQ(parse({"--matrix=smoke", "--axis", "S=1", "--axis=B=2", "--dry-run"}), Request::run);
  EXPECT_EQ(matrix_, "smoke");
  EXPECT_THAT(axes_, ElementsAre("S=1", "B=2"));
  EXPECT_TRUE(dry_run_);
}

TEST_F(FlagTableTest, ASwitchTakesAValueAfterAnEqualsSignOnly) {
  dry_run_ = true;
  EXPECT_EQ(parse({"--dry-run=false"}), Request::run);
  EXPECT_FALSE(dry_run_);
  expect_error({"--dry-run", "false"}, "'false' is not a flag");
}

TEST_F(FlagTableTest, NothingAfterTheEqualsSignIsAnEmptyValue) {
  EXPECT_EQ(parse({"--matrix=", "--dry-run"}), Request::run);
  EXPECT_EQ(matrix_, "");
  EXPECT_TRUE(dry_run_);
}

TEST_F(FlagTableTest, ErrorsNameTheFlagItsValueAndWhatToDo) {
  expect_error({"--threads-of-the-kernel-on-the-cpu=9"},
               "--threads-of-the-kernel-on-the-cpu=9: takes a whole number from 1 to 8");
  expect_error({"--dry-run=maybe"}, "--dry-run=maybe: takes true or false");
  expect_error({"--matrx=ci"}, "unknown flag --matrx; did you mean --matrix? --help lists all flags");
  expect_error({"--matrix"}, "--matrix: a value is missing; write --matrix=NAME");
  expect_error({"--matrix=a", "--matrix=b"}, "--matrix is given twice; give it once");
  expect_error({"smoke"}, "'smoke' is not a flag; --help lists all flags");
  expect_error({""}, "'' is not a flag");
  expect_error({"--threads-of-the-kernel-on-the-cpu=\x1b[31m"}, "=\\x1b[31m: takes");
}

TEST_F(FlagTableTest, TheEnvironmentStandsInForAFlagThatIsNotGiven) {
  setenv("FLAG_TABLE_TEST_MATRIX", "full", 1);
  EXPECT_EQ(parse({}), Request::run);
  EXPECT_EQ(matrix_, "full");
  EXPECT_EQ(parse({"--matrix=smoke"}), Request::run);
  EXPECT_EQ(matrix_, "smoke");
  unsetenv("FLAG_TABLE_TEST_MATRIX");
}

TEST_F(FlagTableTest, HelpAndVersionWinOverMistakes) {
  EXPECT_EQ(parse({"--bogus", "--help"}), Request::help);
  EXPECT_EQ(parse({"-h"}), Request::help);
  EXPECT_EQ(parse({"--matrix=smoke", "--version"}), Request::version);
}

TEST_F(FlagTableTest, HelpFitsAHundredColumnsAndHoldsEachFlagOnce) {
  const std::string help = help_text(table_);
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 100u) << line;
  EXPECT_THAT(help, testing::StartsWith("usage: bench [flags]\n\nTimes kernels.\n\nCases:\n"));
  EXPECT_THAT(help, HasSubstr("\n  --matrix=NAME                   which problems (default: ci)\n"));
  EXPECT_THAT(help,
              HasSubstr("\n  --threads-of-the-kernel-on-the-cpu=N\n" + std::string(34, ' ') + "threads\n"));
  EXPECT_THAT(help, HasSubstr("\nHelp:\n  --version "));
  EXPECT_THAT(help, testing::EndsWith("\nWithout effect:\n  --color --verbose\n\nExit codes: 0.\n"));
}

}  // namespace
}  // namespace warpgauge
