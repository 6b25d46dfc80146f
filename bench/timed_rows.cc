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

// The row alone with the keys that it sees. ALiBi becomes a bias tensor, because the position of a query
// depends on the number of keys: the products of draw.slope() and a distance are exact in f32.
warpgauge::Inputs inputs_of(const Problem& p, const warpgauge::Inputs& original, const RowPlace& place,
                            RenewalDraw draw) {
  const KeyRange& keys = place.keys;
  const std::int64_t first = place.kv_head * p.seq_k + keys.first, value_dim = value_dim_of(p);
  RowInputs row{.q = slice(original.q, place.row * p.head_dim, p.head_dim),
                .k = slice(original.k, first * p.head_dim, keys.count() * p.head_dim),
                .v = slice(original.v, first * value_dim, keys.count() * value_dim),
                .bias = {}};
  if (p.bias == Bias::tensor)
    row.bias = slice(original.bias, place.bias_row * p.seq_k + keys.first, keys.count());
  renew_row(row, p, place, draw);
  const auto head = static_cast<std::size_t>(place.head % p.heads);
  if (p.bias == Bias::alibi)
    for (std::int64_t key = keys.first; key < keys.last; ++key)
      row.bias.push_back(-original.slopes[head] *
                         static_cast<float>(key_distance(p, place.row % p.seq_q, key)));
  return {.problem = {.seq_k = keys.count(),
                      .head_dim = p.head_dim,
                      .dtype = p.dtype,
                      .scale = p.scale,
                      .value_dim = p.value_dim,
                      .softcap = p.softcap,
                      .sinks = p.sinks,
                      .bias = p.bias == Bias::none ? Bias::none : Bias::tensor},
          .q = std::move(row.q),
          .k = std::move(row.k),
          .v = std::move(row.v),
          .sinks = p.sinks ? std::vector<float>{original.sinks[head]} : std::vector<float>{},
          .bias = std::move(row.bias)};
}

// `original` has the `own` inputs of the draw.
std::string wrong_row(const Problem& p, const Rounding& rounding, const warpgauge::Inputs& original,
                      const TimedRows& timed, std::size_t n) {
  const std::int64_t row = timed.rows[n], value_dim = value_dim_of(p);
  Output output;
  output.o = slice(timed.o, static_cast<std::int64_t>(n) * value_dim, value_dim);
  output.lse = {timed.lse[n]};
  const bool unwritten = std::ranges::all_of(output.o, [](float value) { return std::isnan(value); });
  const std::string where =
      fmt::format("b={} h={} q={}", row / p.seq_q / p.heads, row / p.seq_q % p.heads, row % p.seq_q);
  if (unwritten) return fmt::format("{}: O was not written when the launch had ended", where);
  const warpgauge::Inputs alone = inputs_of(p, original, place_of_row(p, row), RenewalDraw(timed.draw));
  const std::vector<Failure> failures =
      compare_output(output, alone, compute_reference(alone, {0}, OracleBackend::cpu, rounding), nullptr);
  if (failures.empty()) return {};
  return fmt::format("{} (as b=0 h=0 q=0): {}", where, failures.front().message);
}

}  // namespace

RowRecorder::RowRecorder(Backend backend, const Problem& p)
    : problem_(p),
      rows_(static_cast<std::size_t>(std::min<std::int64_t>(kRowsPerLaunch, lse_elements(p)))),
      o_(backend, rows_.size() * static_cast<std::size_t>(value_dim_of(p) * dtype_bytes(p.dtype))),
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
    std::vector<T> typed(rows_.size() * static_cast<std::size_t>(value_dim_of(problem_)));
    o_.download(typed.data(), typed.size() * sizeof(T));
    for (const T value : typed) timed.o.push_back(static_cast<float>(value));
  });
  lse_.download(timed.lse.data(), timed.lse.size() * sizeof(float));
  return timed;
}

std::string wrong_rows(const Problem& problem, const Rounding& rounding, warpgauge::Inputs& original,
                       const TimedRows& timed) {
  renew_own_inputs(original, problem, RenewalDraw(timed.draw));
  for (std::size_t n = 0; n < timed.rows.size(); ++n)
    if (std::string wrong = wrong_row(problem, rounding, original, timed, n); !wrong.empty()) return wrong;
  return {};
}

}  // namespace warpgauge::bench
