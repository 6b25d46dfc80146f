// simt_conformance: does the emulator compute what a GPU does? Runs every primitive on both with the same
// random operands; or, where there is no GPU, replays on the emulator what one once gave.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <regex>

#include "kernels/simt/conformance/comparison.h"
#include "kernels/simt/conformance/vectors.h"

namespace warpgauge::simt::conformance {
namespace {

namespace fs = std::filesystem;

enum Exit { kMatch = 0, kMismatch = 1, kUsage = 2, kNoGpu = 77 };

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

int replay_folder(const fs::path& folder, const std::regex& wanted) {
  std::vector<VectorFile> files;
  for (const fs::path& path : json_files(folder))
    if (VectorFile file = read_vectors(path); std::regex_search(file.primitive, wanted))
      files.push_back(std::move(file));
  if (files.empty()) {
    std::cerr << "simt_conformance: " << folder.string() << " holds no such vectors\n";
    return kUsage;
  }
  int wrong = 0;
  for (const VectorFile& file : files) {
    std::cout << file.primitive << " (" << file.source << "): " << std::flush;
    const std::string text = replay(file);
    if (!text.empty()) ++wrong;
    std::cout << (text.empty() ? "ok" : "WRONG, ") << text << std::endl;
  }
  std::cout << files.size() << " files, " << wrong << " of them disagree with the emulator\n";
  return wrong ? kMismatch : kMatch;
}

// "NVIDIA H200, ..." -> "nvidia-h200"
std::string folder_name(const std::string& gpu) {
  std::string name = gpu.substr(0, gpu.find(','));
  for (char& c : name)
    c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(c)) : '-';
  return name;
}

std::vector<Primitive> only(std::vector<Primitive> primitives, const std::regex& wanted) {
  std::erase_if(primitives, [&](const Primitive& p) { return !std::regex_search(p.facts.name, wanted); });
  return primitives;
}

int list(const std::regex& wanted) {
  for (const Primitive& primitive : only(emulated_primitives(), wanted))
    std::cout << primitive.facts.name << "\n";
  return kMatch;
}

bool gpu_is_lost() {
  return !backend_lost(Backend::cuda).empty();
}

int compare_with_gpu(std::uint32_t seeds, const std::string& record, const std::regex& wanted) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) {
    std::cerr << "simt_conformance: " << reason << "\n";
    return kNoGpu;
  }
  Comparison comparison{.seeds = seeds, .gpu = gpu_name(), .recorded = {}, .gpu_is_lost = gpu_is_lost};
  if (!record.empty()) {
    comparison.recorded = fs::path(record) / folder_name(comparison.gpu);
    fs::create_directories(comparison.recorded);
  }
  const Tally tally = compare_with_gpu(only(gpu_primitives(), wanted), only(emulated_primitives(), wanted),
                                       comparison, std::cout);
  std::cout << tally.held << " primitives on " << comparison.gpu << ", " << seeds << " random operands each; "
            << tally.wrong << " of them disagree with the emulator; " << tally.not_applicable
            << " are not applicable to this GPU" << std::endl;
  if (tally.gpu_lost) std::_Exit(kMismatch);  // the driver's own end may wait for what never ends
  return tally.wrong ? kMismatch : tally.held ? kMatch : kNoGpu;
}

struct Flags {
  std::uint32_t seeds = 64;
  std::string record, replayed, filter = ".";
  bool list = false;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--seeds", flags.seeds, "random operands for each primitive")
      ->check(CLI::Range(1u, 1000000u))
      ->capture_default_str();
  auto* const recording = app.add_option("--record", flags.record,
                                         "also write vectors to a folder of the GPU's name in this one");
  app.add_option("--replay", flags.replayed, "no GPU: hold the emulator against the vectors in this folder")
      ->check(CLI::ExistingDirectory)
      ->excludes(recording);
  app.add_option("--filter", flags.filter, "only primitives whose name matches this regular expression");
  app.add_flag("--list", flags.list, "print the primitives' names, run none");
}

int run_program(int argc, char** argv) {
  CLI::App app(
      "Holds each primitive of kernels/simt, as the emulator runs it, against this machine's GPU. Those that "
      "its architecture lacks are told apart. Exit: 0 they agree, 1 they do not, 2 usage, 77 no GPU to ask.");
  Flags flags;
  declare(app, flags);
  std::regex wanted;
  try {
    app.parse(argc, argv);
    wanted = std::regex(flags.filter);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kMatch : kUsage;
  } catch (const std::regex_error& error) {
    std::cerr << "simt_conformance: --filter '" << flags.filter << "': " << error.what() << "\n";
    return kUsage;
  }
  if (only(emulated_primitives(), wanted).empty()) {
    std::cerr << "simt_conformance: no primitive matches '" << flags.filter << "'; --list shows them all\n";
    return kUsage;
  }
  if (flags.list) return list(wanted);
  return flags.replayed.empty() ? compare_with_gpu(flags.seeds, flags.record, wanted)
                                : replay_folder(flags.replayed, wanted);
}

}  // namespace
}  // namespace warpgauge::simt::conformance

int main(int argc, char** argv) {
  try {
    return warpgauge::simt::conformance::run_program(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "simt_conformance: " << error.what() << "\n";
    return 1;
  }
}
