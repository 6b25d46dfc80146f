#include "bench/bench.h"

int main(int argc, char** argv) {
  return warpgauge::bench::run_bench(warpgauge::all_kernels(), argc, argv);
}
