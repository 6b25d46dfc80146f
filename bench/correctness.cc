#include "bench/correctness.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "base/progress.h"
#include "base/quantile.h"
#include "bench/gpu.h"
#include "bench/roofline.h"
#include "bench/watched_launch.h"
#include "fuzz/crash_note.h"

namespace warpgauge::bench {
namespace {

// Launches on the operands that are timed, over erased outputs.
Output launch(const Case& each, BackendRuntime& runtime) {
  const Operands operands = runtime.pool->bind(*each.kernel, each.problem);
  runtime.pool->prepare(each.problem);
  launch_once(*each.kernel, operands);
  return runtime.pool->download(each.problem);
}

// The same, visible to a profiler.
Output profiled_launch(const Case& each, BackendRuntime& runtime) {
  const ProfilerRange range(each.kernel->backend);
  return launch(each, runtime);
}

// The report of a check without its last line break.
std::string report_of(const CheckResult& checked) {
  const std::string report = checked.report();
  return report.substr(0, report.find_last_not_of('\n') + 1);
}

void check_fully(CaseResult& result, CheckedStore& store, ReferenceCache& references, std::uint64_t seed,
                 int threads) {
  const Kernel& kernel = *result.measured.kernel;
  CheckOptions options;
  options.threads = threads;
  const Tensors strides = timed_tensors(result.measured.problem);
  options.strides = &strides;
  options.probes = true;
  options.repeat = false;  // the launch on the operands that are timed is the second run
  options.cache = &references;
  const CheckResult checked = check(kernel, result.measured.problem, seed, options);
  result.accuracy = checked.accuracy;
  if (!checked.passed())
    return result.fail(fmt::format("{}: {}", checked.is_wrong() ? "wrong" : "failed", report_of(checked)));
  if (kernel.backend == Backend::cpu)
    if (const std::string where = writes_elsewhere(kernel, result.measured.problem, seed, threads);
        !where.empty())
      return result.fail(fmt::format("wrong: {}", where));
  if (!kernel.deterministic) return;
  if (checked.output_hash != result.output_hash)
    return result.fail(
        "wrong: the kernel claims to be deterministic, but two launches are not bit-identical");
  store.add(result.measured.name, {checked.output_hash, checked.accuracy});
  // Saved at once, for the case that this process is stopped. The owner of the store saves too, and reports
  // errors.
  static_cast<void>(store.save());
}

void check_case(CaseResult& result, BackendRuntime& runtime, CheckedStore& store, ReferenceCache& references,
                std::uint64_t seed, int threads) {
  result.output_hash = hash_output(launch(result.measured, runtime));
  const auto known = store.find(result.measured.name);
  if (result.measured.kernel->deterministic && known && known->output_hash == result.output_hash)
    result.accuracy = known->accuracy;
  else
    check_fully(result, store, references, seed, threads);
}

// What is wrong with the output of a launch after the timing. A kernel that is not deterministic is compared
// with the oracle again.
std::string wrong_after(const CaseResult& result, const Output& output, std::uint64_t seed) {
  if (result.measured.kernel->deterministic)
    return hash_output(output) == result.output_hash
               ? ""
               : "right before the timing; after it, the output is not bit-identical";
  Inputs inputs = make_inputs(result.measured.problem, InputFamily::normal, seed);
  share_rows(inputs, timed_tensors(result.measured.problem));
  CheckResult checked;
  checked.failures = compare_output(
      output, inputs,
      *ReferenceCache().get(inputs, OracleBackend::automatic, result.measured.kernel->rounding), nullptr);
  if (checked.passed()) return "";
  return fmt::format("right before the timing, wrong after it: {}", report_of(checked));
}

// Runs `work` on a case. An exception becomes the failure of the case, and the backend may be lost.
template <class Work>
void attempt(CaseResult& result, BackendRuntime& runtime, Work work) {
  if (!runtime.lost.empty()) return result.fail(fmt::format("failed: {}", runtime.lost));
  const CrashNote note(crash_text(result.measured));
  try {
    work();
  } catch (const std::exception& error) {
    result.fail(fmt::format("failed: {}", error.what()));
  }
  if (result.failed()) runtime.notice_loss(result.measured);
}

}  // namespace

std::vector<CaseResult> check_cases(std::span<const Case> cases, BackendRuntimes& runtimes,
                                    CheckedStore& store, std::uint64_t seed, int threads) {
  std::vector<CaseResult> results;
  for (const Case& each : cases) results.push_back({.measured = each});
  // Problem by problem: kernels share the references.
  std::vector<CaseResult*> order;
  for (CaseResult& result : results) order.push_back(&result);
  std::ranges::stable_sort(order, {}, [](const CaseResult* r) {
    const Problem& p = r->measured.problem;
    return std::tuple(attention_flops(p), p.batch, p.heads, p.kv_heads, p.seq_q, p.seq_k, p.head_dim, p.dtype,
                      p.mask);
  });
  ReferenceCache references;
  Progress progress("checking");
  for (std::size_t done = 0; done < order.size(); ++done) {
    CaseResult& result = *order[done];
    progress.show(static_cast<double>(done) / static_cast<double>(order.size()), result.measured.name);
    if (result.skipped()) continue;
    BackendRuntime& runtime = runtimes.at(result.measured.kernel->backend);
    attempt(result, runtime, [&] { check_case(result, runtime, store, references, seed, threads); });
  }
  return results;
}

void refuse_impossible_times(std::span<CaseResult> results, BackendRuntimes& runtimes) {
  const auto excess = [&](const CaseResult& result) {
    const BackendRuntime& runtime = runtimes.at(result.measured.kernel->backend);
    return faster_than_possible(result.measured.problem, median(result.all_samples_ns()) * 1e-9,
                                runtime.ceilings, runtime.cache);
  };
  std::set<Backend> raised;
  for (CaseResult& result : results) {
    if (result.failed() || !result.timed() || excess(result).empty()) continue;
    BackendRuntime& runtime = runtimes.at(result.measured.kernel->backend);
    if (runtime.lost.empty() && raised.insert(result.measured.kernel->backend).second)
      runtime.ceilings.raise(result.measured.kernel->backend == Backend::cuda
                                 ? measure_cuda_ceilings()
                                 : measure_cpu_ceilings(runtime.ceilings.threads));
    if (const std::string why = excess(result); !why.empty())
      result.fail(fmt::format("failed: faster than possible: {}", why));
  }
}

void check_timed_rows(std::span<CaseResult> results, BackendRuntimes& runtimes) {
  Progress progress("checking timed launches");
  std::map<std::pair<Backend, Dtype>, Inputs> originals;  // generated when they are first needed
  for (std::size_t done = 0; done < results.size(); ++done) {
    CaseResult& result = results[done];
    if (result.failed() || result.timed_rows.empty()) continue;
    progress.show(static_cast<double>(done) / static_cast<double>(results.size()), result.measured.name);
    const Problem& problem = result.measured.problem;
    const Backend backend = result.measured.kernel->backend;
    auto original = originals.find({backend, problem.dtype});
    if (original == originals.end())
      original = originals
                     .emplace(std::pair(backend, problem.dtype),
                              runtimes.at(backend).pool->original_inputs(problem.dtype))
                     .first;
    runtimes.at(backend).pool->set_own_inputs(original->second, problem);
    std::size_t wrong = 0;
    std::string first;
    for (const TimedRows& rows : result.timed_rows)
      if (std::string why = wrong_rows(problem, result.measured.kernel->rounding, original->second, rows);
          !why.empty()) {
        if (wrong++ == 0) first = std::move(why);
      }
    if (wrong > 0)
      result.fail(
          fmt::format("wrong: right in its check, wrong in {} of {} timed launches that were checked: {}",
                      wrong, result.timed_rows.size(), first));
  }
}

void check_again(std::span<CaseResult> results, BackendRuntimes& runtimes, std::uint64_t seed) {
  Progress progress("checking again");
  for (std::size_t done = 0; done < results.size(); ++done) {
    CaseResult& result = results[done];
    if (result.skipped() || result.failed()) continue;
    BackendRuntime& runtime = runtimes.at(result.measured.kernel->backend);
    if (!runtime.lost.empty()) continue;  // results from before the loss stay
    progress.show(static_cast<double>(done) / static_cast<double>(results.size()), result.measured.name);
    attempt(result, runtime, [&] {
      const Output output = profiled_launch(result.measured, runtime);
      if (const std::string wrong = wrong_after(result, output, seed); !wrong.empty())
        result.fail(fmt::format("wrong: {}", wrong));
    });
  }
}

}  // namespace warpgauge::bench
