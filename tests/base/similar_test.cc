#include "base/similar.h"

#include <gmock/gmock.h>

namespace warpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<std::string> kNames{"smoke", "ci", "seed", "full"};

TEST(SimilarNames, FindsOmissionsSwapsAndBeginnings) {
  EXPECT_THAT(similar_names("smok", kNames), ElementsAre("smoke"));
  EXPECT_THAT(similar_names("somke", kNames), ElementsAre("smoke"));
  EXPECT_THAT(similar_names("smoke2", kNames), ElementsAre("smoke"));
  EXPECT_THAT(similar_names("fu", kNames), ElementsAre("full"));
  EXPECT_THAT(similar_names("ic", kNames), ElementsAre("ci"));
}

TEST(SimilarNames, OfSomethingElseAreNone) {
  EXPECT_THAT(similar_names("weekly", kNames), IsEmpty());
  EXPECT_THAT(similar_names("", kNames), IsEmpty());
  EXPECT_THAT(similar_names(std::string(100'000, 'x'), kNames), IsEmpty());
}

TEST(SimilarNames, AreAtMostThreeAndTheMostSimilarComesFirst) {
  const std::vector<std::string> names{"--seeds", "--seed", "--seconds", "--seek", "--seem"};
  EXPECT_THAT(similar_names("--sead", names), SizeIs(3));
  EXPECT_EQ(similar_names("--sead", names).front(), "--seed");
}

TEST(DidYouMean, IsAQuestionOrNothing) {
  EXPECT_EQ(did_you_mean("smok", kNames), "did you mean smoke?");
  EXPECT_EQ(did_you_mean("naive", std::vector<std::string>{"naives", "knaive"}),
            "did you mean naives or knaive?");
  EXPECT_EQ(did_you_mean("weekly", kNames), "");
}

}  // namespace
}  // namespace warpgauge
