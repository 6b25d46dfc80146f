#include "kernels/simt/conformance/comparison.h"

#include <fmt/format.h>

#include "kernels/simt/conformance/vectors.h"

namespace warpgauge::simt::conformance {
namespace {

constexpr std::uint32_t kRecordedVectors = 4;  // per primitive

std::string first_mismatch(const Primitive& gpu, const Primitive& emulated, std::uint32_t seeds,
                           std::vector<Vector>& recorded) {
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const Words operands = gpu.random_operands(seed), results = gpu.run(operands, 0);
    if (seed <= kRecordedVectors) recorded.push_back({operands, results});
    if (std::string text = mismatch(gpu.facts, results, emulated.run(operands, seed)); !text.empty())
      return fmt::format("seed {}: in the emulator {}", seed, text);
  }
  return "";
}

// Empty if the results match; otherwise the first mismatch.
std::string compare(const Primitive& gpu, const Primitive& emulated, const ComparisonOptions& options) {
  const Facts& facts = gpu.facts;
  std::vector<Vector> recorded;
  const std::string text = first_mismatch(gpu, emulated, options.seeds, recorded);
  if (!options.record_folder.empty())
    write_vectors(options.record_folder / fmt::format("{}.json", facts.name), facts,
                  {facts.name, facts.instruction, options.gpu, std::move(recorded)});
  return text;
}

}  // namespace

ComparisonCounts compare_with_gpu(std::span<const Primitive> on_gpu, std::span<const Primitive> emulated,
                                  const ComparisonOptions& options, std::ostream& out) {
  ComparisonCounts counts;
  for (std::size_t n = 0; n < on_gpu.size() && !counts.gpu_lost; ++n) {
    const Facts& facts = on_gpu[n].facts;
    out << facts.name << " (" << facts.instruction << "): " << std::flush;
    try {
      if (const std::string reason = on_gpu[n].unavailable(); !reason.empty()) {
        ++counts.not_applicable;
        out << "not applicable: " << reason << std::endl;
        continue;
      }
      ++counts.compared;
      const std::string text = compare(on_gpu[n], emulated[n], options);
      if (!text.empty()) ++counts.failed;
      out << (text.empty() ? "ok" : "MISMATCH: " + text) << std::endl;
    } catch (const std::exception& error) {
      ++counts.failed;
      out << "FAILED: " << error.what() << std::endl;
      counts.gpu_lost = options.gpu_is_lost();
      if (counts.gpu_lost)
        out << fmt::format(
                   "{}: this process can no longer use the GPU; {} remaining primitives were not compared",
                   facts.name, on_gpu.size() - n - 1)
            << std::endl;
    }
  }
  return counts;
}

}  // namespace warpgauge::simt::conformance
