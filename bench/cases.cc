#include "bench/cases.h"

#include <regex>
#include <stdexcept>

#include "bench/gpu.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

// Compiled once for all names.
class Filter {
 public:
  explicit Filter(std::string_view text) : negative_(text.starts_with('-')) {
    if (negative_) text.remove_prefix(1);
    if (text.empty() || text == "all") text = ".";
    try {
      regex_ = std::regex(text.begin(), text.end(), std::regex::extended | std::regex::nosubs);
    } catch (const std::regex_error& error) {
      throw std::invalid_argument("--benchmark_filter: '" + std::string(text) +
                                  "' does not compile: " + error.what());
    }
  }
  bool matches(const std::string& name) const { return std::regex_search(name, regex_) != negative_; }

 private:
  bool negative_;
  std::regex regex_;
};

}  // namespace

bool name_matches(std::string_view filter, const std::string& name) {
  return Filter(filter).matches(name);
}

std::string take_backend(Backend backend, const Options& options) {
  try {
    if (backend == Backend::cuda) select_gpu(options.device);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return backend_unavailable(backend);
}

Selection select_cases(std::span<const Kernel* const> kernels, const Options& options,
                       std::string (*why_missing)(Backend, const Options&)) {
  const Filter filter(options.filter);
  std::map<Backend, std::string> asked;
  const auto missing_reason = [&](Backend backend) -> const std::string& {
    const auto [entry, is_new] = asked.try_emplace(backend);
    if (is_new) entry->second = why_missing(backend, options);
    return entry->second;
  };
  Selection selection;
  for (const Kernel* kernel : kernels) {
    if (kernel->backend == Backend::simt) continue;
    const BackendMatrix& matrix = options.matrix->of(kernel->backend);
    for (const Problem& problem : expand(matrix, options.axes, options.dtypes)) {
      Case candidate{kernel, problem, format_case(kernel->id(), problem), {}};
      if (!filter.matches(candidate.name)) continue;
      if (!takes_part(matrix, *kernel, problem)) {
        selection.too_long.push_back(candidate.name);
        continue;
      }
      if (const std::string& missing = missing_reason(kernel->backend); !missing.empty()) {
        selection.missing_backends.emplace(kernel->backend, missing);
        continue;
      }
      candidate.unsupported = kernel->supports(problem);
      if (candidate.unsupported.empty() || options.asked_for_cases())
        selection.cases.push_back(std::move(candidate));
    }
  }
  return selection;
}

}  // namespace warpgauge::bench
