#include "compare/decide/rivals.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/usage_error.h"
#include "compare/decide/gate.h"
#include "compare/decide/identity.h"
#include "compare/decide/match.h"
#include "compare/decide/process_numbers.h"
#include "compare/statistics/interval.h"

namespace warpgauge {
namespace {

// One kernel on one problem.
struct Variant {
  const CasePair* pair = nullptr;  // all of its measurements are `head`
  std::string kernel;
  double number = 0;  // mean of the logs of the process numbers; smaller is better
};

struct Problem {
  std::string name;
  std::vector<Variant> ours, peers;
};

const Variant& best_of(const std::vector<Variant>& variants) {
  return *std::ranges::min_element(variants, {}, &Variant::number);
}

std::array<double, 2> exp_of(const LogInterval& interval) {
  return {std::exp(interval.low()), std::exp(interval.high())};
}

class RivalComparer {
 public:
  RivalComparer(const ResultSet& results, const RivalOptions& options)
      : results_(results),
        options_(options),
        plan_{options.metric, options.statistic.value_or(default_statistic(results))},
        deviation_(options.process_cv.value_or(default_deviation(results))),
        matching_(match_cases({}, results)) {
    rivals_.metric = options.metric.name;
    rivals_.statistic = statistic_name(plan_.statistic);
    take_contexts();
  }

  Rivals compare() {
    for (const CasePair& pair : matching_.pairs) sort_in(pair);
    std::vector<LogInterval> ratios;
    for (const Problem& problem : problems_) compare(problem, ratios);
    if (!ratios.empty()) {
      const LogInterval mean = mean_over_cases(ratios);
      rivals_.ratio = std::exp(mean.value);
      rivals_.ci = exp_of(mean);
      if (mean.assumed) rivals_.assumed_deviation = deviation_;
    }
    std::ranges::stable_sort(rivals_.cases, std::greater(), &RivalCase::ratio);
    return std::move(rivals_);
  }

 private:
  void take_contexts() {
    ContextComparison contexts = compare_contexts(results_, results_);
    rivals_.is_other_machine = contexts.forbidden() && !options_.allow_hardware_mismatch;
    rivals_.differences = std::move(contexts.differences);
    if (rivals_.is_other_machine) rivals_.notes.push_back(note::DifferentMachines{});
    for (const Process& process : results_.processes)
      for (const std::string& warning : process.warnings) rivals_.notes.push_back(note::InputRemark{warning});
    rivals_.notes.insert(rivals_.notes.end(), contexts.notes.begin(), contexts.notes.end());
    const Context& last = results_.processes.back().context;
    rivals_.context = last.info;
    for (const auto* part : {&last.identity, &last.state, &last.settings})
      rivals_.context.insert(part->begin(), part->end());
  }

  void sort_in(const CasePair& pair) {
    auto split = options_.ours.split(pair.name);
    const bool is_ours = split.has_value();
    if (!is_ours) split = options_.peers.split(pair.name);
    if (!split) return;
    if (const auto* failed = std::get_if<Failed>(&pair.why);
        failed && pair.presence == CasePresence::failed) {
      rivals_.failures.push_back({pair.name, failed->file, failed->message, is_ours});
      return;
    }
    const CaseNumbers numbers = numbers_of(pair, {}, results_, plan_);
    double sum = 0, count = 0;
    for (const double one : numbers.head.processes) {
      if (std::isnan(one)) continue;
      sum += one;
      ++count;
    }
    const auto [place, is_new] = places_.try_emplace(split->problem, problems_.size());
    if (is_new) problems_.push_back({split->problem.empty() ? pair.name : split->problem, {}, {}});
    Problem& problem = problems_[place->second];
    (is_ours ? problem.ours : problem.peers).push_back({&pair, split->kernel, sum / count});
  }

  void compare(const Problem& problem, std::vector<LogInterval>& ratios) {
    const auto list = [](const std::vector<Variant>& variants, std::vector<std::string>& names) {
      for (const Variant& one : variants) names.push_back(one.pair->name);
    };
    if (problem.peers.empty()) return list(problem.ours, rivals_.only_ours);
    if (problem.ours.empty()) return list(problem.peers, rivals_.only_peers);
    const Variant &ours = best_of(problem.ours), &peer = best_of(problem.peers);
    CasePair both;
    both.base = peer.pair->head;
    both.head = ours.pair->head;
    const CaseNumbers numbers = numbers_of(both, results_, results_, plan_);
    const LogInterval of_ours = mean_interval(numbers.head.processes, deviation_);
    const LogInterval of_peer = mean_interval(numbers.base.processes, deviation_);
    const LogInterval ratio = difference_interval(numbers.head.processes, numbers.base.processes, deviation_);
    ratios.push_back(ratio);
    RivalCase one{.name = problem.name,
                  .ours = kernel_of(ours, of_ours, numbers.head.summary),
                  .peer = kernel_of(peer, of_peer, numbers.base.summary),
                  .ratio = std::exp(ratio.value),
                  .ci = exp_of(ratio),
                  .cliffs_delta = numbers.cliffs_delta.value_or(0)};
    const bool is_proved =
        are_apart(of_ours, of_peer) && std::abs(one.cliffs_delta) >= kLeastDelta && !rivals_.is_other_machine;
    if (is_proved && ratio.value < 0 && one.cliffs_delta < 0) one.verdict = RivalVerdict::win;
    if (is_proved && ratio.value > 0 && one.cliffs_delta > 0) one.verdict = RivalVerdict::loss;
    rivals_.cases.push_back(std::move(one));
  }

  // In the metric's unit: numbers are of reciprocals if higher is better.
  RivalKernel kernel_of(const Variant& variant, const LogInterval& interval,
                        const SideSummary& summary) const {
    const bool higher = options_.metric.better == Better::higher;
    const auto unit = [&](double number) { return std::exp(higher ? -number : number); };
    RivalKernel kernel{.kernel = variant.kernel,
                       .name = variant.pair->name,
                       .value = unit(interval.value),
                       .ci = {unit(interval.low()), unit(interval.high())},
                       .processes = summary.processes.value_or(0),
                       .samples = summary.samples.value_or(0)};
    if (higher) std::swap(kernel.ci[0], kernel.ci[1]);
    return kernel;
  }

  const ResultSet& results_;
  const RivalOptions& options_;
  NumberPlan plan_;
  double deviation_;
  Matching matching_;
  std::vector<Problem> problems_;
  std::map<std::string, std::size_t> places_;  // by the rest of the name
  Rivals rivals_;
};

}  // namespace

KernelPattern::KernelPattern(std::string_view expression) {
  re2::RE2::Options options;
  options.set_log_errors(false);  // the caller reports them
  const auto compiled =
      std::make_shared<re2::RE2>(re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok())
    throw bad_value(expression, "is not a regular expression: " + compiled->error(),
                    "write RE2 syntax, with \\ before a literal special character");
  if (re2::RE2::FullMatch("", *compiled))
    throw bad_value(expression, "matches the empty text, which names no kernel",
                    "name the kernel: '^cpu/flash'");
  expression_ = compiled;
}

std::optional<KernelPattern::Split> KernelPattern::split(std::string_view name) const {
  re2::StringPiece match;
  const re2::StringPiece text(name.data(), name.size());
  if (!expression_->Match(text, 0, text.size(), re2::RE2::UNANCHORED, &match, 1)) return std::nullopt;
  const auto begin = static_cast<std::size_t>(match.data() - name.data());
  std::string problem(name.substr(0, begin));
  problem += name.substr(begin + match.size());
  if (problem.starts_with('/')) problem.erase(0, 1);
  return Split{std::string(match.data(), match.size()), std::move(problem)};
}

const char* rival_verdict_name(RivalVerdict verdict) {
  switch (verdict) {
    case RivalVerdict::win:
      return "win";
    case RivalVerdict::loss:
      return "loss";
    case RivalVerdict::undecided:
      break;
  }
  return "undecided";
}

std::size_t Rivals::count(RivalVerdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(cases, verdict, &RivalCase::verdict));
}

Rivals compare_rivals(const ResultSet& results, const RivalOptions& options) {
  return RivalComparer(results, options).compare();
}

int exit_code_of(const Rivals& rivals) {
  if (rivals.count(RivalVerdict::loss) > 0 || std::ranges::any_of(rivals.failures, &RivalFailure::is_ours))
    return 1;
  return rivals.cases.empty() || rivals.is_other_machine ? 4 : 0;
}

}  // namespace warpgauge
