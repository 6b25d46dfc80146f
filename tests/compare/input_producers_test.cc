// Files of Catch2, nanobench, hyperfine and criterion, each in the shape that its program writes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "compare/input/criterion.h"
#include "compare/input/xml.h"
#include "tests/base/temporary_directory.h"
#include "tests/compare/input_test_support.h"

namespace warpgauge {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> case_names_of(const Process& process) {
  std::vector<std::string> names;
  for (const Case& one : process.cases) names.push_back(one.name);
  return names;
}

std::string text_of(const std::string& name) {
  return read_file(testdata_path(name));
}

// Prefixes of a file, and the file with some of its bytes replaced, end in a result or a Diagnostic. The
// fuzzer tries all of them.
void expect_answers(const std::string& text, const std::string& hostile_bytes) {
  constexpr std::size_t kStep = 11;
  for (std::size_t at = 0; at < text.size(); at += kStep) {
    (void)complaint_of([&] { parse(text.substr(0, at)); });
    std::string changed = text;
    changed[at] = hostile_bytes[at % hostile_bytes.size()];
    (void)complaint_of([&] { parse(changed); });
  }
}

std::string changed(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(InputCatch2, ABenchmarkIsACaseWithItsMean) {
  for (const char* file : {"catch2_v3.xml", "catch2_v2.xml"}) {
    const Process process = read_testdata(file);
    EXPECT_THAT(case_names_of(process),
                ElementsAre("Fibonacci/fib 20", "Fibonacci/big/fib 25 <&>", "Fibonacci/throws"))
        << file;
    EXPECT_EQ(process.executable_path, "tests");
    const Case& first = process.cases[0];
    EXPECT_TRUE(first.aggregate_only);
    ASSERT_EQ(first.repetitions.size(), 1U);
    EXPECT_THAT(first.repetitions[0].value, DoubleEq(2.15012e+04));
    EXPECT_THAT(first.noise->deviation, DoubleEq(493.693 / 2.15012e+04));
    EXPECT_EQ(first.noise->samples, 100);
    EXPECT_EQ(process.cases[2].failure, "out of memory");
  }
}

TEST(InputCatch2, OfOneNameAreRepetitionsWithAWarning) {
  const Process process =
      parse(R"(<Catch name="t"><TestCase name="a"><BenchmarkResults name="b"><mean value="1"/>
                                   </BenchmarkResults><BenchmarkResults name="b"><mean value="3"/>
                                   </BenchmarkResults></TestCase></Catch>)");
  ASSERT_EQ(process.cases.size(), 1U);
  EXPECT_EQ(process.cases[0].repetitions.size(), 2U);
  EXPECT_THAT(process.warnings,
              ElementsAre("f.json: 2 results are called a/b; they are taken as its repetitions"));
}

TEST(InputCatch2, AFaultIsNamedWithItsPlace) {
  const std::string text = text_of("catch2_v3.xml");
  const auto complaint = [&](std::string_view from, std::string_view to) {
    return complaint_of([&] { parse(changed(text, from, to)); });
  };
  EXPECT_EQ(
      complaint("value=\"2.15012e+04\"", "value=\"fast\""),
      "f.json: line 5 Fibonacci/fib 20.mean.value: \"fast\" is not a number; Catch2 does not write this: "
      "was the file edited?");
  EXPECT_THAT(complaint("value=\"2.15012e+04\"", "value=\"1e999\""), HasSubstr("inf is not a finite number"));
  EXPECT_THAT(complaint("value=\"2.15012e+04\"", "value=\"-1\""), HasSubstr("-1 is not greater than 0"));
  EXPECT_THAT(complaint("</Section>", "</Sections>"), HasSubstr("mismatched tag; not XML"));
  EXPECT_THAT(complaint("<mean ", "<median "), HasSubstr("has no mean"));
  EXPECT_THAT(complaint("&amp;", "&nbsp;"), HasSubstr("undefined entity; not XML"));
  EXPECT_THAT(complaint_of([&] { parse(text.substr(0, text.size() / 2)); }),
              HasSubstr("; not XML: was the file"));
  EXPECT_THAT(complaint_of([&] { parse(text, with_metric("cpu_time")); }),
              HasSubstr("has no cpu_time; Catch2 writes real_time only"));
  EXPECT_THAT(complaint_of([&] { parse("<?xml version=\"1.0\"?><testsuites/>"); }),
              HasSubstr("is XML, but not of Catch2's reporter 'xml'; run the tests with --reporter xml"));
}

TEST(InputCatch2, AnyBytesEndInAnAnswer) {
  expect_answers(text_of("catch2_v3.xml"), "<>&\"/\1");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<Catch>";
  EXPECT_THAT(complaint_of([&] { parse(deep); }), HasSubstr("nested deeper than 64 levels"));
}

TEST(InputNanobench, AMeasurementIsARepetitionPerUnitOfItsBatch) {
  const Process process = parse(text_of("nanobench.json"));
  EXPECT_THAT(case_names_of(process), ElementsAre("x += x", "hash/fnv", "hash/old"));
  ASSERT_EQ(process.cases[0].repetitions.size(), 3U);
  EXPECT_THAT(process.cases[0].repetitions[0].value, DoubleEq(1.9e-9 * 1e9));
  EXPECT_EQ(process.cases[0].repetitions[1].iterations, 531001);
  EXPECT_THAT(process.cases[1].repetitions[0].value, DoubleEq(6.4e-8 * (1e9 / 16)));
  EXPECT_TRUE(process.cases[2].aggregate_only) << "it has no measurements";
  EXPECT_THAT(parse(text_of("nanobench.json"), with_metric("instructions")).cases[0].repetitions[2].value,
              DoubleEq(1.0002));
}

TEST(InputNanobench, AFaultIsNamedWithItsPlace) {
  const std::string text = text_of("nanobench.json");
  const auto complaint = [&](std::string_view from, std::string_view to) {
    return complaint_of([&] { parse(changed(text, from, to)); });
  };
  EXPECT_THAT(complaint("\"elapsed\": 1.9e-09", "\"elapsed\": \"x\""),
              HasSubstr("f.json: results[0].measurements[0].elapsed: expected a number"));
  EXPECT_THAT(complaint("\"batch\": 16", "\"batch\": 0"), HasSubstr("results[1].batch"));
  EXPECT_THAT(complaint("\"name\": \"fnv\", ", ""), HasSubstr("results[1].name: is missing"));
  EXPECT_THAT(complaint_of([&] { parse(text, with_metric("cpu_time")); }), HasSubstr("cpu_time: is missing"));
  expect_answers(text, "\"{]9e\1");
}

TEST(InputHyperfine, ARunIsARepetition) {
  const Process process = parse(text_of("hyperfine.json"));
  EXPECT_THAT(case_names_of(process), ElementsAre("sleep 0.1", "grep -c \"a\" words"));
  ASSERT_EQ(process.cases[0].repetitions.size(), 3U);
  EXPECT_THAT(process.cases[0].repetitions[2].value, DoubleEq(0.1042e9));
  const Process cpu = parse(text_of("hyperfine.json"), with_metric("cpu_time"));
  EXPECT_TRUE(cpu.cases[0].aggregate_only);
  EXPECT_THAT(cpu.cases[0].repetitions[0].value, testing::DoubleNear((0.0011 + 0.0009) * 1e9, 1e-3));
}

TEST(InputHyperfine, AFaultIsNamedWithItsPlace) {
  const std::string text = text_of("hyperfine.json");
  EXPECT_THAT(complaint_of([&] { parse(changed(text, "0.103, 0.1042", "0.103, 0")); }),
              HasSubstr("f.json: results[0].times[2]: "));
  EXPECT_THAT(complaint_of([&] { parse(changed(text, "\"times\": [0.1021", "\"time\": [0.1021")); }),
              IsEmpty())
      << "it has a mean";
  EXPECT_THAT(complaint_of([&] { parse(text, with_metric("memory_usage_byte")); }),
              HasSubstr("metrics of hyperfine are real_time and cpu_time"));
  expect_answers(text, "\"{]9e\1");
}

class InputCriterion : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = directory_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void write_case(const std::string& name, const std::string& baseline, double ns) {
    const std::string folder = "criterion/" + name + "/" + baseline + "/";
    write(folder + "benchmark.json",
          R"({"group_id":"g","function_id":"f","value_str":null,"throughput":null,"full_id":")" + name +
              R"(","directory_name":"g/f","title":"g/f"})");
    write(folder + "sample.json", R"({"sampling_mode":"Linear","iters":[2.0,4.0],"times":[)" +
                                      std::to_string(2 * ns) + "," + std::to_string(4 * ns) + "]}");
  }
  std::string folder() const { return directory_.path() / "criterion"; }
  TemporaryDirectory directory_;
};

TEST_F(InputCriterion, AFolderIsAProcessOfALatestRunOrOfABaseline) {
  write_case("sort/std/1000", "new", 50);
  write_case("sort/std/1000", "main", 80);
  write_case("fib", "new", 7);
  write("criterion/report/index.html", "");
  const ResultSet latest = read_results({folder()}, {});
  ASSERT_EQ(latest.processes.size(), 1U);
  EXPECT_THAT(case_names_of(latest.processes[0]), ElementsAre("fib", "sort/std/1000"));
  EXPECT_EQ(latest.processes[0].cases[1].repetitions.size(), 2U);
  EXPECT_THAT(latest.processes[0].cases[1].repetitions[1].value, DoubleEq(50));
  const ResultSet stored = read_results({folder() + "@main"}, {});
  EXPECT_THAT(case_names_of(stored.processes[0]), ElementsAre("sort/std/1000"));
  EXPECT_THAT(stored.processes[0].cases[0].repetitions[0].value, DoubleEq(80));
  EXPECT_THAT(complaint_of([&] { (void)read_results({folder() + "@nobody"}, {}); }),
              HasSubstr("cannot be opened"));
  EXPECT_THAT(complaint_of([&] { (void)read_results({folder()}, with_metric("cpu_time")); }),
              HasSubstr("criterion writes real_time only"));
}

TEST(InputCriterionSamples, AFaultIsNamedWithItsPlace) {
  const auto complaint = [](const char* text) {
    return complaint_of([&] { (void)read_criterion_samples(text, "s.json"); });
  };
  EXPECT_THAT(complaint(R"({"iters":[1],"times":[1,2]})"),
              HasSubstr("s.json: times: has 2 numbers, iters has 1"));
  EXPECT_THAT(complaint(R"({"iters":[],"times":[]})"), HasSubstr("has 0 numbers"));
  EXPECT_THAT(complaint(R"({"iters":[0],"times":[1]})"), HasSubstr("s.json: iters[0]: "));
  EXPECT_THAT(complaint(R"({"iters":[1e-300],"times":[1e300]})"), HasSubstr("times[0]: is too far from"));
  EXPECT_THAT(complaint(R"({"iters":[1]})"), HasSubstr("s.json: times: is missing"));
  EXPECT_THAT(complaint(R"({"iters":"1","times":[1]})"), HasSubstr("expected an array"));
}

TEST(InputXml, TagsAttributesAndEntities) {
  std::string all;
  read_xml(
      "<?xml version='1.0'?><!-- <no> --><a x='1' y=\"&#65;&#x20ac;&quot;\"><b/>text<![CDATA[<c>]]></a>\n",
      "f",
      {.begin =
           [&](const XmlTag& tag) {
             all += tag.name + " ";
             if (tag.name == "a") {
               EXPECT_EQ(*tag.find("x"), "1");
               EXPECT_EQ(*tag.find("y"), "A\u20ac\"");
               EXPECT_EQ(tag.find("z"), nullptr);
             }
             return true;
           },
       .end = [&](const std::string& name) { all += "/" + name + " "; }});
  EXPECT_EQ(all, "a b /b /a ");
}

TEST(InputXml, WhatTheHandlerThrowsArrives) {
  const auto no_end = [](const std::string& name) { ADD_FAILURE() << name; };
  const XmlHandler throws{.begin = [](const XmlTag&) -> bool { throw std::length_error("a"); },
                          .end = no_end};
  EXPECT_THROW(read_xml("<a/>", "f", throws), std::length_error);
  const XmlHandler stops{.begin = [](const XmlTag&) { return false; }, .end = no_end};
  EXPECT_NO_THROW(read_xml("<a/> and no more XML", "f", stops));
}

TEST(InputXml, WhatIsNotWellFormedIsRefused) {
  const auto complaint = [](std::string_view text) {
    const XmlHandler handler{.begin = [](const XmlTag&) { return true; }, .end = [](const std::string&) {}};
    return complaint_of([&] { read_xml(text, "f", handler); });
  };
  EXPECT_THAT(complaint("<a>\n<b></a>"), HasSubstr("f:2:6: mismatched tag; not XML: was the file edited"));
  EXPECT_THAT(complaint("<a x='1' x='2'/>"), HasSubstr("f:1:10: duplicate attribute"));
  EXPECT_THAT(complaint("<a x=1/>"), HasSubstr("f:1:6: not well-formed"));
  EXPECT_THAT(complaint("<a x='<'/>"), HasSubstr("f:1:7: not well-formed"));
  EXPECT_THAT(complaint("<a x='&#0;'/>"), HasSubstr("reference to invalid character number"));
  EXPECT_THAT(complaint("<a x='&e;'/>"), HasSubstr("undefined entity"));
  EXPECT_THAT(complaint("<a/><b/>"), HasSubstr("junk after document element"));
  EXPECT_THAT(complaint("<a/>text"), HasSubstr("junk after document element"));
  EXPECT_THAT(complaint("<a>"), HasSubstr("no element found"));
  EXPECT_THAT(complaint("<a><!-- "), HasSubstr("unclosed token"));
  EXPECT_THAT(complaint(""), HasSubstr("no element found"));
  EXPECT_THAT(complaint("<"), HasSubstr("unclosed token"));
}

TEST(InputXml, NoEntityExpandsAndNoOtherFileIsRead) {
  const XmlHandler handler{.begin = [](const XmlTag&) { return true; },
                           .end = [](const std::string&) { ADD_FAILURE() << "read on"; }};
  for (const char* declared :
       {"<!ENTITY e 'text'>", "<!ENTITY e SYSTEM '/etc/passwd'>", "<!ENTITY % e '%e;'>"})
    EXPECT_THAT(complaint_of([&] {
                  read_xml(fmt::format("<?xml version='1.0'?>\n<!DOCTYPE a [{}]><a>&e;</a>", declared), "f",
                           handler);
                }),
                HasSubstr("f:2:13: a document type, which may define entities; not XML"));
  EXPECT_THAT(complaint_of([&] { read_xml("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "f", handler); }),
              HasSubstr("a document type"));
}

}  // namespace
}  // namespace warpgauge
