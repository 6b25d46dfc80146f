// Bugs in pages of K and V.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernels/case_key.h"
#include "tests/fuzz/planted_design.h"

namespace warpgauge::planted {
namespace {

std::int32_t entry(const Tensors& t, std::int64_t b, std::int64_t n) {
  return t.page_table[b * t.table_stride + n];
}

// The first key of a page is read from the page before it.
struct PageBoundaryOneLate : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const override {
    if (p.page == 0 || key == 0) return Design::key_place(p, t, b, key);
    return {entry(t, b, (key - 1) / p.page), key % p.page};
  }
};

// The last key of a page is read from the next one, if the sequence has that.
struct PageBoundaryOneEarly : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const override {
    if (p.page == 0 || key + 1 >= lengths(p, t, b).k) return Design::key_place(p, t, b, key);
    return {entry(t, b, (key + 1) / p.page), key % p.page};
  }
};

// A kernel for pages of 64 keys.
struct PagesOf64Assumed : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const override {
    if (p.page < 64) return Design::key_place(p, t, b, key);
    return {entry(t, b, key / 64 * 64 / p.page), key % 64};
  }
};

// key >> log2(page): wrong for 48 and other sizes that are no power of two.
struct PageSizeRoundedToPowerOfTwo : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const override {
    if (p.page == 0) return Design::key_place(p, t, b, key);
    std::int64_t size = 16;
    while (2 * size <= p.page) size *= 2;
    return {entry(t, b, key / p.page), key % p.page % size};
  }
};

// A copy of the table by its pointer, as of a captured graph.
struct TableCachedByPointer : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    static std::map<std::pair<const void*, std::string>, std::vector<std::int32_t>> tables;
    if (p.page == 0 || p.seq_k == 0) return t;
    const std::int64_t width = pages_of(p.seq_k, p.page);
    const auto [cached, is_new] = tables.try_emplace({t.page_table, format_problem(p)});
    if (is_new)
      for (std::int64_t b = 0; b < p.batch; ++b)
        for (std::int64_t n = 0; n < width; ++n) cached->second.push_back(entry(t, b, n));
    Tensors changed = t;
    changed.page_table = cached->second.data();
    changed.table_stride = width;
    return changed;
  }
};

// The next page is prefetched, also after the last one.
struct TableReadPastItsEnd : Design {
  void after(const Problem& p, const Tensors& t, const Launch&) const override {
    if (p.page == 0) return;
    const std::int64_t last = (p.batch - 1) * t.table_stride + pages_of(p.seq_k, p.page) + 3;
    (void)*static_cast<const volatile std::int32_t*>(t.page_table + last);
  }
};

// It uses what the entry after the last page of a sequence names: the first element of that page.
struct PageAfterTheLastIsTouched : Design {
  void before(const Problem& p, const Tensors& t, const Launch&) const override {
    if (p.page == 0) return;
    for (std::int64_t b = 0; b < p.batch; ++b) {
      const std::int64_t next = pages_of(lengths(p, t, b).k, p.page);
      if (next == pages_of(p.seq_k, p.page)) continue;
      const auto* k = static_cast<const volatile char*>(t.k);
      (void)k[entry(t, b, next) * t.k_strides.batch * dtype_bytes(key_type(p))];
    }
  }
};

struct PageOfNextSequence : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const override {
    if (p.page == 0) return Design::key_place(p, t, b, key);
    const std::int64_t other = (b + 1) % p.batch;
    const bool has_page = key / p.page < pages_of(lengths(p, t, other).k, p.page);
    return Design::key_place(p, t, has_page ? other : b, key);
  }
};

// The rows of the table are as long as the pages that the problem needs.
struct TableIsPacked : Design {
  RowPlace key_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const override {
    Tensors packed = t;
    if (p.page > 0) packed.table_stride = pages_of(p.seq_k, p.page);
    return Design::key_place(p, packed, b, key);
  }
};

// All keys of the last page have weight.
struct TailOfLastPageCounts : Design {
  SequenceLengths lengths(const Problem& p, const Tensors& t, std::int64_t b) const override {
    SequenceLengths lengths = Design::lengths(p, t, b);
    if (p.page > 0) lengths.k = pages_of(lengths.k, p.page) * p.page;
    return lengths;
  }
};

// Weights of 0 times what the rest of the last page holds.
struct TailOfLastPageTimesZero : Design {
  float divided(const Problem& p, float o, float sum) const override {
    return Design::divided(p, o + 0 * tail_, sum);
  }
  float sink(const Problem& p, const Tensors& t, const Place& place) const override {
    tail_ = 0;
    if (p.page > 0 && p.seq_k % p.page != 0) {
      const RowPlace last = Design::value_place(batch_, t, place.batch, p.seq_k - 1);
      const std::int64_t offset = offset_of(t.v_strides, {last.block, last.row + 1}, kv_head(p, place.head)) *
                                  dtype_bytes(key_type(p));
      with_element_type(key_type(p), [&]<class T>(T) {
        tail_ = static_cast<float>(
            *reinterpret_cast<const T*>(static_cast<const char*>(t.v) + offset));  // the first column
      });
    }
    return Design::sink(p, t, place);
  }
  void before(const Problem& p, const Tensors&, const Launch&) const override { batch_ = p; }

 private:
  mutable Problem batch_;
  mutable float tail_ = 0;
};

// 32 bits for page * page stride.
struct PageOffsetIn32Bits : Design {
  std::int64_t offset(const Strides& s, std::int64_t b, std::int64_t h, std::int64_t row) const override {
    const std::int64_t wrapped = static_cast<std::int32_t>(static_cast<std::uint32_t>(b * s.batch));
    return Design::offset(s, b, h, row) + (page_ > 0 ? wrapped - b * s.batch : 0);
  }
  void before(const Problem& p, const Tensors&, const Launch&) const override { page_ = p.page; }

 private:
  mutable std::int64_t page_ = 0;
};

// The stride between pages of K serves V too.
struct ValuesWithPageStrideOfKeys : Design {
  Tensors operands(const Problem& p, const Tensors& t) const override {
    Tensors changed = t;
    if (p.page > 0 && p.value_dim == 0) changed.v_strides.batch = t.k_strides.batch;
    return changed;
  }
};

// V in the pages of the key's own sequence, but at the row of the packed tokens.
struct ValuesOfFirstPage : Design {
  RowPlace value_place(const Problem& p, const Tensors& t, std::int64_t b, std::int64_t key) const override {
    if (p.page == 0) return Design::value_place(p, t, b, key);
    return {entry(t, b, 0), key % p.page};
  }
};

}  // namespace

std::vector<Bug> page_bugs() {
  return {
      {"pages", sequence_kernel<PageBoundaryOneLate>("page_boundary_one_late")},
      {"pages", sequence_kernel<PageBoundaryOneEarly>("page_boundary_one_early")},
      {"pages", sequence_kernel<PagesOf64Assumed>("pages_of_64_assumed")},
      {"pages", sequence_kernel<PageSizeRoundedToPowerOfTwo>("page_size_is_power_of_two")},
      {"pages", sequence_kernel<TableCachedByPointer>("table_cached_by_pointer")},
      {"pages", sequence_kernel<TableReadPastItsEnd>("table_read_past_its_end")},
      {"pages", sequence_kernel<PageAfterTheLastIsTouched>("page_after_the_last_is_touched")},
      {"pages", sequence_kernel<PageOfNextSequence>("page_of_next_sequence")},
      {"pages", sequence_kernel<TableIsPacked>("table_is_packed")},
      {"pages", sequence_kernel<TailOfLastPageCounts>("tail_of_last_page_counts")},
      {"pages", sequence_kernel<TailOfLastPageTimesZero>("tail_of_last_page_times_zero")},
      {"pages", sequence_kernel<PageOffsetIn32Bits>("page_offset_in_32_bits")},
      {"pages", sequence_kernel<ValuesWithPageStrideOfKeys>("values_with_page_stride_of_keys")},
      {"pages", sequence_kernel<ValuesOfFirstPage>("values_of_first_page")},
  };
}

}  // namespace warpgauge::planted
