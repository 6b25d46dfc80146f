#include "fuzz/layout.h"

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/sequences.h"

namespace warpgauge {
namespace {

constexpr std::int64_t kPast32Bits = (std::int64_t{1} << 31) + 64;  // elements; a multiple of 16 bytes

struct NamedLayout {
  Layout layout;
  const char* name;
};

constexpr NamedLayout kEntries[] = {
    {Layout::packed, "packed"},
    {Layout::padded, "padded"},
    {Layout::interleaved, "interleaved"},
    {Layout::mixed, "mixed"},
    {Layout::cache_slice, "cache_slice"},
    {Layout::batch_gap, "batch_gap"},
    {Layout::q_batch_stride_0, "q_batch_stride_0"},
    {Layout::q_head_stride_0, "q_head_stride_0"},
    {Layout::q_row_stride_0, "q_row_stride_0"},
    {Layout::kv_batch_stride_0, "kv_batch_stride_0"},
    {Layout::kv_head_stride_0, "kv_head_stride_0"},
    {Layout::kv_row_stride_0, "kv_row_stride_0"},
    {Layout::junk, "junk"},
    {Layout::odd_row, "odd_row"},
    {Layout::odd_base, "odd_base"},
    {Layout::wide_row, "wide_row"},
    {Layout::far_batch, "far_batch"},
    {Layout::far_head, "far_head"},
    {Layout::far_row, "far_row"},
    {Layout::far_output, "far_output"},
};

constexpr auto kLayouts = [] {
  std::array<Layout, std::size(kEntries)> layouts{};
  for (std::size_t n = 0; n < layouts.size(); ++n) layouts[n] = kEntries[n].layout;
  return layouts;
}();

// The sizes of one tensor in memory.
struct Shape {
  std::int64_t batch, heads, seq, head_dim;  // `batch`: also pages, or 1; see TensorShape

  Shape(std::int64_t b, std::int64_t h, std::int64_t s, std::int64_t d)
      : batch(b), heads(h), seq(s), head_dim(d) {}
  explicit Shape(const TensorShape& s) : Shape(s.blocks, s.heads, s.rows, s.dim) {}
  Strides packed() const { return packed_strides(heads, seq, head_dim); }
};

Strides interleaved(const Shape& s) {
  return {s.seq * s.heads * s.head_dim, s.head_dim, s.heads * s.head_dim};
}

// `gap` elements after each row, three rows after each head, and five after each batch.
Strides padded(const Shape& s, std::int64_t gap) {
  const std::int64_t row = s.head_dim + gap, head = (s.seq + 3) * row;
  return {s.heads * head + 5 * row, head, row};
}

Strides cache_slice(const Shape& s) {
  const std::int64_t head = (s.seq + s.seq / 2 + 8) * s.head_dim;
  return {s.heads * head, head, s.head_dim};
}

Strides batch_gap(const Shape& s) {
  Strides strides = s.packed();
  strides.batch += 24 * s.head_dim;
  return strides;
}

// A kernel must not use these numbers. They differ per axis and tensor.
Strides junk(const Shape& s, std::int64_t salt) {
  Strides strides = s.packed();
  if (s.batch == 1) strides.batch = std::numeric_limits<std::int64_t>::max() / 2 - salt;
  if (s.heads == 1) strides.head = -(std::int64_t{1} << 40) - 3 * salt;
  if (s.seq <= 1) strides.row = salt % 2 == 0 ? 0 : INT32_MAX - salt;
  return strides;
}

// The offset of the last row exceeds 2^31 elements.
Strides wide_row(const Shape& s) {
  if (s.seq <= 1) return s.packed();
  const std::int64_t least = kPast32Bits / (s.seq - 1) + 1;
  return {s.heads * s.head_dim, s.head_dim, (least + 63) / 64 * 64 + s.batch * s.heads * s.head_dim};
}

Strides far_batch(const Shape& s) {
  Strides strides = s.packed();
  strides.batch = kPast32Bits + (s.heads * strides.head + 63) / 64 * 64;
  return strides;
}

Strides far_head(const Shape& s) {
  const std::int64_t packed_heads = s.batch * s.seq * s.head_dim;
  return {s.seq * s.head_dim, kPast32Bits + (packed_heads + 63) / 64 * 64, s.head_dim};
}

Strides far_row(const Shape& s) {
  const std::int64_t packed_row = s.batch * s.heads * s.head_dim;
  return {s.heads * s.head_dim, s.head_dim, kPast32Bits + (packed_row + 63) / 64 * 64};
}

// The sizes of the four tensors of the problem's type.
struct Shapes {
  Shape q, k, v, o;

  explicit Shapes(const Problem& p)
      : q(query_shape(p)),
        k(key_shape(p, packed_tensors(p))),
        v(value_shape(p, packed_tensors(p))),
        o(output_shape(p)) {}
};

template <class StridesOf>
Tensors every_tensor(const Shapes& of, StridesOf strides) {
  return {.q_strides = strides(of.q),
          .k_strides = strides(of.k),
          .v_strides = strides(of.v),
          .o_strides = strides(of.o)};
}

Tensors inputs_only(const Shapes& of, Strides (*strides)(const Shape&)) {
  Tensors t = every_tensor(of, strides);
  t.o_strides = of.o.packed();
  return t;
}

Tensors with_stride_0(Tensors t, bool of_query, std::int64_t Strides::*axis) {
  if (of_query) {
    t.q_strides.*axis = 0;
  } else {
    t.k_strides.*axis = 0;
    t.v_strides.*axis = 0;
  }
  return t;
}

// The elements after the first of the shared axis are not used: the others are packed as before.
Tensors shared(const Problem& p, Layout layout) {
  const Tensors t = packed_tensors(p);
  switch (layout) {
    case Layout::q_batch_stride_0:
      return with_stride_0(t, true, &Strides::batch);
    case Layout::q_head_stride_0:
      return with_stride_0(t, true, &Strides::head);
    case Layout::q_row_stride_0:
      return with_stride_0(t, true, &Strides::row);
    case Layout::kv_batch_stride_0:
      return with_stride_0(t, false, &Strides::batch);
    case Layout::kv_head_stride_0:
      return with_stride_0(t, false, &Strides::head);
    default:
      return with_stride_0(t, false, &Strides::row);
  }
}

Tensors odd_base(const Problem& p) {
  Tensors t = packed_tensors(p);
  const auto one_element = [](Dtype dtype) { return static_cast<std::uintptr_t>(dtype_bytes(dtype)); };
  t.q = reinterpret_cast<const void*>(one_element(query_type(p)));
  t.k = t.v = reinterpret_cast<const void*>(one_element(key_type(p)));
  t.o = reinterpret_cast<void*>(one_element(output_type(p)));
  return t;
}

Tensors wide_row_tensors(const Problem& p, const Shapes& of) {
  Tensors t = packed_tensors(p);
  t.k_strides = wide_row(of.k);
  t.v_strides = wide_row(of.v);
  return t;
}

// [B, H, Sq, Sk] as libraries get it: for all batches, for all heads, for all queries, or with gaps.
Strides bias_strides_of(const Problem& p, Layout layout) {
  const Shape shape{p.batch, p.heads, p.seq_q, p.seq_k};
  Strides strides = shape.packed();
  switch (layout) {
    case Layout::padded:
    case Layout::odd_row:
      return padded(shape, 1);
    case Layout::interleaved:
    case Layout::q_batch_stride_0:
    case Layout::kv_batch_stride_0:
      strides.batch = 0;
      return strides;
    case Layout::q_head_stride_0:
    case Layout::kv_head_stride_0:
      strides.head = 0;
      return strides;
    case Layout::mixed:
      strides.batch = strides.head = 0;
      return strides;
    case Layout::q_row_stride_0:
      strides.row = 0;
      return strides;
    case Layout::junk:
      return junk(shape, 14);
    default:
      return strides;
  }
}

// Whether rows of K and V share memory. Pages have a stride of 0 along none of their axes: which keys are
// equal would then depend on the table.
bool shares_keys(Layout layout) {
  return layout == Layout::kv_batch_stride_0 || layout == Layout::kv_head_stride_0 ||
         layout == Layout::kv_row_stride_0;
}

// [B, Hkv]: with gaps, in the order of the heads, or for all batches or all heads. `gap` differs per operand.
Descale descale_of(const Problem& p, Layout layout, bool is_query, std::int64_t gap) {
  Descale packed{nullptr, p.kv_heads, 1};
  switch (layout) {
    case Layout::padded:
    case Layout::odd_row:
    case Layout::cache_slice:
      return {nullptr, gap * p.kv_heads + 5, gap};
    case Layout::interleaved:
    case Layout::batch_gap:
      return {nullptr, gap, gap * p.batch};
    case Layout::mixed:
      return {nullptr, 0, gap};
    case Layout::q_batch_stride_0:
      return is_query ? Descale{nullptr, 0, 1} : packed;
    case Layout::kv_batch_stride_0:
      return is_query ? packed : Descale{nullptr, 0, 1};
    case Layout::q_head_stride_0:
      return is_query ? Descale{nullptr, 1, 0} : packed;
    case Layout::kv_head_stride_0:
      return is_query ? packed : Descale{nullptr, 1, 0};
    case Layout::junk:
      if (p.batch == 1) packed.batch = std::numeric_limits<std::int64_t>::max() / 2 - gap;
      if (p.kv_heads == 1) packed.kv_head = -(std::int64_t{1} << 40) - gap;
      return packed;
    default:
      return packed;
  }
}

bool differs(const Strides& a, const Strides& b, const Shape& s) {
  return (s.batch > 1 && a.batch != b.batch) || (s.heads > 1 && a.head != b.head) ||
         (s.seq > 1 && a.row != b.row);
}

}  // namespace

std::span<const Layout> all_layouts() {
  return kLayouts;
}

const char* layout_name(Layout layout) {
  const auto* found = std::find_if(std::begin(kEntries), std::end(kEntries),
                                   [&](const NamedLayout& e) { return e.layout == layout; });
  return found == std::end(kEntries) ? "?" : found->name;
}

static Tensors main_tensors(const Problem& p, Layout layout) {
  const Shapes of(p);
  switch (layout) {
    case Layout::packed:
      return packed_tensors(p);
    case Layout::padded:
      return every_tensor(of, [](const Shape& s) { return padded(s, 8); });
    case Layout::interleaved:
      return every_tensor(of, interleaved);
    case Layout::mixed:
      return {.q_strides = interleaved(of.q),
              .k_strides = of.k.packed(),
              .v_strides = padded(of.v, 8),
              .o_strides = padded(of.o, 8)};
    case Layout::cache_slice:
      return {.q_strides = of.q.packed(),
              .k_strides = cache_slice(of.k),
              .v_strides = cache_slice(of.v),
              .o_strides = of.o.packed()};
    case Layout::batch_gap:
      return every_tensor(of, batch_gap);
    case Layout::junk:
      return {.q_strides = junk(of.q, 0),
              .k_strides = junk(of.k, 5),
              .v_strides = junk(of.v, 8),
              .o_strides = junk(of.o, 11)};
    case Layout::odd_row:
      return every_tensor(of, [](const Shape& s) { return padded(s, 1); });
    case Layout::odd_base:
      return odd_base(p);
    case Layout::wide_row:
      return wide_row_tensors(p, of);
    case Layout::far_batch:
      return inputs_only(of, far_batch);
    case Layout::far_head:
      return inputs_only(of, far_head);
    case Layout::far_row:
      return inputs_only(of, far_row);
    case Layout::far_output: {
      Tensors t = packed_tensors(p);
      t.o_strides = p.heads > 1 ? far_head(of.o) : far_batch(of.o);
      return t;
    }
    default:
      return shared(p, layout);
  }
}

Tensors layout_tensors(const Problem& p, Layout layout) {
  Tensors t = main_tensors(p, layout);
  const Tensors packed = packed_tensors(p);
  t.pages = packed.pages;
  t.table_stride = packed.table_stride;
  if (layout == Layout::padded || layout == Layout::mixed || layout == Layout::odd_row) t.table_stride += 3;
  t.bias_strides = bias_strides_of(p, layout);
  t.q_descale = descale_of(p, layout, true, 2);
  t.k_descale = descale_of(p, layout, false, 3);
  t.v_descale = descale_of(p, layout, false, 1);
  if (layout == Layout::odd_base) t.bias = reinterpret_cast<const float*>(sizeof(float));
  return t;
}

bool layout_matters(const Problem& p, Layout layout) {
  if (layout == Layout::odd_base) return true;
  const Shapes of(p);
  if (layout == Layout::junk)
    return p.batch == 1 || p.lengths != Lengths::equal || p.heads == 1 || p.kv_heads == 1 || p.seq_q == 1 ||
           p.seq_k == 1;
  const Tensors t = layout_tensors(p, layout), packed = packed_tensors(p);
  return differs(t.q_strides, packed.q_strides, of.q) || differs(t.o_strides, packed.o_strides, of.o) ||
         (p.seq_k > 0 &&
          (differs(t.k_strides, packed.k_strides, of.k) || differs(t.v_strides, packed.v_strides, of.v)));
}

bool layout_fits(const Problem& p, Layout layout) {
  // Of a process: 2^47 bytes, and 65,530 mappings. Whether dense tensors fit into memory, memory_shortage
  // knows.
  constexpr double kMostBytes = 0x1p44, kManyBytes = 0x1p30, kSparse = 16;
  constexpr double kMostRows = 4096;
  if (p.page > 0 && shares_keys(layout)) return false;
  const Tensors t = layout_tensors(p, layout);
  const Shapes of(p);
  const auto fits = [&](const Strides& s, const Shape& shape, Dtype dtype) {
    const auto reach = [](std::int64_t stride, std::int64_t size) {
      return size > 1 ? static_cast<double>(stride) * static_cast<double>(size - 1) : 0.0;
    };
    const auto element_bytes = static_cast<double>(dtype_bytes(dtype));
    const double bytes =
        element_bytes * (reach(s.batch, shape.batch) + reach(s.head, shape.heads) + reach(s.row, shape.seq));
    const double rows =
        static_cast<double>(shape.batch) * static_cast<double>(shape.heads) * static_cast<double>(shape.seq);
    return bytes < kManyBytes ||
           bytes <
               kSparse * rows * static_cast<double>(std::min(p.head_dim, value_dim_of(p))) * element_bytes ||
           (bytes < kMostBytes && rows <= kMostRows);
  };
  return fits(t.q_strides, of.q, query_type(p)) && fits(t.o_strides, of.o, output_type(p)) &&
         fits(t.k_strides, of.k, key_type(p)) && fits(t.v_strides, of.v, key_type(p));
}

bool backend_holds(Backend backend, Layout layout) {
  switch (layout) {
    case Layout::wide_row:
    case Layout::far_batch:
    case Layout::far_head:
    case Layout::far_row:
      return backend != Backend::cuda;
    case Layout::far_output:
      return backend == Backend::cpu;
    default:
      return true;
  }
}

}  // namespace warpgauge
