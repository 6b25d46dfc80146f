#include "bench/timed_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fuzz/check.h"
#include "fuzz/random.h"

namespace warpgauge::bench {
namespace {

std::vector<float> slice(const std::vector<float>& values, std::int64_t begin, std::int64_t count) {
  const auto first = values.begin() + begin;
  return {first, first + count};
}

RowInputs inputs_of(const Problem& p, const warpgauge::Inputs& original, std::int64_t row, RenewalDraw draw) {
  const std::int64_t head = row / p.seq_q, keys = visible_keys(p, row % p.seq_q);
  const std::int64_t kv_head = head / p.heads * p.kv_heads + head % p.heads / (p.heads / p.kv_heads);
  RowInputs inputs{.q = slice(original.q, row * p.head_dim, p.head_dim),
                   .k = slice(original.k, kv_head * p.seq_k * p.head_dim, keys * p.head_dim),
                   .v = slice(original.v, kv_head * p.seq_k * p.head_dim, keys * p.head_dim)};
  renew_row(inputs, p, row, draw);
  return inputs;
}

// The problem of one row alone, with the keys that it sees.
Problem problem_of_row(const Problem& p, std::int64_t row) {
  return {
      .seq_k = visible_keys(p, row % p.seq_q), .head_dim = p.head_dim, .dtype = p.dtype, .scale = p.scale};
}

std::string wrong_row(const Problem& p, const Rounding& rounding, const warpgauge::Inputs& original,
                      const TimedRows& timed, std::size_t n) {
  const std::int64_t row = timed.rows[n], begin = static_cast<std::int64_t>(n) * p.head_dim;
  Output output;
  output.o = slice(timed.o, begin, p.head_dim);
  output.lse = {timed.lse[n]};
  const bool unwritten = std::ranges::all_of(output.o, [](float value) { return std::isnan(value); });
  const std::string place =
      fmt::format("b={} h={} q={}", row / p.seq_q / p.heads, row / p.seq_q % p.heads, row % p.seq_q);
  if (unwritten) return fmt::format("{}: O was not written when the launch had ended", place);
  RowInputs inputs = inputs_of(p, original, row, RenewalDraw(timed.draw));
  const warpgauge::Inputs alone{.problem = problem_of_row(p, row),
                                .q = std::move(inputs.q),
                                .k = std::move(inputs.k),
                                .v = std::move(inputs.v)};
  const std::vector<Failure> failures =
      compare_output(output, alone, compute_reference(alone, {0}, OracleBackend::cpu, rounding), nullptr);
  if (failures.empty()) return {};
  return fmt::format("{} (as b=0 h=0 q=0): {}", place, failures.front().message);
}

}  // namespace

RowRecorder::RowRecorder(Backend backend, const Problem& p)
    : problem_(p),
      rows_(static_cast<std::size_t>(std::min<std::int64_t>(kRowsPerLaunch, lse_elements(p)))),
      o_(backend, rows_.size() * static_cast<std::size_t>(p.head_dim * dtype_bytes(p.dtype))),
      lse_(backend, rows_.size() * sizeof(float)),
      copies_{.rows = rows_, .o = &o_, .lse = &lse_} {}

const RowCopies* RowRecorder::choose(std::uint64_t bits) {
  const RandomStream random(bits, 0);
  std::uint64_t index = 0;
  for (std::int64_t& row : rows_)
    row =
        static_cast<std::int64_t>(random.bits(index++) % static_cast<std::uint64_t>(lse_elements(problem_)));
  return &copies_;
}

TimedRows RowRecorder::recorded(std::uint64_t draw) const {
  TimedRows timed{.draw = draw, .rows = rows_, .o = {}, .lse = std::vector<float>(rows_.size())};
  with_element_type(problem_.dtype, [&]<class T>(T) {
    std::vector<T> typed(rows_.size() * static_cast<std::size_t>(problem_.head_dim));
    o_.download(typed.data(), typed.size() * sizeof(T));
    for (const T value : typed) timed.o.push_back(static_cast<float>(value));
  });
  lse_.download(timed.lse.data(), timed.lse.size() * sizeof(float));
  return timed;
}

std::string wrong_rows(const Problem& problem, const Rounding& rounding, const warpgauge::Inputs& original,
                       const TimedRows& timed) {
  for (std::size_t n = 0; n < timed.rows.size(); ++n)
    if (std::string wrong = wrong_row(problem, rounding, original, timed, n); !wrong.empty()) return wrong;
  return {};
}

}  // namespace warpgauge::bench
