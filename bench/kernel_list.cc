#include "bench/kernel_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/number_format.h"
#include "bench/matrix.h"
#include "bench/operand_list.h"
#include "kernels/case_key.h"

namespace warpgauge::bench {
namespace {

constexpr std::int64_t kLargestHeadDim = 512, kManyQueries = 4096;
constexpr Dtype kDtypes[] = {Dtype::f32, Dtype::f16, Dtype::bf16};

// One query: every kernel supports that.
Problem small_problem(Dtype dtype, std::int64_t head_dim) {
  return {.batch = 1,
          .heads = 4,
          .kv_heads = 4,
          .seq_q = 1,
          .seq_k = 64,
          .head_dim = head_dim,
          .dtype = dtype,
          .mask = Mask::none,
          .scale = default_scale(head_dim)};
}

std::string masks_of(const Kernel& kernel, Problem problem) {
  std::vector<std::string> masks;
  for (const auto& [mask, name] : {std::pair(Mask::none, "none"), std::pair(Mask::causal, "causal")}) {
    problem.mask = mask;
    if (kernel.supports(problem, packed_tensors(problem)).empty()) masks.emplace_back(name);
  }
  return fmt::format("mask {}", fmt::join(masks, " "));
}

// As in a case key.
std::string variants_of(const Kernel& kernel, const Problem& plain) {
  struct Variant {
    const char* name;
    void (*add)(Problem&);
  };
  static constexpr Variant kVariants[] = {
      {"window",
       [](Problem& p) {
         p.window = {8, 8};
       }},
      {"softcap", [](Problem& p) { p.softcap = 50; }},
      {"sinks", [](Problem& p) { p.sinks = true; }},
      {"bias:alibi", [](Problem& p) { p.bias = Bias::alibi; }},
      {"bias:tensor", [](Problem& p) { p.bias = Bias::tensor; }},
      {"Dv", [](Problem& p) { p.value_dim = p.head_dim / 2; }},
      {"lengths", [](Problem& p) { p.lengths = Lengths::ragged; }},
      {"page", [](Problem& p) { p.page = 64; }},
  };
  std::vector<std::string> supported;
  for (const Variant& variant : kVariants) {
    Problem problem = plain;
    variant.add(problem);
    if (kernel.supports(problem, packed_tensors(problem)).empty()) supported.emplace_back(variant.name);
  }
  return supported.empty() ? "no variants" : fmt::format("{}", fmt::join(supported, " "));
}

std::string queries_of(const Kernel& kernel, Problem problem) {
  for (std::int64_t queries = 1; queries <= kManyQueries; ++queries) {
    problem.seq_q = queries;
    if (!kernel.supports(problem, packed_tensors(problem)).empty())
      return fmt::format("Sq up to {}", queries - 1);
  }
  return "any Sq";
}

std::string head_dims_text(const std::vector<std::int64_t>& dims) {
  const auto count = std::ssize(dims);
  if (count == kLargestHeadDim) return "any D";
  if (count > 2 && dims.back() == count) return fmt::format("D up to {}", count);
  const std::int64_t step = dims.front();
  if (count > 2 && step > 1 && count == kLargestHeadDim / step && dims.back() == step * count)
    return fmt::format("D a multiple of {}", step);
  return fmt::format("D {}", fmt::join(dims, " "));
}

// Found by asking the kernel about problems. Empty if it supports none of them here.
std::string supported_problems(const Kernel& kernel) {
  std::vector<std::string> dtypes;
  std::vector<std::int64_t> head_dims;
  Problem supported;
  for (const Dtype dtype : kDtypes) {
    std::vector<std::int64_t> of_dtype;
    for (std::int64_t dim = 1; dim <= kLargestHeadDim; ++dim)
      if (const Problem problem = small_problem(dtype, dim);
          kernel.supports(problem, packed_tensors(problem)).empty()) {
        of_dtype.push_back(dim);
        supported = problem;
      }
    if (of_dtype.empty()) continue;
    dtypes.emplace_back(dtype_name(dtype));
    if (of_dtype.size() > head_dims.size()) head_dims = of_dtype;
  }
  if (dtypes.empty()) return {};
  return fmt::format("{}; {}; {}; {}; {}", fmt::join(dtypes, " "), head_dims_text(head_dims),
                     queries_of(kernel, supported), masks_of(kernel, supported),
                     variants_of(kernel, supported));
}

// `unavailable`: why the kernel's backend cannot be used here; empty if it can.
std::string where_it_runs(const Kernel& kernel, const std::string& unavailable) {
  if (kernel.backend == Backend::simt) return "emulated on the CPU: for fuzz, never timed";
  if (kernel.backend == Backend::cpu) return "runs here, on the CPU";
  return unavailable.empty() ? "runs here, on the GPU" : "needs a GPU; not available here: " + unavailable;
}

std::string kernel_entry(const Kernel& kernel) {
  const std::string unavailable = backend_unavailable(kernel.backend);
  std::string text =
      fmt::format("{:<22}{}\n    {}\n", kernel.id(), where_it_runs(kernel, unavailable), kernel.summary);
  // Without its device a CUDA kernel does not know what it supports.
  const std::string problems = unavailable.empty() ? supported_problems(kernel) : "";
  if (!problems.empty())
    text += fmt::format("    supports: {}{}\n", problems, kernel.deterministic ? "; bit-identical runs" : "");
  return text;
}

struct MatrixSize {
  std::int64_t problems = 0, cases = 0;
};

MatrixSize size_of(const BackendMatrix& matrix, Backend backend, std::span<const Kernel* const> kernels) {
  const std::vector<Problem> problems = expand(matrix, {}, {});
  MatrixSize size{.problems = std::ssize(problems)};
  for (const Kernel* kernel : kernels) {
    if (kernel->backend != backend) continue;
    for (const Problem& problem : problems)
      size.cases +=
          takes_part(matrix, *kernel, problem) && kernel->supports(problem, timed_tensors(problem)).empty();
  }
  return size;
}

// Without the device the cases are not known: they depend on what a kernel supports there.
std::string size_text(const MatrixSize& size, bool is_available) {
  return is_available ? format_count(size.cases, "cases") : format_count(size.problems, "problems");
}

}  // namespace

std::string kernel_list(std::span<const Kernel* const> kernels, std::span<const std::string> unbuilt) {
  std::string text;
  for (const Kernel* kernel : kernels) text += kernel_entry(*kernel);
  for (const std::string& id : unbuilt)
    text += fmt::format("{:<22}not in this build: {}\n", id, backend_unavailable(Backend::cuda));
  return text;
}

std::string matrix_list(std::span<const Kernel* const> kernels) {
  const bool has_gpu = backend_unavailable(Backend::cuda).empty();
  std::string text;
  for (const Matrix& matrix : all_matrices())
    text += fmt::format("{:<7}CPU: {}. CUDA: {}. {} s per process. {}\n", matrix.name,
                        size_text(size_of(matrix.cpu, Backend::cpu, kernels), true),
                        size_text(size_of(matrix.cuda, Backend::cuda, kernels), has_gpu),
                        matrix.process_seconds, matrix.summary);
  return text;
}

std::string problem_list(const Options& options) {
  std::string text;
  for (const auto& [name, backend] : {std::pair("CPU", Backend::cpu), std::pair("CUDA", Backend::cuda)}) {
    const BackendMatrix& matrix = options.matrix->of(backend);
    text += fmt::format("{}:\n", name);
    for (const Problem& problem : expand(matrix, options.axes, options.dtypes)) {
      const std::string source = source_of(matrix, problem);
      text += fmt::format("  {}\n{}", format_problem(problem),
                          source.empty() ? "" : fmt::format("    {}\n", source));
    }
  }
  return text;
}

}  // namespace warpgauge::bench
