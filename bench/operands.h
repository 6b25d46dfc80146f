// The memory that cases are timed on. All cases of a backend share it: Q, K and V of a case are the first
// elements of three streams of normal numbers, so that the memory of the largest case is enough for all, is
// filled once, and lies at the same addresses for every case of the process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>

#include "bench/cases.h"
#include "fuzz/guarded_tensors.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

// One case, ready to be launched.
struct Operands {
  Problem problem;
  Tensors tensors;
  Launch launch;
};

// What the cases of one backend share: of each kind of memory as much as the largest needs.
struct PoolSizes {
  struct Elements {
    std::int64_t query = 0, key = 0;  // of Q; of K, and as many of V
  };
  std::map<Dtype, Elements> inputs;
  std::int64_t o_bytes = 0, lse_bytes = 0, workspace_bytes = 0;

  double bytes() const;  // of all of them
};

PoolSizes pool_sizes(Backend backend, std::span<const Case> cases, int threads);

class OperandPool {
 public:
  // Memory for those of `cases` that run on `backend`. Throws std::runtime_error when it cannot be had.
  OperandPool(Backend backend, std::span<const Case> cases, std::uint64_t seed, int threads);

  Operands bind(const Kernel& kernel, const Problem& problem) const;

  // Overwrites the outputs of a case with NaN, so that a launch that writes nothing cannot pass for the one
  // before.
  void erase_outputs(const Problem& problem);

  // What the last launch wrote: the same structure, and so the same hash, as the check's own runs.
  Output download(const Problem& problem) const;

 private:
  struct Inputs {
    Buffer q, k, v;
  };

  Backend backend_;
  int threads_;
  std::map<Dtype, Inputs> inputs_;
  std::unique_ptr<Buffer> o_, lse_, workspace_;
};

}  // namespace warpgauge::bench
