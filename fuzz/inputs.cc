#include "fuzz/inputs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fuzz/random.h"
#include "fuzz/rows.h"
#include "fuzz/variant_inputs.h"

namespace warpgauge {
namespace {

// variant_inputs.cc has others.
enum Stream : std::uint64_t { kQuery = 1, kKey, kValue, kPattern, kChoice };

constexpr InputFamily kFamilies[] = {
    InputFamily::normal,         InputFamily::heavy_tailed, InputFamily::large_logits,
    InputFamily::huge_logits,    InputFamily::needles,      InputFamily::zero_query,
    InputFamily::unit_value,     InputFamily::counting,     InputFamily::constant_keys,
    InputFamily::nan_inputs,     InputFamily::magnitudes,   InputFamily::subnormals,
    InputFamily::non_finite_keys};

// Calls value(index) for each element.
template <class Value>
void fill(std::vector<float>& tensor, Dtype dtype, Value value) {
  const auto size = static_cast<std::int64_t>(tensor.size());
#pragma omp parallel for schedule(static) if (size > 1 << 16)
  for (std::int64_t index = 0; index < size; ++index)
    tensor[index] = round_to(dtype, value(static_cast<std::uint64_t>(index)));
}

// Calls value_of(row) once for each row of `dim` elements, and its result for each d.
template <class ValueOf>
void fill_rows(std::vector<float>& tensor, Dtype dtype, std::int64_t dim, ValueOf value_of) {
  const auto rows = static_cast<std::int64_t>(tensor.size()) / dim;
#pragma omp parallel for schedule(static) if (rows * dim > 1 << 16)
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto value = value_of(static_cast<std::uint64_t>(row));
    for (std::int64_t d = 0; d < dim; ++d)
      tensor[row * dim + d] = round_to(dtype, value(static_cast<std::uint64_t>(d)));
  }
}

void fill_normal(std::vector<float>& tensor, Dtype dtype, RandomStream random) {
  fill(tensor, dtype, [random](std::uint64_t index) { return random.normal(index); });
}

void fill_heavy_tailed(std::vector<float>& tensor, Dtype dtype, RandomStream random) {
  fill(tensor, dtype, [random](std::uint64_t index) { return random.heavy_tailed(index); });
}

// Query rows are +-a and keys are a t with t in [1, 1.2], times a pattern of signs and magnitudes that both
// share. The logits of a row are all in largest..1.2 largest, or all in the negative of it. With 5e4 they are
// below the finite value that some kernels use for a masked logit. The last element separates keys with equal
// t.
void fill_large_logits(Inputs& in, double largest, double largest_element) {
  const Problem& p = in.problem;
  const RandomStream pattern(in.seed, kPattern), choice(in.seed, kChoice), fine(in.seed, kKey);
  const std::int64_t coarse = std::max<std::int64_t>(1, p.head_dim - 1);
  const double scale = std::max(std::fabs(p.scale), 1e-6);
  const auto amplitude = static_cast<float>(
      std::min(largest_element, std::sqrt(largest / (scale * static_cast<double>(coarse)))));
  const auto spread = static_cast<float>(std::min(100.0, 1 / scale));
  const auto signed_magnitude = [=](std::uint64_t d) {
    const float magnitude = 0.75f + static_cast<float>(pattern.below(2 * d, 256)) * 0x1p-9f;
    return pattern.bits(2 * d + 1) & 1 ? magnitude : -magnitude;
  };
  const auto last = static_cast<std::uint64_t>(coarse);
  fill_rows(in.q, query_type(p), p.head_dim, [=](std::uint64_t row) {
    const float signed_amplitude = choice.bits(2 * row) & 1 ? amplitude : -amplitude;
    return [=](std::uint64_t d) { return d < last ? signed_amplitude * signed_magnitude(d) : 1.0f; };
  });
  fill_rows(in.k, key_type(p), p.head_dim, [=](std::uint64_t row) {
    const float stretch = 1.0f + static_cast<float>(choice.below(2 * row + 1, 9)) * 0.025f;
    const float tail = spread * fine.normal(row);
    return [=](std::uint64_t d) { return d < last ? amplitude * stretch * signed_magnitude(d) : tail; };
  });
}

// The key that dominates query row `row`: one at which kernels are known to fail.
std::int64_t needle_key(const Problem& p, std::int64_t row, std::uint64_t bits) {
  const std::int64_t last = p.seq_k - 1;
  const KeyRange visible = visible_range(p, row);
  const std::int64_t tile = kTileSizes[(bits >> 8) % std::size(kTileSizes)];
  const std::int64_t tiles = std::max<std::int64_t>(1, p.seq_k / tile);
  const std::int64_t edge =
      tile * static_cast<std::int64_t>(1 + (bits >> 16) % static_cast<std::uint64_t>(tiles));
  const std::int64_t before_window = p.window.left < 0 ? visible.last - 1 : visible.first - 1;
  const std::int64_t candidates[] = {
      visible.first, last, visible.last - 1, visible.last,
      edge - 1,      edge, before_window,    static_cast<std::int64_t>(bits >> 40) % p.seq_k};
  return std::clamp<std::int64_t>(candidates[bits % std::size(candidates)], 0, last);
}

// Each key is a random code of +-1. A query row is the code of its needle, scaled to give it the logit 40.
// The logits of the other keys have mean 0 and standard deviation 40 / sqrt(D).
void fill_needles(Inputs& in) {
  const Problem& p = in.problem;
  const RandomStream codes(in.seed, kKey), choice(in.seed, kChoice);
  const auto dim = static_cast<std::uint64_t>(p.head_dim);
  const auto code = [=](std::uint64_t key, std::uint64_t d) {
    const std::uint64_t words = (dim + 63) / 64;
    return codes.bits(key * words + d / 64) >> (d % 64) & 1 ? 1.0f : -1.0f;
  };
  const auto code_of = [=](std::uint64_t key, float magnitude) {
    return [=](std::uint64_t d) { return magnitude * code(key, d); };
  };
  fill_rows(in.k, key_type(p), p.head_dim, [=](std::uint64_t key) { return code_of(key, 1.0f); });

  const double wanted = p.scale == 0 ? 1.0 : 40.0 / (p.scale * static_cast<double>(p.head_dim));
  // Few bits, so that the sum of D equal products is exact. Otherwise all of them would be rounded in the
  // same direction, which the bounds do not cover.
  const float amplitude = round_to(Dtype::bf16, static_cast<float>(std::clamp(wanted, -1000.0, 1000.0)));
  if (p.seq_k == 0) return;
  fill_rows(in.q, query_type(p), p.head_dim, [=, &in, &p](std::uint64_t index) {
    const auto row = static_cast<std::int64_t>(index);
    const std::int64_t head = row / p.seq_q % p.heads, batch = row / p.seq_q / p.heads;
    const std::int64_t kv_head = batch * p.kv_heads + head / (p.heads / p.kv_heads);
    const Problem sequence = sequence_of_row(in, row);
    const std::int64_t key =
        sequence.seq_k == 0 ? 0 : needle_key(sequence, row % p.seq_q, choice.bits(index));
    return code_of(static_cast<std::uint64_t>(kv_head * p.seq_k + key), amplitude);
  });
}

void fill_constant_keys(Inputs& in) {
  const Problem& p = in.problem;
  const RandomStream random(in.seed, kKey);
  const auto keys = static_cast<std::uint64_t>(p.seq_k), dim = static_cast<std::uint64_t>(p.head_dim);
  fill_rows(in.k, key_type(p), p.head_dim, [=](std::uint64_t key) {
    return [=](std::uint64_t d) { return random.normal(key / keys * dim + d); };
  });
}

// e4m3 has two NaNs: see encode in guarded_tensors.cc.
float nan_of(Dtype dtype, std::uint64_t bits) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  return dtype == Dtype::e4m3 && (bits & 1) ? -kNan : kNan;
}

// A kernel may multiply a masked key by a zero weight, which keeps its NaN. V gets a NaN only if all keys are
// visible. A kernel may skip a product with a scale of 0, as BLAS does. Q gets no NaN then.
void plant_nans(Inputs& in) {
  const Problem& p = in.problem;
  const RandomStream choice(in.seed, kChoice);
  const auto below = [&choice](std::int64_t index, std::int64_t count) {
    return static_cast<std::int64_t>(
        choice.below(static_cast<std::uint64_t>(index), static_cast<std::uint64_t>(count)));
  };
  if (p.seq_k == 0) return;
  for (std::int64_t head = 0; head < p.batch * p.heads; ++head) {
    const std::int64_t row = below(3 * head, p.seq_q);
    if (visible_to_row(in, head * p.seq_q + row).count() > 0 && p.scale != 0)
      in.q[(head * p.seq_q + row) * p.head_dim + below(3 * head + 1, p.head_dim)] =
          nan_of(query_type(p), choice.bits(static_cast<std::uint64_t>(3 * head)));
  }
  if (p.mask != Mask::none || !p.window.is_none()) return;
  const std::int64_t elements = p.seq_k * value_dim_of(p);
  for (std::int64_t head = 0; head < p.batch * p.kv_heads; ++head)
    in.v[head * elements + below(3 * head + 2, elements)] =
        nan_of(key_type(p), choice.bits(static_cast<std::uint64_t>(3 * head + 2)));
}

// Any finite code, -0 included.
void fill_codes(std::vector<float>& tensor, RandomStream random) {
  for (std::size_t n = 0; n < tensor.size(); ++n) {
    const auto code = static_cast<std::uint8_t>(random.bits(n) >> 32);
    const bool is_nan = (code & 0x7f) == e4m3::kNan;
    tensor[n] = e4m3::decode(is_nan ? static_cast<std::uint8_t>(code - 1) : code);
  }
}

// Multiplies by a power of two. The result is at most 6e4, so that it is finite in f16.
void scale_elements(std::vector<float>& tensor, Dtype dtype, RandomStream random, std::uint64_t index) {
  constexpr float kLargest = 6e4f;
  const float magnitude = std::ldexp(1.0f, static_cast<int>(random.below(index, 40)) - 24);
  for (float& element : tensor)
    element = round_to(dtype, std::clamp(element * magnitude, -kLargest, kLargest));
}

void fill_magnitudes(Inputs& in) {
  const Dtype query = query_type(in.problem), key = key_type(in.problem);
  const auto fill_one = [&](std::vector<float>& tensor, Dtype dtype, std::uint64_t index) {
    if (dtype == Dtype::e4m3)
      fill_codes(tensor, RandomStream(in.seed, kQuery + index));
    else
      scale_elements(tensor, dtype, RandomStream(in.seed, kChoice), index);
  };
  fill_one(in.q, query, 0);
  fill_one(in.k, key, 1);
  fill_one(in.v, key, 2);
}

// Multiples of the smallest positive number, below the smallest normal one.
void fill_subnormal(std::vector<float>& tensor, Dtype dtype, RandomStream random) {
  const int fraction_bits = -1 - std::ilogb(unit_roundoff(dtype));
  const int exponent = least_exponent(dtype) - fraction_bits;
  fill(tensor, dtype, [=](std::uint64_t index) {
    const auto magnitude = static_cast<float>(random.bits(index) >> 8 & ((1u << fraction_bits) - 1));
    return std::ldexp(random.bits(index) & 1 ? magnitude : -magnitude, exponent);
  });
}

void fill_subnormals(Inputs& in) {
  const RandomStream choice(in.seed, kChoice);
  const Dtype query = query_type(in.problem), key = key_type(in.problem);
  fill_subnormal(in.v, key, RandomStream(in.seed, kValue));
  if (choice.bits(0) & 1) fill_subnormal(in.q, query, RandomStream(in.seed, kQuery));
  if (choice.bits(1) & 1) fill_subnormal(in.k, key, RandomStream(in.seed, kKey));
}

// In a key that all queries of its sequence see, so that no kernel may skip it. An infinity needs a second
// visible key: if all logits are -inf, softmax is undefined.
void plant_non_finite_keys(Inputs& in) {
  const Problem& p = in.problem;
  if (p.seq_k == 0 || p.scale == 0) return;
  constexpr float kValues[] = {std::numeric_limits<float>::quiet_NaN(),
                               std::numeric_limits<float>::infinity(),
                               -std::numeric_limits<float>::infinity()};
  const RandomStream choice(in.seed, kChoice);
  const auto below = [&choice](std::int64_t index, std::int64_t count) {
    return static_cast<std::int64_t>(
        choice.below(static_cast<std::uint64_t>(index), static_cast<std::uint64_t>(count)));
  };
  for (std::int64_t head = 0; head < p.batch * p.kv_heads; ++head) {
    const Problem sequence = sequence_of_row(in, head / p.kv_heads * p.heads * p.seq_q);
    const KeyRange first_query = visible_range(sequence, 0),
                   last_query = visible_range(sequence, sequence.seq_q - 1);
    const std::int64_t seen = first_query.count() == 0 ? 0 : first_query.last - last_query.first;
    if (seen < 1) continue;
    const std::int64_t key = last_query.first + below(3 * head, seen), d = below(3 * head + 1, p.head_dim);
    in.k[(head * p.seq_k + key) * p.head_dim + d] =
        key_type(p) == Dtype::e4m3 ? nan_of(Dtype::e4m3, choice.bits(static_cast<std::uint64_t>(head)))
                                   : kValues[seen < 2 ? 0 : below(3 * head + 2, 3)];
  }
}

}  // namespace

std::span<const InputFamily> all_families() {
  return kFamilies;
}

const char* family_name(InputFamily family) {
  switch (family) {
    case InputFamily::normal:
      return "normal";
    case InputFamily::heavy_tailed:
      return "heavy_tailed";
    case InputFamily::large_logits:
      return "large_logits";
    case InputFamily::huge_logits:
      return "huge_logits";
    case InputFamily::needles:
      return "needles";
    case InputFamily::zero_query:
      return "zero_query";
    case InputFamily::unit_value:
      return "unit_value";
    case InputFamily::counting:
      return "counting";
    case InputFamily::constant_keys:
      return "constant_keys";
    case InputFamily::nan_inputs:
      return "nan_inputs";
    case InputFamily::magnitudes:
      return "magnitudes";
    case InputFamily::subnormals:
      return "subnormals";
    case InputFamily::non_finite_keys:
      return "non_finite_keys";
  }
  return "?";
}

bool is_non_finite(InputFamily family) {
  return family == InputFamily::nan_inputs || family == InputFamily::non_finite_keys;
}

bool has_closed_form(InputFamily family, const Problem& p) {
  return family == InputFamily::counting && !p.sinks && p.bias == Bias::none && !has_descales(p);
}

float round_to(Dtype dtype, float value) {
  return with_element_type(dtype, [value]<class T>(T) { return static_cast<float>(T(value)); });
}

Problem sequence_of_row(const Inputs& in, std::int64_t row) {
  const Problem& p = in.problem;
  return sequence_problem(p, placed_tensors(p, in.placement), row / p.seq_q / p.heads);
}

bool has_row(const Inputs& in, std::int64_t row) {
  if (in.problem.lengths == Lengths::equal) return true;
  return row % in.problem.seq_q < sequence_of_row(in, row).seq_q;
}

KeyRange visible_to_row(const Inputs& in, std::int64_t row) {
  const std::int64_t query = row % in.problem.seq_q;
  if (in.problem.lengths == Lengths::equal) return visible_range(in.problem, query);  // without a copy
  return visible_range(sequence_of_row(in, row), query);
}

Inputs make_inputs(const Problem& p, InputFamily family, std::uint64_t seed) {
  Inputs in{p,
            family,
            seed,
            std::vector<float>(query_elements(p)),
            std::vector<float>(key_elements(p)),
            std::vector<float>(value_elements(p))};
  // A NaN in a page would be in all sequences that use it.
  in.placement = make_placement(p, seed, !is_non_finite(family));
  const bool zero_query = family == InputFamily::zero_query || family == InputFamily::counting;
  const bool unit_value = family == InputFamily::unit_value || family == InputFamily::counting;
  const bool heavy = family == InputFamily::heavy_tailed;
  const auto fill_random = heavy ? fill_heavy_tailed : fill_normal;

  if (unit_value)
    std::fill(in.v.begin(), in.v.end(), 1.0f);
  else
    fill_random(in.v, key_type(p), RandomStream(seed, kValue));
  if (family == InputFamily::large_logits) {
    fill_large_logits(in, 5e4, 16384);
  } else if (family == InputFamily::huge_logits) {
    fill_large_logits(in, 1e10, 3e4);
  } else if (family == InputFamily::needles) {
    fill_needles(in);
  } else {
    if (!zero_query) fill_random(in.q, query_type(p), RandomStream(seed, kQuery));
    if (family == InputFamily::constant_keys)
      fill_constant_keys(in);
    else
      fill_random(in.k, key_type(p), RandomStream(seed, kKey));
    if (family == InputFamily::nan_inputs) plant_nans(in);
    if (family == InputFamily::subnormals) fill_subnormals(in);
    if (family == InputFamily::non_finite_keys) plant_non_finite_keys(in);
    if (family == InputFamily::magnitudes) fill_magnitudes(in);
  }
  share_pages(p, in.placement, p.head_dim, in.k);
  share_pages(p, in.placement, value_dim_of(p), in.v);
  add_variants(in);
  in.equal_keys = family == InputFamily::counting && p.bias == Bias::none;
  return in;
}

}  // namespace warpgauge
