#include "compare/decide/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

const std::string kHint = "; see compare/schemas/policy.schema.json for the format";

std::string complaint(std::string_view text) {
  return complaint_of([&] { (void)parse_policy(text, "p.json"); });
}

// A policy with `member` beside its schema.
std::string policy_with(std::string_view member) {
  return R"({"schema": "warpgauge/policy/1", )" + std::string(member) + "}";
}

TEST(InputPolicy, AFileIsReadWhole) {
  const Policy policy = read_policy(testdata_path("policy.json"));
  EXPECT_EQ(policy.alpha, 0.02);
  EXPECT_EQ(policy.max_mde, 0.05);
  EXPECT_DOUBLE_EQ(policy.defaults.fail_above, 0.03);
  EXPECT_DOUBLE_EQ(policy.defaults.improve_above, 0.05);
  EXPECT_DOUBLE_EQ(policy.defaults.same_within, Margins().same_within);
  EXPECT_EQ(policy.rules.size(), 3U);
}

TEST(InputPolicy, TheLastRuleThatMatchesAndSetsAMarginWins) {
  const Policy policy = read_policy(testdata_path("policy.json"));
  const Margins small = policy.margins_of("naive/f32/S:64/D:64");
  EXPECT_DOUBLE_EQ(small.fail_above, 0.1);
  EXPECT_DOUBLE_EQ(small.same_within, 0.12);
  EXPECT_DOUBLE_EQ(small.improve_above, 0.09);
  const Margins small_blas = policy.margins_of("blas/f32/S:64/D:64");
  EXPECT_DOUBLE_EQ(small_blas.fail_above, 0.02);
  EXPECT_DOUBLE_EQ(small_blas.same_within, 0.12);
  EXPECT_DOUBLE_EQ(small_blas.improve_above, 0.05);
  EXPECT_DOUBLE_EQ(policy.margins_of("naive/f32/S:128/D:64").fail_above, 0.03);
}

TEST(InputPolicy, AnOverrideWinsOverEveryRule) {
  Policy policy = read_policy(testdata_path("policy.json"));
  policy.overrides.fail_above = 0.04;
  EXPECT_DOUBLE_EQ(policy.margins_of("naive/f32/S:64/D:64").fail_above, 0.04);
  EXPECT_DOUBLE_EQ(policy.margins_of("naive/f32/S:64/D:64").same_within, 0.12);
  EXPECT_DOUBLE_EQ(policy.margins_of("naive/f32/S:128/D:64").fail_above, 0.04);
}

TEST(InputPolicy, ControlsAreNamedByExpressions) {
  const Policy policy = read_policy(testdata_path("policy.json"));
  EXPECT_TRUE(policy.is_control("cudnn/f16/S:64"));
  EXPECT_FALSE(policy.is_control("naive/cudnn"));
}

TEST(InputPolicy, WithoutMembersIsTheDefault) {
  const Policy policy = parse_policy(R"({"schema": "warpgauge/policy/1"})", "p.json");
  EXPECT_DOUBLE_EQ(policy.margins_of("x").fail_above, Margins().fail_above);
  EXPECT_FALSE(policy.alpha);
  EXPECT_FALSE(policy.max_mde);
}

TEST(InputPolicy, UnknownKeysAreErrors) {
  EXPECT_EQ(complaint(policy_with(R"("command": "rm")")),
            "p.json: command: unknown key; known keys here: schema, alpha, max_mde, defaults, rules, "
            "controls, allow_failed");
  EXPECT_EQ(complaint(policy_with(R"("defaults": {"fail": 1})")),
            "p.json: defaults.fail: unknown key; known keys here: fail_above, improve_above, same_within");
  EXPECT_EQ(
      complaint(policy_with(R"("rules": [{"match": "a"}, {"macth": "a"}])")),
      "p.json: rules[1].macth: unknown key; known keys here: fail_above, improve_above, same_within, match");
}

TEST(InputPolicy, ASchemaIsRequired) {
  EXPECT_EQ(complaint("{}"), "p.json: schema: is missing; expected \"warpgauge/policy/2\": check the path");
  EXPECT_EQ(complaint(R"({"schema": "warpgauge/policy/3"})"),
            "p.json: schema: expected \"warpgauge/policy/2\", found \"warpgauge/policy/3\"; another version "
            "of warpgauge "
            "wrote this file");
}

TEST(InputPolicy, WrongValuesNameTheirPlace) {
  EXPECT_EQ(complaint(policy_with(R"("defaults": {"fail_above": 3})")),
            "p.json: defaults.fail_above: '3' is ambiguous; for percent write '3%'");
  EXPECT_EQ(complaint(policy_with(R"("defaults": {"same_within": true})")),
            "p.json: defaults.same_within: expected a string, found true or false" + kHint);
  EXPECT_EQ(complaint(policy_with(R"("rules": [{"fail_above": "3%"}])")),
            "p.json: rules[0].match: is missing; margins for all cases belong in `defaults`");
  EXPECT_EQ(complaint(policy_with(R"("rules": [{"match": "("}])")),
            "p.json: rules[0].match: '(' is not a regular expression: missing ): (; write RE2 syntax, with "
            "\\ before a literal special character");
  EXPECT_EQ(complaint(policy_with(R"("controls": [7])")),
            "p.json: controls[0]: expected a string, found a number" + kHint);
  EXPECT_EQ(complaint(policy_with(R"("controls": "a")")),
            "p.json: controls: expected an array, found a string" + kHint);
  EXPECT_EQ(complaint(policy_with(R"("alpha": "50%")")),
            "p.json: alpha: '50%' is too large for a test level; try 0.01, one run in a hundred");
  EXPECT_EQ(complaint(policy_with(R"("alpha": 0)")),
            "p.json: alpha: '0' is too strict: no case could be a regression; try 0.01");
  EXPECT_EQ(complaint("[]"), "p.json: expected an object, found an array" + kHint);
}

TEST(InputPolicy, MarginsThatNoCaseCouldReachAreRefused) {
  const char* const unreachable =
      "is 100 % or more: no improvement could reach it; a case that takes half of its time has improved by "
      "50%";
  EXPECT_EQ(complaint(policy_with(R"("defaults": {"improve_above": "100%"})")),
            std::string("p.json: defaults.improve_above: ") + unreachable);
  EXPECT_EQ(complaint(policy_with(R"("rules": [{"match": "a", "improve_above": "150%"}])")),
            std::string("p.json: rules[0].improve_above: ") + unreachable);
  EXPECT_EQ(complaint(policy_with(R"("defaults": {"same_within": 0})")),
            "p.json: defaults.same_within: is 0: no case could be unchanged; try 1.5%");
  EXPECT_EQ(complaint(policy_with(R"("rules": [{"match": "a"}, {"match": "a", "same_within": "0%"}])")),
            "p.json: rules[1].same_within: is 0: no case could be unchanged; try 1.5%");
}

}  // namespace
}  // namespace warpgauge
