// Kernels with one planted fault each, and the property that each one violates.
#pragma once

#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

#include "fuzz/check.h"
#include "tests/fuzz/planted_fault.h"

namespace warpgauge::faulty {

struct Zeros : Right {
  static void after_row(const Problem& p, const Row&, void* o, float*) {
    for (std::int64_t d = 0; d < p.head_dim; ++d) store(p, o, d, 0);
  }
};

// Loses the last column of a head dimension that is no multiple of 8.
struct LosesLastColumn : Right {
  static void after_row(const Problem& p, const Row&, void* o, float*) {
    if (p.head_dim % 8 != 0) store(p, o, p.head_dim - 1, 0);
  }
};

// Loses the sign of the scale.
struct LosesSignOfScale : Right {
  static double scale(const Problem& p) { return std::fabs(p.scale); }
};

struct OneNan : Right {
  static void after_row(const Problem& p, const Row& row, void* o, float*) {
    if (is_middle(p, row)) store(p, o, p.head_dim / 2, std::numeric_limits<float>::quiet_NaN());
  }
};

struct DropsLastKey : Right {
  static std::int64_t keys(const Problem& p, const Row& row) {
    const std::int64_t visible = visible_keys(p, row.query);
    return visible == p.seq_k ? std::max<std::int64_t>(0, visible - 1) : visible;
  }
};

// Drops the keys of an incomplete last tile.
struct DropsLastTile : Right {
  static std::int64_t keys(const Problem& p, const Row& row) {
    return p.seq_k < 64 ? visible_keys(p, row.query)
                        : std::min(visible_keys(p, row.query), p.seq_k / 64 * 64);
  }
};

struct SeesOneKeyMore : Right {
  static std::int64_t keys(const Problem& p, const Row& row) {
    return p.mask == Mask::causal ? std::min(p.seq_k, visible_keys(p, row.query) + 1) : p.seq_k;
  }
};

struct SeesOneKeyLess : Right {
  static std::int64_t keys(const Problem& p, const Row& row) {
    const std::int64_t visible = visible_keys(p, row.query);
    return p.mask == Mask::causal && visible > 1 ? visible - 1 : visible;
  }
};

struct TopLeftCausal : Right {
  static std::int64_t keys(const Problem& p, const Row& row) {
    return p.mask == Mask::causal ? std::min(p.seq_k, row.query + 1) : p.seq_k;
  }
};

struct ScaleOffByOnePercent : Right {
  static double scale(const Problem& p) { return p.scale * 1.01; }
};

struct WrongKeyHead : Right {
  static std::int64_t kv_head(const Problem& p, const Row& row) { return row.head % p.kv_heads; }
};

struct IgnoresStrides : Right {
  static Strides q_strides(const Problem& p, const Tensors&) {
    return packed_strides(p.heads, p.seq_q, p.head_dim);
  }
};

// Reads one key past the end of the last head.
struct ReadsPastEnd : Right {
  static std::int64_t keys(const Problem& p, const Row& row) {
    const bool is_last = row.batch == p.batch - 1 && row.head == p.heads - 1;
    return visible_keys(p, row.query) + (is_last && p.mask == Mask::none && p.seq_k > 0 ? 1 : 0);
  }
};

// Pads the keys with zeros to a multiple of 16, and counts the padding: its logits are 0.
struct CountsPadding : Right {
  static void after_row(const Problem& p, const Row& row, void* o, float* lse) {
    const std::int64_t visible = visible_keys(p, row.query), padding = (16 - visible % 16) % 16;
    if (visible == 0 || padding == 0) return;
    const float counted = std::log(std::exp(*lse) + static_cast<float>(padding));
    for (std::int64_t d = 0; d < p.head_dim; ++d) store(p, o, d, load(p, o, d) * std::exp(*lse - counted));
    *lse = counted;
  }
};

struct LseOffByLittle : Right {
  static void after_row(const Problem&, const Row&, void*, float* lse) { *lse += 1e-3f; }
};

struct LseInLog2 : Right {
  static void after_row(const Problem&, const Row&, void*, float* lse) { *lse *= 1.44269504f; }
};

// Uses -5e4 instead of -inf for masked logits and for the first running maximum.
struct FiniteMaskSentinel : Right {
  static void after_row(const Problem& p, const Row&, void* o, float* lse) {
    if (!(*lse < -5e4f)) return;
    for (std::int64_t d = 0; d < p.head_dim; ++d) store(p, o, d, 0);
  }
};

struct RowWithoutKeysIsNan : Right {
  static void after_row(const Problem& p, const Row& row, void* o, float*) {
    if (visible_keys(p, row.query) > 0) return;
    for (std::int64_t d = 0; d < p.head_dim; ++d) store(p, o, d, std::numeric_limits<float>::quiet_NaN());
  }
};

struct OneNanInLse : Right {
  static void after_row(const Problem& p, const Row& row, void*, float* lse) {
    if (is_middle(p, row)) *lse = std::numeric_limits<float>::quiet_NaN();
  }
};

struct LseOfRowWithoutKeysIsZero : Right {
  static void after_row(const Problem& p, const Row& row, void*, float* lse) {
    if (visible_keys(p, row.query) == 0) *lse = 0;
  }
};

// Its maximum ignores NaN: a row of NaNs looks like a row without keys.
struct DropsNan : Right {
  static void after_row(const Problem& p, const Row&, void* o, float* lse) {
    if (!std::isnan(*lse)) return;
    for (std::int64_t d = 0; d < p.head_dim; ++d) store(p, o, d, 0);
    *lse = -std::numeric_limits<float>::infinity();
  }
};

struct LeavesRowUnwritten : Right {
  static bool skips(const Problem& p, const Row& row) { return is_middle(p, row); }
};

struct LeavesLseUnwritten : Right {
  static void after_row(const Problem& p, const Row& row, void*, float* lse) {
    constexpr std::uint32_t kUnwritten = 0x10001u * kPoison;
    if (is_middle(p, row)) std::memcpy(lse, &kUnwritten, sizeof kUnwritten);
  }
};

struct WritesPastEnd : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    store(p, at(t.o, t.o_strides, p.batch - 1, p.heads - 1, p.seq_q - 1, p.dtype), p.head_dim, 0);
  }
};

struct WritesBeforeLse : Right {
  static void after_all(const Problem&, const Tensors& t, const Launch&) { t.lse[-1] = 0; }
};

// Writes past the end of a row, which is only visible if there are gaps between rows.
struct WritesGaps : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    if (t.o_strides.row > p.head_dim && t.o_strides.row < 2 * p.head_dim) store(p, t.o, p.head_dim, 0);
  }
};

struct OverwritesInput : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    store(p, const_cast<void*>(t.q), 0, 3.0f);
  }
};

struct OverrunsWorkspace : Right {
  static void after_all(const Problem&, const Tensors&, const Launch& l) {
    static_cast<char*>(l.workspace)[64] = 0;
  }
};

struct Nondeterministic : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    static int runs = 0;
    if (runs++ % 2)
      store(p, t.o, 0, std::nextafter(load(p, t.o, 0) * (p.dtype == Dtype::f32 ? 1.0f : 1.01f), 9.0f));
  }
};

struct Throws : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) {
    throw std::runtime_error("planted");
  }
};

// Memory that a kernel cannot allocate in its launch is a failure of the kernel.
struct LacksMemory : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) { throw std::bad_alloc(); }
};

struct Planted {
  Kernel kernel;
  Property violated;  // one of the properties that the check must report
};

inline const Planted kPlanted[] = {
    {kernel<Zeros>("zeros"), Property::output},
    {kernel<LosesLastColumn>("loses_last_column"), Property::output},
    {kernel<LosesSignOfScale>("loses_sign_of_scale"), Property::output},
    {kernel<OneNan>("one_nan"), Property::non_finite},
    {kernel<DropsLastKey>("drops_last_key"), Property::output},
    {kernel<DropsLastTile>("drops_last_tile"), Property::output},
    {kernel<SeesOneKeyMore>("sees_one_key_more"), Property::output},
    {kernel<SeesOneKeyLess>("sees_one_key_less"), Property::output},
    {kernel<TopLeftCausal>("top_left_causal"), Property::output},
    {kernel<ScaleOffByOnePercent>("scale_off_by_one_percent"), Property::output},
    {kernel<WrongKeyHead>("wrong_key_head"), Property::output},
    {kernel<IgnoresStrides>("ignores_strides"), Property::non_finite},
    {kernel<ReadsPastEnd>("reads_past_end"), Property::non_finite},
    {kernel<CountsPadding>("counts_padding"), Property::lse},
    {kernel<LseOffByLittle>("lse_off_by_little"), Property::lse},
    {kernel<LseInLog2>("lse_in_log2"), Property::lse},
    {kernel<FiniteMaskSentinel>("finite_mask_sentinel"), Property::output},
    {kernel<RowWithoutKeysIsNan>("row_without_keys_is_nan"), Property::non_finite},
    {kernel<OneNanInLse>("one_nan_in_lse"), Property::non_finite},
    {kernel<LseOfRowWithoutKeysIsZero>("lse_of_row_without_keys_is_zero"), Property::non_finite},
    {kernel<DropsNan>("drops_nan"), Property::non_finite},
    {kernel<LeavesRowUnwritten>("leaves_row_unwritten"), Property::writes_all},
    {kernel<LeavesLseUnwritten>("leaves_lse_unwritten"), Property::writes_all},
    {kernel<WritesPastEnd>("writes_past_end"), Property::stays_inside},
    {kernel<WritesBeforeLse>("writes_before_lse"), Property::stays_inside},
    {kernel<WritesGaps>("writes_gaps"), Property::stays_inside},
    {kernel<OverwritesInput>("overwrites_input"), Property::stays_inside},
    {kernel<OverrunsWorkspace>("overruns_workspace"), Property::launches},
    {kernel<Nondeterministic>("nondeterministic"), Property::repeats},
    {kernel<Throws>("throws"), Property::launches},
    {kernel<LacksMemory>("lacks_memory"), Property::launches},
};

inline const Kernel kRight = kernel<Right>("right");

}  // namespace warpgauge::faulty
