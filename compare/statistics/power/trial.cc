#include "compare/statistics/power/trial.h"

#include <cmath>
#include <numeric>

#include "compare/statistics/power/rivals.h"
#include "compare/statistics/two_sample_rule.h"

namespace warpgauge::power {
namespace {

// SplitMix64's finaliser (Steele et al. 2014): neighbouring runs get unrelated generators.
std::uint64_t run_seed(std::uint64_t seed, int run) {
  std::uint64_t z = seed + 0x9e3779b97f4a7c15u * (static_cast<std::uint64_t>(run) + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

class Tally {
 public:
  Tally(const World& world, int runs) : world_(world), runs_(runs) {}

  void add(const std::vector<Decided>& decided, double mean_blocks = 0, bool null_failed = false) {
    const Decided expected = world_.shift > 0 ? Decided::regression : Decided::improvement;
    bool false_positive = false, fails = false;
    for (std::size_t c = 0; c < decided.size(); ++c) {
      fails |= decided[c] == Decided::regression;
      if (static_cast<int>(c) < world_.shifted) {
        rates_.found += decided[c] == expected;
        rates_.shifted_unchanged += decided[c] == Decided::unchanged;
      } else {
        false_positive |= decided[c] == Decided::regression || decided[c] == Decided::improvement;
        rates_.unchanged += decided[c] == Decided::unchanged;
      }
    }
    rates_.run_false_positive += false_positive;
    rates_.run_fails += fails;
    rates_.blocks += mean_blocks;
    rates_.null_failed += null_failed;
  }

  Rates rates() const {
    Rates rates = rates_;
    for (double* share : {&rates.run_false_positive, &rates.run_fails, &rates.blocks, &rates.null_failed})
      *share /= runs_;
    for (double* share : {&rates.found, &rates.shifted_unchanged})
      *share /= world_.shifted * static_cast<double>(runs_);
    rates.unchanged /= (world_.cases - world_.shifted) * static_cast<double>(runs_);
    return rates;  // NaN if there are no such cases
  }

 private:
  const World& world_;
  int runs_;
  Rates rates_;
};

std::vector<Decided> verdicts(const Outcome& outcome) {
  std::vector<Decided> decided;
  for (const Decision& decision : outcome.decisions) decided.push_back(decision.decided);
  return decided;
}

Decided by_sign(bool differs, double log_ratio) {
  if (!differs) return Decided::unchanged;
  return log_ratio > 0 ? Decided::regression : Decided::improvement;
}

// `base` and `head` numbers per case; first base is measured, then head.
std::vector<TwoSampleCase> two_sides(Machine& machine, int base, int head) {
  std::vector<TwoSampleCase> cases(machine.cases().size());
  for (int i = 0; i < base + head; ++i) {
    const std::vector<double> numbers = machine.process(i >= base);
    for (std::size_t c = 0; c < cases.size(); ++c)
      (i >= base ? cases[c].head : cases[c].base).push_back(numbers[c]);
  }
  return cases;
}

}  // namespace

Rates try_ab_rule(const World& world, int runs, std::uint64_t seed) {
  Tally tally(world, runs);
  for (int run = 0; run < runs; ++run) {
    Machine machine(world, run_seed(seed, run));
    AbPlan plan;
    plan.seed = run_seed(seed, run);
    AbRule rule(machine.cases(), plan);
    while (const AbLook* look = rule.next()) {
      std::vector<AbBlock> blocks;
      for (int b = look->first_block; b < look->last_block; ++b) blocks.push_back(machine.next_block());
      rule.take(blocks);
    }
    const AbOutcome outcome = rule.outcome();
    const double blocks = std::accumulate(
        outcome.decisions.begin(), outcome.decisions.end(), 0.0,
        [&, c = std::size_t{0}](double sum, const Decision&) mutable { return sum + rule.blocks_of(c++); });
    tally.add(verdicts(outcome), blocks / world.cases, outcome.null_control.verdict == NullVerdict::failed);
  }
  return tally.rates();
}

RivalRates try_rivals(const World& world, int runs, std::uint64_t seed) {
  constexpr int kRepetitions = 10;
  constexpr double kLevel = 0.05, kThreshold = 0.03;
  Tally mann_whitney(world, runs), threshold(world, runs);
  for (int run = 0; run < runs; ++run) {
    Machine machine(world, run_seed(seed, run));
    const std::vector<double> base = machine.process(false), head = machine.process(true);
    std::vector<Decided> by_ranks, by_means;
    for (std::size_t c = 0; c < base.size(); ++c) {
      const std::vector<double> x = machine.repetitions(base[c], kRepetitions);
      const std::vector<double> y = machine.repetitions(head[c], kRepetitions);
      const double ratio =
          std::accumulate(y.begin(), y.end(), 0.0) / std::accumulate(x.begin(), x.end(), 0.0);
      by_ranks.push_back(by_sign(mann_whitney_p(x, y) < kLevel, std::log(ratio)));
      by_means.push_back(by_sign(std::abs(ratio - 1) > kThreshold, std::log(ratio)));
    }
    mann_whitney.add(by_ranks);
    threshold.add(by_means);
  }
  return {mann_whitney.rates(), threshold.rates()};
}

Rates try_baseline_rule(const World& world, int stored, int fresh, int runs, std::uint64_t seed) {
  Tally tally(world, runs);
  for (int run = 0; run < runs; ++run) {
    Machine machine(world, run_seed(seed, run));
    const auto cases = two_sides(machine, stored, fresh);
    tally.add(verdicts(decide_against_baseline(cases, {})));
  }
  return tally.rates();
}

Rates try_baseline_round(const World& world, int stored, int processes, int runs, std::uint64_t seed) {
  Tally tally(world, runs);
  for (int run = 0; run < runs; ++run) {
    Machine machine(world, run_seed(seed, run));
    auto cases = two_sides(machine, stored, processes);
    for (TwoSampleCase& one : cases) {
      one.spread = round_spread(std::span(&one.head, 1));
      one.head = {round_number(one.head)};
    }
    tally.add(verdicts(decide_against_baseline(cases, {})));
  }
  return tally.rates();
}

Rates try_unpaired_rule(const World& world, int base, int head, double assumed, int runs,
                        std::uint64_t seed) {
  Tally tally(world, runs);
  for (int run = 0; run < runs; ++run) {
    Machine machine(world, run_seed(seed, run));
    const auto cases = two_sides(machine, base, head);
    tally.add(verdicts(decide_unpaired(cases, {0.01, assumed})));
  }
  return tally.rates();
}

namespace {

double correlated(double first, double second) {
  return kMetricCorrelation * first + std::sqrt(1 - kMetricCorrelation * kMetricCorrelation) * second;
}

// Two machines, of which the second adds to the first.
struct TwoMetrics {
  Machine first, second;
  TwoMetrics(const World& world, std::uint64_t seed) : first(world, seed), second(world, ~seed) {}

  std::vector<MetricCases> sides(int base, int head) {
    std::vector<MetricCases> metrics{two_sides(first, base, head), two_sides(second, base, head)};
    for (std::size_t c = 0; c < metrics[0].size(); ++c) {
      const TwoSampleCase& one = metrics[0][c];
      TwoSampleCase& other = metrics[1][c];
      for (std::size_t i = 0; i < one.base.size(); ++i)
        other.base[i] = correlated(one.base[i], other.base[i]);
      for (std::size_t i = 0; i < one.head.size(); ++i)
        other.head[i] = correlated(one.head[i], other.head[i]);
    }
    return metrics;
  }

  AbBlock next_block() {
    AbBlock block = first.next_block();
    const AbBlock other = second.next_block();
    const std::size_t cases = block.numbers.size();
    for (std::size_t c = 0; c < cases; ++c) {
      auto& numbers = block.numbers.emplace_back();
      for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = correlated(block.numbers[c][i], other.numbers[c][i]);
    }
    return block;
  }
};

std::vector<Decided> verdicts(const std::vector<Outcome>& outcomes) {
  std::vector<Decided> decided;
  for (const Outcome& outcome : outcomes)
    for (const Decision& decision : outcome.decisions) decided.push_back(decision.decided);
  return decided;
}

}  // namespace

Rates try_two_metrics_unpaired(const World& world, int base, int head, double assumed, int runs,
                               std::uint64_t seed) {
  Tally tally(world, runs);
  for (int run = 0; run < runs; ++run)
    tally.add(
        verdicts(decide_unpaired(TwoMetrics(world, run_seed(seed, run)).sides(base, head), {0.01, assumed})));
  return tally.rates();
}

Rates try_two_metrics_baseline(const World& world, int stored, int fresh, int runs, std::uint64_t seed) {
  Tally tally(world, runs);
  for (int run = 0; run < runs; ++run)
    tally.add(
        verdicts(decide_against_baseline(TwoMetrics(world, run_seed(seed, run)).sides(stored, fresh), {})));
  return tally.rates();
}

Rates try_two_metrics_ab(const World& world, int runs, std::uint64_t seed) {
  Tally tally(world, runs);
  for (int run = 0; run < runs; ++run) {
    TwoMetrics machine(world, run_seed(seed, run));
    std::vector<AbCase> cases = machine.first.cases();
    const std::vector<AbCase> of_first = cases;
    cases.insert(cases.end(), of_first.begin(), of_first.end());
    AbPlan plan;
    plan.seed = run_seed(seed, run);
    AbRule rule(std::move(cases), plan, 2);
    while (const AbLook* look = rule.next()) {
      std::vector<AbBlock> blocks;
      for (int b = look->first_block; b < look->last_block; ++b) blocks.push_back(machine.next_block());
      rule.take(blocks);
    }
    std::vector<Decided> decided = verdicts(rule.outcome(0));
    for (const Decided one : verdicts(rule.outcome(1))) decided.push_back(one);
    tally.add(decided);
  }
  return tally.rates();
}

}  // namespace warpgauge::power
