// The operands of one call in the memory of a backend, with a guard band before and after each tensor.
// Everything that is not an element of an input is a NaN (guard bands, gaps between rows, heads and batches,
// and all of O and LSE), so that a read past the end shows in the result, and a byte written outside O and
// LSE shows in the bands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/inputs.h"
#include "kernels/attention.h"
#include "kernels/backend.h"

namespace warpgauge {

// How the tensors lie. Rows stay aligned to 16 bytes where D is a multiple of 8.
enum class Layout {
  packed,       // [B, H, S, D], contiguous
  padded,       // gaps after each row, after each head's last row, and after each batch
  interleaved,  // [B, S, H, D] in memory, as projections leave it
  mixed,        // Q interleaved, K packed, V and O padded: Q's strides are not O's, nor K's V's
};

const char* layout_name(Layout layout);
std::optional<Layout> parse_layout(std::string_view name);

// Every 16-bit half of memory that nobody should have written or left unwritten: a signalling NaN as f16, as
// bf16 and, twice, as f32. Arithmetic only ever makes quiet NaNs, so that no kernel computes it.
inline constexpr std::uint16_t kPoison = 0x7fa5;

// Fills the whole buffer with poison; its size is even.
void poison(Buffer& buffer);

// What a kernel wrote, packed, on the host.
struct Output {
  std::vector<float> o;                          // [B, H, Sq, D], widened from the problem's type
  std::vector<float> lse;                        // [B, H, Sq]
  std::vector<std::int64_t> unwritten_rows;      // rows with poison left in O
  std::vector<std::int64_t> unwritten_lse_rows;  // rows with poison left in LSE
};

// Hash of all bits of O and LSE; NaNs count as equal.
std::uint64_t hash_output(const Output& output);

class GuardedTensors {
 public:
  // Allocates and poisons all five tensors. Throws std::runtime_error when the memory cannot be had.
  GuardedTensors(Backend backend, const Problem& problem, Layout layout);

  const Tensors& tensors() const { return tensors_; }
  const Problem& problem() const { return problem_; }

  void upload(const Inputs& inputs);
  void poison_outputs();
  Output download() const;

  // One line for each tensor whose surroundings were written to, or, for an input, that was changed since
  // upload.
  std::vector<std::string> violations() const;

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

    Region(const char* name, Backend backend, Layout layout, std::int64_t batch, std::int64_t heads,
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
  // One region's bytes on the host. Kept, because the system takes longer to give pages than they take to
  // fill.
  mutable std::vector<std::uint16_t> image_;
};

}  // namespace warpgauge
