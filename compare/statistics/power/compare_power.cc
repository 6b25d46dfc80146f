// compare_power [--quick] [--runs N] [--seed N]: error rates and power of the decision rules, by simulation
// with the decision code itself. Prints tables; exits 1 if a target is missed.
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

#include "compare/statistics/power/scenes.h"
#include "compare/statistics/power/targets.h"

namespace warpgauge::power {
namespace {

struct Options {
  int runs = 200;
  std::uint64_t seed = 1;
  bool quick = false;
};

std::string scene_name(const World& world) {
  char text[96];
  std::snprintf(text, sizeof text, "%d of %d, %.2f %%", world.shifted, world.cases, 100 * world.own);
  std::string name = text;
  if (world.shared > 0) name += ", shared " + rate(100 * world.shared, "%.2f") + " %";
  if (world.controls > 0) name += ", " + std::to_string(world.controls) + " controls";
  if (world.noise != Noise::gaussian) name += std::string(", ") + noise_name(world.noise);
  return name;
}

World shifted_by(World world, double shift) {
  world.shift = shift;
  return world;
}

World without_shift(World world) {
  world.shifted = 0;
  return world;
}

void run_scene(const Scene& scene, const Options& options, Targets& targets) {
  const auto at = [&](double shift) {
    return try_ab_rule(shifted_by(scene.world, scene.faster ? -shift : shift), options.runs, options.seed);
  };
  const Rates null = try_ab_rule(without_shift(scene.world), options.runs, options.seed);
  const Rates three = at(0.03);
  const double nothing = std::nan("");
  const double two = options.quick ? nothing : at(0.02).found,
               five = options.quick ? nothing : at(0.05).found;
  const std::string name = scene_name(scene.world) + (scene.faster ? ", faster" : "");
  std::printf("| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", name.c_str(),
              rate(null.run_false_positive).c_str(), rate(two).c_str(), rate(three.found).c_str(),
              rate(five).c_str(), rate(three.run_fails).c_str(), rate(three.unchanged).c_str(),
              rate(three.shifted_unchanged, "%.4f").c_str(), rate(three.blocks, "%.1f").c_str());
  std::fflush(stdout);
  targets.at_most(name, "A/A runs with a false positive", null.run_false_positive, scene.most_false_positive);
  targets.at_most(name, "runs with a false positive", three.run_false_positive, scene.most_false_positive);
  targets.at_least(name, "found", three.found, scene.least_found);
  targets.at_least(name, "runs that fail", three.run_fails, scene.least_run_fails);
  targets.at_least(name, "unchanged proved", three.unchanged, scene.least_unchanged);
  targets.less(name, "shifted called unchanged", three.shifted_unchanged, scene.most_shifted_unchanged);
  if (scene.most_blocks < AbPlan().max_blocks)
    targets.at_most(name, "mean blocks", three.blocks, scene.most_blocks);
  targets.at_most(name, "null controls that failed", null.null_failed, AbPlan().alpha);
}

void run_ab(const Options& options, Targets& targets) {
  std::puts(
      "The A/B rule, blocks 6..24, alpha .01; columns without a percentage are at 3 %\n\n"
      "| cases shifted, deviation | A/A false positives | found 2 % | found 3 % | found 5 % | run fails | "
      "unchanged | shifted called unchanged | blocks |\n|---|---|---|---|---|---|---|---|---|");
  for (const Scene& scene : ab_scenes()) run_scene(scene, options, targets);
}

void run_rivals(const Options& options) {
  std::puts(
      "\nOne process of ten repetitions per side: Mann-Whitney at .05, and means that differ by more than 3 "
      "%\n\n"
      "| cases shifted, deviation | A/A false positives, Mann-Whitney | found 3 % | unchanged | "
      "A/A false positives, threshold | found 3 % | unchanged |\n|---|---|---|---|---|---|---|");
  for (const Scene& scene : ab_scenes()) {
    if (scene.world.controls > 0 || scene.faster) continue;
    const RivalRates null = try_rivals(without_shift(scene.world), options.runs, options.seed);
    const RivalRates three = try_rivals(shifted_by(scene.world, 0.03), options.runs, options.seed);
    std::printf("| %s | %s | %s | %s | %s | %s | %s |\n", scene_name(scene.world).c_str(),
                rate(null.mann_whitney.run_false_positive).c_str(), rate(three.mann_whitney.found).c_str(),
                rate(three.mann_whitney.unchanged).c_str(), rate(null.threshold.run_false_positive).c_str(),
                rate(three.threshold.found).c_str(), rate(three.threshold.unchanged).c_str());
  }
}

void print_two_sample(const std::string& name, const Rates& null, const Rates& three) {
  std::printf("| %s | %s | %s | %s | %s |\n", name.c_str(), rate(null.run_false_positive).c_str(),
              rate(three.found).c_str(), rate(three.unchanged).c_str(),
              rate(three.shifted_unchanged, "%.4f").c_str());
}

void run_two_samples(const Options& options, Targets& targets) {
  std::puts(
      "\nThe baseline rule and the unpaired rule, 4 of 200 cases\n\n"
      "| sides, deviation | A/A false positives | found 3 % | unchanged | shifted called unchanged |\n"
      "|---|---|---|---|---|");
  World world;
  world.own = 0.005;
  for (const double spread : {0.0, 0.3}) {
    world.own_spread = spread;
    for (const double shared : {0.0, 0.005}) {
      world.shared = shared;
      for (const int fresh : {1, 3}) {
        const std::string name = "10 stored rounds, " + std::to_string(fresh) + " new, .5 %" +
                                 (spread > 0 ? " (log-deviation .3)" : "") +
                                 (shared > 0 ? ", shared .5 %" : "");
        const Rates null = try_baseline_rule(without_shift(world), 10, fresh, options.runs, options.seed);
        const Rates three = try_baseline_rule(world, 10, fresh, options.runs, options.seed);
        print_two_sample(name, null, three);
        targets.at_most(name, "A/A runs with a false positive", null.run_false_positive, 0.01);
        if (fresh == 3 && spread == 0 && shared == 0) targets.at_least(name, "found", three.found, 0.95);
      }
    }
  }
  for (const int processes : {1, 3, 5, 10}) {
    const std::string name = std::to_string(processes) + " processes per side, .5 %, shared .5 %";
    const Rates null =
        try_unpaired_rule(without_shift(world), processes, processes, 0.05, options.runs, options.seed);
    const Rates three = try_unpaired_rule(world, processes, processes, 0.05, options.runs, options.seed);
    print_two_sample(name, null, three);
    targets.at_most(name, "A/A runs with a false positive", null.run_false_positive, 0.01);
  }
  world.shift = 1;
  const Rates doubled = try_unpaired_rule(world, 1, 1, 0.05, options.runs, options.seed);
  targets.at_least("1 process per side, twice the time", "found", doubled.found, 1);
}

// Calls row(sides, rates) for every rule and number of units.
template <typename Row>
void for_all_rules(const World& world, const Options& options, Row row) {
  row("ab, blocks 6..24", try_ab_rule(world, options.runs, options.seed));
  for (const int processes : {6, 8, 12, 24}) {
    row(std::to_string(processes) + " processes per side",
        try_unpaired_rule(world, processes, processes, 0.05, options.runs, options.seed));
  }
  row("10 stored rounds, 6 new", try_baseline_rule(world, 10, 6, options.runs, options.seed));
  row("10 stored rounds, 1 new of 6 processes", try_baseline_round(world, 10, 6, options.runs, options.seed));
}

// If single processes of head are slow, or of base fast, no case may be called unchanged, however well the
// other processes agree.
void run_now_and_then(const Options& options, Targets& targets) {
  std::puts(
      "\nOne in N processes of head is 1.5 times slower in all 200 cases, or one of base 1.5 times faster, "
      ".5 %\n\n"
      "| sides | what | called unchanged |\n|---|---|---|");
  for (const bool base : {false, true}) {
    for (const int one_in : options.quick ? std::vector{6} : std::vector{3, 4, 6}) {
      World world;
      world.own = 0.005;
      world.shifted = world.cases;
      world.slow_base = base;
      world.shift = base ? 1 / 1.5 - 1 : 0.5;
      world.slow_one_in = one_in;
      const std::string what = (base ? "base fast, one in " : "head slow, one in ") + std::to_string(one_in);
      for_all_rules(world, options, [&](const std::string& sides, const Rates& rates) {
        std::printf("| %s | %s | %s |\n", sides.c_str(), what.c_str(),
                    rate(rates.shifted_unchanged, "%.4f").c_str());
        std::fflush(stdout);
        targets.at_most(sides + ", " + what, "called unchanged", rates.shifted_unchanged, 0.01);
      });
    }
  }
}

// If the processes of both sides have two speeds, by chance, identical sides must not be called different.
// There is no target for three or four processes per side: too often all processes of a side have one speed.
void run_two_speeds(const Options& options, Targets& targets) {
  std::puts(
      "\nA process of either side is slower by 20 % in all 200 cases with this probability, .5 %; no case is "
      "shifted\n\n| sides | probability | A/A false positives | unchanged |\n|---|---|---|---|");
  for (const double chance : options.quick ? std::vector{0.5} : std::vector{0.1, 0.25, 0.33, 0.5}) {
    World world;
    world.own = 0.005;
    world.shifted = 0;
    world.slow_speed = chance;
    const std::string at = rate(chance, "%.2f");
    const auto row = [&](const std::string& sides, const Rates& rates) {
      std::printf("| %s | %s | %s | %s |\n", sides.c_str(), at.c_str(),
                  rate(rates.run_false_positive).c_str(), rate(rates.unchanged).c_str());
      std::fflush(stdout);
    };
    for (const int processes : {3, 4})
      row(std::to_string(processes) + " processes per side",
          try_unpaired_rule(world, processes, processes, 0.05, options.runs, options.seed));
    for_all_rules(world, options, [&](const std::string& sides, const Rates& rates) {
      row(sides, rates);
      targets.at_most(sides + ", two speeds, " + at, "A/A runs with a false positive",
                      rates.run_false_positive, 0.01);
    });
  }
}

// One file per side of a machine whose cases have heavy tails, far above the assumed 5 %. 4 of 200 cases take
// twice the time.
void run_heavy_tails(const Options& options, Targets& targets) {
  std::puts(
      "\n1 process per side, t4 noise that differs over the cases (log-deviation .7); 4 of 200 cases "
      "doubled\n\n"
      "| deviation | A/A false positives | found |\n|---|---|---|");
  for (const double own : {0.03, 0.05, 0.08}) {
    World world;
    world.own = own;
    world.own_spread = 0.7;
    world.noise = Noise::t4;
    world.shift = 1;
    const Rates null = try_unpaired_rule(without_shift(world), 1, 1, 0.05, options.runs, options.seed);
    const Rates doubled = try_unpaired_rule(world, 1, 1, 0.05, options.runs, options.seed);
    const std::string name = rate(100 * own, "%.0f") + " %";
    std::printf("| %s | %s | %s |\n", name.c_str(), rate(null.run_false_positive).c_str(),
                rate(doubled.found).c_str());
    targets.at_most_out_of_reach("heavy tails, " + name, "A/A runs with a false positive",
                                 null.run_false_positive, 0.15);
    if (own < 0.05) targets.at_least("heavy tails, " + name, "found", doubled.found, 0.8);
  }
}

// Head is slower by 11 % in one case, and one process of head measured that case far too slow.
void run_bad_measurements(const Options& options, Targets& targets) {
  std::puts(
      "\nOne case of 200 is slower by 11 %, and one process of head measured it too slow, .5 %\n\n"
      "| processes per side | times too slow | found |\n|---|---|---|");
  for (const auto& [processes, factor] : {std::pair{24, 50.0}, {8, 2.0}, {5, 2.0}}) {
    World world;
    world.own = 0.005;
    world.shifted = 1;
    world.shift = 0.11;
    world.bad_measurement = factor;
    const Rates rates = try_unpaired_rule(world, processes, processes, 0.05, options.runs, options.seed);
    std::printf("| %d | %s | %s |\n", processes, rate(factor, "%.0f").c_str(), rate(rates.found).c_str());
    targets.at_least(std::to_string(processes) + " per side, one bad measurement", "found", rates.found,
                     0.95);
  }
}

// Excluding the rarer speed of each side would leave two speeds.
void run_two_speed_cases(const Options& options, Targets& targets) {
  std::puts(
      "\nOne case of 200 is slower by 75 % in every other process of either side, at random, .5 %\n\n"
      "| processes per side | A/A false positives |\n|---|---|");
  for (const int processes : {5, 6, 8, 12, 24}) {
    World world;
    world.own = 0.005;
    world.shifted = 0;
    world.two_speed_cases = 1;
    const Rates rates = try_unpaired_rule(world, processes, processes, 0.05, options.runs, options.seed);
    std::printf("| %d | %s |\n", processes, rate(rates.run_false_positive).c_str());
    targets.at_most(std::to_string(processes) + " per side, a case with two speeds",
                    "A/A runs with a false positive", rates.run_false_positive, 0.01);
  }
}

// All cases of both metrics are one family.
void run_two_metrics(const Options& options, Targets& targets) {
  std::printf(
      "\nTwo metrics, correlated by %.1f; none of the 200 cases is shifted, .5 %%, shared .5 %%\n\n"
      "| sides | A/A false positives | unchanged |\n|---|---|---|\n",
      kMetricCorrelation);
  World world;
  world.own = world.shared = 0.005;
  world.shifted = 0;
  const auto row = [&](const std::string& sides, const Rates& rates) {
    std::printf("| %s | %s | %s |\n", sides.c_str(), rate(rates.run_false_positive).c_str(),
                rate(rates.unchanged / 2).c_str());
    std::fflush(stdout);
    targets.at_most(sides + ", two metrics", "A/A runs with a false positive", rates.run_false_positive,
                    0.01);
  };
  for (const int processes : {1, 3, 5})
    row(std::to_string(processes) + " processes per side",
        try_two_metrics_unpaired(world, processes, processes, 0.05, options.runs, options.seed));
  row("10 stored rounds, 1 new", try_two_metrics_baseline(world, 10, 1, options.runs, options.seed));
  row("blocks 6..24", try_two_metrics_ab(world, options.runs, options.seed));
}

}  // namespace
}  // namespace warpgauge::power

int main(int argc, char** argv) {
  using namespace warpgauge::power;
  CLI::App app("Error rates and power of the decision rules of warpgauge-compare, by simulation");
  Options options;
  app.add_flag("--quick", options.quick,
               "40 runs per row, shifts of 0 and 3 % only, one probability of two speeds only");
  CLI::Option* runs = app.add_option("--runs", options.runs, "runs per row")->check(CLI::Range(1, 1000000));
  app.add_option("--seed", options.seed, "seed of the simulation");
  CLI11_PARSE(app, argc, argv);
  if (options.quick && runs->count() == 0) options.runs = 40;
  Targets targets(options.quick ? options.runs : 0);
  run_ab(options, targets);
  run_rivals(options);
  run_two_samples(options, targets);
  run_now_and_then(options, targets);
  run_two_speeds(options, targets);
  run_heavy_tails(options, targets);
  run_bad_measurements(options, targets);
  run_two_speed_cases(options, targets);
  run_two_metrics(options, targets);
  std::fputs(targets.summary().c_str(), stdout);
  return targets.missed() ? 1 : 0;
}
