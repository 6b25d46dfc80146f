// Every field of every format, in turn, replaced by what it must not hold: the answer is a result or a
// Diagnostic with the place, and what was accepted can be written and read again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/child.h"
#include "base/diagnostic.h"
#include "compare/ab/analysis.h"
#include "compare/ab/run_record.h"
#include "compare/baseline/baseline.h"
#include "compare/decide/policy.h"
#include "compare/report/comparison_file.h"
#include "compare/report/json.h"
#include "tests/base/temporary_directory.h"
#include "tests/compare/report_test_support.h"

namespace warpgauge {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Mutation {
  std::string name;  // "/rounds/0/processes = 1e300"
  std::string text;  // of the whole document
};

// What stands in a mutated document for a value that nlohmann cannot hold as it has to be written.
const std::pair<const char*, const char*> kReplacements[] = {
    {"null", "null"},   {"a string", "\"x\""},          {"-1", "-1"}, {"0", "0"},  {"1.7", "1.7"},
    {"1e300", "1e300"}, {"2^53+1", "9007199254740993"}, {"[]", "[]"}, {"{}", "{}"}};

// Calls visit(pointer) for every member of an object and every element of an array, at any depth.
void visit_all(const Json& json, const Json::json_pointer& at,
               const std::function<void(const Json::json_pointer&)>& visit) {
  const auto below = [&](const Json& value, const Json::json_pointer& pointer) {
    visit(pointer);
    visit_all(value, pointer, visit);
  };
  if (json.is_object())
    for (const auto& [key, value] : json.items()) below(value, at / key);
  if (json.is_array())
    for (std::size_t i = 0; i < json.size(); ++i) below(json[i], at / i);
}

std::vector<Mutation> mutations_of(const std::string& valid) {
  constexpr const char* kMark = "the value that is replaced";
  const Json json = Json::parse(valid);
  std::vector<Mutation> mutations;
  visit_all(json, Json::json_pointer(), [&](const Json::json_pointer& at) {
    Json removed = json;
    Json& parent = removed[at.parent_pointer()];
    parent.is_object() ? parent.erase(at.back()) : (parent.erase(std::stoul(at.back())), 0u);
    mutations.push_back({at.to_string() + " removed", removed.dump()});
    Json marked = json;
    marked[at] = kMark;
    const std::string text = marked.dump(), quoted = Json(kMark).dump();
    for (const auto& [name, value] : kReplacements) {
      std::string replaced = text;
      mutations.push_back(
          {at.to_string() + " = " + name, replaced.replace(replaced.find(quoted), quoted.size(), value)});
    }
  });
  return mutations;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

// A message about `file` that names a place in it, not one of a library.
void expect_diagnostic(const std::string& message, const std::string& file) {
  EXPECT_THAT(message, StartsWith(file + ": "));
  EXPECT_THAT(message, Not(HasSubstr("exception")));
  EXPECT_THAT(message, Not(HasSubstr("stoi")));
  EXPECT_THAT(message, Not(HasSubstr("::")));
  const std::string place =
      message.substr(file.size() + 2, message.find(": ", file.size() + 2) - file.size() - 2);
  EXPECT_THAT(place, Not(testing::IsEmpty())) << message;
  EXPECT_LT(place.size(), message.size() - file.size() - 2) << message;
}

using Read = std::function<std::string(const std::string& text)>;

// Of nothing, if the format is not written.
void expect_same_again(const std::string& written, const Read& read) {
  if (written.empty()) return;
  try {
    EXPECT_EQ(read(written), written);
  } catch (const std::exception& error) {
    ADD_FAILURE() << "what was accepted cannot be read again: " << error.what();
  }
}

// Reads each mutation of `valid` with `read`, which returns what it makes of an accepted document: the text
// that would be written, or nothing if the format is not written.
void expect_answers(const std::string& valid, const std::string& file, const Read& read) {
  ASSERT_NO_THROW(read(valid));
  std::size_t accepted = 0, refused = 0;
  for (const Mutation& mutation : mutations_of(valid)) {
    SCOPED_TRACE(mutation.name);
    try {
      const std::string written = read(mutation.text);
      expect_same_again(written, read);
      ++accepted;
    } catch (const Diagnostic& diagnostic) {
      expect_diagnostic(diagnostic.what(), file);
      ++refused;
    } catch (const std::exception& error) {
      ADD_FAILURE() << "not a Diagnostic: " << error.what();
    }
  }
  EXPECT_GT(refused, accepted);
  std::printf("%zu mutations refused, %zu accepted\n", refused, accepted);
}

const char* const kBaseline = R"({"schema": "warpgauge/baseline/2",
 "metrics": [{"name":"real_time","better":"lower"},{"name":"cpu_time","better":"lower"}],
 "identity": {"num_cpus":"2"},
 "rounds": [
  {"state":"accepted","round":"b-01","boot":"b","date":"2026-11-01T10:00:00+00:00","commit":"c01","reason":"first",
   "statistic":"q25","processes":3,"environment":{"driver":"550"},"samples":40,"noise":["b"],"failed":["c"]},
  {"state":"accepted","round":"b-02","boot":"b","date":"2026-11-02T10:00:00+00:00","commit":"","reason":"nightly",
   "statistic":"q25","processes":3,"environment":{}},
  {"state":"refused","round":"b-03","boot":"b","date":"2026-11-03T10:00:00+00:00","commit":"","reason":"nightly",
   "statistic":"q25","processes":3,"environment":{}}],
 "cases": [
  {"name":"a","values":{"real_time":[100.0,101.5,150.0],"cpu_time":[90.0,null,null]}},
  {"name":"b","values":{"real_time":[9.5,7.25,null]}}],
 "history": [
  {"action":"rename","cases":["z","a"],"reason":"clearer","date":"2026-11-01T10:00:00+00:00","commit":"c01"},
  {"action":"accept","cases":["b"],"reason":"more accurate","date":"","commit":""}]})";

const char* const kBaselineOne = R"({"schema": "warpgauge/baseline/1",
 "metric": {"name":"real_time","better":"lower"},
 "identity": {"num_cpus":"2"},
 "rounds": [
  {"round":"b-01","boot":"b","date":"2026-11-01T10:00:00+00:00","commit":"c01","reason":"first","statistic":"q25",
   "processes":3,"state":{"driver":"550"},"samples":40},
  {"round":"b-02","boot":"b","date":"2026-11-02T10:00:00+00:00","commit":"","reason":"nightly","statistic":"q25",
   "processes":3,"state":{}}],
 "cases": [
  {"name":"a","numbers":[100.0,101.5]},
  {"name":"b","numbers":[null,7.25]}],
 "history": [
  {"action":"rename","cases":["z","a"],"reason":"clearer","date":"2026-11-01T10:00:00+00:00","commit":"c01"},
  {"action":"accept","cases":["b"],"reason":"more accurate","date":"","commit":""}]})";

TEST(FieldsMutation, OfABaseline) {
  expect_answers(kBaseline, "b.json",
                 [](const std::string& text) { return format_baseline(parse_baseline(text, "b.json")); });
}

TEST(FieldsMutation, OfABaselineOfVersionOne) {
  expect_answers(kBaselineOne, "b.json",
                 [](const std::string& text) { return format_baseline(parse_baseline(text, "b.json")); });
}

TEST(FieldsMutation, OfAPolicy) {
  const char* const policy = R"({"schema": "warpgauge/policy/1", "alpha": 0.01, "max_mde": "5%",
   "controls": ["^cudnn/", "^blas/"], "defaults": {"fail_above": "1%", "improve_above": 0.02, "same_within": "1.5%"},
   "rules": [{"match": "/S:64/", "fail_above": "3%", "improve_above": "2%", "same_within": 0.04},
             {"match": "/S:128/", "fail_above": "2%"}]})";
  expect_answers(policy, "p.json", [](const std::string& text) {
    const Policy read = parse_policy(text, "p.json");
    for (const char* name : {"a/S:64/", "a/S:128/", "other"}) {
      const Margins margins = read.margins_of(name);
      EXPECT_TRUE(margins.fail_above >= 0 && std::isfinite(margins.fail_above));
      EXPECT_TRUE(margins.improve_above >= 0 && margins.improve_above < 1);
      EXPECT_TRUE(margins.same_within > 0 && std::isfinite(margins.same_within));
    }
    EXPECT_TRUE(!read.alpha || (*read.alpha > 0 && *read.alpha < 0.5));
    return std::string();  // no policy is ever written
  });
}

TEST(FieldsMutation, OfAComparison) {
  Comparison comparison = make_comparison();
  comparison.base_context = {{"commit", "abc"}};
  comparison.baseline_context = {{"commit", "012"}};
  comparison.differences = {{"cpu_model", "1", "2", true}};
  comparison.common_shift = {CellVerdict::unchanged, 1.001, 0.5, std::array{0.99, 1.01}};
  comparison.assumed_deviation = 0.05;
  comparison.notes = {note::Sentence{"a note"}};
  comparison.hindrances = {Hindrance::cases_missing};
  comparison.cells[0].margins = Margins();
  comparison.cells[0].why =
      DependsOnExclusion{Decided::improvement, 0.1, {{Side::base, true, {1, 3}, 8, 0.2}}};
  expect_answers(json_report(comparison), "c.json",
                 [](const std::string& text) { return json_report(parse_comparison(text, "c.json")); });
}

// One run, measured once with the stand-in benchmark, whose record the tests mutate.
class FieldsMutationOfARun : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryDirectory();
    const std::string fake = WARPGAUGE_FAKE_BENCH;
    const std::string script = (*folder_ / "bench").string();
    write(script, "#!/bin/sh\nexec " + fake + " --cases=5 \"$@\"\n");
    const std::string slow = (*folder_ / "slow").string();
    write(slow, "#!/bin/sh\nexec " + fake + " --cases=6 --error=fake/2 --slow=/3=1.5 \"$@\"\n");
    for (const std::string& path : {script, slow})
      std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    const ChildResult result = compare({"ab", script, slow, "--blocks", "2", "--process-seconds", "0.05",
                                        "--keep", (*folder_ / "keep").string()});
    ASSERT_EQ(result.code, 1) << text_of(*folder_ / "stderr");
    valid_ = text_of(*folder_ / "keep/run.json");
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  static ChildResult compare(std::vector<std::string> arguments) {
    const std::atomic<bool> never{false};
    return run_child({WARPGAUGE_COMPARE,
                      std::move(arguments),
                      {},
                      (*folder_ / "stdout").string(),
                      (*folder_ / "stderr").string(),
                      60},
                     never);
  }
  static std::filesystem::path keep() { return *folder_ / "keep"; }
  static std::filesystem::path record() { return keep() / "run.json"; }

  static TemporaryDirectory* folder_;
  static std::string valid_;
};
TemporaryDirectory* FieldsMutationOfARun::folder_ = nullptr;
std::string FieldsMutationOfARun::valid_;

TEST_F(FieldsMutationOfARun, IsReadOrRefused) {
  expect_answers(valid_, record().string(), [](const std::string& text) {
    write(record(), text);
    return format_run_record(read_run_record(record().string()));
  });
}

// Whatever the reader accepts is replayed: to a comparison, or to a Diagnostic about the record or about a
// result file that it names.
TEST_F(FieldsMutationOfARun, IsReplayedOrRefused) {
  for (const Mutation& mutation : mutations_of(valid_)) {
    SCOPED_TRACE(mutation.name);
    write(record(), mutation.text);
    try {
      (void)replay_run(keep().string());
    } catch (const Diagnostic& diagnostic) {
      EXPECT_THAT(diagnostic.what(), StartsWith(keep().string() + "/"));
      EXPECT_THAT(diagnostic.what(), Not(HasSubstr("exception")));
      EXPECT_THAT(diagnostic.what(), Not(HasSubstr("::")));
    } catch (const std::exception& error) {
      ADD_FAILURE() << "not a Diagnostic: " << error.what();
    }
  }
}

// A sample of the mutations, through the program.
class FieldsMutationOfTheProgram : public FieldsMutationOfARun {
 protected:
  static constexpr std::size_t kStep =
      17;  // prime to the number of replacements: every kind is in the sample

  // Runs the program on every kStep-th mutation of `file`, and on all of a number of processes.
  void expect_exits(const std::string& valid, const std::filesystem::path& file,
                    const std::vector<std::string>& arguments) {
    const std::vector<Mutation> mutations = mutations_of(valid);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < mutations.size(); ++i) {
      if (i % kStep != 0 && mutations[i].name.find("/processes = ") == std::string::npos) continue;
      SCOPED_TRACE(mutations[i].name);
      write(file, mutations[i].text);
      const ChildResult result = compare(arguments);
      const std::string errors = text_of(*folder_ / "stderr");
      ASSERT_EQ(result.end, ChildResult::End::exited) << result.describe();
      EXPECT_THAT(result.code, testing::AnyOf(0, 1, 2, 3, 4)) << errors;
      const bool refused_round = result.code == 1 && arguments.front() == "bless";  // is stored
      if (result.code != 0 && !refused_round) {
        EXPECT_EQ(text_of(file), mutations[i].text) << "a failure changes no file";
      }
      if (result.code == 3) {
        ++refused;
        EXPECT_THAT(errors, StartsWith("warpgauge-compare: "));
        EXPECT_THAT(errors, Not(HasSubstr("exception")));
        EXPECT_THAT(errors, Not(HasSubstr("fault of the program")));
      }
      if (result.code <= 1 && arguments.front() == "bless") {
        EXPECT_NO_THROW((void)parse_baseline(text_of(file), "written")) << text_of(file);
      }
    }
    EXPECT_GT(refused, 0u);
  }

  // Results of the day after the baseline's last round.
  std::string head() const {
    const std::string path = (*folder_ / "head.json").string();
    write(path, R"({"context": {"date": "2026-11-05T10:00:00+00:00", "num_cpus": 2}, "benchmarks": [
      {"name": "a", "run_type": "iteration", "real_time": 101, "cpu_time": 101, "time_unit": "ns"},
      {"name": "b", "run_type": "iteration", "real_time": 7.25, "cpu_time": 7, "time_unit": "ns"}]})");
    return path;
  }
  std::filesystem::path baselines() const { return *folder_ / "baselines"; }
  std::filesystem::path stored() const { return baselines() / "lab/default.json"; }
};

TEST_F(FieldsMutationOfTheProgram, GateRun) {
  expect_exits(valid_, record(), {"gate", "--run", keep().string()});
}

TEST_F(FieldsMutationOfTheProgram, GateBaseline) {
  expect_exits(kBaseline, stored(),
               {"gate", "--baseline", baselines().string(), "--fingerprint", "lab", "--head", head()});
}

TEST_F(FieldsMutationOfTheProgram, Bless) {
  expect_exits(kBaseline, stored(),
               {"bless", "--baseline", baselines().string(), "--fingerprint", "lab", "--head", head(),
                "--reason", "x", "--allow-missing"});
}

TEST_F(FieldsMutationOfTheProgram, Policy) {
  const std::string policy = (*folder_ / "policy.json").string();
  expect_exits(R"({"schema": "warpgauge/policy/1", "alpha": 0.01, "controls": ["^a"],
                   "rules": [{"match": "/S:64/", "fail_above": "3%", "same_within": 0.04}]})",
               policy, {"gate", "--base", head(), "--head", head(), "--policy", policy});
}

}  // namespace
}  // namespace warpgauge
