#include "compare/ab/process_runner.h"

#include <algorithm>
#include <filesystem>

#include "base/atomic_file.h"

namespace warpgauge {
namespace {

constexpr std::size_t kMostPadding = 4096;  // bytes: a page of stack alignments

// A path of equal length on both sides: it lies on the child's stack, whose alignment biases timings.
std::string link_of(const std::string& directory, Side side) {
  return directory + "/" + side_name(side) + "/bench";
}

void make_link(const std::string& link, const std::string& executable) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(link).parent_path(), error);
  if (!error) std::filesystem::create_symlink(std::filesystem::absolute(executable), link, error);
  if (error) throw OutputError(link + ": " + error.message());
}

void make_directory_of(const std::string& file) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  if (error) throw OutputError(file + ": its folder cannot be made: " + error.message());
}

void remove_name(std::vector<std::string>& names, const std::string& name) {
  names.erase(std::remove(names.begin(), names.end(), name), names.end());
}

}  // namespace

ProcessRunner::ProcessRunner(std::array<BenchBinary, 2> binaries, std::string directory, ReadOptions read,
                             double timeout_s, std::uint64_t seed, const std::atomic<bool>& interrupted)
    : binaries_(std::move(binaries)),
      directory_(std::move(directory)),
      read_(std::move(read)),
      timeout_s_(timeout_s),
      random_(seed),
      interrupted_(interrupted) {
  for (Side side : {Side::base, Side::head}) make_link(link_of(links_.path(), side), binary(side).path);
}

Examined ProcessRunner::run_once(const ProcessPlace& place, const std::string& file,
                                 const std::vector<std::string>& names, const MeasuringPlan& plan,
                                 bool interleave) {
  const std::string path = directory_ + "/" + file;
  make_directory_of(path);
  std::filesystem::remove(path);  // of an attempt before
  const std::string padding(random_() % kMostPadding, 'x');
  const ChildResult child =
      run_child({.executable = link_of(links_.path(), place.side),
                 .arguments = measuring_arguments(binary(place.side), plan, names, path, interleave),
                 .environment = {"WARPGAUGE_PADDING=" + padding},
                 .output = "",
                 .errors = path + ".stderr",
                 .timeout_s = timeout_s_},
                interrupted_);
  if (child.end == ChildResult::End::interrupted) throw RunEnded("interrupted");
  rows_.push_back({place.look, place.block, place.position, place.side, file, child.describe(),
                   child.end == ChildResult::End::timed_out});
  std::error_code error;
  if (std::filesystem::file_size(path + ".stderr", error) == 0)
    std::filesystem::remove(path + ".stderr", error);
  return examine(child, path, file, names, read_);
}

// Interleaved, one abort leaves no rows at all. Without interleaving rows are written case by case, so that
// the first without any was running; a binary that plans its own samples always interleaves, and is asked for
// each case alone.
ProcessRunner::Culprit ProcessRunner::find_culprit(const ProcessPlace& place, const std::string& file,
                                                   const std::vector<std::string>& names,
                                                   const MeasuringPlan& plan) {
  const std::string retry_file = file.substr(0, file.size() - 5) + ".retry.json";
  if (!binary(place.side).takes_process_seconds) {
    const Examined retry = run_once(place, retry_file, names, plan, false);
    if (retry.fault.empty()) return {};
    return {true, first_without_rows(directory_ + "/" + retry_file, names), retry.fault};
  }
  const MeasuringPlan brief{.process_s = 0.1};
  for (const std::string& name : names) {
    const Examined alone = run_once(place, retry_file, {name}, brief, true);
    if (!alone.fault.empty()) return {true, name, alone.fault};
  }
  return {};
}

Process ProcessRunner::run(const ProcessPlace& place, std::vector<std::string> names,
                           const MeasuringPlan& plan, const Exclude& exclude) {
  const std::string file = result_file_name(place.look, place.block, place.position, place.side);
  const std::string who = std::string(side_name(place.side)) + " binary: ";
  Examined examined = run_once(place, file, names, plan, true);
  while (!examined.fault.empty()) {
    const Culprit culprit = find_culprit(place, file, names, plan);
    if (culprit.reproduced) {
      if (culprit.raw_name.empty()) throw RunEnded(who + examined.fault, place.side);
      if (++exclusions_ > kMostExclusions)
        throw RunEnded(
            who + examined.fault + "; " + std::to_string(kMostExclusions) + " cases were taken out already",
            place.side);
      exclude(culprit.raw_name, culprit.fault);
      remove_name(names, culprit.raw_name);
    }
    if (names.empty()) throw RunEnded("no case is left", place.side);
    examined = run_once(place, file, names, plan, true);
    if (!examined.fault.empty() && !culprit.reproduced)
      throw RunEnded(who + examined.fault + ", twice, but not when its cases run one after the other",
                     place.side);
  }
  for (const FailedCase& failed : examined.failed) exclude(failed.raw_name, failed.reason);
  return std::move(examined.process);
}

}  // namespace warpgauge
