#include "bench/correctness.h"

#include <algorithm>
#include <stdexcept>

#include "bench/gpu.h"
#include "bench/progress.h"
#include "fuzz/crash_note.h"

namespace warpgauge::bench {
namespace {

// On the operands that are timed, over erased outputs.
Output launch(const Case& each, Station& station) {
  const Operands operands = station.pool->bind(*each.kernel, each.problem);
  station.pool->erase_outputs(each.problem);
  launch_once(*each.kernel, operands);
  return station.pool->download(each.problem);
}

// The same, as what a profiler sees.
Output profiled_launch(const Case& each, Station& station) {
  const ProfilerRange range(each.kernel->backend);
  return launch(each, station);
}

std::string without_last_newline(const std::string& report) {
  return report.substr(0, report.find_last_not_of('\n') + 1);
}

void check_fully(CaseResult& result, CheckedStore& store, ReferenceCache& references, std::uint64_t seed,
                 int threads) {
  const Kernel& kernel = *result.measured.kernel;
  CheckOptions options;
  options.threads = threads;
  options.probes = true;
  options.repeat = false;  // the launch on the operands that are timed is the second one
  options.cache = &references;
  const CheckResult checked = check(kernel, result.measured.problem, seed, options);
  result.accuracy = checked.accuracy;
  if (!checked.passed())
    return result.fail((checked.is_wrong() ? "wrong: " : "failed: ") +
                       without_last_newline(checked.report()));
  if (!kernel.deterministic) return;
  if (checked.output_hash != result.output_hash)
    return result.fail(
        "wrong: says that it is deterministic, but the checked and the timed launch differ in their bits");
  store.remember(result.measured.name, {checked.output_hash, checked.accuracy});
  store.save();  // now: a process that is stopped has not checked in vain. Whoever holds the store asks why
                 // not
}

void check_case(CaseResult& result, Station& station, CheckedStore& store, ReferenceCache& references,
                std::uint64_t seed, int threads) {
  result.output_hash = hash_output(launch(result.measured, station));
  const auto known = store.find(result.measured.name);
  if (result.measured.kernel->deterministic && known && known->output_hash == result.output_hash)
    result.accuracy = known->accuracy;
  else
    check_fully(result, store, references, seed, threads);
}

// What is wrong with the output of a launch after the timing. A kernel whose bits may differ from launch to
// launch is held against the oracle again.
std::string wrong_after(const CaseResult& result, const Output& output, std::uint64_t seed) {
  if (result.measured.kernel->deterministic)
    return hash_output(output) == result.output_hash
               ? ""
               : "was right before it was timed, and gives other bits after";
  const Inputs inputs = make_inputs(result.measured.problem, InputFamily::normal, seed);
  CheckResult checked;
  checked.failures =
      compare_output(output, inputs, *ReferenceCache().get(inputs, OracleBackend::automatic), nullptr);
  if (checked.passed()) return "";
  return "was right before it was timed, and is not after: " + without_last_newline(checked.report());
}

// Runs `work` on a case; what it throws becomes the case's failure, and may be the station's end.
template <class Work>
void attempt(CaseResult& result, Station& station, Work work) {
  if (!station.lost.empty()) return result.fail("failed: " + station.lost);
  const CrashNote note(result.measured.name);
  try {
    work();
  } catch (const std::exception& error) {
    result.fail(std::string("failed: ") + error.what());
  }
  if (result.failed()) station.notice_loss(result.measured);
}

}  // namespace

std::vector<CaseResult> check_cases(std::span<const Case> cases, Stations& stations, CheckedStore& store,
                                    std::uint64_t seed, int threads) {
  std::vector<CaseResult> results;
  for (const Case& each : cases) results.push_back({.measured = each});
  // Kernels share references of a problem, so that cases are visited problem by problem.
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
    Station& station = stations.at(result.measured.kernel->backend);
    attempt(result, station, [&] { check_case(result, station, store, references, seed, threads); });
  }
  return results;
}

void check_again(std::span<CaseResult> results, Stations& stations, std::uint64_t seed) {
  Progress progress("checking again");
  for (std::size_t done = 0; done < results.size(); ++done) {
    CaseResult& result = results[done];
    if (result.skipped() || result.failed()) continue;
    Station& station = stations.at(result.measured.kernel->backend);
    if (!station.lost.empty()) continue;  // what was measured before stands
    progress.show(static_cast<double>(done) / static_cast<double>(results.size()), result.measured.name);
    attempt(result, station, [&] {
      const Output output = profiled_launch(result.measured, station);
      if (const std::string wrong = wrong_after(result, output, seed); !wrong.empty())
        result.fail("wrong: " + wrong);
    });
  }
}

}  // namespace warpgauge::bench
