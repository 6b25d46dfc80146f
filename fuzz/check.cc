#include "fuzz/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <exception>
#include <new>

#include "fuzz/check_memory.h"
#include "fuzz/relaunch.h"

namespace warpgauge {
namespace {

// Scratch memory of one launch, filled with poison, with guards.
class Workspace {
 public:
  Workspace(Backend backend, std::int64_t bytes, Guard guard)
      : used_((static_cast<std::size_t>(bytes) + 1) / 2 * 2),
        memory_(backend, used_, {.name = "the workspace", .guard = guard, .alignment = kAlignment}) {
    memory_.poison();
  }
  void* data() const { return memory_.data(); }
  // Whether the memory after it, as far as it is accessible, is unchanged.
  bool intact() const {
    std::vector<std::uint16_t> image(memory_.image_bytes() / 2);
    memory_.download(image.data());
    return std::all_of(image.begin() + static_cast<std::ptrdiff_t>(memory_.offset_of(0) + used_) / 2,
                       image.end(), [](std::uint16_t half) { return half == kPoison; });
  }

 private:
  static constexpr std::size_t kAlignment = 256;
  std::size_t used_;
  GuardedMemory memory_;
};

// Index of the first element whose bits differ, or the size. Any NaN equals any other.
std::size_t first_difference(const std::vector<float>& a, const std::vector<float>& b) {
  for (std::size_t n = 0; n < a.size(); ++n)
    if (std::bit_cast<std::uint32_t>(a[n]) != std::bit_cast<std::uint32_t>(b[n]) &&
        !(a[n] != a[n] && b[n] != b[n]))
      return n;
  return a.size();
}

std::vector<Failure> compare_runs(const Output& first, const Output& second, InputFamily family) {
  std::vector<Failure> failures;
  const auto compare = [&](const char* name, const std::vector<float>& a, const std::vector<float>& b) {
    if (const std::size_t n = first_difference(a, b); n < a.size())
      failures.push_back(
          {Property::repeats, family,
           fmt::format("{} differs between two runs at element {}: {:.9g} and {:.9g}", name, n, a[n], b[n])});
  };
  compare("O", first.o, second.o);
  compare("LSE", first.lse, second.lse);
  return failures;
}

// Launches again while the stream is held. If outputs are written nevertheless, the kernel works on another
// stream, and a timing would not see that work. Must follow a run: the first launch loads code, which may
// wait for the device.
std::vector<Failure> check_stream(const Kernel& kernel, GuardedTensors& tensors, InputFamily family) {
  const Workspace workspace(kernel.backend, kernel.workspace(tensors.problem(), 1), Guard::bands);
  const Stream stream(kernel.backend);
  tensors.poison_outputs();
  Output seen;
  bool held = false;
  try {
    held = stream.hold_while(
        [&] {
          kernel.launch(tensors.problem(), tensors.tensors(),
                        {.stream = stream.get(), .workspace = workspace.data()});
        },
        [&] { seen = tensors.download(); });
  } catch (const std::exception& error) {
    throw LaunchFailure(error.what());
  }
  const TensorShape shape = lse_shape(tensors.problem());
  const auto rows = static_cast<std::size_t>(shape.blocks * shape.heads * shape.rows);
  if (!held || (seen.unwritten_rows.size() == rows && seen.unwritten_lse_rows.size() == rows)) return {};
  return {{Property::on_stream, family,
           "O or LSE were written while Launch::stream was held: the kernel works on another stream"}};
}

// Checks one kernel on one problem, one family of inputs after the other.
class Checker {
 public:
  Checker(const Kernel& kernel, const Problem& problem, std::uint64_t seed, const CheckOptions& options)
      : kernel_(kernel),
        problem_(problem),
        seed_(seed),
        options_(options),
        tensors_(kernel.backend, problem,
                 options.strides ? *options.strides : layout_tensors(problem, options.layout),
                 options.guard) {}

  void run(InputFamily family, bool is_main, CheckResult& result) {
    Inputs inputs = make_inputs(problem_, family, seed_);
    share_rows(inputs, tensors_.tensors());
    tensors_.upload(inputs);
    Output output;
    try {
      // The seeds differ: an emulated kernel must not depend on the order of its threads.
      output = run_kernel(kernel_, tensors_, options_.threads, seed_);
      if (is_main && options_.repeat && kernel_.deterministic)
        add(compare_runs(output, run_kernel(kernel_, tensors_, options_.threads, seed_ + 1), family), result);
      if (is_main && kernel_.backend == Backend::cuda) add(check_stream(kernel_, tensors_, family), result);
    } catch (const LaunchFailure& failure) {
      return add({{Property::launches, family, failure.what()}}, result);
    }
    for (const std::string& violation : tensors_.violations())
      add({{Property::stays_inside, family, violation}}, result);
    if (has_closed_form(family, problem_)) {
      add(compare_counting(output, inputs, kernel_.rounding), result);
    } else {
      const auto reference = cache().get(inputs, options_.oracle, kernel_.rounding);
      add(compare_output(output, inputs, *reference, is_main ? &result.accuracy : nullptr), result);
    }
    if (is_main) result.output_hash = hash_output(output);
    if (is_main && options_.relaunch) relaunch(inputs, output, result);
  }

 private:
  static void add(std::vector<Failure> failures, CheckResult& result) {
    result.failures.insert(result.failures.end(), failures.begin(), failures.end());
  }
  ReferenceCache& cache() { return options_.cache ? *options_.cache : own_cache_; }

  void relaunch(const Inputs& inputs, const Output& output, CheckResult& result) {
    const RelaunchCase again{kernel_, seed_, options_.threads, tensors_};
    try {
      const auto reference = has_closed_form(inputs.family, problem_)
                                 ? nullptr
                                 : cache().get(inputs, options_.oracle, kernel_.rounding);
      // All operands matter in normal inputs. This launch comes first: a kernel may remember the last
      // pointers.
      Inputs others = make_inputs(problem_, InputFamily::normal, seed_ + 1);
      share_rows(others, tensors_.tensors());
      add(relaunch_with_other_contents(again, others,
                                       *cache().get(others, options_.oracle, kernel_.rounding)),
          result);
      add(relaunch_elsewhere(again, inputs, reference.get()), result);
      if (kernel_.batch_invariant) add(launch_one_query(again, inputs, output), result);
    } catch (const LaunchFailure& failure) {
      add({{Property::relaunches, inputs.family, failure.what()}}, result);
    }
  }

  const Kernel& kernel_;
  Problem problem_;
  std::uint64_t seed_;
  CheckOptions options_;
  GuardedTensors tensors_;
  ReferenceCache own_cache_;
};

}  // namespace

const char* property_name(Property property) {
  switch (property) {
    case Property::launches:
      return "launches";
    case Property::on_stream:
      return "on_stream";
    case Property::output:
      return "output";
    case Property::lse:
      return "lse";
    case Property::non_finite:
      return "non_finite";
    case Property::writes_all:
      return "writes_all";
    case Property::stays_inside:
      return "stays_inside";
    case Property::repeats:
      return "repeats";
    case Property::relaunches:
      return "relaunches";
    case Property::stands_alone:
      return "stands_alone";
  }
  return "?";
}

std::string CheckResult::report() const {
  std::string text;
  for (const Failure& failure : failures)
    text += fmt::format("{} ({}): {}\n", property_name(failure.property), family_name(failure.family),
                        failure.message);
  if (!not_checked.empty()) text += fmt::format("not checked: {}\n", not_checked);
  return text;
}

Output run_kernel(const Kernel& kernel, GuardedTensors& tensors, int threads, std::uint64_t schedule_seed) {
  const Workspace workspace(kernel.backend, kernel.workspace(tensors.problem(), threads), tensors.guard());
  const Stream stream(kernel.backend);
  tensors.poison_outputs();
  try {
    kernel.launch(tensors.problem(), tensors.tensors(),
                  {.threads = threads,
                   .stream = stream.get(),
                   .workspace = workspace.data(),
                   .schedule_seed = schedule_seed});
    synchronize(kernel.backend);
  } catch (const std::exception& error) {
    throw LaunchFailure(error.what());
  }
  if (!workspace.intact()) throw LaunchFailure("wrote past the end of its workspace");
  return tensors.download();
}

CheckResult check(const Kernel& kernel, const Problem& problem, std::uint64_t seed,
                  const CheckOptions& options) {
  CheckResult result;
  result.not_checked = memory_shortage(kernel, problem, options.threads);
  if (!result.not_checked.empty()) return result;
  try {
    Checker checker(kernel, problem, seed, options);
    checker.run(options.family, true, result);
    if (options.probes)
      for (InputFamily family : {InputFamily::counting, InputFamily::needles})
        if (family != options.family) checker.run(family, false, result);
  } catch (const std::bad_alloc&) {
    result.not_checked = fmt::format("out of memory: {}", memory_needed(kernel, problem, options.threads));
  } catch (const std::exception& error) {  // the device has no memory left, or was lost
    result.not_checked = error.what();
  }
  return result;
}

}  // namespace warpgauge
