#include "fuzz/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
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
                  OracleBackend backend, const Rounding& rounding) {
  const bool on_gpu = backend == OracleBackend::cublas && unsupported_variant(inputs.problem).empty();
  Reference reference = on_gpu ? gpu.compute(inputs, std::move(rows), rounding)
                               : reference_cpu(inputs, std::move(rows), rounding);
  for (RowTerms& terms : reference.terms) terms.equal_keys = inputs.equal_keys;
  return reference;
}

std::size_t size_bytes(const Reference& r) {
  return sizeof(double) * r.output.size() + sizeof(float) * (r.lowest.size() + r.highest.size()) +
         (sizeof(double) + sizeof(RowTerms)) * r.rows.size();
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
  return kBackends[one_of(name, kNames, "an oracle")];
}

std::string oracle_unavailable(OracleBackend backend) {
  return backend == OracleBackend::cublas ? cublas_unavailable() : std::string();
}

Reference empty_reference(const Problem& p, std::vector<std::int64_t> rows, const Rounding& rounding) {
  const std::size_t count = rows.size();
  Reference reference{.rounding = rounding,
                      .rows = std::move(rows),
                      .output = {},
                      .lowest = {},
                      .highest = {},
                      .lse = std::vector<double>(count),
                      .terms = std::vector<RowTerms>(count)};
  reference.output.resize(count * static_cast<std::size_t>(value_dim_of(p)));
  reference.lowest.resize(reference.output.size());
  reference.highest.resize(reference.output.size());
  return reference;
}

std::vector<float> twin_queries(const Problem& p, const Rounding& rounding, std::span<const float> q) {
  std::vector<float> twin(q.begin(), q.end());
  if (rounding.scaled_query)
    for (float& element : twin) element = round_to(output_type(p), element * static_cast<float>(p.scale));
  return twin;
}

std::vector<double> query_rounding_errors(const Problem& p, const Rounding& rounding,
                                          std::span<const float> q) {
  std::vector<double> errors(q.size());
  if (!rounding.scaled_query) return errors;
  const double least = ulp(output_type(p), 0) / 2;
  for (std::size_t n = 0; n < q.size(); ++n)
    errors[n] = std::max(unit_roundoff(output_type(p)) * std::fabs(p.scale * double{q[n]}), least);
  return errors;
}

LogitRule::LogitRule(const Inputs& in, std::int64_t row)
    : problem_(sequence_of_row(in, row)),
      query_(row % in.problem.seq_q),
      cap_(in.problem.softcap),
      has_factors_(has_descales(in.problem)) {
  const auto head = static_cast<std::size_t>(row / in.problem.seq_q % problem_.heads);
  if (problem_.bias == Bias::alibi) slope_ = in.slopes[head];
  if (problem_.bias == Bias::tensor) bias_ = in.bias.data() + row * in.problem.seq_k;
}

double LogitRule::error(double scaled, double logit, std::int64_t key) const {
  double error = 0;
  if (cap_ != 0) error += 8 * cap_ * std::fabs(std::tanh(scaled / cap_));
  if (slope_ != 0) error += std::fabs(double{slope_} * static_cast<double>(distance(key)));
  if (slope_ != 0 || bias_ != nullptr) error += std::fabs(logit);
  if (has_factors_) error += 2 * std::fabs(scaled);
  return std::isfinite(error) ? kF32Roundoff * error : 0;
}

double sink_of(const Inputs& in, std::int64_t row) {
  const Problem& p = in.problem;
  if (!p.sinks) return -std::numeric_limits<double>::infinity();
  return double{in.sinks[static_cast<std::size_t>(row / p.seq_q % p.heads)]};
}

Factors factors_of(const Inputs& in, std::int64_t row) {
  const Problem& p = in.problem;
  if (!has_descales(p)) return {};
  const std::int64_t head = row / p.seq_q % p.heads, batch = row / p.seq_q / p.heads;
  const auto at = static_cast<std::size_t>(batch * p.kv_heads + head / (p.heads / p.kv_heads));
  const double of_query = in.q_descale.empty() ? 1.0 : double{in.q_descale[at]};
  return {of_query * double{in.k_descale[at]}, double{in.v_descale[at]}};
}

void store_row(const Problem& p, std::int64_t keys, const RowSums& sums, std::size_t n, Reference& out) {
  RowTerms& terms = out.terms[n];
  terms = sums.terms;
  terms.keys = keys;
  terms.head_dim = p.head_dim;
  double square = 0, value_square = 0;
  const std::int64_t value_dim = value_dim_of(p);
  for (std::int64_t d = 0; d < value_dim; ++d) {
    const std::int64_t at = static_cast<std::int64_t>(n) * value_dim + d;
    const double rounded = round_to(output_type(p), static_cast<float>(sums.output[d]));
    out.output[at] = sums.output[d];
    out.lowest[at] = p.sinks ? std::min(0.0f, sums.lowest[d]) : sums.lowest[d];
    out.highest[at] = p.sinks ? std::max(0.0f, sums.highest[d]) : sums.highest[d];
    raise(terms.low_error, std::fabs(double{round_to(output_type(p), sums.low[d])} - rounded));
    raise(terms.largest_output, std::fabs(rounded));
    raise(terms.mass, sums.mass[d]);
    raise(square, sums.square[d]);
    raise(value_square, sums.value_square[d]);
  }
  terms.spread = std::sqrt(square);
  terms.value_spread = std::sqrt(value_square);
  out.lse[n] = sums.lse;
}

Reference compute_reference(const Inputs& inputs, std::vector<std::int64_t> rows, OracleBackend backend,
                            const Rounding& rounding) {
  const auto ask = [&](OracleBackend chosen) {
    return compute(kGpuOracle, inputs, rows, chosen, effective_rounding(inputs.problem, rounding));
  };
  return backend == OracleBackend::automatic ? ask_automatic(kGpuOracle, ask) : ask(backend);
}

std::shared_ptr<const Reference> ReferenceCache::get(const Inputs& inputs, OracleBackend backend,
                                                     const Rounding& rounding) {
  const auto ask = [&](OracleBackend chosen) {
    return get_from(inputs, chosen, effective_rounding(inputs.problem, rounding));
  };
  return backend == OracleBackend::automatic ? ask_automatic(gpu_, ask) : ask(backend);
}

std::shared_ptr<const Reference> ReferenceCache::get_from(const Inputs& inputs, OracleBackend backend,
                                                          const Rounding& rounding) {
  const std::string key =
      fmt::format("{} {} {} {} {}", format_problem(inputs.problem), family_name(inputs.family), inputs.seed,
                  inputs.shared_axes, backend == OracleBackend::cpu ? "cpu" : "cublas");
  for (const Entry& entry : entries_)
    if (entry.key == key && entry.reference->rounding == rounding) return entry.reference;
  std::vector<std::int64_t> rows = rows_to_compare(inputs.problem, inputs.seed);
  std::erase_if(rows, [&](std::int64_t row) { return !has_row(inputs, row); });
  auto reference =
      std::make_shared<const Reference>(compute(gpu_, inputs, std::move(rows), backend, rounding));
  held_bytes_ += size_bytes(*reference);
  entries_.push_back({key, reference});
  while (held_bytes_ > capacity_bytes_ && entries_.size() > 1) {
    held_bytes_ -= size_bytes(*entries_.front().reference);
    entries_.pop_front();
  }
  return reference;
}

}  // namespace warpgauge
