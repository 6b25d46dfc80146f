#include "fuzz/selection.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/similar.h"
#include "base/usage_error.h"

namespace warpgauge {
namespace {

std::vector<std::string> known_ids(std::span<const Kernel* const> kernels,
                                   std::span<const std::string> unbuilt) {
  std::vector<std::string> ids;
  for (const Kernel* kernel : kernels) ids.push_back(kernel->id());
  ids.insert(ids.end(), unbuilt.begin(), unbuilt.end());
  return ids;
}

[[noreturn]] void reject(std::string_view flag, const std::string& name, std::string_view what,
                         const std::vector<std::string>& ids) {
  const std::string suggestion = did_you_mean(name, ids);
  throw bad_flag(
      flag, name, what,
      fmt::format("{}{}the kernels are {}", suggestion, suggestion.empty() ? "" : " ", fmt::join(ids, ", ")));
}

}  // namespace

KernelSelection select_kernels(std::span<const Kernel* const> kernels, std::span<const std::string> unbuilt,
                               const Flags& flags) {
  const std::vector<std::string> ids = known_ids(kernels, unbuilt);
  const auto matches = [&](const std::string& id) { return flags.kernel.is_found_in(id); };
  if (std::ranges::none_of(ids, matches)) reject("--kernel", flags.kernel_text, "matches no kernel", ids);
  for (const Reproducer& reproducer : flags.reproducers)
    if (std::ranges::none_of(ids, [&](const std::string& id) { return reproducer.applies_to(id); }))
      reject("--replay", reproducer.kernel, "is not a kernel", ids);

  const auto is_selected = [&](const std::string& id) {
    const auto applies = [&](const Reproducer& reproducer) { return reproducer.applies_to(id); };
    return matches(id) && (flags.reproducers.empty() || std::ranges::any_of(flags.reproducers, applies));
  };
  KernelSelection selection;
  for (const Kernel* kernel : kernels)
    if (is_selected(kernel->id())) selection.kernels.push_back(kernel);
  std::ranges::copy_if(unbuilt, std::back_inserter(selection.unbuilt), is_selected);
  if (selection.kernels.empty() && selection.unbuilt.empty())
    throw bad_flag("--kernel", flags.kernel_text, "excludes every kernel of --replay", "omit --kernel");
  return selection;
}

}  // namespace warpgauge
