#include "base/field_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/complaint.h"

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr Format kStrict = {
    .schema = "warpgauge/thing/1", .unknown_keys = UnknownKeys::refused, .hint = "write it again"};
constexpr Format kLenient = {
    .schema = "warpgauge/thing/1", .unknown_keys = UnknownKeys::ignored, .hint = "write it again"};

// A document with `members` behind its schema.
std::string with(std::string_view members) {
  return fmt::format("{{\"schema\": \"warpgauge/thing/1\"{}{}}}", members.empty() ? "" : ", ", members);
}

// The complaint about the value of the key "x".
std::string complaint_about(std::string_view value, const ReadValue& read) {
  const std::string text = with(fmt::format("\"x\": {}", value));
  return complaint_of([&] { FieldReader(text, "f.json", kStrict).document({{"x", read}}); });
}

std::string document_complaint(const std::string& text, std::initializer_list<Field> fields,
                               const Format& format = kStrict) {
  return complaint_of([&] { FieldReader(text, "f.json", format).document(fields); });
}

TEST(FieldReader, ReadsEveryTypeIntoItsVariable) {
  std::string text, name, word;
  std::vector<std::string> list;
  std::map<std::string, std::string> map, scalars;
  bool boolean = false;
  double number = 0, positive = 0;
  int whole = 0;
  std::uint64_t seed = 0;
  std::optional<double> null = 1, present;
  std::vector<double> numbers;
  const auto element = [](FieldReader& in, double& item) { read::positive(item)(in); };
  const std::string document =
      with(R"("text": "", "name": "n", "word": "b", "list": ["a", "b"], "map": {"k": "v"},
              "scalars": {"s": "t", "n": 1.50, "b": true}, "boolean": true, "number": -0.5, "positive": 1e-3,
              "whole": 7, "seed": 18446744073709551615, "null": null, "present": 2, "numbers": [1, 2.5])");
  FieldReader(document, "f.json", kStrict)
      .document({{"text", read::text(text)},
                 {"name", read::name(name)},
                 {"word", read::word(word, {"a", "b"})},
                 {"list", read::texts(list)},
                 {"map", read::texts(map)},
                 {"scalars", read::scalars(scalars)},
                 {"boolean", read::boolean(boolean)},
                 {"number", read::number(number, {.low = -1, .high = 1})},
                 {"positive", read::positive(positive)},
                 {"whole", read::whole(whole, 1, 7)},
                 {"seed", read::whole(seed, std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max())},
                 {"null", read::nullable(null, read::positive)},
                 {"present", read::nullable(present, read::positive)},
                 {"numbers", read::list(numbers, element, 2)},
                 {"absent", read::text(text), Presence::optional}});
  EXPECT_EQ(name, "n");
  EXPECT_EQ(word, "b");
  EXPECT_THAT(list, ElementsAre("a", "b"));
  EXPECT_THAT(map, ElementsAre(Pair("k", "v")));
  EXPECT_THAT(scalars, ElementsAre(Pair("b", "true"), Pair("n", "1.50"), Pair("s", "t")));
  EXPECT_TRUE(boolean);
  EXPECT_EQ(number, -0.5);
  EXPECT_EQ(positive, 1e-3);
  EXPECT_EQ(whole, 7);
  EXPECT_EQ(seed, 18446744073709551615u);
  EXPECT_FALSE(null);
  EXPECT_EQ(present, 2.0);
  EXPECT_THAT(numbers, ElementsAre(1.0, 2.5));
}

TEST(FieldReader, AWholeNumberIsExactOrRefused) {
  std::int64_t into = 0;
  const auto complaint = [&](std::string_view value) {
    return complaint_about(value, read::whole(into, std::int64_t{1}, kMostExact));
  };
  EXPECT_EQ(complaint("9007199254740992"), "");
  EXPECT_EQ(into, kMostExact);
  for (const char* value : {"0", "-1", "1.7", "1.0", "1e0", "1e300", "9007199254740993", "NaN", "-Infinity",
                            "99999999999999999999999"}) {
    EXPECT_EQ(complaint(value),
              fmt::format("f.json: x: expected a whole number from 1 to 9007199254740992, found "
                          "{}; write it again",
                          value));
  }
  EXPECT_EQ(complaint("\"1\""), "f.json: x: expected a number, found a string; write it again");
}

TEST(FieldReader, ANumberIsWithinItsRange) {
  double into = 0;
  const auto complaint = [&](std::string_view value, NumberRange range) {
    return complaint_about(value, read::number(into, range));
  };
  EXPECT_EQ(complaint("0", {.low = 0}), "");
  EXPECT_EQ(complaint("1e300", {.low = 0}), "");
  EXPECT_EQ(complaint("-1", {.low = 0}),
            "f.json: x: expected a finite number of at least 0, found -1; write it again");
  for (const char* value : {"NaN", "Infinity", "1e999"})
    EXPECT_THAT(complaint(value, {.low = 0}),
                HasSubstr(fmt::format("expected a finite number of at least 0, found {}", value)));
  EXPECT_THAT(complaint("0", {.low = 0, .low_is_in = false}),
              HasSubstr("expected a finite number above 0, found 0"));
  EXPECT_THAT(complaint("0.5", {.low = 0, .high = 0.5, .high_is_in = false}),
              HasSubstr("expected a number of at least 0 and below 0.5, found 0.5"));
  EXPECT_THAT(complaint("2", {.low = 0, .high = 1}),
              HasSubstr("expected a number of at least 0 and at most 1, found 2"));
}

TEST(FieldReader, APositiveNumberCanBeAFactorOfARatio) {
  double into = 0;
  EXPECT_EQ(complaint_about("1e300", read::positive(into)), "");
  EXPECT_EQ(complaint_about("0.0", read::positive(into)),
            "f.json: x: 0.0 is not greater than 0; write it again");
  EXPECT_THAT(complaint_about("1e-310", read::positive(into)), HasSubstr("1e-310 is too small"));
  EXPECT_THAT(complaint_about("1e999", read::positive(into)), HasSubstr("1e999 is not a finite number"));
  EXPECT_THAT(complaint_about("null", read::positive(into)), HasSubstr("expected a number, found null"));
}

TEST(FieldReader, WordsAndNamesAreCheckedAndListed) {
  std::string into;
  int choice = 0;
  EXPECT_EQ(complaint_about("\"c\"", read::word(into, {"a", "b"})),
            "f.json: x: expected one of \"a\", \"b\", found \"c\"; write it again");
  EXPECT_THAT(complaint_about("\"c\"", read::one_of<int>(choice, {{"a", 1}, {"b", 2}})),
              HasSubstr("expected one of \"a\", \"b\", found \"c\""));
  EXPECT_EQ(complaint_about("\"b\"", read::one_of<int>(choice, {{"a", 1}, {"b", 2}})), "");
  EXPECT_EQ(choice, 2);
  EXPECT_EQ(complaint_about("\"\"", read::name(into)), "f.json: x: is empty; write it again");
  std::map<std::string, std::string> map;
  EXPECT_EQ(complaint_about(R"({"k\u001b": null})", read::scalars(map)),
            "f.json: x.k\\x1b: expected a string, found null; write it again");
}

TEST(FieldReader, APlaceIsThePathToTheValue) {
  struct Row {
    std::vector<int> numbers;
  };
  const auto number = [](FieldReader& in, int& item) { read::whole(item, 0, 9)(in); };
  const auto row = [&](FieldReader& in, Row& item) {
    in.object({{"numbers", read::list(item.numbers, number, 3)}});
  };
  std::vector<Row> rows;
  const auto complaint = [&](std::string_view value) {
    return complaint_about(value, read::list(rows, row));
  };
  EXPECT_EQ(complaint(R"([{"numbers": [1]}, {"numbers": [1, true]}])"),
            "f.json: x[1].numbers[1]: expected a number, found true or false; write it again");
  EXPECT_EQ(complaint(R"([{}])"), "f.json: x[0].numbers: is missing; write it again");
  EXPECT_EQ(complaint(R"([7])"), "f.json: x[0]: expected an object, found a number; write it again");
  EXPECT_EQ(complaint(R"({})"), "f.json: x: expected an array, found an object; write it again");
  EXPECT_EQ(complaint(R"([{"numbers": [1, 2, 3, 4]}])"),
            "f.json: x[0].numbers[3]: more than 3 elements; write it again");
}

TEST(FieldReader, AnUnknownKeyIsRefusedOrIgnoredAsTheFormatSays) {
  const std::string text = with(R"("x": "a", "y": [{"z": 1}])");
  std::string x;
  EXPECT_EQ(document_complaint(text, {{"x", read::text(x)}}),
            "f.json: y: unknown key; known keys here: schema, x");
  EXPECT_EQ(document_complaint(text, {{"x", read::text(x)}}, kLenient), "");
  EXPECT_EQ(x, "a");
}

TEST(FieldReader, AKeyThatIsRequiredIsNamedAndAKeyOccursOnce) {
  std::string x;
  EXPECT_EQ(document_complaint(with(""), {{"x", read::text(x)}}), "f.json: x: is missing; write it again");
  EXPECT_EQ(document_complaint(with(""), {{"x", read::text(x), Presence::optional}}), "");
  EXPECT_THAT(document_complaint(with(R"("x": "1", "x": "2")"), {{"x", read::text(x)}}),
              HasSubstr("f.json:1:43: key \"x\""));
}

TEST(FieldReader, TheSchemaComesBeforeEveryOtherFault) {
  const auto complaint = [](const std::string& text) { return document_complaint(text, {}); };
  EXPECT_EQ(complaint(R"({"y": 1, "schema": "warpgauge/thing/2"})"),
            "f.json: schema: expected \"warpgauge/thing/1\", found \"warpgauge/thing/2\"; another version of "
            "warpgauge "
            "wrote this file");
  EXPECT_EQ(complaint(R"({"y": 1, "schema": "warpgauge/other/1"})"),
            "f.json: schema: expected \"warpgauge/thing/1\", found \"warpgauge/other/1\"; this is another "
            "kind of file: "
            "check the path");
  EXPECT_EQ(complaint(R"({"y": 1})"),
            "f.json: schema: is missing; expected \"warpgauge/thing/1\": check the path");
  EXPECT_EQ(complaint(R"({"schema": 1})"),
            "f.json: schema: expected a string, found a number; write it again");
  EXPECT_EQ(complaint("[]"), "f.json: expected an object, found an array; write it again");
  EXPECT_THAT(complaint(with("") + "x"), HasSubstr("f.json:1:32: expected the end of the file"));
}

TEST(FieldReader, APartOfADocumentHasItsOwnPlace) {
  JsonReader json(R"([{"a": {"b": 1}}])", "f.json");
  json.begin_array();
  ASSERT_TRUE(json.next_item());
  std::map<std::string, std::string> map;
  FieldReader in(json, "f.json", "rows[0]", kStrict);
  EXPECT_EQ(complaint_of([&] {
              in.object({{"a", read::texts(map)}});
            }),
            "f.json: rows[0].a.b: expected a string, found a number; write it again");
}

TEST(SchemaOf, IsTheTextOfTheTopLevelKey) {
  EXPECT_EQ(schema_of(R"({"a": {"schema": "x"}, "schema": "y"} junk)", "f.json"), "y");
  for (const char* none : {"{}", "[]", "7", R"({"schema": 1})", R"({"a": {"schema": "x"}})"})
    EXPECT_EQ(schema_of(none, "f.json"), std::nullopt) << none;
  EXPECT_NE(complaint_of([] { (void)schema_of("{", "f.json"); }), "");
}

}  // namespace
}  // namespace warpgauge
