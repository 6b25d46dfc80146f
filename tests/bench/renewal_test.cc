#include "bench/renewal.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

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

// One head of each shape, with all types: rows depend on lengths, head dimension, type and mask only.
std::vector<Problem> problems_of_all_matrices() {
  std::vector<Problem> problems;
  for (const Matrix& matrix : all_matrices())
    for (const BackendMatrix* part : {&matrix.cpu, &matrix.cuda})
      for (Problem p : expand(*part, {}, {Dtype::f32, Dtype::f16, Dtype::bf16})) {
        p.batch = p.heads = p.kv_heads = 1;
        const double most_flops = p.dtype == Dtype::f16 ? 5e7 : 2e8;  // the oracle is slow
        if (attention_flops(p) < most_flops && std::ranges::find(problems, p) == problems.end())
          problems.push_back(p);
      }
  return problems;
}

// The bound of a row's output, and its expected values.
struct Row {
  const double* output;
  double bound;
};

Row row_of(const Problem& p, const Reference& r, std::size_t n) {
  const double* output = r.output.data() + static_cast<std::int64_t>(n) * p.head_dim;
  return {output, output_bound(p.dtype, r.rounding, r.terms[n])};
}

// By how much row n of an earlier launch would miss the bound of the new one: at least 1 is out of bounds,
// even if the earlier output was wrong by its whole bound in the right direction.
double movement(const Problem& p, const Reference& earlier, const Reference& later, std::size_t n) {
  const Row before = row_of(p, earlier, n), after = row_of(p, later, n);
  double moved = 0;
  for (std::int64_t d = 0; d < p.head_dim; ++d)
    moved = std::max(moved, std::fabs(after.output[d] - before.output[d]));
  return moved / (before.bound + after.bound);
}

Inputs renewed(const Inputs& inputs, RenewalDraw draw) {
  Inputs changed = inputs;
  const Problem& p = inputs.problem;
  for (std::int64_t head = 0; head < p.heads * p.batch; ++head) {
    RowInputs last{
        .q = std::vector<float>(static_cast<std::size_t>(p.head_dim)), .k = inputs.k, .v = inputs.v};
    renew_row(last, p, (head + 1) * p.seq_q - 1, draw);
    changed.k = last.k;
    changed.v = last.v;
  }
  for (std::int64_t i = 0; i < p.seq_q; ++i)
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      if (draw.flips(0, p.head_dim, d)) changed.q[static_cast<std::size_t>(i * p.head_dim + d)] *= -1;
  return changed;
}

// A stale output is out of bounds whatever a kernel has kept: everything, or a form of Q, K or V alone.
TEST(Renewal, EveryOutputRowOfEveryMatrixMovesByMoreThanItsBound) {
  for (const Problem& p : problems_of_all_matrices()) {
    const Inputs original = make_inputs(p, InputFamily::normal, 1);
    const Inputs first = renewed(original, kDraws[0]), second = renewed(original, kDraws[1]);
    Inputs stale_v = second, only_kv = second;
    stale_v.v = first.v;
    only_kv.q = first.q;
    const std::vector<std::int64_t> rows = rows_to_compare(p, 1);
    const auto reference = [&](const Inputs& in) { return compute_reference(in, rows, OracleBackend::cpu); };
    const Reference was = reference(first), is = reference(second);
    const Reference without_v = reference(stale_v), without_q = reference(only_kv);
    for (std::size_t n = 0; n < rows.size(); ++n) {
      if (visible_keys(p, rows[n]) == 0) continue;
      EXPECT_GT(movement(p, was, is, n), 1) << format_problem(p) << " row " << rows[n];
      EXPECT_GT(movement(p, without_v, is, n), 1) << format_problem(p) << " row " << rows[n] << ", stale V";
      EXPECT_GT(movement(p, was, without_q, n), 1)
          << format_problem(p) << " row " << rows[n] << ", stale K and V";
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(Renewal, EachBlockOfKeysHasOneNewRowAndTheFirstIsKeyZero) {
  for (const std::int64_t seq_k : {1, 2, 63, 64, 65, 200}) {
    std::set<std::int64_t> keys;
    for (std::int64_t block = 0; block < renewed_blocks(seq_k); ++block) {
      const std::int64_t key = kDraws[0].key(3, block, seq_k);
      EXPECT_EQ(key / kRenewedBlock, block);
      EXPECT_LT(key, seq_k);
      keys.insert(key);
    }
    EXPECT_TRUE(keys.contains(0));
  }
}

TEST(Renewal, NewElementsAreExactInEveryType) {
  for (std::int64_t pair = 0; pair < 1000; ++pair)
    for (const Dtype dtype : {Dtype::f16, Dtype::bf16}) {
      const NewElements elements = kDraws[0].elements(0, 2000, pair);
      for (const float value : {elements.k[0], elements.k[1], elements.v[0], elements.v[1]})
        EXPECT_EQ(round_to(dtype, value), value);
    }
}

class RenewedPool : public testing::TestWithParam<Dtype> {
 protected:
  // Whether the kernel's inputs at `row` are those of the draw.
  bool has_inputs_of(RenewalDraw draw, std::int64_t row) {
    const Inputs original = pool_.original_inputs(p_.dtype);
    const std::int64_t dim = p_.head_dim, head = row / p_.seq_q,
                       kv_head = head / p_.heads * p_.kv_heads + head % p_.heads / (p_.heads / p_.kv_heads);
    const std::int64_t keys = visible_keys(p_, row % p_.seq_q);
    const auto slice = [](const std::vector<float>& values, std::int64_t begin, std::int64_t count) {
      return std::vector<float>(values.begin() + begin, values.begin() + begin + count);
    };
    RowInputs wanted{.q = slice(original.q, row * dim, dim),
                     .k = slice(original.k, kv_head * p_.seq_k * dim, keys * dim),
                     .v = slice(original.v, kv_head * p_.seq_k * dim, keys * dim)};
    renew_row(wanted, p_, row, draw);
    const Tensors t = pool_.bind(kernel_, p_).tensors;
    const auto equal = [&](const void* memory, std::int64_t begin, const std::vector<float>& values) {
      for (std::size_t n = 0; n < values.size(); ++n)
        if (faulty::load(p_, memory, begin + static_cast<std::int64_t>(n)) != values[n]) return false;
      return true;
    };
    return equal(t.q, row * dim, wanted.q) && equal(t.k, kv_head * p_.seq_k * dim, wanted.k) &&
           equal(t.v, kv_head * p_.seq_k * dim, wanted.v);
  }
  bool has_all_inputs_of(RenewalDraw draw) {
    for (std::int64_t row = 0; row < lse_elements(p_); ++row)
      if (!has_inputs_of(draw, row)) return false;
    return true;
  }

  const Problem p_{.batch = 2,
                   .heads = 4,
                   .kv_heads = 2,
                   .seq_q = 5,
                   .seq_k = 150,
                   .head_dim = 73,
                   .dtype = GetParam(),
                   .mask = Mask::causal};
  const Kernel kernel_ = faulty::kernel<faulty::Right>("right");
  const Case cases_[1] = {{&kernel_, p_, "cpu/right", ""}};
  OperandPool pool_{Backend::cpu, cases_, 1, 2};
};

TEST_P(RenewedPool, EachDrawReplacesTheOneBefore) {
  EXPECT_TRUE(has_all_inputs_of(RenewalDraw(0)));
  for (const RenewalDraw draw : kDraws) {
    pool_.renew(p_, draw);
    EXPECT_TRUE(has_all_inputs_of(draw));
    EXPECT_FALSE(has_inputs_of(RenewalDraw(0), 0));
  }
  pool_.restore();
  EXPECT_TRUE(has_all_inputs_of(RenewalDraw(0)));
}

TEST_P(RenewedPool, OutputsAreErased) {
  pool_.renew(p_, kDraws[0]);
  const Output output = pool_.download(p_);
  EXPECT_TRUE(std::ranges::all_of(output.o, [](float value) { return std::isnan(value); }));
  EXPECT_TRUE(std::ranges::all_of(output.lse, [](float value) { return std::isnan(value); }));
}

TEST_P(RenewedPool, AnotherCaseCannotBeRenewedBeforeTheRestore) {
  pool_.renew(p_, kDraws[0]);
  Problem other = p_;
  other.seq_q = 4;
  EXPECT_THROW(pool_.renew(other, kDraws[1]), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(Types, RenewedPool, testing::Values(Dtype::f32, Dtype::f16, Dtype::bf16),
                         [](const auto& type) { return std::string(dtype_name(type.param)); });

}  // namespace
}  // namespace warpgauge::bench
