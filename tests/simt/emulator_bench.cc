// Benchmarks the emulator with flash_mma: one head, S = 512, D = 64, on one OS thread, with and without
// memory checks.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "kernels/cuda/flash_mma.cu"

namespace warpgauge {
namespace {

void flash_one_head(benchmark::State& state) {
  Problem problem{.seq_q = 512, .seq_k = 512, .head_dim = 64, .dtype = Dtype::bf16};
  const auto elements = static_cast<std::size_t>(query_elements(problem));
  std::vector<bf16> q(elements), k(elements), v(elements), o(elements);
  std::vector<float> lse(static_cast<std::size_t>(lse_elements(problem)));
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (auto* tensor : {&q, &k, &v})
    for (bf16& element : *tensor) element = bf16(normal(random));
  const Strides strides = packed_strides(1, 512, 64);
  const Tensors tensors{q.data(), k.data(), v.data(), o.data(), lse.data(),
                        strides,  strides,  strides,  strides};
  using Tile = Shape<bf16, 64, 128, 128>;
  const Operands<bf16> operands = make_operands<bf16>(problem, tensors);
  simt::emulator::Plan plan = simt::emulated<flash_forward<Tile>>(
      "flash_mma", make_grid<Tile>(problem), operands, simt::attention_memory(problem, tensors), Launch{});
  plan.check_memory = state.range(0) != 0;
  for (auto _ : state) simt::emulator::run(plan);
}
BENCHMARK(flash_one_head)->ArgName("checked")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace warpgauge

BENCHMARK_MAIN();
