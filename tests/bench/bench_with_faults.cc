// The bench program with one right kernel and several wrong ones.
#include <vector>

#include "bench/bench.h"
#include "tests/fuzz/fatal_kernels.h"

namespace warpgauge::faulty {
namespace {

// Right until it has been launched a hundred times: as one whose workspace runs full.
struct WearsOut : Right {
  static void after_all(const Problem& p, const Tensors& t, const Launch&) {
    static int launches = 0;
    if (++launches > 100) store(p, t.o, 0, 1e3f);
  }
};

// One that promises no bits.
Kernel tires() {
  Kernel kernel = faulty::kernel<WearsOut>("tires");
  kernel.deterministic = false;
  return kernel;
}

// Passes its check, which takes fewer launches, and fails when it is timed.
struct ThrowsLater : Right {
  static void after_all(const Problem&, const Tensors&, const Launch&) {
    static int launches = 0;
    if (++launches > 9) throw std::runtime_error("planted, later");
  }
};

Kernel fussy() {
  Kernel kernel = faulty::kernel<Right>("fussy");
  kernel.supports = [](const Problem& p) { return std::string(p.head_dim == 64 ? "" : "D is not 64"); };
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
  return bench::run_bench(list, argc, argv);
}
