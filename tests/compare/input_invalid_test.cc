// Every input under testdata/input/invalid is refused, with its place and a hint.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

struct Refused {
  const char* name;       // of the file, without .json
  const char* complaint;  // without the file's name
};

void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.name;
}

// clang-format off
constexpr Refused kRefused[] = {
    {"array", R"(: expected an object, found an array; correct the file, or write it again with the program that made it)"},
    {"bad_escape", R"(:19:19: unknown escape \x; an old version of Google Benchmark does not escape backslashes (of Windows' paths): run it with a newer one, or write \\)"},
    {"bad_sample", R"(: benchmarks[1] BM_B.samples_ns[2]: is not a finite number greater than 0; the measurement failed: run it again, or exclude the case with --filter)"},
    {"bad_utf8", R"(:19:19: byte \xff is not UTF-8; names and labels in the benchmark's source must be UTF-8)"},
    {"bare_dot", R"(:28:23: expected a digit, found ','; not JSON: was the file edited, or mixed with other output?)"},
    {"benchmarks_is_object", R"(: benchmarks: expected an array, found an object; correct the file, or write it again with the program that made it)"},
    {"blank", R"(: is empty; did the run that writes it finish?)"},
    {"comment", R"(:1:1: expected a value, found '/'; JSON has no comments)"},
    {"context_is_array", R"(: context: expected an object, found an array; correct the file, or write it again with the program that made it)"},
    {"control_byte", R"(:19:19: control byte \x01 in a string; write it as an escape, \u00NN)"},
    {"deep", R"(:1:89: nested deeper than 64 levels; check that this is the right file)"},
    {"empty", R"(: is empty; did the run that writes it finish?)"},
    {"error_is_string", R"(: benchmarks[1] BM_B.error_occurred: expected true or false, found a string; correct the file, or write it again with the program that made it)"},
    {"fingerprint_of_the_future", R"(: context.warpgauge.schema: expected "warpgauge/context/1", found "warpgauge/context/9"; another version of warpgauge wrote this file)"},
    {"fingerprint_without_schema", R"(: context.warpgauge.schema: is missing; correct the file, or write it again with the program that made it)"},
    {"half_surrogate", R"(:19:19: half of a surrogate pair; not JSON: was the file edited, or mixed with other output?)"},
    {"hex_number", R"(:28:21: expected ',' or '}', found 'x14'; not JSON: was the file edited, or mixed with other output?)"},
    {"html", R"(:1:1: expected a value, found '<'; a web page: download the file itself)"},
    {"identity_is_string", R"(: context.warpgauge.identity: expected an object, found a string; correct the file, or write it again with the program that made it)"},
    {"infinite_time", R"(: benchmarks[1] BM_B.real_time: Infinity is not a finite number; the measurement failed: run it again, or exclude the case with --filter)"},
    {"key_twice", R"(:29:7: key "real_time" occurs twice in one object; remove or rename one of them: either may be meant)"},
    {"key_twice_escaped", R"(:29:7: key "real_time" occurs twice in one object; remove or rename one of them: either may be meant)"},
    {"key_twice_of_many", R"(:72:5: key "c03" occurs twice in the object that ends here; remove or rename one of them: either may be meant)"},
    {"leading_zero", R"(:28:21: expected ',' or '}', found '20'; not JSON: was the file edited, or mixed with other output?)"},
    {"lfs_pointer", R"(: is a Git-LFS pointer, not the file itself; run `git lfs pull`)"},
    {"median_twice", R"(: benchmarks[1] BM_Hash/64_median: a second median row of this case; give each process in its own file)"},
    {"merge_conflict", R"(:28:1: expected a key in double quotes, found '<'; a merge conflict marker: resolve the conflict)"},
    {"name_is_number", R"(: benchmarks[1].name: expected a string, found a number; correct the file, or write it again with the program that made it)"},
    {"nan_lower_case", R"(:28:20: expected null, found 'nan'; an old version of Google Benchmark wrote it: run it with a newer one, or write NaN or Infinity)"},
    {"nan_time", R"(: benchmarks[1] BM_B.real_time: NaN is not a finite number; the measurement failed: run it again, or exclude the case with --filter)"},
    {"negative_time", R"(: benchmarks[1] BM_B.real_time: -2.5 is not greater than 0; ratios need positive numbers; a time of 0 means that nothing was measured)"},
    {"no_benchmarks", R"(: has no `benchmarks`; write it with --benchmark_out=FILE --benchmark_out_format=json)"},
    {"no_context", R"(: has no `context`; write it with --benchmark_out=FILE --benchmark_out_format=json)"},
    {"no_name", R"(: benchmarks[1].name: is missing; Google Benchmark does not write such a row: was the file edited?)"},
    {"no_time", R"(: benchmarks[1] BM_B.real_time: is missing; select rows that were timed with --filter)"},
    {"nul_between", R"(:3:3: expected a key in double quotes, found '\x00'; not JSON: was the file edited, or mixed with other output?)"},
    {"nul_in_string", R"(:19:19: control byte \x00 in a string; write it as an escape, \u00NN)"},
    {"number", R"(: expected an object, found a number; correct the file, or write it again with the program that made it)"},
    {"nvbench_2021", R"(: benchmarks[0].states[0].summaries: is an object, as nvbench wrote it in 2021; run it with an nvbench whose summaries have tags)"},
    {"nvbench_listing", R"(: has no `benchmarks`; write it with --json FILE)"},
    {"nvbench_nan", R"(: benchmarks[1].states[0] empty.real_time: nan is not a finite number; the measurement failed: run it again, or exclude the case with --filter)"},
    {"nvbench_no_time", R"(: benchmarks[1].states[0] empty.real_time: is missing: the state has no such summary; metrics of nvbench are real_time, cpu_time and tags such as nv/batch/time/gpu/mean)"},
    {"overflow_time", R"(: benchmarks[1] BM_B.real_time: 1e999 is not a finite number; the measurement failed: run it again, or exclude the case with --filter)"},
    {"overlong_utf8", R"(:19:19: byte \xc0 is not UTF-8; names and labels in the benchmark's source must be UTF-8)"},
    {"repetition_is_fraction", R"(: benchmarks[0] BM_A.repetition_index: expected a whole number of at least 0, found 0.5; correct the file, or write it again with the program that made it)"},
    {"row_is_number", R"(: benchmarks[0]: expected an object, found a number; correct the file, or write it again with the program that made it)"},
    {"repetition_is_negative", R"(: benchmarks[0] BM_A.repetition_index: expected a whole number of at least 0, found -1; correct the file, or write it again with the program that made it)"},
    {"run_type_unknown", R"(: benchmarks[0] BM_A.run_type: "profile" is neither iteration nor aggregate; Google Benchmark does not write such a row: was the file edited?)"},
    {"same_repetition_twice", R"(: benchmarks[1] BM_A: repetition 0 occurs twice, first as benchmarks[0]; two benchmarks have this name, or two files were joined: give each process in its own file)"},
    {"samples_is_object", R"(: benchmarks[1] BM_B.samples_ns: is not an array; it holds the times of single launches, as `bench` writes them)"},
    {"short_escape", R"(:19:21: \u takes four hex digits; an old version of Google Benchmark does not escape backslashes (of Windows' paths): run it with a newer one, or write \\)"},
    {"single_quotes", R"(:1:2: expected a key in double quotes, found '''; JSON strings are in double quotes)"},
    {"time_is_null", R"(: benchmarks[1] BM_B.real_time: expected a number, found null; null stands for an unknown value: measure it again, or remove it)"},
    {"time_is_string", R"(: benchmarks[1] BM_B.real_time: expected a number, found a string; correct the file, or write it again with the program that made it)"},
    {"tiny_time", R"(: benchmarks[1] BM_B.real_time: 1e-310 is too small to be compared; the measurement failed, or the counter needs another unit)"},
    {"trailing_comma", R"(:30:24: a comma after the last member; remove it)"},
    {"trailing_text", R"(:34:1: expected the end of the file, found 'done'; not JSON: was the file edited, or mixed with other output?)"},
    {"truncated", R"(:29:16: expected the end of a string, found the end of the file; the file is cut off: was the run killed, or the disk full?)"},
    {"truncated_in_string", R"(:19:18: expected the end of a string, found the end of the file; the file is cut off: was the run killed, or the disk full?)"},
    {"two_documents", R"(:34:1: a second document begins here; give each document in its own file)"},
    {"unclosed", R"(:31:6: expected ',' or ']', found the end of the file; the file is cut off: was the run killed, or the disk full?)"},
    {"underflow_time", R"(: benchmarks[1] BM_B.real_time: 1e-999 is not greater than 0; ratios need positive numbers; a time of 0 means that nothing was measured)"},
    {"unknown_unit", R"(: benchmarks[1] BM_B.time_unit: unknown unit "fortnight"; use ns, us, ms or s)"},
    {"utf16_big_endian", R"(: is UTF-16; save it as UTF-8 (PowerShell's > writes UTF-16))"},
    {"utf16_bom", R"(: is UTF-16; save it as UTF-8 (PowerShell's > writes UTF-16))"},
    {"utf16_without_bom", R"(: is UTF-16; save it as UTF-8 (PowerShell's > writes UTF-16))"},
    {"zero_time", R"(: benchmarks[1] BM_B.real_time: 0.0 is not greater than 0; ratios need positive numbers; a time of 0 means that nothing was measured)"},
};
// clang-format on

class InputInvalid : public ::testing::TestWithParam<Refused> {};

TEST_P(InputInvalid, IsRefused) {
  const std::string file = "invalid/" + std::string(GetParam().name) + ".json";
  EXPECT_EQ(complaint_of([&] { read_testdata(file); }), file + GetParam().complaint);
  EXPECT_NE(std::string_view(GetParam().complaint).find("; "), std::string_view::npos) << "there is no hint";
}

INSTANTIATE_TEST_SUITE_P(Testdata, InputInvalid, ::testing::ValuesIn(kRefused),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(InputInvalidTable, HasEveryFile) {
  std::set<std::string> listed, present;
  for (const Refused& refused : kRefused) listed.insert(std::string(refused.name) + ".json");
  for (const auto& entry : std::filesystem::directory_iterator(testdata_path("invalid"))) {
    present.insert(entry.path().filename());
  }
  EXPECT_EQ(listed, present);
}

}  // namespace
}  // namespace warpgauge
