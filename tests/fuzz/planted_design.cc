#include "tests/fuzz/planted_design.h"

#include <algorithm>
#include <type_traits>

namespace warpgauge::planted {
namespace {

const void* element(Dtype dtype, const void* base, std::int64_t offset) {
  return static_cast<const char*>(base) + offset * dtype_bytes(dtype);
}

void read_row(const Design& design, Dtype dtype, const void* row, std::int64_t count, float* values) {
  with_element_type(dtype, [&]<class T>(T) {
    const T* elements = static_cast<const T*>(row);
    for (std::int64_t d = 0; d < count; ++d)
      if constexpr (std::is_same_v<T, e4m3>)
        values[d] = design.decoded(elements[d].bits);
      else
        values[d] = static_cast<float>(elements[d]);
  });
}

// Reads and discards.
void touch_row(Dtype dtype, const void* row, std::int64_t dim) {
  const auto* bytes = static_cast<const volatile char*>(row);
  for (std::int64_t at = 0; at < dim * dtype_bytes(dtype); at += 8) (void)bytes[at];
}

class RowOfDesign {
 public:
  RowOfDesign(const Design& design, const Problem& batch, const Problem& p, const Tensors& t,
              const Place& place)
      : design_(design),
        batch_(batch),
        p_(p),
        t_(t),
        place_(place),
        kv_head_(design.kv_head(p, place.head)),
        largest_(design.start()) {
    const float sink = design.sink(p, t, place);
    if (sink != -kInfinity) largest_ = sink, sum_ = 1;
    const auto dim = static_cast<std::size_t>(p.head_dim),
               value_dim = static_cast<std::size_t>(value_dim_of(p));
    q_.resize(dim), k_.resize(dim), v_.resize(value_dim), o_.resize(value_dim);
    factor_ = design.query_factor(p, t, place) * design.key_factor(p, t, place);
    const RowPlace query = design.query_place(batch, t, place.batch, design.query_index(p, place.query));
    read_row(design, query_type(p), at(query_type(p), t.q, t.q_strides, place.head, query), p.head_dim,
             q_.data());
  }

  void compute(std::int64_t begin, std::int64_t keys) {
    for (std::int64_t first = begin; first < keys; first += design_.tile())
      add_tile(first, std::min(design_.tile(), keys - first), keys);
    for (std::int64_t n = 0; n < design_.extra_reads(); ++n) {
      touch_row(key_type(p_), at(key_type(p_), t_.k, t_.k_strides, kv_head_, key_place(keys + n)),
                p_.head_dim);
      touch_row(key_type(p_), at(key_type(p_), t_.v, t_.v_strides, kv_head_, value_place(keys + n)),
                value_dim_of(p_));
    }
  }

  void write(std::int64_t keys) {
    const float factor = design_.value_factor(p_, t_, place_);
    for (float& value : o_) value = factor * design_.divided(p_, value, sum_);
    float lse = design_.log_sum_exp(p_, largest_, sum_);
    design_.finish(p_, place_, keys, o_, lse);
    const RowPlace query = design_.query_place(batch_, t_, place_.batch, place_.query);
    auto* o =
        static_cast<char*>(t_.o) + design_.output_offset(t_.o_strides, query.block, place_.head, query.row) *
                                       dtype_bytes(output_type(p_));
    for (std::size_t d = 0; d < o_.size(); ++d) design_.store(p_, o, static_cast<std::int64_t>(d), o_[d]);
    t_.lse[design_.lse_index(batch_, t_, place_)] = lse;
  }

 private:
  RowPlace key_place(std::int64_t key) const { return design_.key_place(batch_, t_, place_.batch, key); }
  RowPlace value_place(std::int64_t key) const { return design_.value_place(batch_, t_, place_.batch, key); }

  const void* at(Dtype dtype, const void* base, const Strides& s, std::int64_t head,
                 const RowPlace& place) const {
    return design_.address(p_, element(dtype, base, design_.offset(s, place.block, head, place.row)));
  }

  float logit(std::int64_t key) {
    const Dtype type = key_type(p_);
    read_row(design_, type, at(type, t_.k, t_.k_strides, kv_head_, key_place(design_.key_index(key))),
             p_.head_dim, k_.data());
    float dot = 0;
    for (std::size_t d = 0; d < static_cast<std::size_t>(design_.dims(p_)); ++d)
      dot = design_.add_product(p_, dot, q_[d], k_[d]);
    return design_.adjusted(p_, t_, place_, key, design_.logit(p_, factor_ * dot));
  }

  void add_value(std::int64_t key, float weight) {
    const Dtype type = key_type(p_);
    read_row(design_, type, at(type, t_.v, t_.v_strides, kv_head_, value_place(design_.value_index(p_, key))),
             static_cast<std::int64_t>(v_.size()), v_.data());
    for (std::size_t d = 0; d < static_cast<std::size_t>(design_.output_dims(p_)); ++d)
      o_[d] = design_.add_value(p_, o_[d], weight, v_[d]);
  }

  void add_tile(std::int64_t first, std::int64_t count, std::int64_t keys) {
    std::vector<float> s(static_cast<std::size_t>(count));
    float largest = largest_;
    for (std::int64_t j = 0; j < count; ++j) {
      s[static_cast<std::size_t>(j)] = logit(first + j);
      largest = design_.larger(p_, largest, s[static_cast<std::size_t>(j)]);
    }
    const float factor = design_.starts_tile_again(first) ? 1 : design_.rescale(largest_, largest);
    sum_ *= factor;
    for (float& value : o_) value = design_.rescaled(p_, value, factor);
    largest_ = largest;
    for (std::int64_t j = 0; j < count; ++j) {
      const float weight = design_.exponential(p_, s[static_cast<std::size_t>(j)], largest);
      sum_ = design_.add_weight(p_, sum_, weight);
      add_value(first + j, design_.weight(p_, weight));
    }
    if (design_.pads_values() && first + count == keys && keys == p_.seq_k)
      for (std::int64_t j = count; j < std::min(design_.tile(), count + 2); ++j) add_value(first + j, 0);
  }

  const Design& design_;
  const Problem &batch_, &p_;
  const Tensors& t_;
  Place place_;
  std::int64_t kv_head_;
  std::vector<float> q_, k_, v_, o_;
  float largest_, sum_ = 0, factor_ = 1;
};

}  // namespace

void Design::store(const Problem& p, void* o, std::int64_t d, float value) const {
  with_element_type(output_type(p), [&]<class T>(T) { static_cast<T*>(o)[d] = T(value); });
}

void launch(const Design& design, const Problem& problem, const Tensors& tensors, const Launch& l) {
  design.before(problem, tensors, l);
  const Problem p = design.sizes(problem);
  const Tensors t = design.operands(problem, tensors);
  for (std::int64_t b = 0; b < p.batch; ++b) {
    const Problem one = sequence_problem(p, design.lengths(p, t, b));
    for (std::int64_t h = 0; h < p.heads; ++h)
      for (std::int64_t i = 0; i < one.seq_q; ++i) {
        if (design.skips(one, {b, h, i})) continue;
        const std::int64_t keys = design.keys(one, i);
        RowOfDesign row(design, p, one, t, {b, h, i});
        row.compute(design.first_key(one, i), keys);
        row.write(keys);
      }
  }
  design.after(problem, tensors, l);
}

}  // namespace warpgauge::planted
