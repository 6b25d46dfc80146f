// A libFuzzer target: whatever the bytes are, reading them as results and as a policy ends in a value or a
// Diagnostic. What is read is matched with itself, so that the code behind the readers sees it, too.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "compare/decide/identity.h"
#include "compare/decide/match.h"
#include "compare/decide/policy.h"
#include "compare/input/criterion.h"
#include "compare/input/reader.h"

namespace warpgauge {
namespace {

void read_results_of(std::string_view bytes, const char* metric) {
  ReadOptions options;
  options.metric.name = metric;
  try {
    ResultSet results;
    results.processes.push_back(parse_process(bytes, "fuzz", options));
    const std::size_t cases = results.processes[0].cases.size();
    const Matching matching = match_cases(results, results);
    // A case that was skipped gives a warning instead of a pair.
    if (matching.pairs.size() + matching.notes.size() != cases) std::abort();
    if (compare_contexts(results, results).forbidden()) std::abort();
  } catch (const Diagnostic&) {
  }
}

void read_criterion_files(std::string_view bytes) {
  try {
    if (read_criterion_samples(bytes, "fuzz").empty()) std::abort();
  } catch (const Diagnostic&) {
  }
  try {
    if (read_criterion_name(bytes, "fuzz").empty()) std::abort();
  } catch (const Diagnostic&) {
  }
}

}  // namespace
}  // namespace warpgauge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  warpgauge::read_results_of(bytes, "real_time");
  warpgauge::read_results_of(bytes, "items_per_second");
  warpgauge::read_criterion_files(bytes);
  try {
    warpgauge::parse_policy(bytes, "fuzz");
  } catch (const warpgauge::Diagnostic&) {
  }
  return 0;
}
