// Bugs in addresses: strides, offsets, alignment, and reads past the end.
#include <cstring>
#include <new>
#include <stdexcept>

#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

struct OffsetIn32Bits : Design {
  std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const override {
    return static_cast<std::int32_t>(Design::offset(s, b, h, row));
  }
};

struct OffsetInUnsigned32Bits : Design {
  std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const override {
    return static_cast<std::uint32_t>(Design::offset(s, b, h, row));
  }
};

// Only the batch's share is computed in 64 bits.
struct OffsetOfRowIn32Bits : Design {
  std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const override {
    return b * s.batch + h * s.head + static_cast<std::int32_t>(row * s.row);
  }
};

struct OffsetOfHeadIn32Bits : Design {
  std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const override {
    return b * s.batch + static_cast<std::int32_t>(h * s.head) + row * s.row;
  }
};

struct OffsetOfBatchIn32Bits : Design {
  std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const override {
    return static_cast<std::int32_t>(b * s.batch) + h * s.head + row * s.row;
  }
};

struct StridesIn32Bits : Design {
  std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const override {
    const auto narrow = [](std::int64_t stride) { return std::int64_t{static_cast<std::int32_t>(stride)}; };
    return b * narrow(s.batch) + h * narrow(s.head) + row * narrow(s.row);
  }
};

struct OutputOffsetIn32Bits : Design {
  std::int64_t output_offset(const Strides& s, std::int64_t b, std::int64_t h,
                             std::int64_t row) const override {
    return static_cast<std::int32_t>(Design::output_offset(s, b, h, row));
  }
};

struct OutputOffsetOfPackedTensor : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors changed = t;
    changed.o_strides = packed_strides(p.heads, p.seq_q, p.head_dim);
    return changed;
  }
};

struct OutputHasStridesOfQuery : Design {
  Tensors operands(const Problem&, const Tensors& t) const override {
    Tensors changed = t;
    changed.o_strides = t.q_strides;
    return changed;
  }
};

struct ValuesHaveStridesOfKeys : Design {
  Tensors operands(const Problem&, const Tensors& t) const override {
    Tensors changed = t;
    changed.v_strides = t.k_strides;
    return changed;
  }
};

struct ValueHeadsHaveStrideOfKeys : Design {
  Tensors operands(const Problem&, const Tensors& t) const override {
    Tensors changed = t;
    changed.v_strides.head = t.k_strides.head;
    return changed;
  }
};

struct QueryStridesFromShape : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors changed = t;
    changed.q_strides = packed_strides(p.heads, p.seq_q, p.head_dim);
    return changed;
  }
};

struct BatchStrideFromHeadStride : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors changed = t;
    for (Strides* s : {&changed.k_strides, &changed.v_strides}) s->batch = p.kv_heads * s->head;
    return changed;
  }
};

struct HeadStrideFromShape : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors changed = t;
    for (Strides* s : {&changed.k_strides, &changed.v_strides}) s->head = p.seq_k * s->row;
    return changed;
  }
};

struct RowStrideIsHeadDim : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors changed = t;
    changed.k_strides.row = changed.v_strides.row = p.head_dim;
    return changed;
  }
};

// A stride of 0 is taken for "not given".
template <std::int64_t Strides::*kAxis, bool kOfQuery>
struct ReplacesStride0 : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors changed = t;
    const Strides q = packed_strides(p.heads, p.seq_q, p.head_dim),
                  kv = packed_strides(p.kv_heads, p.seq_k, p.head_dim);
    if (kOfQuery && t.q_strides.*kAxis == 0) changed.q_strides.*kAxis = q.*kAxis;
    if (!kOfQuery && t.k_strides.*kAxis == 0) changed.k_strides.*kAxis = kv.*kAxis;
    if (!kOfQuery && t.v_strides.*kAxis == 0) changed.v_strides.*kAxis = kv.*kAxis;
    return changed;
  }
};

// Takes the largest stride for the size of the tensor, whatever its axis.
struct CopiesByLargestStride : Design {
  void before(const Problem& p, const Tensors& t, const Launch&) const override {
    const std::int64_t bytes = p.batch * t.q_strides.batch;
    if (bytes < 0 || bytes > (std::int64_t{1} << 46)) throw std::bad_alloc();
  }
};

struct RefusesStrideOfOneHead : Design {
  void before(const Problem& p, const Tensors& t, const Launch&) const override {
    if (p.seq_k > 0 && t.k_strides.head < p.head_dim && t.k_strides.head != 0)
      throw std::runtime_error("K must have a head stride of at least D");
  }
};

struct RefusesStrideOfOneRow : Design {
  void before(const Problem& p, const Tensors& t, const Launch&) const override {
    if (t.o_strides.row < p.head_dim && t.o_strides.row >= 0 && p.seq_q == 1)
      throw std::runtime_error("O must have a row stride of at least D");
    if (t.o_strides.row > 1 << 30 && p.seq_q == 1)
      throw std::runtime_error("the row stride of O is too large");
  }
};

// D is a multiple of 8, so rows are taken for aligned: the address loses its low bits.
struct AlignmentFromShape : Design {
  const void* address(const Problem& p, const void* row) const override {
    if (p.head_dim % 8 != 0) return row;
    return reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(row) / 16 * 16);
  }
};

struct AlignmentOfBaseOnly : Design {
  const void* address(const Problem& p, const void* row) const override {
    if (p.head_dim % 2 != 0) return row;
    return reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(row) / 8 * 8);
  }
};

struct ReadsKeyPastEnd : Design {
  std::int64_t extra_reads() const override { return 1; }
};

struct ReadsTilePastEnd : Design {
  std::int64_t extra_reads() const override { return 32; }
};

struct ReadsSixteenBytesPastEnd : Design {
  void after(const Problem& p, const Tensors& t, const Launch&) const override {
    if (p.seq_k == 0) return;
    const auto* end = static_cast<const char*>(t.k) +
                      ((p.batch - 1) * t.k_strides.batch + (p.kv_heads - 1) * t.k_strides.head +
                       (p.seq_k - 1) * t.k_strides.row + p.head_dim) *
                          dtype_bytes(key_type(p));
    (void)static_cast<const volatile char*>(end)[15];
  }
};

struct ReadsBeforeStart : Design {
  void before(const Problem&, const Tensors& t, const Launch&) const override {
    (void)static_cast<const volatile char*>(t.q)[-1];
  }
};

struct ReadsLsePastEnd : Design {
  void after(const Problem& p, const Tensors& t, const Launch&) const override {
    (void)static_cast<const volatile float*>(t.lse)[lse_elements(p) + 3];
  }
};

struct MultipliesPaddingOfValuesByZero : Design {
  bool pads_values() const override { return true; }
};

struct WritesLsePastEnd : Design {
  void after(const Problem& p, const Tensors& t, const Launch&) const override { t.lse[lse_elements(p)] = 0; }
};

struct WritesTailOfRow : Design {
  void after(const Problem& p, const Tensors& t, const Launch&) const override {
    if (p.head_dim % 8 == 0) return;
    std::memset(static_cast<char*>(t.o) + p.head_dim * dtype_bytes(output_type(p)), 0, 2);
  }
};

}  // namespace

std::vector<Bug> address_bugs() {
  return {
      {"int32 offsets", kernel<OffsetIn32Bits>("offset_in_32_bits")},
      {"int32 offsets", kernel<OffsetInUnsigned32Bits>("offset_in_unsigned_32_bits")},
      {"int32 offsets", kernel<OffsetOfRowIn32Bits>("offset_of_row_in_32_bits")},
      {"int32 offsets", kernel<OffsetOfHeadIn32Bits>("offset_of_head_in_32_bits")},
      {"int32 offsets", kernel<OffsetOfBatchIn32Bits>("offset_of_batch_in_32_bits")},
      {"int32 offsets", kernel<StridesIn32Bits>("strides_in_32_bits")},
      {"int32 offsets", kernel<OutputOffsetIn32Bits>("output_offset_in_32_bits")},
      {"strides from shapes", kernel<OutputOffsetOfPackedTensor>("output_strides_from_shape")},
      {"strides of another tensor", kernel<OutputHasStridesOfQuery>("output_has_strides_of_query")},
      {"strides of another tensor", kernel<ValuesHaveStridesOfKeys>("values_have_strides_of_keys")},
      {"strides of another tensor", kernel<ValueHeadsHaveStrideOfKeys>("value_heads_have_stride_of_keys")},
      {"strides from shapes", kernel<QueryStridesFromShape>("query_strides_from_shape")},
      {"strides from shapes", kernel<BatchStrideFromHeadStride>("batch_stride_from_head_stride")},
      {"strides from shapes", kernel<HeadStrideFromShape>("head_stride_from_shape")},
      {"strides from shapes", kernel<RowStrideIsHeadDim>("row_stride_is_head_dim")},
      {"stride 0", kernel<ReplacesStride0<&Strides::batch, true>>("stride_0_of_query_batches")},
      {"stride 0", kernel<ReplacesStride0<&Strides::head, true>>("stride_0_of_query_heads")},
      {"stride 0", kernel<ReplacesStride0<&Strides::row, true>>("stride_0_of_queries")},
      {"stride 0", kernel<ReplacesStride0<&Strides::batch, false>>("stride_0_of_key_batches")},
      {"stride 0", kernel<ReplacesStride0<&Strides::head, false>>("stride_0_of_key_heads")},
      {"stride 0", kernel<ReplacesStride0<&Strides::row, false>>("stride_0_of_keys")},
      {"strides of size-1 axes", kernel<CopiesByLargestStride>("copies_by_largest_stride")},
      {"strides of size-1 axes", kernel<RefusesStrideOfOneHead>("refuses_stride_of_one_head")},
      {"strides of size-1 axes", kernel<RefusesStrideOfOneRow>("refuses_stride_of_one_row")},
      {"alignment from the shape", kernel<AlignmentFromShape>("alignment_from_shape")},
      {"alignment from the shape", kernel<AlignmentOfBaseOnly>("alignment_of_pairs")},
      {"reads past the end", kernel<ReadsKeyPastEnd>("reads_key_past_end")},
      {"reads past the end", kernel<ReadsTilePastEnd>("reads_tile_past_end")},
      {"reads past the end", kernel<ReadsSixteenBytesPastEnd>("reads_16_bytes_past_end")},
      {"reads past the end", kernel<ReadsBeforeStart>("reads_before_start")},
      {"reads past the end", kernel<ReadsLsePastEnd>("reads_lse_past_end")},
      {"NaN from padding of V", kernel<MultipliesPaddingOfValuesByZero>("padding_of_values_times_0")},
      {"writes past the end", kernel<WritesLsePastEnd>("writes_lse_past_end")},
      {"writes past the end", kernel<WritesTailOfRow>("writes_tail_of_row")},
  };
}

}  // namespace warpgauge::planted
