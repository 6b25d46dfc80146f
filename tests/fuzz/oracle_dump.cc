// Writes problems, the bits of their operands, and the results of the CPU oracle to stdout, for
// oracle_numpy_test.py: 200 random problems, of which at least 20 have each feature.
//
//   problem KEY
//   array NAME TYPE COUNT     followed by COUNT elements in memory order, without a separator
//   ...
//   end
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <type_traits>
#include <vector>

#include "fuzz/generate.h"
#include "fuzz/oracle.h"
#include "kernels/case_key.h"

namespace warpgauge {
namespace {

constexpr int kProblems = 200, kLeast = 20;
constexpr std::int64_t kVolume = std::int64_t{1} << 15;

constexpr bool (*kFeatures[])(const Problem&) = {
    [](const Problem& p) { return p.mask == Mask::causal && p.seq_q != p.seq_k; },
    [](const Problem& p) { return !p.window.is_none(); },
    [](const Problem& p) { return p.softcap != 0; },
    [](const Problem& p) { return p.sinks; },
    [](const Problem& p) { return p.bias == Bias::alibi; },
    [](const Problem& p) { return p.bias == Bias::tensor; },
    [](const Problem& p) { return p.value_dim != 0; },
    [](const Problem& p) { return p.dtype == Dtype::e4m3; },
    [](const Problem& p) { return p.kv_e4m3; },
    [](const Problem& p) { return p.lengths != Lengths::equal; },
    [](const Problem& p) { return p.page > 0; },
};

// Accepts problems until each feature has its share of the 200.
class Quotas {
 public:
  bool accepts(const Problem& p) {
    int missing = 0;
    bool helps = false;
    for (std::size_t n = 0; n < std::size(kFeatures); ++n) {
      const int lacking = std::max(0, kLeast - seen_[n]);
      missing += lacking;
      helps |= lacking > 0 && kFeatures[n](p);
    }
    if (!helps && total_ + missing >= kProblems) return false;
    ++total_;
    for (std::size_t n = 0; n < std::size(kFeatures); ++n) seen_[n] += kFeatures[n](p);
    return true;
  }
  bool is_full() const { return total_ == kProblems; }

 private:
  std::array<int, std::size(kFeatures)> seen_{};
  int total_ = 0;
};

template <class T>
void write_array(const char* name, const char* type, const std::vector<T>& values) {
  const std::string header = fmt::format("array {} {} {}\n", name, type, values.size());
  std::fwrite(header.data(), 1, header.size(), stdout);
  std::fwrite(values.data(), sizeof(T), values.size(), stdout);
}

void write_operand(const char* name, Dtype dtype, const std::vector<float>& values) {
  with_element_type(dtype, [&]<class T>(T) {
    std::vector<T> elements;
    for (const float value : values) elements.push_back(T(value));
    write_array(name, dtype_name(dtype), elements);
  });
}

// The rows of O and LSE that the sequences have, in the order of [B, H, Sq].
std::vector<std::int64_t> rows_of(const Inputs& in) {
  const Problem& p = in.problem;
  const Tensors placed = placed_tensors(p, in.placement);
  std::vector<std::int64_t> rows;
  for (std::int64_t b = 0; b < p.batch; ++b)
    for (std::int64_t h = 0; h < p.heads; ++h)
      for (std::int64_t i = 0; i < sequence_problem(p, placed, b).seq_q; ++i)
        rows.push_back((b * p.heads + h) * p.seq_q + i);
  return rows;
}

// Keys or values [B, Hkv, Sk, dim] in their pages [pages, Hkv, page, dim]; NaN where no key is. As they are
// without pages.
std::vector<float> paged(const Inputs& in, const std::vector<float>& values, std::int64_t dim) {
  const Problem& p = in.problem;
  if (p.page == 0) return values;
  const Tensors placed = placed_tensors(p, in.placement);
  const std::int64_t pages = packed_tensors(p).pages;
  std::vector<float> pool(static_cast<std::size_t>(pages * p.kv_heads * p.page * dim), std::nanf(""));
  for (std::int64_t b = 0; b < p.batch; ++b)
    for (std::int64_t j = 0; j < sequence_problem(p, placed, b).seq_k; ++j) {
      const RowPlace place = key_place(p, placed, b, j);
      for (std::int64_t h = 0; h < p.kv_heads; ++h)
        std::copy_n(values.begin() + ((b * p.kv_heads + h) * p.seq_k + j) * dim, dim,
                    pool.begin() + ((place.block * p.kv_heads + h) * p.page + place.row) * dim);
    }
  return pool;
}

void write_problem(const Inputs& in) {
  const Problem& p = in.problem;
  const std::vector<std::int64_t> rows = rows_of(in);
  const Reference reference = compute_reference(in, rows, OracleBackend::cpu);
  const std::string header = fmt::format("problem {}\n", format_problem(p));
  std::fwrite(header.data(), 1, header.size(), stdout);
  write_operand("q", query_type(p), in.q);
  write_operand("k", key_type(p), paged(in, in.k, p.head_dim));
  write_operand("v", key_type(p), paged(in, in.v, value_dim_of(p)));
  write_array("q_starts", "s32", in.placement.q_starts);
  write_array("k_starts", "s32", in.placement.k_starts);
  write_array("table", "s32", in.placement.table);
  const std::pair<const char*, const std::vector<float>*> optional[] = {
      {"sinks", &in.sinks},         {"slopes", &in.slopes},       {"bias", &in.bias},
      {"q_descale", &in.q_descale}, {"k_descale", &in.k_descale}, {"v_descale", &in.v_descale}};
  for (const auto& [name, values] : optional) write_operand(name, Dtype::f32, *values);
  write_array("output", "f64", reference.output);
  write_array("lse", "f64", reference.lse);
  std::fputs("end\n", stdout);
}

void dump() {
  Quotas quotas;
  for (std::uint64_t seed = 1; !quotas.is_full(); ++seed) {
    FuzzCase c = random_case(seed, 0, {.volume = kVolume});
    if (is_non_finite(c.family)) c.family = InputFamily::heavy_tailed;
    if (quotas.accepts(c.problem)) write_problem(make_inputs(c.problem, c.family, c.seed));
  }
}

}  // namespace
}  // namespace warpgauge

int main() {
  warpgauge::dump();
  return 0;
}
