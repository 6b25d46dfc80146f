// gate --run: applies the looks of a recorded run as they were recorded.
#include <fmt/format.h>

#include "base/diagnostic.h"
#include "compare/ab/analysis.h"
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

Comparison replayed(const RunRecord& record, const std::string& directory, const std::string& run_file,
                    bool other_metric) {
  AbAnalysis analysis(record);
  const ReadOptions read{record.metric, {}};
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
    std::vector<BlockResults> blocks;
    for (int block = look.first_block; block < look.last_block; ++block) {
      BlockResults& results = blocks.emplace_back();
      for (int position = 0; position < kPositions; ++position) {
        const std::string file = file_at(record, static_cast<int>(n) + 1, block + 1, position + 1, run_file);
        Process& process = results[static_cast<std::size_t>(position)] =
            read_process(directory + "/" + file, read);
        show_as(process, file);
      }
    }
    analysis.take(std::move(blocks));
    taken = look.last_block;
  }
  replay_drops(record, taken, analysis);
  return analysis.comparison(record);
}

}  // namespace

Comparison replay_run(const std::string& directory, const std::optional<Metric>& metric) {
  const std::string run_file = directory + "/run.json";
  RunRecord record = read_run_record(run_file);
  const bool other = metric && *metric != record.metric;
  if (other) record.metric = *metric;
  return replayed(record, directory, run_file, other);
}

}  // namespace warpgauge
