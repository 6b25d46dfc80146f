#include "fuzz/guarded_tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <tuple>

namespace warpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Problem problem(Dtype dtype) {
  return {.batch = 2, .heads = 2, .kv_heads = 1, .seq_q = 3, .seq_k = 5, .head_dim = 8, .dtype = dtype};
}

// Copies Q into O through the strides, as a kernel would.
template <class T>
void copy_query(const Problem& p, const Tensors& t) {
  for (std::int64_t b = 0; b < p.batch; ++b)
    for (std::int64_t h = 0; h < p.heads; ++h)
      for (std::int64_t i = 0; i < p.seq_q; ++i) {
        const T* from =
            static_cast<const T*>(t.q) + b * t.q_strides.batch + h * t.q_strides.head + i * t.q_strides.row;
        T* to = static_cast<T*>(t.o) + b * t.o_strides.batch + h * t.o_strides.head + i * t.o_strides.row;
        std::copy(from, from + p.head_dim, to);
        t.lse[(b * p.heads + h) * p.seq_q + i] = static_cast<float>(i);
      }
}

TEST(GuardedTensors, RoundTripInEveryLayoutAndType) {
  for (Layout layout : all_layouts())
    for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16}) {
      Inputs in = make_inputs(problem(dtype), InputFamily::normal, 1);
      GuardedTensors tensors(Backend::cpu, in.problem, layout, Guard::end);
      share_rows(in, tensors.tensors());
      tensors.upload(in);
      if (dtype == Dtype::f32)
        copy_query<float>(in.problem, tensors.tensors());
      else
        copy_query<std::uint16_t>(in.problem, tensors.tensors());
      const Output out = tensors.download();
      EXPECT_EQ(out.o, in.q) << layout_name(layout) << " " << dtype_name(dtype);
      EXPECT_THAT(out.lse, ElementsAre(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2));
      EXPECT_THAT(out.unwritten_rows, IsEmpty());
      EXPECT_THAT(out.unwritten_lse_rows, IsEmpty());
      EXPECT_THAT(tensors.violations(), IsEmpty());
    }
}

// Computes every element of O from K, V and the factors, as a kernel would; O of e4m3 is bf16.
template <class Q, class K, class O>
void add_up(const Problem& p, const Tensors& t) {
  const auto at = [](auto* base, const Strides& s, std::int64_t b, std::int64_t h, std::int64_t i) {
    return base + b * s.batch + h * s.head + i * s.row;
  };
  for (std::int64_t b = 0; b < p.batch; ++b)
    for (std::int64_t h = 0; h < p.heads; ++h)
      for (std::int64_t i = 0; i < p.seq_q; ++i)
        for (std::int64_t d = 0; d < p.head_dim; ++d) {
          const float k = static_cast<float>(at(static_cast<const K*>(t.k), t.k_strides, b, h, i)[d]);
          const float q = static_cast<float>(at(static_cast<const Q*>(t.q), t.q_strides, b, h, i)[d]);
          at(static_cast<O*>(t.o), t.o_strides, b, h, i)[d] =
              O(q * t.q_descale.at(b, h) + k * t.k_descale.at(b, h) * t.v_descale.at(b, h));
          t.lse[(b * p.heads + h) * p.seq_q + i] = 0;
        }
}

TEST(GuardedTensors, RoundTripOfE4m3InEveryLayout) {
  for (Layout layout : all_layouts())
    for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16, Dtype::e4m3}) {
      Problem p = problem(dtype);
      p.heads = p.kv_heads = 3;
      p.seq_q = p.seq_k = 5;
      p.head_dim = 7;
      p.kv_e4m3 = dtype != Dtype::e4m3;
      Inputs in = make_inputs(p, InputFamily::normal, 1);
      GuardedTensors tensors(Backend::cpu, p, layout, Guard::end);
      share_rows(in, tensors.tensors());
      tensors.upload(in);
      with_operand_types(p,
                         [&]<class Q, class K, class O>(Q, K, O) { add_up<Q, K, O>(p, tensors.tensors()); });
      const Output out = tensors.download();
      for (std::size_t n = 0; n < out.o.size(); ++n) {
        const std::size_t head = n / 35;
        const float of_query = in.q_descale.empty() ? 1 : in.q_descale[head];
        const float sum = in.q[n] * of_query + in.k[n] * in.k_descale[head] * in.v_descale[head];
        ASSERT_EQ(out.o[n], round_to(output_type(p), sum)) << layout_name(layout) << " " << dtype_name(dtype);
      }
      EXPECT_THAT(out.unwritten_rows, IsEmpty());
      EXPECT_THAT(tensors.violations(), IsEmpty()) << layout_name(layout) << " " << dtype_name(dtype);
    }
}

// Each byte, at odd and at even addresses.
TEST(GuardedTensors, MemoryAroundE4m3InputsIsNaN) {
  Problem p = problem(Dtype::e4m3);
  p.head_dim = 3;
  for (const Layout layout : {Layout::padded, Layout::odd_base}) {
    GuardedTensors tensors(Backend::cpu, p, layout);
    const Inputs in = make_inputs(p, InputFamily::normal, 1);
    tensors.upload(in);
    const auto* k = static_cast<const e4m3*>(tensors.tensors().k);
    for (std::int64_t byte = -5; byte < 0; ++byte) EXPECT_TRUE(std::isnan(static_cast<float>(k[byte])));
    EXPECT_FALSE(std::isnan(static_cast<float>(k[2])));
    const std::int64_t gap = layout == Layout::padded ? 3 : 2 * 5 * 3;  // past a row, or past the tensor
    for (std::int64_t byte = gap; byte < gap + 5; ++byte)
      EXPECT_TRUE(std::isnan(static_cast<float>(k[byte]))) << layout_name(layout) << " " << byte;
  }
}

TEST(GuardedTensors, BothNansOfE4m3AreUploaded) {
  Inputs in = make_inputs(problem(Dtype::e4m3), InputFamily::normal, 1);
  in.k[0] = std::nanf("");
  in.k[1] = -std::nanf("");
  GuardedTensors tensors(Backend::cpu, in.problem, Layout::packed);
  tensors.upload(in);
  const auto* k = static_cast<const e4m3*>(tensors.tensors().k);
  EXPECT_EQ(k[0].bits, 0x7f);
  EXPECT_EQ(k[1].bits, 0xff);
}

TEST(GuardedTensors, WritesOfE4m3InputsAreReportedWithTheirByte) {
  const Inputs in = make_inputs(problem(Dtype::e4m3), InputFamily::normal, 1);
  const auto violation_after = [&](auto write) {
    GuardedTensors tensors(Backend::cpu, in.problem, Layout::padded);
    tensors.upload(in);
    write(tensors.tensors());
    const auto violations = tensors.violations();
    return violations.size() == 1 ? violations[0] : std::to_string(violations.size()) + " violations";
  };
  const auto k = [](const Tensors& t) { return static_cast<char*>(const_cast<void*>(t.k)); };
  for (const int byte : {8, 9})
    EXPECT_EQ(violation_after([&](const Tensors& t) { k(t)[byte] = 0; }),
              "K was written to in a gap between its rows, at byte " + std::to_string(byte));
  for (const int byte : {0, 1})
    EXPECT_EQ(violation_after([&](const Tensors& t) { k(t)[byte] ^= 1; }), "K, an input, was overwritten");
  EXPECT_EQ(violation_after([](const Tensors& t) { const_cast<float*>(t.v_descale.data)[0] += 1; }),
            "the factors of V, an input, was overwritten");
}

TEST(ShareRows, MakesFactorsEqualAlongAxesOfStride0) {
  Problem p = problem(Dtype::e4m3);
  p.heads = p.kv_heads = 3;
  Inputs in = make_inputs(p, InputFamily::normal, 1);
  const std::vector<float> before = in.q_descale;
  share_rows(in, layout_tensors(p, Layout::kv_batch_stride_0));
  EXPECT_EQ(in.q_descale, before);
  for (std::size_t h = 0; h < 3; ++h) {
    EXPECT_EQ(in.k_descale[3 + h], in.k_descale[h]);
    EXPECT_EQ(in.v_descale[3 + h], in.v_descale[h]);
  }
  EXPECT_NE(in.k_descale[0], in.k_descale[1]);
}

TEST(GuardedTensors, MixedLayoutHasDifferentStridesForQAndOAndForKAndV) {
  const GuardedTensors tensors(Backend::cpu, problem(Dtype::f16), Layout::mixed);
  const Tensors& t = tensors.tensors();
  const auto strides = [](const Strides& s) { return std::tuple(s.batch, s.head, s.row); };
  EXPECT_NE(strides(t.q_strides), strides(t.o_strides));
  EXPECT_NE(strides(t.k_strides), strides(t.v_strides));
}

TEST(GuardedTensors, OutputsStartPoisonedAndAreNaN) {
  for (Dtype dtype : {Dtype::f32, Dtype::f16, Dtype::bf16}) {
    GuardedTensors tensors(Backend::cpu, problem(dtype), Layout::padded);
    const Output out = tensors.download();
    EXPECT_EQ(out.unwritten_rows.size(), 12u);
    EXPECT_EQ(out.unwritten_lse_rows.size(), 12u);
    for (float value : out.o) EXPECT_TRUE(std::isnan(value)) << dtype_name(dtype);
  }
}

TEST(GuardedTensors, OnePoisonedElementMakesItsRowUnwritten) {
  const Inputs in = make_inputs(problem(Dtype::f32), InputFamily::normal, 1);
  GuardedTensors tensors(Backend::cpu, in.problem, Layout::packed);
  tensors.upload(in);
  copy_query<float>(in.problem, tensors.tensors());
  const std::uint32_t poison = 0x10001u * kPoison;
  std::memcpy(static_cast<float*>(tensors.tensors().o) + 5 * 8 + 3, &poison, sizeof poison);
  EXPECT_THAT(tensors.download().unwritten_rows, ElementsAre(5));
}

TEST(GuardedTensors, WritesOutsideAreReportedWithTheirPlace) {
  const Inputs in = make_inputs(problem(Dtype::f32), InputFamily::normal, 1);
  const auto violation_after = [&](Layout layout, auto write) {
    GuardedTensors tensors(Backend::cpu, in.problem, layout);
    tensors.upload(in);
    write(tensors.tensors());
    const auto violations = tensors.violations();
    return violations.size() == 1 ? violations[0] : std::to_string(violations.size()) + " violations";
  };
  const auto o = [](const Tensors& t) { return static_cast<float*>(t.o); };
  EXPECT_EQ(violation_after(Layout::packed, [&](const Tensors& t) { o(t)[-1] = 0; }),
            "O was written to 4 bytes before its start");
  EXPECT_EQ(violation_after(Layout::packed, [&](const Tensors& t) { o(t)[96] = 0; }),
            "O was written to 0 bytes past its end");
  EXPECT_EQ(violation_after(Layout::padded, [&](const Tensors& t) { o(t)[8] = 0; }),
            "O was written to in a gap between its rows, at byte 32");
  EXPECT_EQ(violation_after(Layout::packed, [&](const Tensors& t) { t.lse[12] = 0; }),
            "LSE was written to 0 bytes past its end");
  EXPECT_EQ(violation_after(Layout::packed,
                            [](const Tensors& t) { static_cast<float*>(const_cast<void*>(t.k))[1] = 7; }),
            "K, an input, was overwritten");
}

TEST(GuardedTensors, MemoryAroundAnInputIsNaN) {
  const Inputs in = make_inputs(problem(Dtype::f32), InputFamily::normal, 1);
  GuardedTensors tensors(Backend::cpu, in.problem, Layout::padded);
  tensors.upload(in);
  const Tensors& t = tensors.tensors();
  const auto* k = static_cast<const float*>(t.k);
  EXPECT_TRUE(std::isnan(k[8])) << "gap after a row";
  EXPECT_TRUE(std::isnan(k[5 * t.k_strides.row])) << "the key after the last";
  EXPECT_TRUE(std::isnan(k[t.k_strides.batch + 4 * t.k_strides.row + 8])) << "past the end";
}

TEST(GuardedTensors, WorkWithoutAnyKeys) {
  Problem p = problem(Dtype::f16);
  p.seq_k = 0;
  GuardedTensors tensors(Backend::cpu, p, Layout::padded);
  tensors.upload(make_inputs(p, InputFamily::normal, 1));
  EXPECT_THAT(tensors.violations(), IsEmpty());
}

// Three sequences of 2, 1 and 0 queries, and of 20, 0 and 37 keys in pages of 16, of which two are one.
Inputs paged_inputs() {
  const Problem p{.batch = 3,
                  .heads = 2,
                  .kv_heads = 2,
                  .seq_q = 3,
                  .seq_k = 37,
                  .head_dim = 8,
                  .lengths = Lengths::with_empty,
                  .page = 16};
  Inputs in = make_inputs(p, InputFamily::normal, 1);
  in.placement = {
      .q_starts = {0, 2, 3, 3}, .k_starts = {0, 20, 20, 57}, .table = {5, 2, -1, -1, -1, -1, 5, 0, 3}};
  share_pages(p, in.placement, 8, in.k);
  return in;
}

TEST(GuardedTensors, PutKeysIntoThePagesOfTheTable) {
  const Inputs in = paged_inputs();
  const Problem& p = in.problem;
  for (const Layout layout : {Layout::packed, Layout::padded, Layout::interleaved}) {
    GuardedTensors tensors(Backend::cpu, p, layout);
    tensors.upload(in);
    const Tensors& t = tensors.tensors();
    const auto memory = [&](std::int64_t page, std::int64_t head, std::int64_t row) {
      return static_cast<const float*>(
          t.k)[page * t.k_strides.batch + head * t.k_strides.head + row * t.k_strides.row];
    };
    const auto key = [&](std::int64_t b, std::int64_t head, std::int64_t j) {
      return in.k[static_cast<std::size_t>(((b * 2 + head) * 37 + j) * 8)];
    };
    EXPECT_EQ(memory(5, 1, 3), key(0, 1, 3));
    EXPECT_EQ(memory(5, 1, 3), key(2, 1, 3)) << "the same page";
    EXPECT_EQ(memory(2, 0, 3), key(0, 0, 19));
    EXPECT_TRUE(std::isnan(memory(2, 0, 4))) << "past the end of the sequence";
    EXPECT_EQ(memory(0, 1, 15), key(2, 1, 31));
    EXPECT_EQ(memory(3, 1, 4), key(2, 1, 36));
    EXPECT_TRUE(std::isnan(memory(1, 0, 0))) << "a page that no entry names";
    EXPECT_EQ(t.page_table[0], 5);
    EXPECT_EQ(t.page_table[2 * t.table_stride + 2], 3);
    EXPECT_EQ(t.k_starts[3], 57);
    EXPECT_THAT(tensors.violations(), IsEmpty());
    const_cast<std::int32_t*>(t.page_table)[1] = 7;
    EXPECT_THAT(tensors.violations(), ElementsAre("the page table, an input, was overwritten"));
  }
}

TEST(GuardedTensors, PackTheQueriesOfSequences) {
  const Inputs in = paged_inputs();
  GuardedTensors tensors(Backend::cpu, in.problem, Layout::interleaved);
  tensors.upload(in);
  const Tensors& t = tensors.tensors();
  const auto* q = static_cast<const float*>(t.q);
  EXPECT_EQ(q[2 * t.q_strides.row + t.q_strides.head], in.q[3 * 3 * 8]) << "sequence 1, head 1, query 0";
  EXPECT_EQ(tensors.download().unwritten_rows.size(), 6u);
  auto* o = static_cast<float*>(t.o);
  std::fill(o, o + 6 * 8, 1.0f);
  for (int n = 0; n < 6; ++n) t.lse[n] = static_cast<float>(n);
  const Output out = tensors.download();
  EXPECT_THAT(out.unwritten_rows, IsEmpty());
  EXPECT_THAT(out.unwritten_lse_rows, IsEmpty());
  EXPECT_THAT(out.lse, ElementsAre(0, 1, 0, 3, 4, 0, 2, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0))
      << "[H, total] in memory";
}

// The last byte of each tensor is followed by an inaccessible page, or its first one preceded by it.
using GuardDeathTest = testing::TestWithParam<Layout>;

TEST_P(GuardDeathTest, EndsTheProgramAtTheFirstByteOutside) {
  const Problem p = problem(Dtype::f32);
  const GuardedTensors at_end(Backend::cpu, p, GetParam(), Guard::end),
      at_start(Backend::cpu, p, GetParam(), Guard::start);
  const auto past_last = [&](const Tensors& t) {
    const Strides& s = t.k_strides;
    return static_cast<const char*>(t.k) + 4 * (s.batch + 4 * s.row + p.head_dim);
  };
  const auto read = [](const char* address) { (void)*static_cast<const volatile char*>(address); };
  read(past_last(at_end.tensors()) - 1);
  read(static_cast<const char*>(at_start.tensors().k));
  EXPECT_DEATH(read(past_last(at_end.tensors()) + 15), "");
  EXPECT_DEATH(read(static_cast<const char*>(at_start.tensors().k) - 16), "");
  EXPECT_DEATH(read(reinterpret_cast<const char*>(at_start.tensors().lse) - 1), "");
}

INSTANTIATE_TEST_SUITE_P(Layouts, GuardDeathTest,
                         testing::Values(Layout::packed, Layout::padded, Layout::odd_row, Layout::odd_base,
                                         Layout::cache_slice, Layout::far_batch, Layout::far_row,
                                         Layout::wide_row),
                         [](const auto& layout) { return std::string(layout_name(layout.param)); });

// An offset in 32 bits wraps around to other memory, or to none.
TEST(FarLayouts, ExceedThirtyTwoBitsInTheirAxis) {
  const Problem p{.batch = 3, .heads = 4, .kv_heads = 2, .seq_q = 5, .seq_k = 9, .head_dim = 8};
  constexpr std::int64_t kLimit = std::int64_t{1} << 31;
  const auto k = [&](Layout layout) { return layout_tensors(p, layout).k_strides; };
  EXPECT_GT(k(Layout::far_batch).batch, kLimit);
  EXPECT_GT(k(Layout::far_head).head, kLimit);
  EXPECT_GT(k(Layout::far_row).row, kLimit);
  EXPECT_LT(k(Layout::wide_row).row, kLimit);
  EXPECT_GT(8 * k(Layout::wide_row).row, kLimit);
  EXPECT_GT(layout_tensors(p, Layout::far_output).o_strides.head, kLimit);
}

TEST(ShareRows, MakesRowsEqualAlongAxesOfStride0) {
  const Problem p = problem(Dtype::f32);
  Inputs in = make_inputs(p, InputFamily::normal, 1);
  share_rows(in, layout_tensors(p, Layout::packed));
  EXPECT_EQ(in.shared_axes, 0u);
  share_rows(in, layout_tensors(p, Layout::kv_row_stride_0));
  EXPECT_NE(in.shared_axes, 0u);
  for (std::size_t at = 8; at < 40; ++at) EXPECT_EQ(in.k[at], in.k[at - 8]);
  EXPECT_NE(in.k[0], in.k[40]) << "the next batch";
}

TEST(HashOutput, DependsOnEachBitButNotOnTheKindOfNaN) {
  const Output one{{1, 2}, {3}, {}, {}};
  EXPECT_EQ(hash_output(one), hash_output(one));
  EXPECT_NE(hash_output(one), hash_output({{1, std::nextafter(2.0f, 3.0f)}, {3}, {}, {}}));
  EXPECT_NE(hash_output(one), hash_output({{2, 1}, {3}, {}, {}}));
  EXPECT_EQ(hash_output({{std::nanf("1")}, {}, {}, {}}), hash_output({{-std::nanf("2")}, {}, {}, {}}));
}

}  // namespace
}  // namespace warpgauge
