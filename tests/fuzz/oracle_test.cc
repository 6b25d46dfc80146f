// Compares the oracle with values computed by hand and with an independent computation in long double. On a
// GPU, compares the cuBLAS oracle with that of the CPU.
#include "fuzz/oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "fuzz/budget.h"
#include "fuzz/generate.h"
#include "fuzz/rows.h"
#include "kernels/case_key.h"
#include "tests/fuzz/brute_force.h"

namespace warpgauge {
namespace {

std::vector<std::int64_t> all_rows(const Problem& p) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(lse_elements(p)));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

// Q = (1, 0), keys (ln 3, 0) and (0, 0), V = (4, 0) and (0, 8), scale 1: weights 3/4 and 1/4.
Inputs by_hand() {
  Inputs in;
  in.problem = {.seq_q = 1, .seq_k = 2, .head_dim = 2, .scale = 1};
  in.q = {1, 0};
  in.k = {std::log(3.0f), 0, 0, 0};
  in.v = {4, 0, 0, 8};
  return in;
}

TEST(Oracle, AgreesWithAComputationByHand) {
  const Reference ref = compute_reference(by_hand(), {0}, OracleBackend::cpu);
  EXPECT_NEAR(ref.output[0], 3, 1e-6);
  EXPECT_NEAR(ref.output[1], 2, 1e-6);
  EXPECT_NEAR(ref.lse[0], std::log(4.0), 1e-6);
  EXPECT_NEAR(ref.terms[0].logit_mass, std::log(3.0), 1e-6);
  EXPECT_NEAR(ref.terms[0].spread, 3, 1e-6) << "sqrt((3/4 4)^2)";
  EXPECT_NEAR(ref.terms[0].mass, 3, 1e-6);
  EXPECT_NEAR(ref.terms[0].weight_spread, std::sqrt(10.0) / 4, 1e-6);
  EXPECT_NEAR(ref.terms[0].row_sum, 4.0 / 3, 1e-6);
  EXPECT_NEAR(ref.terms[0].value_spread, 8, 1e-6);
  EXPECT_NEAR(ref.terms[0].logit_peak, std::log(3.0), 1e-6);
  EXPECT_EQ(ref.terms[0].query_rounding, 0);
  EXPECT_EQ(ref.terms[0].largest_output, 3);
  EXPECT_LT(ref.terms[0].low_error, 1e-6);
}

// Of the weights e^0, e^-20 and e^-30 (normalized) the last two are below 2^-24.
TEST(Oracle, AddsUpWhatAnF32SumOfTheWeightsMayLose) {
  Inputs in;
  in.problem = {.seq_q = 1, .seq_k = 3, .head_dim = 1, .scale = 1};
  in.q = {1};
  in.k = {0, -20, -30};
  in.v = {1, 1, 1};
  const Reference ref = compute_reference(in, {0}, OracleBackend::cpu);
  EXPECT_NEAR(ref.terms[0].sum_error, 0x1p-24 + std::exp(-20.0) + std::exp(-30.0), 1e-16);
  EXPECT_EQ(compute_reference(by_hand(), {0}, OracleBackend::cpu).terms[0].sum_error, 2 * 0x1p-24);
  in.k = {1e-8f, 0, 0};
  EXPECT_NEAR(compute_reference(in, {0}, OracleBackend::cpu).terms[0].sum_error, 1e-8, 1e-14)
      << "nearly equal weights: 1 / 3 of the difference, for each of three";
}

TEST(Oracle, ScaleMultipliesTheLogits) {
  Inputs in = by_hand();
  in.problem.scale = 2;  // weights 9/10 and 1/10
  EXPECT_NEAR(compute_reference(in, {0}, OracleBackend::cpu).output[0], 3.6, 1e-6);
}

// The logits are -1/2 ln 3 and 0: weights 1/(1 + sqrt 3) and the rest. O is multiplied by 3.
TEST(Oracle, FactorsMultiplyLogitsAndOutput) {
  Inputs in = by_hand();
  in.problem.dtype = Dtype::e4m3;
  in.q_descale = {-0.25f}, in.k_descale = {2}, in.v_descale = {3};
  const Reference ref = compute_reference(in, {0}, OracleBackend::cpu);
  const double weight = 1 / (1 + std::sqrt(3.0));
  EXPECT_NEAR(ref.output[0], 3 * 4 * weight, 1e-6);
  EXPECT_NEAR(ref.output[1], 3 * 8 * (1 - weight), 1e-6);
  EXPECT_NEAR(ref.lse[0], std::log(1 + std::exp(-0.5 * std::log(3.0))), 1e-6);
  EXPECT_NEAR(ref.terms[0].logit_mass, std::log(3.0) / 2, 1e-6);
  EXPECT_EQ(ref.terms[0].value_factor, 3);
  EXPECT_EQ(ref.highest[0], 12);
  in.v_descale = {-3};
  EXPECT_EQ(compute_reference(in, {0}, OracleBackend::cpu).lowest[0], -12);
}

// 2^8 P in e4m3: of the weights 0.9 and 0.1, relative to the larger one 1 and 1/9 = 28.4 / 256, 28 / 256.
TEST(Oracle, LowTwinRoundsTheWeightsToE4m3OnlyIfTheValuesAre) {
  Inputs in = by_hand();
  in.problem.scale = 2;
  in.v = {0, 0, 9, 0};
  const Rounding rounding{
      .weights = Rounding::Weights::before_division, .e4m3_weights = true, .weight_exponent = 8};
  EXPECT_LT(compute_reference(in, {0}, OracleBackend::cpu, rounding).terms[0].low_error, 1e-6);
  in.problem.kv_e4m3 = true;
  in.k_descale = in.v_descale = {1};
  EXPECT_NEAR(compute_reference(in, {0}, OracleBackend::cpu, rounding).terms[0].low_error,
              0.9 * (1 - 28 * 9 / 256.0), 1e-6);
}

TEST(Oracle, LowTwinRoundsTheWeights) {
  Inputs in = by_hand();
  in.problem.dtype = Dtype::bf16;
  in.problem.scale = 2;  // 0.9 and 0.1 are no bf16 numbers
  in.v = {1, 0, -9, 0};  // and cancel exactly
  EXPECT_LT(compute_reference(in, {0}, OracleBackend::cpu).terms[0].low_error, 1e-6);
  for (const auto weights : {Rounding::Weights::before_division, Rounding::Weights::after_division})
    EXPECT_GT(compute_reference(in, {0}, OracleBackend::cpu, {.weights = weights}).terms[0].low_error, 1e-3);
}

// Causal, two queries, three keys: the first sees two, the second three (bottom-right).
TEST(Oracle, CausalIsAlignedBottomRight) {
  Inputs in;
  in.problem = {.seq_q = 2, .seq_k = 3, .head_dim = 1, .mask = Mask::causal, .scale = 1};
  in.q = {0, 0};
  in.k = {0, 0, 0};
  in.v = {1, 2, 6};
  const Reference ref = compute_reference(in, {0, 1}, OracleBackend::cpu);
  EXPECT_DOUBLE_EQ(ref.output[0], 1.5);
  EXPECT_DOUBLE_EQ(ref.output[1], 3);
  EXPECT_DOUBLE_EQ(ref.lse[0], std::log(2.0));
  EXPECT_DOUBLE_EQ(ref.lse[1], std::log(3.0));
}

TEST(Oracle, RowWithoutKeysIsZeroAndMinusInfinity) {
  Inputs in;
  in.problem = {.seq_q = 2, .seq_k = 1, .head_dim = 1, .mask = Mask::causal, .scale = 1};
  in.q = {1, 1};
  in.k = {1};
  in.v = {5};
  const Reference ref = compute_reference(in, {0, 1}, OracleBackend::cpu);
  EXPECT_EQ(ref.output[0], 0);
  EXPECT_EQ(ref.lse[0], -std::numeric_limits<double>::infinity());
  EXPECT_EQ(ref.output[1], 5);
}

// The relative error of f64, of a number as large as the terms of a logit.
double f64_rounding(const Inputs& in, const RowTerms& terms) {
  double magnitude = 10 + terms.logit_mass + terms.logit_peak;
  for (const float sink : in.sinks) magnitude = std::max(magnitude, std::fabs(double{sink}));
  return 1e-14 * magnitude;
}

TEST(Oracle, AgreesWithLongDoubleOnRandomProblems) {
  constexpr std::int64_t kVolume = 1 << 17;
  std::map<std::string, int> met;
  for (std::uint64_t seed = 1; seed <= 1700; ++seed) {
    FuzzCase c = random_case(seed, 0, {.volume = seed <= 150 ? kVolume : kVolume / 16});
    if (is_non_finite(c.family)) c.family = InputFamily::normal;
    const Inputs in = make_inputs(c.problem, c.family, c.seed);
    std::vector<std::int64_t> rows = all_rows(c.problem);
    std::erase_if(rows, [&](std::int64_t row) { return !has_row(in, row); });
    const Reference ref = compute_reference(in, std::move(rows), OracleBackend::cpu);
    const BruteForce expected(in);
    ASSERT_EQ(ref.lse.size(), expected.lse.size());
    const std::int64_t value_dim = value_dim_of(c.problem);
    for (std::size_t n = 0; n < ref.lse.size(); ++n) {
      if (std::isinf(ref.lse[n])) {
        ASSERT_TRUE(std::isinf(expected.lse[n]));
        continue;
      }
      const double rounding = f64_rounding(in, ref.terms[n]);
      ASSERT_NEAR(ref.lse[n], static_cast<double>(expected.lse[n]), rounding)
          << "seed " << seed << " " << format_problem(c.problem);
      for (std::int64_t d = 0; d < value_dim; ++d)
        ASSERT_NEAR(ref.output[n * value_dim + d], static_cast<double>(expected.output[n * value_dim + d]),
                    (1 + ref.terms[n].mass) * rounding)
            << "seed " << seed << " row " << n << " d " << d;
    }
    met["window"] += !c.problem.window.is_none();
    met["softcap"] += c.problem.softcap != 0;
    met["sinks"] += c.problem.sinks;
    met["ALiBi"] += c.problem.bias == Bias::alibi;
    met["bias tensor"] += c.problem.bias == Bias::tensor;
    met["Dv"] += c.problem.value_dim != 0;
    met["lengths"] += c.problem.lengths != Lengths::equal;
    met["lengths and a causal mask"] += c.problem.lengths != Lengths::equal && c.problem.mask == Mask::causal;
    met["pages"] += c.problem.page > 0;
    met["e4m3"] += c.problem.dtype == Dtype::e4m3;
    met["kv:e4m3"] += c.problem.kv_e4m3;
  }
  for (const auto& [variant, problems] : met) EXPECT_GE(problems, 100) << variant;
}

TEST(Oracle, ChosenRowsEqualTheSameRowsOfAll) {
  const Problem p{
      .batch = 2, .heads = 4, .kv_heads = 2, .seq_q = 33, .seq_k = 20, .head_dim = 24, .mask = Mask::causal};
  const Inputs in = make_inputs(p, InputFamily::normal, 3);
  const Reference all = compute_reference(in, all_rows(p), OracleBackend::cpu);
  const std::vector<std::int64_t> rows{0, 20, 33, 100, 263};
  const Reference some = compute_reference(in, rows, OracleBackend::cpu);
  for (std::size_t n = 0; n < rows.size(); ++n) {
    EXPECT_EQ(some.lse[n], all.lse[rows[n]]);
    for (std::int64_t d = 0; d < 24; ++d) EXPECT_EQ(some.output[n * 24 + d], all.output[rows[n] * 24 + d]);
  }
}

TEST(Oracle, PropagatesNaNToTheRightElementsOnly) {
  Inputs in = make_inputs({.seq_q = 2, .seq_k = 3, .head_dim = 4}, InputFamily::normal, 1);
  in.q[4] = std::nanf("");  // the second query
  in.v[5] = std::nanf("");  // d = 1
  const Reference ref = compute_reference(in, {0, 1}, OracleBackend::cpu);
  EXPECT_FALSE(std::isnan(ref.output[0]));
  EXPECT_TRUE(std::isnan(ref.output[1]));
  EXPECT_FALSE(std::isnan(ref.lse[0]));
  EXPECT_TRUE(std::isfinite(ref.terms[0].spread));
  for (std::int64_t d = 4; d < 8; ++d) EXPECT_TRUE(std::isnan(ref.output[d]));
  EXPECT_TRUE(std::isnan(ref.lse[1]));
}

TEST(ReferenceCache, ComputesOnceAndDropsTheOldest) {
  const Problem p{.seq_q = 4, .seq_k = 4, .head_dim = 8};
  const auto inputs = [&](std::uint64_t seed) { return make_inputs(p, InputFamily::normal, seed); };
  ReferenceCache large;
  const auto first = large.get(inputs(1), OracleBackend::cpu);
  EXPECT_NE(large.get(inputs(2), OracleBackend::cpu), first);
  EXPECT_NE(large.get(make_inputs(p, InputFamily::needles, 1), OracleBackend::cpu), first);
  EXPECT_EQ(large.get(inputs(1), OracleBackend::cpu), first);
  ReferenceCache tiny(1);
  const auto forgotten = tiny.get(inputs(1), OracleBackend::cpu);
  (void)tiny.get(inputs(2), OracleBackend::cpu);
  EXPECT_NE(tiny.get(inputs(1), OracleBackend::cpu), forgotten);
}

// Calls of a substitute for the GPU oracle.
int asked_of_gpu = 0;
bool gpu_is_full = false;

Reference on_planted_gpu(const Inputs& inputs, std::vector<std::int64_t> rows, const Rounding&) {
  ++asked_of_gpu;
  if (gpu_is_full) throw OutOfDeviceMemory("planted");
  return compute_reference(inputs, std::move(rows), OracleBackend::cpu);
}

constexpr GpuOracle kPlantedGpu{.is_there = [] { return true; }, .compute = on_planted_gpu};

TEST(ReferenceCache, FallsBackToTheCpuIfTheGpuIsFullUnlessCublasIsRequired) {
  const Inputs inputs = make_inputs({.seq_q = 4, .seq_k = 4, .head_dim = 8}, InputFamily::normal, 1);
  ReferenceCache cache(1 << 20, kPlantedGpu);
  gpu_is_full = true;
  asked_of_gpu = 0;
  const auto by_cpu = cache.get(inputs, OracleBackend::automatic);
  EXPECT_EQ(asked_of_gpu, 1);
  EXPECT_EQ(by_cpu, cache.get(inputs, OracleBackend::cpu)) << "it is the CPU's";
  EXPECT_THROW((void)cache.get(inputs, OracleBackend::cublas), OutOfDeviceMemory);
  gpu_is_full = false;
  EXPECT_NE(cache.get(inputs, OracleBackend::automatic), by_cpu);
}

// Compares the errors of the low-precision twins of GPU and CPU, which enter every bound with a factor of
// two. The twins add in different orders. If terms cancel, or D is 1, one may be exact and the other many
// ulps off, so no factor alone holds per row. But each twin is a right computation of its precision, and
// within the other terms of a kernel's bound. With these terms even a factor of 1 suffices: of 28,526 rows,
// added on the CPU in two orders, none exceeds it; a factor of 4 plus one ulp without them fails for 80 rows.
// TF32 exceeds the limit in every sixth row. Weights that were not rounded to 16 bits do not exceed it. They
// change the mean error in ulps of the output: it agrees within 1 % between orders, and drops to a half or a
// tenth without the rounding.
class LowErrors {
 public:
  void add(const Problem& p, const Reference& cpu, const Reference& gpu, std::size_t n) {
    const std::int64_t keys = visible_keys(p, cpu.rows[n] % p.seq_q);
    if (keys == 0) return;
    RowTerms others = cpu.terms[n];
    others.low_error = 0;
    const double largest = others.largest_output, other_terms = output_bound(p.dtype, cpu.rounding, others);
    EXPECT_LE(gpu.terms[n].low_error, 2 * cpu.terms[n].low_error + other_terms)
        << format_problem(p) << " row " << n;
    EXPECT_LE(cpu.terms[n].low_error, 2 * gpu.terms[n].low_error + other_terms)
        << format_problem(p) << " row " << n;
    if (p.dtype == Dtype::f32) return;
    cpu_ulps_ += cpu.terms[n].low_error / ulp(p.dtype, largest);
    gpu_ulps_ += gpu.terms[n].low_error / ulp(p.dtype, largest);
  }

  void expect_equal_means() const {
    EXPECT_LE(gpu_ulps_, 1.1 * cpu_ulps_);
    EXPECT_LE(cpu_ulps_, 1.1 * gpu_ulps_);
  }

 private:
  double cpu_ulps_ = 0, gpu_ulps_ = 0;
};

// All 300 sums |q_d k_jd| of the query are NaN, which both oracles ignore.
TEST(OracleCublas, ANanQueryHasNoLogitMassAsOnTheCpu) {
  if (const std::string reason = oracle_unavailable(OracleBackend::cublas); !reason.empty())
    GTEST_SKIP() << reason;
  Inputs in = make_inputs({.seq_q = 2, .seq_k = 300, .head_dim = 8}, InputFamily::normal, 1);
  in.q[0] = std::nanf("");
  const Reference cpu = compute_reference(in, {0, 1}, OracleBackend::cpu);
  const Reference gpu = compute_reference(in, {0, 1}, OracleBackend::cublas);
  EXPECT_EQ(cpu.terms[0].logit_mass, 0);
  EXPECT_EQ(gpu.terms[0].logit_mass, 0);
  EXPECT_NEAR(gpu.terms[1].logit_mass, cpu.terms[1].logit_mass, 1e-4 * cpu.terms[1].logit_mass);
}

// The roundings of foreign_kernels.h, one after the other.
Rounding rounding_of(std::uint64_t seed) {
  const Rounding kinds[] = {{.weights = Rounding::Weights::after_division},
                            {.weights = Rounding::Weights::before_division},
                            {.weights = Rounding::Weights::before_division, .row_sum = true},
                            {.scaled_query = true},
                            {.logits = true}};
  return kinds[seed % std::size(kinds)];
}

TEST(OracleCublas, AgreesWithTheCpuOracle) {
  if (const std::string reason = oracle_unavailable(OracleBackend::cublas); !reason.empty())
    GTEST_SKIP() << reason;
  LowErrors low_errors;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const FuzzCase c = random_case(seed, 0);
    const Inputs in = make_inputs(c.problem, c.family, c.seed);
    const Reference cpu = compute_reference(in, all_rows(c.problem), OracleBackend::cpu, rounding_of(seed));
    const Reference gpu =
        compute_reference(in, all_rows(c.problem), OracleBackend::cublas, rounding_of(seed));
    const auto agree = [](double a, double b, double bound) {
      return (std::isnan(a) && std::isnan(b)) || a == b || std::fabs(a - b) <= bound;
    };
    for (std::size_t n = 0; n < cpu.rows.size(); ++n) {
      const double rounding = 1e-13 * (10 + cpu.terms[n].logit_mass);
      ASSERT_TRUE(agree(gpu.lse[n], cpu.lse[n], rounding)) << "seed " << seed << " row " << n;
      ASSERT_TRUE(agree(gpu.terms[n].spread, cpu.terms[n].spread, rounding * (1 + cpu.terms[n].spread)));
      ASSERT_TRUE(agree(gpu.terms[n].mass, cpu.terms[n].mass, rounding * (1 + cpu.terms[n].mass)));
      ASSERT_TRUE(agree(gpu.terms[n].logit_mass, cpu.terms[n].logit_mass, 1e-4 * cpu.terms[n].logit_mass));
      ASSERT_TRUE(agree(gpu.terms[n].sum_error, cpu.terms[n].sum_error, 1e-6));
      for (const auto member : {&RowTerms::weight_spread, &RowTerms::row_sum, &RowTerms::value_spread,
                                &RowTerms::logit_peak, &RowTerms::query_rounding})
        ASSERT_TRUE(agree(gpu.terms[n].*member, cpu.terms[n].*member, rounding * (1 + cpu.terms[n].*member)));
      low_errors.add(c.problem, cpu, gpu, n);
      for (std::int64_t d = 0; d < c.problem.head_dim; ++d) {
        const std::size_t at = n * static_cast<std::size_t>(c.problem.head_dim) + static_cast<std::size_t>(d);
        ASSERT_TRUE(agree(gpu.output[at], cpu.output[at], rounding * (1 + cpu.terms[n].mass)))
            << "seed " << seed << " row " << n << " d " << d << ": " << gpu.output[at] << " "
            << cpu.output[at];
      }
    }
  }
  low_errors.expect_equal_means();
}

}  // namespace
}  // namespace warpgauge
