#include "fuzz/oracle.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "base/flag_value.h"
#include "fuzz/oracle_backends.h"
#include "fuzz/rows.h"
#include "kernels/backend.h"
#include "kernels/case_key.h"

namespace warpgauge {
namespace {

// The meaning of `automatic`: ask(cublas) if that works here, else ask(cpu).
template <class Ask>
auto ask_automatic(const GpuOracle& gpu, Ask ask) {
  if (gpu.is_there()) {
    try {
      return ask(OracleBackend::cublas);
    } catch (const OutOfDeviceMemory&) {  // the kernels may need all of it; the host has its own
    }
  }
  return ask(OracleBackend::cpu);
}

Reference compute(const GpuOracle& gpu, const Inputs& inputs, std::vector<std::int64_t> rows,
                  OracleBackend backend) {
  if (backend == OracleBackend::cublas) return gpu.compute(inputs, std::move(rows));
  return reference_cpu(inputs, std::move(rows));
}

std::size_t size_bytes(const Reference& r) {
  return sizeof(double) * (r.output.size() + 7 * r.rows.size()) +
         sizeof(float) * (r.lowest.size() + r.highest.size());
}

// Ignores NaN and infinity.
void raise(double& largest, double value) {
  if (std::isfinite(value) && value > largest) largest = value;
}

}  // namespace

const GpuOracle kGpuOracle{
    .is_there = [] { return cublas_unavailable().empty() && backend_lost(Backend::cuda).empty(); },
    .compute = reference_cublas};

OracleBackend parse_oracle(std::string_view name) {
  static const std::array<std::string, 3> kNames{"auto", "cpu", "cublas"};
  constexpr OracleBackend kBackends[] = {OracleBackend::automatic, OracleBackend::cpu, OracleBackend::cublas};
  return kBackends[one_of(name, kNames, "oracle")];
}

std::string oracle_unavailable(OracleBackend backend) {
  return backend == OracleBackend::cublas ? cublas_unavailable() : std::string();
}

Reference empty_reference(const Problem& p, std::vector<std::int64_t> rows) {
  const std::size_t count = rows.size();
  Reference reference;
  reference.rows = std::move(rows);
  reference.output.resize(count * static_cast<std::size_t>(p.head_dim));
  reference.lowest.resize(reference.output.size());
  reference.highest.resize(reference.output.size());
  for (auto* values : {&reference.lse, &reference.logit_mass, &reference.absorbed, &reference.low_error,
                       &reference.spread, &reference.mass})
    values->resize(count);
  return reference;
}

void store_row(const Problem& p, const RowSums& sums, std::size_t n, Reference& out) {
  double square = 0;
  for (std::int64_t d = 0; d < p.head_dim; ++d) {
    const std::int64_t at = static_cast<std::int64_t>(n) * p.head_dim + d;
    out.output[at] = sums.output[d];
    out.lowest[at] = sums.lowest[d];
    out.highest[at] = sums.highest[d];
    const double error = std::fabs(double{round_to(p.dtype, sums.low[d])} -
                                   double{round_to(p.dtype, static_cast<float>(sums.output[d]))});
    raise(out.low_error[n], error);
    raise(out.mass[n], sums.mass[d]);
    raise(square, sums.square[d]);
  }
  out.spread[n] = std::sqrt(square);
  out.lse[n] = sums.lse;
  out.logit_mass[n] = sums.logit_mass;
  out.absorbed[n] = sums.absorbed;
}

Reference compute_reference(const Inputs& inputs, std::vector<std::int64_t> rows, OracleBackend backend) {
  const auto ask = [&](OracleBackend chosen) { return compute(kGpuOracle, inputs, rows, chosen); };
  return backend == OracleBackend::automatic ? ask_automatic(kGpuOracle, ask) : ask(backend);
}

std::shared_ptr<const Reference> ReferenceCache::get(const Inputs& inputs, OracleBackend backend) {
  const auto ask = [&](OracleBackend chosen) { return get_from(inputs, chosen); };
  return backend == OracleBackend::automatic ? ask_automatic(gpu_, ask) : ask(backend);
}

std::shared_ptr<const Reference> ReferenceCache::get_from(const Inputs& inputs, OracleBackend backend) {
  const std::string key =
      fmt::format("{} {} {} {}", format_problem(inputs.problem), family_name(inputs.family), inputs.seed,
                  backend == OracleBackend::cpu ? "cpu" : "cublas");
  for (const Entry& entry : entries_)
    if (entry.key == key) return entry.reference;
  auto reference = std::make_shared<const Reference>(
      compute(gpu_, inputs, rows_to_compare(inputs.problem, inputs.seed), backend));
  held_bytes_ += size_bytes(*reference);
  entries_.push_back({key, reference});
  while (held_bytes_ > capacity_bytes_ && entries_.size() > 1) {
    held_bytes_ -= size_bytes(*entries_.front().reference);
    entries_.pop_front();
  }
  return reference;
}

}  // namespace warpgauge
