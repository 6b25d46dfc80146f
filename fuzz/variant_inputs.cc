#include "fuzz/variant_inputs.h"

#include <algorithm>
#include <cmath>

#include "fuzz/random.h"

namespace warpgauge {
namespace {

enum Stream : std::uint64_t { kSink = 6, kSlope, kBias, kDescale };  // after those of inputs.cc

// Of the size of the logits: near the largest one of a row, far below it, or far above it.
void fill_sinks(Inputs& in) {
  const RandomStream random(in.seed, kSink);
  const double largest = in.family == InputFamily::large_logits  ? 5.5e4
                         : in.family == InputFamily::huge_logits ? 1e10
                         : in.family == InputFamily::needles     ? 40
                                                                 : 3;
  const double scale = in.problem.softcap > 0 ? std::min(largest, in.problem.softcap) : largest;
  in.sinks.resize(static_cast<std::size_t>(in.problem.heads));
  for (std::size_t h = 0; h < in.sinks.size(); ++h)
    in.sinks[h] = static_cast<float>(scale * static_cast<double>(random.normal(h)));
}

// 2^-e (1 + f) with e in 0..8, as ALiBi's slopes, but in no order. Negative ones are legal.
void fill_slopes(Inputs& in) {
  const RandomStream random(in.seed, kSlope);
  in.slopes.resize(static_cast<std::size_t>(in.problem.heads));
  for (std::size_t h = 0; h < in.slopes.size(); ++h) {
    const float slope = std::ldexp(1.0f + static_cast<float>(random.below(3 * h, 256)) * 0x1p-8f,
                                   -static_cast<int>(random.below(3 * h + 1, 9)));
    in.slopes[h] = random.below(3 * h + 2, 16) == 0 ? -slope : slope;
  }
}

// 2^e (1 + f) with e in least..largest; rarely 0 or negative. A kernel may skip a product with 0, also if
// the other factor is NaN: no 0 then.
void fill_factors(Inputs& in, std::vector<float>& factors, int least, int largest, std::uint64_t operand) {
  const RandomStream random(in.seed, kDescale + operand);
  factors.resize(static_cast<std::size_t>(descale_elements(in.problem)));
  for (std::size_t n = 0; n < factors.size(); ++n) {
    const float factor = std::ldexp(
        1.0f + static_cast<float>(random.below(3 * n, 1 << 16)) * 0x1p-16f,
        least + static_cast<int>(random.below(3 * n + 1, static_cast<std::uint64_t>(largest - least + 1))));
    const std::uint64_t kind = random.below(3 * n + 2, 24);
    factors[n] = kind == 0 ? -factor : kind == 1 && !is_non_finite(in.family) ? 0.0f : factor;
  }
}

// The logits of some families have a size. There the factors of Q and K cancel, or are near 1.
void fill_descales(Inputs& in) {
  const bool is_sized = in.family == InputFamily::large_logits || in.family == InputFamily::huge_logits ||
                        in.family == InputFamily::needles;
  if (has_query_descale(in.problem)) fill_factors(in, in.q_descale, -4, 3, 0);
  fill_factors(in, in.k_descale, -4, 3, 1);
  fill_factors(in, in.v_descale, -6, 6, 2);  // O is finite in f16
  if (!is_sized) return;
  for (std::size_t n = 0; n < in.k_descale.size(); ++n) {
    if (in.q_descale.empty()) {
      in.k_descale[n] = 1 + std::fabs(in.k_descale[n]) * 0x1p-7f;
    } else {
      if (in.q_descale[n] == 0) in.q_descale[n] = 1;
      in.k_descale[n] = 1 / in.q_descale[n];
    }
  }
}

}  // namespace

void add_variants(Inputs& in) {
  const Problem& p = in.problem;
  if (has_descales(p)) fill_descales(in);
  if (p.sinks) fill_sinks(in);
  if (p.bias == Bias::alibi) fill_slopes(in);
  if (p.bias != Bias::tensor) return;
  in.bias.resize(static_cast<std::size_t>(bias_elements(p)));
  const RandomStream random(in.seed, kBias);
  for (std::size_t n = 0; n < in.bias.size(); ++n) in.bias[n] = 2 * random.normal(n);
}

}  // namespace warpgauge
