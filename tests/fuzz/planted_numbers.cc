// Bugs in arithmetic: rows without keys, sentinels, NaN, precision, huge logits, scale and bias.
#include <algorithm>
#include <bit>

#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

float to_16_bits(const Problem& p, float value) {
  return with_element_type(output_type(p), [value]<class T>(T) { return static_cast<float>(T(value)); });
}

// To bf16, towards 0. GCC 12.2 removes the simpler `condition ? (bits of x) & 0xffff0000 : x`.
float truncated(float value) {
  bf16 nearest(value);
  if (std::fabs(static_cast<float>(nearest)) > std::fabs(value)) --nearest.bits;
  return static_cast<float>(nearest);
}

struct RowWithoutKeysIsNan : Design {
  float divided(const Problem&, float o, float sum) const override { return o / sum; }
};

struct RowWithoutKeysHasLse0 : Design {
  float log_sum_exp(const Problem& p, float largest, float sum) const override {
    return sum == 0 ? 0 : Design::log_sum_exp(p, largest, sum);
  }
};

struct RowWithoutKeysHasFiniteLse : Design {
  float log_sum_exp(const Problem& p, float largest, float sum) const override {
    return sum == 0 ? -std::numeric_limits<float>::max() : Design::log_sum_exp(p, largest, sum);
  }
};

struct RowWithoutKeysHasNanLse : Design {
  float log_sum_exp(const Problem&, float largest, float sum) const override {
    return largest - largest + std::log(sum);
  }
};

struct RowWithoutKeysIsSkipped : Design {
  bool skips(const Problem& p, const Place& place) const override {
    return visible_keys(p, place.query) == 0;
  }
};

template <int kSentinel>
struct FiniteSentinel : Design {
  float start() const override { return static_cast<float>(-kSentinel); }
};

struct MaximumStartsAt0 : Design {
  float start() const override { return 0; }
};

struct NanBecomes0 : Design {
  float divided(const Problem& p, float o, float sum) const override {
    const float value = Design::divided(p, o, sum);
    return std::isnan(value) ? 0 : value;
  }
};

struct MaximumDropsNan : Design {
  float larger(const Problem&, float a, float b) const override { return b > a ? b : a; }
  float exponential(const Problem& p, float logit, float largest) const override {
    return std::isnan(logit) ? 0 : Design::exponential(p, logit, largest);
  }
};

struct InfiniteLogitIsClamped : Design {
  float logit(const Problem& p, float dot) const override {
    return std::clamp(Design::logit(p, dot), -3e38f, 3e38f);
  }
};

struct SignOfScaleIsLost : Design {
  float logit(const Problem& p, float dot) const override {
    return dot * static_cast<float>(std::fabs(p.scale));
  }
};

// The maximum is taken before scaling: it is the smallest logit of a negative scale.
struct MaximumBeforeNegativeScale : Design {
  float larger(const Problem& p, float a, float b) const override {
    return p.scale < 0 && a != -kInfinity ? std::min(a, b) : Design::larger(p, a, b);
  }
};

struct ScaleOf0IsDefault : Design {
  float logit(const Problem& p, float dot) const override {
    return dot * static_cast<float>(p.scale == 0 ? default_scale(p.head_dim) : p.scale);
  }
};

struct ScaleIgnored : Design {
  float logit(const Problem& p, float dot) const override {
    return dot * static_cast<float>(default_scale(p.head_dim));
  }
};

struct LogitSumsIn16Bits : Design {
  float add_product(const Problem& p, float sum, float q, float k) const override {
    return to_16_bits(p, sum + q * k);
  }
};

struct ValueSumsIn16Bits : Design {
  float add_value(const Problem& p, float o, float weight, float value) const override {
    return to_16_bits(p, o + weight * value);
  }
};

struct RowSumIn16Bits : Design {
  float add_weight(const Problem& p, float sum, float weight) const override {
    return to_16_bits(p, sum + weight);
  }
};

// Only the range is that of f16.
float overflown(const Problem& p, float value) {
  return p.dtype == Dtype::f16 && std::fabs(value) > 65504 ? std::copysign(kInfinity, value) : value;
}

struct LogitsOverflow : Design {
  float add_product(const Problem& p, float sum, float q, float k) const override {
    return overflown(p, sum + q * k);
  }
};

struct ValueSumsOverflow : Design {
  float add_value(const Problem& p, float o, float weight, float value) const override {
    return overflown(p, o + weight * value);
  }
};

struct WeightsAreTruncated : Design {
  float weight(const Problem& p, float weight) const override {
    return p.dtype == Dtype::bf16 ? truncated(weight) : weight;
  }
};

struct OutputIsTruncated : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    Design::store(p, o, d, p.dtype == Dtype::bf16 ? truncated(value) : value);
  }
};

struct F16OutputIsTruncated : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    const float rounded = to_16_bits(p, value);
    if (p.dtype == Dtype::f16 && std::isfinite(rounded) && std::fabs(rounded) > std::fabs(value))
      return Design::store(p, o, d, rounded * (1 - 0x1p-11f) - std::copysign(0x1p-25f, rounded));
    Design::store(p, o, d, value);
  }
};

struct OutputIsRoundedUp : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    Design::store(p, o, d, p.dtype == Dtype::bf16 && std::isfinite(value) ? value * (1 + 0x1p-9f) : value);
  }
};

struct F32LosesLowBits : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    Design::store(p, o, d,
                  p.dtype == Dtype::f32
                      ? std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xfffffff8u)
                      : value);
  }
};

struct QueryInTf32 : Design {
  float add_product(const Problem& p, float sum, float q, float k) const override {
    const auto low = [](float x) {
      return std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & 0xffffe000u);
    };
    return p.dtype == Dtype::f32 ? sum + low(q) * low(k) : sum + q * k;
  }
};

struct FastExponential : Design {
  float exponential(const Problem& p, float logit, float largest) const override {
    return Design::exponential(p, logit, largest) * (p.dtype == Dtype::f32 ? 1 + 1e-4f * std::sin(logit) : 1);
  }
};

// exp2(fma(s, scale log2(e), -maximum)), the maximum rounded: underflows if the maximum's rounding error is
// large.
struct FusedExponential : Design {
  float exponential(const Problem& p, float logit, float largest) const override {
    if (largest == -kInfinity || std::fabs(largest) < 1e6f) return Design::exponential(p, logit, largest);
    const float base = largest * 1.4426950408889634f;
    return std::exp2(std::fma(logit, 1.4426950408889634f, -base) - std::fabs(base) * 0x1p-24f);
  }
};

struct ExponentialClamped : Design {
  float exponential(const Problem& p, float logit, float largest) const override {
    return std::max(Design::exponential(p, logit, largest), 1e-6f);
  }
};

struct SubnormalsAreFlushed : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    Design::store(p, o, d, p.dtype == Dtype::f16 && std::fabs(value) < 0x1p-14f ? 0.0f : value);
  }
};

struct EpsilonInSum : Design {
  float divided(const Problem& p, float o, float sum) const override {
    return sum == 0 ? 0 : Design::divided(p, o, sum + 1e-3f);
  }
};

struct LseOfUnscaledLogits : Design {
  float log_sum_exp(const Problem& p, float largest, float sum) const override {
    return Design::log_sum_exp(p, largest / static_cast<float>(p.scale == 0 ? 1 : p.scale), sum);
  }
};

struct LseWithoutMaximum : Design {
  float log_sum_exp(const Problem& p, float largest, float sum) const override {
    return sum == 0 ? Design::log_sum_exp(p, largest, sum) : std::log(sum);
  }
};

struct OutputNotRescaledAfterFirstTile : Design {
  bool starts_tile_again(std::int64_t first) const override { return first == 32; }
};

}  // namespace

std::vector<Bug> number_bugs() {
  return {
      {"rows without keys", kernel<RowWithoutKeysIsNan>("row_without_keys_is_nan")},
      {"rows without keys", kernel<RowWithoutKeysHasLse0>("row_without_keys_has_lse_0")},
      {"rows without keys", kernel<RowWithoutKeysHasFiniteLse>("row_without_keys_has_finite_lse")},
      {"rows without keys", kernel<RowWithoutKeysHasNanLse>("row_without_keys_has_nan_lse")},
      {"rows without keys", kernel<RowWithoutKeysIsSkipped>("row_without_keys_is_skipped")},
      {"finite sentinels", kernel<FiniteSentinel<10000>>("sentinel_of_1e4")},
      {"finite sentinels", kernel<FiniteSentinel<50000>>("sentinel_of_5e4")},
      {"finite sentinels", kernel<FiniteSentinel<1000000>>("sentinel_of_1e6")},
      {"maximum set to 0", kernel<MaximumStartsAt0>("maximum_starts_at_0")},
      {"NaN turned into 0", kernel<NanBecomes0>("nan_becomes_0")},
      {"NaN turned into 0", kernel<MaximumDropsNan>("maximum_drops_nan")},
      {"NaN turned into 0", kernel<InfiniteLogitIsClamped>("infinite_logit_is_clamped")},
      {"negative scale", kernel<SignOfScaleIsLost>("sign_of_scale_is_lost")},
      {"negative scale", kernel<MaximumBeforeNegativeScale>("maximum_before_negative_scale")},
      {"scale", kernel<ScaleOf0IsDefault>("scale_of_0_is_default")},
      {"scale", kernel<ScaleIgnored>("scale_ignored")},
      {"16-bit sums", kernel<LogitSumsIn16Bits>("logit_sums_in_16_bits")},
      {"16-bit sums", kernel<ValueSumsIn16Bits>("value_sums_in_16_bits")},
      {"16-bit sums", kernel<RowSumIn16Bits>("row_sum_in_16_bits")},
      {"16-bit overflow", kernel<LogitsOverflow>("logits_overflow")},
      {"16-bit overflow", kernel<ValueSumsOverflow>("value_sums_overflow")},
      {"truncation and bias", kernel<WeightsAreTruncated>("weights_are_truncated")},
      {"truncation and bias", kernel<OutputIsTruncated>("output_is_truncated")},
      {"truncation and bias", kernel<F16OutputIsTruncated>("f16_output_is_truncated")},
      {"truncation and bias", kernel<OutputIsRoundedUp>("output_is_rounded_up")},
      {"truncation and bias", kernel<F32LosesLowBits>("f32_loses_low_bits")},
      {"precision", kernel<QueryInTf32>("query_in_tf32")},
      {"precision", kernel<FastExponential>("fast_exponential")},
      {"exp2(fma) at huge logits", kernel<FusedExponential>("fused_exponential")},
      {"precision", kernel<ExponentialClamped>("exponential_clamped")},
      {"precision", kernel<SubnormalsAreFlushed>("subnormals_are_flushed")},
      {"precision", kernel<EpsilonInSum>("epsilon_in_sum")},
      {"LSE", kernel<LseOfUnscaledLogits>("lse_of_unscaled_logits")},
      {"LSE", kernel<LseWithoutMaximum>("lse_without_maximum")},
      {"online softmax", kernel<OutputNotRescaledAfterFirstTile>("output_not_rescaled")},
  };
}

}  // namespace warpgauge::planted
