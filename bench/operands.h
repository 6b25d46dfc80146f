// The memory that cases are timed on, shared by all cases of a backend. Q, K, V and a bias tensor of a case
// are the first elements of four streams of normal numbers. So the memory of the largest case serves all
// cases: it is filled once, and its addresses are the same for every case of the process. Small inputs, such
// as sinks, are written for each case.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "bench/cases.h"
#include "bench/operand_list.h"
#include "bench/renewal.h"
#include "fuzz/guarded_tensors.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

// One case, ready to be launched.
struct Operands {
  Problem problem;
  Tensors tensors;
  Launch launch;
  struct Range {
    const void* begin;
    std::int64_t bytes;
  };
  std::vector<Range> memory = {};  // of all operands
};

// Sizes of the shared memory of one backend: the largest that any case needs.
struct PoolSizes {
  using Bytes = std::vector<std::int64_t>;  // in the order of all_operands()

  struct Elements {
    std::int64_t query = 0, key = 0, value = 0, bias = 0;
    void raise_to(const Problem& problem);
  };
  std::map<Dtype, Elements> elements;  // of `prefix` operands
  std::map<Dtype, Bytes> inputs;       // the same in bytes
  Bytes others;                        // outputs, and the inputs of one problem: the same for all types
  std::int64_t workspace_bytes = 0;
  RenewalSizes saved;  // what a renewal replaces

  [[nodiscard]] double bytes() const;  // of all of them
};

[[nodiscard]] PoolSizes pool_sizes(Backend backend, std::span<const Case> cases, int threads);

class OperandPool {
 public:
  // Memory for those of `cases` that run on `backend`. Throws std::runtime_error if it cannot be allocated.
  OperandPool(Backend backend, std::span<const Case> cases, std::uint64_t seed, int threads);

  [[nodiscard]] Operands bind(const Kernel& kernel, const Problem& problem) const;

  // Gives a case the inputs of the check, and overwrites its outputs with NaN. Otherwise a launch that writes
  // nothing would pass with the outputs of the previous one. Must be called before a launch, if renew() is
  // not.
  void prepare(const Problem& problem);

  // Gives a case the inputs of `draw` (renewal_draw.h), and erases its outputs.
  void renew(const Problem& problem, RenewalDraw draw);
  // Undoes renew(). Must be called before another case is prepared or renewed.
  void restore();
  // The `prefix` inputs of the check, generated again. The element `i` of each tensor of a case is element
  // `i` here.
  [[nodiscard]] warpgauge::Inputs original_inputs(Dtype dtype) const;
  // Sets the `own` inputs of the check of one problem.
  void set_own_inputs(warpgauge::Inputs& inputs, const Problem& problem) const;
  [[nodiscard]] Backend backend() const { return backend_; }

  // The outputs of the last launch, in the same form as in the check, so that hashes can be compared.
  [[nodiscard]] Output download(const Problem& problem) const;

 private:
  using Buffers = std::vector<std::optional<Buffer>>;  // in the order of all_operands()

  [[nodiscard]] const Buffer& buffer(std::size_t operand, Dtype dtype) const;
  [[nodiscard]] Tensors tensors_of(const Problem& problem) const;
  void require_restored(const Problem& problem) const;
  void erase_outputs(const Problem& problem);
  void write_own_inputs(const Problem& problem, RenewalDraw draw);
  void change_inputs(RenewalDraw draw);

  Backend backend_;
  std::uint64_t seed_;
  int threads_;
  PoolSizes sizes_;
  std::map<Dtype, Buffers> inputs_;
  Buffers others_;
  std::optional<Buffer> workspace_, saved_k_, saved_v_, saved_bias_;
  Problem renewed_;  // whose inputs are those of draw_
  RenewalDraw draw_{0};
};

}  // namespace warpgauge::bench
