#include "compare/statistics/power/scenes.h"

namespace warpgauge::power {
namespace {

// Deviation of a case's own noise: on a quiet machine, on a noisy one, and with a random effect of the
// process.
constexpr double kOwn = 0.0095, kNoisy = 0.0155, kBesideShared = 0.006;

Scene scene(int shifted, double own, double shared, Noise noise = Noise::gaussian) {
  Scene one;
  one.world.shifted = shifted;
  one.world.own = own;
  one.world.shared = shared;
  one.world.noise = noise;
  return one;
}

}  // namespace

std::vector<Scene> ab_scenes() {
  std::vector<Scene> scenes;
  for (const Noise noise : {Noise::gaussian, Noise::t4, Noise::drifting, Noise::bimodal}) {
    Scene quiet = scene(4, kOwn, 0, noise);
    quiet.least_found = 0.97;
    quiet.least_unchanged = 0.99;
    quiet.most_blocks = 8;
    scenes.push_back(quiet);
  }
  Scene bad = scene(4, kOwn, 0, Noise::bad_process);
  bad.least_found = 0.97;
  bad.least_unchanged = 0.99;
  scenes.push_back(bad);
  Scene bursts = scene(4, kOwn, 0, Noise::bursts);
  bursts.most_shifted_unchanged = 0.001;
  scenes.push_back(bursts);
  // Five cases that become noisy after the prior of their variances is fixed.
  Scene spikes = scene(1, kNoisy, 0, Noise::late_spikes);
  spikes.world.cases = 5;
  spikes.most_shifted_unchanged = 0.001;
  scenes.push_back(spikes);

  Scene noisy = scene(4, kNoisy, 0);
  noisy.least_found = 0.8;
  noisy.most_shifted_unchanged = 0.001;
  scenes.push_back(noisy);
  scenes.push_back(scene(100, kOwn, 0));
  scenes.push_back(scene(200, kOwn, 0));

  Scene few = scene(4, kBesideShared, 0.0065);
  few.least_found = 0.95;
  Scene half = scene(100, kBesideShared, 0.0065);
  half.least_found = half.least_unchanged = 0.95;
  Scene all = scene(200, kBesideShared, 0.0065);
  all.least_run_fails = 0.97;
  Scene few_far = scene(4, kBesideShared, 0.02);
  few_far.least_found = 0.95;
  Scene all_far = scene(200, kBesideShared, 0.02);
  all_far.most_shifted_unchanged = 1e-9;  // none
  for (const Scene& one : {few, half, all, few_far, scene(100, kBesideShared, 0.02), all_far})
    scenes.push_back(one);

  // The bulk became faster: unchanged cases lie behind the median, but are not slower.
  for (const double shared : {0.0, 0.02}) {
    Scene faster = scene(180, kBesideShared, shared);
    faster.faster = true;
    scenes.push_back(faster);
  }

  // Five of the cases are controls: the machine's own shift is subtracted.
  Scene controlled = scene(195, kBesideShared, 0.02);
  controlled.world.controls = 5;
  controlled.least_run_fails = 0.97;
  scenes.push_back(controlled);
  return scenes;
}

}  // namespace warpgauge::power
