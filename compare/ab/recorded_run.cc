// gate --run: applies the looks of a recorded run as they were recorded.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/diagnostic.h"
#include "compare/ab/analysis.h"
#include "compare/ab/position_results.h"
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

// The files with the results of each position, [part]. The last one of each counts, because a failed process
// is run again.
class PositionFiles {
 public:
  PositionFiles(const RunRecord& record, const std::string& run_file) : run_file_(run_file) {
    for (const RunRow& row : record.rows) files_[{row.look, row.block, row.position}][row.part] = row.file;
  }

  std::vector<std::string> at(int look, int block, int position) const {
    const auto found = files_.find({look, block, position});
    if (found == files_.end())
      throw meaning_diagnostic(
          run_file_, "rows",
          fmt::format("no process of look {}, block {}, position {}", look, block, position), kEdited);
    std::vector<std::string> files;
    for (const auto& [part, file] : found->second) files.push_back(file);
    return files;
  }

 private:
  std::string run_file_;
  std::map<std::array<int, 3>, std::map<int, std::string>> files_;
};

// Raw names of the cases of a look.
std::set<std::string> raw_names(const RunRecord& record, const RecordedLook& look, Side side) {
  const std::set<std::string_view> names(look.cases.begin(), look.cases.end());
  std::set<std::string> raw;
  for (const RunCase& one : record.cases)
    if (names.contains(one.name)) raw.insert(side == Side::base ? one.base_raw : one.head_raw);
  return raw;
}

// [metric]
std::vector<Process> read_position(const std::string& directory, const std::vector<std::string>& files,
                                   const std::vector<Metric>& metrics,
                                   const std::set<std::string>& requested) {
  std::vector<std::vector<Process>> parts(metrics.size());
  for (const std::string& file : files) {
    const std::string path = directory + "/" + file;
    std::vector<Process> read = parse_process(read_result(directory, file), path, {}, metrics);
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      show_as(read[m], file);
      parts[m].push_back(std::move(read[m]));
    }
  }
  std::vector<Process> whole;
  for (std::vector<Process>& of_metric : parts)
    whole.push_back(merged_parts(std::move(of_metric), requested));
  return whole;
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
  const PositionFiles files(record, run_file);
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
    const std::array<std::set<std::string>, 2> requested{raw_names(record, look, Side::base),
                                                         raw_names(record, look, Side::head)};
    std::vector<std::vector<BlockResults>> blocks(metrics.size());
    for (int block = look.first_block; block < look.last_block; ++block) {
      for (auto& of_metric : blocks) of_metric.emplace_back();
      for (int position = 0; position < kPositions; ++position) {
        std::vector<Process> read =
            read_position(directory, files.at(static_cast<int>(n) + 1, block + 1, position + 1), metrics,
                          requested[is_head(block, position)]);
        for (std::size_t m = 0; m < metrics.size(); ++m)
          blocks[m].back()[static_cast<std::size_t>(position)] = std::move(read[m]);
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
