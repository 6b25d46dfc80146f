// simt_conformance: compares the emulator with a GPU. Runs every primitive on both with the same random
// operands. Without a GPU, compares the emulator with recorded vectors.
#include <fmt/format.h>

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

void complain(const std::string& text) {
  std::cerr << "simt_conformance: " << text << "\n";
}

int check_folder(const fs::path& folder, const std::regex& wanted) {
  std::vector<VectorFile> files;
  for (const fs::path& path : json_files(folder))
    if (VectorFile file = read_vectors(path); std::regex_search(file.primitive, wanted))
      files.push_back(std::move(file));
  if (files.empty()) {
    complain(fmt::format("--replay {}: the folder contains no vector file that matches --filter",
                         folder.string()));
    return kUsage;
  }
  int failed = 0;
  for (const VectorFile& file : files) {
    std::cout << file.primitive << " (" << file.source << "): " << std::flush;
    const std::string text = check_vectors(file);
    if (!text.empty()) ++failed;
    std::cout << (text.empty() ? "ok" : "MISMATCH: ") << text << std::endl;
  }
  std::cout << fmt::format("{} vector files compared with the emulator: {} mismatches\n", files.size(),
                           failed);
  return failed ? kMismatch : kMatch;
}

// "NVIDIA H200, ..." -> "nvidia-h200"
std::string folder_name(const std::string& gpu) {
  std::string name = gpu.substr(0, gpu.find(','));
  for (char& c : name)
    c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(c)) : '-';
  return name;
}

std::vector<Primitive> filtered(std::vector<Primitive> primitives, const std::regex& wanted) {
  std::erase_if(primitives, [&](const Primitive& p) { return !std::regex_search(p.facts.name, wanted); });
  return primitives;
}

int list(const std::regex& wanted) {
  for (const Primitive& primitive : filtered(emulated_primitives(), wanted))
    std::cout << primitive.facts.name << "\n";
  return kMatch;
}

bool gpu_is_lost() {
  return !backend_lost(Backend::cuda).empty();
}

int run_on_gpu(std::uint32_t seeds, const std::string& record, const std::regex& wanted) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) {
    complain(reason);
    return kNoGpu;
  }
  ComparisonOptions options{
      .seeds = seeds, .gpu = gpu_name(), .record_folder = {}, .gpu_is_lost = gpu_is_lost};
  if (!record.empty()) {
    options.record_folder = fs::path(record) / folder_name(options.gpu);
    fs::create_directories(options.record_folder);
  }
  const ComparisonCounts counts = compare_with_gpu(
      filtered(gpu_primitives(), wanted), filtered(emulated_primitives(), wanted), options, std::cout);
  std::cout << fmt::format(
                   "{} primitives on {} compared with the emulator, {} sets of random operands each: "
                   "{} mismatches or failures, {} not applicable to this GPU",
                   counts.compared, options.gpu, seeds, counts.failed, counts.not_applicable)
            << std::endl;
  if (counts.gpu_lost) std::_Exit(kMismatch);  // the driver's exit handlers may hang
  return counts.failed ? kMismatch : counts.compared ? kMatch : kNoGpu;
}

struct Flags {
  std::uint32_t seeds = 64;
  std::string record, vectors, filter = ".";
  bool list = false;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--seeds", flags.seeds, "sets of random operands per primitive")
      ->check(CLI::Range(1u, 1000000u))
      ->capture_default_str();
  auto* const recording = app.add_option(
      "--record", flags.record, "also write operands and GPU results to DIR/GPU-NAME/PRIMITIVE.json");
  recording->type_name("DIR");
  app.add_option("--replay", flags.vectors,
                 "compare the emulator with the vector files in DIR; requires no GPU")
      ->type_name("DIR")
      ->check(CLI::Validator(CLI::ExistingDirectory).description(""))
      ->excludes(recording);
  app.add_option("--filter", flags.filter, "only primitives whose name matches this regular expression")
      ->type_name("REGEX");
  app.add_flag("--list", flags.list, "print the names of the primitives and exit");
}

int run_program(int argc, char** argv) {
  CLI::App app(
      "Runs each primitive of kernels/simt on this machine's GPU and in the emulator with the same random "
      "operands, and compares the results. Primitives that the GPU does not support are reported as not "
      "applicable.\n\nExit codes: 0 all results match, 1 a mismatch or failure, 2 usage error, 77 no usable "
      "GPU.");
  Flags flags;
  declare(app, flags);
  std::regex wanted;
  try {
    app.parse(argc, argv);
    wanted = std::regex(flags.filter);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kMatch : kUsage;
  } catch (const std::regex_error& error) {
    complain(fmt::format("--filter '{}': invalid regular expression: {}", flags.filter, error.what()));
    return kUsage;
  }
  if (filtered(emulated_primitives(), wanted).empty()) {
    complain(fmt::format("--filter '{}': no primitive matches; --list prints their names", flags.filter));
    return kUsage;
  }
  if (flags.list) return list(wanted);
  return flags.vectors.empty() ? run_on_gpu(flags.seeds, flags.record, wanted)
                               : check_folder(flags.vectors, wanted);
}

}  // namespace
}  // namespace warpgauge::simt::conformance

int main(int argc, char** argv) {
  try {
    return warpgauge::simt::conformance::run_program(argc, argv);
  } catch (const std::exception& error) {
    warpgauge::simt::conformance::complain(error.what());
    return 1;
  }
}
