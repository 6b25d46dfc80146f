// Bugs in sizes: index types, grid limits, masks, groups, head dimensions, tiles and splits.
#include <algorithm>

#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

struct KeyIndexIn16Bits : Design {
  std::int64_t key_index(std::int64_t key) const override {
    return std::max<std::int16_t>(0, static_cast<std::int16_t>(key));
  }
};

struct KeyIndexInUnsigned16Bits : Design {
  std::int64_t key_index(std::int64_t key) const override { return static_cast<std::uint16_t>(key); }
};

struct KeyCountIn16Bits : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    return static_cast<std::uint16_t>(last_key(p, query));
  }
};

// The grid's y axis has 65,535 blocks: the rest is dropped.
struct DropsHeadsPastGrid : Design {
  bool skips(const Problem&, const Place& place) const override { return place.head >= 65535; }
};

struct DropsBatchesPastGrid : Design {
  bool skips(const Problem&, const Place& place) const override { return place.batch >= 65535; }
};

struct DropsRowsPast1024 : Design {
  bool skips(const Problem&, const Place& place) const override { return place.query >= 1024; }
};

struct DropsBatchesPast128 : Design {
  bool skips(const Problem&, const Place& place) const override { return place.batch >= 128; }
};

struct TopLeft : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    return p.mask == Mask::causal ? std::min(p.seq_k, query + 1) : p.seq_k;
  }
};

struct TopLeftForFewKeys : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    return p.mask == Mask::causal && p.seq_q > p.seq_k ? std::min(p.seq_k, query + 1) : last_key(p, query);
  }
};

struct DecodingSeesAllKeysOfFourQueries : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    return p.mask == Mask::causal && p.seq_q <= 4 ? p.seq_k : last_key(p, query);
  }
};

struct RoundsDiagonalToTile : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    if (p.mask == Mask::none || p.seq_k < 64) return last_key(p, query);
    return std::min(p.seq_k, (last_key(p, query) + 15) / 16 * 16);
  }
};

template <std::int64_t kTile>
struct DropsTailOfKeys : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    const std::int64_t visible = last_key(p, query);
    return visible == p.seq_k && p.seq_k > kTile ? p.seq_k / kTile * kTile : visible;
  }
};

// The last of 128 splits takes no more than its share.
struct DropsKeysPast128Splits : Design {
  std::int64_t keys(const Problem& p, std::int64_t query) const override {
    return std::min<std::int64_t>(last_key(p, query), 128 * 128);
  }
};

struct LastSplitTwice : Design {
  std::int64_t value_index(const Problem& p, std::int64_t key) const override {
    return p.seq_k > 4096 && key >= p.seq_k - 32 ? p.seq_k - 1 : key;
  }
};

// The row sum of a split without keys is 0: 0 / 0.
struct EmptySplitIsNan : Design {
  void finish(const Problem& p, const Place&, std::int64_t keys, std::vector<float>& o,
              float& lse) const override {
    if (p.mask == Mask::none || keys == 0 || p.seq_k < 64 || keys > p.seq_k / 2) return;
    std::fill(o.begin(), o.end(), std::nanf(""));
    lse = std::nanf("");
  }
};

// Two splits are averaged instead of weighted by their LSE.
struct CombinesWithoutWeights : Design {
  float rescale(float before, float after) const override {
    return std::min(1.0f, Design::rescale(before, after) + 0.01f);
  }
};

struct GroupsInterleaved : Design {
  std::int64_t kv_head(const Problem& p, std::int64_t head) const override { return head % p.kv_heads; }
};

struct GroupIsPowerOfTwo : Design {
  std::int64_t kv_head(const Problem& p, std::int64_t head) const override {
    std::int64_t group = 1;
    while (2 * group <= p.heads / p.kv_heads) group *= 2;
    return std::min(p.kv_heads - 1, head / group);
  }
};

// Group members are packed into a tile of 16, 64 rows.
template <std::int64_t kMost>
struct DropsHeadsOfLargeGroup : Design {
  bool skips(const Problem& p, const Place& place) const override {
    return place.head % (p.heads / p.kv_heads) >= kMost;
  }
};

struct GroupOfAtMostEight : Design {
  std::int64_t kv_head(const Problem& p, std::int64_t head) const override {
    return std::min(p.kv_heads - 1, head / std::min<std::int64_t>(8, p.heads / p.kv_heads));
  }
};

template <std::int64_t kVector>
struct DropsTailOfHeadDim : Design {
  std::int64_t dims(const Problem& p) const override {
    return p.head_dim > kVector ? p.head_dim / kVector * kVector : p.head_dim;
  }
};

struct DropsTailOfOutput : Design {
  std::int64_t output_dims(const Problem& p) const override {
    const std::int64_t dim = value_dim_of(p);
    return dim > 32 ? dim / 32 * 32 : dim;
  }
};

template <std::int64_t kMost>
struct HeadDimOfAtMost : Design {
  std::int64_t dims(const Problem& p) const override { return std::min(p.head_dim, kMost); }
};

template <std::int64_t kTail>
struct TailOfHeadDimIs : Design {
  std::int64_t output_dims(const Problem& p) const override {
    const std::int64_t dim = value_dim_of(p);
    return dim % 128 == kTail ? dim - 1 : dim;
  }
};

struct RowsOfLastTileAreClamped : Design {
  std::int64_t query_index(const Problem& p, std::int64_t query) const override {
    return p.seq_q > 64 && query == p.seq_q - 1 && p.seq_q % 64 == 1 ? query - 1 : query;
  }
};

}  // namespace

std::vector<Bug> size_bugs() {
  return {
      {"16-bit sequence index", kernel<KeyIndexIn16Bits>("key_index_in_16_bits")},
      {"16-bit sequence index", kernel<KeyIndexInUnsigned16Bits>("key_index_in_unsigned_16_bits")},
      {"16-bit sequence index", kernel<KeyCountIn16Bits>("key_count_in_16_bits")},
      {"grid limits", kernel<DropsHeadsPastGrid>("drops_heads_past_grid")},
      {"grid limits", kernel<DropsBatchesPastGrid>("drops_batches_past_grid")},
      {"grid limits", kernel<DropsRowsPast1024>("drops_rows_past_1024")},
      {"grid limits", kernel<DropsBatchesPast128>("drops_batches_past_128")},
      {"top-left mask", kernel<TopLeft>("top_left")},
      {"top-left mask", kernel<TopLeftForFewKeys>("top_left_for_few_keys")},
      {"top-left mask", kernel<DecodingSeesAllKeysOfFourQueries>("decoding_ignores_mask")},
      {"tile remainders", kernel<RoundsDiagonalToTile>("diagonal_rounded_to_tile")},
      {"tile remainders", kernel<DropsTailOfKeys<16>>("drops_keys_after_16")},
      {"tile remainders", kernel<DropsTailOfKeys<64>>("drops_keys_after_64")},
      {"tile remainders", kernel<DropsTailOfKeys<128>>("drops_keys_after_128")},
      {"tile remainders", kernel<DropsTailOfKeys<256>>("drops_keys_after_256")},
      {"tile remainders", kernel<RowsOfLastTileAreClamped>("last_row_clamped")},
      {"splits and combine", kernel<DropsKeysPast128Splits>("drops_keys_past_128_splits")},
      {"splits and combine", kernel<LastSplitTwice>("last_split_repeats_a_key")},
      {"splits and combine", kernel<EmptySplitIsNan>("empty_split_is_nan")},
      {"splits and combine", kernel<CombinesWithoutWeights>("combines_without_weights")},
      {"GQA mapping", kernel<GroupsInterleaved>("groups_interleaved")},
      {"GQA mapping", kernel<GroupIsPowerOfTwo>("group_is_power_of_two")},
      {"GQA mapping", kernel<GroupOfAtMostEight>("group_of_at_most_8")},
      {"GQA padding", kernel<DropsHeadsOfLargeGroup<16>>("group_padded_to_16")},
      {"GQA padding", kernel<DropsHeadsOfLargeGroup<64>>("group_padded_to_64")},
      {"head dimensions", kernel<DropsTailOfHeadDim<4>>("head_dim_multiple_of_4")},
      {"head dimensions", kernel<DropsTailOfHeadDim<8>>("head_dim_multiple_of_8")},
      {"head dimensions", kernel<DropsTailOfHeadDim<16>>("head_dim_multiple_of_16")},
      {"head dimensions", kernel<DropsTailOfHeadDim<64>>("head_dim_multiple_of_64")},
      {"head dimensions", kernel<DropsTailOfOutput>("output_dim_multiple_of_32")},
      {"head dimensions", kernel<HeadDimOfAtMost<256>>("head_dim_of_at_most_256")},
      {"head dimensions", kernel<HeadDimOfAtMost<512>>("head_dim_of_at_most_512")},
      {"head dimensions", kernel<TailOfHeadDimIs<8>>("tail_of_8")},
      {"head dimensions", kernel<TailOfHeadDimIs<24>>("tail_of_24")},
      {"head dimensions", kernel<TailOfHeadDimIs<56>>("tail_of_56")},
      {"head dimensions", kernel<TailOfHeadDimIs<88>>("tail_of_88")},
      {"head dimensions", kernel<TailOfHeadDimIs<120>>("tail_of_120")},
  };
}

}  // namespace warpgauge::planted
