// simt_conformance: does the emulator compute what a GPU does? Runs every primitive on both with the same
// random operands; or, where there is no GPU, replays on the emulator what one once gave.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "kernels/simt/conformance/vectors.h"

namespace warpgauge::simt::conformance {
namespace {

namespace fs = std::filesystem;

enum Exit { kAgree = 0, kDisagree = 1, kUsage = 2, kNoGpu = 77 };

constexpr std::uint32_t kRecordedVectors = 4;  // of a primitive

int replay_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::cerr << "simt_conformance: " << folder.string() << " holds no vectors\n";
    return kUsage;
  }
  int wrong = 0;
  for (const fs::path& path : files) {
    const VectorFile file = read_vectors(path);
    const std::string text = replay(file);
    if (!text.empty()) ++wrong;
    std::cout << (text.empty() ? "ok    " : "WRONG ") << file.primitive << " (" << file.source << ")"
              << (text.empty() ? "" : ": ") << text << "\n";
  }
  std::cout << files.size() << " files, " << wrong << " of them disagree with the emulator\n";
  return wrong ? kDisagree : kAgree;
}

// "NVIDIA H200, ..." -> "nvidia-h200"
std::string folder_name(const std::string& gpu) {
  std::string name = gpu.substr(0, gpu.find(','));
  for (char& c : name)
    c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(c)) : '-';
  return name;
}

// The results of both machines for the same operands; the first disagreement.
std::string compare_machines(const Primitive& gpu, const Primitive& emulated, std::uint32_t seeds,
                             std::vector<Vector>& recorded) {
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const Words operands = gpu.draw(seed), results = gpu.run(operands, 0);
    if (seed <= kRecordedVectors) recorded.push_back({operands, results});
    if (std::string text = disagreement(gpu.facts, results, emulated.run(operands, seed)); !text.empty())
      return "seed " + std::to_string(seed) + ": the emulator's " + text;
  }
  return "";
}

int compare_with_gpu(std::uint32_t seeds, const std::string& record) {
  if (const std::string reason = backend_unavailable(Backend::cuda); !reason.empty()) {
    std::cerr << "simt_conformance: " << reason << "\n";
    return kNoGpu;
  }
  const std::string gpu = gpu_name();
  const fs::path folder = record.empty() ? fs::path() : fs::path(record) / folder_name(gpu);
  if (!record.empty()) fs::create_directories(folder);
  const std::vector<Primitive> on_gpu = gpu_primitives(), emulated = emulated_primitives();
  int held = 0, wrong = 0;
  for (std::size_t n = 0; n < on_gpu.size(); ++n) {
    const Facts& facts = on_gpu[n].facts;
    if (const std::string reason = on_gpu[n].unavailable(); !reason.empty()) {
      std::cout << "n/a   " << facts.name << " (" << facts.instruction << "): " << reason << "\n";
      continue;
    }
    ++held;
    std::vector<Vector> recorded;
    const std::string text = compare_machines(on_gpu[n], emulated[n], seeds, recorded);
    if (!text.empty()) ++wrong;
    std::cout << (text.empty() ? "ok    " : "WRONG ") << facts.name << " (" << facts.instruction << ")"
              << (text.empty() ? "" : ": ") << text << "\n";
    if (!record.empty())
      write_vectors(folder / (std::string(facts.name) + ".json"), facts,
                    {facts.name, facts.instruction, gpu, std::move(recorded)});
  }
  std::cout << held << " primitives on " << gpu << ", " << seeds << " random operands each; " << wrong
            << " of them disagree with the emulator; " << on_gpu.size() - static_cast<std::size_t>(held)
            << " are not applicable to this GPU\n";
  return wrong ? kDisagree : held ? kAgree : kNoGpu;
}

int run_program(int argc, char** argv) {
  CLI::App app(
      "Holds each primitive of kernels/simt, as the emulator runs it, against this machine's GPU. Those that "
      "its architecture lacks are told apart. Exit: 0 they agree, 1 they do not, 2 usage, 77 no GPU to ask.");
  std::uint32_t seeds = 64;
  std::string record, replayed;
  app.add_option("--seeds", seeds, "random operands for each primitive")
      ->check(CLI::Range(1u, 1000000u))
      ->capture_default_str();
  auto* const recording =
      app.add_option("--record", record, "also write vectors to a folder of the GPU's name in this one");
  app.add_option("--replay", replayed, "no GPU: hold the emulator against the vectors in this folder")
      ->check(CLI::ExistingDirectory)
      ->excludes(recording);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kAgree : kUsage;
  }
  return replayed.empty() ? compare_with_gpu(seeds, record) : replay_folder(replayed);
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
