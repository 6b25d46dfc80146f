// The operands of one call in the memory of a backend, with a guard band before and after each tensor.
// Everything except the elements of the inputs is NaN: guard bands, gaps between rows, heads and batches, and
// all of O and LSE. A read past the end then changes the result, and a write outside O and LSE changes a
// band.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/inputs.h"
#include "kernels/attention.h"
#include "kernels/backend.h"

namespace warpgauge {

// Memory layout of the tensors. Rows are aligned to 16 bytes if D is a multiple of 8.
enum class Layout {
  packed,       // [B, H, S, D], contiguous
  padded,       // gaps after each row, after the last row of a head, and after each batch
  interleaved,  // [B, S, H, D] in memory, as projections write it
  mixed,        // Q interleaved, K packed, V and O padded: strides of Q and O differ, and of K and V
};

[[nodiscard]] const char* layout_name(Layout layout);

// The strides of the layout, with null pointers: for Kernel::supports, before there is any memory. Tensors in
// memory are aligned at least as well.
[[nodiscard]] Tensors layout_tensors(const Problem& problem, Layout layout);

// Fills memory that a kernel must not write, and outputs that it must write: a signalling NaN as f16, as bf16
// and, twice in a row, as f32. Arithmetic produces only quiet NaNs, so no kernel computes this value.
inline constexpr std::uint16_t kPoison = 0x7fa5;

// Fills the whole buffer with poison. Its size must be even.
void poison(Buffer& buffer);

// The outputs of a kernel, packed, on the host.
struct Output {
  std::vector<float> o;                          // [B, H, Sq, D], widened from the problem's type
  std::vector<float> lse;                        // [B, H, Sq]
  std::vector<std::int64_t> unwritten_rows;      // rows with poison left in O
  std::vector<std::int64_t> unwritten_lse_rows;  // rows with poison left in LSE
};

// Hash of all bits of O and LSE. All NaNs are equal.
[[nodiscard]] std::uint64_t hash_output(const Output& output);

class GuardedTensors {
 public:
  // Allocates and poisons all five tensors. Throws std::runtime_error if the memory cannot be allocated.
  GuardedTensors(Backend backend, const Problem& problem, Layout layout);
  // With the strides of `laid_out`; its pointers are not used.
  GuardedTensors(Backend backend, const Problem& problem, const Tensors& laid_out);

  [[nodiscard]] const Tensors& tensors() const { return tensors_; }
  [[nodiscard]] const Problem& problem() const { return problem_; }

  void upload(const Inputs& inputs);
  void poison_outputs();
  [[nodiscard]] Output download() const;

  // One line per tensor with writes outside its elements, and per input that changed since upload.
  [[nodiscard]] std::vector<std::string> violations() const;

 private:
  // One tensor in its buffer: guard band, elements at their strides with gaps between them, guard band.
  struct Region {
    const char* name;
    std::int64_t batch, heads, seq, row_bytes;
    Strides strides;
    std::int64_t element_bytes;
    std::size_t extent_bytes;         // from the first element to the end of the last
    std::uint64_t uploaded_hash = 0;  // of the elements of an input
    Buffer buffer;

    Region(const char* name, Backend backend, const Strides& strides, std::int64_t batch, std::int64_t heads,
           std::int64_t seq, std::int64_t head_dim, std::int64_t element_bytes);
    void* data() const;
    void download(std::vector<std::uint16_t>& image) const;
    // Calls visit(image offset in 16-bit halves) for each row, in the order of [B, H, S].
    template <class Visit>
    void each_row(Visit visit) const;
    std::string outside_violation(std::vector<std::uint16_t>& image) const;
    std::uint64_t hash_rows(const std::vector<std::uint16_t>& image) const;
  };

  void upload(Region& region, const std::vector<float>& values);

  Problem problem_;
  Region q_, k_, v_, o_, lse_;
  Tensors tensors_;
  // A copy of one region on the host. It is kept: allocating its pages takes longer than filling them.
  mutable std::vector<std::uint16_t> image_;
};

}  // namespace warpgauge
