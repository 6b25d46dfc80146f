// The operands of a launch, in one list: their sizes, contents, and places in Tensors. Whatever bench does
// with all operands, it does with this list: memory, uploads, cold caches, and the watch for foreign writes.
//
// A new operand is one entry here, and its field in timed_variant_error(). If its contents may change between
// launches, bench/renewal.h changes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/inputs.h"
#include "kernels/attention.h"

namespace warpgauge::bench {

struct Operand {
  enum class Kind {
    prefix,  // an input whose element i depends on i and the type only: cases share its memory and contents
    own,     // a small input that depends on the problem: written again for each case
    output,
  };

  static constexpr std::int64_t kAbsent = -1;

  std::string_view name;  // "Q"
  Kind kind;
  std::int64_t (*bytes)(const Problem&);               // kAbsent if the problem does not have it
  void (*encode)(const Inputs&, Dtype, void* target);  // all that `Inputs` holds of it; null for an output
  void (*bind)(Tensors&, void* memory);
};

[[nodiscard]] std::span<const Operand> all_operands();

// The place of this operand in the list.
[[nodiscard]] std::size_t operand_index(std::string_view name);

// Strides of the operands that are timed, without pointers. They are packed. All batches share a bias tensor,
// as attention_bytes counts it.
[[nodiscard]] Tensors timed_tensors(const Problem& problem);

// Of a bias tensor in that layout.
[[nodiscard]] std::int64_t timed_bias_elements(const Problem& problem);

// Empty, or the reason why no kernel is timed on this problem: it has a variant that this list does not
// cover.
[[nodiscard]] std::string timed_variant_error(const Problem& problem);

}  // namespace warpgauge::bench
