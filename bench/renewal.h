// Changes the inputs before a timed launch, in place and outside of the timed interval.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/renewal_draw.h"
#include "kernels/attention.h"

namespace warpgauge::bench {

// Packed inputs of one problem, and memory for the rows of K and V that are replaced.
struct RenewedInputs {
  Problem problem;
  void *q, *k, *v;
  void *saved_k, *saved_v;  // renewed_elements(problem) elements each
  int threads;              // cpu
};

// Of the replaced rows of K, and as many of V.
[[nodiscard]] std::int64_t renewed_elements(const Problem& problem);

// Turns the inputs of the draw `from` into those of `to`.
void renew_cpu(const RenewedInputs& inputs, RenewalDraw from, RenewalDraw to);

// The same on a GPU. Returns when it is done.
void renew_cuda(const RenewedInputs& inputs, RenewalDraw from, RenewalDraw to);

// Sets all bits, which is a NaN in every type.
void poison_cpu(void* memory, std::int64_t bytes, int threads);
void poison_cuda(void* memory, std::int64_t bytes);

// One query row with the keys that it sees, on the host.
struct RowInputs {
  std::vector<float> q;     // [D]
  std::vector<float> k, v;  // [keys, D]
};

// Replaces the row's inputs of the check by those of the draw. `row` counts through [B, H, Sq].
void renew_row(RowInputs& inputs, const Problem& problem, std::int64_t row, RenewalDraw draw);

}  // namespace warpgauge::bench
