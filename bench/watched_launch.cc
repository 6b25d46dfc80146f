#include "bench/watched_launch.h"

#include <fmt/format.h>

#include <deque>

#include "bench/operand_list.h"
#include "bench/watched_memory.h"

namespace warpgauge::bench {
namespace {

struct Watched {
  const Operand& operand;
  WatchedMemory memory;

  Watched(const Operand& of, std::int64_t bytes)
      : operand(of), memory(static_cast<std::size_t>(bytes), of.kind == Operand::Kind::output) {}
};

// Memory of all operands of the problem, with their inputs, and the tensors in it.
class WatchedOperands {
 public:
  WatchedOperands(const Problem& p, const Inputs& inputs) : tensors_(timed_tensors(p)) {
    for (const Operand& operand : all_operands()) {
      const std::int64_t bytes = operand.bytes(p);
      if (bytes == Operand::kAbsent) continue;
      void* const memory = all_.emplace_back(operand, bytes).memory.data();
      if (operand.encode) operand.encode(inputs, p.dtype, memory);
      operand.bind(tensors_, memory);
    }
    for (Watched& each : all_) each.memory.watch();
  }

  const Tensors& tensors() const { return tensors_; }
  const std::deque<Watched>& all() const { return all_; }

 private:
  Tensors tensors_;
  std::deque<Watched> all_;
};

}  // namespace

std::string writes_elsewhere(const Kernel& kernel, const Problem& p, std::uint64_t seed, int threads) {
  Inputs inputs = make_inputs(p, InputFamily::normal, seed);
  inputs.bias.resize(static_cast<std::size_t>(timed_bias_elements(p)));
  const WatchedOperands operands(p, inputs);
  const Buffer workspace(kernel.backend, static_cast<std::size_t>(kernel.workspace(p, threads)));
  kernel.launch(p, operands.tensors(), {.threads = threads, .workspace = workspace.data()});
  for (const Watched& each : operands.all())
    if (const std::string where = each.memory.violation(); !where.empty())
      return fmt::format("writes outside of its outputs: to {} ({}), even if it restores what was there",
                         each.operand.name, where);
  return {};
}

}  // namespace warpgauge::bench
