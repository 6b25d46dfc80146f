#include "fuzz/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace warpgauge {
namespace {

constexpr std::uint64_t kSeeds = 4000;

TEST(Generate, ProblemsAreValidAndCheapEnough) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
    for (const DrawLimits& limits :
         {DrawLimits{}, DrawLimits{.volume = kMaxEmulatedVolume, .backend = Backend::simt}}) {
      const Problem p = random_case(seed, 0, limits).problem;
      EXPECT_EQ(problem_error(p), "");
      EXPECT_LE(check_cost(p, limits.backend), static_cast<double>(limits.volume)) << seed;
    }
}

TEST(Generate, LayoutsMatterAndFitTheBackend) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
    for (Backend backend : {Backend::cpu, Backend::cuda, Backend::simt}) {
      const FuzzCase c = random_case(seed, 0, {.backend = backend});
      EXPECT_TRUE(backend_holds(backend, c.layout));
      EXPECT_TRUE(layout_fits(c.problem, c.layout));
    }
}

// The address space limits only layouts whose rows are far apart.
TEST(LayoutFits, EveryDenseProblem) {
  const Problem large{
      .batch = 32, .heads = 32, .kv_heads = 32, .seq_q = 16384, .seq_k = 16384, .head_dim = 128};
  for (Layout layout : {Layout::packed, Layout::padded, Layout::interleaved, Layout::cache_slice})
    EXPECT_TRUE(layout_fits(large, layout)) << layout_name(layout);
  EXPECT_FALSE(layout_fits(large, Layout::far_row));
  EXPECT_TRUE(layout_fits({.batch = 2, .seq_q = 9, .seq_k = 9}, Layout::far_row));
}

TEST(Generate, IsReproducible) {
  EXPECT_EQ(random_case(7, 0), random_case(7, 0));
  EXPECT_NE(random_case(7, 0), random_case(8, 0));
  EXPECT_NE(random_case(7, 0), random_case(7, 1));
}

// Counts how often each edge occurs. None may be so rare that 500 problems miss it.
TEST(Generate, CoversEveryEdgeOften) {
  std::map<std::string, int> met;
  for (Layout layout : all_layouts()) met[std::string("layout ") + layout_name(layout)] = 0;
  for (InputFamily family : all_families()) met[std::string("family ") + family_name(family)] = 0;
  for (Guard guard : all_guards()) met[std::string("guard ") + guard_name(guard)] = 0;
  std::set<std::int64_t> dims;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const FuzzCase c = random_case(seed, 0);
    const Problem& p = c.problem;
    const bool causal = p.mask == Mask::causal;
    met["causal, Sq > Sk"] += causal && p.seq_q > p.seq_k;
    met["causal, Sq < Sk"] += causal && p.seq_q < p.seq_k;
    met["rows without keys"] += causal && p.seq_q > p.seq_k && p.seq_k > 0;
    met["a few queries, some without keys"] += causal && p.seq_q <= 16 && p.seq_q > p.seq_k;
    for (std::int64_t beside : {-2, -1, 0, 1})
      met["diagonal " + std::to_string(beside) + " beside a tile's corner"] +=
          causal && (p.seq_k - p.seq_q - beside) % 64 == 0;
    met["Sq = Sk"] += p.seq_q == p.seq_k;
    met["decode"] += p.seq_q <= 16 && p.seq_k > 500;
    met["long decode"] += p.seq_q <= 16 && p.seq_k > 4000;
    met["no keys"] += p.seq_k == 0;
    met["one query"] += p.seq_q == 1;
    met["GQA"] += p.heads > p.kv_heads && p.kv_heads > 1;
    met["MQA"] += p.heads > 1 && p.kv_heads == 1;
    met["own scale"] += p.scale != default_scale(p.head_dim);
    met["scale 0"] += p.scale == 0;
    met["negative scale"] += p.scale < 0;
    met["a last column beside eights"] += p.head_dim % 8 != 0;
    met["past D 256"] += p.head_dim > 256;
    for (std::int64_t edge : {16, 32, 64, 128})
      for (std::int64_t near : {-1, 0, 1})
        met["Sk at " + std::to_string(edge) + "n" + std::to_string(near)] +=
            p.seq_k > 1 && (p.seq_k - near) % edge == 0;
    met[std::string("family ") + family_name(c.family)]++;
    met[std::string("layout ") + layout_name(c.layout)]++;
    met[std::string("guard ") + guard_name(c.guard)]++;
    met["a group of 5 to 71"] += p.heads / p.kv_heads >= 5 && p.heads / p.kv_heads <= 71;
    met["more than 4 batches"] += p.batch > 4;
    met["more than 640 rows"] += p.seq_q > 640;
    met["more than 65,536 batches or heads"] += p.batch > 65536 || p.heads > 65536;
    met["more than 32,768 keys"] += p.seq_k > 32768;
    for (std::int64_t tail : {8, 24, 56, 88, 120})
      met["D with a tail of " + std::to_string(tail)] += p.head_dim % 128 == tail;
    for (const Dtype type : {query_type(p), key_type(p), output_type(p)})
      met[std::string("type ") + dtype_name(type)]++;
    met["a causal window"] += causal && !p.window.is_none();
    met["a window of two sides"] += p.window.left >= 0 && p.window.right > 0;
    met["a window of one side, not causal"] += !causal && p.window.left >= 0 && p.window.right < 0;
    met["a window that hides keys of the last query"] += visible_keys(p, p.seq_q - 1) < p.seq_k;
    met["a window and few queries"] += p.seq_q <= 16 && visible_range(p, p.seq_q - 1).first > 0;
    met["soft cap"] += p.softcap != 0;
    met["sinks"] += p.sinks;
    met["sinks and grouped heads"] += p.sinks && p.heads > p.kv_heads;
    met["ALiBi"] += p.bias == Bias::alibi;
    met["a bias tensor"] += p.bias == Bias::tensor;
    met["Dv above D"] += value_dim_of(p) > p.head_dim;
    met["Dv below D"] += value_dim_of(p) < p.head_dim;
    met["e4m3"] += p.dtype == Dtype::e4m3;
    for (const Dtype type : {Dtype::f32, Dtype::f16, Dtype::bf16})
      met[std::string("kv:e4m3 and ") + dtype_name(type)] += p.kv_e4m3 && p.dtype == type;
    met["e4m3 and grouped heads"] += has_descales(p) && p.heads > p.kv_heads && p.kv_heads > 1;
    met["e4m3 and batches"] += has_descales(p) && p.batch > 1;
    met["no variant"] += unsupported_variant(p).empty();
    for (const Lengths lengths : {Lengths::ragged, Lengths::one_long, Lengths::with_empty})
      met[std::string("lengths ") + lengths_name(lengths)] += p.lengths == lengths;
    met["pages"] += p.page > 0 && p.seq_k > 0;
    met["pages whose size is no power of two"] += p.page % 48 == 0 && p.page > 0;
    met["more than two pages"] += p.page > 0 && p.seq_k > 2 * p.page;
    met["lengths and pages"] += p.lengths != Lengths::equal && p.page > 0;
    met["lengths, causal, window or ALiBi"] +=
        p.lengths != Lengths::equal && (!p.window.is_none() || p.bias == Bias::alibi);
    met["lengths in decoding"] += p.lengths != Lengths::equal && p.seq_q <= 16 && p.seq_k > 200;
    met["window, cap and sinks"] += !p.window.is_none() && p.softcap != 0 && p.sinks;
    dims.insert(p.head_dim);
  }
  EXPECT_GT(dims.size(), 400u) << "of 576";
  for (const auto& [edge, times] : met) EXPECT_GE(times, static_cast<int>(kSeeds / 100)) << edge;
}

// A kernel without variants gets the same problems as one that has them gets without, and so does one without
// lengths and pages.
TEST(Generate, VariantsDoNotChangeTheOthers) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const FuzzCase with = random_case(seed, 0), without = random_case(seed, 0, {.variants = false});
    EXPECT_EQ(unsupported_variant(without.problem), "");
    if (unsupported_variant(with.problem).empty()) {
      EXPECT_EQ(with, without) << seed;
    }
    const FuzzCase equal = random_case(seed, 0, {.sequences = false});
    EXPECT_EQ(unsupported_variant(equal.problem, {Variant::lengths, Variant::pages}), "");
    if (unsupported_variant(with.problem, {Variant::lengths, Variant::pages}).empty()) {
      EXPECT_EQ(with, equal) << seed;
    }
  }
}

// 200 problems are the budget of ctest. The emulator runs few tiles per problem, but all kinds of problems.
TEST(Generate, GivesEmulatedKernelsAllKindsThatTheySupport) {
  const std::set<Layout> refused{Layout::odd_row, Layout::odd_base,  // rows must be aligned to 16 bytes
                                 Layout::far_output};
  for (const char* name : {"simt/flash_mma", "simt/decode_split_kv"}) {
    std::map<std::string, int> met, layouts;
    for (Layout layout : all_layouts())
      if (!refused.contains(layout)) layouts[layout_name(layout)] = 0;
    for (InputFamily family : all_families()) met[family_name(family)] = 0;
    for (Guard guard : all_guards()) met[guard_name(guard)] = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      const auto c = random_supported_case(*find_kernel(name), seed);
      ASSERT_TRUE(c);
      EXPECT_FALSE(refused.contains(c->layout));
      layouts[layout_name(c->layout)]++, met[family_name(c->family)]++, met[guard_name(c->guard)]++;
      met["launched again"] += is_relaunched(*c);
      met["a group of more than 4"] += c->problem.heads / c->problem.kv_heads > 4;
      met["more than 4 batches"] += c->problem.batch > 4;
      met["causal, Sq > Sk"] += c->problem.mask == Mask::causal && c->problem.seq_q > c->problem.seq_k;
      met["more than 512 keys"] += c->problem.seq_k > 512;
    }
    for (const auto& [layout, times] : layouts) EXPECT_GE(times, 4) << layout << " for " << name;
    for (const auto& [kind, times] : met) EXPECT_GE(times, 2) << kind << " for " << name;
  }
}

TEST(Generate, FindsACaseThatTheKernelSupports) {
  Kernel picky = *find_kernel("cpu/naive");
  picky.supports = [](const Problem& p, const Tensors&) {
    return std::string(p.dtype == Dtype::bf16 && p.head_dim == 128 ? "" : "bf16 and D = 128 only");
  };
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto found = random_supported_case(picky, seed);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->problem.head_dim, 128);
  }
  picky.supports = [](const Problem&, const Tensors&) { return std::string("nothing"); };
  EXPECT_FALSE(random_supported_case(picky, 1));
}

}  // namespace
}  // namespace warpgauge
