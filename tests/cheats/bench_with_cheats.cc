// The bench program with kernels that cheat.
#include <vector>

#include "bench/bench.h"
#include "tests/cheats/cheat.h"

namespace warpgauge::cheats {
namespace {

// Right while it is checked. Then it works on a stream of its own. For builds with CUDA.
[[maybe_unused]] void left_on_another_stream(const Problem& p, const Tensors& t, const Launch& l) {
  static const Stream other(Backend::cuda);
  Launch elsewhere = l;
  if (is_timed()) elsewhere.stream = other.get();
  find_kernel("cuda/naive")->launch(p, t, elsewhere);
}

#if defined(BENCH_WITH_CUDA_FAULTS)
const Kernel kOnAnotherStream{
    .name = "left_on_another_stream",
    .backend = Backend::cuda,
    .summary = "a cheat",
    .deterministic = true,
    .supports = [](const Problem& p, const Tensors& t) { return find_kernel("cuda/naive")->supports(p, t); },
    .workspace_bytes = nullptr,
    .launch = left_on_another_stream};
#endif

}  // namespace
}  // namespace warpgauge::cheats

int main(int argc, char** argv) {
  using namespace warpgauge;
  std::vector<const Kernel*> list;
  for (const auto& cheats :
       {cheats::memory_cheats(), cheats::work_cheats(), cheats::process_cheats(), cheats::variant_cheats()})
    for (const Kernel& kernel : cheats) list.push_back(&kernel);
#if defined(BENCH_WITH_CUDA_FAULTS)
  list.push_back(&cheats::kOnAnotherStream);
#endif
  return bench::run_bench(list, argc, argv);
}
