// Each planted fault is detected by the property that it violates. A right kernel always passes.
#include "fuzz/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fuzz/generate.h"
#include "tests/fuzz/faulty_kernels.h"
#include "tests/fuzz/ignores_stream.h"

namespace warpgauge {

#if defined(CHECK_TEST_WITH_CUDA)
namespace faulty {
extern const Kernel cuda_no_opt_in;
}
#endif

namespace {

using testing::HasSubstr;

ReferenceCache& shared_cache() {
  static ReferenceCache cache;
  return cache;
}

CheckResult check_case(const Kernel& kernel, const FuzzCase& c, bool probes = false) {
  return check(kernel, c.problem, c.seed,
               {.family = c.family,
                .layout = c.layout,
                .oracle = OracleBackend::cpu,
                .threads = c.threads,
                .probes = probes,
                .cache = &shared_cache()});
}

std::set<Property> broken_properties(const CheckResult& result) {
  std::set<Property> properties;
  for (const Failure& failure : result.failures) properties.insert(failure.property);
  return properties;
}

class PlantedFault : public testing::TestWithParam<faulty::Planted> {};

TEST_P(PlantedFault, IsDetectedWithinSixtySeeds) {
  const auto& [kernel, property] = GetParam();
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const FuzzCase c = random_case(seed, 0, {.volume = kMaxEmulatedVolume, .variants = false});
    const CheckResult result = check_case(kernel, c);
    if (broken_properties(result).contains(property)) return;
  }
  FAIL() << kernel.name << " was not reported to violate '" << property_name(property) << "'";
}

std::string planted_name(const testing::TestParamInfo<faulty::Planted>& info) {
  return std::string(info.param.kernel.name);
}
INSTANTIATE_TEST_SUITE_P(Check, PlantedFault, testing::ValuesIn(faulty::kPlanted), planted_name);

TEST(Check, RowByRowKernelWithoutFaultPasses) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const CheckResult result =
        check_case(faulty::kRight, random_case(seed, 0, {.volume = kMaxEmulatedVolume, .variants = false}));
    EXPECT_TRUE(result.passed()) << "seed " << seed << "\n" << result.report();
  }
}

// The check of bench: normal inputs and two probes, at a size where errors are hard to detect.
class BenchCheck : public testing::TestWithParam<Dtype> {
 protected:
  FuzzCase long_case() const {
    FuzzCase c;
    c.problem = {.batch = 1,
                 .heads = 2,
                 .kv_heads = 2,
                 .seq_q = 40,
                 .seq_k = 2047,
                 .head_dim = 64,
                 .dtype = GetParam()};
    return c;
  }
};

TEST_P(BenchCheck, PassesARightKernel) {
  for (const char* name : {"cpu/naive", "cpu/blas"}) {
    const CheckResult result = check_case(*find_kernel(name), long_case(), true);
    EXPECT_TRUE(result.passed()) << name << "\n" << result.report();
    EXPECT_EQ(result.accuracy.rows, 80);
    EXPECT_GT(result.accuracy.correlation, 0.999);
    EXPECT_LE(result.accuracy.err_over_bound, 1);
    EXPECT_GT(result.accuracy.max_abs_err, 0);
    EXPECT_GE(result.accuracy.max_abs_err, result.accuracy.mean_abs_err);
  }
}

TEST_P(BenchCheck, DetectsZerosOneNanADroppedKeyAndCountedPadding) {
  for (const Kernel& kernel :
       {faulty::kernel<faulty::Zeros>("zeros"), faulty::kernel<faulty::OneNan>("one_nan"),
        faulty::kernel<faulty::DropsLastKey>("drops_last_key"),
        faulty::kernel<faulty::CountsPadding>("counts_padding")})
    EXPECT_FALSE(check_case(kernel, long_case(), true).passed()) << kernel.name;
}

INSTANTIATE_TEST_SUITE_P(Check, BenchCheck, testing::Values(Dtype::f32, Dtype::f16, Dtype::bf16),
                         [](const auto& dtype) { return std::string(dtype_name(dtype.param)); });

// With sinks the probe `counting` has no closed form, but its terms are as equal as without: an f32 sum may
// round each addition in one direction.
TEST(Check, EqualTermsHaveTheirBoundWithSinksToo) {
  const Problem p{
      .heads = 8, .seq_q = 512, .seq_k = 512, .head_dim = 64, .mask = Mask::causal, .sinks = true};
  const CheckResult result =
      check(*find_kernel("cpu/naive"), p, 1, {.family = InputFamily::counting, .oracle = OracleBackend::cpu});
  EXPECT_TRUE(result.passed()) << result.report();
}

TEST(Check, ReportsThePlaceTheValuesAndTheBound) {
  FuzzCase c;
  c.problem = {.batch = 2, .heads = 2, .kv_heads = 1, .seq_q = 5, .seq_k = 9, .head_dim = 8};
  const std::string report = check_case(faulty::kernel<faulty::Zeros>("zeros"), c).report();
  EXPECT_THAT(report, HasSubstr("output (normal): O is 0 at b="));
  EXPECT_THAT(report, HasSubstr("expected "));
  EXPECT_THAT(report, HasSubstr("bound "));
  EXPECT_THAT(report, HasSubstr("20 rows like this"));
}

TEST(Check, HashDependsOnTheOutputOnly) {
  FuzzCase c;
  c.problem = {.seq_q = 7, .seq_k = 9, .head_dim = 16};
  const Kernel& naive = *find_kernel("cpu/naive");
  EXPECT_EQ(check_case(naive, c).output_hash, check_case(naive, c).output_hash);
  EXPECT_NE(check_case(naive, c).output_hash,
            check_case(faulty::kernel<faulty::OneNan>("one_nan"), c).output_hash);
}

// If a check cannot run, the result says why, and the kernel is not called wrong.
class CheckThatCannotRun : public testing::Test {
 protected:
  static void expect(const CheckResult& result, const std::string& reason) {
    EXPECT_THAT(result.not_checked, HasSubstr(reason));
    EXPECT_FALSE(result.is_wrong()) << result.report();
    EXPECT_FALSE(result.passed());
    EXPECT_EQ(result.report(), "not checked: " + result.not_checked + "\n");
  }
  const Problem problem_{.seq_q = 7, .seq_k = 9, .head_dim = 16};
};

TEST_F(CheckThatCannotRun, OperandsThatDoNotFit) {
  Problem huge = problem_;
  huge.batch = std::int64_t{1} << 40;
  ASSERT_EQ(problem_error(huge), "");
  // Per batch entry: 112 elements of Q and of O, 144 of K and of V, 7 of LSE. They exist as f32, the outputs
  // twice; again as operands of the kernel; and one of K or V is copied at a time.
  const int bytes = 4 * (112 + 144 + 144 + 2 * (112 + 7)) + 4 * (2 * (112 + 144) + 7) + 4 * 144;
  expect(check(faulty::kRight, huge, 1, {}),
         "needs about " + std::to_string(bytes * 1024) + " GiB of memory, ");
}

TEST_F(CheckThatCannotRun, WorkspaceThatDoesNotFit) {
  Kernel greedy = faulty::kRight;
  greedy.workspace_bytes = [](const Problem&, int) { return std::int64_t{1} << 50; };
  expect(check(greedy, problem_, 1, {}), "needs about 1048577 GiB of memory");
}

TEST_F(CheckThatCannotRun, OracleThatIsMissing) {
  const std::string reason = oracle_unavailable(OracleBackend::cublas);
  if (reason.empty()) GTEST_SKIP() << "there is a GPU here";
  expect(check(faulty::kRight, problem_, 1, {.oracle = OracleBackend::cublas}), "");
}

TEST_F(CheckThatCannotRun, BackendThatIsMissing) {
  if (backend_unavailable(Backend::cuda).empty()) GTEST_SKIP() << "there is a GPU here";
  Kernel elsewhere = faulty::kRight;
  elsewhere.backend = Backend::cuda;
  expect(check(elsewhere, problem_, 1, {}), "");
}

TEST(Check, KernelThatWorksOnAnotherStreamIsWrong) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  FuzzCase c;
  c.problem = {.seq_q = 7, .seq_k = 9, .head_dim = 16};
  EXPECT_EQ(broken_properties(check_case(faulty::kIgnoresStream, c)), std::set{Property::on_stream});
  EXPECT_EQ(check_case(*find_kernel("cuda/naive"), c).report(), "");
}

#if defined(CHECK_TEST_WITH_CUDA)
TEST(Check, KernelWithoutTheOptInToSharedMemoryIsWrong) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  FuzzCase c;
  c.problem = {.seq_q = 7, .seq_k = 9, .head_dim = 16};
  EXPECT_EQ(broken_properties(check_case(faulty::cuda_no_opt_in, c)), std::set{Property::launches});
}
#endif

TEST(Check, KernelThatIsNotDeterministicMayDiffer) {
  Kernel kernel = faulty::kernel<faulty::Nondeterministic>("nondeterministic");
  FuzzCase c;
  c.problem = {.seq_q = 7, .seq_k = 9, .head_dim = 16};
  EXPECT_THAT(check_case(kernel, c).report(), HasSubstr("repeats"));
  kernel.deterministic = false;
  EXPECT_FALSE(broken_properties(check_case(kernel, c)).contains(Property::repeats));
}

}  // namespace
}  // namespace warpgauge
