#include "fuzz/relaunch.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <optional>
#include <utility>

#include "fuzz/random.h"

namespace warpgauge {
namespace {

constexpr std::uint64_t kRelaunchStream = 17;

std::vector<Failure> renamed(std::vector<Failure> failures, const std::string& launch) {
  for (Failure& failure : failures) {
    failure.message = fmt::format("{}: {}: {}", launch, property_name(failure.property), failure.message);
    failure.property = Property::relaunches;
  }
  return failures;
}

struct OtherLayout {
  Layout layout;
  Tensors tensors;
};

// The rows of the bias and the factors are different, unless the first layout shared them.
Tensors without_broadcast(const Problem& p, Tensors t) {
  const Tensors packed_all = packed_tensors(p);
  const Strides packed = packed_all.bias_strides;
  for (auto descale : {&Tensors::q_descale, &Tensors::k_descale, &Tensors::v_descale})
    if ((t.*descale).batch == 0 || (t.*descale).kv_head == 0) t.*descale = packed_all.*descale;
  for (auto axis : {&Strides::batch, &Strides::head, &Strides::row})
    if (t.bias_strides.*axis == 0) t.bias_strides = packed;
  return t;
}

// A supported layout with other strides than the first one. Nothing if the kernel supports none.
std::optional<OtherLayout> other_layout(const RelaunchCase& again) {
  constexpr Layout kOtherLayouts[] = {Layout::padded, Layout::interleaved, Layout::mixed, Layout::packed};
  const Problem& p = again.first.problem();
  const std::uint64_t start = RandomStream(again.seed, kRelaunchStream).below(0, std::size(kOtherLayouts));
  for (std::size_t n = 0; n < std::size(kOtherLayouts); ++n) {
    const Layout layout = kOtherLayouts[(start + n) % std::size(kOtherLayouts)];
    const Tensors t = without_broadcast(p, layout_tensors(p, layout));
    const bool differs = t.q_strides.head != again.first.tensors().q_strides.head ||
                         t.k_strides.head != again.first.tensors().k_strides.head;
    if (differs && again.kernel.supports(p, t).empty()) return OtherLayout{layout, t};
  }
  return std::nullopt;
}

// The row that the check looks at, among those that see keys. Nothing if there is none.
std::optional<std::int64_t> row_with_keys(const Inputs& in, std::uint64_t seed) {
  const Problem& p = in.problem;
  const RandomStream random(seed, kRelaunchStream);
  for (std::uint64_t n = 1; n <= 8; ++n) {
    const auto row = static_cast<std::int64_t>(random.below(n, static_cast<std::uint64_t>(lse_elements(p))));
    if (has_row(in, row) && visible_to_row(in, row).count() > 0) return row;
  }
  return std::nullopt;
}

std::vector<float> part(const std::vector<float>& values, std::int64_t first, std::int64_t count) {
  return {values.begin() + first, values.begin() + first + count};
}

// The query is at the position of the last key then. With ALiBi it must have been there before.
bool keeps_distances(const Problem& p, std::int64_t query) {
  return p.bias != Bias::alibi || visible_range(p, query).last == query + p.seq_k - p.seq_q + 1;
}

Inputs one_query(const Inputs& in, std::int64_t row) {
  const Problem& p = in.problem;
  const std::int64_t head = row / p.seq_q % p.heads, batch = row / p.seq_q / p.heads;
  const std::int64_t kv_head = batch * p.kv_heads + head / (p.heads / p.kv_heads);
  const KeyRange range = visible_to_row(in, row);
  const std::int64_t first = kv_head * p.seq_k + range.first, value_dim = value_dim_of(p);
  Problem one = p;
  one.batch = one.heads = one.kv_heads = one.seq_q = 1;
  one.seq_k = range.count();
  one.mask = Mask::none;
  one.window = {};
  one.lengths = Lengths::equal;
  one.page = 0;
  Inputs alone{.problem = one,
               .family = in.family,
               .seed = in.seed,
               .q = part(in.q, row * p.head_dim, p.head_dim),
               .k = part(in.k, first * p.head_dim, one.seq_k * p.head_dim),
               .v = part(in.v, first * value_dim, one.seq_k * value_dim)};
  if (p.sinks) alone.sinks = part(in.sinks, head, 1);
  if (p.bias == Bias::alibi) alone.slopes = part(in.slopes, head, 1);
  if (p.bias == Bias::tensor) alone.bias = part(in.bias, row * p.seq_k + range.first, one.seq_k);
  if (has_query_descale(p)) alone.q_descale = part(in.q_descale, kv_head, 1);
  if (has_descales(p)) {
    alone.k_descale = part(in.k_descale, kv_head, 1);
    alone.v_descale = part(in.v_descale, kv_head, 1);
  }
  return alone;
}

bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (a != a && b != b);
}

}  // namespace

std::vector<Failure> relaunch_elsewhere(const RelaunchCase& again, const Inputs& inputs,
                                        const Reference* reference) {
  const std::optional<OtherLayout> other = other_layout(again);
  if (!other) return {};
  GuardedTensors elsewhere(again.kernel.backend, inputs.problem, other->tensors, again.first.guard());
  elsewhere.upload(inputs);
  again.first.poison_inputs();
  again.first.poison_outputs();
  const Output output = run_kernel(again.kernel, elsewhere, again.threads, again.seed);
  std::vector<Failure> failures = reference ? compare_output(output, inputs, *reference, nullptr)
                                            : compare_counting(output, inputs, again.kernel.rounding);
  for (const std::string& violation : elsewhere.violations())
    failures.push_back({Property::stays_inside, inputs.family, violation});
  return renamed(std::move(failures),
                 fmt::format("third launch, in other memory with layout={}", layout_name(other->layout)));
}

std::vector<Failure> relaunch_with_other_contents(const RelaunchCase& again, const Inputs& others,
                                                  const Reference& reference) {
  again.first.upload(others);
  const Output output = run_kernel(again.kernel, again.first, again.threads, again.seed);
  return renamed(compare_output(output, others, reference, nullptr),
                 "second launch, with other contents in the same memory");
}

std::vector<Failure> launch_one_query(const RelaunchCase& again, const Inputs& inputs, const Output& output) {
  const Problem& p = inputs.problem;
  const std::optional<std::int64_t> row = row_with_keys(inputs, again.seed);
  if (!row || !keeps_distances(sequence_of_row(inputs, *row), *row % p.seq_q)) return {};
  const Inputs one = one_query(inputs, *row);
  if (!again.kernel.supports(one.problem, packed_tensors(one.problem)).empty()) return {};
  GuardedTensors tensors(again.kernel.backend, one.problem, Layout::packed, again.first.guard());
  tensors.upload(one);
  const Output alone = run_kernel(again.kernel, tensors, again.threads, again.seed);
  const std::string place =
      fmt::format("b={} h={} q={}", *row / p.seq_q / p.heads, *row / p.seq_q % p.heads, *row % p.seq_q);
  const auto difference = [&](const std::string& what, float in_batch, float by_itself) {
    return std::vector<Failure>{
        {Property::stands_alone, inputs.family,
         fmt::format("{} at {} is {:.9g} in the batch and {:.9g} if the query is alone", what, place,
                     in_batch, by_itself)}};
  };
  const std::int64_t value_dim = value_dim_of(p);
  for (std::int64_t d = 0; d < value_dim; ++d) {
    const float in_batch = output.o[static_cast<std::size_t>(*row * value_dim + d)];
    const float by_itself = alone.o[static_cast<std::size_t>(d)];
    if (!same_bits(in_batch, by_itself)) return difference(fmt::format("O, d={},", d), in_batch, by_itself);
  }
  const float lse = output.lse[static_cast<std::size_t>(*row)];
  if (!same_bits(lse, alone.lse[0])) return difference("LSE", lse, alone.lse[0]);
  return {};
}

}  // namespace warpgauge
