// compare_power [--quick] [--runs N] [--seed N] [--only TEXT]: how often the rules are right, by simulation
// through the very decision code. Prints tables; exits 1 where a target is missed.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "compare/statistics/power/trial.h"

using namespace warpgauge;
using namespace warpgauge::power;
static void row(const World& w, int runs, std::uint64_t seed) {
  auto t = std::chrono::steady_clock::now();
  Rates r = try_ab_rule(w, runs, seed);
  double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
  std::printf("%-40s %-9s fr %.3f rr %.3f found %.3f shun %.4f unch %.4f blocks %.2f null %.3f  %.1fs\n",
              w.name.c_str(), noise_name(w.noise), r.run_false_red, r.run_red, r.found, r.shifted_unchanged,
              r.unchanged, r.blocks, r.null_failed, s);
  std::fflush(stdout);
}
int main(int argc, char** argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 100;
  World w;
  w = {"4 of 200 .95"};
  row(w, runs, 1);
  w.noise = Noise::t4;
  row(w, runs, 1);
  w = {"4 of 200 1.55"};
  w.own = .0155;
  row(w, runs, 1);
  for (double c : {.0065, .02, .03}) {
    w = {"A/A shared"};
    w.shifted = 0;
    w.own = .006;
    w.shared = c;
    row(w, runs, 1);
  }
  for (double c : {0., .0065, .012, .02}) {
    w = {"all shared"};
    w.shifted = 200;
    w.own = .006;
    w.shared = c;
    row(w, runs, 1);
  }
  for (double c : {0., .0065, .02}) {
    w = {"half shared"};
    w.shifted = 100;
    w.own = .006;
    w.shared = c;
    row(w, runs, 1);
  }
  for (double c : {.0065, .02}) {
    w = {"4 shared"};
    w.own = .006;
    w.shared = c;
    row(w, runs, 1);
  }
  for (Noise n :
       {Noise::gaussian, Noise::t4, Noise::drifting, Noise::bursts, Noise::bad_process, Noise::bimodal}) {
    w = {"4 of 200 .95"};
    w.noise = n;
    row(w, runs, 2);
    w.shifted = 0;
    w.name = "A/A .95";
    row(w, runs, 3);
  }
}
