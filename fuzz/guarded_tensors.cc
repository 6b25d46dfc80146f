#include "fuzz/guarded_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "fuzz/random.h"

namespace warpgauge {
namespace {

constexpr std::size_t kAlignment = 16;
constexpr std::uint32_t kPoisonWord = 0x10001u * kPoison;

// Distance in elements from the first to one past the last.
std::int64_t extent(const Strides& s, const TensorShape& shape) {
  if (shape.rows == 0) return 0;
  // A stride of an axis of size 1 may be any number, but times 0.
  return (shape.blocks - 1) * s.batch + (shape.heads - 1) * s.head + (shape.rows - 1) * s.row + shape.dim;
}

// The rows of a tensor whose rows are far apart. Its pages without rows are left out: they would not fit into
// memory. Empty for any other tensor.
std::vector<ByteRange> used_rows(const Strides& s, const TensorShape& shape, std::int64_t element_bytes) {
  constexpr std::int64_t kFarBytes = std::int64_t{1} << 30;
  std::vector<ByteRange> rows;
  const std::int64_t bytes = extent(s, shape) * element_bytes, row_bytes = shape.dim * element_bytes;
  if (bytes < kFarBytes || bytes < 16 * shape.blocks * shape.heads * shape.rows * row_bytes) return rows;
  for (std::int64_t b = 0; b < shape.blocks; ++b)
    for (std::int64_t h = 0; h < shape.heads; ++h)
      for (std::int64_t i = 0; i < shape.rows; ++i)
        rows.push_back({offset_of(s, {b, i}, h) * element_bytes, row_bytes});
  return rows;
}

// Writes `count` values of the type at `target`. A negative NaN becomes the other NaN of e4m3.
void encode(Dtype dtype, const float* values, std::int64_t count, char* target) {
  with_element_type(dtype, [&]<class T>(T) {
    for (std::int64_t d = 0; d < count; ++d) {
      T element(values[d]);
      if constexpr (std::is_same_v<T, e4m3>)
        if (std::isnan(values[d]) && std::signbit(values[d])) element.bits = 0x80 | e4m3::kNan;
      std::memcpy(target + d * static_cast<std::int64_t>(sizeof(T)), &element, sizeof element);
    }
  });
}

// Reads `count` values of an output's type; returns whether any of them is poison.
bool decode(Dtype dtype, const std::uint16_t* source, std::int64_t count, float* values) {
  if (dtype == Dtype::f32) {
    bool poisoned = false;
    for (std::int64_t d = 0; d < count; ++d) {
      std::uint32_t word;
      std::memcpy(&word, source + 2 * d, sizeof word);
      poisoned |= word == kPoisonWord;
      values[d] = std::bit_cast<float>(word);
    }
    return poisoned;
  }
  std::transform(source, source + count, values, dtype == Dtype::f16 ? f16::decode : bf16::decode);
  return std::find(source, source + count, kPoison) != source + count;
}

}  // namespace

std::uint64_t hash_output(const Output& output) {
  std::uint64_t hash = 0;
  const auto add = [&hash](const std::vector<float>& values) {
    for (float value : values)
      hash = mix_bits(hash + (value != value ? 0x7fc00000u : std::bit_cast<std::uint32_t>(value)) + 1);
  };
  add(output.o);
  add(output.lse);
  return hash;
}

GuardedTensors::Region::Region(const char* name_, Backend backend, Guard guard, const void* misaligned,
                               const Strides& strides_, Rows rows_, const TensorShape& shape_, Dtype dtype_)
    : name(name_),
      rows(rows_),
      shape(shape_),
      row_bytes(shape.dim * dtype_bytes(dtype_)),
      strides(strides_),
      dtype(dtype_),
      element_bytes(dtype_bytes(dtype_)),
      poison(dtype_ == Dtype::e4m3 ? kPoisonE4m3 : kPoison),
      extent_bytes(static_cast<std::size_t>(extent(strides, shape) * element_bytes)),
      memory(backend, extent_bytes,
             {.name = name_,
              .guard = guard,
              .alignment = kAlignment,
              .misalignment = reinterpret_cast<std::uintptr_t>(misaligned) % kAlignment,
              .used = used_rows(strides, shape, element_bytes),
              .poison = poison}) {
  memory.poison();
}

void GuardedTensors::Region::download(std::vector<std::uint16_t>& image) const {
  image.resize(memory.image_bytes() / 2);
  memory.download(image.data());
}

template <class Visit>
void GuardedTensors::each_row(const Region& region, Visit visit) const {
  const Tensors placed = placed_tensors(problem_, placement_);
  const auto rows_of = [&](const Problem& p) {
    return region.rows == Rows::plain ? region.shape.rows : region.rows == Rows::queries ? p.seq_q : p.seq_k;
  };
  const auto place_of = [&](std::int64_t b, std::int64_t i) {
    if (region.rows == Rows::plain) return RowPlace{b, i};
    return (region.rows == Rows::queries ? query_place : key_place)(problem_, placed, b, i);
  };
  const std::int64_t blocks = region.rows == Rows::plain ? region.shape.blocks : problem_.batch;
  std::int64_t row = 0;
  for (std::int64_t b = 0; b < blocks; ++b) {
    const Problem sequence = region.rows == Rows::plain ? problem_ : sequence_problem(problem_, placed, b);
    const std::int64_t rows = rows_of(sequence), missing = rows_of(problem_) - rows;
    for (std::int64_t h = 0; h < region.shape.heads; ++h, row += missing)
      for (std::int64_t i = 0; i < rows; ++i, ++row) {
        const std::int64_t element = offset_of(region.strides, place_of(b, i), h);
        visit(row, region.memory.offset_of(element * region.element_bytes));
      }
  }
}

std::uint64_t GuardedTensors::hash_rows(const Region& region, const std::vector<std::uint16_t>& image) const {
  std::uint64_t hash = 0;
  each_row(region, [&](std::int64_t, std::size_t offset) {
    const auto* bytes = reinterpret_cast<const char*>(image.data()) + offset;
    for (std::int64_t at = 0; at < region.row_bytes; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at,
                  static_cast<std::size_t>(std::min<std::int64_t>(8, region.row_bytes - at)));
      hash = (hash ^ word) * 0x9fb21c651e98df25u;
      hash ^= hash >> 32;
    }
  });
  return hash;
}

// Overwrites the elements in the image with poison. Any other value left in it lies outside of them.
std::string GuardedTensors::outside_violation(const Region& region, std::vector<std::uint16_t>& image) const {
  const std::uint16_t poison = region.poison;
  each_row(region, [&](std::int64_t, std::size_t offset) {
    if (region.element_bytes == 1)  // both bytes of its poison are equal
      std::memset(reinterpret_cast<char*>(image.data()) + offset, poison & 0xff,
                  static_cast<std::size_t>(region.row_bytes));
    else
      std::fill_n(image.begin() + static_cast<std::ptrdiff_t>(offset / 2), region.row_bytes / 2, poison);
  });
  const auto wrong =
      std::find_if(image.begin(), image.end(), [=](std::uint16_t half) { return half != poison; });
  if (wrong == image.end()) return {};
  const bool is_second_byte = region.element_bytes == 1 && ((*wrong ^ poison) & 0xff) == 0;
  const std::int64_t byte =
      region.memory.byte_at(2 * static_cast<std::size_t>(wrong - image.begin()) + (is_second_byte ? 1 : 0));
  const auto end = static_cast<std::int64_t>(region.extent_bytes);
  const char* name = region.name;
  if (byte < 0) return fmt::format("{} was written to {} bytes before its start", name, -byte);
  if (byte >= end) return fmt::format("{} was written to {} bytes past its end", name, byte - end);
  return fmt::format("{} was written to in a gap between its rows, at byte {}", name, byte);
}

GuardedTensors::GuardedTensors(Backend backend, const Problem& p, Layout layout, Guard guard)
    : GuardedTensors(backend, p, layout_tensors(p, layout), guard) {}

GuardedTensors::GuardedTensors(Backend backend, const Problem& p, const Tensors& t, Guard guard)
    : problem_(p), guard_(guard), placement_(make_placement(p, 0, false)) {
  const auto region = [&](const char* name, const void* misaligned, const Strides& strides, Rows rows,
                          const TensorShape& shape, Dtype dtype) {
    return std::make_unique<Region>(name, backend, guard, misaligned, strides, rows, shape, dtype);
  };
  // Integers are 4 bytes, as f32.
  const auto list = [&](const char* name, std::int64_t size) {
    return region(name, nullptr, packed_strides(1, 1, size), Rows::plain, {1, 1, 1, size}, Dtype::f32);
  };
  const auto descale = [&](const char* name, const Descale& d) {
    return region(name, nullptr, {d.batch, d.kv_head, 0}, Rows::plain, {p.batch, p.kv_heads, 1, 1},
                  Dtype::f32);
  };
  const TensorShape lse = lse_shape(p);
  q_ = region("Q", t.q, t.q_strides, Rows::queries, query_shape(p), query_type(p));
  k_ = region("K", t.k, t.k_strides, Rows::keys, key_shape(p, t), key_type(p));
  v_ = region("V", t.v, t.v_strides, Rows::keys, value_shape(p, t), key_type(p));
  o_ = region("O", t.o, t.o_strides, Rows::queries, output_shape(p), output_type(p));
  lse_ = region("LSE", t.lse, packed_strides(lse.heads, lse.rows, 1), Rows::queries, lse, Dtype::f32);
  if (p.sinks) sinks_ = list("the sinks", p.heads);
  if (p.bias == Bias::alibi) slopes_ = list("the slopes", p.heads);
  if (p.bias == Bias::tensor)
    bias_ = region("the bias", t.bias, t.bias_strides, Rows::plain, {p.batch, p.heads, p.seq_q, p.seq_k},
                   Dtype::f32);
  if (has_query_descale(p)) q_descale_ = descale("the factors of Q", t.q_descale);
  if (has_descales(p)) {
    k_descale_ = descale("the factors of K", t.k_descale);
    v_descale_ = descale("the factors of V", t.v_descale);
  }
  if (p.lengths != Lengths::equal) {
    q_starts_ = list("the starts of Q", p.batch + 1);
    k_starts_ = list("the starts of K", p.batch + 1);
  }
  if (p.page > 0)
    table_ =
        region("the page table", nullptr, {0, 0, t.table_stride}, Rows::plain,
               {1, 1, pages_of(p.seq_k, p.page) == 0 ? 0 : p.batch, pages_of(p.seq_k, p.page)}, Dtype::f32);
  const auto floats = [](const Optional& one) {
    return one ? static_cast<const float*>(one->memory.data()) : nullptr;
  };
  const auto integers = [](const Optional& one) {
    return one ? static_cast<const std::int32_t*>(one->memory.data()) : nullptr;
  };
  tensors_ = {.q = q_->memory.data(),
              .k = k_->memory.data(),
              .v = v_->memory.data(),
              .o = o_->memory.data(),
              .lse = static_cast<float*>(lse_->memory.data()),
              .q_strides = q_->strides,
              .k_strides = k_->strides,
              .v_strides = v_->strides,
              .o_strides = o_->strides,
              .sinks = floats(sinks_),
              .slopes = floats(slopes_),
              .bias = floats(bias_),
              .bias_strides = t.bias_strides,
              .q_descale = {floats(q_descale_), t.q_descale.batch, t.q_descale.kv_head},
              .k_descale = {floats(k_descale_), t.k_descale.batch, t.k_descale.kv_head},
              .v_descale = {floats(v_descale_), t.v_descale.batch, t.v_descale.kv_head},
              .q_starts = integers(q_starts_),
              .k_starts = integers(k_starts_),
              .page_table = integers(table_),
              .table_stride = t.table_stride,
              .pages = t.pages};
}

std::vector<GuardedTensors::Region*> GuardedTensors::inputs() const {
  std::vector<Region*> regions{q_.get(),         k_.get(),        v_.get(),         sinks_.get(),
                               slopes_.get(),    bias_.get(),     q_descale_.get(), k_descale_.get(),
                               v_descale_.get(), q_starts_.get(), k_starts_.get(),  table_.get()};
  std::erase(regions, nullptr);
  return regions;
}

void GuardedTensors::upload(Region& region, const std::vector<float>& values) {
  image_.assign(region.memory.image_bytes() / 2, region.poison);
  const std::int64_t width = region.shape.dim;
  each_row(region, [&](std::int64_t row, std::size_t offset) {
    encode(region.dtype, values.data() + row * width, width, reinterpret_cast<char*>(image_.data()) + offset);
  });
  region.uploaded_hash = hash_rows(region, image_);
  region.memory.upload(image_.data());
}

void GuardedTensors::upload(Region& region, const std::vector<std::int32_t>& values) {
  image_.assign(region.memory.image_bytes() / 2, kPoison);
  each_row(region, [&](std::int64_t row, std::size_t offset) {
    std::memcpy(reinterpret_cast<char*>(image_.data()) + offset, values.data() + row * region.shape.dim,
                static_cast<std::size_t>(region.row_bytes));
  });
  region.uploaded_hash = hash_rows(region, image_);
  region.memory.upload(image_.data());
}

void GuardedTensors::upload(const Inputs& in) {
  placement_ = in.placement;
  upload(*q_, in.q);
  upload(*k_, in.k);
  upload(*v_, in.v);
  if (sinks_) upload(*sinks_, in.sinks);
  if (slopes_) upload(*slopes_, in.slopes);
  if (bias_) upload(*bias_, in.bias);
  if (q_descale_) upload(*q_descale_, in.q_descale);
  if (k_descale_) upload(*k_descale_, in.k_descale);
  if (v_descale_) upload(*v_descale_, in.v_descale);
  if (q_starts_) upload(*q_starts_, in.placement.q_starts);
  if (k_starts_) upload(*k_starts_, in.placement.k_starts);
  if (table_) upload(*table_, in.placement.table);
}

void GuardedTensors::poison_inputs() {
  for (Region* region : inputs()) region->memory.poison();
}

void GuardedTensors::poison_outputs() {
  for (Region* region : {o_.get(), lse_.get()}) region->memory.poison();
}

Output GuardedTensors::download() const {
  Output output;
  output.o.resize(static_cast<std::size_t>(output_elements(problem_)));
  output.lse.resize(static_cast<std::size_t>(lse_elements(problem_)));
  const auto fetch = [this](const Region& region, std::int64_t width, std::vector<float>& values,
                            std::vector<std::int64_t>& unwritten) {
    region.download(image_);
    each_row(region, [&](std::int64_t row, std::size_t offset) {
      if (decode(region.dtype, image_.data() + offset / 2, width, values.data() + row * width))
        unwritten.push_back(row);
    });
  };
  fetch(*o_, value_dim_of(problem_), output.o, output.unwritten_rows);
  fetch(*lse_, 1, output.lse, output.unwritten_lse_rows);
  return output;
}

std::vector<std::string> GuardedTensors::violations() const {
  std::vector<std::string> found;
  std::vector<Region*> regions = inputs();
  regions.insert(regions.end(), {o_.get(), lse_.get()});
  for (const Region* region : regions) {
    region->download(image_);
    const bool is_input = region != o_.get() && region != lse_.get();
    if (is_input && hash_rows(*region, image_) != region->uploaded_hash)
      found.push_back(fmt::format("{}, an input, was overwritten", region->name));
    if (const std::string outside = outside_violation(*region, image_); !outside.empty())
      found.push_back(outside);
  }
  return found;
}

namespace {

void share_rows_of(std::vector<float>& values, const Strides& s, std::int64_t batch, std::int64_t heads,
                   std::int64_t seq, std::int64_t head_dim) {
  const auto row_at = [&](std::int64_t b, std::int64_t h, std::int64_t i) {
    return values.begin() + ((b * heads + h) * seq + i) * head_dim;
  };
  for (std::int64_t b = 0; b < batch; ++b)
    for (std::int64_t h = 0; h < heads; ++h)
      for (std::int64_t i = 0; i < seq; ++i) {
        const auto from = row_at(s.batch == 0 ? 0 : b, s.head == 0 ? 0 : h, s.row == 0 ? 0 : i);
        if (const auto to = row_at(b, h, i); from != to) std::copy_n(from, head_dim, to);
      }
}

bool has_stride_0(const Strides& s, std::int64_t batch, std::int64_t heads, std::int64_t seq) {
  return (s.batch == 0 && batch > 1) || (s.head == 0 && heads > 1) || (s.row == 0 && seq > 1);
}

// Bit n is set if axis n has a stride of 0.
std::uint32_t zero_axes(const Strides& s) {
  return (s.batch == 0 ? 1u : 0u) | (s.head == 0 ? 2u : 0u) | (s.row == 0 ? 4u : 0u);
}

}  // namespace

// In packed sequences rows of all batches are along one axis.
static Strides with_batch_of_rows(const Problem& p, Strides s) {
  if (p.lengths != Lengths::equal) s.batch = s.row;
  return s;
}

void share_rows(Inputs& in, const Tensors& laid_out) {
  const Problem& p = in.problem;
  Tensors t = laid_out;
  t.q_strides = with_batch_of_rows(p, t.q_strides);
  if (p.page == 0) t.k_strides = with_batch_of_rows(p, t.k_strides);
  if (p.page == 0) t.v_strides = with_batch_of_rows(p, t.v_strides);
  in.shared_axes = 0;
  if (has_stride_0(t.q_strides, p.batch, p.heads, p.seq_q)) {
    share_rows_of(in.q, t.q_strides, p.batch, p.heads, p.seq_q, p.head_dim);
    in.shared_axes |= zero_axes(t.q_strides);
  }
  if (has_stride_0(t.k_strides, p.batch, p.kv_heads, p.seq_k)) {
    share_rows_of(in.k, t.k_strides, p.batch, p.kv_heads, p.seq_k, p.head_dim);
    in.shared_axes |= zero_axes(t.k_strides) << 3;
  }
  if (has_stride_0(t.v_strides, p.batch, p.kv_heads, p.seq_k)) {
    share_rows_of(in.v, t.v_strides, p.batch, p.kv_heads, p.seq_k, value_dim_of(p));
    in.shared_axes |= zero_axes(t.v_strides) << 6;
  }
  if (p.bias == Bias::tensor && has_stride_0(t.bias_strides, p.batch, p.heads, p.seq_q)) {
    share_rows_of(in.bias, t.bias_strides, p.batch, p.heads, p.seq_q, p.seq_k);
    in.shared_axes |= zero_axes(t.bias_strides) << 9;
  }
  const auto share_factors = [&](std::vector<float>& factors, const Descale& d, int first_bit) {
    const Strides strides{d.batch, d.kv_head, 1};
    if (factors.empty() || !has_stride_0(strides, p.batch, p.kv_heads, 1)) return;
    share_rows_of(factors, strides, p.batch, p.kv_heads, 1, 1);
    in.shared_axes |= zero_axes(strides) << first_bit;
  };
  share_factors(in.q_descale, t.q_descale, 12);
  share_factors(in.k_descale, t.k_descale, 15);
  share_factors(in.v_descale, t.v_descale, 18);
  in.equal_keys |= t.k_strides.row == 0 && t.v_strides.row == 0 && p.seq_k > 1;
}

}  // namespace warpgauge
