#include "fuzz/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "fuzz/draw_sequences.h"
#include "fuzz/draws.h"
#include "fuzz/random.h"
#include "fuzz/rows.h"
#include "kernels/sequences.h"

namespace warpgauge {
namespace {

// Which kernels are likely to support: multiples of 8, and a few that are not.
constexpr std::int64_t kCommonHeadDims[] = {8,   16,  32,  40,  64,  64, 64, 80,  96,
                                            128, 128, 160, 192, 256, 1,  20, 100, 320};
constexpr std::int64_t kTails[] = {8, 24, 56, 88, 120};  // what is left of D after multiples of 128
constexpr std::int64_t kMostHeadDim = 576;               // of multi-head latent attention
constexpr std::int64_t kGroups[] = {1, 1, 2, 3, 4, 8};
constexpr std::int64_t kMostGroup = 71;  // of Falcon-7B
constexpr std::int64_t kMostBatches = 200;
constexpr std::int64_t kPast16Bits = 65537;  // heads or batches: past a grid's limit along y and z
constexpr std::int64_t kLongKeys[] = {32769, 33000, 65535, 65537, 70000};  // past signed and unsigned 16 bits
constexpr std::uint64_t kAttempts = 4096;

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
  const std::int64_t drawn = draws.one_in(8) ? draws.range(5, kMostGroup) : draws.pick(kGroups);
  const std::int64_t group = std::min(drawn, budget);
  p.kv_heads = draws.range(1, std::min<std::int64_t>(4, budget / group));
  p.heads = p.kv_heads * group;
  const std::int64_t most_batches = draws.one_in(8) ? kMostBatches : 4;
  p.batch = draws.range(1, std::min<std::int64_t>(most_batches, budget / p.heads));
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

std::int64_t draw_head_dim(Draws& draws) {
  if (draws.one_in(2)) return draws.pick(kCommonHeadDims);
  if (draws.one_in(2)) return draws.range(1, kMostHeadDim);
  return 128 * draws.range(0, 3) + draws.pick(kTails);
}

double draw_scale(Draws& draws, std::int64_t head_dim) {
  double scale = default_scale(head_dim);
  if (draws.one_in(8)) scale *= static_cast<double>(draws.range(1, 64)) / 16;
  if (draws.one_in(20)) scale = draws.one_in(2) ? 0 : -scale;
  return scale;
}

// Of models with latent attention: 192/128 and 576/512; otherwise any.
void draw_value_dim(Draws& draws, Problem& p) {
  constexpr std::int64_t kLatent[][2] = {{192, 128}, {576, 512}};
  if (draws.one_in(3)) {
    const auto& dims = kLatent[draws.range(0, 1)];
    if (p.scale == default_scale(p.head_dim)) p.scale = default_scale(dims[0]);
    p.head_dim = dims[0];
    p.value_dim = dims[1];
  } else {
    p.value_dim = draw_head_dim(draws);
    if (p.value_dim == p.head_dim) p.value_dim = 0;
  }
}

// Sides near a tile's edge, short ones, and ones that hide nothing.
std::int64_t draw_side(Draws& draws) {
  if (draws.one_in(6)) return 0;
  if (draws.one_in(2)) return draws.range(1, 40);
  return draws.pick(kTileSizes) * draws.range(1, 4) + draws.range(-1, 1);
}

void draw_window(Draws& draws, Problem& p) {
  p.window.left = draws.one_in(5) ? -1 : draw_side(draws);
  if (p.mask == Mask::causal)
    p.window.right = 0;
  else
    p.window.right = draws.one_in(4) && p.window.left >= 0 ? -1 : std::max<std::int64_t>(1, draw_side(draws));
}

// One problem in six: as often of Q, K and V as of K and V alone.
void draw_e4m3(Draws& draws, Problem& p) {
  if (!draws.one_in(6)) return;
  if (draws.one_in(2))
    p.dtype = Dtype::e4m3;
  else
    p.kv_e4m3 = true;
}

// Half of the problems have none.
void draw_variants(Draws& draws, Problem& p) {
  constexpr double kCaps[] = {50, 50, 30, 5, 1, 0.25, 1000};
  constexpr Bias kBiases[] = {Bias::alibi, Bias::tensor};
  if (draws.one_in(2)) return;
  const bool is_all = draws.one_in(8);
  const auto draws_it = [&] { return is_all || draws.one_in(3); };
  if (draws_it()) draw_window(draws, p);
  if (draws_it()) p.softcap = draws.pick(kCaps);
  p.sinks = draws_it();
  if (draws_it()) p.bias = draws.pick(kBiases);
  if (draws_it()) draw_value_dim(draws, p);
}

// Type, D, scale and mask.
Problem draw_kind(Draws& draws) {
  Problem p;
  constexpr Dtype kDtypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};
  p.dtype = draws.pick(kDtypes);
  p.head_dim = draw_head_dim(draws);
  p.scale = draw_scale(draws, p.head_dim);
  p.mask = draws.one_in(2) ? Mask::causal : Mask::none;
  return p;
}

void draw_ordinary_sizes(Draws& draws, std::int64_t max_volume, Problem& p) {
  // A long Sq leaves no volume for a long Sk. Most problems are therefore limited to a square.
  const auto square = static_cast<std::int64_t>(std::sqrt(static_cast<double>(max_volume / p.head_dim)));
  const std::int64_t longest = draws.one_in(3) ? max_volume / p.head_dim : square;
  p.seq_q = draws.one_in(5) ? draws.range(1, 16) : draw_length(draws, std::min<std::int64_t>(640, longest));
  p.seq_k = draw_keys(draws, p, std::max<std::int64_t>(1, max_volume / (p.seq_q * p.head_dim)));
  draw_heads(draws, max_volume, p);
}

// More rows than any tile or fixed buffer has, and few keys.
void draw_long_query(Draws& draws, std::int64_t max_volume, Problem& p) {
  const std::int64_t longest = std::clamp<std::int64_t>(max_volume / (8 * p.head_dim), 641, 8192);
  p.seq_q = draws.range(641, longest);
  p.seq_k = draws.range(1, std::clamp<std::int64_t>(max_volume / (p.seq_q * p.head_dim), 1, 1300));
  p.heads = p.kv_heads = draws.range(1, 2);
}

void draw_long_keys(Draws& draws, Problem& p) {
  p.seq_q = draws.range(1, 2);
  p.seq_k = draws.pick(kLongKeys);
  p.heads = p.kv_heads = 1;
}

// Indices of batches or heads that do not fit into 16 bits.
void draw_past_16_bits(Draws& draws, Problem& p) {
  p.seq_q = 1;
  p.seq_k = draws.range(1, 2);
  (draws.one_in(2) ? p.batch : p.heads) = kPast16Bits;
  p.kv_heads = draws.one_in(2) ? p.heads : 1;
}

// The rarely drawn sizes, whose cost is in their elements. D shrinks until the cost is low enough.
void draw_corner_sizes(Draws& draws, std::int64_t max_volume, Backend backend, Problem& p) {
  const bool is_default_scale = p.scale == default_scale(p.head_dim);
  if (draws.one_in(2))
    draw_long_keys(draws, p);
  else
    draw_past_16_bits(draws, p);
  while (p.head_dim > 1 && check_cost(p, backend) > static_cast<double>(max_volume)) {
    p.head_dim /= 2;
    p.value_dim /= 2;
    if (p.value_dim == p.head_dim) p.value_dim = 0;
  }
  if (is_default_scale) p.scale = default_scale(p.head_dim);
}

// Makes the problem smaller until its check costs at most `limit`.
void fit(Problem& p, double limit, Backend backend) {
  while (check_cost(p, backend) > limit) {
    if (p.batch > 1) {
      p.batch /= 2;
    } else if (p.kv_heads > 1) {
      p.heads /= p.kv_heads;
      p.kv_heads = 1;
    } else if (p.heads > 1) {
      p.heads /= 2;
    } else if (p.seq_k > p.seq_q) {
      p.seq_k /= 2;
    } else if (p.seq_q > 1) {
      p.seq_q /= 2;
    } else {
      return;
    }
  }
}

// The streams of a case. Each is drawn from in the same order, whatever the others give.
struct Streams {
  Draws draws, variants, sequences, types;

  Streams(std::uint64_t seed, std::uint64_t attempt)
      : draws(seed, attempt),
        variants(seed, kAttempts + attempt),
        sequences(seed, 2 * kAttempts + attempt),
        types(seed, 3 * kAttempts + attempt) {}
};

Problem draw_sized_problem(Draws& draws, Draws& variants, Draws& types, const DrawLimits& limits) {
  Problem p = draw_kind(draws);
  if (limits.variants) draw_variants(variants, p);
  if (limits.variants) draw_e4m3(types, p);
  if (limits.corners && draws.one_in(4)) {
    draw_corner_sizes(draws, kMaxCornerVolume, limits.backend, p);
    return p;
  }
  if (draws.one_in(25))
    draw_corner_sizes(draws, limits.volume, limits.backend, p);
  else if (draws.one_in(16))
    draw_long_query(draws, limits.volume, p);
  else
    draw_ordinary_sizes(draws, limits.volume, p);
  fit(p, static_cast<double>(limits.volume), limits.backend);
  return p;
}

Problem draw_problem(Streams& streams, const DrawLimits& limits) {
  Problem p = draw_sized_problem(streams.draws, streams.variants, streams.types, limits);
  if (!limits.variants || !limits.sequences) return p;
  const bool is_corner = check_cost(p, limits.backend) > static_cast<double>(limits.volume);
  if (!is_corner) draw_lengths(streams.sequences, limits, p);
  draw_pages(streams.sequences, p);
  const auto most = static_cast<double>(is_corner ? kMaxCornerVolume : limits.volume);
  // Many short sequences leave most of each page unused.
  if (check_cost(p, limits.backend) > most) p.page = std::min<std::int64_t>(p.page, 16);
  if (check_cost(p, limits.backend) > most) p.page = 0;
  fit(p, most, limits.backend);
  return p;
}

// Gives the problem a second batch or head if the layout has no effect without one.
void give_axis(Problem& p, Layout layout) {
  if (layout_matters(p, layout)) return;
  switch (layout) {
    case Layout::q_head_stride_0:
    case Layout::far_head:
      p.heads *= 2;
      break;
    case Layout::kv_head_stride_0:
      p.heads *= 2;
      p.kv_heads *= 2;
      break;
    default:
      p.batch *= 2;
  }
}

// The problem with sizes at which the layout matters, at the same cost. Nothing if there are none.
std::optional<Problem> fit_to_layout(Problem p, Layout layout, const DrawLimits& limits) {
  const bool is_corner = p.seq_k >= kLongKeys[0] || p.batch >= kPast16Bits || p.heads >= kPast16Bits;
  const auto limit = std::max(static_cast<double>(limits.volume), check_cost(p, limits.backend));
  if (!is_corner) give_axis(p, layout);
  while (check_cost(p, limits.backend) > limit && p.seq_q * p.seq_k > 1)
    (p.seq_k > p.seq_q ? p.seq_k : p.seq_q) /= 2;
  const bool fits = check_cost(p, limits.backend) <= limit && layout_fits(p, layout);
  return fits && layout_matters(p, layout) ? std::optional(p) : std::nullopt;
}

// One of the four layouts that apply to any problem, or one of the rare ones.
Layout draw_layout(Draws& draws, const DrawLimits& limits, Problem& p) {
  constexpr Layout kOrdinary[] = {Layout::packed, Layout::padded, Layout::interleaved, Layout::mixed};
  if (draws.one_in(4)) return draws.pick(kOrdinary);
  const auto layouts = all_layouts();
  for (int tries = 0; tries < 16; ++tries) {
    const Layout layout = draws.pick(layouts);
    if (!backend_holds(limits.backend, layout)) continue;
    if (const auto fitting = fit_to_layout(p, layout, limits)) {
      p = *fitting;
      return layout;
    }
  }
  return Layout::packed;
}

// Normal inputs in a quarter of the cases, any family in the others.
InputFamily draw_family(Draws& draws) {
  if (draws.one_in(4)) return InputFamily::normal;
  return draws.pick(all_families());
}

}  // namespace

std::string unsupported_reason(const Kernel& kernel, const FuzzCase& c) {
  if (!backend_holds(kernel.backend, c.layout))
    return fmt::format("memory of {} kernels cannot hold layout={}", backend_name(kernel.backend),
                       layout_name(c.layout));
  if (!layout_fits(c.problem, c.layout))
    return fmt::format("the address space is too small for layout={}", layout_name(c.layout));
  return kernel.supports(c.problem, layout_tensors(c.problem, c.layout));
}

double check_cost(const Problem& p, Backend backend) {
  constexpr std::int64_t kTile = 64;
  constexpr double kTileShare = 16;  // a tile with one row costs as much as a full one
  const auto size = [](std::int64_t n) { return static_cast<double>(n); };
  const auto padded = [](std::int64_t n) {
    return static_cast<double>((std::max<std::int64_t>(1, n) + kTile - 1) / kTile * kTile);
  };
  const double heads = size(p.batch) * size(p.heads);
  if (backend == Backend::simt)
    return heads * padded(p.seq_q) * padded(p.seq_k) * (size(p.head_dim) + size(value_dim_of(p))) / 2 /
           kTileShare;
  constexpr double kPerElement = 6, kPerRow = 16;             // measured: to draw, store, and compare
  const TensorShape cache = key_shape(p, packed_tensors(p));  // with the unused keys of pages
  const double rows = heads * size(p.seq_q), keys = size(cache.blocks) * size(cache.heads) * size(cache.rows);
  const double dims = size(p.head_dim) + size(value_dim_of(p));
  return rows * size(std::max<std::int64_t>(1, p.seq_k)) * dims / 2 + kPerRow * rows +
         kPerElement * ((rows + keys) * dims + size(bias_elements(p)));
}

bool is_relaunched(const FuzzCase& c) {
  return mix_bits(c.seed) % 3 == 0;
}

FuzzCase random_case(std::uint64_t seed, std::uint64_t attempt, const DrawLimits& limits) {
  Streams streams(seed, attempt);
  Draws& draws = streams.draws;
  FuzzCase drawn;
  drawn.problem = draw_problem(streams, limits);
  drawn.family = draw_family(draws);
  drawn.seed = draws.bits() >> 32;
  drawn.layout = draw_layout(draws, limits, drawn.problem);
  drawn.guard = draws.pick(all_guards());
  drawn.threads = static_cast<int>(draws.range(1, 3));
  return drawn;
}

std::optional<FuzzCase> random_supported_case(const Kernel& kernel, std::uint64_t seed,
                                              const DrawChoice& choice) {
  const std::int64_t bearable = kernel.backend == Backend::simt ? kMaxEmulatedVolume : kMaxFuzzVolume;
  DrawLimits limits{.volume = choice.volume > 0 ? choice.volume : bearable,
                    .backend = kernel.backend,
                    .corners = choice.corners};
  for (std::uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
    for (const auto& [variants, sequences] : {std::pair(true, true), {true, false}, {false, false}}) {
      limits.variants = variants;
      limits.sequences = sequences;
      const FuzzCase drawn = random_case(seed, attempt, limits);
      if (unsupported_reason(kernel, drawn).empty()) return drawn;
    }
  }
  return std::nullopt;
}

}  // namespace warpgauge
