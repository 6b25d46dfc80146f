#include "compare/input/rename.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::ThrowsMessage;

NewNames renamed(const char* text, const std::set<std::string>& names) {
  return std::get<NewNames>(new_names(Rename(text), names));
}

template <class Kind>
bool is_problem(const char* text, const std::set<std::string>& names) {
  const auto result = new_names(Rename(text), names);
  const auto* const problem = std::get_if<RenameProblem>(&result);
  return problem && std::holds_alternative<Kind>(*problem);
}

TEST(InputRename, TakesTheWholeNameAndItsGroups) {
  EXPECT_THAT(renamed("BM_Old/(.*)=BM_New/\\1", {"BM_Old/8", "BM_Old/64", "XBM_Old/8"}),
              ElementsAre(Pair("BM_Old/64", "BM_New/64"), Pair("BM_Old/8", "BM_New/8")));
  EXPECT_THAT(renamed("a|b=\\0/1", {"a", "b", "ab"}), ElementsAre(Pair("a", "a/1"), Pair("b", "b/1")));
  EXPECT_THAT(renamed("(x)=(\\\\)\\1", {"x"}), ElementsAre(Pair("x", "(\\)x")));
}

TEST(InputRename, IsUtf8) {
  for (const char* text : {"a=\xff", "\xc3=b", "a=b\xed\xa0\x80"})
    EXPECT_THAT([&] { Rename{text}; }, ThrowsMessage<std::invalid_argument>(HasSubstr("is not UTF-8")))
        << text;
  EXPECT_THAT(renamed("a=Größe", {"a"}), ElementsAre(Pair("a", "Größe")));
}

TEST(InputRename, ANameThatIsThereIsMeantLiterally) {
  EXPECT_THAT(renamed("a.b=c", {"a.b", "axb"}), ElementsAre(Pair("a.b", "c")));
  EXPECT_THAT(renamed("f(x)=g", {"f(x)", "fx"}), ElementsAre(Pair("f(x)", "g")));
  EXPECT_THAT(renamed("b=c=d=e", {"a", "b=c"}), ElementsAre(Pair("b=c", "d=e")));
  EXPECT_THAT(renamed("b\\=c=d", {"b=c"}), ElementsAre(Pair("b=c", "d")));
}

TEST(InputRename, ANameWithSpecialCharactersIsMeantLiterally) {
  EXPECT_EQ(Rename("BM_Find(a+b)=BM_Find(c)").new_name("BM_Find(a+b)"), "BM_Find(c)");
  EXPECT_EQ(Rename("BM_Find(a+b)=BM_Find(c)").new_name("BM_Finda"), std::nullopt);
}

TEST(InputRename, NamesMayMoveAlong) {
  EXPECT_THAT(renamed("v(1*)=v1\\1", {"v", "v1"}), ElementsAre(Pair("v", "v1"), Pair("v1", "v11")));
}

TEST(InputRename, SaysWhyItCannotBeMade) {
  using namespace rename_problem;
  EXPECT_TRUE(is_problem<NothingToRename>("x=y", {"a"}));
  EXPECT_TRUE(is_problem<EmptyNewName>("a=", {"a"}));
  EXPECT_TRUE(is_problem<NewNameTaken>("a=b", {"a", "b"}));
  EXPECT_TRUE(is_problem<TwoToOne>("a.*=x", {"a1", "a2"}));
  EXPECT_EQ(rename_problem_text(TwoToOne{"a.*=x", "a1", "a2", "x"}, "base"),
            "--rename 'a.*=x': 'a1' and 'a2' would both be called 'x'; give each its own name");
  EXPECT_EQ(rename_problem_text(NewNameTaken{"a=b", "b"}, "base"),
            "--rename 'a=b': base already has a case 'b'; give another name");
  EXPECT_EQ(rename_problem_text(NothingToRename{"a=b"}, "base"),
            "--rename 'a=b': base has no such case; give OLD=NEW");
}

TEST(InputRename, RefusesWhatIsNotOldAndNew) {
  const auto make = [](const char* text) { return [text] { (void)Rename(text); }; };
  EXPECT_THAT(make("a"), ThrowsMessage<std::invalid_argument>(HasSubstr("'a' has no '='; give OLD=NEW")));
  EXPECT_THAT(make("a\\=b"), ThrowsMessage<std::invalid_argument>(HasSubstr("has no '='")));
  EXPECT_THAT(make("a(=b"),
              ThrowsMessage<std::invalid_argument>(HasSubstr("begins with no regular expression: ")));
  EXPECT_THAT(make("a=\\1"), ThrowsMessage<std::invalid_argument>(HasSubstr("ends with no replacement: ")));
  EXPECT_THAT(make("a=b\\"), ThrowsMessage<std::invalid_argument>(HasSubstr("ends with no replacement: ")));
}

}  // namespace
}  // namespace warpgauge
