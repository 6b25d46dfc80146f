#include "bench/correctness.h"

#include <algorithm>
#include <stdexcept>

#include "bench/progress.h"

namespace warpgauge::bench {
namespace {

std::uint64_t launch_and_hash(const Case& each, Station& station) {
  const Operands operands = station.pool.bind(*each.kernel, each.problem);
  station.pool.erase_outputs(each.problem);
  launch_once(*each.kernel, operands);
  return hash_output(station.pool.download(each.problem));
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
  if (!checked.passed()) {
    const std::string report = checked.report();
    return result.fail("wrong: " + report.substr(0, report.find_last_not_of('\n') + 1));
  }
  if (!kernel.deterministic) return;
  if (checked.output_hash != result.output_hash)
    return result.fail(
        "wrong: says that it is deterministic, but the checked and the timed launch differ in their bits");
  store.remember(result.measured.name, {checked.output_hash, checked.accuracy});
}

void check_case(CaseResult& result, Station& station, CheckedStore& store, ReferenceCache& references,
                std::uint64_t seed, int threads) {
  result.output_hash = launch_and_hash(result.measured, station);
  const auto known = store.find(result.measured.name);
  if (result.measured.kernel->deterministic && known && known->output_hash == result.output_hash)
    result.accuracy = known->accuracy;
  else
    check_fully(result, store, references, seed, threads);
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
    try {
      check_case(result, stations.at(result.measured.kernel->backend), store, references, seed, threads);
    } catch (const std::exception& error) {
      result.fail(std::string("failed: ") + error.what());
    }
  }
  return results;
}

void check_again(std::span<CaseResult> results, Stations& stations) {
  Progress progress("checking again");
  for (std::size_t done = 0; done < results.size(); ++done) {
    CaseResult& result = results[done];
    if (!result.timed() || !result.measured.kernel->deterministic) continue;
    progress.show(static_cast<double>(done) / static_cast<double>(results.size()), result.measured.name);
    try {
      if (launch_and_hash(result.measured, stations.at(result.measured.kernel->backend)) !=
          result.output_hash)
        result.fail("wrong: was right before it was timed, and gives other bits after");
    } catch (const std::exception& error) {
      result.fail(std::string("failed: ") + error.what());
    }
  }
}

}  // namespace warpgauge::bench
