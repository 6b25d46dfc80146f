#include "fuzz/guarded_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "fuzz/random.h"

namespace warpgauge {
namespace {

constexpr std::size_t kAlignment = 16;
constexpr std::uint32_t kPoisonWord = 0x10001u * kPoison;

// Distance in elements from the first to one past the last.
std::int64_t extent(const Strides& s, std::int64_t batch, std::int64_t heads, std::int64_t seq,
                    std::int64_t head_dim) {
  if (seq == 0) return 0;
  // A stride of an axis of size 1 may be any number, but times 0.
  return (batch - 1) * s.batch + (heads - 1) * s.head + (seq - 1) * s.row + head_dim;
}

// The rows of a tensor whose rows are far apart. Its pages without rows are left out: they would not fit into
// memory. Empty for any other tensor.
std::vector<ByteRange> used_rows(const Strides& s, std::int64_t batch, std::int64_t heads, std::int64_t seq,
                                 std::int64_t head_dim, std::int64_t element_bytes) {
  constexpr std::int64_t kFarBytes = std::int64_t{1} << 30;
  std::vector<ByteRange> rows;
  const std::int64_t bytes = extent(s, batch, heads, seq, head_dim) * element_bytes;
  if (bytes < kFarBytes || bytes < 16 * batch * heads * seq * head_dim * element_bytes) return rows;
  for (std::int64_t b = 0; b < batch; ++b)
    for (std::int64_t h = 0; h < heads; ++h)
      for (std::int64_t i = 0; i < seq; ++i)
        rows.push_back({(b * s.batch + h * s.head + i * s.row) * element_bytes, head_dim * element_bytes});
  return rows;
}

// Writes `count` values of the type at `target`.
void encode(Dtype dtype, const float* values, std::int64_t count, std::uint16_t* target) {
  with_element_type(dtype, [&]<class T>(T) {
    for (std::int64_t d = 0; d < count; ++d) {
      const T element(values[d]);
      std::memcpy(target + d * static_cast<std::int64_t>(sizeof(T) / 2), &element, sizeof element);
    }
  });
}

// Reads `count` values of the type; returns whether any of them is poison.
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
                               const Strides& strides_, std::int64_t batch_, std::int64_t heads_,
                               std::int64_t seq_, std::int64_t head_dim, std::int64_t element_bytes_)
    : name(name_),
      batch(batch_),
      heads(heads_),
      seq(seq_),
      row_bytes(head_dim * element_bytes_),
      strides(strides_),
      element_bytes(element_bytes_),
      extent_bytes(static_cast<std::size_t>(extent(strides, batch, heads, seq, head_dim) * element_bytes)),
      memory(backend, extent_bytes,
             {.name = name_,
              .guard = guard,
              .alignment = kAlignment,
              .misalignment = reinterpret_cast<std::uintptr_t>(misaligned) % kAlignment,
              .used = used_rows(strides, batch, heads, seq, head_dim, element_bytes)}) {
  memory.poison();
}

void GuardedTensors::Region::download(std::vector<std::uint16_t>& image) const {
  image.resize(memory.image_bytes() / 2);
  memory.download(image.data());
}

template <class Visit>
void GuardedTensors::Region::each_row(Visit visit) const {
  for (std::int64_t b = 0; b < batch; ++b)
    for (std::int64_t h = 0; h < heads; ++h)
      for (std::int64_t i = 0; i < seq; ++i) {
        const std::int64_t element = b * strides.batch + h * strides.head + i * strides.row;
        visit(memory.offset_of(element * element_bytes) / 2);
      }
}

std::uint64_t GuardedTensors::Region::hash_rows(const std::vector<std::uint16_t>& image) const {
  std::uint64_t hash = 0;
  each_row([&](std::size_t offset) {
    const auto* bytes = reinterpret_cast<const char*>(image.data() + offset);
    for (std::int64_t at = 0; at < row_bytes; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at, static_cast<std::size_t>(std::min<std::int64_t>(8, row_bytes - at)));
      hash = (hash ^ word) * 0x9fb21c651e98df25u;
      hash ^= hash >> 32;
    }
  });
  return hash;
}

// Overwrites the elements in the image with poison. Any other value left in it lies outside of them.
std::string GuardedTensors::Region::outside_violation(std::vector<std::uint16_t>& image) const {
  each_row([&](std::size_t offset) { std::fill_n(image.begin() + offset, row_bytes / 2, kPoison); });
  const auto wrong =
      std::find_if(image.begin(), image.end(), [](std::uint16_t half) { return half != kPoison; });
  if (wrong == image.end()) return {};
  const std::int64_t byte = memory.byte_at(2 * static_cast<std::size_t>(wrong - image.begin()));
  const auto end = static_cast<std::int64_t>(extent_bytes);
  if (byte < 0) return fmt::format("{} was written to {} bytes before its start", name, -byte);
  if (byte >= end) return fmt::format("{} was written to {} bytes past its end", name, byte - end);
  return fmt::format("{} was written to in a gap between its rows, at byte {}", name, byte);
}

GuardedTensors::GuardedTensors(Backend backend, const Problem& p, Layout layout, Guard guard)
    : GuardedTensors(backend, p, layout_tensors(p, layout), guard) {}

GuardedTensors::GuardedTensors(Backend backend, const Problem& p, const Tensors& t, Guard guard)
    : problem_(p), guard_(guard) {
  const std::int64_t element = dtype_bytes(p.dtype), value_dim = value_dim_of(p);
  const auto region = [&](const char* name, const void* misaligned, const Strides& strides,
                          std::int64_t heads, std::int64_t seq, std::int64_t width, std::int64_t bytes) {
    return std::make_unique<Region>(name, backend, guard, misaligned, strides, p.batch, heads, seq, width,
                                    bytes);
  };
  const auto per_head = [&](const char* name) {
    return std::make_unique<Region>(name, backend, guard, nullptr, packed_strides(1, 1, p.heads), 1, 1, 1,
                                    p.heads, std::int64_t{sizeof(float)});
  };
  q_ = region("Q", t.q, t.q_strides, p.heads, p.seq_q, p.head_dim, element);
  k_ = region("K", t.k, t.k_strides, p.kv_heads, p.seq_k, p.head_dim, element);
  v_ = region("V", t.v, t.v_strides, p.kv_heads, p.seq_k, value_dim, element);
  o_ = region("O", t.o, t.o_strides, p.heads, p.seq_q, value_dim, element);
  lse_ = region("LSE", t.lse, packed_strides(p.heads, p.seq_q, 1), p.heads, p.seq_q, 1, sizeof(float));
  if (p.sinks) sinks_ = per_head("the sinks");
  if (p.bias == Bias::alibi) slopes_ = per_head("the slopes");
  if (p.bias == Bias::tensor)
    bias_ = region("the bias", t.bias, t.bias_strides, p.heads, p.seq_q, p.seq_k, sizeof(float));
  const auto floats = [](const Optional& one) {
    return one ? static_cast<const float*>(one->memory.data()) : nullptr;
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
              .bias_strides = t.bias_strides};
}

std::vector<GuardedTensors::Region*> GuardedTensors::inputs() const {
  std::vector<Region*> regions{q_.get(), k_.get(), v_.get(), sinks_.get(), slopes_.get(), bias_.get()};
  std::erase(regions, nullptr);
  return regions;
}

void GuardedTensors::upload(Region& region, const std::vector<float>& values, Dtype dtype) {
  image_.assign(region.memory.image_bytes() / 2, kPoison);
  const float* row = values.data();
  const std::int64_t width = region.row_bytes / region.element_bytes;
  region.each_row([&](std::size_t offset) {
    encode(dtype, row, width, image_.data() + offset);
    row += width;
  });
  region.uploaded_hash = region.hash_rows(image_);
  region.memory.upload(image_.data());
}

void GuardedTensors::upload(const Inputs& in) {
  upload(*q_, in.q, problem_.dtype);
  upload(*k_, in.k, problem_.dtype);
  upload(*v_, in.v, problem_.dtype);
  if (sinks_) upload(*sinks_, in.sinks, Dtype::f32);
  if (slopes_) upload(*slopes_, in.slopes, Dtype::f32);
  if (bias_) upload(*bias_, in.bias, Dtype::f32);
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
  const auto fetch = [this](const Region& region, Dtype dtype, std::int64_t width, std::vector<float>& values,
                            std::vector<std::int64_t>& unwritten) {
    region.download(image_);
    std::int64_t row = 0;
    region.each_row([&](std::size_t offset) {
      if (decode(dtype, image_.data() + offset, width, values.data() + row * width)) unwritten.push_back(row);
      ++row;
    });
  };
  fetch(*o_, problem_.dtype, value_dim_of(problem_), output.o, output.unwritten_rows);
  fetch(*lse_, Dtype::f32, 1, output.lse, output.unwritten_lse_rows);
  return output;
}

std::vector<std::string> GuardedTensors::violations() const {
  std::vector<std::string> found;
  std::vector<Region*> regions = inputs();
  regions.insert(regions.end(), {o_.get(), lse_.get()});
  for (const Region* region : regions) {
    region->download(image_);
    const bool is_input = region != o_.get() && region != lse_.get();
    if (is_input && region->hash_rows(image_) != region->uploaded_hash)
      found.push_back(fmt::format("{}, an input, was overwritten", region->name));
    if (const std::string outside = region->outside_violation(image_); !outside.empty())
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

void share_rows(Inputs& in, const Tensors& t) {
  const Problem& p = in.problem;
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
  in.equal_keys |= t.k_strides.row == 0 && t.v_strides.row == 0 && p.seq_k > 1;
}

}  // namespace warpgauge
