// A libFuzzer target: whatever the bytes are, reading them as a stored baseline, the record of a run, a
// comparison or a timeline ends in a value or a Diagnostic; and a value can be written, read again and
// computed with, without undefined behaviour.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "compare/ab/analysis.h"
#include "compare/ab/run_record.h"
#include "compare/baseline/baseline.h"
#include "compare/baseline/one_more.h"
#include "compare/decide/gate.h"
#include "compare/report/comment.h"
#include "compare/report/comparison_file.h"
#include "compare/report/json.h"
#include "compare/report/text.h"
#include "compare/report/timeline.h"

namespace warpgauge {
namespace {

void read_baseline_of(std::string_view bytes) {
  const Baseline baseline = parse_baseline(bytes, "fuzz");
  const std::string text = format_baseline(baseline);
  if (format_baseline(parse_baseline(text, "fuzz")) != text) std::abort();
  (void)not_one_more(baseline, baseline);
  for (const auto& [name, values] : baseline.cases) {
    (void)stored_numbers(baseline, name);
    (void)stored_values(baseline, name);
  }
  // Compared with its own values, as with a round that measured the same.
  const StoredSide side = side_of(baseline, "fuzz");
  GateOptions options;
  options.metrics = {baseline.metric};
  std::vector<StoredMetric> metrics{{side, side.results}};
  const Comparison comparison = compare_with_baseline(metrics, options);
  (void)text_report(comparison, {});
  (void)json_report(comparison);
}

void read_record_of(std::string_view bytes) {
  const RunRecord record = parse_run_record(bytes, "fuzz");
  const std::string text = format_run_record(record);
  if (format_run_record(parse_run_record(text, "fuzz")) != text) std::abort();
  AbAnalysis analysis(record);
  (void)analysis.next();
  for (const DroppedCase& dropped : record.dropped) analysis.drop(dropped);
  const Comparison comparison = analysis.comparison(record);
  (void)text_report(comparison, {});
  (void)json_report(comparison);
}

void read_comparison_of(std::string_view bytes) {
  const Comparison comparison = parse_comparison(bytes, "fuzz");
  (void)comment_report(comparison, {}, "");
  (void)text_report(comparison, {});
}

template <class Read>
void tried(Read read) {
  try {
    read();
  } catch (const Diagnostic&) {
  }
}

}  // namespace
}  // namespace warpgauge

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace warpgauge;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  tried([&] { read_baseline_of(bytes); });
  tried([&] { read_record_of(bytes); });
  tried([&] { read_comparison_of(bytes); });
  tried([&] { (void)comment_without_result("fuzz", parse_timeline(bytes, "fuzz"), ""); });
  return 0;
}
