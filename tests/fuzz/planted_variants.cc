// Bugs in windows, soft caps, sinks, biases, and head dimensions of V.
#include <algorithm>

#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

// Hidden keys at `by` places beyond the window's left side are seen; with a negative number visible ones are
// not.
template <std::int64_t kBy>
struct WindowIsWiderOnTheLeft : Design {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    const KeyRange keys = visible_range(p, query);
    if (p.window.left < 0 || keys.count() == 0) return keys.first;
    const std::int64_t position = query + p.seq_k - p.seq_q;
    return std::clamp<std::int64_t>(position - p.window.left - kBy, 0, keys.last - 1);
  }
};

template <std::int64_t kBy>
struct WindowIsWiderOnTheRight : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    const KeyRange keys = visible_range(p, query);
    if (p.window.right <= 0 || keys.count() == 0) return keys.last;
    const std::int64_t position = query + p.seq_k - p.seq_q;
    return std::clamp<std::int64_t>(position + p.window.right + 1 + kBy, keys.first + 1, p.seq_k);
  }
};

struct WindowFromTopLeft : Design {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    const KeyRange keys = visible_range(p, query);
    if (p.window.left < 0 || keys.count() == 0) return keys.first;
    return std::clamp<std::int64_t>(query - p.window.left, 0, keys.last - 1);
  }
};

// Whole tiles before the window are skipped, but keys of its first tile are not hidden.
struct WindowStartsAtTile : Design {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    return visible_range(p, query).first / tile() * tile();
  }
};

// All queries of a tile see what its first one does.
struct WindowOfFirstQueryOfTile : Design {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    return visible_range(p, query).count() == 0 ? 0 : visible_range(p, query / 16 * 16).first;
  }
};

struct WindowIgnoredInDecoding : Design {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    return p.seq_q == 1 ? 0 : Design::first_key(p, query);
  }
};

struct LeftSideWithoutCausalIgnored : Design {
  std::int64_t first_key(const Problem& p, std::int64_t query) const override {
    return p.mask == Mask::none ? 0 : Design::first_key(p, query);
  }
};

// A row whose window is empty gets the mean of all values.
struct EmptyWindowSeesAll : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    const std::int64_t keys = Design::keys(p, query);
    return keys == 0 && !p.window.is_none() ? p.seq_k : keys;
  }
};

struct WindowSidesSwapped : Design {
  Problem sizes(const Problem& p) const override {
    Problem other = p;
    if (p.mask == Mask::none && p.window.left > 0 && p.window.right > 0)
      std::swap(other.window.left, other.window.right);
    return other;
  }
};

struct CapIgnored : Design {
  float capped(const Problem&, float logit) const override { return logit; }
};

struct CapTwice : Design {
  float capped(const Problem& p, float logit) const override {
    return Design::capped(p, Design::capped(p, logit));
  }
};

// tanh(dot / cap) * cap * scale
struct CapBeforeScale : Design {
  float logit(const Problem& p, float dot) const override {
    return p.softcap == 0 ? Design::logit(p, dot) : dot;
  }
  float capped(const Problem& p, float logit) const override {
    return p.softcap == 0 ? logit : Design::capped(p, logit) * static_cast<float>(p.scale);
  }
};

struct CapAfterBias : Design {
  float adjusted(const Problem& p, const Tensors& t, const Place& place, std::int64_t key,
                 float logit) const override {
    return capped(p, biased(p, t, place, key, logit));
  }
};

struct CapIsNotMultipliedBack : Design {
  float capped(const Problem& p, float logit) const override {
    return p.softcap == 0 ? logit : std::tanh(logit / static_cast<float>(p.softcap));
  }
};

// The relative error of tanh.approx.f32 is 2^-11.
struct CapByApproximation : Design {
  float capped(const Problem& p, float logit) const override {
    return p.softcap == 0 ? logit : Design::capped(p, logit) * (1 + 0x1p-11f);
  }
};

// (e^2x - 1) / (e^2x + 1) overflows.
struct CapOverflows : Design {
  float capped(const Problem& p, float logit) const override {
    if (p.softcap == 0) return logit;
    const auto cap = static_cast<float>(p.softcap);
    const float e = std::exp(2 * logit / cap);
    return cap * (e - 1) / (e + 1);
  }
};

struct CapIsClamped : Design {
  float capped(const Problem& p, float logit) const override {
    const auto cap = static_cast<float>(p.softcap);
    return p.softcap == 0 || std::isnan(logit) ? logit : std::clamp(logit, -cap, cap);
  }
};

struct SinkIgnored : Design {
  float sink(const Problem&, const Tensors&, const Place&) const override { return -kInfinity; }
};

struct SinkMissingFromLse : Design {
  void finish(const Problem& p, const Place& place, std::int64_t keys, std::vector<float>&,
              float& lse) const override {
    if (p.sinks && keys > 0) lse = std::log(std::max(0.0f, std::exp(lse) - std::exp(seen(p, place))));
  }
  void before(const Problem&, const Tensors& t, const Launch&) const override { sinks_ = t.sinks; }

 private:
  float seen(const Problem&, const Place& place) const { return sinks_[place.head]; }
  mutable const float* sinks_ = nullptr;
};

// O is divided by the sum of the keys' weights.
struct SinkMissingFromOutput : Design {
  float divided(const Problem& p, float o, float sum) const override {
    if (!p.sinks) return Design::divided(p, o, sum);
    const float rest = sum - weight_;
    return rest <= 0 ? 0 : o / rest;
  }
  float sink(const Problem& p, const Tensors& t, const Place& place) const override {
    weight_ = 1;
    return Design::sink(p, t, place);
  }
  float rescale(float before, float after) const override {
    const float factor = Design::rescale(before, after);
    weight_ *= factor;
    return factor;
  }

 private:
  mutable float weight_ = 0;
};

struct SinkIsScaled : Design {
  float sink(const Problem& p, const Tensors& t, const Place& place) const override {
    return p.sinks ? Design::sink(p, t, place) * static_cast<float>(p.scale) : -kInfinity;
  }
};

struct SinkOfKvHead : Design {
  float sink(const Problem& p, const Tensors& t, const Place& place) const override {
    return p.sinks ? t.sinks[kv_head(p, place.head)] : -kInfinity;
  }
};

struct SinkOfFirstHead : Design {
  float sink(const Problem& p, const Tensors& t, const Place&) const override {
    return p.sinks ? t.sinks[0] : -kInfinity;
  }
};

// Each split of 64 keys adds it.
struct SinkOfEachSplit : Design {
  float sink(const Problem& p, const Tensors& t, const Place& place) const override {
    const float sink = Design::sink(p, t, place);
    return p.sinks && p.seq_k > 64 ? sink + std::log(static_cast<float>((p.seq_k + 63) / 64)) : sink;
  }
};

struct SinkIgnoredWithoutKeys : Design {
  void finish(const Problem& p, const Place&, std::int64_t keys, std::vector<float>&,
              float& lse) const override {
    if (p.sinks && keys == 0) lse = -kInfinity;
  }
};

struct SinkIsCapped : Design {
  float sink(const Problem& p, const Tensors& t, const Place& place) const override {
    return p.sinks ? Design::capped(p, Design::sink(p, t, place)) : -kInfinity;
  }
};

struct SinkOfFourBatches : Design {
  float sink(const Problem& p, const Tensors& t, const Place& place) const override {
    return place.batch > 0 && place.query > 0 ? -kInfinity : Design::sink(p, t, place);
  }
};

struct AlibiWithSign : Design {
  std::int64_t distance(const Problem& p, std::int64_t query, std::int64_t key) const override {
    return query + p.seq_k - p.seq_q - key;
  }
};

struct AlibiFromTopLeft : Design {
  std::int64_t distance(const Problem&, std::int64_t query, std::int64_t key) const override {
    return std::max(query, key) - std::min(query, key);
  }
};

struct AlibiAdds : Design {
  float slope(const Problem& p, const Tensors& t, std::int64_t head) const override {
    return -Design::slope(p, t, head);
  }
};

struct AlibiIsScaled : Design {
  float slope(const Problem& p, const Tensors& t, std::int64_t head) const override {
    return Design::slope(p, t, head) * static_cast<float>(p.scale);
  }
};

// 2^(-8 (h + 1) / H), whatever the slopes are.
struct AlibiOfThePaper : Design {
  float slope(const Problem& p, const Tensors&, std::int64_t head) const override {
    return std::exp2(-8.0f * static_cast<float>(head + 1) / static_cast<float>(p.heads));
  }
};

struct BiasOfKvHead : Design {
  std::int64_t bias_head(const Problem& p, std::int64_t head) const override { return kv_head(p, head); }
};

struct BiasOfNextHead : Design {
  std::int64_t bias_head(const Problem& p, std::int64_t head) const override { return (head + 1) % p.heads; }
};

struct BiasOfFirstBatch : Design {
  std::int64_t bias_offset(const Problem& p, const Strides& s, const Place& place) const override {
    return Design::bias_offset(p, s, {0, place.head, place.query});
  }
};

struct BiasRowsArePacked : Design {
  std::int64_t bias_offset(const Problem& p, const Strides& s, const Place& place) const override {
    return place.batch * s.batch + bias_head(p, place.head) * s.head + place.query * p.seq_k;
  }
};

struct BiasHasNoHeads : Design {
  std::int64_t bias_offset(const Problem&, const Strides& s, const Place& place) const override {
    return place.batch * s.batch + place.query * s.row;
  }
};

struct BiasOfLastQuery : Design {
  std::int64_t bias_offset(const Problem& p, const Strides& s, const Place& place) const override {
    return Design::bias_offset(p, s, {place.batch, place.head, p.seq_q - 1});
  }
};

struct BiasInHalf : Design {
  float biased(const Problem& p, const Tensors& t, const Place& place, std::int64_t key,
               float logit) const override {
    const float bias = Design::biased(p, t, place, key, 0);
    return logit + static_cast<float>(f16(bias));
  }
};

struct BiasBeforeScale : Design {
  float biased(const Problem& p, const Tensors& t, const Place& place, std::int64_t key,
               float logit) const override {
    return logit + static_cast<float>(p.scale) * Design::biased(p, t, place, key, 0);
  }
};

// Columns of O after the first D stay 0.
struct ValueDimIsAtMostHeadDim : Design {
  std::int64_t output_dims(const Problem& p) const override { return std::min(p.head_dim, value_dim_of(p)); }
};

struct ValueRowsAreAsLongAsKeys : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors other = t;
    if (value_dim_of(p) < p.head_dim && t.v_strides.row == value_dim_of(p)) other.v_strides.row = p.head_dim;
    return other;
  }
};

struct ScaleOfValueDim : Design {
  float logit(const Problem& p, float dot) const override {
    const bool is_default = p.scale == default_scale(p.head_dim);
    return dot * static_cast<float>(is_default ? default_scale(value_dim_of(p)) : p.scale);
  }
};

struct ValueDimRoundedTo64 : Design {
  std::int64_t output_dims(const Problem& p) const override {
    const std::int64_t dim = value_dim_of(p);
    return p.value_dim > 64 ? dim / 64 * 64 : dim;
  }
};

}  // namespace

std::vector<Bug> variant_bugs() {
  return {
      {"window", kernel<WindowIsWiderOnTheLeft<1>>("window_one_more_on_the_left")},
      {"window", kernel<WindowIsWiderOnTheLeft<-1>>("window_one_less_on_the_left")},
      {"window", kernel<WindowIsWiderOnTheRight<1>>("window_one_more_on_the_right")},
      {"window", kernel<WindowIsWiderOnTheRight<-1>>("window_one_less_on_the_right")},
      {"window", kernel<WindowFromTopLeft>("window_from_top_left")},
      {"window", kernel<WindowStartsAtTile>("window_starts_at_tile")},
      {"window", kernel<WindowOfFirstQueryOfTile>("window_of_first_query_of_tile")},
      {"window", kernel<WindowIgnoredInDecoding>("window_ignored_in_decoding")},
      {"window", kernel<LeftSideWithoutCausalIgnored>("left_side_without_causal_ignored")},
      {"window", kernel<EmptyWindowSeesAll>("empty_window_sees_all")},
      {"window", kernel<WindowSidesSwapped>("window_sides_swapped")},
      {"soft cap", kernel<CapIgnored>("cap_ignored")},
      {"soft cap", kernel<CapTwice>("cap_twice")},
      {"soft cap", kernel<CapBeforeScale>("cap_before_scale")},
      {"soft cap", kernel<CapAfterBias>("cap_after_bias")},
      {"soft cap", kernel<CapIsNotMultipliedBack>("cap_is_not_multiplied_back")},
      {"soft cap", kernel<CapByApproximation>("cap_by_approximation")},
      {"soft cap", kernel<CapOverflows>("cap_overflows")},
      {"soft cap", kernel<CapIsClamped>("cap_is_clamped")},
      {"sinks", kernel<SinkIgnored>("sink_ignored")},
      {"sinks", kernel<SinkMissingFromLse>("sink_missing_from_lse")},
      {"sinks", kernel<SinkMissingFromOutput>("sink_missing_from_output")},
      {"sinks", kernel<SinkIsScaled>("sink_is_scaled")},
      {"sinks", kernel<SinkOfKvHead>("sink_of_kv_head")},
      {"sinks", kernel<SinkOfFirstHead>("sink_of_first_head")},
      {"sinks", kernel<SinkOfEachSplit>("sink_of_each_split")},
      {"sinks", kernel<SinkIgnoredWithoutKeys>("sink_ignored_without_keys")},
      {"sinks", kernel<SinkIsCapped>("sink_is_capped")},
      {"sinks", kernel<SinkOfFourBatches>("sink_of_first_batch_and_query")},
      {"ALiBi", kernel<AlibiWithSign>("alibi_with_sign")},
      {"ALiBi", kernel<AlibiFromTopLeft>("alibi_from_top_left")},
      {"ALiBi", kernel<AlibiAdds>("alibi_adds")},
      {"ALiBi", kernel<AlibiIsScaled>("alibi_is_scaled")},
      {"ALiBi", kernel<AlibiOfThePaper>("alibi_of_the_paper")},
      {"bias", kernel<BiasOfKvHead>("bias_of_kv_head")},
      {"bias", kernel<BiasOfNextHead>("bias_of_next_head")},
      {"bias", kernel<BiasOfFirstBatch>("bias_of_first_batch")},
      {"bias", kernel<BiasRowsArePacked>("bias_rows_are_packed")},
      {"bias", kernel<BiasHasNoHeads>("bias_has_no_heads")},
      {"bias", kernel<BiasOfLastQuery>("bias_of_last_query")},
      {"bias", kernel<BiasInHalf>("bias_in_half")},
      {"bias", kernel<BiasBeforeScale>("bias_before_scale")},
      {"Dv", kernel<ValueDimIsAtMostHeadDim>("value_dim_is_at_most_head_dim")},
      {"Dv", kernel<ValueRowsAreAsLongAsKeys>("value_rows_are_as_long_as_keys")},
      {"Dv", kernel<ScaleOfValueDim>("scale_of_value_dim")},
      {"Dv", kernel<ValueDimRoundedTo64>("value_dim_rounded_to_64")},
  };
}

}  // namespace warpgauge::planted
