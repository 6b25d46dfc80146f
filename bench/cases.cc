#include "bench/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/usage_error.h"
#include "bench/filter.h"
#include "bench/gpu.h"
#include "bench/operand_list.h"
#include "fuzz/unbuilt_kernels.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

// Whether a case of a kernel that cannot be timed here would match.
bool any_matches(const Filter& filter, const std::string& id, const Options& options) {
  const BackendMatrix& matrix = options.matrix->cuda;
  return std::ranges::any_of(expand(matrix, options.axes, options.dtypes), [&](const Problem& problem) {
    return filter.matches(format_case(id, problem));
  });
}

}  // namespace

std::string crash_text(const Case& measured) {
  return fmt::format("{}; to reproduce: {}", measured.name, measured.reproducer);
}

std::string prepare_backend(Backend backend, const Options& options) {
  try {
    if (backend == Backend::cuda) select_gpu(options.device);
  } catch (const UsageError&) {  // a wrong --device is not a missing backend
    throw;
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
    if (kernel->backend == Backend::simt) {
      if (any_matches(filter, kernel->id(), options)) selection.emulated.push_back(kernel->id());
      continue;
    }
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
      candidate.unsupported = timed_variant_error(problem);
      if (candidate.unsupported.empty())
        candidate.unsupported = kernel->supports(problem, timed_tensors(problem));
      if (!candidate.unsupported.empty() && !options.selects_explicitly()) continue;
      candidate.reproducer = reproducer(options, candidate.name);
      candidate.source = source_of(matrix, problem);
      selection.cases.push_back(std::move(candidate));
    }
  }
  for (const std::string& id : unbuilt_kernels())
    if (any_matches(filter, id, options)) selection.unbuilt.push_back(id);
  return selection;
}

}  // namespace warpgauge::bench
