// gate --run: the looks of a recorded run, applied as they were recorded.
#include <algorithm>
#include <stdexcept>

#include "base/diagnostic.h"
#include "compare/ab/analysis.h"
#include "compare/input/reader.h"

namespace warpgauge {
namespace {

constexpr const char* kEdited = "was the record edited, or made by another version?";

void check_dropped(const RunRecord& record, const std::string& file) {
  for (const DroppedCase& dropped : record.dropped) {
    if (std::ranges::find(record.cases, dropped.name, &RunCase::name) == record.cases.end())
      throw meaning_diagnostic(file, "dropped", "'" + printable(dropped.name) + "' is no case of the run",
                               kEdited);
  }
}

// Drops of the look that begins after `blocks`, before it is taken, as the driver told them.
void replay_drops(const RunRecord& record, int blocks, AbAnalysis& analysis) {
  for (const DroppedCase& dropped : record.dropped)
    if (dropped.after_block == blocks) analysis.drop(dropped);
}

void check_look(const RunRecord& record, const RecordedLook& recorded, const AbLook* asked,
                const std::string& file) {
  std::vector<std::string> names;
  if (asked)
    for (std::size_t i : asked->cases) names.push_back(record.cases[i].name);
  if (!asked || asked->first_block != recorded.first_block || asked->last_block != recorded.last_block ||
      names != recorded.cases)
    throw meaning_diagnostic(
        file, "looks", "a recorded look is not what the rule asks for after the looks before it", kEdited);
}

// The file that gave the results at a place: the last written there, since what failed was run again.
std::string file_at(const RunRecord& record, int look, int block, int position, const std::string& run_file) {
  for (auto row = record.rows.rbegin(); row != record.rows.rend(); ++row)
    if (row->look == look && row->block == block && row->position == position) return row->file;
  throw meaning_diagnostic(run_file, "rows",
                           "nothing ran at look " + std::to_string(look) + ", block " +
                               std::to_string(block) + ", position " + std::to_string(position),
                           "the record is not whole");
}

Comparison replayed(const RunRecord& record, const std::string& directory, const std::string& run_file) {
  AbAnalysis analysis(record);
  const ReadOptions read{record.metric, {}};
  int taken = 0;
  for (std::size_t n = 0; n < record.looks.size(); ++n) {
    const RecordedLook& look = record.looks[n];
    check_look(record, look, analysis.next(), run_file);
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

Comparison replay_run(const std::string& directory) {
  const std::string run_file = directory + "/run.json";
  const RunRecord record = read_run_record(run_file);
  check_dropped(record, run_file);
  try {
    return replayed(record, directory, run_file);
  } catch (const std::logic_error& error) {  // the rule does not take a plan or margins that make no sense
    throw meaning_diagnostic(run_file, "", error.what(), kEdited);
  }
}

}  // namespace warpgauge
