// A right attention kernel whose decisions are virtual functions. A bug overrides one of them. It computes
// row by row, with an online softmax over tiles of keys, in f32.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/sequences.h"

namespace warpgauge::planted {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Place {
  std::int64_t batch, head, query;
};

// One past the last key that the query sees.
inline std::int64_t last_key(const Problem& p, std::int64_t query) {
  return visible_range(p, query).last;
}

class Design {
 public:
  virtual ~Design() = default;

  // The whole launch: sizes, operands, and what happens before and after the rows.
  virtual Problem sizes(const Problem& p) const { return p; }
  virtual Tensors operands(const Problem&, const Tensors& t) const { return t; }
  virtual void before(const Problem&, const Tensors&, const Launch&) const {}
  virtual void after(const Problem&, const Tensors&, const Launch&) const {}
  virtual bool skips(const Problem&, const Place&) const { return false; }

  // Sequences. Above and here `p` is the problem of the batch, elsewhere that of the sequence: its S and Sk
  // are the lengths.
  virtual SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const {
    const Problem one = sequence_problem(p, t, b);
    return {one.seq_q, one.seq_k};
  }
  virtual RowPlace query_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t query) const {
    return warpgauge::query_place(p, t, b, query);
  }
  virtual RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const {
    return warpgauge::key_place(p, t, b, key);
  }
  virtual RowPlace value_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const {
    return key_place(p, t, b, key);
  }
  virtual std::int64_t lse_index(const Problem& p, const Tensors& t, const Place& place) const {
    return warpgauge::lse_index(p, t, place.batch, place.head, place.query);
  }

  // Addresses. `row` is a query or a key.
  virtual std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const {
    return b * s.batch + h * s.head + row * s.row;
  }
  virtual std::int64_t output_offset(const Strides& s, std::int64_t b, std::int64_t h,
                                     std::int64_t row) const {
    return b * s.batch + h * s.head + row * s.row;
  }
  virtual const void* address(const Problem&, const void* row) const { return row; }
  virtual std::int64_t kv_head(const Problem& p, std::int64_t head) const {
    return head / (p.heads / p.kv_heads);
  }
  virtual std::int64_t key_index(std::int64_t key) const { return key; }
  virtual std::int64_t value_index(const Problem&, std::int64_t key) const { return key; }
  virtual std::int64_t query_index(const Problem&, std::int64_t query) const { return query; }

  // Masks and loops.
  virtual std::int64_t first_key(const Problem& p, std::int64_t query) const {
    return visible_range(p, query).first;
  }
  virtual std::int64_t keys(const Problem& p, std::int64_t query) const { return last_key(p, query); }
  virtual std::int64_t tile() const { return 32; }
  virtual std::int64_t dims(const Problem& p) const { return p.head_dim; }              // of Q K^T
  virtual std::int64_t output_dims(const Problem& p) const { return value_dim_of(p); }  // of P V
  virtual bool pads_values() const { return false; }      // multiplies the rest of the last tile of V by 0
  virtual std::int64_t extra_reads() const { return 0; }  // keys past the last that are read and discarded
  virtual bool starts_tile_again(std::int64_t) const { return false; }

  // e4m3 operands.
  virtual float decoded(std::uint8_t code) const { return e4m3::decode(code); }
  virtual float query_factor(const Problem& p, const Tensors& t, const Place& place) const {
    return t.q_descale.at(place.batch, kv_head(p, place.head));
  }
  virtual float key_factor(const Problem& p, const Tensors& t, const Place& place) const {
    return t.k_descale.at(place.batch, kv_head(p, place.head));
  }
  virtual float value_factor(const Problem& p, const Tensors& t, const Place& place) const {
    return t.v_descale.at(place.batch, kv_head(p, place.head));
  }

  // Arithmetic.
  virtual float add_product(const Problem&, float sum, float q, float k) const { return sum + q * k; }
  virtual float logit(const Problem& p, float dot) const { return dot * static_cast<float>(p.scale); }
  virtual float start() const { return -kInfinity; }

  // Variants.
  virtual float capped(const Problem& p, float logit) const {
    const auto cap = static_cast<float>(p.softcap);
    return p.softcap == 0 ? logit : cap * std::tanh(logit / cap);
  }
  virtual std::int64_t bias_head(const Problem&, std::int64_t head) const { return head; }
  virtual float slope(const Problem& p, const Tensors& t, std::int64_t head) const {
    return t.slopes[bias_head(p, head)];
  }
  virtual std::int64_t distance(const Problem& p, std::int64_t query, std::int64_t key) const {
    return key_distance(p, query, key);
  }
  virtual std::int64_t bias_offset(const Problem& p, const Strides& s, const Place& place) const {
    return place.batch * s.batch + bias_head(p, place.head) * s.head + place.query * s.row;
  }
  virtual float biased(const Problem& p, const Tensors& t, const Place& place, std::int64_t key,
                       float logit) const {
    if (p.bias == Bias::alibi)
      logit -= slope(p, t, place.head) * static_cast<float>(distance(p, place.query, key));
    if (p.bias == Bias::tensor) logit += t.bias[bias_offset(p, t.bias_strides, place) + key];
    return logit;
  }
  virtual float adjusted(const Problem& p, const Tensors& t, const Place& place, std::int64_t key,
                         float logit) const {
    return biased(p, t, place, key, capped(p, logit));
  }
  virtual float sink(const Problem& p, const Tensors& t, const Place& place) const {
    return p.sinks ? t.sinks[place.head] : -kInfinity;
  }
  virtual float larger(const Problem&, float a, float b) const { return !(b <= a) ? b : a; }  // keeps NaN
  virtual float exponential(const Problem&, float logit, float largest) const {
    return largest == -kInfinity ? 0 : std::exp(logit - largest);
  }
  virtual float rescale(float before, float after) const {
    return before == -kInfinity ? 0 : std::exp(before - after);
  }
  virtual float add_weight(const Problem&, float sum, float weight) const { return sum + weight; }
  virtual float weight(const Problem&, float weight) const { return weight; }
  virtual float add_value(const Problem&, float o, float weight, float value) const {
    return o + weight * value;
  }
  virtual float rescaled(const Problem&, float o, float factor) const { return o * factor; }
  virtual float divided(const Problem&, float o, float sum) const { return sum == 0 ? 0 : o / sum; }
  virtual float log_sum_exp(const Problem&, float largest, float sum) const {
    return sum == 0 ? -kInfinity : largest + std::log(sum);
  }
  virtual void store(const Problem& p, void* o, std::int64_t d, float value) const;
  virtual void finish(const Problem&, const Place&, std::int64_t /*keys*/, std::vector<float>& /*o*/,
                      float& /*lse*/) const {}
};

// Computes all rows as the design decides.
void launch(const Design& design, const Problem& problem, const Tensors& tensors, const Launch& launch);

template <class Bug>
void launch_bug(const Problem& problem, const Tensors& tensors, const Launch& l) {
  static const Bug kBug;
  launch(kBug, problem, tensors, l);
}

// All except lengths and pages: bugs in the rest of the design are not to be found by what they make of
// those.
inline std::string supports_equal_sequences(const Problem& p, const Tensors&) {
  const std::string error = problem_error(p);
  return error.empty() ? unsupported_variant(p, {Variant::lengths, Variant::pages}) : error;
}

template <class Bug>
constexpr Kernel kernel(std::string_view name) {
  return {.name = name,
          .backend = Backend::cpu,
          .summary = "a planted bug",
          .deterministic = true,
          .supports = supports_equal_sequences,
          .workspace_bytes = [](const Problem& p, int) -> std::int64_t { return 64 + 4 * p.head_dim; },
          .launch = launch_bug<Bug>};
}

// The same with lengths and pages.
template <class Bug>
constexpr Kernel sequence_kernel(std::string_view name) {
  Kernel with_sequences = kernel<Bug>(name);
  with_sequences.supports = supports_every_problem;
  return with_sequences;
}

struct Bug {
  const char* kind;  // as in the issue trackers of attention libraries
  Kernel kernel;
};

// The tables of bug_*.cc.
std::vector<Bug> address_bugs();
std::vector<Bug> size_bugs();
std::vector<Bug> number_bugs();
std::vector<Bug> state_bugs();
std::vector<Bug> variant_bugs();
std::vector<Bug> page_bugs();
std::vector<Bug> length_bugs();
std::vector<Bug> fp8_bugs();

}  // namespace warpgauge::planted
