#include "base/flag_table.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "base/diagnostic.h"
#include "base/flag_value.h"

namespace warpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;
using Words = std::vector<std::string>;

// What the flags of a program with a flag of each kind set.
struct Settings {
  std::string matrix = "ci", output;
  std::vector<std::string> axes, files, rest;
  int threads = 1;
  bool dry_run = false;
};

FlagTable table_for(Settings& settings) {
  FlagTable table;
  table.add({.name = "--matrix",
             .value = "NAME",
             .take = text_into(settings.matrix),
             .environment = "FLAG_TABLE_TEST_MATRIX"});
  table.add({.name = "--axis", .value = "NAME=N", .take = appended_to(settings.axes), .repeatable = true});
  table.add({.name = "--files", .value = "FILE...", .take = appended_to(settings.files)});
  table.add({.name = "--threads",
             .value = "N",
             .take = parsed_into(settings.threads,
                                 [](const std::string& text) { return whole_number(text, 1, 8); }),
             .environment = "FLAG_TABLE_TEST_THREADS"});
  table.add({.name = "--dry-run", .take = truth_into(settings.dry_run)});
  table.add({.name = "-o", .value = "FILE", .take = text_into(settings.output)});
  table.add({.name = "REST", .value = "...", .take = appended_to(settings.rest)});
  table.refuse("--colour", "output is plain; omit the flag");
  table.add_rule([](const FlagTable& given) {
    if (given.is_given("--dry-run") && given.is_given("-o")) throw UsageError("-o: writes nothing; omit it");
  });
  table.add(version_flag());
  table.add(help_flag());
  return table;
}

Settings parsed(const Words& words) {
  Settings settings;
  EXPECT_EQ(table_for(settings).parse("tool", words), Request::run);
  return settings;
}

void expect_error(const Words& words, const std::string& text) {
  Settings settings;
  EXPECT_THAT([&] { (void)table_for(settings).parse("tool", words); }, ThrowsMessage<UsageError>(text));
}

TEST(FlagTable, ValuesFollowAnEqualsSignOrASpace) {
  const Settings s = parsed({"--matrix=smoke", "--axis", "S=1", "--axis=B=2", "--dry-run"});
  EXPECT_EQ(s.matrix, "smoke");
  EXPECT_THAT(s.axes, ElementsAre("S=1", "B=2"));
  EXPECT_TRUE(s.dry_run);
  EXPECT_EQ(parsed({"-o", "x"}).output, "x");
  EXPECT_EQ(parsed({"-o=x"}).output, "x");
}

TEST(FlagTable, AValueMayLookLikeAFlagOrAList) {
  const Settings s = parsed({"--matrix", "--dry-run", "--axis", "-1", "--axis=[a,b]", "--axis={}"});
  EXPECT_EQ(s.matrix, "--dry-run");
  EXPECT_FALSE(s.dry_run);
  EXPECT_THAT(s.axes, ElementsAre("-1", "[a,b]", "{}"));
}

TEST(FlagTable, NothingAfterTheEqualsSignIsAnEmptyValue) {
  const Settings s = parsed({"--matrix=", "--dry-run", "--axis=", "word"});
  EXPECT_EQ(s.matrix, "");
  EXPECT_TRUE(s.dry_run);
  EXPECT_THAT(s.axes, ElementsAre(""));
  EXPECT_THAT(s.rest, ElementsAre("word"));
  expect_error({"--dry-run="},
               "--dry-run: '' is neither true nor false; give one of the two, or no value, which means true");
}

TEST(FlagTable, ASwitchTakesAValueAfterAnEqualsSignOnly) {
  EXPECT_FALSE(parsed({"--dry-run=false"}).dry_run);
  const Settings s = parsed({"--dry-run", "false"});
  EXPECT_TRUE(s.dry_run);
  EXPECT_THAT(s.rest, ElementsAre("false"));
}

TEST(FlagTable, AFlagOfSeveralValuesEndsAtTheNextFlag) {
  const Settings s = parsed({"--files", "a", "b", "--matrix", "m", "--files=c", "--", "--dry-run"});
  EXPECT_THAT(s.files, ElementsAre("a", "b", "c"));
  EXPECT_THAT(s.rest, ElementsAre("--dry-run"));
  EXPECT_FALSE(s.dry_run);
}

TEST(FlagTable, ErrorsNameTheFlagItsValueAndWhatToDo) {
  expect_error({"--threads=9"}, "--threads: '9' is not a valid number; give a whole number from 1 to 8");
  expect_error({"--threads=\x1b[31m"},
               "--threads: '\\x1b[31m' is not a valid number; give a whole number from 1 to 8");
  expect_error({"--matrx=ci"}, "--matrx: is not a flag; did you mean --matrix? see tool --help");
  expect_error({"--hlep"}, "--hlep: is not a flag; did you mean --help? see tool --help");
  expect_error({"--\x1b"}, "--\\x1b: is not a flag; see tool --help");
  expect_error({"--matrix"}, "--matrix: has no value; write --matrix NAME");
  expect_error({"--matrix=a", "--matrix=b"}, "--matrix: is given twice; give it once");
  expect_error({"--dry-run", "--dry-run"}, "--dry-run: is given twice; give it once");
  expect_error({"--colour=red"}, "--colour: output is plain; omit the flag");
  expect_error({"--dry-run", "-o", "x"}, "-o: writes nothing; omit it");
}

TEST(FlagTable, WordsBeyondThePositionalOnesAreErrors) {
  FlagTable table;
  std::string file;
  table.add({.name = "FILE", .value = "FILE", .take = text_into(file), .required = true});
  EXPECT_THAT([&] { (void)table.parse("tool", {}); },
              ThrowsMessage<UsageError>("FILE is required; see tool --help"));
  EXPECT_THAT(
      [&] {
        (void)table.parse("tool", {"a", "b"});
      },
      ThrowsMessage<UsageError>("'b': is one argument too many; see tool --help"));
  EXPECT_EQ(table.parse("tool", {"--", "-a"}), Request::run);
  EXPECT_EQ(file, "-a");
}

TEST(FlagTable, TheEnvironmentStandsInForAFlagThatIsNotGiven) {
  setenv("FLAG_TABLE_TEST_MATRIX", "full", 1);
  EXPECT_EQ(parsed({}).matrix, "full");
  EXPECT_EQ(parsed({"--matrix=smoke"}).matrix, "smoke");
  setenv("FLAG_TABLE_TEST_MATRIX", "", 1);
  EXPECT_EQ(parsed({}).matrix, "ci");
  unsetenv("FLAG_TABLE_TEST_MATRIX");
  setenv("FLAG_TABLE_TEST_THREADS", "0", 1);
  expect_error({}, "FLAG_TABLE_TEST_THREADS: '0' is not a valid number; give a whole number from 1 to 8");
  expect_error({"--threads=9"}, "--threads: '9' is not a valid number; give a whole number from 1 to 8");
  unsetenv("FLAG_TABLE_TEST_THREADS");
}

TEST(FlagTable, HelpAndVersionWinOverMistakes) {
  Settings settings;
  const auto request = [&](const Words& words) { return table_for(settings).parse("tool", words); };
  EXPECT_EQ(request({"--bogus", "--help"}), Request::help);
  EXPECT_EQ(request({"-h"}), Request::help);
  EXPECT_EQ(request({"--matrix=smoke", "--version", "--matrix"}), Request::version);
  EXPECT_EQ(request({"--version", "-h"}), Request::help);
  EXPECT_EQ(request({"--", "--help"}), Request::run);
  FlagTable without_version;
  EXPECT_THROW((void)without_version.parse("tool", {"--version"}), UsageError);
}

TEST(FlagTable, AUsageErrorOutranksABadFile) {
  const auto add_to = [](FlagTable& table, const char* name, auto error) {
    table.add({.name = name, .take = [error](const std::string&) { throw error; }});
  };
  FlagTable table;
  add_to(table, "--file", Diagnostic("f:1: is no file; give another"));
  add_to(table, "--number", bad_value("x", "is not a number", "give one"));
  EXPECT_THROW((void)table.parse("tool", {"--file"}), Diagnostic);
  FlagTable both;
  add_to(both, "--file", Diagnostic("f:1: is no file; give another"));
  add_to(both, "--number", bad_value("x", "is not a number", "give one"));
  EXPECT_THAT(
      [&] {
        (void)both.parse("tool", {"--number", "--file"});
      },
      ThrowsMessage<UsageError>("--number: 'x' is not a number; give one"));
}

}  // namespace
}  // namespace warpgauge
