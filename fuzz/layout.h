// Memory layouts of the operands: strides, and the alignment of their first elements.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/attention.h"
#include "kernels/backend.h"

namespace warpgauge {

// Rows are aligned to 16 bytes if D and Dv are multiples of 8, except in odd_row and odd_base. A bias tensor
// has gaps where Q has, and is broadcast along the axes that are shared: its layout is bias_strides_of. That
// of the factors of e4m3 operands is descale_of.
enum class Layout {
  packed,             // [B, H, S, D], contiguous
  padded,             // gaps after each row, after the last row of a head, and after each batch
  interleaved,        // [B, S, H, D] in memory, as projections write it
  mixed,              // Q interleaved, K packed, V and O padded: strides of Q and O differ, and of K and V
  cache_slice,        // K and V are the first rows of a longer cache: row = D, head > S D
  batch_gap,          // packed, with a gap after each batch
  q_batch_stride_0,   // all batches share Q
  q_head_stride_0,    // all heads share Q
  q_row_stride_0,     // all queries of a head are equal
  kv_batch_stride_0,  // all batches share K and V
  kv_head_stride_0,   // all heads share K and V
  kv_row_stride_0,    // all keys of a head are equal, and all values
  junk,               // packed; strides of axes of size 1 are meaningless numbers
  odd_row,            // gaps of one element after each row: rows are not aligned
  odd_base,           // packed; the first element is one element past an aligned address
  wide_row,           // the row stride fits into 32 bits, the offset of the last row of K and V does not
  far_batch,          // the batch stride of Q, K and V exceeds 2^31 elements
  far_head,           // the same with the head stride
  far_row,            // the same with the row stride
  far_output,         // the same with the batch or head stride of O
};

[[nodiscard]] std::span<const Layout> all_layouts();
[[nodiscard]] const char* layout_name(Layout layout);

// Operands with the strides of the layout. Their pointers are null, or one element past null in odd_base: for
// Kernel::supports, before there is any memory. Tensors in memory have the same address modulo 16.
[[nodiscard]] Tensors layout_tensors(const Problem& problem, Layout layout);

// Whether the layout differs from packed in this problem. For example, all batch strides of one batch are
// equal.
[[nodiscard]] bool layout_matters(const Problem& problem, Layout layout);

// Whether the offsets of the problem fit into the address space, and its rows into separate pages.
[[nodiscard]] bool layout_fits(const Problem& problem, Layout layout);

// Whether memory of the backend can hold it. Offsets past 2^31 elements take an address space that is
// reserved, but not allocated; only the host has that. The emulator allocates a record of each byte of O.
[[nodiscard]] bool backend_holds(Backend backend, Layout layout);

}  // namespace warpgauge
