#include "fuzz/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace warpgauge {
namespace {

constexpr std::uint64_t kSeeds = 4000;

std::int64_t volume(const Problem& p) {
  return p.batch * p.heads * p.seq_q * std::max<std::int64_t>(1, p.seq_k) * p.head_dim;
}

TEST(Generate, ProblemsAreValidAndSmallEnough) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
    for (std::int64_t limit : {kMaxFuzzVolume, kMaxEmulatedVolume}) {
      const Problem p = random_case(seed, 0, limit).problem;
      EXPECT_EQ(problem_error(p), "");
      EXPECT_LE(volume(p), limit) << seed;
      EXPECT_LE(p.seq_q > 16 ? p.seq_k : 0, 1300) << "long Sk only with few queries";
    }
}

TEST(Generate, IsReproducible) {
  EXPECT_EQ(random_case(7, 0), random_case(7, 0));
  EXPECT_NE(random_case(7, 0), random_case(8, 0));
  EXPECT_NE(random_case(7, 0), random_case(7, 1));
}

// Counts how often each edge occurs. None may be so rare that 500 problems miss it.
TEST(Generate, CoversEveryEdgeOften) {
  std::map<std::string, int> met;
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
    met[std::string("type ") + dtype_name(p.dtype)]++;
    met["D " + std::to_string(p.head_dim)]++;
  }
  EXPECT_EQ(std::count_if(met.begin(), met.end(), [](const auto& e) { return e.first.starts_with("D "); }),
            15);
  for (const auto& [edge, times] : met) EXPECT_GE(times, static_cast<int>(kSeeds / 100)) << edge;
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
