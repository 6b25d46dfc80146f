// Bugs in e4m3 operands and their factors.
#include <algorithm>
#include <vector>

#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

// The factor at the index of the query head, or of another key/value head.
struct KeyFactorOfQueryHead : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    return t.k_descale.at(place.batch, std::min(place.head, p.kv_heads - 1));
  }
};

struct KeyFactorOfOtherHead : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    return t.k_descale.at(place.batch, place.head % p.kv_heads);
  }
};

struct ValueFactorOfQueryHead : Design {
  float value_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    return t.v_descale.at(place.batch, std::min(place.head, p.kv_heads - 1));
  }
};

struct QueryFactorOfFirstHead : Design {
  float query_factor(const Problem&, const Tensors& t, const Place& place) const override {
    return t.q_descale.at(place.batch, 0);
  }
};

struct KeyFactorOfFirstBatch : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    return t.k_descale.at(0, kv_head(p, place.head));
  }
};

struct ValueFactorOfLastBatch : Design {
  float value_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    return t.v_descale.at(p.batch - 1, kv_head(p, place.head));
  }
};

struct KeyFactorForValues : Design {
  float value_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    return key_factor(p, t, place);
  }
};

struct QueryFactorMissing : Design {
  float query_factor(const Problem&, const Tensors&, const Place&) const override { return 1; }
};

struct KeyFactorMissing : Design {
  float key_factor(const Problem&, const Tensors&, const Place&) const override { return 1; }
};

struct ValueFactorMissing : Design {
  float value_factor(const Problem&, const Tensors&, const Place&) const override { return 1; }
};

struct KeyFactorMissingWithWideQuery : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    return p.kv_e4m3 ? 1 : Design::key_factor(p, t, place);
  }
};

struct KeyFactorTwice : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    const float factor = Design::key_factor(p, t, place);
    return factor * factor;
  }
};

struct ValueFactorTwice : Design {
  float value_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    const float factor = Design::value_factor(p, t, place);
    return factor * factor;
  }
};

struct ValueFactorInverted : Design {
  float value_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    const float factor = Design::value_factor(p, t, place);
    return factor == 0 ? 0 : 1 / factor;
  }
};

struct FactorsArePacked : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors packed = t;
    for (Descale* factors : {&packed.q_descale, &packed.k_descale, &packed.v_descale}) {
      if (factors->batch >= p.kv_heads && factors->kv_head >= 1) factors->batch = p.kv_heads;
      if (factors->kv_head > 1) factors->kv_head = 1;
    }
    return packed;
  }
};

// The factors of the launch before with the same pointer.
struct FactorsAreRemembered : Design {
  void before(const Problem& p, const Tensors& t, const Launch&) const override {
    if (!has_descales(p) || t.k_descale.data == seen_) return;
    seen_ = t.k_descale.data;
    of_first_ = t.k_descale.at(0, 0);
  }
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    const bool is_first = place.batch == 0 && kv_head(p, place.head) == 0;
    return has_descales(p) && is_first ? of_first_ : Design::key_factor(p, t, place);
  }

 private:
  mutable const float* seen_ = nullptr;
  mutable float of_first_ = 1;
};

// Four exponent bits are taken for five.
struct DecodedAsE5m2 : Design {
  float decoded(std::uint8_t code) const override {
    return f16::decode(static_cast<std::uint16_t>(code << 8));
  }
};

struct NanIs480 : Design {
  float decoded(std::uint8_t code) const override {
    return (code & 0x7f) == 0x7f ? (code & 0x80 ? -480.0f : 480.0f) : Design::decoded(code);
  }
};

struct NegativeNanIs480 : Design {
  float decoded(std::uint8_t code) const override { return code == 0xff ? -480.0f : Design::decoded(code); }
};

struct SubnormalInputsAreFlushed : Design {
  float decoded(std::uint8_t code) const override { return (code & 0x78) == 0 ? 0 : Design::decoded(code); }
};

// They get the implicit bit that only normal numbers have.
struct SubnormalsAreNormal : Design {
  float decoded(std::uint8_t code) const override {
    const bool is_subnormal = (code & 0x78) == 0 && (code & 7) != 0;
    return is_subnormal
               ? std::copysign(0x1p-7f * (1 + static_cast<float>(code & 7) / 8), code & 0x80 ? -1.0f : 1.0f)
               : Design::decoded(code);
  }
};

struct BiasIs8 : Design {
  float decoded(std::uint8_t code) const override { return Design::decoded(code) / 2; }
};

// e4m3fnuz has one NaN, 0x80, and no -0.
struct MinusZeroIsNan : Design {
  float decoded(std::uint8_t code) const override {
    return code == 0x80 ? std::nanf("") : Design::decoded(code);
  }
};

struct SignIsLost : Design {
  float decoded(std::uint8_t code) const override { return std::fabs(Design::decoded(code)); }
};

struct LargestBinadeSaturates : Design {
  float decoded(std::uint8_t code) const override {
    return std::clamp(Design::decoded(code), -240.0f, 240.0f);
  }
};

// tanh(dot scale / cap) cap, and then the factors.
struct CapBeforeFactors : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    factor_ = query_factor(p, t, place) * Design::key_factor(p, t, place);
    return p.softcap == 0 || factor_ == 0 ? Design::key_factor(p, t, place) : 1 / query_factor(p, t, place);
  }
  float capped(const Problem& p, float logit) const override {
    return Design::capped(p, logit) * (p.softcap == 0 || factor_ == 0 ? 1 : factor_);
  }

 private:
  mutable float factor_ = 1;
};

struct BiasIsScaledByFactors : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    factor_ = Design::key_factor(p, t, place);
    return factor_;
  }
  float biased(const Problem& p, const Tensors& t, const Place& place, std::int64_t key,
               float logit) const override {
    return logit + factor_ * Design::biased(p, t, place, key, 0);
  }

 private:
  mutable float factor_ = 1;
};

// The maximum is subtracted before it is scaled.
struct LseWithoutKeyFactor : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    factor_ = Design::key_factor(p, t, place);
    return factor_;
  }
  float log_sum_exp(const Problem& p, float largest, float sum) const override {
    return Design::log_sum_exp(p, factor_ == 0 ? largest : largest / factor_, sum);
  }

 private:
  mutable float factor_ = 1;
};

struct ValueFactorInLse : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    factor_ = value_factor(p, t, place);
    return Design::key_factor(p, t, place);
  }
  void finish(const Problem&, const Place&, std::int64_t, std::vector<float>&, float& lse) const override {
    lse += factor_ == 0 ? 0 : std::log(std::fabs(factor_));
  }

 private:
  mutable float factor_ = 1;
};

struct OutputIsE4m3 : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    Design::store(p, o, d, has_descales(p) ? static_cast<float>(e4m3(value)) : value);
  }
};

struct OutputSaturates : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    const bool clamps = p.dtype == Dtype::e4m3 && !std::isnan(value);
    Design::store(p, o, d, clamps ? std::clamp(value, -448.0f, 448.0f) : value);
  }
};

// O of e4m3 Q is bf16.
struct OutputIsF16 : Design {
  void store(const Problem& p, void* o, std::int64_t d, float value) const override {
    if (p.dtype == Dtype::e4m3)
      static_cast<f16*>(o)[d] = f16(value);
    else
      Design::store(p, o, d, value);
  }
};

struct WeightsAreE4m3 : Design {
  float weight(const Problem& p, float weight) const override {
    return has_descales(p) ? static_cast<float>(e4m3(weight * 256)) / 256 : weight;
  }
};

// The weight of the largest logit is 1, and 2^9 of it exceeds 448.
struct WeightsSaturate : Design {
  float weight(const Problem& p, float weight) const override {
    return has_descales(p) ? std::min(weight * 512, 448.0f) / 512 : weight;
  }
};

struct KeysAreDequantizedToBf16 : Design {
  float key_factor(const Problem& p, const Tensors& t, const Place& place) const override {
    factor_ = Design::key_factor(p, t, place);
    return has_descales(p) ? 1 : factor_;
  }
  float add_product(const Problem& p, float sum, float q, float k) const override {
    return sum + q * (has_descales(p) ? static_cast<float>(bf16(k * factor_)) : k);
  }

 private:
  mutable float factor_ = 1;
};

}  // namespace

std::vector<Bug> fp8_bugs() {
  return {
      {"factor of wrong head", kernel<KeyFactorOfQueryHead>("key_factor_of_query_head")},
      {"factor of wrong head", kernel<KeyFactorOfOtherHead>("key_factor_of_other_head")},
      {"factor of wrong head", kernel<ValueFactorOfQueryHead>("value_factor_of_query_head")},
      {"factor of wrong head", kernel<QueryFactorOfFirstHead>("query_factor_of_first_head")},
      {"factor of wrong batch", kernel<KeyFactorOfFirstBatch>("key_factor_of_first_batch")},
      {"factor of wrong batch", kernel<ValueFactorOfLastBatch>("value_factor_of_last_batch")},
      {"factor of wrong operand", kernel<KeyFactorForValues>("key_factor_for_values")},
      {"factor missing", kernel<QueryFactorMissing>("query_factor_missing")},
      {"factor missing", kernel<KeyFactorMissing>("key_factor_missing")},
      {"factor missing", kernel<ValueFactorMissing>("value_factor_missing")},
      {"factor missing", kernel<KeyFactorMissingWithWideQuery>("wide_query_misses_key_factor")},
      {"factor twice", kernel<KeyFactorTwice>("key_factor_twice")},
      {"factor twice", kernel<ValueFactorTwice>("value_factor_twice")},
      {"factor twice", kernel<ValueFactorInverted>("value_factor_inverted")},
      {"strides of factors", kernel<FactorsArePacked>("factors_are_packed")},
      {"state", kernel<FactorsAreRemembered>("factors_are_remembered")},
      {"decoding", kernel<DecodedAsE5m2>("decoded_as_e5m2")},
      {"decoding", kernel<NanIs480>("nan_is_480")},
      {"decoding", kernel<NegativeNanIs480>("negative_nan_is_480")},
      {"decoding", kernel<SubnormalInputsAreFlushed>("subnormal_inputs_are_flushed")},
      {"decoding", kernel<SubnormalsAreNormal>("subnormals_are_normal")},
      {"decoding", kernel<BiasIs8>("bias_is_8")},
      {"decoding", kernel<MinusZeroIsNan>("minus_zero_is_nan")},
      {"decoding", kernel<SignIsLost>("sign_is_lost")},
      {"decoding", kernel<LargestBinadeSaturates>("largest_binade_saturates")},
      {"order", kernel<CapBeforeFactors>("cap_before_factors")},
      {"order", kernel<BiasIsScaledByFactors>("bias_is_scaled_by_factors")},
      {"LSE", kernel<LseWithoutKeyFactor>("lse_without_key_factor")},
      {"LSE", kernel<ValueFactorInLse>("value_factor_in_lse")},
      {"type of O", kernel<OutputIsE4m3>("output_is_e4m3")},
      {"type of O", kernel<OutputSaturates>("output_saturates")},
      {"type of O", kernel<OutputIsF16>("output_is_f16")},
      {"undeclared rounding", kernel<WeightsAreE4m3>("weights_are_e4m3")},
      {"undeclared rounding", kernel<WeightsSaturate>("weights_saturate")},
      {"undeclared rounding", kernel<KeysAreDequantizedToBf16>("keys_are_dequantized_to_bf16")},
  };
}

}  // namespace warpgauge::planted
