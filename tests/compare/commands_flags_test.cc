// Every flag of every subcommand: it stands once in --help, what it echoes means the same, a bad value is
// refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "compare/commands/command.h"
#include "compare/commands/deciding_flags.h"
#include "compare/commands/echo.h"
#include "tests/base/flag_table_checks.h"
#include "tests/base/temporary_directory.h"
#include "tests/compare/commands_flags_support.h"

namespace warpgauge {
namespace {

using testing::HasSubstr;

// Values that a flag refuses.
const std::map<std::string, std::string>& bad_values() {
  static const std::map<std::string, std::string> values{{"--metric", "nonsense"},
                                                         {"--better", "faster"},
                                                         {"--statistic", "mean"},
                                                         {"--process-cv", "0"},
                                                         {"--fail-above", "3"},
                                                         {"--same-within", "0"},
                                                         {"--alpha", "100%"},
                                                         {"--filter", "("},
                                                         {"--blocks", "6.."},
                                                         {"--process-seconds", "0"},
                                                         {"--timeout", "ten"},
                                                         {"--seed", "-1"},
                                                         {"--fingerprint", "../x"},
                                                         {"--matrix", "a/b"},
                                                         {"--reason", " "},
                                                         {"--date", "yesterday"},
                                                         {"--accept", "("},
                                                         {"--remove", "("},
                                                         {"--noise", "("},
                                                         {"--margin", "100%"},
                                                         {"SHA", "xyz"},
                                                         {"--allow-failed", "("},
                                                         {"--rename", "a(=b"},
                                                         {"--ours", ".*"},
                                                         {"--peers", "("}};
  return values;
}

// By the name of the flag, else by the name of its value; null if there is none.
const std::string* bad_value_of(const Entry& entry) {
  for (const std::string& key : {entry.flag.name, entry.flag.value}) {
    if (bad_values().contains(key)) return &bad_values().at(key);
  }
  return nullptr;
}

// What these are given is judged by what is found there, not by its form.
const std::set<std::string> kAnyValue = {"--base",    "--head",     "--run",      "--baseline", "--keep",
                                         "--policy",  "--json",     "--markdown", "--junit",    "-o",
                                         "--failure", "--timeline", "--after"};

// As a POSIX shell splits them.
Words split_by_shell(const std::string& line) {
  const std::string command = "printf '%s\\0'" + line;
  FILE* const pipe = popen(command.c_str(), "r");
  std::string out;
  for (int c; (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0);
  Words words;
  for (std::size_t begin = 0; begin < out.size();) {
    const std::size_t end = out.find('\0', begin);
    words.push_back(out.substr(begin, end - begin));
    begin = end + 1;
  }
  return line.empty() ? Words() : words;
}

class CommandFlagTables : public testing::Test {
 protected:
  // Flags are parsed where the files of good_values() are.
  CommandFlagTables() : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(directory_.path());
    for (const std::string& file : good_values().at("FILE"))
      std::ofstream("./" + file) << R"({"schema": "warpgauge/policy/1"})";
    std::ofstream("timeline.json") << R"({"run": {}, "jobs": []})";
  }
  ~CommandFlagTables() override { std::filesystem::current_path(before_); }

  // A random command line that has every required flag.
  Words random_words(const FlagTable& flags) {
    Words positionals, options, rest;
    const std::size_t sparseness = 1 + pick(20);  // few flags, too: some do not go with others
    for (const Entry& entry : flags.entries()) {
      if (entry.is_refused() || (!entry.flag.required && pick(sparseness) > 0)) continue;
      Words values;
      const std::size_t count = entry.takes_several() || entry.flag.repeatable ? 1 + pick(3) : 1;
      while (!entry.is_switch() && values.size() < count) {
        const Words& known = values_for(entry);
        values.push_back(known[pick(known.size())]);
        if (entry.is_positional() && entry.flag.value.starts_with("FILE") && values.back()[0] == '-')
          values.back().insert(0, "./");
      }
      const Words words = words_of(entry, values);
      Words& into = !entry.is_positional()                              ? options
                    : entry.flag.value == "..." && !entry.flag.required ? rest
                                                                        : positionals;
      into.insert(into.end(), words.begin(), words.end());
    }
    Words all = positionals;
    all.insert(all.end(), options.begin(), options.end());
    if (!rest.empty()) all.emplace_back("--");
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  }

  std::size_t pick(std::size_t count) { return random_() % count; }

  TemporaryDirectory directory_;
  std::filesystem::path before_;
  std::mt19937 random_{20261120};
};

// Flags whose values the echo holds, with what they were given.
std::map<std::string, Words> echoed_values(const FlagTable& flags) {
  std::map<std::string, Words> values;
  for (const Entry& entry : flags.entries()) {
    if (!entry.is_given || entry.flag.echo == Echo::hidden) continue;
    Words& typed = values[entry.flag.name];
    for (std::string value : entry.typed) {
      if (entry.flag.echo == Echo::as_path && value.starts_with('-')) value.insert(0, "./");
      typed.push_back(value);
    }
  }
  return values;
}

TEST_F(CommandFlagTables, help_lists_every_flag_once) {
  for (const Command& command : all_commands()) {
    SCOPED_TRACE(command.name);
    expect_sound(command.flags, help_of(command));
    for (const Entry& entry : command.flags.entries())
      EXPECT_TRUE(entry.is_refused() || !entry.flag.help.empty()) << entry.flag.name;
    EXPECT_THAT(overview(all_commands()), HasSubstr("\n  " + command.name + " "));
  }
}

TEST_F(CommandFlagTables, the_echoed_command_line_means_the_same) {
  for (const Command& command : all_commands()) {
    int parsed = 0;
    std::set<std::string> unseen;
    for (const Entry& entry : command.flags.entries())
      if (!entry.is_refused()) unseen.insert(entry.flag.name);
    for (int attempt = 0; attempt < 8000 && (parsed < 30 || !unseen.empty()); ++attempt) {
      // Rules over several flags refuse some of the random combinations.
      std::vector<Command> commands = all_commands();
      Command& once = *std::ranges::find(commands, command.name, &Command::name);
      const Words words = random_words(once.flags);
      try {
        ASSERT_EQ(once.flags.parse(command.name, words), Request::run);
      } catch (const UsageError&) {
        continue;
      }
      ++parsed;
      for (const Entry& entry : once.flags.entries())
        if (entry.is_given) unseen.erase(entry.flag.name);
      std::vector<Command> others = all_commands();
      Command& again = *std::ranges::find(others, command.name, &Command::name);
      const std::string line = echoed(once.flags);
      SCOPED_TRACE(command.name + line);
      ASSERT_NO_THROW((void)again.flags.parse(command.name, split_by_shell(line)));
      EXPECT_EQ(echoed_values(again.flags), echoed_values(once.flags));
      EXPECT_EQ(echoed(again.flags), line);
    }
    EXPECT_GE(parsed, 30) << command.name;
    EXPECT_THAT(unseen, testing::IsEmpty()) << command.name;
  }
}

TEST_F(CommandFlagTables, a_bad_value_is_refused_with_its_flag_and_a_hint) {
  for (const Command& command : all_commands()) {
    for (const Entry& entry : command.flags.entries()) {
      const std::string& name = entry.flag.name;
      if (entry.is_switch() || entry.is_positional() || entry.is_refused()) continue;
      const std::string* const bad = bad_value_of(entry);
      if (!bad) {
        EXPECT_TRUE(kAnyValue.contains(name)) << command.name << " " << name << " has no bad value here";
        continue;
      }
      std::vector<Command> commands = all_commands();
      FlagTable& flags = std::ranges::find(commands, command.name, &Command::name)->flags;
      Words words{name + "=" + *bad};
      for (const Entry& other : flags.entries()) {
        if (!other.flag.required || other.flag.name == name) continue;
        const Words more = words_of(other, {values_for(other).front()});
        words.insert(words.end(), more.begin(), more.end());
      }
      try {
        (void)flags.parse(command.name, words);
        ADD_FAILURE() << command.name << " takes " << words.front();
      } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), testing::StartsWith(name + ": ")) << command.name;
        EXPECT_THAT(error.what(), HasSubstr("'" + *bad + "'")) << command.name;
        EXPECT_THAT(error.what(), HasSubstr("; ")) << command.name;
      }
    }
  }
}

std::string complaint_of(const std::string& command, const Words& words) {
  std::vector<Command> commands = all_commands();
  try {
    (void)std::ranges::find(commands, command, &Command::name)->flags.parse("compare " + command, words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST_F(CommandFlagTables, a_required_flag_is_named) {
  EXPECT_THAT(complaint_of("bless", {"--reason", "x", "--head", "a.json"}),
              testing::StartsWith("--baseline is required"));
  EXPECT_THAT(complaint_of("ab", {"plain.json"}), testing::StartsWith("HEAD_EXE is required"));
}

TEST_F(CommandFlagTables, a_switch_that_is_turned_off_is_echoed_so) {
  std::vector<Command> commands = all_commands();
  FlagTable& flags = std::ranges::find(commands, "gate", &Command::name)->flags;
  ASSERT_EQ(flags.parse("gate", {"a.json", "b.json", "--strict=false", "--allow-missing=1"}), Request::run);
  EXPECT_EQ(echoed(flags), " a.json b.json --strict=false --allow-missing");
}

TEST_F(CommandFlagTables, refused_flags_are_refused_with_the_reason) {
  for (const Command& command : all_commands()) {
    for (const Entry& entry : command.flags.entries()) {
      if (!entry.is_refused()) continue;
      Words words{entry.flag.name};
      for (const Entry& other : command.flags.entries()) {
        if (!other.flag.required) continue;
        const Words more = words_of(other, {values_for(other).front()});
        words.insert(words.begin(), more.begin(), more.end());
      }
      EXPECT_EQ(complaint_of(command.name, words), entry.flag.name + ": " + entry.refused_because);
    }
  }
}

GateOptions options_of(const Words& words, std::string& echoed_words) {
  Deciding deciding;
  FlagTable table;
  add_metric_flags(table, deciding);
  add_sampling_flags(table, deciding);
  add_limit_flags(table, deciding);
  add_hardware_flag(table, deciding);
  EXPECT_EQ(table.parse("test", words), Request::run);
  echoed_words = echoed(table);
  return deciding.options;
}

TEST_F(CommandFlagTables, flags_reach_the_options_and_override_the_policy_file) {
  std::ofstream("policy.json") << R"({"schema": "warpgauge/policy/1", "alpha": 0.2, "max_mde": "7%",
    "defaults": {"fail_above": "9%", "improve_above": "8%"}, "rules": [{"match": "x", "fail_above": "50%"}],
    "allow_failed": ["^known/"]})";
  const Words words{"--fail-above",
                    "3%",
                    "--policy",
                    "policy.json",
                    "--alpha",
                    "0.05",
                    "--metric",
                    "score",
                    "--better",
                    "higher",
                    "--same-within",
                    "2%",
                    "--statistic",
                    "q10",
                    "--strict",
                    "--process-cv",
                    "4%",
                    "--allow-missing",
                    "--allow-failed",
                    "^flaky/",
                    "--allow-hardware-mismatch"};
  std::string once, again;
  const GateOptions first = options_of(words, once);
  for (const GateOptions& options : {first, options_of(split_by_shell(once), again)}) {
    EXPECT_EQ(options.policy.margins_of("x").fail_above, 0.03);
    EXPECT_EQ(options.policy.defaults.fail_above, 0.03);
    EXPECT_EQ(options.policy.defaults.improve_above, 0.08);
    EXPECT_EQ(options.policy.margins_of("y").same_within, 0.02);
    EXPECT_EQ(options.policy.alpha, 0.05);
    EXPECT_EQ(options.policy.max_mde, 0.07);
    EXPECT_EQ(options.metrics, (std::vector<Metric>{{"score", Better::higher}}));
    EXPECT_EQ(options.statistic, Statistic::q10);
    EXPECT_EQ(options.process_cv, 0.04);
    EXPECT_TRUE(options.policy.may_fail("flaky/1", "flaky/1") &&
                options.policy.may_fail("known/1", "known/1"));
    EXPECT_FALSE(options.policy.may_fail("x", "x"));
    EXPECT_TRUE(options.strict && options.allow_missing && options.allow_hardware_mismatch);
  }
  EXPECT_EQ(again, once);
}

Deciding several(const Words& words) {
  Deciding deciding;
  FlagTable table;
  add_metric_flags(table, deciding, MetricCount::any);
  add_limit_flags(table, deciding);
  EXPECT_EQ(table.parse("test", words), Request::run);
  return deciding;
}

TEST_F(CommandFlagTables, metrics_come_from_flags_else_from_the_policy) {
  std::ofstream("policy.json") << R"({"schema": "warpgauge/policy/2", "metrics": [
    {"metric": "allocs_per_iter", "better": "higher"}, {"metric": "real_time"}]})";
  const Metric allocs{"allocs_per_iter", Better::higher}, time, cpu{"cpu_time", Better::lower};
  EXPECT_EQ(several({"--policy", "policy.json"}).options.metrics, (std::vector{allocs, time}));
  EXPECT_EQ(several({"--policy", "policy.json", "--metric", "cpu_time", "--metric", "allocs_per_iter"})
                .options.metrics,
            (std::vector{cpu, allocs}));
  EXPECT_EQ(several({}).options.metrics, std::vector{time});
}

TEST_F(CommandFlagTables, a_direction_is_for_metrics_that_have_none) {
  const Metric tflops{"tflops", Better::higher}, widgets{"widgets", Better::lower};
  EXPECT_EQ(several({"--metric", "tflops", "--metric", "widgets", "--better", "lower"}).options.metrics,
            (std::vector{tflops, widgets}));
  EXPECT_EQ(several({"--metric", "tflops", "--better", "lower"}).options.metrics.front().better,
            Better::lower);
}

TEST_F(CommandFlagTables, an_absolute_limit_needs_a_metric_of_its_kind) {
  EXPECT_EQ(several({"--fail-above", "2%,30ns"}).options.policy.overrides.absolute,
            (AbsoluteLimit{30, true}));
  EXPECT_THROW((void)several({"--fail-above", "2%,30"}), UsageError);
  EXPECT_THROW((void)several({"--fail-above", "2%,30ns", "--metric", "tflops"}), UsageError);
}

}  // namespace
}  // namespace warpgauge
