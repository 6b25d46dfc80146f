#include "fuzz/generate.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "fuzz/random.h"
#include "fuzz/rows.h"

namespace warpgauge {
namespace {

// Multiples of 8, which most kernels require; a few that are not; and one that is too large for many kernels.
constexpr std::int64_t kHeadDims[] = {8,   16,  32,  40,  64,  64, 64, 80,  96,
                                      128, 128, 160, 192, 256, 1,  20, 100, 320};
constexpr std::int64_t kGroups[] = {1, 1, 2, 3, 4, 8};
constexpr std::uint64_t kAttempts = 256;

// Draws values one after the other from the stream of a seed.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t attempt) : random_(seed, 0x100 + attempt) {}

  std::int64_t range(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(random_.below(next_++, static_cast<std::uint64_t>(high - low + 1)));
  }
  bool one_in(std::int64_t n) { return range(1, n) == 1; }
  std::uint64_t bits() { return random_.bits(next_++); }
  template <class T, std::size_t N>
  T pick(const T (&values)[N]) {
    return values[range(0, N - 1)];
  }

 private:
  RandomStream random_;
  std::uint64_t next_ = 0;
};

// A length of at most `limit`: mostly at a tile's edge +-1. Otherwise any length, with short ones preferred.
std::int64_t draw_length(Draws& draws, std::int64_t limit) {
  if (limit <= 1 || draws.one_in(12)) return 1;
  if (draws.range(1, 3) > 1) {
    const std::int64_t tile = draws.pick(kTileSizes);
    const std::int64_t tiles =
        std::max<std::int64_t>(1, std::min<std::int64_t>(limit / tile, draws.range(1, 6)));
    return std::clamp<std::int64_t>(tile * tiles + draws.range(-1, 1), 1, limit);
  }
  return draws.range(1, draws.range(1, limit));
}

// B, H and Hkv whose product fits into the rest of the volume.
void draw_heads(Draws& draws, std::int64_t max_volume, Problem& p) {
  const std::int64_t row_volume = p.seq_q * std::max<std::int64_t>(1, p.seq_k) * p.head_dim;
  const std::int64_t budget = std::max<std::int64_t>(1, max_volume / row_volume);
  const std::int64_t group = std::min(draws.pick(kGroups), budget);
  p.kv_heads = draws.range(1, std::min<std::int64_t>(4, budget / group));
  p.heads = p.kv_heads * group;
  p.batch = draws.range(1, std::min<std::int64_t>(4, budget / p.heads));
}

// Sk of at most `longest`, given Sq and the mask.
std::int64_t draw_keys(Draws& draws, const Problem& p, std::int64_t longest) {
  if (draws.one_in(40)) return 0;
  if (draws.one_in(20)) return draws.range(1, std::min(p.seq_q, longest));  // causal: rows without keys
  const bool decode = p.seq_q <= 16;
  if (decode && draws.one_in(2)) return draws.range(1, std::min<std::int64_t>(16384, longest));
  // The diagonal leaves a tile at its corner, or one or two keys beside it. There kernels decide wrongly
  // which tiles to mask or to skip.
  if (p.mask == Mask::causal && draws.range(1, 4) > 1) {
    const std::int64_t tiles_more = draws.range(-1, std::clamp<std::int64_t>((longest - p.seq_q) / 64, 0, 4));
    return std::clamp<std::int64_t>(p.seq_q + 64 * tiles_more + draws.range(-2, 1), 1, longest);
  }
  if (!decode && draws.one_in(2)) return std::min(p.seq_q, longest);
  return draw_length(draws, std::min<std::int64_t>(1300, longest));
}

Problem draw_problem(Draws& draws, std::int64_t max_volume) {
  Problem p;
  constexpr Dtype kDtypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};
  p.dtype = draws.pick(kDtypes);
  p.head_dim = draws.pick(kHeadDims);
  p.scale = default_scale(p.head_dim);
  if (draws.one_in(8)) p.scale *= static_cast<double>(draws.range(1, 64)) / 16;
  if (draws.one_in(30)) p.scale = draws.one_in(2) ? 0 : -p.scale;
  p.mask = draws.one_in(2) ? Mask::causal : Mask::none;
  // A long Sq leaves no volume for a long Sk. Most problems are therefore limited to a square.
  const auto square = static_cast<std::int64_t>(std::sqrt(static_cast<double>(max_volume / p.head_dim)));
  const std::int64_t longest = draws.one_in(3) ? max_volume / p.head_dim : square;
  p.seq_q = draws.one_in(5) ? draws.range(1, 16) : draw_length(draws, std::min<std::int64_t>(640, longest));
  p.seq_k = draw_keys(draws, p, std::max<std::int64_t>(1, max_volume / (p.seq_q * p.head_dim)));
  draw_heads(draws, max_volume, p);
  return p;
}

// Normal inputs in a quarter of the cases, any family in the others.
InputFamily draw_family(Draws& draws) {
  if (draws.one_in(4)) return InputFamily::normal;
  const auto families = all_families();
  return families[static_cast<std::size_t>(draws.range(0, std::ssize(families) - 1))];
}

}  // namespace

std::string unsupported_reason(const Kernel& kernel, const FuzzCase& c) {
  return kernel.supports(c.problem, layout_tensors(c.problem, c.layout));
}

FuzzCase random_case(std::uint64_t seed, std::uint64_t attempt, std::int64_t max_volume) {
  Draws draws(seed, attempt);
  FuzzCase drawn;
  drawn.problem = draw_problem(draws, max_volume);
  drawn.family = draw_family(draws);
  drawn.seed = draws.bits() >> 32;
  constexpr Layout kLayouts[] = {Layout::packed, Layout::padded, Layout::interleaved, Layout::mixed};
  drawn.layout = draws.pick(kLayouts);
  drawn.threads = static_cast<int>(draws.range(1, 3));
  return drawn;
}

std::optional<FuzzCase> random_supported_case(const Kernel& kernel, std::uint64_t seed) {
  const std::int64_t max_volume = kernel.backend == Backend::simt ? kMaxEmulatedVolume : kMaxFuzzVolume;
  for (std::uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
    const FuzzCase drawn = random_case(seed, attempt, max_volume);
    if (unsupported_reason(kernel, drawn).empty()) return drawn;
  }
  return std::nullopt;
}

}  // namespace warpgauge
