#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/base/complaint.h"

namespace warpgauge {
namespace {

const std::string kNotJson = "; not JSON: was the file edited, or mixed with other output?";

using ::testing::HasSubstr;

std::string complaint(std::string_view text) {
  return complaint_of([&] {
    JsonReader json(text, "f");
    json.value();
    json.finish();
  });
}

std::string string_of(std::string_view text) {
  JsonReader json(text, "f");
  return std::string(json.value().text);
}

TEST(Json, ValuesKeepTheirTypeAndText) {
  JsonReader json(R"( [{"a": [1]}, "s", -1.5e+3, true, false, null] )", "f");
  const std::pair<JsonType, std::string_view> expected[] = {
      {JsonType::object, R"({"a": [1]})"}, {JsonType::string, "s"},      {JsonType::number, "-1.5e+3"},
      {JsonType::boolean, "true"},         {JsonType::boolean, "false"}, {JsonType::null, "null"}};
  json.begin_array();
  for (const auto& [type, text] : expected) {
    ASSERT_TRUE(json.next_item());
    EXPECT_EQ(json.peek(), type);
    const JsonValue value = json.value();
    EXPECT_EQ(value.type, type);
    EXPECT_EQ(value.text, text);
  }
  EXPECT_FALSE(json.next_item());
  json.finish();
}

TEST(Json, ObjectsGiveTheirKeysInOrder) {
  JsonReader json(R"({"b": 1, "a": {"b": 2}, "": 3})", "f");
  std::string keys;
  json.begin_object();
  while (const auto key = json.next_key()) {
    keys.append(*key).append("=").append(json.value().text).append(" ");
  }
  json.finish();
  EXPECT_EQ(keys, R"(b=1 a={"b": 2} =3 )");
}

TEST(Json, EscapesAreResolved) {
  EXPECT_EQ(string_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(string_of(R"("\u0041\u00e4\u20ac\uD83D\uDE80")"), "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x9a\x80");
  EXPECT_EQ(string_of(R"("\u0000")"), std::string(1, '\0'));
}

TEST(Json, BadEscapesAreRefused) {
  for (const char* text : {R"("\x41")", R"("\u12")", R"("\u12g4")", R"("\ud83d")", R"("\ud83d\n")",
                           R"("\ud83d\u0041")", R"("\ud83d\uffff")", R"("\ude80")", R"("\)"}) {
    EXPECT_NE(complaint(text), "") << text;
  }
}

TEST(Json, NumbersFollowTheGrammar) {
  for (const char* text :
       {"0", "-0", "10", "1.5", "-0.5e-3", "1E+9", "1e999", "NaN", "Infinity", "-Infinity"}) {
    EXPECT_EQ(complaint(text), "") << text;
  }
  for (const char* text :
       {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x10", "1_000", "Inf", "Na", "--1", "nan"}) {
    EXPECT_NE(complaint(text), "") << text;
  }
}

TEST(Json, NumbersHaveTheirValue) {
  EXPECT_EQ(number_of("-1.5e+3"), -1500);
  EXPECT_EQ(number_of("1.0000000000000002"), 1.0000000000000002);
  EXPECT_EQ(number_of("1e999"), HUGE_VAL);
  EXPECT_EQ(number_of("-1e999"), -HUGE_VAL);
  EXPECT_EQ(number_of("1e-999"), 0);
  EXPECT_EQ(number_of("Infinity"), HUGE_VAL);
  EXPECT_EQ(number_of("-Infinity"), -HUGE_VAL);
  EXPECT_TRUE(std::isnan(number_of("NaN")));
}

TEST(Json, NanInAStringStaysText) {
  EXPECT_EQ(string_of(R"("NaN, -Infinity")"), "NaN, -Infinity");
}

TEST(Json, CommonTextThatIsNotJsonIsNamed) {
  for (const char* text : {"// x", "/* x */", "# x"})
    EXPECT_THAT(complaint(text), HasSubstr("no comments")) << text;
  for (const char* text : {"<!DOCTYPE html>", "<?xml?>", "<html>"})
    EXPECT_THAT(complaint(text), HasSubstr("a web page")) << text;
  for (const char* text : {"nan", "inf"})
    EXPECT_THAT(complaint(text), HasSubstr("write NaN or Infinity")) << text;
  EXPECT_THAT(complaint("'x'"), HasSubstr("double quotes"));
  for (const char* text : {"1 {}", "1 []"})
    EXPECT_THAT(complaint(text), HasSubstr("a second document")) << text;
}

TEST(Json, AnObjectIsNotAnArray) {
  EXPECT_THAT(complaint_of([] { JsonReader("{}", "f").begin_array(); }),
              HasSubstr("expected an array, found '{'"));
  EXPECT_THAT(complaint_of([] { JsonReader("[]", "f").begin_object(); }),
              HasSubstr("expected an object, found '['"));
  EXPECT_THAT(complaint_of([] { JsonReader(" \t\r\n", "f").begin_object(); }),
              HasSubstr("found the end of the file"));
}

TEST(Json, DepthIsLimited) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(complaint(nested(JsonReader::kMaxDepth)), "");
  EXPECT_EQ(complaint(nested(JsonReader::kMaxDepth + 1)),
            "f:1:65: nested deeper than 64 levels; check that this is the right file");
  EXPECT_THAT(complaint(std::string(1'000'000, '[')), HasSubstr("nested deeper"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_THAT(complaint(objects), HasSubstr("nested deeper"));
}

TEST(Json, CountIsLimited) {
  const auto complaint_with_cap = [](std::size_t max_values) {
    return complaint_of([&] { JsonReader("[1, [2, 3]]", "f", max_values).value(); });
  };
  EXPECT_EQ(complaint_with_cap(5), "");
  EXPECT_EQ(complaint_with_cap(4),
            "f:1:9: more than 4 values; give the results of each process in its own file");
}

std::string object_of(std::size_t keys, std::string_view last_key) {
  std::string text = "{";
  for (std::size_t i = 0; i < keys; ++i) text += "\"k" + std::to_string(i) + "\": 0, ";
  return text + '"' + std::string(last_key) + "\": 0}";
}

TEST(Json, AKeyOccursOncePerObject) {
  for (const std::size_t keys : {1U, 2U, 31U, 32U, 33U, 500U}) {
    EXPECT_EQ(complaint(object_of(keys, "other")), "") << keys;
    EXPECT_THAT(complaint(object_of(keys, "k0")), HasSubstr("key \"k0\" occurs twice")) << keys;
    const std::string last = "k" + std::to_string(keys - 1);
    EXPECT_THAT(complaint(object_of(keys, last)), HasSubstr("occurs twice")) << keys;
  }
  EXPECT_THAT(complaint(R"({"a": 1, "\u0061": 2})"), HasSubstr("key \"a\" occurs twice"));
}

TEST(Json, TheSameKeyMayOccurInOtherObjects) {
  EXPECT_EQ(complaint(R"({"a": {"a": {"a": 1}, "b": 2}, "b": [{"a": 1}, {"a": 1}]})"), "");
}

TEST(Json, PositionsOfErrorsAreExact) {
  EXPECT_EQ(complaint("{\n  \"a\" 1\n}"), "f:2:7: expected ':', found '1'" + kNotJson);
  EXPECT_EQ(complaint("{\r\n\"a\": [1 2]}"), "f:2:9: expected ',' or ']', found '2'" + kNotJson);
  EXPECT_EQ(complaint("[1,\n]"), "f:1:3: a comma after the last member; remove it");
  EXPECT_EQ(complaint("[,1]"), "f:1:2: expected a value, found ','" + kNotJson);
  EXPECT_EQ(complaint("{\"a\": tru}"), "f:1:7: expected true, found 'tru'" + kNotJson);
  EXPECT_EQ(complaint("[\"a\nb\"]"), "f:1:4: control byte \\x0a in a string; write it as an escape, \\u00NN");
  EXPECT_EQ(complaint("1 1"), "f:1:3: expected the end of the file, found '1'" + kNotJson);
}

TEST(Json, EveryPrefixOfADocumentIsCutOff) {
  const std::string text = R"({"a": [1.5, true, null, "x\n"], "b": {}})";
  for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
    EXPECT_THAT(complaint(text.substr(0, bytes)), HasSubstr("f:1:")) << bytes;
  }
  EXPECT_EQ(complaint(text), "");
}

}  // namespace
}  // namespace warpgauge
