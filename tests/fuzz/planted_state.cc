// Bugs in what a kernel keeps: caches keyed by shape or by pointer, workspace, and dependence on the rest of
// the batch.
#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <tuple>

#include "kernels/case_key.h"
#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

// Keeps the operands of the first launch of each shape, as a captured graph or a tensor map does.
struct StridesCachedByShape : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    static std::map<std::string, Tensors> cache;
    const Tensors& first = cache.try_emplace(format_problem(p), t).first->second;
    Tensors changed = t;
    changed.q_strides = first.q_strides, changed.k_strides = first.k_strides;
    changed.v_strides = first.v_strides, changed.o_strides = first.o_strides;
    return changed;
  }
};

struct OutputCachedByShape : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    static std::map<std::string, void*> cache;
    Tensors changed = t;
    changed.o = cache.try_emplace(format_problem(p), t.o).first->second;
    return changed;
  }
};

// Copies K when it first sees a pointer of a shape, as kernels do that pack it.
struct KeysCachedByPointer : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    static std::tuple<const void*, std::string> key;
    static std::vector<char> copy;
    if (p.batch * p.kv_heads > 1 || p.seq_k == 0) return t;
    const std::int64_t row_bytes = p.head_dim * dtype_bytes(key_type(p));
    if (key != std::tuple(t.k, format_problem(p))) {
      key = {t.k, format_problem(p)};
      copy.resize(static_cast<std::size_t>(p.seq_k * row_bytes));
      for (std::int64_t j = 0; j < p.seq_k; ++j)
        std::memcpy(copy.data() + j * row_bytes,
                    static_cast<const char*>(t.k) +
                        (p.seq_k > 1 ? j * t.k_strides.row : 0) * dtype_bytes(key_type(p)),
                    static_cast<std::size_t>(row_bytes));
    }
    Tensors changed = t;
    changed.k = copy.data();
    changed.k_strides = packed_strides(1, p.seq_k, p.head_dim);
    return changed;
  }
};

// Remembers LSE by pointers: "the last call again".
struct LseCachedByPointer : Design {
  void after(const Problem& p, const Tensors& t, const Launch&) const override {
    static std::map<std::tuple<const void*, const void*, std::string>, std::vector<float>> cache;
    const auto [entry, is_new] = cache.try_emplace({t.q, t.lse, format_problem(p)});
    if (is_new)
      entry->second.assign(t.lse, t.lse + lse_elements(p));
    else
      std::copy(entry->second.begin(), entry->second.end(), t.lse);
    if (cache.size() > 8) cache.clear();
  }
};

struct WorkspaceAssumedZero : Design {
  void after(const Problem& p, const Tensors& t, const Launch& l) const override {
    float sum;
    std::memcpy(&sum, l.workspace, sizeof sum);
    if (visible_keys(p, 0) > 0) t.lse[0] += sum;
  }
};

struct WorkspaceTooSmall : Design {
  void after(const Problem& p, const Tensors&, const Launch& l) const override {
    static_cast<float*>(l.workspace)[16 + p.head_dim] = 1;
  }
};

struct CounterNotReset : Design {
  bool skips(const Problem& p, const Place& place) const override {
    static std::int64_t launches = 0;
    if (place.batch == 0 && place.head == 0 && place.query == 0) ++launches;
    return launches % 2 == 0 && place.query == p.seq_q - 1;
  }
};

// A batch of several rows adds a row's own rounding: "the same" prompt gives other bits in a batch.
struct DependsOnBatch : Design {
  void finish(const Problem& p, const Place&, std::int64_t, std::vector<float>& o, float&) const override {
    if (p.batch * p.heads * p.seq_q > 1)
      for (float& value : o) value *= 1 + 0x1p-23f;
  }
};

struct FirstRowOfBatchDiffers : Design {
  float divided(const Problem& p, float o, float sum) const override {
    return sum == 0 ? 0 : p.batch > 1 ? o * (1 / sum) : o / sum;
  }
};

template <class Design>
constexpr Kernel invariant(std::string_view name) {
  Kernel claims = kernel<Design>(name);
  claims.batch_invariant = true;
  return claims;
}

}  // namespace

std::vector<Bug> state_bugs() {
  return {
      {"cache keyed by shape", kernel<StridesCachedByShape>("strides_cached_by_shape")},
      {"cache keyed by shape", kernel<OutputCachedByShape>("output_cached_by_shape")},
      {"cache keyed by pointer", kernel<KeysCachedByPointer>("keys_cached_by_pointer")},
      {"cache keyed by pointer", kernel<LseCachedByPointer>("lse_cached_by_pointer")},
      {"workspace assumed zero", kernel<WorkspaceAssumedZero>("workspace_assumed_zero")},
      {"workspace size", kernel<WorkspaceTooSmall>("workspace_too_small")},
      {"last-block counter", kernel<CounterNotReset>("counter_not_reset")},
      {"batch invariance", invariant<DependsOnBatch>("depends_on_batch")},
      {"batch invariance", invariant<FirstRowOfBatchDiffers>("division_depends_on_batch")},
  };
}

}  // namespace warpgauge::planted
