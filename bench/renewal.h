// Changes the inputs before a timed launch, in place and outside of the timed interval.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/renewal_draw.h"
#include "fuzz/inputs.h"
#include "kernels/attention.h"

namespace warpgauge::bench {

// Bytes of what a renewal replaces in place: rows of K and V, elements of the bias.
struct RenewalSizes {
  std::int64_t key_bytes = 0, value_bytes = 0, bias_bytes = 0;

  void raise_to(const RenewalSizes& other);
  [[nodiscard]] double total() const;
};

[[nodiscard]] RenewalSizes renewal_sizes(const Problem& problem);

// Inputs of one problem as timed_tensors() places them, and memory for what is replaced.
struct RenewedInputs {
  Problem problem;
  void *q, *k, *v;
  float* bias;  // null if there is none
  void *saved_k, *saved_v;
  float* saved_bias;
  int threads;  // cpu
};

// Turns the inputs of the draw `from` into those of `to`.
void renew_cpu(const RenewedInputs& inputs, RenewalDraw from, RenewalDraw to);

// The same on a GPU. Returns when it is done.
void renew_cuda(const RenewedInputs& inputs, RenewalDraw from, RenewalDraw to);

// Replaces inputs of the check that are small: sinks and slopes.
void renew_own_inputs(Inputs& inputs, const Problem& problem, RenewalDraw draw);

// Sets all bits, which is a NaN in every type.
void poison_cpu(void* memory, std::int64_t bytes, int threads);
void poison_cuda(void* memory, std::int64_t bytes);

// Where a query row, counted through [B, H, Sq], reads.
struct RowPlace {
  std::int64_t row, head, kv_head;  // head counts through [B, H], kv_head through [B, Hkv]
  std::int64_t bias_row;            // through [H, Sq]
  KeyRange keys;                    // that it sees
};

[[nodiscard]] RowPlace place_of_row(const Problem& problem, std::int64_t row);

// One query row with the keys that it sees, on the host.
struct RowInputs {
  std::vector<float> q;     // [D]
  std::vector<float> k, v;  // [keys, D], [keys, Dv]
  std::vector<float> bias;  // [keys]; empty if there is no bias tensor
};

// Replaces the row's inputs of the check by those of the draw.
void renew_row(RowInputs& inputs, const Problem& problem, const RowPlace& place, RenewalDraw draw);

}  // namespace warpgauge::bench
