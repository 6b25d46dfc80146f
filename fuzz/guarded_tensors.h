// The operands of one call in the memory of a backend, with guards before and after each tensor. Everything
// except the elements of the inputs is NaN: guard bands, gaps between rows, heads and batches, and all of O
// and LSE. A read past the end then changes the result, and a write outside O and LSE changes a band. At an
// inaccessible page, either ends the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/guarded_memory.h"
#include "fuzz/inputs.h"
#include "fuzz/layout.h"
#include "kernels/attention.h"
#include "kernels/backend.h"

namespace warpgauge {

// The outputs of a kernel, packed, on the host.
struct Output {
  std::vector<float> o;                          // [B, H, Sq, Dv], widened from the problem's type
  std::vector<float> lse;                        // [B, H, Sq]
  std::vector<std::int64_t> unwritten_rows;      // rows with poison left in O
  std::vector<std::int64_t> unwritten_lse_rows;  // rows with poison left in LSE
};

// Hash of all bits of O and LSE. All NaNs are equal.
[[nodiscard]] std::uint64_t hash_output(const Output& output);

class GuardedTensors {
 public:
  // Allocates and poisons all tensors. Throws std::bad_alloc, or std::runtime_error for CUDA, if the
  // memory cannot be allocated.
  GuardedTensors(Backend backend, const Problem& problem, Layout layout, Guard guard = Guard::bands);
  // With the strides of `laid_out`, and its pointers modulo 16.
  GuardedTensors(Backend backend, const Problem& problem, const Tensors& laid_out,
                 Guard guard = Guard::bands);

  [[nodiscard]] const Tensors& tensors() const { return tensors_; }
  [[nodiscard]] const Problem& problem() const { return problem_; }
  [[nodiscard]] Guard guard() const { return guard_; }

  // Rows that share memory must be equal: see share_rows.
  void upload(const Inputs& inputs);
  void poison_inputs();
  void poison_outputs();
  [[nodiscard]] Output download() const;

  // One line per tensor with writes outside its elements, and per input that changed since upload.
  [[nodiscard]] std::vector<std::string> violations() const;

 private:
  // What the rows of a tensor are. Queries and keys are where the placement puts them.
  enum class Rows { plain, queries, keys };

  // One tensor in its memory.
  struct Region {
    const char* name;
    Rows rows;
    TensorShape shape;
    std::int64_t row_bytes;
    Strides strides;
    Dtype dtype;
    std::int64_t element_bytes;
    std::uint16_t poison;
    std::size_t extent_bytes;         // from the first element to the end of the last
    std::uint64_t uploaded_hash = 0;  // of the elements of an input
    GuardedMemory memory;

    Region(const char* name, Backend backend, Guard guard, const void* misaligned, const Strides& strides,
           Rows rows, const TensorShape& shape, Dtype dtype);
    void download(std::vector<std::uint16_t>& image) const;
  };

  // Calls visit(row, image offset in 16-bit halves) for each row that there is. Rows of queries and keys
  // count through [B, H, S], those that a sequence lacks included.
  template <class Visit>
  void each_row(const Region& region, Visit visit) const;
  std::string outside_violation(const Region& region, std::vector<std::uint16_t>& image) const;
  std::uint64_t hash_rows(const Region& region, const std::vector<std::uint16_t>& image) const;

  // A region that not every problem has; else null.
  using Optional = std::unique_ptr<Region>;

  void upload(Region& region, const std::vector<float>& values);
  void upload(Region& region, const std::vector<std::int32_t>& values);
  std::vector<Region*> inputs() const;

  Problem problem_;
  Guard guard_;
  std::unique_ptr<Region> q_, k_, v_, o_, lse_;
  Optional sinks_, slopes_, bias_, q_descale_, k_descale_, v_descale_, q_starts_, k_starts_, table_;
  Tensors tensors_;
  Placement placement_;  // of the last upload
  // A copy of one region on the host. It is kept: allocating its pages takes longer than filling them.
  mutable std::vector<std::uint16_t> image_;
};

// Copies the first row, head or batch to all others along each axis of Q, K, V, the bias and the factors that
// has a stride of 0.
void share_rows(Inputs& inputs, const Tensors& laid_out);

}  // namespace warpgauge
