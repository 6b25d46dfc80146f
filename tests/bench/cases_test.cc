#include "bench/cases.h"

#include <gmock/gmock.h>

#include <regex>

#include "bench/filter.h"

namespace warpgauge::bench {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Kernel fake(std::string_view name, Backend backend = Backend::cpu) {
  return {
      .name = name,
      .backend = backend,
      .summary = "",
      .deterministic = true,
      .supports = [](const Problem& p,
                     const Tensors&) { return std::string(p.mask == Mask::none ? "" : "no causal mask"); },
      .workspace_bytes = nullptr,
      .launch = nullptr};
}

const Kernel kBlas = fake("blas"), kOther = fake("other"), kEmulated = fake("flash", Backend::simt);
const Kernel* const kKernels[] = {&kBlas, &kOther, &kEmulated};

Options options(std::string filter) {
  Options o;
  o.matrix = find_matrix("ci");
  o.filter = std::move(filter);
  return o;
}

std::vector<std::string> names(const Selection& selection) {
  std::vector<std::string> out;
  for (const Case& each : selection.cases) out.push_back(each.name);
  return out;
}

TEST(Cases, TheFilterSelectsExactlyTheNamesThatMatch) {
  const std::vector<std::string> all = names(select_cases(kKernels, options(".")));
  const std::regex expression("blas/.*/S:512/D:64");
  std::vector<std::string> expected;
  for (const std::string& name : all)
    if (std::regex_search(name, expression)) expected.push_back(name);
  const auto selected = names(select_cases(kKernels, options("blas/.*/S:512/D:64")));
  EXPECT_EQ(selected, expected);
  EXPECT_THAT(selected, SizeIs(3));
}

TEST(Cases, AFullNameBetweenAnchorsSelectsOneCase) {
  for (const std::string& name : names(select_cases(kKernels, options("."))))
    EXPECT_THAT(names(select_cases(kKernels, options("^" + name + "$"))), ::testing::ElementsAre(name));
}

const Kernel kOnGpu = fake("blas", Backend::cuda);
const Kernel* const kBoth[] = {&kBlas, &kOnGpu, &kOnGpu};
int asked_for_gpu = 0;

std::string busy_gpu(Backend backend, const Options&) {
  if (backend != Backend::cuda) return {};
  ++asked_for_gpu;
  return "planted: busy";
}

TEST(Cases, TheGpuIsNotTouchedIfNoCaseNeedsIt) {
  asked_for_gpu = 0;
  const Selection selection = select_cases(kBoth, options("^cpu/"), busy_gpu);
  EXPECT_THAT(selection.cases, ::testing::Not(IsEmpty()));
  EXPECT_THAT(selection.missing_backends, IsEmpty());
  EXPECT_EQ(asked_for_gpu, 0);
}

TEST(Cases, AGpuThatCannotBeUsedIsMissingWithItsReasonAndAskedOnce) {
  asked_for_gpu = 0;
  const Selection selection = select_cases(kBoth, options("blas"), busy_gpu);
  EXPECT_EQ(names(selection), names(select_cases(kBoth, options("^cpu/"), busy_gpu)));
  EXPECT_THAT(selection.missing_backends,
              ::testing::ElementsAre(::testing::Pair(Backend::cuda, "planted: busy")));
  EXPECT_EQ(asked_for_gpu, 1);
}

TEST(Cases, AMinusInFrontNegates) {
  EXPECT_TRUE(Filter("-blas").matches("cpu/other/f32"));
  EXPECT_FALSE(Filter("-blas").matches("cpu/blas/f32"));
  const auto selected = names(select_cases(kKernels, options("-blas")));
  EXPECT_THAT(selected, Each(::testing::StartsWith("cpu/other/")));
  EXPECT_FALSE(selected.empty());
}

TEST(Cases, AllAndNothingMeanEveryName) {
  EXPECT_TRUE(Filter("all").matches("cpu/blas/f32"));
  EXPECT_TRUE(Filter("").matches("cpu/blas/f32"));
}

TEST(Cases, AnInvalidExpressionIsRefused) {
  EXPECT_THROW(Filter("("), std::invalid_argument);
  EXPECT_THROW(Filter("-[a"), std::invalid_argument);
}

TEST(Cases, HaveACommandThatSelectsThemAlone) {
  for (const Case& each : select_cases(kKernels, options("")).cases)
    EXPECT_THAT(each.reproducer, ::testing::EndsWith(" --benchmark_filter='^" + each.name + "$'"));
}

TEST(Cases, UnsupportedOnesAreIncludedOnlyIfSelectedExplicitly) {
  const auto unsupported = [](const Case& each) { return !each.unsupported.empty(); };
  EXPECT_TRUE(std::ranges::none_of(select_cases(kKernels, options("")).cases, unsupported));
  const auto asked = select_cases(kKernels, options("causal:1")).cases;
  EXPECT_FALSE(asked.empty());
  for (const Case& each : asked) EXPECT_EQ(each.unsupported, "no causal mask");
}

TEST(Cases, AVariantThatAKernelDoesNotSupportIsSkippedWithItsReason) {
  const Kernel plain{.name = "plain",
                     .backend = Backend::cpu,
                     .summary = "",
                     .deterministic = true,
                     .supports = [](const Problem& p, const Tensors&) { return unsupported_variant(p); },
                     .workspace_bytes = nullptr,
                     .launch = nullptr};
  const Kernel* const kernels[] = {&plain};
  for (const auto& [axis, reason] :
       {std::pair("window=9,0", "sliding windows"), std::pair("softcap=50", "soft caps"),
        std::pair("sinks=1", "attention sinks"), std::pair("bias=alibi", "ALiBi slopes"),
        std::pair("bias=tensor", "bias tensors"), std::pair("Dv=24", "head dimensions of V other than D")}) {
    Options o = options("");
    parse_axis(axis, o.axes);
    for (const Case& each : select_cases(kernels, o).cases)
      EXPECT_EQ(each.unsupported, std::string(reason) + " are not supported") << each.name;
  }
}

// As cpu/blas and others may: the strides of a bias tensor are those that are timed.
TEST(Cases, AKernelIsAskedAboutTheStridesThatAreTimed) {
  Kernel kernel = kBlas;
  kernel.supports = [](const Problem&, const Tensors& t) {
    return std::string(t.bias_strides.batch == 0 ? "" : "a bias per batch");
  };
  const Kernel* const kernels[] = {&kernel};
  Options o = options("");
  parse_axis("bias=tensor", o.axes);
  parse_axis("B=3", o.axes);
  const std::vector<Case> cases = select_cases(kernels, o).cases;
  EXPECT_FALSE(cases.empty());
  for (const Case& each : cases) EXPECT_EQ(each.unsupported, "");
}

TEST(Cases, CasesOfModelsNameThem) {
  Options o = options("");
  o.matrix = find_matrix("models");
  for (const Case& each : select_cases(kKernels, o).cases) EXPECT_NE(each.source, "") << each.name;
}

TEST(Cases, EmulatedKernelsAreNeverTimedButNamed) {
  const Selection selection = select_cases(kKernels, options("simt/flash"));
  EXPECT_THAT(names(selection), IsEmpty());
  EXPECT_THAT(selection.emulated, ::testing::ElementsAre("simt/flash"));
  EXPECT_THAT(select_cases(kKernels, options("blas")).emulated, IsEmpty());
}

TEST(Cases, AMissingBackendIsReportedOnceAndItsCasesAreExcluded) {
  if (backend_unavailable(Backend::cuda).empty()) GTEST_SKIP() << "there is a GPU here";
  const Kernel gpu = fake("gpu", Backend::cuda);
  const Kernel* const kernels[] = {&gpu, &kBlas};
  const Selection selection = select_cases(kernels, options(""));
  EXPECT_THAT(selection.missing_backends, SizeIs(1));
  EXPECT_THAT(names(selection), Each(::testing::StartsWith("cpu/")));
  EXPECT_THAT(select_cases(kernels, options("blas")).missing_backends, IsEmpty());  // no case needs a GPU
}

}  // namespace
}  // namespace warpgauge::bench
