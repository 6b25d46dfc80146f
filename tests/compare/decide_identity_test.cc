#include "compare/decide/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace warpgauge {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Texts = std::map<std::string, std::string>;

Process process(Context context) {
  Process made;
  made.context = std::move(context);
  return made;
}

Context fingerprint(Texts identity, Texts state = {}, Texts derived = {{"num_cpus", "8"}}) {
  Context context;
  context.fingerprinted = true;
  context.identity = std::move(identity);
  context.state = std::move(state);
  context.derived_identity = std::move(derived);
  context.host_name = "fingerprinted";
  return context;
}

Context foreign(Texts derived, const char* host = "") {
  Context context;
  context.identity = context.derived_identity = std::move(derived);
  context.host_name = host;
  return context;
}

ResultSet side(std::initializer_list<Context> contexts) {
  ResultSet made;
  for (const Context& context : contexts) made.processes.push_back(process(context));
  return made;
}

TEST(DecideIdentity, EqualContextsHaveNoDifferences) {
  const ResultSet same = side({fingerprint({{"cpu", "x"}}, {{"governor", "performance"}})});
  const ContextComparison comparison = compare_contexts(same, same);
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_TRUE(comparison.notes.empty());
  EXPECT_FALSE(comparison.forbidden());
}

TEST(DecideIdentity, ADifferentIdentityForbidsAndComesFirst) {
  const ContextComparison comparison =
      compare_contexts(side({fingerprint({{"cpu", "x"}}, {{"a_driver", "1"}})}),
                       side({fingerprint({{"cpu", "y"}}, {{"a_driver", "2"}})}));
  EXPECT_TRUE(comparison.forbidden());
  ASSERT_THAT(comparison.differences, SizeIs(2));
  EXPECT_EQ(comparison.differences[0].key, "cpu");
  EXPECT_EQ(comparison.differences[0].base, "x");
  EXPECT_EQ(comparison.differences[0].head, "y");
  EXPECT_TRUE(comparison.differences[0].forbids);
  EXPECT_EQ(comparison.differences[1].key, "a_driver");
  EXPECT_FALSE(comparison.differences[1].forbids);
}

TEST(DecideIdentity, ADifferentStateOnlyWarns) {
  const ContextComparison comparison =
      compare_contexts(side({fingerprint({}, {{"governor", "performance"}})}),
                       side({fingerprint({}, {{"governor", "powersave"}})}));
  EXPECT_THAT(comparison.differences, SizeIs(1));
  EXPECT_FALSE(comparison.forbidden());
}

TEST(DecideIdentity, AnIdentityThatOneSideDoesNotRecordForbids) {
  const ContextComparison comparison =
      compare_contexts(side({fingerprint({{"mig", "1g"}})}), side({fingerprint({})}));
  EXPECT_TRUE(comparison.forbidden());
  EXPECT_EQ(comparison.differences[0].head, "(not recorded)");
}

TEST(DecideIdentity, ProcessesOfOneSideMustAgreeToo) {
  const ResultSet base = side({fingerprint({{"cpu", "x"}}), fingerprint({{"cpu", "y"}})});
  const ContextComparison comparison = compare_contexts(base, side({fingerprint({{"cpu", "x"}})}));
  EXPECT_TRUE(comparison.forbidden());
  EXPECT_EQ(comparison.differences[0].base, "x | y");
}

TEST(DecideIdentity, WithFingerprintsPlainContextIsNotCompared) {
  EXPECT_THAT(compare_contexts(side({fingerprint({}, {}, {{"num_cpus", "8"}})}),
                               side({fingerprint({}, {}, {{"num_cpus", "4"}})}))
                  .differences,
              IsEmpty());
}

TEST(DecideIdentity, ForeignFilesAreComparedByPlainContextAndHost) {
  const ContextComparison comparison =
      compare_contexts(side({foreign({{"num_cpus", "8"}, {"caches", "L1"}}, "a")}),
                       side({foreign({{"num_cpus", "4"}, {"caches", "L1"}}, "b")}));
  EXPECT_TRUE(comparison.forbidden());
  ASSERT_THAT(comparison.differences, SizeIs(2));
  EXPECT_EQ(comparison.differences[0].key, "num_cpus");
  EXPECT_EQ(comparison.differences[1].key, "host_name");
  EXPECT_FALSE(comparison.differences[1].forbids);
  EXPECT_TRUE(comparison.notes.empty());
}

TEST(DecideIdentity, WhatAForeignFileDoesNotTellIsNotHeldAgainstIt) {
  EXPECT_THAT(compare_contexts(side({foreign({{"num_cpus", "8"}, {"caches", "L1"}})}),
                               side({foreign({{"num_cpus", "8"}})}))
                  .differences,
              IsEmpty());
}

TEST(DecideIdentity, AFingerprintOnOneSideComparesTheDerivedPartsWithAWarning) {
  const ResultSet ours = side({fingerprint({{"cpu", "x"}}, {}, {{"num_cpus", "8"}})});
  const ContextComparison same = compare_contexts(ours, side({foreign({{"num_cpus", "8"}})}));
  EXPECT_FALSE(same.forbidden());
  ASSERT_EQ(same.notes.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<note::PartlyFingerprinted>(same.notes[0]));
  EXPECT_TRUE(compare_contexts(ours, side({foreign({{"num_cpus", "2"}})})).forbidden());
}

TEST(DecideIdentity, NothingInCommonToCompareIsTold) {
  const ContextComparison comparison =
      compare_contexts(side({foreign({{"gpu", "H200"}})}), side({foreign({{"num_cpus", "8"}})}));
  EXPECT_FALSE(comparison.forbidden());
  ASSERT_EQ(comparison.notes.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<note::HardwareUnknown>(comparison.notes[0]));
}

}  // namespace
}  // namespace warpgauge
