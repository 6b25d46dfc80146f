// The bench program with a right kernel and kernels with planted faults.
#include <vector>

#include "bench/bench.h"
#include "tests/fuzz/fatal_kernels.h"
#include "tests/fuzz/ignores_stream.h"

namespace warpgauge::faulty {

extern const Kernel cuda_loses_device;  // lost_device.cu, in builds with CUDA

namespace {

// Wrong after a hundred launches, like a kernel whose workspace overflows.
struct WearsOut : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    static int launches = 0;
    if (++launches > 100) store(p, t.o, 0, 1e3f);
  }
};

// The same, but without the claim to be deterministic.
Kernel tires() {
  Kernel kernel = faulty::kernel<WearsOut>("tires");
  kernel.deterministic = false;
  return kernel;
}

// Passes its check, which needs fewer launches, and throws when it is timed.
struct ThrowsLater : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) {
    static int launches = 0;
    if (++launches > 9) throw std::runtime_error("planted, later");
  }
};

// Wrong if all queries are zero, as in the probe `counting`.
struct WrongOnZeroQueries : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    for (std::int64_t d = 0; d < p.head_dim; ++d)
      if (load(p, t.q, d) != 0) return;
    store(p, t.o, 0, 2);
  }
};

// Wrong if one key dominates a row, as in the probe `needles`.
struct WrongOnNeedles : Right {
  static void after_row(const Problem& p, const Row&, void* o, float* lse) {
    if (*lse > 12) store(p, o, 0, 100);
  }
};

Kernel fussy() {
  Kernel kernel = faulty::kernel<Right>("fussy");
  kernel.supports = [](const Problem& p, const Tensors&) {
    return std::string(p.head_dim == 64 ? "" : "D is not 64");
  };
  return kernel;
}

Kernel on_gpu() {
  Kernel kernel = faulty::kernel<Right>("on_gpu");
  kernel.backend = Backend::cuda;
  return kernel;
}

}  // namespace
}  // namespace warpgauge::faulty

int main(int argc, char** argv) {
  using namespace warpgauge;
  static const Kernel kernels[] = {faulty::kRight,
                                   faulty::kernel<faulty::Zeros>("zeros"),
                                   faulty::kernel<faulty::OneNan>("one_nan"),
                                   faulty::kernel<faulty::DropsLastKey>("drops_last_key"),
                                   faulty::kernel<faulty::LeavesRowUnwritten>("leaves_row_unwritten"),
                                   faulty::kernel<faulty::WrongOnZeroQueries>("wrong_on_zero_queries"),
                                   faulty::kernel<faulty::WrongOnNeedles>("wrong_on_needles"),
                                   faulty::kernel<faulty::WritesPastEnd>("writes_past_end"),
                                   faulty::kernel<faulty::Nondeterministic>("nondeterministic"),
                                   faulty::kernel<faulty::Throws>("throws"),
                                   faulty::kernel<faulty::ThrowsLater>("throws_later"),
                                   faulty::kernel<faulty::WritesNowhere>("crashes"),
                                   faulty::kernel<faulty::WearsOut>("wears_out"),
                                   faulty::tires(),
                                   faulty::fussy(),
                                   faulty::on_gpu()};
  std::vector<const Kernel*> list;
  for (const Kernel& kernel : kernels) list.push_back(&kernel);
#if defined(BENCH_WITH_CUDA_FAULTS)
  list.push_back(&faulty::kIgnoresStream);
  list.push_back(&faulty::cuda_loses_device);
#endif
  return bench::run_bench(list, argc, argv);
}
