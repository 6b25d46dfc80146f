#include "bench/renewal.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <tuple>

#include "bench/matrix.h"
#include "bench/operands.h"
#include "fuzz/budget.h"
#include "fuzz/oracle.h"
#include "fuzz/rows.h"
#include "kernels/case_key.h"
#include "tests/fuzz/planted_fault.h"

namespace warpgauge::bench {
namespace {

constexpr RenewalDraw kDraws[] = {RenewalDraw(1), RenewalDraw(0x123456789abcdef1)};

// The oracle is slow.
bool is_quick(const Problem& p) {
  return attention_flops(p) < (p.dtype == Dtype::f16 ? 5e7 : 2e8);
}

// What no matrix has: biases, narrow windows, and all variants at once.
std::vector<Problem> problems_with_variants() {
  const Problem plain{.seq_q = 150, .seq_k = 150, .head_dim = 64};
  std::vector<Problem> problems;
  const auto add = [&](auto change) {
    problems.push_back(plain);
    change(problems.back());
  };
  for (const Window window : {Window{0, 0}, Window{1, 0}, Window{20, 0}, Window{62, 0}, Window{3, -1},
                              Window{-1, 5}, Window{0, 7}, Window{9, 30}})
    add([&](Problem& p) {
      p.window = window;
      if (window.right == 0) p.mask = Mask::causal;
    });
  add([](Problem& p) { p.seq_q = 1, p.mask = Mask::causal, p.window = {40, 0}; });
  for (const Mask mask : {Mask::none, Mask::causal})
    for (const Bias bias : {Bias::alibi, Bias::tensor})
      add([&](Problem& p) { p.mask = mask, p.bias = bias; });
  for (const Bias bias : {Bias::none, Bias::alibi, Bias::tensor})
    add([&](Problem& p) {
      p.mask = Mask::causal, p.window = {30, 0}, p.softcap = 20, p.sinks = true, p.value_dim = 40,
      p.bias = bias;
    });
  add([](Problem& p) { p.sinks = true, p.softcap = 1; });
  return problems;
}

// One head of each shape, with all types: rows depend on lengths, head dimensions, type, mask and variants.
std::vector<Problem> problems_of_all_matrices() {
  std::vector<Problem> problems;
  const auto add = [&problems](Problem p) {
    p.batch = p.heads = p.kv_heads = 1;
    if (is_quick(p) && std::ranges::find(problems, p) == problems.end()) problems.push_back(p);
  };
  constexpr Dtype kDtypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};
  for (const Matrix& matrix : all_matrices())
    for (const BackendMatrix* part : {&matrix.cpu, &matrix.cuda})
      std::ranges::for_each(expand(*part, {}, {std::begin(kDtypes), std::end(kDtypes)}), add);
  for (Problem p : problems_with_variants())
    for (const Dtype dtype : kDtypes) {
      p.dtype = dtype;
      add(p);
    }
  return problems;
}

// By how much row n of an earlier launch would miss the bound of the new one: at least 1 is out of bounds,
// even if the earlier output was wrong by its whole bound in the right direction.
double movement(const Problem& p, const Reference& earlier, const Reference& later, std::size_t n) {
  const auto begin = static_cast<std::int64_t>(n) * value_dim_of(p);
  double moved = 0;
  for (std::int64_t d = 0; d < value_dim_of(p); ++d) {
    const auto at = static_cast<std::size_t>(begin + d);
    moved = std::max(moved, std::fabs(later.output[at] - earlier.output[at]));
  }
  return moved / (output_bound(p.dtype, earlier.rounding, earlier.terms[n]) +
                  output_bound(p.dtype, later.rounding, later.terms[n]));
}

double lse_movement(const Problem& p, const Reference& earlier, const Reference& later, std::size_t n) {
  return std::fabs(later.lse[n] - earlier.lse[n]) / (lse_bound(p.dtype, earlier.rounding, earlier.terms[n]) +
                                                     lse_bound(p.dtype, later.rounding, later.terms[n]));
}

Inputs renewed(const Inputs& inputs, RenewalDraw draw) {
  Inputs changed = inputs;
  Problem p = inputs.problem;
  p.dtype = Dtype::f32;  // as the host keeps them
  const RenewalSizes sizes = renewal_sizes(p);
  const auto memory = [](std::int64_t bytes) {
    return std::vector<float>(static_cast<std::size_t>(bytes) / 4);
  };
  std::vector<float> saved_k = memory(sizes.key_bytes), saved_v = memory(sizes.value_bytes),
                     saved_bias = memory(sizes.bias_bytes);
  renew_cpu({.problem = p,
             .q = changed.q.data(),
             .k = changed.k.data(),
             .v = changed.v.data(),
             .bias = p.bias == Bias::tensor ? changed.bias.data() : nullptr,
             .saved_k = saved_k.data(),
             .saved_v = saved_v.data(),
             .saved_bias = saved_bias.data(),
             .threads = 1},
            RenewalDraw(0), draw);
  renew_own_inputs(changed, p, draw);
  return changed;
}

struct Stale {
  const char* what;
  std::vector<float> Inputs::*part;
  bool lse_counts;  // whether LSE may show it instead of O
};
constexpr Stale kStale[] = {{"V", &Inputs::v, false},
                            {"Q", &Inputs::q, false},
                            {"sinks", &Inputs::sinks, true},
                            {"slopes", &Inputs::slopes, true},
                            {"bias", &Inputs::bias, true}};

Reference reference_of(const Inputs& inputs, const std::vector<std::int64_t>& rows) {
  return compute_reference(inputs, rows, OracleBackend::cpu);
}

// With one key, O is its value; at the distance 0 slopes do nothing.
bool may_stay(const Stale& stale, std::int64_t keys) {
  return keys == 0 || (keys == 1 && (stale.part == &Inputs::q || stale.part == &Inputs::slopes));
}

void expect_stale_operands_out_of_bounds(const Problem& p, const Inputs& first, const Inputs& second,
                                         const std::vector<std::int64_t>& rows) {
  const Reference is = reference_of(second, rows);
  for (const Stale& stale : kStale) {
    if ((second.*stale.part).empty()) continue;
    Inputs kept = second;
    kept.*stale.part = first.*stale.part;
    const Reference with_stale = reference_of(kept, rows);
    for (std::size_t n = 0; n < rows.size(); ++n) {
      const std::int64_t keys = visible_keys(p, rows[n]);
      if (may_stay(stale, keys)) continue;
      const double of_o = movement(p, with_stale, is, n), of_lse = lse_movement(p, with_stale, is, n);
      // Few keys may have about the same weights as before by chance.
      ASSERT_GT(stale.lse_counts || keys <= 4 ? std::max(of_o, of_lse) : of_o, 1)
          << format_problem(p) << " row " << rows[n] << ", stale " << stale.what;
    }
  }
}

// A stale output is out of bounds whatever a kernel has kept: everything, or a form of one operand alone.
TEST(Renewal, EveryOutputRowOfEveryMatrixMovesByMoreThanItsBound) {
  for (const Problem& p : problems_of_all_matrices()) {
    const Inputs original = make_inputs(p, InputFamily::normal, 1);
    const Inputs first = renewed(original, kDraws[0]), second = renewed(original, kDraws[1]);
    const std::vector<std::int64_t> rows = rows_to_compare(p, 1);
    const Reference was = reference_of(first, rows), is = reference_of(second, rows);
    for (std::size_t n = 0; n < rows.size(); ++n) {
      if (visible_keys(p, rows[n]) == 0) continue;
      ASSERT_GT(movement(p, was, is, n), 1) << format_problem(p) << " row " << rows[n];
    }
    expect_stale_operands_out_of_bounds(p, first, second, rows);
    if (HasFatalFailure()) return;
  }
}

TEST(Renewal, EachBlockOfKeysHasOneNewRowAndTheFirstIsKeyZero) {
  for (const std::int64_t seq_k : {1, 2, 63, 64, 65, 200}) {
    const Problem p{.seq_k = seq_k};
    std::set<std::int64_t> keys;
    for (std::int64_t block = 0; block < renewed_blocks(p); ++block) {
      const std::int64_t key = kDraws[0].key(p, 3, block);
      EXPECT_EQ(key / renewed_block(p), block);
      EXPECT_LT(key, seq_k);
      keys.insert(key);
    }
    EXPECT_TRUE(keys.contains(0));
  }
}

TEST(Renewal, EveryQueryOfAWindowSeesANewKey) {
  for (const std::int64_t left : {0, 1, 2, 31, 61, 62, 63, 100})
    for (const std::int64_t right : {-1, 0, 3, 40}) {
      const Problem p{.seq_q = 190,
                      .seq_k = 200,
                      .mask = right == 0 ? Mask::causal : Mask::none,
                      .window = {left, right}};
      std::set<std::int64_t> keys;
      for (std::int64_t block = 0; block < renewed_blocks(p); ++block)
        keys.insert(kDraws[1].key(p, 0, block));
      for (std::int64_t row = 0; row < p.seq_q; ++row) {
        const KeyRange seen = visible_range(p, row);
        const auto first = keys.lower_bound(seen.first);
        EXPECT_TRUE(first != keys.end() && *first < seen.last) << format_problem(p) << " row " << row;
      }
    }
}

TEST(Renewal, NewElementsAreExactInEveryType) {
  for (std::int64_t pair = 0; pair < 1000; ++pair)
    for (const Dtype dtype : {Dtype::f16, Dtype::bf16}) {
      const NewElements elements = kDraws[0].elements({.head_dim = 2000}, 0, pair);
      for (const float value : {elements.k[0], elements.k[1], elements.v[0], elements.v[1]})
        EXPECT_EQ(round_to(dtype, value), value);
    }
}

struct PoolCase {
  const char* name;
  void (*change)(Problem&);
};

void PrintTo(const PoolCase& pool_case, std::ostream* out) {
  *out << pool_case.name;
}

class RenewedPool : public testing::TestWithParam<std::tuple<Dtype, PoolCase>> {
 protected:
  static Problem problem() {
    Problem p{.batch = 2,
              .heads = 4,
              .kv_heads = 2,
              .seq_q = 5,
              .seq_k = 150,
              .head_dim = 73,
              .dtype = std::get<0>(GetParam()),
              .mask = Mask::causal};
    std::get<1>(GetParam()).change(p);
    return p;
  }

  // Whether the kernel's inputs at `row` are those of the draw.
  bool has_inputs_of(RenewalDraw draw, std::int64_t row) {
    Inputs original = pool_.original_inputs(p_.dtype);
    pool_.set_own_inputs(original, p_);
    const RowPlace place = place_of_row(p_, row);
    const std::int64_t dim = p_.head_dim, value_dim = value_dim_of(p_), keys = place.keys.count();
    const std::int64_t first = place.kv_head * p_.seq_k + place.keys.first,
                       bias = place.bias_row * p_.seq_k + place.keys.first;
    const auto slice = [](const std::vector<float>& values, std::int64_t begin, std::int64_t count) {
      return std::vector<float>(values.begin() + begin, values.begin() + begin + count);
    };
    RowInputs wanted{.q = slice(original.q, row * dim, dim),
                     .k = slice(original.k, first * dim, keys * dim),
                     .v = slice(original.v, first * value_dim, keys * value_dim),
                     .bias = {}};
    if (p_.bias == Bias::tensor) wanted.bias = slice(original.bias, bias, keys);
    renew_row(wanted, p_, place, draw);
    renew_own_inputs(original, p_, draw);
    const Tensors t = pool_.bind(kernel_, p_).tensors;
    const auto equal = [&](const void* memory, std::int64_t begin, const std::vector<float>& values) {
      for (std::size_t n = 0; n < values.size(); ++n)
        if (faulty::load(p_, memory, begin + static_cast<std::int64_t>(n)) != values[n]) return false;
      return true;
    };
    const auto equal_floats = [](const float* memory, const std::vector<float>& values) {
      return std::ranges::equal(std::span(memory, values.size()), values);
    };
    return equal(t.q, row * dim, wanted.q) && equal(t.k, first * dim, wanted.k) &&
           equal(t.v, first * value_dim, wanted.v) &&
           equal_floats(t.bias ? t.bias + bias : nullptr, wanted.bias) &&
           equal_floats(t.sinks, original.sinks) && equal_floats(t.slopes, original.slopes);
  }
  bool has_all_inputs_of(RenewalDraw draw) {
    for (std::int64_t row = 0; row < lse_elements(p_); ++row)
      if (!has_inputs_of(draw, row)) return false;
    return true;
  }

  const Problem p_ = problem();
  const Kernel kernel_ = faulty::kernel<faulty::Right>("right");
  const Case cases_[1] = {{&kernel_, p_, "cpu/right", ""}};
  OperandPool pool_{Backend::cpu, cases_, 1, 2};
};

TEST_P(RenewedPool, EachDrawReplacesTheOneBefore) {
  pool_.prepare(p_);
  EXPECT_TRUE(has_all_inputs_of(RenewalDraw(0)));
  for (const RenewalDraw draw : kDraws) {
    pool_.renew(p_, draw);
    EXPECT_TRUE(has_all_inputs_of(draw));
    EXPECT_FALSE(has_inputs_of(RenewalDraw(0), 0));
  }
  pool_.restore();
  EXPECT_TRUE(has_all_inputs_of(RenewalDraw(0)));
}

// A kernel gets the same bits when it is checked and when it is timed.
TEST_P(RenewedPool, TheInputsAreThoseOfTheCheck) {
  pool_.prepare(p_);
  Inputs checked = make_inputs(p_, InputFamily::normal, 1);
  share_rows(checked, timed_tensors(p_));
  Inputs pooled = pool_.original_inputs(p_.dtype);
  pool_.set_own_inputs(pooled, p_);
  EXPECT_EQ(pooled.q, checked.q);
  EXPECT_EQ(pooled.k, checked.k);
  EXPECT_EQ(pooled.v, checked.v);
  EXPECT_EQ(pooled.sinks, checked.sinks);
  EXPECT_EQ(pooled.slopes, checked.slopes);
  checked.bias.resize(pooled.bias.size());  // the first batch
  EXPECT_EQ(pooled.bias, checked.bias);
}

TEST_P(RenewedPool, TheMemoryOfAllOperandsIsKnown) {
  const Operands bound = pool_.bind(kernel_, p_);
  std::int64_t bytes = 0;
  for (const Operands::Range& range : bound.memory) bytes += range.bytes;
  const std::int64_t element = dtype_bytes(p_.dtype);
  EXPECT_EQ(bytes,
            element * (query_elements(p_) + key_elements(p_) + value_elements(p_) + output_elements(p_)) +
                4 * (lse_elements(p_) + bias_elements(p_) / p_.batch + (p_.sinks ? p_.heads : 0) +
                     (p_.bias == Bias::alibi ? p_.heads : 0)));
}

TEST_P(RenewedPool, OutputsAreErased) {
  pool_.renew(p_, kDraws[0]);
  const Output output = pool_.download(p_);
  EXPECT_EQ(output.o.size(), static_cast<std::size_t>(output_elements(p_)));
  EXPECT_TRUE(std::ranges::all_of(output.o, [](float value) { return std::isnan(value); }));
  EXPECT_TRUE(std::ranges::all_of(output.lse, [](float value) { return std::isnan(value); }));
}

TEST_P(RenewedPool, AnotherCaseCannotBeRenewedBeforeTheRestore) {
  pool_.renew(p_, kDraws[0]);
  Problem other = p_;
  other.seq_q = 4;
  EXPECT_THROW(pool_.renew(other, kDraws[1]), std::logic_error);
  EXPECT_THROW(pool_.prepare(other), std::logic_error);
}

constexpr PoolCase kPoolCases[] = {
    {"plain", [](Problem&) {}},
    {"narrow",
     [](Problem& p) {
       p.window = {9, 0};
       p.value_dim = 31;
     }},
    {"sinks",
     [](Problem& p) {
       p.sinks = true;
       p.softcap = 2;
       p.value_dim = 80;
     }},
    {"alibi",
     [](Problem& p) {
       p.bias = Bias::alibi;
       p.mask = Mask::none;
       p.window = {40, 3};
     }},
    {"tensor", [](Problem& p) { p.bias = Bias::tensor; }},
};

INSTANTIATE_TEST_SUITE_P(Types, RenewedPool,
                         testing::Combine(testing::Values(Dtype::f32, Dtype::f16, Dtype::bf16),
                                          testing::ValuesIn(kPoolCases)),
                         [](const auto& all) {
                           return std::string(dtype_name(std::get<0>(all.param))) + "_" +
                                  std::get<1>(all.param).name;
                         });

}  // namespace
}  // namespace warpgauge::bench
