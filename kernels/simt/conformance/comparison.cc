#include "kernels/simt/conformance/comparison.h"

#include "kernels/simt/conformance/vectors.h"

namespace warpgauge::simt::conformance {
namespace {

constexpr std::uint32_t kRecordedVectors = 4;  // of a primitive

// The results of both machines for the same operands; the first mismatch.
std::string first_mismatch(const Primitive& gpu, const Primitive& emulated, std::uint32_t seeds,
                               std::vector<Vector>& recorded) {
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    const Words operands = gpu.draw(seed), results = gpu.run(operands, 0);
    if (seed <= kRecordedVectors) recorded.push_back({operands, results});
    if (std::string text = mismatch(gpu.facts, results, emulated.run(operands, seed)); !text.empty())
      return "seed " + std::to_string(seed) + ": the emulator's " + text;
  }
  return "";
}

// "ok", or what is wrong.
std::string hold(const Primitive& gpu, const Primitive& emulated, const Comparison& comparison) {
  const Facts& facts = gpu.facts;
  std::vector<Vector> recorded;
  const std::string text = first_mismatch(gpu, emulated, comparison.seeds, recorded);
  if (!comparison.recorded.empty())
    write_vectors(comparison.recorded / (std::string(facts.name) + ".json"), facts,
                  {facts.name, facts.instruction, comparison.gpu, std::move(recorded)});
  return text.empty() ? "ok" : "WRONG, " + text;
}

}  // namespace

Tally compare_with_gpu(std::span<const Primitive> on_gpu, std::span<const Primitive> emulated,
                       const Comparison& comparison, std::ostream& out) {
  Tally tally;
  for (std::size_t n = 0; n < on_gpu.size() && !tally.gpu_lost; ++n) {
    const Facts& facts = on_gpu[n].facts;
    out << facts.name << " (" << facts.instruction << "): " << std::flush;
    try {
      if (const std::string reason = on_gpu[n].unavailable(); !reason.empty()) {
        ++tally.not_applicable;
        out << "n/a, " << reason << std::endl;
        continue;
      }
      ++tally.held;
      const std::string text = hold(on_gpu[n], emulated[n], comparison);
      if (text != "ok") ++tally.wrong;
      out << text << std::endl;
    } catch (const std::exception& error) {
      ++tally.wrong;
      out << "FAILED, " << error.what() << std::endl;
      tally.gpu_lost = comparison.gpu_is_lost();
      if (tally.gpu_lost)
        out << facts.name << " has cost this process its GPU; " << on_gpu.size() - n - 1
            << " primitives after it were not held" << std::endl;
    }
  }
  return tally;
}

}  // namespace warpgauge::simt::conformance
