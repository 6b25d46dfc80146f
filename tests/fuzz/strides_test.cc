// Strides that mean nothing, rows that repeat, and rows that are not aligned. Each kernel either computes
// them or gives a reason before it is launched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "fuzz/check.h"
#include "kernels/case_key.h"

namespace warpgauge {
namespace {

constexpr std::int64_t kJunk[] = {
    0, 1, -7, 12345, INT32_MAX, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max() / 2};

// Kernels that run on this machine.
std::vector<const Kernel*> kernels_here() {
  std::vector<const Kernel*> here;
  for (const Kernel* kernel : all_kernels())
    if (backend_unavailable(kernel->backend).empty()) here.push_back(kernel);
  return here;
}

std::string compare_with_oracle(const Kernel& kernel, const Problem& p, const Tensors& laid_out) {
  const Inputs inputs = make_inputs(p, InputFamily::normal, 3);
  GuardedTensors tensors(kernel.backend, p, laid_out);
  tensors.upload(inputs);
  std::string report;
  const Output output = run_kernel(kernel, tensors, 2, 3);
  for (const Failure& failure :
       compare_output(output, inputs, *ReferenceCache().get(inputs, OracleBackend::cpu), nullptr))
    report += failure.message + "\n";
  for (const std::string& violation : tensors.violations()) report += violation + "\n";
  return report;
}

// Packed operands; every stride of an axis of size 1 becomes `junk`.
Tensors with_junk(const Problem& p, std::int64_t junk) {
  Tensors t = packed_tensors(p);
  const auto spoil = [&](Strides& s, std::int64_t heads, std::int64_t seq) {
    if (p.batch == 1) s.batch = junk;
    if (heads == 1) s.head = junk;
    if (seq == 1) s.row = junk;
  };
  spoil(t.q_strides, p.heads, p.seq_q), spoil(t.o_strides, p.heads, p.seq_q);
  spoil(t.k_strides, p.kv_heads, p.seq_k), spoil(t.v_strides, p.kv_heads, p.seq_k);
  return t;
}

TEST(Strides, OfAxesOfSizeOneMeanNothing) {
  constexpr std::int64_t kSizes[][4] = {{1, 1, 1, 1}, {1, 1, 1, 70}, {1, 1, 5, 1},  {1, 3, 1, 9},
                                        {3, 1, 1, 9}, {2, 1, 5, 9},  {1, 2, 16, 70}};
  for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16})
    for (const auto& [batch, heads, seq_q, seq_k] : kSizes)
      for (std::int64_t junk : kJunk) {
        const Problem p{.batch = batch,
                        .heads = heads,
                        .kv_heads = heads,
                        .seq_q = seq_q,
                        .seq_k = seq_k,
                        .dtype = dtype};
        const Tensors t = with_junk(p, junk);
        for (const Kernel* kernel : kernels_here()) {
          if (!kernel->supports(p, packed_tensors(p)).empty()) continue;
          ASSERT_EQ(kernel->supports(p, t), "") << format_case(kernel->id(), p) << ", stride " << junk;
          ASSERT_EQ(compare_with_oracle(*kernel, p, t), "")
              << format_case(kernel->id(), p) << ", stride " << junk;
        }
      }
}

// The rows of K and V of each head are one row: the stride of an expanded tensor.
class StrideOfRows : public testing::TestWithParam<Dtype> {
 protected:
  const Problem problem_{.batch = 2, .heads = 2, .kv_heads = 2, .seq_q = 5, .seq_k = 70, .dtype = GetParam()};
};

TEST_P(StrideOfRows, OfZeroIsComputedOrRefused) {
  const Problem& p = problem_;
  Inputs inputs = make_inputs(p, InputFamily::normal, 5);
  for (std::vector<float>* tensor : {&inputs.k, &inputs.v})
    for (std::size_t head = 0; head < 4; ++head)
      for (std::size_t row = 1; row < 70; ++row)
        std::copy_n(tensor->begin() + static_cast<std::ptrdiff_t>(head * 70 * 64), 64,
                    tensor->begin() + static_cast<std::ptrdiff_t>((head * 70 + row) * 64));
  Tensors t = packed_tensors(p);
  t.k_strides = t.v_strides = {.batch = 128, .head = 64, .row = 0};
  for (const Kernel* kernel : kernels_here()) {
    if (const std::string reason = kernel->supports(p, t); !reason.empty()) {
      EXPECT_TRUE(reason.find("row strides") == 0 || !kernel->supports(p, packed_tensors(p)).empty())
          << reason;
      continue;
    }
    GuardedTensors tensors(kernel->backend, p, t);
    tensors.upload(inputs);
    const Output output = run_kernel(*kernel, tensors, 2, 5);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(lse_elements(p)));
    std::iota(rows.begin(), rows.end(), 0);
    const Reference reference = compute_reference(inputs, rows, OracleBackend::cpu);
    for (const Failure& failure : compare_output(output, inputs, reference, nullptr))
      ADD_FAILURE() << kernel->id() << ": " << failure.message;
  }
}

TEST_P(StrideOfRows, ThatAKernelCannotTakeIsAReasonAndNoException) {
  Tensors huge = packed_tensors(problem_);
  huge.k_strides.row = std::int64_t{1} << 31;
  Tensors overlapping = packed_tensors(problem_);
  overlapping.v_strides.row = 63;
  const Kernel& blas = *find_kernel("cpu/blas");
  for (const Tensors& t : {huge, overlapping})
    EXPECT_EQ(blas.supports(problem_, t).starts_with("row strides of f32"), GetParam() == Dtype::f32);
}

INSTANTIATE_TEST_SUITE_P(Strides, StrideOfRows, testing::Values(Dtype::f32, Dtype::f16, Dtype::bf16),
                         [](const auto& dtype) { return std::string(dtype_name(dtype.param)); });

TEST(Alignment, OfRowsIsAReasonAndNoException) {
  const Problem p{.batch = 2, .heads = 2, .kv_heads = 2, .seq_q = 3, .seq_k = 9, .dtype = Dtype::f16};
  Tensors row = packed_tensors(p), pointer = row, head = row;
  row.v_strides.row = 65;
  head.k_strides.head += 4;
  pointer.q = reinterpret_cast<const void*>(2);
  for (const char* name : {"simt/flash_mma", "simt/decode_split_kv"}) {
    const Kernel& kernel = *find_kernel(name);
    EXPECT_EQ(kernel.supports(p, packed_tensors(p)), "");
    EXPECT_EQ(kernel.supports(p, row), "rows of V must be aligned to 16 bytes");
    EXPECT_EQ(kernel.supports(p, head), "rows of K must be aligned to 16 bytes");
    EXPECT_EQ(kernel.supports(p, pointer), "rows of Q must be aligned to 16 bytes");
  }
  for (const Tensors& t : {row, head, pointer}) EXPECT_EQ(find_kernel("cpu/naive")->supports(p, t), "");
}

// A tensor without elements has no rows: its pointer may be anything.
TEST(Alignment, OfNoKeysIsOfNoInterest) {
  const Problem p{.seq_k = 0, .dtype = Dtype::f16};
  Tensors t = packed_tensors(p);
  t.k = t.v = reinterpret_cast<const void*>(2);
  t.k_strides = {1, 1, 1};
  EXPECT_EQ(find_kernel("simt/flash_mma")->supports(p, t), "");
}

}  // namespace
}  // namespace warpgauge
