#include "fuzz/minimize.h"

#include <algorithm>
#include <vector>

namespace warpgauge {
namespace {

// Simpler values of one size, the largest step first.
std::vector<std::int64_t> simpler_sizes(std::int64_t size, std::int64_t least) {
  std::vector<std::int64_t> sizes{least, size / 4, size / 2, size - size / 4};
  std::erase_if(sizes, [=](std::int64_t s) { return s < least || s >= size; });
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

// Multiples of 8. For a case with another head dimension also two others: possibly no multiple of 8 fails.
std::vector<std::int64_t> simpler_head_dims(std::int64_t head_dim) {
  std::vector<std::int64_t> dims{8, 16, 32, 64, 128, 256};
  if (head_dim % 8 != 0) dims.insert(dims.end(), {1, 20});
  std::erase_if(dims, [=](std::int64_t dim) { return dim >= head_dim; });
  return dims;
}

// All cases that are simpler in one property.
std::vector<FuzzCase> simpler_cases(const FuzzCase& from) {
  std::vector<FuzzCase> cases;
  const auto propose = [&](auto change) {
    FuzzCase simpler = from;
    change(simpler);
    if (simpler != from && problem_error(simpler.problem).empty()) cases.push_back(simpler);
  };
  const auto propose_sizes = [&](std::int64_t least, auto member) {
    for (std::int64_t size : simpler_sizes(from.problem.*member, least))
      propose([&](FuzzCase& c) { c.problem.*member = size; });
  };
  propose([](FuzzCase& c) { c.problem.batch = 1; });
  propose([](FuzzCase& c) { c.problem.heads = c.problem.kv_heads = 1; });
  propose([](FuzzCase& c) { c.problem.heads = c.problem.kv_heads; });
  propose([](FuzzCase& c) { c.problem.heads /= c.problem.kv_heads, c.problem.kv_heads = 1; });
  propose([](FuzzCase& c) { c.layout = Layout::packed; });
  propose([](FuzzCase& c) { c.guard = Guard::bands; });
  propose([](FuzzCase& c) { c.threads = 1; });
  propose([](FuzzCase& c) { c.family = InputFamily::normal; });
  propose([](FuzzCase& c) { c.problem.value_dim = 0; });
  propose([](FuzzCase& c) { c.problem.window = {}; });
  propose([](FuzzCase& c) { c.problem.softcap = 0; });
  propose([](FuzzCase& c) { c.problem.sinks = false; });
  propose([](FuzzCase& c) { c.problem.bias = Bias::none; });
  propose([](FuzzCase& c) { c.problem.lengths = Lengths::equal; });
  propose([](FuzzCase& c) { c.problem.page = 0; });
  propose([](FuzzCase& c) { c.problem.kv_e4m3 = false; });
  propose([](FuzzCase& c) {
    if (c.problem.dtype == Dtype::e4m3) c.problem.dtype = Dtype::f32;
  });
  propose([](FuzzCase& c) {
    c.problem.mask = Mask::none;
    if (c.problem.window.right == 0) c.problem.window.right = -1;
  });
  propose([](FuzzCase& c) { c.problem.scale = default_scale(c.problem.head_dim); });
  for (std::int64_t length : simpler_sizes(std::max(from.problem.seq_q, from.problem.seq_k), 1))
    propose([&](FuzzCase& c) {
      c.problem.seq_q = std::min(c.problem.seq_q, length);
      c.problem.seq_k = std::min(c.problem.seq_k, length);
    });
  propose_sizes(1, &Problem::seq_q);
  propose_sizes(0, &Problem::seq_k);
  for (std::int64_t dim : simpler_head_dims(from.problem.head_dim))
    propose([&](FuzzCase& c) {
      const bool is_default = c.problem.scale == default_scale(c.problem.head_dim);
      c.problem.head_dim = dim;
      if (c.problem.value_dim == dim) c.problem.value_dim = 0;
      if (is_default) c.problem.scale = default_scale(dim);
    });
  propose_sizes(1, &Problem::batch);
  for (std::int64_t dim : simpler_head_dims(from.problem.value_dim))
    propose([&](FuzzCase& c) { c.problem.value_dim = dim; });
  for (std::int64_t page : {16, 64})
    if (page < from.problem.page) propose([&](FuzzCase& c) { c.problem.page = page; });
  for (const Lengths lengths : {Lengths::ragged, Lengths::one_long})
    if (lengths < from.problem.lengths) propose([&](FuzzCase& c) { c.problem.lengths = lengths; });
  for (std::int64_t side : simpler_sizes(from.problem.window.left, 0))
    propose([&](FuzzCase& c) { c.problem.window.left = side; });
  for (std::int64_t side : simpler_sizes(from.problem.window.right, 1))
    propose([&](FuzzCase& c) { c.problem.window.right = side; });
  // Single steps come last: there may be many of them.
  for (auto size : {&Problem::seq_q, &Problem::seq_k, &Problem::batch})
    propose([&](FuzzCase& c) { --(c.problem.*size); });
  propose([](FuzzCase& c) { --c.problem.seq_q, --c.problem.seq_k; });
  return cases;
}

}  // namespace

FuzzCase minimize(FuzzCase failing, const std::function<bool(const FuzzCase&)>& fails, int max_checks) {
  for (bool simpler_found = true; simpler_found;) {
    simpler_found = false;
    for (const FuzzCase& candidate : simpler_cases(failing)) {
      if (max_checks-- <= 0) return failing;
      if (!fails(candidate)) continue;
      failing = candidate;
      simpler_found = true;
      break;
    }
  }
  return failing;
}

}  // namespace warpgauge
