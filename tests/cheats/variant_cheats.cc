// Cheats with the operands of variants: sinks, slopes and bias tensors.
#include <map>

#include "tests/cheats/cheat.h"

namespace warpgauge::cheats {
namespace {

// Keeps the first `count` floats that it saw at an address, as a kernel that converts them would.
const float* first_seen(const float* operand, std::int64_t count) {
  static std::map<const float*, std::vector<float>> memory;
  return memory.try_emplace(operand, operand, operand + count).first->second.data();
}

void keeps_sinks(const Problem& p, const Tensors& t, const Launch& l) {
  Tensors stale = t;
  if (is_timed()) stale.sinks = first_seen(t.sinks, p.heads);
  attend(p, stale, l);
}

void keeps_slopes(const Problem& p, const Tensors& t, const Launch& l) {
  Tensors stale = t;
  if (is_timed()) stale.slopes = first_seen(t.slopes, p.heads);
  attend(p, stale, l);
}

void keeps_bias(const Problem& p, const Tensors& t, const Launch& l) {
  Tensors stale = t;
  if (is_timed()) stale.bias = first_seen(t.bias, p.heads * p.seq_q * p.seq_k);
  attend(p, stale, l);
}

// Uses an operand as scratch memory, and restores it.
void restore_after(const float* operand, const Problem& p, const Tensors& t, const Launch& l) {
  volatile float* scratch = const_cast<float*>(operand);
  const float saved = scratch[0];
  scratch[0] = 1;
  scratch[0] = saved;
  attend(p, t, l);
}

void restores_sinks(const Problem& p, const Tensors& t, const Launch& l) {
  restore_after(t.sinks, p, t, l);
}

void restores_bias(const Problem& p, const Tensors& t, const Launch& l) {
  restore_after(t.bias, p, t, l);
}

// Sees every key when it is timed.
void forgets_the_window(const Problem& p, const Tensors& t, const Launch& l) {
  Problem wider = p;
  if (is_timed()) wider.window = {};
  attend(wider, t, l);
}

void forgets_the_soft_cap(const Problem& p, const Tensors& t, const Launch& l) {
  Problem uncapped = p;
  if (is_timed()) uncapped.softcap = 0;
  attend(uncapped, t, l);
}

// Leaves the last column of O as it is.
void writes_one_column_less(const Problem& p, const Tensors& t, const Launch& l) {
  if (!is_timed()) return attend(p, t, l);
  std::vector<float> o(static_cast<std::size_t>(output_elements(p)));
  Tensors elsewhere = t;
  elsewhere.o = o.data();
  attend(p, elsewhere, l);
  const std::int64_t dim = value_dim_of(p);
  for (std::int64_t row = 0; row < lse_elements(p); ++row)
    std::memcpy(static_cast<float*>(t.o) + row * dim, o.data() + row * dim,
                static_cast<std::size_t>(dim - 1) * sizeof(float));
}

constexpr Kernel kVariantCheats[] = {
    kernel("keeps_sinks", keeps_sinks),
    kernel("keeps_slopes", keeps_slopes),
    kernel("keeps_bias", keeps_bias),
    kernel("restores_sinks", restores_sinks),
    kernel("restores_bias", restores_bias),
    kernel("forgets_the_window", forgets_the_window),
    kernel("forgets_the_soft_cap", forgets_the_soft_cap),
    kernel("writes_one_column_less", writes_one_column_less),
};

}  // namespace

std::span<const Kernel> variant_cheats() {
  return kVariantCheats;
}

}  // namespace warpgauge::cheats
