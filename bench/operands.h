// The memory that cases are timed on, shared by all cases of a backend. Q, K and V of a case are the first
// elements of three streams of normal numbers. So the memory of the largest case serves all cases: it is
// filled once, and its addresses are the same for every case of the process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>

#include "bench/cases.h"
#include "bench/renewal.h"
#include "fuzz/guarded_tensors.h"
#include "kernels/kernel.h"

namespace warpgauge::bench {

// One case, ready to be launched.
struct Operands {
  Problem problem;
  Tensors tensors;
  Launch launch;
};

// Sizes of the shared memory of one backend: the largest that any case needs.
struct PoolSizes {
  struct Elements {
    std::int64_t query = 0, key = 0;  // of Q; of K, and as many of V
  };
  std::map<Dtype, Elements> inputs;
  std::int64_t o_bytes = 0, lse_bytes = 0, workspace_bytes = 0;
  std::int64_t saved_bytes = 0;  // of the rows of K that a renewal replaces, and as many of V

  [[nodiscard]] double bytes() const;  // of all of them
};

[[nodiscard]] PoolSizes pool_sizes(Backend backend, std::span<const Case> cases, int threads);

class OperandPool {
 public:
  // Memory for those of `cases` that run on `backend`. Throws std::runtime_error if it cannot be allocated.
  OperandPool(Backend backend, std::span<const Case> cases, std::uint64_t seed, int threads);

  [[nodiscard]] Operands bind(const Kernel& kernel, const Problem& problem) const;

  // Overwrites the outputs of a case with NaN. Otherwise a launch that writes nothing would pass with the
  // outputs of the previous one.
  void erase_outputs(const Problem& problem);

  // Gives a case the inputs of `draw` (renewal_draw.h), and erases its outputs.
  void renew(const Problem& problem, RenewalDraw draw);
  // Gives every case the inputs of the check again. Must be called before another case is renewed.
  void restore();
  // The inputs of the check, generated again. The element `i` of each tensor of a case is element `i` here.
  [[nodiscard]] warpgauge::Inputs original_inputs(Dtype dtype) const;
  [[nodiscard]] Backend backend() const { return backend_; }

  // The outputs of the last launch, in the same form as in the check, so that hashes can be compared.
  [[nodiscard]] Output download(const Problem& problem) const;

 private:
  struct Inputs {
    Buffer q, k, v;
  };

  void change_inputs(RenewalDraw draw);

  Backend backend_;
  std::uint64_t seed_;
  int threads_;
  PoolSizes sizes_;
  std::map<Dtype, Inputs> inputs_;
  std::unique_ptr<Buffer> o_, lse_, workspace_, saved_k_, saved_v_;
  Problem renewed_;  // whose inputs are those of draw_
  RenewalDraw draw_{0};
};

}  // namespace warpgauge::bench
