// The expected result of attention in f64, at chosen rows of a problem. It is computed row by row; no Sq x Sk
// matrix is stored.
//
// Each row also gets the terms of its error bound (budget.h): the error of an unfused computation in the
// kernel's precision, and the size of the terms that are summed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/budget.h"
#include "fuzz/inputs.h"

namespace warpgauge {

enum class OracleBackend {
  automatic,  // cuBLAS if there is a working GPU with enough free memory, else the CPU
  cpu,
  cublas,  // f64 GEMMs and softmax on the GPU; the low-precision twin in f32 (TF32 off). Problems with
           // variants are computed on the CPU
};

// Throws std::invalid_argument unless the name is "auto", "cpu" or "cublas".
[[nodiscard]] OracleBackend parse_oracle(std::string_view name);

// Empty if the oracle can run here, otherwise the reason why not.
[[nodiscard]] std::string oracle_unavailable(OracleBackend backend);

// One value per chosen row, except output and the range of V. Rows count through [B, H, Sq]; those that a
// sequence lacks cannot be chosen.
struct Reference {
  Rounding rounding;  // of the low-precision twin, and of the kernel whose bounds these are
  std::vector<std::int64_t> rows;
  std::vector<double> output;  // [rows, Dv]
  std::vector<float> lowest;   // [rows, Dv] smallest visible v_jd: O lies between it and the largest one,
  std::vector<float> highest;  // [rows, Dv] whatever the logits are. 0 counts if there are sinks, NaNs do not
  std::vector<double> lse;     // where no key is visible the sink, or -inf
  std::vector<RowTerms> terms;
};

// The oracle on a GPU, if there is one.
struct GpuOracle {
  bool (*is_there)();
  // See reference_cublas.
  Reference (*compute)(const Inputs& inputs, std::vector<std::int64_t> rows, const Rounding& rounding);
};
extern const GpuOracle kGpuOracle;

// Computes the reference for a kernel with these roundings. `rows` must be sorted.
[[nodiscard]] Reference compute_reference(const Inputs& inputs, std::vector<std::int64_t> rows,
                                          OracleBackend backend, const Rounding& rounding = {});

// Keeps references by (problem, family, seed, backend, rounding), so that each is computed once for all
// kernels. Drops the oldest ones above `capacity_bytes`. Not thread safe.
class ReferenceCache {
 public:
  explicit ReferenceCache(std::size_t capacity_bytes = std::size_t{512} << 20,
                          const GpuOracle& gpu = kGpuOracle)
      : capacity_bytes_(capacity_bytes), gpu_(gpu) {}

  [[nodiscard]] std::shared_ptr<const Reference> get(const Inputs& inputs, OracleBackend backend,
                                                     const Rounding& rounding = {});

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Reference> reference;
  };
  std::shared_ptr<const Reference> get_from(const Inputs& inputs, OracleBackend backend,  // cpu or cublas
                                            const Rounding& rounding);

  std::size_t capacity_bytes_;
  const GpuOracle& gpu_;
  std::size_t held_bytes_ = 0;
  std::deque<Entry> entries_;  // oldest first
};

}  // namespace warpgauge
