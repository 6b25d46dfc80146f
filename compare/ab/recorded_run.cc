// gate --run: applies the looks of a recorded run as they were recorded.
#include <fmt/format.h>

#include <algorithm>

#include "base/diagnostic.h"
#include "compare/ab/analysis.h"
#include "compare/input/known_metrics.h"
#include "compare/input/reader.h"

namespace warpgauge {
namespace {

constexpr const char* kEdited = "was the record edited, or made by another version?";

// The cases that were dropped during the look that begins after `blocks`: before it is taken, as in the
// driver.
void replay_drops(const RunRecord& record, int blocks, AbAnalysis& analysis) {
  for (const DroppedCase& dropped : record.dropped)
    if (dropped.after_block == blocks) analysis.drop(dropped);
}

void check_look(const RunRecord& record, std::size_t index, const AbLook* requested,
                const std::string& file) {
  const RecordedLook& look = record.looks[index];
  std::vector<std::string> names;
  if (requested)
    for (const std::size_t i : requested->cases) names.push_back(record.cases[i].name);
  if (!requested || requested->first_block != look.first_block || requested->last_block != look.last_block ||
      names != look.cases)
    throw meaning_diagnostic(file, fmt::format("looks[{}]", index),
                             "is not what the rule requests after the looks before it", kEdited);
}

// The file with the results of a position: the last one there, because a failed process is run again.
std::string file_at(const RunRecord& record, int look, int block, int position, const std::string& run_file) {
  for (auto row = record.rows.rbegin(); row != record.rows.rend(); ++row)
    if (row->look == look && row->block == block && row->position == position) return row->file;
  throw meaning_diagnostic(run_file, "rows",
                           fmt::format("no process of look {}, block {}, position {}", look, block, position),
                           kEdited);
}

std::vector<Metric> names_of(const RunRecord& record) {
  std::vector<Metric> metrics;
  for (const RunMetric& one : metrics_of(record)) metrics.push_back(one.metric);
  return metrics;
}

// The same run, judged by other metrics. One that the run did not have takes the relative limits of its first
// metric; an exact one has none.
RunRecord with_metrics(const RunRecord& record, const std::vector<Metric>& metrics) {
  const std::vector<RunMetric> known = metrics_of(record);
  RunRecord other = record;
  other.others.clear();
  for (RunCase& one : other.cases) one.others.clear();
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const auto place =
        static_cast<std::size_t>(std::ranges::find(known, metrics[m], &RunMetric::metric) - known.begin());
    const bool is_known = place < known.size();
    const RunMetric metric{metrics[m], is_known ? known[place].exact : std::nullopt};
    if (m == 0) {
      other.metric = metric.metric;
      other.exact = metric.exact;
    } else {
      other.others.push_back(metric);
    }
    for (std::size_t c = 0; c < other.cases.size(); ++c) {
      const Margins relative =
          known_metric(metrics[m].name).exact ? Margins{0, 0, 0} : record.cases[c].rule.margins;
      const CaseLimits limits = is_known ? limits_of(record.cases[c], place) : CaseLimits{relative, {}};
      RunCase& one = other.cases[c];
      if (m > 0) {
        one.others.push_back(limits);
      } else {
        one.rule.margins = limits.margins;
        one.absolute = limits.absolute;
      }
    }
  }
  return other;
}

Comparison replayed(const RunRecord& record, const std::string& directory, const std::string& run_file,
                    bool other_metric) {
  AbAnalysis analysis(record);
  const std::vector<Metric> metrics = names_of(record);
  int taken = 0;
  for (std::size_t n = 0; n < record.looks.size(); ++n) {
    const RecordedLook& look = record.looks[n];
    if (other_metric) {
      analysis.limit_next(look.cases);
      if (!analysis.next()) break;
    } else {
      check_look(record, n, analysis.next(), run_file);
    }
    replay_drops(record, taken, analysis);
    std::vector<std::vector<BlockResults>> blocks(metrics.size());
    for (int block = look.first_block; block < look.last_block; ++block) {
      for (auto& of_metric : blocks) of_metric.emplace_back();
      for (int position = 0; position < kPositions; ++position) {
        const std::string file = file_at(record, static_cast<int>(n) + 1, block + 1, position + 1, run_file);
        std::vector<Process> read = read_process(directory + "/" + file, {}, metrics);
        for (std::size_t m = 0; m < metrics.size(); ++m) {
          show_as(read[m], file);
          blocks[m].back()[static_cast<std::size_t>(position)] = std::move(read[m]);
        }
      }
    }
    analysis.take(std::move(blocks));
    taken = look.last_block;
  }
  replay_drops(record, taken, analysis);
  return analysis.comparison(record);
}

}  // namespace

Comparison replay_run(const std::string& directory, const ReplayChanges& changes) {
  const std::string run_file = directory + "/run.json";
  RunRecord record = read_run_record(run_file);
  const bool other = !changes.metrics.empty() && changes.metrics != names_of(record);
  if (other) record = with_metrics(record, changes.metrics);
  std::vector<std::string>& allowed = record.policy.allow_failed;
  allowed.insert(allowed.end(), changes.allow_failed.begin(), changes.allow_failed.end());
  return replayed(record, directory, run_file, other);
}

}  // namespace warpgauge
