// Seeded inputs of one problem: the same bits for the same (problem, family, seed) on every platform.
// Values are stored as f32 and already rounded to the operand's type: f32 -> type is exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/placement.h"
#include "kernels/attention.h"

namespace warpgauge {

enum class InputFamily {
  normal,        // N(0, 1)
  heavy_tailed,  // N(0, 1) times powers of two up to 64
  large_logits,  // rows whose logits are 5e4..6e4, and rows whose logits are -6e4..-5e4
  huge_logits,   // the same with logits up to 1e10: the rounding of a scaled maximum exceeds the range of exp
  needles,       // one key dominates each row: first, last, at a tile's edge, last visible, first masked
  zero_query,    // Q = 0: all visible keys have the same weight
  unit_value,    // V = 1: O = 1
  counting,      // Q = 0 and V = 1; see has_closed_form
  constant_keys,    // all keys of a head are equal
  nan_inputs,       // one NaN in Q per head unless the scale is 0; one in V per head if no key is hidden
  magnitudes,       // Q, K and V are N(0, 1) times powers of two from 2^-24 to 2^15, and at most 6e4. e4m3:
                    // any of the 254 finite codes
  subnormals,       // V, and one of two times Q and K, are subnormal numbers of the type
  non_finite_keys,  // one NaN or infinity in K per head, in a key that all queries see. e4m3: a NaN
};

[[nodiscard]] std::span<const InputFamily> all_families();
[[nodiscard]] const char* family_name(InputFamily family);

// Whether the inputs contain NaN or infinity.
[[nodiscard]] bool is_non_finite(InputFamily family);

// Whether O = 1 and LSE = ln(visible keys) hold at every row, without an oracle: the family is `counting`,
// and all logits are 0.
[[nodiscard]] bool has_closed_form(InputFamily family, const Problem& problem);

struct Inputs {
  Problem problem;
  InputFamily family = InputFamily::normal;
  std::uint64_t seed = 0;
  std::vector<float> q;  // [B, H, Sq, D]
  std::vector<float> k;  // [B, Hkv, Sk, D]
  std::vector<float> v;  // [B, Hkv, Sk, Dv]
  // Of problems that have them, in f32:
  std::vector<float> sinks = {};                                      // [H]
  std::vector<float> slopes = {};                                     // [H]
  std::vector<float> bias = {};                                       // [B, H, Sq, Sk]
  std::vector<float> q_descale = {}, k_descale = {}, v_descale = {};  // [B, Hkv]
  // Of problems with lengths or pages. Rows past the end of a sequence are in no tensor.
  Placement placement = {};

  std::uint32_t shared_axes = 0;  // along which share_rows (guarded_tensors.h) made rows equal
  bool equal_keys = false;        // all logits of a row are equal, and all values of a head
};

// The problem of the sequence of query row `row`, which counts through [B, H, Sq]: S and Sk are its lengths.
[[nodiscard]] Problem sequence_of_row(const Inputs& inputs, std::int64_t row);

// Whether its sequence has this row.
[[nodiscard]] bool has_row(const Inputs& inputs, std::int64_t row);

// The keys that it sees, from the start of its sequence.
[[nodiscard]] KeyRange visible_to_row(const Inputs& inputs, std::int64_t row);

[[nodiscard]] Inputs make_inputs(const Problem& problem, InputFamily family, std::uint64_t seed);

// The nearest value of the type, as a float.
[[nodiscard]] float round_to(Dtype dtype, float value);

}  // namespace warpgauge
